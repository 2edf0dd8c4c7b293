"""deploy/: every file is read by a parser of its own kind, and names only what is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dockerfile_parse import DockerfileParser
from harness import BINARY, ROOT, Server, example

DEPLOY = ROOT / "deploy"


def stages() -> list[tuple[str, list[dict]]]:
    """(FROM's value, instructions) of each stage."""
    parsed = DockerfileParser(path=str(DEPLOY / "Dockerfile"), cache_content=True).structure
    found: list[tuple[str, list[dict]]] = []
    for line in parsed:
        if line["instruction"] == "FROM":
            found.append((line["value"], []))
        elif found:
            found[-1][1].append(line)
    return found


def test_dockerfile_is_what_it_should_be() -> None:
    names = [value for value, _ in stages()]
    assert [name.split(" AS ")[-1] for name in names[:-1]] == ["web", "build"]
    assert all(name.startswith("debian:12-slim") for name in names)
    last = {line["instruction"]: line["value"] for line in stages()[-1][1]}
    assert last["USER"] == "10001:10001"
    assert json.loads(last["ENTRYPOINT"]) == ["higgins"]
    assert "ADD" not in last


def test_what_is_copied_from_the_source_is_there() -> None:
    for value, lines in stages():
        for line in lines:
            if line["instruction"] != "COPY" or "--from=" in line["value"]:
                continue
            *sources, _ = line["value"].split()
            if value.endswith("AS web") and not (ROOT / "web").exists():
                continue  # the page is not in this tree yet
            for source in sources:
                assert (ROOT / source).exists(), f"COPY {source}"


def test_packages_of_the_image_are_the_libraries_that_the_program_loads() -> None:
    """No library that the program needs is missing in the last stage, and none is there for nothing."""
    run = " ".join(line["value"] for line in stages()[-1][1] if line["instruction"] == "RUN")
    packages = set(re.findall(r"\blib[a-z0-9.+-]+", run.partition("apt-get install")[2].partition("&&")[0]))
    loaded = subprocess.run(["ldd", str(BINARY)], capture_output=True, text=True, check=True).stdout
    needed = set()
    for name, path in re.findall(r"(\S+) => (/\S+)", loaded):
        if str(ROOT) in path or "openvino" in path or name.startswith("libhiggins"):
            continue
        candidates = [
            str(Path(path).resolve()),
            path,
            path.replace("/lib/", "/usr/lib/", 1),
            path.removeprefix("/usr"),
        ]
        for candidate in candidates:
            asked = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                needed.add(asked.stdout.split(":")[0])
                break
    # Part of Debian's slim image, or brought along by libsndfile1, libsoxr0.
    there = {"libc6", "libstdc++6", "libgcc-s1", "gcc-12-base", "libcrypt1", "zlib1g"}
    brought = {"libflac12", "libvorbis0a", "libvorbisenc2", "libmp3lame0", "libgomp1"}
    assert needed - there - brought == packages, "the list of packages in deploy/Dockerfile"


def test_compose_names_files_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    base = DEPLOY / "compose"
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (base / source).exists(), source
            assert source.startswith(".") or source in compose["volumes"], source
        for port in service["ports"]:
            assert port.startswith("127.0.0.1:"), "reachable from outside"
    higgins = compose["services"]["higgins"]
    assert (base / higgins["build"]["context"] / higgins["build"]["dockerfile"]).exists()
    profile = next(o.partition(":")[2] for o in higgins["security_opt"] if o.startswith("seccomp:"))
    assert (base / profile).exists()


def test_dashboard_is_up_to_date() -> None:
    command = [sys.executable, str(DEPLOY / "compose" / "grafana" / "make_dashboard.py"), "--check"]
    subprocess.run(command, check=True)


def expressions() -> list[str]:
    dashboard = json.loads((DEPLOY / "compose" / "grafana" / "dashboards" / "higgins.json").read_text())
    alerts = yaml.safe_load((DEPLOY / "compose" / "alerts.yml").read_text())
    of_panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return of_panels + [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]


def test_every_metric_that_is_shown_is_exported_by_the_server(tmp_path: Path) -> None:
    audio, text = example("austen_young_man")
    with Server("--data-dir", str(tmp_path)) as server:
        assert server.assess(audio, text).status == 200
        assert server.assess(b"no audio", text).status in (415, 422)
        exported = server.get("/metrics").body.decode()
    names = set(re.findall(r"^# TYPE (\w+) ", exported, re.M)) | set(
        re.findall(r"^(\w+)[{ ]", exported, re.M)
    )
    # Appear with the first stream, job, reload.
    described = (ROOT / "src" / "transports" / "server" / "observe" / "metrics.cc").read_text()
    names |= set(re.findall(r'"(higgins_\w+)"', described))
    for expression in expressions():
        for metric in re.findall(r"\bhiggins_\w+", expression):
            assert metric in names or metric.removesuffix("_bucket") in names, metric
    for labels in ('route="/v1/assess"', 'stage="acoustic"', 'reason="', 'status="200"'):
        assert labels in exported, labels


def test_prometheus_reads_its_files() -> None:
    """With promtool where it is installed; the structure in any case."""
    base = DEPLOY / "compose"
    config = yaml.safe_load((base / "prometheus.yml").read_text())
    assert [job["job_name"] for job in config["scrape_configs"]] == ["higgins"]
    assert all((base / file).exists() for file in config["rule_files"])
    if shutil.which("promtool"):
        subprocess.run(["promtool", "check", "config", str(base / "prometheus.yml")], check=True)


def test_systemd_unit_is_valid_and_hardened(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    # verify() looks for the program: here it is where it was built.
    unit = (DEPLOY / "systemd" / "higgins.service").read_text().replace("/usr/local/bin/higgins", str(BINARY))
    file = tmp_path / "higgins.service"
    file.write_text(unit)
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in verified.stderr.splitlines() if "higgins.service" in line]
    assert verified.returncode == 0 and not complaints, verified.stderr
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-1500:]
    assert re.search(r"Overall exposure level .*: 1\.\d OK|: [01]\.\d", judged.stdout), judged.stdout[-300:]


def test_settings_that_are_named_exist() -> None:
    """HIGGINS_... in compose, the unit, the image and the chart, and the keys of the TOML file."""
    table = subprocess.run(
        [str(BINARY), "serve", "--print-config-table"], capture_output=True, text=True, check=True
    ).stdout
    known = set(re.findall(r"HIGGINS_\w+", table))
    files = [
        *DEPLOY.rglob("*.yaml"),
        DEPLOY / "Dockerfile",
        DEPLOY / "systemd" / "higgins.service",
        DEPLOY / "README.md",
    ]
    for file in files:
        text = file.read_text()
        named = set(re.findall(r"\bHIGGINS_[A-Z_]+\b", text)) - {"HIGGINS_"}
        assert named <= known, f"{file}: {named - known}"
    values = yaml.safe_load((DEPLOY / "helm" / "higgins" / "values.yaml").read_text())
    for name in values["settings"]:
        assert f"`--{name}" in table, name
    checked = subprocess.run(
        [str(BINARY), "serve", "--config", str(DEPLOY / "systemd" / "higgins.toml"), "--check-config"],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [
        line
        for line in checked.stderr.splitlines() + checked.stdout.splitlines()
        if "packs/en-us" not in line
    ]
    assert checked.returncode == 0 or not [c for c in complaints if "--" in c], checked
