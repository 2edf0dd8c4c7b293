#!/usr/bin/env python3
"""Writes higgins.json, the seccomp profile for Docker, Podman and Kubernetes, from what the server really calls.

usage: record.py [--rounds N]

strace counts the system calls of a server that does everything it can (exercise.py), from its first instruction to the
end of its drain. To these are added, for another kernel, C library or core count: the newer and older forms of the same
calls (RELATIVES), and what a container runtime does between loading the profile and starting the program (RUNTIME).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path

from exercise import exercise
from harness import Server

PROFILE = Path(__file__).parent / "higgins.json"
# Whoever is seen brings along those of its line.
RELATIVES = [
    ["epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2"],
    ["poll", "ppoll", "select", "pselect6"],
    ["fstat", "stat", "lstat", "newfstatat", "statx"],
    ["open", "openat"],
    ["read", "readv", "pread64", "preadv"],
    ["write", "writev", "pwrite64", "pwritev"],
    ["recvfrom", "recvmsg"],
    ["sendto", "sendmsg"],
    ["accept", "accept4"],
    ["clone", "clone3", "set_robust_list", "rseq", "gettid", "exit"],
    ["mmap", "munmap", "mprotect", "mremap", "madvise", "brk"],
    ["futex", "futex_waitv"],
    ["clock_nanosleep", "nanosleep", "clock_gettime", "gettimeofday"],
    ["sched_getaffinity", "sched_setaffinity", "sched_yield", "getcpu"],
    ["rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "signalfd4", "sigaltstack"],
    ["unlink", "unlinkat"],
    ["mkdir", "mkdirat"],
    ["readlink", "readlinkat"],
    ["access", "faccessat", "faccessat2"],
    ["getdents64", "lseek"],
    ["fsync", "fdatasync", "ftruncate", "fallocate", "fcntl", "flock"],
    ["pipe", "pipe2", "eventfd2", "timerfd_create", "timerfd_settime"],
    ["getrlimit", "setrlimit", "prlimit64"],
    ["tgkill", "exit_group", "restart_syscall"],
    ["mbind", "get_mempolicy", "set_mempolicy"],
]
# SQLite gives its files to their folder's owner when it runs as root, as it does where this is recorded.
AS_ROOT_ONLY = {"fchown"}
RUNTIME = [
    "capget", "capset", "chdir", "close", "dup", "dup2", "dup3", "execve", "fchdir", "fstatfs", "getpid", "getppid",
    "getuid", "getgid", "geteuid", "getegid", "prctl", "setgid", "setgroups", "setuid", "statfs", "arch_prctl",
    "set_tid_address", "getrandom", "uname", "sysinfo", "close_range",
]  # fmt: skip


def record(num_rounds: int) -> set[str]:
    with tempfile.TemporaryDirectory() as name:
        counts = Path(name) / "counts"
        # -D: the tracer is not the parent, so that signals reach the server.
        wrap = ["strace", "-D", "-f", "-qq", "-c", "-U", "name", "-o", str(counts)]
        data_dir = Path(name) / "data"
        data_dir.mkdir()
        server = Server("--data-dir", str(data_dir), "--workers", "2", wrap=wrap)
        with server:
            exercise(server, num_rounds)
        names = re.findall(r"^([a-z0-9_]+)$", counts.read_text(), re.M)
    return set(names) - {"total", "syscall"}


def profile(seen: set[str]) -> dict:
    allowed = set(seen) | set(RUNTIME)
    for line in RELATIVES:
        if seen & set(line):
            allowed |= set(line)
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": 1,
        "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
            {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
        ],
        "syscalls": [
            # Sockets of IPv4, IPv6 and Unix only: no netlink, no raw packets.
            *(
                {
                    "names": ["socket"],
                    "action": "SCMP_ACT_ALLOW",
                    "args": [{"index": 0, "value": family, "op": "SCMP_CMP_EQ"}],
                }
                for family in (1, 2, 10)
            ),
            {"names": sorted(allowed - {"socket"} - AS_ROOT_ONLY), "action": "SCMP_ACT_ALLOW"},
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    seen = record(options.rounds)
    made = profile(seen)
    PROFILE.write_text(json.dumps(made, indent=1) + "\n")
    allowed = made["syscalls"][-1]["names"]
    print(f"{len(seen)} system calls seen, {len(allowed) + 1} allowed: {PROFILE}")
    print("seen:", " ".join(sorted(seen)))


if __name__ == "__main__":
    main()
