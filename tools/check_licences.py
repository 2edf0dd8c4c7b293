#!/usr/bin/env python3
"""Lists every library that a binary loads, with its licence; fails on one that is unknown or under the GPL.

usage: check_licences.py [--build DIR] BINARY [BINARY ...]

`ldd` gives the shared libraries, transitively. OpenVINO opens its CPU plug-in and its readers at run time, so these are
followed too. With --build, archives (*.a) on the binary's link line in DIR/build.ninja are checked as well.
A new library gets a line in LIBRARIES here and one in docs/dependencies.md.
"""

from __future__ import annotations

import argparse
import fnmatch
import re
import subprocess
import sys
from pathlib import Path

# Licences (SPDX) of code that may be shipped with, or loaded by, an Apache-2.0 program without changing its terms.
# LGPL libraries are shared objects that the user can replace. The GCC runtime's exception permits any use.
ALLOWED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "MIT",
    "blessing",  # SQLite: public domain
    "LGPL-2.0-or-later",
    "LGPL-2.1-or-later",
    "GPL-3.0-or-later WITH GCC-exception-3.1",
}

# Name before ".so" or ".a", as a pattern -> licence.
LIBRARIES = {
    "libhiggins": "Apache-2.0",
    # the system: C and C++ runtime
    "linux-vdso": "LGPL-2.1-or-later",
    "ld-linux*": "LGPL-2.1-or-later",
    "libc": "LGPL-2.1-or-later",
    "libm": "LGPL-2.1-or-later",
    "libmvec": "LGPL-2.1-or-later",
    "libdl": "LGPL-2.1-or-later",
    "librt": "LGPL-2.1-or-later",
    "libpthread": "LGPL-2.1-or-later",
    "libstdc++": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgcc_s": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgomp": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libatomic": "GPL-3.0-or-later WITH GCC-exception-3.1",
    # audio
    "libsndfile": "LGPL-2.1-or-later",
    "libFLAC": "BSD-3-Clause",
    "libogg": "BSD-3-Clause",
    "libvorbis": "BSD-3-Clause",
    "libvorbisenc": "BSD-3-Clause",
    "libvorbisfile": "BSD-3-Clause",
    "libopus": "BSD-3-Clause",
    "libmpg123": "LGPL-2.1-or-later",
    "libmp3lame": "LGPL-2.0-or-later",
    "libsoxr": "LGPL-2.1-or-later",
    "libwebm": "BSD-3-Clause",
    # text, checksums
    "libutf8proc": "MIT",
    "libcrypto": "Apache-2.0",
    "libssl": "Apache-2.0",
    # server
    "libspdlog": "MIT",
    "libfmt": "MIT",
    "libsqlite3": "blessing",
    # inference
    "libopenvino": "Apache-2.0",
    "libopenvino_intel_cpu_plugin": "Apache-2.0",
    "libopenvino_arm_cpu_plugin": "Apache-2.0",
    "libopenvino_onnx_frontend": "Apache-2.0",
    "libopenvino_ir_frontend": "Apache-2.0",
    "libtbb": "Apache-2.0",
    "libtbbbind*": "Apache-2.0",
    "libtbbmalloc": "Apache-2.0",
    "libhwloc": "BSD-3-Clause",
}

# What OpenVINO opens by name when a model is read and compiled for the CPU.
OPENED_AT_RUN_TIME = (
    "libopenvino_*_cpu_plugin.so*",
    "libopenvino_onnx_frontend.so*",
    "libopenvino_ir_frontend.so*",
    "libtbbbind*.so*",
)


def short_name(library: str) -> str:
    """ "/lib/libsndfile.so.1" -> "libsndfile"."""
    return re.sub(r"\.(so|a)(\.[0-9.]*)?$", "", Path(library).name)


def licence_of(library: str) -> str | None:
    name = short_name(library)
    return next(
        (licence for pattern, licence in LIBRARIES.items() if fnmatch.fnmatchcase(name, pattern)), None
    )


def shared_libraries(binary: Path) -> dict[str, Path | None]:
    """Name -> file (None when the loader does not find it) of every shared library that `binary` needs."""
    run = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise ValueError(f"ldd cannot read {binary}: {run.stderr.strip() or run.stdout.strip()}")
    found: dict[str, Path | None] = {}
    for line in run.stdout.splitlines():
        match = re.match(r"\s*(\S+)(?: => (not found|\S+))?", line)
        if match and match[1] != "statically":
            file = match[2] or match[1]
            found[Path(match[1]).name] = None if file == "not found" else Path(file)
    return found


def all_libraries(binary: Path) -> dict[str, Path | None]:
    """shared_libraries() and those of what OpenVINO opens at run time."""
    found = shared_libraries(binary)
    openvino = next(
        (file for name, file in found.items() if name.startswith("libopenvino.so") and file), None
    )
    if openvino:
        for pattern in OPENED_AT_RUN_TIME:
            for plugin in openvino.resolve().parent.glob(pattern):
                found[plugin.name] = plugin
                found.update(shared_libraries(plugin))
    return found


def static_libraries(build: Path, binary: Path) -> list[str]:
    """Archives from outside the build folder on the link line of `binary`."""
    name = re.escape(binary.resolve().name)
    link_line = re.compile(rf"^build (?:\S*/)?{name}(?: .*)?: CXX_(?:EXECUTABLE|SHARED_LIBRARY)_LINKER.*$")
    lines = (build / "build.ninja").read_text(encoding="utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if link_line.match(line)), None)
    if start is None:
        raise ValueError(f"{build}/build.ninja has no link line for {binary.name}")
    archives: list[str] = []
    for line in lines[start + 1 :]:
        if not line.startswith("  "):
            break
        if line.strip().startswith("LINK_LIBRARIES"):
            archives += [word for word in line.split() if word.endswith(".a") and word.startswith("/")]
    return archives


def check(libraries: dict[str, Path | None]) -> list[str]:
    problems = []
    for name, file in sorted(libraries.items()):
        licence = licence_of(name)
        if licence is None:
            problems.append(f"{name}: unknown library (its licence is in no table)")
        elif licence not in ALLOWED:
            problems.append(f"{name}: licence {licence} is not allowed")
        elif file is None:
            problems.append(f"{name}: not found by the loader")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, help="build folder of the binaries (Ninja)")
    parser.add_argument("binary", type=Path, nargs="+")
    arguments = parser.parse_args()
    status = 0
    for binary in arguments.binary:
        try:
            libraries = all_libraries(binary)
            if arguments.build:
                libraries.update({Path(a).name: Path(a) for a in static_libraries(arguments.build, binary)})
        except (ValueError, OSError) as error:
            print(f"check_licences: {error}", file=sys.stderr)
            return 2
        print(f"{binary}: {len(libraries)} libraries")
        for name in sorted(libraries):
            print(f"  {licence_of(name) or 'UNKNOWN':<42} {name}")
        for problem in check(libraries):
            print(f"{binary}: {problem}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
