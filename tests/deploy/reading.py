"""What stands in deploy/, read as its tools read it."""

import re
import runpy
import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
import yaml

from chatsvg.embedded.home import PROJECT

DEPLOY = PROJECT / "deploy"
OVERLAY = "deploy/k8s/overlays/k3s-traefik"
PROCESSES = ("web", "live", "worker", "upkeep", "beat")
SECRET = "a-secret-of-many-letters-0123456789-{}"
OF_LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # boto3 reads them


def text(path: str) -> str:
    return (PROJECT / path).read_text()


@cache
def document(path: str) -> Any:
    return yaml.safe_load(text(path))


@cache
def rendered(folder: str) -> tuple[dict, ...]:
    """Every object of a kustomization."""
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl here, which reads kustomizations")
    done = subprocess.run(
        ["kubectl", "kustomize", folder], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def objects(kind: str, folder: str = OVERLAY) -> dict[str, dict]:
    """The objects of one kind by their names."""
    found = [one for one in rendered(folder) if one["kind"] == kind]
    return {one["metadata"]["name"]: one for one in found}


@cache
def variables() -> frozenset[str]:
    """Every environment variable that the project reads."""
    names: set[str] = set()
    for path in (PROJECT / "chatsvg").rglob("*.py"):
        source = path.read_text()
        names |= set(re.findall(r"\benv\.\w+\(\s*\"([A-Z][A-Z0-9_]+)\"", source))
        names |= set(re.findall(r"environ(?:\.get)?[(\[]\s*\"([A-Z][A-Z0-9_]+)\"", source))
        names |= set(re.findall(r"_secrets?\(\"([A-Z_]+)\"\)", source))
    return frozenset(names | OF_LIBRARIES)


def settings_of(environment: dict[str, str], monkeypatch) -> dict[str, Any]:
    """What settings.py makes of this environment and no other. It raises what stops a start."""
    with monkeypatch.context() as patch:
        for name in variables():
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # settings may set it: it is put back
        return runpy.run_path(str(PROJECT / "chatsvg" / "settings.py"))
