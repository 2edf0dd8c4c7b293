"""The chart, rendered by Helm 4's own library: `make deploy-check`."""

from __future__ import annotations

import json
from pathlib import Path

import helm_python
import pytest
import yaml

CHART = Path(__file__).resolve().parents[2] / "deploy" / "helm" / "higgins"
KEYS = {"keys": {"existingSecret": "higgins-keys"}}


def render(**values: object) -> dict[str, dict]:
    """Kind -> object."""
    with helm_python.Chart.load(str(CHART)) as chart:
        rendered = chart.render(values, name="demo", namespace="prod")
    found = {}
    for name, text in rendered.items():
        if name.endswith(".yaml"):
            for made in yaml.safe_load_all(text):
                if made:
                    found[made["kind"]] = made
    return found


def pod(made: dict[str, dict]) -> dict:
    return made["Deployment"]["spec"]["template"]["spec"]


def test_chart_is_well_formed() -> None:
    complaints = json.dumps(helm_python.lint(str(CHART), values=KEYS), default=str)
    assert "[ERROR]" not in complaints and '"Error"' not in complaints, complaints


def test_defaults_with_keys() -> None:
    made = render(**KEYS)
    assert set(made) == {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"}
    container = pod(made)["containers"][0]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment["HIGGINS_KEYS"] == "/etc/higgins/keys/keys.json"
    assert "HIGGINS_ALLOW_ANONYMOUS" not in environment
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod(made)["securityContext"]["runAsNonRoot"] is True
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod(made)["volumes"]}
    # Longer than the server's own drain.
    assert pod(made)["terminationGracePeriodSeconds"] > int(environment["HIGGINS_DRAIN_TIMEOUT_MS"]) / 1000


def test_open_only_when_said_so() -> None:
    with pytest.raises(Exception, match="existingSecret"):
        render()
    environment = {
        entry["name"] for entry in pod(render(keys={"allowAnonymous": True}))["containers"][0]["env"]
    }
    assert "HIGGINS_ALLOW_ANONYMOUS" in environment


def test_autoscaling_on_the_queue() -> None:
    made = render(**KEYS, autoscaling={"enabled": True, "targetCpuPercent": 80})
    scaler = made["HorizontalPodAutoscaler"]["spec"]
    assert scaler["metrics"][0]["pods"]["metric"]["name"] == "higgins_queue_length"
    assert scaler["metrics"][1]["resource"]["name"] == "cpu"
    assert scaler["scaleTargetRef"]["name"] == made["Deployment"]["metadata"]["name"]
    assert "replicas" not in made["Deployment"]["spec"]


def test_everything_turned_on() -> None:
    made = render(
        **KEYS,
        tls={"existingSecret": "higgins-tls"},
        packs={
            "volume": {"persistentVolumeClaim": {"claimName": "packs"}},
            "paths": ["/packs/en-us", "/packs/en-gb"],
        },
        metrics={"serviceMonitor": True, "keySecret": {"name": "metrics-key", "field": "key"}},
        persistence={"enabled": True},
        replicas=1,
        allowFrom=[{"namespaceSelector": {}}],
        nodeSelector={"disk": "ssd"},
        tolerations=[{"key": "a", "operator": "Exists"}],
    )
    assert {"PersistentVolumeClaim", "ServiceMonitor"} <= set(made)
    container = pod(made)["containers"][0]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment["HIGGINS_PACK"] == "/packs/en-us,/packs/en-gb"
    assert container["livenessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert {mount["name"] for mount in container["volumeMounts"]} == {v["name"] for v in pod(made)["volumes"]}


def test_jobs_of_one_pod_only() -> None:
    with pytest.raises(Exception, match="persistence"):
        render(**KEYS, persistence={"enabled": True})
