"""deploy/nginx and deploy/caddy in front of the real server: uploads, WebSocket, hidden figures, no keys in the log."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import ROOT, Server, example, free_port, multipart
from ws_frames import PING, frame, handshake

DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CADDY = shutil.which("caddy")


class Tls:
    """HTTPS to the proxy: its certificate is self-signed."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host

    def open(self) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return context.wrap_socket(plain, server_hostname=self.host)

    def ask(
        self, method: str, path: str, body: bytes = b"", content_type: str = "text/plain"
    ) -> tuple[int, bytes]:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with self.open() as connection:
            received = b""
            with contextlib.suppress(OSError):  # closed before all was sent: refused
                connection.sendall(head.encode() + body)
            with contextlib.suppress(OSError):
                while chunk := connection.recv(65536):
                    received += chunk
        return int(received.split(b" ")[1]) if received else 0, received

    def wait(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert process.poll() is None, "the proxy ended"
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except (OSError, IndexError, ValueError):  # not yet
                time.sleep(0.2)
        pytest.fail("the proxy is not ready")


def certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=higgins.example",
         "-addext", "subjectAltName=DNS:higgins.example", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def nginx(server: Server, tmp_path: Path) -> Iterator[tuple[Tls, Path]]:
    cert, key = certificate(tmp_path)
    port = free_port()
    text = (DEPLOY / "nginx" / "higgins.conf").read_text()
    for old, new in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/higgins.pem": str(cert),
        "/etc/ssl/higgins.key": str(key),
        "/var/log/nginx/higgins.log": str(tmp_path / "access.log"),
        "127.0.0.1:8080": f"127.0.0.1:{server.port}",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    (tmp_path / "higgins.conf").write_text(text)
    main = tmp_path / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {tmp_path / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if tmp_path.owner() == "root" else ""
    main.write_text(
        f"{user}daemon off;\npid {tmp_path / 'pid'};\nerror_log {tmp_path / 'error.log'};\nevents {{}}\n"
        f"http {{\n{temporary}include {tmp_path / 'higgins.conf'};\n}}\n"
    )
    subprocess.run([NGINX, "-t", "-c", str(main)], check=True, capture_output=True)
    process = subprocess.Popen([NGINX, "-c", str(main)])
    try:
        proxy = Tls(port, "higgins.example")
        proxy.wait(process)
        yield proxy, tmp_path / "access.log"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def caddy(server: Server, tmp_path: Path) -> Iterator[tuple[Tls, Path]]:
    cert, key = certificate(tmp_path)
    port = free_port()
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    for old, new in {
        "higgins.example {": f"https://higgins.example:{port} {{\n\ttls {cert} {key}\n\tbind 127.0.0.1",
        "127.0.0.1:8080": f"127.0.0.1:{server.port}",
        "{\n": "{\n\tadmin off\n\tauto_https disable_redirects\n",
        "\tlog {": f"\tlog {{\n\t\toutput file {tmp_path / 'access.log'}",
    }.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    file = tmp_path / "Caddyfile"
    file.write_text(text)
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [CADDY, "run", "--config", str(file), "--adapter", "caddyfile"]
    with (tmp_path / "caddy.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        proxy = Tls(port, "higgins.example")
        proxy.wait(process)
        yield proxy, tmp_path / "access.log"
    finally:
        process.terminate()
        process.wait(20)


def check(proxy: Tls, log: Path) -> None:
    audio, text = example("austen_young_man")
    body, content_type = multipart({"audio": ("a.flac", audio), "text": text})
    status, answer = proxy.ask("POST", "/v1/assess", body, content_type)
    assert status == 200, answer[-500:]
    assert b'"utterance"' in answer
    assert b"x-request-id" in answer.lower()
    assert proxy.ask("GET", "/metrics")[0] == 404
    assert proxy.ask("POST", "/v1/assess", b"a" * (27 << 20), "application/octet-stream")[0] in (
        413,
        415,
        502,
    )
    with proxy.open() as connection:
        connection.sendall(
            handshake(
                "/v1/stream?key=query-secret", {"Host": proxy.host, "Authorization": "Bearer header-secret"}
            )
        )
        received = connection.recv(4096)
        assert received.startswith(b"HTTP/1.1 101"), received
        connection.sendall(frame(PING, b"through"))
        while b"through" not in received:
            chunk = connection.recv(4096)
            assert chunk, received
            received += chunk
    time.sleep(0.5)
    logged = log.read_text()
    assert "/v1/assess" in logged
    assert "query-secret" not in logged
    assert "header-secret" not in logged


@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed")
def test_nginx(nginx: tuple[Tls, Path]) -> None:
    check(*nginx)


@pytest.mark.skipif(CADDY is None, reason="Caddy is not installed")
def test_caddy(caddy: tuple[Tls, Path]) -> None:
    check(*caddy)
