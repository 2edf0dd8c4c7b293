"""WebSocket frames by hand (RFC 6455), so that wrong ones can be sent too."""

from __future__ import annotations

import base64
import os
import socket
import struct
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = b"\x12\x34\x56\x78",
    length: int | None = None,
    length_form: int | None = None,
) -> bytes:
    """One frame. `rsv` is three bits; `mask` None: not masked; `length` lies about the payload; `length_form` is the
    number of extra length bytes (0, 2 or 8) whatever the length is."""
    size = len(payload) if length is None else length
    form = length_form if length_form is not None else (0 if size < 126 else 2 if size < 65536 else 8)
    short = {0: size, 2: 126, 8: 127}[form]
    extended = {0: b"", 2: struct.pack(">H", size & 0xFFFF), 8: struct.pack(">Q", size)}[form]
    head = bytes([fin << 7 | rsv << 4 | opcode, (mask is not None) << 7 | short]) + extended
    if mask is None:
        return head + payload
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")
    return head + mask + masked


def close_payload(code: int, reason: bytes = b"") -> bytes:
    return struct.pack(">H", code) + reason


@dataclass
class Frame:
    fin: bool
    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int | None:
        return struct.unpack(">H", self.payload[:2])[0] if len(self.payload) >= 2 else None


class ClosedError(Exception):
    """The TCP connection is over."""


class Client:
    """One connection, after its handshake."""

    def __init__(self, port: int, path: str, headers: dict[str, str | None] | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.socket.sendall(handshake(path, headers))
        self.head = self._until(b"\r\n\r\n").decode("latin-1")
        self.status = int(self.head.split(" ")[1])

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *frames: bytes) -> None:
        self.socket.sendall(b"".join(frames))

    def _fill(self) -> None:
        try:
            chunk = self.socket.recv(65536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            raise ClosedError
        self.received += chunk

    def _until(self, end: bytes) -> bytes:
        while end not in self.received:
            self._fill()
        head, _, self.received = self.received.partition(end)
        return head

    def _exactly(self, count: int) -> bytes:
        while len(self.received) < count:
            self._fill()
        data, self.received = self.received[:count], self.received[count:]
        return data

    def read_frame(self) -> Frame:
        """The next frame; checks what every frame of a server must be."""
        first, second = self._exactly(2)
        assert not second & 0x80, "a server must not mask"
        assert not first & 0x70, "reserved bits"
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self._exactly(2))
            assert size > 125, "length not in its shortest form"
        elif size == 127:
            (size,) = struct.unpack(">Q", self._exactly(8))
            assert size > 65535, "length not in its shortest form"
        opcode = first & 0xF
        assert opcode in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
        assert opcode < 8 or (size <= 125 and first & 0x80), "a control frame is short and whole"
        return Frame(bool(first & 0x80), opcode, self._exactly(size))

    def read_until(self, *opcodes: int) -> Frame:
        """The next frame of these kinds; others are passed over, pings answered."""
        while True:
            got = self.read_frame()
            if got.opcode in opcodes:
                return got
            if got.opcode == PING:
                self.send(frame(PONG, got.payload))

    def read_text(self) -> str:
        """The next whole text message."""
        got = self.read_until(TEXT)
        payload = got.payload
        while not got.fin:
            got = self.read_until(CONTINUATION)
            payload += got.payload
        return payload.decode()

    def is_over(self) -> bool:
        """Whether the TCP connection ends now, after whatever is still on its way."""
        self.socket.settimeout(5)
        try:
            while True:
                self._fill()
        except ClosedError:
            return True
        except TimeoutError:
            return False


def handshake(path: str, headers: dict[str, str | None] | None = None) -> bytes:
    """The request that opens a WebSocket; a header that is None is left out."""
    all_headers: dict[str, str | None] = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        **(headers or {}),
    }
    lines = [f"{name}: {value}" for name, value in all_headers.items() if value is not None]
    return f"GET {path} HTTP/1.1\r\n".encode() + "\r\n".join([*lines, "", ""]).encode("latin-1")
