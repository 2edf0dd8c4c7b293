"""The seccomp profile: the server does all it can under it, and what it does not need is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Server

SECCOMP = ROOT / "deploy" / "seccomp"
APPLY = [sys.executable, str(SECCOMP / "apply.py")]
sys.path.insert(0, str(SECCOMP))

from exercise import exercise  # noqa: E402

# What an intruder would want, and a server of this kind never does.
NEVER = [
    "ptrace", "mount", "umount2", "unshare", "setns", "pivot_root", "chroot", "init_module", "finit_module",
    "delete_module", "kexec_load", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
    "process_vm_readv", "process_vm_writev", "open_by_handle_at", "reboot", "swapon", "settimeofday", "iopl",
    "personality", "io_uring_setup", "mknod", "mknodat", "chown", "fchown", "setxattr", "link", "symlink",
]  # fmt: skip


def test_profile_permits_little() -> None:
    profile = json.loads((SECCOMP / "higgins.json").read_text())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    allowed = {name for rule in profile["syscalls"] for name in rule["names"]}
    assert not allowed & set(NEVER)
    assert len(allowed) < 150


def test_server_works_under_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with Server("--data-dir", str(tmp_path / "data"), wrap=APPLY) as server:
        exercise(server, num_rounds=0)
        assert server.stop() == 0


@pytest.mark.parametrize("command", [["unshare", "-m", "true"], ["chroot", "/", "true"]])
def test_others_are_refused(command: list[str]) -> None:
    under = subprocess.run([*APPLY, *command], capture_output=True, text=True, check=False)
    assert under.returncode != 0
    assert "not permitted" in under.stderr or "denied" in under.stderr, under.stderr
