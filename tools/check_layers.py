#!/usr/bin/env python3
"""Fails when a file includes what its room may not include (the table of docs/architecture.md, held here as data).

usage: check_layers.py [--root DIR]

Also refuses relative includes ("../x.h"), headers that do not exist, third-party headers outside the rooms that own
them, and a main path (src/engine/assess.cc) longer than 150 lines. Prints `file:line: what is wrong`, one a line.
"""

from __future__ import annotations

import argparse
import dataclasses
import fnmatch
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LIBRARY_ROOMS = (
    "audio",
    "quality",
    "lexicon",
    "acoustic",
    "ctc",
    "prosody",
    "scorer",
    "diagnosis",
    "report",
)


@dataclasses.dataclass(frozen=True)
class Room:
    """What one room may include besides itself and the standard library."""

    rooms: tuple[str, ...] = ()  # "include/higgins" is the public API; a name is a folder of src/
    third_party: tuple[str, ...] = ()  # patterns of <...> headers


# Operating system headers: only where a process is started, a file is mapped or a terminal is asked.
POSIX = (
    "dlfcn.h",
    "fcntl.h",
    "poll.h",
    "pthread.h",
    "sched.h",
    "signal.h",
    "spawn.h",
    "termios.h",
    "unistd.h",
    "sys/*.h",
    "cpuid.h",
)
JSON = ("nlohmann/*",)
_INNER = ("base", "types", "include/higgins")

SERVER_ROOMS = ("http", "scheduling", "security", "observe", "jobs", "api", "stream", "azure")
# What the command line sees of the server.
_SERVE = (
    "src/transports/server/server.h",
    "src/transports/server/config.h",
    "src/transports/server/security/keys.h",
)
# What a room that answers requests sees of the server: values and seams, no socket.
_OF_A_SERVER_ROOM = (
    "include/higgins",
    "transports/server/scheduling",
    "transports/server/observe",
    "transports/server/jobs",
    "src/transports/server/app_state.h",
    "src/transports/server/packs.h",
    "src/transports/server/api/submit.h",
    "src/transports/server/api/assess.h",
    "src/transports/server/api/options.h",
    *(
        f"src/transports/server/http/{name}.h"
        for name in ("message", "problem", "router", "websocket", "text", "multipart")
    ),
)

ROOMS: dict[str, Room] = {
    "include/higgins": Room(),
    "base": Room(rooms=("include/higgins/result.h",)),
    "types": Room(rooms=("base", "include/higgins")),
    "audio": Room(
        _INNER,
        (
            "sndfile.h",
            "sndfile.hh",
            "ogg/*",
            "opus/*",
            "opus*.h",
            "webm/*",
            "soxr.h",
            "mpg123.h",
            "vorbis/*",
            *POSIX,
        ),
    ),
    "quality": Room(_INNER),
    "lexicon": Room(_INNER, ("utf8proc.h",)),
    "acoustic": Room(_INNER),
    "ctc": Room(_INNER),
    "prosody": Room(_INNER),
    "scorer": Room(_INNER),
    "diagnosis": Room(_INNER, JSON),
    "report": Room(_INNER, JSON),
    "inference": Room(_INNER, ("openvino/*", "cpuid.h")),
    "acoustic/openvino": Room((*_INNER, "inference", "acoustic"), ("openvino/*",)),
    "scorer/openvino": Room((*_INNER, "inference", "scorer"), ("openvino/*",)),
    "engine": Room(
        (*_INNER, *LIBRARY_ROOMS, "inference", "acoustic/openvino", "scorer/openvino"),
        (*JSON, "openssl/*", *POSIX),
    ),
    # A transport sees the public API only; what it needs from the house goes through there.
    "transports": Room(("include/higgins",), (*JSON, "CLI/*", *POSIX)),
    "transports/cli": Room(("include/higgins", *_SERVE), (*JSON, "CLI/*", *POSIX)),
    # The server is a star too: only its top composes, and its rooms meet in app_state.h.
    "transports/server": Room(
        ("include/higgins", *(f"transports/server/{room}" for room in SERVER_ROOMS)),
        (*JSON, "CLI/*", "malloc.h", *POSIX),
    ),
    "transports/server/http": Room(("include/higgins",), (*JSON, "boost/*", "openssl/*")),
    "transports/server/scheduling": Room(),
    "transports/server/security": Room(("include/higgins",), (*JSON, "openssl/*")),
    "transports/server/observe": Room((), (*JSON, "spdlog/*")),
    "transports/server/jobs": Room(("include/higgins",), (*JSON, "sqlite3.h")),
    "transports/server/api": Room(_OF_A_SERVER_ROOM, (*JSON, *POSIX)),
    "transports/server/stream": Room(_OF_A_SERVER_ROOM, JSON),
    # A second protocol on what the first one is made of.
    "transports/server/azure": Room(
        (*_OF_A_SERVER_ROOM, "src/transports/server/stream/live_assessment.h"), (*JSON, "openssl/*")
    ),
}

STANDARD = frozenset(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg
    cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format
    forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits
    list locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex
    scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf
    string string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
    unordered_set utility valarray variant vector version stddef.h stdint.h""".split()  # noqa: SIM905
)

MAX_LINES = {"src/engine/assess.cc": 150}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path: str) -> str | None:
    """The room of a file of the repository ("src/ctc/graph.h" -> "ctc"); None when no rule covers it."""
    if path.startswith("include/higgins/"):
        return "include/higgins"
    if not path.startswith("src/"):
        return None
    folders = path.split("/")[1:-1]
    for length in range(len(folders), 0, -1):
        room = "/".join(folders[:length])
        if room in ROOMS:
            return room
    return "/".join(folders)


def _target(root: Path, header: str) -> str | None:
    """The repository path that a quoted include names."""
    for folder in ("src", "include"):
        if (root / folder / header).is_file():
            return f"{folder}/{header}"
    return None


def _problem(root: Path, room_name: str, kind: str, header: str) -> str | None:
    room = ROOMS.get(room_name)
    if room is None:
        return f"room '{room_name}' is not in the include table of tools/check_layers.py"
    if kind == "<":
        if header in STANDARD or any(fnmatch.fnmatch(header, pattern) for pattern in room.third_party):
            return None
        return f"room '{room_name}' may not include <{header}>"
    if ".." in header.split("/"):
        return f'relative include "{header}": name it from src/ or include/'
    target = _target(root, header)
    if target is None:
        # Some libraries are habitually included with quotes.
        if any(fnmatch.fnmatch(header, pattern) for pattern in room.third_party):
            return None
        return (
            f"\"{header}\" is neither in src/ nor in include/, and no library that room '{room_name}' may use"
        )
    target_room = room_of(target)
    if target_room == room_name or target_room in room.rooms or target in room.rooms:
        return None
    return f"room '{room_name}' may not include room '{target_room}' (\"{header}\")"


def violations(root: Path) -> Iterator[str]:
    """One line for each rule that a file under `root` breaks."""
    files = [path for top in ("src", "include") for path in sorted((root / top).rglob("*"))]
    for file in files:
        if file.suffix not in {".h", ".cc", ".inc"}:
            continue
        path = file.relative_to(root).as_posix()
        room_name = room_of(path)
        if room_name is None:
            continue
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            match = _INCLUDE.match(line)
            problem = _problem(root, room_name, match[1], match[2]) if match else None
            if problem:
                yield f"{path}:{number}: {problem}"
        if len(lines) > MAX_LINES.get(path, len(lines)):
            yield f"{path}: {len(lines)} lines, the limit is {MAX_LINES[path]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    found = list(violations(parser.parse_args().root))
    for line in found:
        print(line, file=sys.stderr)
    print(f"include table: {len(found)} violations" if found else "include table: kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
