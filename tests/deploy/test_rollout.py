"""deploy/rollout.sh, with a kubectl that writes down what it is told and fails where it should."""

import os
import shutil
import stat
import subprocess

import pytest

from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import OVERLAY, PROCESSES

IMAGE = "registry.example/chatsvg@sha256:" + "0" * 64
KUBECTL = """#!/bin/sh
echo "$*" >> "$TOLD"
case "$*" in
    kustomize*) exec "$KUBECTL" "$@" ;;
    apply*) shift; cp "$4" "$TOLD.yaml" ;;
    "get job"*) echo "SuccessCriteriaMet $MIGRATION" ;;
    "get deployment beat"*) ;;
    "get deployment"*) printf 7 ;;
esac
case "$*" in *"$FAILS"*) exit 1 ;; esac
"""
pytestmark = pytest.mark.skipif(
    not shutil.which("kubectl"), reason="there is no kubectl here, which reads kustomizations"
)


@pytest.fixture
def roll_out(tmp_path):
    """Runs the script; gives its exit code, what kubectl was told, and what was applied."""
    stub = tmp_path / "kubectl"
    stub.write_text(KUBECTL)
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    told = tmp_path / "told"
    env = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "KUBECTL": shutil.which("kubectl"),
        "TOLD": str(told),
    }

    def run(*, fails: str = "nothing at all", migration: str = "Complete", overlay: str = OVERLAY):
        done = subprocess.run(
            ["sh", "deploy/rollout.sh", IMAGE, "abc123", overlay],
            cwd=PROJECT,
            env=env | {"FAILS": fails, "MIGRATION": migration},
            capture_output=True,
            text=True,
            check=False,
        )
        assert overlay or "the folder of your overlay" in done.stderr
        if not told.exists():
            return done.returncode, [], ""
        return done.returncode, told.read_text().splitlines(), told.with_suffix(".yaml").read_text()

    yield run
    assert not list((PROJECT / "deploy" / "k8s").glob("rollout.*"))  # it clears up


def test_migration_goes_first_then_every_process_is_waited_for(roll_out):
    code, told, applied = roll_out()

    assert code == 0
    words = [line.split()[0] for line in told]
    each = len(PROCESSES)
    assert words[:4] == ["kustomize", "delete", "apply", "get"]
    assert words[4:] == ["get"] * each + ["apply"] + ["rollout"] * each
    assert told[2].endswith("component in (settings, network, migrate)")
    assert told[4 + each].endswith("component notin (settings, network, migrate)")
    for name, line in zip(PROCESSES, told[5 + each :], strict=True):
        assert line.startswith(f"rollout status deployment/{name} ")
    assert applied.count(f"image: {IMAGE}") == len([*PROCESSES, "migrate", "backup"])
    assert "image: chatsvg" not in applied
    assert "RELEASE: abc123" in applied


def test_nothing_is_rolled_out_where_the_migration_fails(roll_out):
    code, told, _ = roll_out(migration="FailureTarget Failed")

    assert code == 1
    assert [line.split()[0] for line in told] == ["kustomize", "delete", "apply", "get", "logs"]


def test_nothing_is_rolled_out_without_an_overlay(roll_out):
    code, told, _ = roll_out(overlay="")

    assert code != 0
    assert told == []


@pytest.mark.parametrize(
    "fails",
    ["rollout status deployment/live", "component notin (settings, network, migrate)"],
)
def test_everything_goes_back_to_what_ran_before(roll_out, fails):
    """Where one does not get ready, and where the cluster took a part alone. The schedule runs for
    the first time: there is nothing before it."""
    code, told, _ = roll_out(fails=fails)

    assert code == 1
    undone = [line for line in told if line.startswith("rollout undo")]
    assert [line.split()[2] for line in undone] == [
        f"deployment/{name}" for name in PROCESSES if name != "beat"
    ]
    assert all(line.endswith("--to-revision 7") for line in undone)
    assert not any("status deployment/worker" in line for line in told)
