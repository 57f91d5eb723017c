"""deploy/ and the workflows as tools made for them see them (deploy/requirements-deploy.txt)."""

import subprocess
import sys
from pathlib import Path

import pytest

from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import rendered

pytestmark = pytest.mark.ci
KUBERNETES = "1.34"
WITHOUT_SCHEMA = {"ScaledObject", "TriggerAuthentication", "HelmChartConfig", "Middleware"}
WORKFLOWS = sorted(str(path) for path in (PROJECT / ".github" / "workflows").iterdir())


def tool(name: str, *words: str) -> None:
    program = Path(sys.executable).parent / name
    if not program.exists():
        pytest.skip(f"{name} is not installed: pip install -r deploy/requirements-deploy.txt")
    done = subprocess.run(
        [program, *words], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_has_nothing_to_say():
    tool("hadolint", "--failure-threshold", "style", "Dockerfile")


def test_compose_file_has_the_shape_of_one():
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml")


@pytest.mark.parametrize(
    "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
)
def test_workflows_have_the_shape_of_some(schema):
    tool("check-jsonschema", "--builtin-schema", schema, *WORKFLOWS)


def test_workflows_give_nobody_a_handle():
    tool("zizmor", "--offline", "--no-progress", ".github")


@pytest.mark.parametrize("folder", ["deploy/k8s/overlays/k3s-traefik", "deploy/k8s/cluster"])
def test_manifests_are_what_kubernetes_takes(folder):
    validate = pytest.importorskip("kubernetes_validate").validate
    objects = [one for one in rendered(folder) if one["kind"] not in WITHOUT_SCHEMA]

    assert objects
    for one in objects:
        validate(one, KUBERNETES, strict=True)
