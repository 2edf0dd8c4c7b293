"""Hostile HTTP/1.1 over real sockets (RFC 9112): what two programs could read in two ways is refused, the connection is
closed, and nothing behind it is taken for a request. See "request smuggling" in SECURITY.md.
"""

from __future__ import annotations

import socket
import struct
import threading
import time

import pytest
from harness import Answer, Server, example, multipart, read_answers, split_answers

HOST = "Host: 127.0.0.1\r\n"
# Behind every refused request: were it answered, a second request would have been smuggled.
SECOND = f"GET /healthz HTTP/1.1\r\n{HOST}\r\n"
GET = f"GET /healthz HTTP/1.1\r\n{HOST}"
POST = f"POST /v1/assess HTTP/1.1\r\n{HOST}"
CHUNKED = "Transfer-Encoding: chunked\r\n"
# An upload whose head is right, so that the chunks themselves are looked at.
UPLOAD = f"{POST}Content-Type: multipart/form-data; boundary=x\r\n"

# name, bytes, statuses that are right. Bodies are made so that a lenient parser would find SECOND behind them.
REFUSED: list[tuple[str, str | bytes, set[int]]] = [
    # where does the body end?
    ("content-length-and-chunked", f"{POST}Content-Length: 5\r\n{CHUNKED}\r\n0\r\n\r\n", {400}),
    ("chunked-and-content-length", f"{POST}{CHUNKED}Content-Length: 5\r\n\r\n0\r\n\r\n", {400}),
    ("two-lengths-that-differ", f"{POST}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello", {400}),
    ("two-equal-lengths", f"{POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", {400}),
    ("length-list", f"{POST}Content-Length: 5, 5\r\n\r\nhello", {400}),
    ("length-plus", f"{POST}Content-Length: +5\r\n\r\nhello", {400}),
    ("length-minus", f"{POST}Content-Length: -1\r\n\r\n", {400}),
    ("length-hex", f"{POST}Content-Length: 0x5\r\n\r\nhello", {400}),
    ("length-float", f"{POST}Content-Length: 5.0\r\n\r\nhello", {400}),
    ("length-empty", f"{POST}Content-Length:\r\n\r\n", {400}),
    ("length-words", f"{POST}Content-Length: five\r\n\r\nhello", {400}),
    ("length-inner-space", f"{POST}Content-Length: 1 5\r\n\r\nhello", {400}),
    ("length-overflows-64-bits", f"{POST}Content-Length: 18446744073709551621\r\n\r\nhello", {400, 413}),
    ("length-underscore", f"{POST}Content_Length: 5\r\nContent-Length: 0x\r\n\r\n", {400}),
    ("coding-unknown", f"{POST}Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
    ("coding-xchunked", f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    ("coding-list", f"{POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400, 501}),
    ("coding-chunked-not-last", f"{POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", {400, 501}),
    ("coding-identity", f"{POST}Transfer-Encoding: identity\r\n\r\n", {400, 501}),
    ("coding-twice", f"{POST}{CHUNKED}{CHUNKED}\r\n0\r\n\r\n", {400}),
    ("coding-twice-one-odd", f"{POST}{CHUNKED}Transfer-Encoding: x\r\n\r\n0\r\n\r\n", {400, 501}),
    ("coding-quoted", f'{POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n', {400, 501}),
    ("coding-with-vertical-tab", f"{POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", {400}),
    ("coding-empty", f"{POST}Transfer-Encoding:\r\n\r\n", {400, 501}),
    ("coding-parameter", f"{POST}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", {400, 501}),
    ("chunked-in-http-1.0", f"POST /v1/assess HTTP/1.0\r\n{HOST}{CHUNKED}\r\n0\r\n\r\n", {400}),
    ("space-before-colon", f"{POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", {400}),
    ("space-before-colon-length", f"{POST}Content-Length : 5\r\n\r\nhello", {400}),
    ("tab-before-colon", f"{POST}Content-Length\t: 5\r\n\r\nhello", {400}),
    # chunks
    ("chunk-size-empty", f"{UPLOAD}{CHUNKED}\r\n\r\n\r\n", {400}),
    ("chunk-size-words", f"{UPLOAD}{CHUNKED}\r\nhello\r\n\r\n", {400}),
    ("chunk-size-minus", f"{UPLOAD}{CHUNKED}\r\n-1\r\n\r\n", {400}),
    ("chunk-size-0x", f"{UPLOAD}{CHUNKED}\r\n0x5\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk-size-plus", f"{UPLOAD}{CHUNKED}\r\n+5\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk-size-space-before", f"{UPLOAD}{CHUNKED}\r\n 5\r\nhello\r\n0\r\n\r\n", {400}),
    ("chunk-size-overflow", f"{UPLOAD}{CHUNKED}\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", {400, 413}),
    ("chunk-size-huge", f"{UPLOAD}{CHUNKED}\r\nfffffffffffffff\r\nhello\r\n0\r\n\r\n", {400, 413}),
    ("chunk-bare-lf-after-size", f"{UPLOAD}{CHUNKED}\r\n5\nhello\r\n0\r\n\r\n", {400}),
    ("chunk-bare-lf-after-data", f"{UPLOAD}{CHUNKED}\r\n5\r\nhello\n0\r\n\r\n", {400}),
    ("chunk-data-too-long", f"{UPLOAD}{CHUNKED}\r\n5\r\nhello-and-more\r\n0\r\n\r\n", {400}),
    ("chunk-bare-cr-after-size", f"{UPLOAD}{CHUNKED}\r\n5\rhello\r\n0\r\n\r\n", {400}),
    ("chunk-lf-in-extension", f"{UPLOAD}{CHUNKED}\r\n5;a=\nb\r\nhello\r\n0\r\n\r\n", {400}),
    # line ends
    ("bare-lf-everywhere", f"GET /healthz HTTP/1.1\n{HOST.strip()}\n\n", {400}),
    ("bare-lf-after-request-line", f"GET /healthz HTTP/1.1\n{HOST}\r\n", {400}),
    ("bare-lf-in-header", f"{GET}X: a\nTransfer-Encoding: chunked\r\n\r\n", {400}),
    ("bare-lf-ends-head", f"{GET}X: a\n\n", {400}),
    ("bare-cr-in-header", f"{GET}X: a\rTransfer-Encoding: chunked\r\n\r\n", {400}),
    ("bare-cr-ends-request-line", f"GET /healthz HTTP/1.1\r{HOST}\r\n", {400}),
    ("cr-cr-lf", f"GET /healthz HTTP/1.1\r\r\n{HOST}\r\n", {400}),
    ("obs-fold-space", f"{GET}X: a\r\n b\r\n\r\n", {400}),
    ("obs-fold-tab", f"{GET}X: a\r\n\tTransfer-Encoding: chunked\r\n\r\n", {400}),
    ("obs-fold-first", f"GET /healthz HTTP/1.1\r\n {HOST}\r\n", {400}),
    ("obs-fold-of-length", f"{POST}Content-Length:\r\n 5\r\n\r\nhello", {400}),
    # names and values
    ("header-without-colon", f"{GET}Nonsense\r\n\r\n", {400}),
    ("header-without-name", f"{GET}: a\r\n\r\n", {400}),
    ("header-name-with-space", f"{GET}X Y: a\r\n\r\n", {400}),
    ("header-name-with-nul", f"{GET}X\x00: a\r\n\r\n", {400}),
    ("header-name-with-slash", f"{GET}X/Y: a\r\n\r\n", {400}),
    ("header-name-not-ascii", f"{GET}Xé: a\r\n\r\n", {400}),
    ("header-value-with-nul", f"{GET}X: a\x00b\r\n\r\n", {400}),
    ("header-value-with-escape", f"{GET}X: a\x1bb\r\n\r\n", {400}),
    ("header-value-with-delete", f"{GET}X: a\x7fb\r\n\r\n", {400}),
    # the request line
    ("no-version", f"GET /healthz\r\n{HOST}\r\n", {400}),
    ("lower-case-method", f"get /healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("method-with-tab", f"GET\t/healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("two-spaces", f"GET  /healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("space-after-version", f"GET /healthz HTTP/1.1 \r\n{HOST}\r\n", {400}),
    ("space-in-target", f"GET /healthz x HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("leading-space", f" GET /healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("empty-line-first", f"\r\n\r\n{GET}\r\n", {400}),
    ("long-method", f"{'G' * 100} /healthz HTTP/1.1\r\n{HOST}\r\n", {400, 501}),
    ("http-0.9", "GET /healthz\r\n", {400}),
    ("http-2.0", f"GET /healthz HTTP/2.0\r\n{HOST}\r\n", {400, 505}),
    ("http-1.2", f"GET /healthz HTTP/1.2\r\n{HOST}\r\n", {400, 505}),
    ("http-lower-case", f"GET /healthz http/1.1\r\n{HOST}\r\n", {400}),
    ("http-version-padded", f"GET /healthz HTTP/1.01\r\n{HOST}\r\n", {400}),
    ("http2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    ("tls-hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, {400}),
    ("ssh-hello", "SSH-2.0-OpenSSH_9.2\r\n", {400}),
    ("binary", bytes(range(256)), {400}),
    ("relative-target", f"GET healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("fragment", f"GET /healthz#x HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("target-not-ascii", f"GET /healthé HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("connect", f"CONNECT other.example:443 HTTP/1.1\r\n{HOST}\r\n", {400, 405, 501}),
    ("other-scheme", f"GET ftp://127.0.0.1/healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    ("host-and-target-differ", f"GET http://a.example/healthz HTTP/1.1\r\n{HOST}\r\n", {400}),
    # Host
    ("no-host", "GET /healthz HTTP/1.1\r\n\r\n", {400}),
    ("two-hosts", f"{GET}{HOST}\r\n", {400}),
    ("host-with-space", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", {400}),
    ("host-with-slash", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}),
    ("host-with-at", "GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n", {400}),
    # sizes
    ("target-too-long", f"GET /{'a' * 20000} HTTP/1.1\r\n{HOST}\r\n", {400, 414, 431}),
    ("header-too-long", f"{GET}X: {'a' * 70000}\r\n\r\n", {400, 431}),
    ("headers-too-many", GET + "X: a\r\n" * 2000 + "\r\n", {400, 431}),
    ("header-name-too-long", f"{GET}{'X' * 70000}: a\r\n\r\n", {400, 431}),
    # expectations
    ("expect-unknown", f"{POST}Expect: the-moon\r\nContent-Length: 5\r\n\r\nhello", {417}),
]


def raw(request: str | bytes) -> bytes:
    return request if isinstance(request, bytes) else request.encode("latin-1")


def talk(server: Server, request: bytes, timeout_s: float = 10) -> bytes:
    with server.connect() as connection:
        try:
            connection.sendall(request)
            # Nothing more will come: a server that waits for the rest of a body sees the end.
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answers(connection, timeout_s)


@pytest.mark.parametrize(
    ("request_", "statuses"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_once_and_closed(server: Server, request_: str | bytes, statuses: set[int]) -> None:
    received = talk(server, raw(request_) + SECOND.encode())
    answers = split_answers(received)
    # A reset may swallow the answer on its way when the server closed with bytes unread: then there is none at all.
    assert len(answers) <= 1, f"{len(answers)} answers: {received[:600]!r}"
    assert answers, "closed without an answer"
    assert answers[0].status in statuses, received[:300]
    assert answers[0].headers.get("connection", "").lower() == "close"
    assert answers[0].problem, "no problem details"


# What is unusual, and allowed.
ACCEPTED: list[tuple[str, str]] = [
    ("absolute-target", f"GET http://127.0.0.1/healthz HTTP/1.1\r\n{HOST}\r\n"),
    ("header-names-in-any-case", "GET /healthz HTTP/1.1\r\nhOsT: 127.0.0.1\r\n\r\n"),
    ("no-space-after-colon", "GET /healthz HTTP/1.1\r\nHost:127.0.0.1\r\n\r\n"),
    ("tabs-around-value", "GET /healthz HTTP/1.1\r\nHost:\t127.0.0.1\t\r\n\r\n"),
    ("empty-value", f"{GET}X:\r\n\r\n"),
    ("high-bytes-in-value", f"{GET}X: caf\xe9\r\n\r\n"),
    ("length-zero", f"{GET}Content-Length: 0\r\n\r\n"),
    ("leading-zeros", f"{GET}Content-Length: 000\r\n\r\n"),
    ("many-headers", GET + "".join(f"X-{i}: a\r\n" for i in range(60)) + "\r\n"),
    ("percent-encoded", f"GET /%68ealthz HTTP/1.1\r\n{HOST}\r\n"),
    ("query-ignored", f"GET /healthz?a=b&c HTTP/1.1\r\n{HOST}\r\n"),
]


@pytest.mark.parametrize("request_", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepted_and_kept_open(server: Server, request_: str) -> None:
    answers = split_answers(talk(server, raw(request_) + SECOND.encode()))
    assert [answer.status for answer in answers] == [200, 200]


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    paths = ["/healthz", "/nowhere", "/v1/packs", "/readyz"] * 5
    requests = "".join(f"GET {path} HTTP/1.1\r\n{HOST}\r\n" for path in paths)
    answers = split_answers(talk(server, requests.encode()))
    assert [answer.status for answer in answers] == [200, 404, 200, 200] * 5


def test_pipelined_behind_a_chunked_upload(server: Server) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    chunks = b"".join(
        f"{len(body[i : i + 1000]):x};x=y\r\n".encode() + body[i : i + 1000] + b"\r\n"
        for i in range(0, len(body), 1000)
    )
    head = f"{POST}{CHUNKED}Content-Type: {content_type}\r\n\r\n".encode()
    answers = split_answers(talk(server, head + chunks + b"0\r\n\r\n" + SECOND.encode(), timeout_s=30))
    assert [answer.status for answer in answers] == [200, 200]
    assert "utterance" in answers[0].json()


def test_connection_close_is_honoured(server: Server) -> None:
    answers = split_answers(talk(server, f"{GET}Connection: close\r\n\r\n{SECOND}".encode()))
    assert [answer.status for answer in answers] == [200]
    assert answers[0].headers["connection"].lower() == "close"


def test_http_1_0_closes(server: Server) -> None:
    answers = split_answers(talk(server, b"GET /healthz HTTP/1.0\r\n\r\n" + SECOND.encode()))
    assert [answer.status for answer in answers] == [200]


def test_head_has_no_body(server: Server) -> None:
    received = talk(server, f"HEAD /healthz HTTP/1.1\r\n{HOST}\r\n".encode())
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] in (b"200", b"405")
    if head.split(b" ")[1] == b"200":
        assert rest == b""


def test_expect_100_continue_comes_before_the_body(server: Server) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    with server.connect() as connection:
        connection.sendall(
            f"{POST}Expect: 100-continue\r\nContent-Length: {len(body)}\r\nContent-Type: {content_type}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert split_answers(read_answers(connection, 30))[0].status == 200


def test_too_large_is_refused_before_it_is_sent(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(
            f"{POST}Content-Length: {2**40}\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        answers = split_answers(read_answers(connection, 5))
    assert answers[0].status == 413
    assert answers[0].problem == "payload-too-large"


def test_too_large_is_refused_without_100_continue(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(
            f"{POST}Expect: 100-continue\r\nContent-Length: {2**40}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        assert split_answers(read_answers(connection, 5))[0].status == 413


def test_chunked_upload_without_end_is_cut_at_the_limit(server: Server) -> None:
    """26 MiB and more in chunks: refused once the limit is passed, and not kept."""
    before = server.rss_bytes()
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    sent = 0
    received = b""
    with server.connect() as connection:
        connection.sendall(f"{POST}{CHUNKED}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
        try:
            for _ in range(200):
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        received = read_answers(connection, 5)
    assert sent < 100 << 20, "200 MiB were taken"
    if received:
        assert split_answers(received)[0].status in (400, 413)
    assert server.rss_bytes() - before < 80 << 20


def test_half_closed_client_still_gets_its_answer(server: Server) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    head = f"{POST}Content-Length: {len(body)}\r\nContent-Type: {content_type}\r\n\r\n"
    assert answer_when_not_busy(server, head.encode() + body).status == 200


def answer_when_not_busy(server: Server, request: bytes) -> Answer:
    """What tests before this one left in the queue may delay it: then as a client should, again."""
    for _ in range(20):
        answer = split_answers(talk(server, request, timeout_s=30))[0]
        if answer.problem not in ("queue-full", "deadline-exceeded"):
            break
        time.sleep(1)
    return answer


@pytest.mark.parametrize("cut", [0, 1, 10, 40, 200, 1000, 20000])
def test_cut_off_anywhere_harms_nobody(server: Server, cut: int) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    whole = f"{POST}Content-Length: {len(body)}\r\nContent-Type: {content_type}\r\n\r\n".encode() + body
    for reset in (False, True):
        with server.connect() as connection:
            if reset:  # RST instead of FIN
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(whole[:cut])
    assert server.get("/healthz").status == 200


def test_client_that_leaves_before_its_answer_harms_nobody(server: Server) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    whole = f"{POST}Content-Length: {len(body)}\r\nContent-Type: {content_type}\r\n\r\n".encode() + body
    for _ in range(10):
        with server.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(whole)
    assert answer_when_not_busy(server, whole).status == 200


def test_byte_by_byte_is_understood(server: Server) -> None:
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in SECOND.encode():
            connection.send(bytes([byte]))
        connection.shutdown(socket.SHUT_WR)
        assert split_answers(read_answers(connection))[0].status == 200


# -- slow clients, on a server with short limits


@pytest.fixture(scope="module")
def impatient():
    arguments = ["--header-timeout-ms", "500", "--body-timeout-ms", "1000", "--idle-timeout-ms", "700"]
    with Server(*arguments, "--max-connections", "200") as running:
        yield running


def assert_served(server: Server) -> None:
    time.sleep(0.2)
    assert server.alive(), f"the server ended: {server.log()[-1000:]}"
    assert server.get("/healthz").status == 200


def closed_after(connection: socket.socket, at_most_s: float) -> tuple[float, bytes]:
    began = time.monotonic()
    received = read_answers(connection, at_most_s)
    took = time.monotonic() - began
    assert took < at_most_s, "still open"
    return took, received


def test_silent_connection_is_closed(impatient: Server) -> None:
    with impatient.connect() as connection:
        closed_after(connection, 5)


def test_half_a_head_is_answered_408_or_closed(impatient: Server) -> None:
    with impatient.connect() as connection:
        connection.sendall(GET.encode())
        took, received = closed_after(connection, 5)
        assert took > 0.2
        assert not received or split_answers(received)[0].status == 408
    assert_served(impatient)


def test_dripped_head_is_closed_though_bytes_come(impatient: Server) -> None:
    """The limit is on the whole head, not on the time between two bytes."""
    with impatient.connect() as connection:
        began = time.monotonic()
        stopped = threading.Event()

        def drip() -> None:
            try:
                connection.sendall(GET.encode() + b"X: ")
                while not stopped.wait(0.1):
                    connection.sendall(b"a")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        read_answers(connection, 5)
        stopped.set()
        thread.join()
        assert time.monotonic() - began < 4
    assert_served(impatient)


def test_slow_body_is_closed(impatient: Server) -> None:
    with impatient.connect() as connection:
        connection.sendall(
            f"{POST}Content-Length: 1000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        began = time.monotonic()
        stopped = threading.Event()

        def drip() -> None:
            try:
                while not stopped.wait(0.1):
                    connection.sendall(b"a")
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        received = read_answers(connection, 8)
        stopped.set()
        thread.join()
        assert time.monotonic() - began < 6
        assert not received or split_answers(received)[0].status in (400, 408)
    assert_served(impatient)


def test_idle_connection_is_closed(impatient: Server) -> None:
    with impatient.connect() as connection:
        connection.sendall(SECOND.encode())
        took, received = closed_after(connection, 5)
        assert split_answers(received)[0].status == 200
        assert took > 0.3


def test_connections_beyond_the_limit_are_refused_and_the_rest_served(impatient: Server) -> None:
    connections = []
    try:
        for _ in range(260):
            try:
                connections.append(impatient.connect(timeout_s=2))
            except OSError:
                break
        time.sleep(0.2)
        assert impatient.alive()
    finally:
        for connection in connections:
            connection.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if impatient.get("/healthz", timeout_s=2).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("not served again")
