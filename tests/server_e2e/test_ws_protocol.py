"""/v1/stream as a WebSocket endpoint (RFC 6455): framing, masks, lengths, fragments, UTF-8, control and close frames.

What the messages mean is tested elsewhere; here a legal message is one that the server answers, an illegal one ends the
connection with the code that the RFC names.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
import time

import pytest
from harness import Server, split_answers
from ws_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Client,
    ClosedError,
    close_payload,
    frame,
    handshake,
)

PATH = "/v1/stream"
# The first message: a text that needs two-, three- and four-byte UTF-8 when it is split.
PCM = {"format": "pcm_s16le", "sample_rate_hz": 16000, "channels": 1}
START = json.dumps(
    {"type": "start", "text": "Café “naïve” 😀 bear", "audio": PCM}, ensure_ascii=False
).encode()
STARTED = "ready"  # the type of its answer
PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1002, 1007, 1009


def open_stream(server: Server) -> Client:
    client = Client(server.port, PATH)
    assert client.status == 101, client.head
    return client


def expect_alive(client: Client) -> None:
    client.send(frame(PING, b"alive?"))
    assert client.read_until(PONG).payload == b"alive?"


def expect_started(client: Client) -> None:
    assert json.loads(client.read_text())["type"] == STARTED


def expect_closed(client: Client, *codes: int) -> None:
    """A close frame with one of these codes, then the end of the connection."""
    got = client.read_until(CLOSE)
    assert got.close_code in codes, got
    got.payload[2:].decode()
    assert client.is_over()


def padded_start(size: int) -> bytes:
    """START, with spaces behind it, `size` bytes long."""
    return START + b" " * (size - len(START))


# -- the handshake


def answer_to(server: Server, request: bytes) -> int:
    with server.connect(5) as connection:
        connection.sendall(request)
        received = connection.recv(65536)
    assert received, "closed without an answer"
    if received.startswith(b"HTTP/1.1 101"):
        return 101
    return split_answers(received)[0].status


def test_handshake_accepts_as_the_rfc_computes_it(server: Server) -> None:
    key = "dGhlIHNhbXBsZSBub25jZQ=="  # the RFC's own example, section 1.3
    with Client(server.port, PATH, {"Sec-WebSocket-Key": key}) as client:
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in client.head.split("\r\n"))}
        assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert headers["upgrade"].lower() == "websocket"
        assert headers["connection"].lower() == "upgrade"
        assert "sec-websocket-extensions" not in headers
        assert "sec-websocket-protocol" not in headers


def test_permessage_deflate_is_not_taken_up(server: Server) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with Client(server.port, PATH, offer) as client:
        assert client.status == 101
        assert "sec-websocket-extensions" not in client.head.lower()
        # A compressed message has RSV1 set: not agreed on, so an error.
        client.send(frame(TEXT, b"\xaa\x56\x4a\x04\x00", rsv=4))
        expect_closed(client, PROTOCOL_ERROR)


HANDSHAKES: list[tuple[str, dict[str, str | None], set[int]]] = [
    ("upgrade-in-capitals", {"Upgrade": "WebSocket"}, {101}),
    ("connection-list", {"Connection": "keep-alive, Upgrade"}, {101}),
    ("no-key", {"Sec-WebSocket-Key": None}, {400}),
    ("empty-key", {"Sec-WebSocket-Key": ""}, {400}),
    ("no-version", {"Sec-WebSocket-Version": None}, {400, 426}),
    ("version-8", {"Sec-WebSocket-Version": "8"}, {400, 426}),
    ("version-0", {"Sec-WebSocket-Version": "0"}, {400, 426}),
    ("version-words", {"Sec-WebSocket-Version": "thirteen"}, {400, 426}),
    ("no-upgrade", {"Upgrade": None}, {400, 426}),
    ("other-upgrade", {"Upgrade": "h2c"}, {400, 426}),
    ("no-connection", {"Connection": None}, {400, 426}),
    ("connection-close", {"Connection": "close"}, {400, 426}),
    ("no-host", {"Host": None}, {400}),
    ("with-length-and-chunked", {"Content-Length": "1", "Transfer-Encoding": "chunked"}, {400}),
]


@pytest.mark.parametrize(
    ("headers", "statuses"), [row[1:] for row in HANDSHAKES], ids=[row[0] for row in HANDSHAKES]
)
def test_handshake(server: Server, headers: dict[str, str | None], statuses: set[int]) -> None:
    assert answer_to(server, handshake(PATH, headers)) in statuses


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_handshake_is_a_get(server: Server, method: str) -> None:
    assert answer_to(server, handshake(PATH).replace(b"GET", method.encode(), 1)) in {400, 405, 426}


def test_handshake_needs_http_1_1(server: Server) -> None:
    assert answer_to(server, handshake(PATH).replace(b"HTTP/1.1", b"HTTP/1.0", 1)) in {400, 426}


def test_upgrade_of_another_path(server: Server) -> None:
    assert answer_to(server, handshake("/v1/nowhere")) == 404


def test_frames_sent_with_the_handshake_are_read(server: Server) -> None:
    key = base64.b64encode(b"0123456789abcdef").decode()
    with server.connect() as connection:
        connection.sendall(handshake(PATH, {"Sec-WebSocket-Key": key}) + frame(PING, b"early"))
        received = b""
        while b"early" not in received:
            chunk = connection.recv(4096)
            assert chunk, received
            received += chunk
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    assert accept in received


# -- lengths

# From the length of START on; shorter frames are met as pings, closes and fragments.
SIZES = [len(START), 1000, 65535, 65536, 65537, 200_000]


@pytest.mark.parametrize("size", SIZES)
def test_text_of_any_length(server: Server, size: int) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, padded_start(max(size, len(START)))))
        expect_started(client)
        expect_alive(client)


@pytest.mark.parametrize("size", [0, 2, 124, 126, 128, 65534, 65536, 70000])
def test_binary_of_any_length(server: Server, size: int) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START))
        expect_started(client)
        client.send(frame(BINARY, b"\0" * size))
        expect_alive(client)


@pytest.mark.parametrize(("size", "form"), [(0, 2), (5, 2), (125, 2), (0, 8), (5, 8), (126, 8), (65535, 8)])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_length_not_in_its_shortest_form(server: Server, size: int, form: int, opcode: int) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, b" " * size, length_form=form))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("length", [1 << 63, (1 << 64) - 1, 1 << 62, 1 << 40, 1 << 32])
def test_announced_length_is_not_believed(server: Server, length: int) -> None:
    before = server.rss_bytes()
    with open_stream(server) as client:
        client.send(frame(BINARY, b"x" * 100, length=length, length_form=8))
        expect_closed(client, PROTOCOL_ERROR, TOO_BIG)
    assert server.rss_bytes() - before < 20 << 20


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_message_over_the_limit(server: Server, opcode: int) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, b"", length=64 << 20, length_form=8))
        expect_closed(client, TOO_BIG)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_fragments_over_the_limit(server: Server, opcode: int) -> None:
    before = server.rss_bytes()
    with open_stream(server) as client:
        part = b" " * (1 << 20)
        try:
            client.send(frame(opcode, part, fin=False))
            for _ in range(64):
                client.send(frame(CONTINUATION, part, fin=False))
        except OSError:
            pass
        # With unread bytes at the server its close frame may be lost in a reset; that it ends is the point.
        with contextlib.suppress(ClosedError, TimeoutError):
            assert client.read_until(CLOSE).close_code == TOO_BIG
        assert client.is_over()
    assert server.rss_bytes() - before < 40 << 20


# -- masks


@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE, CONTINUATION])
@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"a" * 126], ids=["empty", "two", "extended"])
def test_unmasked_frame(server: Server, opcode: int, payload: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, payload, mask=None))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x01\x02\x03\x04", b"\0\0\0\x01"])
def test_any_mask_will_do(server: Server, mask: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START, mask=mask))
        expect_started(client)


# -- reserved bits and opcodes


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE])
def test_reserved_bits(server: Server, rsv: int, opcode: int) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, close_payload(1000), rsv=rsv))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("fin", [True, False], ids=["final", "not-final"])
@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_reserved_opcodes(server: Server, opcode: int, fin: bool) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, b"abc", fin=fin))
        expect_closed(client, PROTOCOL_ERROR)


def test_reserved_bit_in_a_continuation(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START[:5], fin=False), frame(CONTINUATION, START[5:], rsv=4))
        expect_closed(client, PROTOCOL_ERROR)


# -- control frames


@pytest.mark.parametrize("size", [0, 1, 4, 124, 125])
def test_ping_is_answered_with_its_payload(server: Server, size: int) -> None:
    payload = bytes(range(256))[-size:] if size else b""
    with open_stream(server) as client:
        client.send(frame(PING, payload))
        assert client.read_until(PONG).payload == payload


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
@pytest.mark.parametrize("size", [126, 127, 65536])
def test_control_frame_too_long(server: Server, opcode: int, size: int) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, close_payload(1000) + b"a" * (size - 2)))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_control_frame_in_fragments(server: Server, opcode: int) -> None:
    with open_stream(server) as client:
        client.send(frame(opcode, close_payload(1000), fin=False))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("payload", [b"", b"unasked", b"a" * 125])
def test_unasked_pong_is_ignored(server: Server, payload: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(PONG, payload))
        expect_alive(client)


def test_many_pings_are_answered_or_the_last_is(server: Server) -> None:
    """Section 5.5.3: of several pings the latest must be answered, in order."""
    with open_stream(server) as client:
        client.send(*(frame(PING, str(i).encode()) for i in range(100)))
        seen = []
        while not seen or seen[-1] != 99:
            seen.append(int(client.read_until(PONG).payload))
        assert seen == sorted(seen)


def test_ping_between_fragments(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START[:10], fin=False), frame(PING, b"within"))
        assert client.read_until(PONG).payload == b"within"
        client.send(frame(CONTINUATION, START[10:]))
        expect_started(client)


def test_pong_between_fragments(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START[:10], fin=False), frame(PONG), frame(CONTINUATION, START[10:]))
        expect_started(client)


def test_ping_in_single_bytes(server: Server) -> None:
    with open_stream(server) as client:
        for byte in frame(PING, b"slowly"):
            client.send(bytes([byte]))
            time.sleep(0.002)
        assert client.read_until(PONG).payload == b"slowly"


# -- fragments


@pytest.mark.parametrize("fin", [True, False], ids=["final", "not-final"])
@pytest.mark.parametrize("payload", [b"", b"abc"], ids=["empty", "three"])
def test_continuation_of_nothing(server: Server, payload: bytes, fin: bool) -> None:
    with open_stream(server) as client:
        client.send(frame(CONTINUATION, payload, fin=fin))
        expect_closed(client, PROTOCOL_ERROR)


def test_continuation_after_a_whole_message(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START), frame(CONTINUATION, b"more"))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize(("first", "second"), list(itertools.product([TEXT, BINARY], repeat=2)))
@pytest.mark.parametrize("fin", [True, False], ids=["final", "not-final"])
def test_new_message_within_another(server: Server, first: int, second: int, fin: bool) -> None:
    with open_stream(server) as client:
        client.send(frame(first, b"ab", fin=False), frame(second, b"cd", fin=fin))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_text_in_fragments_of(server: Server, size: int) -> None:
    parts = [START[i : i + size] for i in range(0, len(START), size)]
    frames = [
        frame(TEXT if i == 0 else CONTINUATION, part, fin=i == len(parts) - 1) for i, part in enumerate(parts)
    ]
    with open_stream(server) as client:
        client.send(*frames)
        expect_started(client)


@pytest.mark.parametrize("num_empty", [1, 10, 1000])
def test_empty_fragments(server: Server, num_empty: int) -> None:
    with open_stream(server) as client:
        client.send(
            frame(TEXT, b"", fin=False),
            frame(CONTINUATION, START, fin=False),
            *[frame(CONTINUATION, b"", fin=False)] * num_empty,
            frame(CONTINUATION, b""),
        )
        expect_started(client)


def test_binary_in_fragments(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START))
        expect_started(client)
        client.send(frame(BINARY, b"\0" * 3, fin=False), frame(CONTINUATION, b"\0" * 5))
        expect_alive(client)


@pytest.mark.parametrize("cut", range(1, 14))
def test_frame_cut_by_tcp(server: Server, cut: int) -> None:
    """The header, the mask and the first bytes of the payload, each cut once."""
    whole = frame(TEXT, padded_start(300))
    with open_stream(server) as client:
        client.send(whole[:cut])
        time.sleep(0.02)
        client.send(whole[cut:])
        expect_started(client)


def test_many_frames_at_once(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START), *[frame(BINARY, b"\0\0")] * 500, frame(PING, b"last"))
        assert client.read_until(PONG).payload == b"last"


# -- UTF-8 (section 8.1)

INVALID_UTF8: list[tuple[str, bytes]] = [
    ("lone-continuation", b"\x80"),
    ("lone-continuation-2", b"\xbf"),
    ("two-continuations", b"\x80\xbf"),
    ("lone-lead-2", b"\xc3"),
    ("lone-lead-3", b"\xe2"),
    ("lone-lead-4", b"\xf0"),
    ("cut-3", b"\xe2\x82"),
    ("cut-4", b"\xf0\x9f\x98"),
    ("lead-then-ascii", b"\xc3a"),
    ("lead-3-then-ascii", b"\xe2\x82a"),
    ("lead-4-then-ascii", b"\xf0\x9f\x98a"),
    ("overlong-slash-2", b"\xc0\xaf"),
    ("overlong-slash-3", b"\xe0\x80\xaf"),
    ("overlong-slash-4", b"\xf0\x80\x80\xaf"),
    ("overlong-nul", b"\xc0\x80"),
    ("overlong-7f", b"\xc1\xbf"),
    ("overlong-7ff", b"\xe0\x9f\xbf"),
    ("overlong-ffff", b"\xf0\x8f\xbf\xbf"),
    ("surrogate-d800", b"\xed\xa0\x80"),
    ("surrogate-dbff", b"\xed\xaf\xbf"),
    ("surrogate-dc00", b"\xed\xb0\x80"),
    ("surrogate-dfff", b"\xed\xbf\xbf"),
    ("surrogate-pair", b"\xed\xa0\xbd\xed\xb8\x80"),
    ("above-10ffff", b"\xf4\x90\x80\x80"),
    ("lead-f5", b"\xf5\x80\x80\x80"),
    ("five-bytes", b"\xf8\x88\x80\x80\x80"),
    ("six-bytes", b"\xfc\x84\x80\x80\x80\x80"),
    ("fe", b"\xfe"),
    ("ff", b"\xff"),
    ("latin-1", "Café".encode("latin-1")),
    ("utf-16", "Café".encode("utf-16")),
]


@pytest.mark.parametrize("bad", [row[1] for row in INVALID_UTF8], ids=[row[0] for row in INVALID_UTF8])
def test_invalid_utf8(server: Server, bad: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, b'{"type":"start","text":"' + bad + b'"}'))
        expect_closed(client, BAD_DATA)


@pytest.mark.parametrize("bad", [row[1] for row in INVALID_UTF8], ids=[row[0] for row in INVALID_UTF8])
def test_invalid_utf8_in_single_byte_fragments(server: Server, bad: bytes) -> None:
    payload = b"{ " + bad + b"}"
    with open_stream(server) as client:
        client.send(
            frame(TEXT, b"", fin=False),
            *(frame(CONTINUATION, payload[i : i + 1], fin=False) for i in range(len(payload))),
            frame(CONTINUATION, b""),
        )
        with contextlib.suppress(ClosedError):  # reset: bytes of ours were unread
            assert client.read_until(CLOSE).close_code == BAD_DATA
        assert client.is_over()


def test_invalid_utf8_at_the_end_of_the_message(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START, fin=False), frame(CONTINUATION, b"\xe2\x82"))
        expect_closed(client, BAD_DATA)


@pytest.mark.parametrize("cut", range(1, len(START)))
def test_code_points_split_between_two_fragments(server: Server, cut: int) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START[:cut], fin=False), frame(CONTINUATION, START[cut:]))
        expect_started(client)


@pytest.mark.parametrize(
    "text",
    [
        "\0", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufeff", "\ufffe", "\uffff",
        "\U00010000", "\U0010ffff",
    ],
)  # fmt: skip
def test_valid_utf8_is_no_framing_error(server: Server, text: str) -> None:
    message = json.dumps({"type": "start", "text": f"bear {text}"}, ensure_ascii=False).encode()
    with open_stream(server) as client:
        client.send(frame(TEXT, message))
        got = client.read_until(TEXT, CLOSE)
        assert got.opcode == TEXT or got.close_code not in (PROTOCOL_ERROR, BAD_DATA)


# -- closing

GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999]


@pytest.mark.parametrize("code", GOOD_CODES)
def test_close_is_answered(server: Server, code: int) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(code, "bye “bye”".encode())))
        expect_closed(client, code, 1000)


@pytest.mark.parametrize("code", BAD_CODES)
def test_close_with_a_code_that_may_not_be_sent(server: Server, code: int) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(code)))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("code", [1012, 1013, 1014, 5000, 65535])
def test_close_with_a_code_of_no_settled_meaning_ends_too(server: Server, code: int) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(code)))
        client.read_until(CLOSE)
        assert client.is_over()


def test_close_without_code(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE))
        assert client.read_until(CLOSE).close_code in (None, 1000)
        assert client.is_over()


def test_close_with_one_byte(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, b"\x03"))
        expect_closed(client, PROTOCOL_ERROR)


@pytest.mark.parametrize("size", [0, 1, 122, 123])
def test_close_with_a_reason_of(server: Server, size: int) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(1000, b"a" * size)))
        expect_closed(client, 1000)


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"a\x80b", b"\xe2\x82"])
def test_close_with_a_reason_that_is_not_utf8(server: Server, bad: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(1000, bad)))
        expect_closed(client, BAD_DATA, PROTOCOL_ERROR)


@pytest.mark.parametrize(
    "behind", [frame(TEXT, START), frame(PING, b"x"), frame(CLOSE), b"\xff\xff nonsense"]
)
def test_what_follows_a_close_is_ignored(server: Server, behind: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(CLOSE, close_payload(1000)), behind)
        with contextlib.suppress(ClosedError):
            assert client.read_until(CLOSE, TEXT, PONG).opcode == CLOSE
        assert client.is_over()


def test_close_within_a_fragmented_message(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, START[:5], fin=False), frame(CLOSE, close_payload(1000)))
        expect_closed(client, 1000)


@pytest.mark.parametrize("sent", [b"", b"\x81", frame(TEXT, START)[:7], frame(TEXT, START, fin=False)])
def test_tcp_end_without_close(server: Server, sent: bytes) -> None:
    with open_stream(server) as client:
        client.send(sent)
    with open_stream(server) as client:
        expect_alive(client)


# -- messages that are legal frames and no messages of this API

NOT_MESSAGES = [
    b"", b" ", b"null", b"[]", b"1", b'"start"', b"{", b"{}", b'{"type":1}', b'{"type":"nonsense"}',
    b'{"type":"start"}', b'{"type":"start","text":1}', b'{"type":"start","text":""}', b"[" * 100_000, b'{"a":' * 50_000,
    b'{"type":"start","text":"bear","type":"end"}', b"\x00", b"GET / HTTP/1.1\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize("message", NOT_MESSAGES, ids=range(len(NOT_MESSAGES)))
def test_text_that_is_no_message_is_answered_or_closed_cleanly(server: Server, message: bytes) -> None:
    with open_stream(server) as client:
        client.send(frame(TEXT, message))
        got = client.read_until(TEXT, CLOSE)
        if got.opcode == TEXT:
            assert json.loads(got.payload)["type"] in ("error", STARTED)
        else:
            assert got.close_code in (1003, 1007, 1008)


def test_audio_before_the_start(server: Server) -> None:
    with open_stream(server) as client:
        client.send(frame(BINARY, b"\0" * 3200))
        got = client.read_until(TEXT, CLOSE)
        if got.opcode == TEXT:
            assert json.loads(got.payload)["type"] == "error"
        else:
            assert got.close_code in (1002, 1003, 1007, 1008)


def test_a_client_that_never_reads_is_let_go(server: Server) -> None:
    """Pings without end, no pong ever read: what waits to be sent must stay bounded."""
    before = server.rss_bytes()
    ping = frame(PING, b"a" * 125) * 500
    with open_stream(server) as client:
        client.socket.settimeout(2)
        try:
            for _ in range(400):
                client.socket.sendall(ping)
        except OSError:  # back-pressure, or closed
            pass
        assert server.rss_bytes() - before < 40 << 20
    assert server.get("/healthz").status == 200
