"""The workflows of GitHub Actions."""

import re

import pytest

from chatsvg.embedded.home import PROJECT
from tests.deploy.reading import document, text

WORKFLOWS = sorted(path.name for path in (PROJECT / ".github" / "workflows").iterdir())


def workflow(name: str) -> dict:
    return document(f".github/workflows/{name}")


def steps(name: str) -> list[dict]:
    return [step for job in workflow(name)["jobs"].values() for step in job.get("steps", ())]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_to_a_commit_and_say_which_version_it_is(name):
    lines = re.findall(r"uses: (?!\./)(.*)", text(f".github/workflows/{name}"))

    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_may_do_little_and_end(name):
    whole = workflow(name)

    assert whole["permissions"] == {"contents": "read"}
    assert "group" in whole["concurrency"]
    assert "secrets." not in text(f".github/workflows/{name}")
    for job in whole["jobs"].values():
        assert "uses" in job or job["timeout-minutes"] <= 90
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", "")  # values come by the environment


def test_only_the_image_gets_a_role_and_no_key_is_kept():
    jobs = workflow("release.yml")["jobs"]

    assert {name for name, job in jobs.items() if "id-token" in job.get("permissions", {})} == {
        "image"
    }
    assert "aws-access-key-id" not in text(".github/workflows/release.yml")
    assert jobs["image"]["needs"] == "test"
    assert jobs["rollout"]["needs"] == "image"
    assert "self-hosted" in jobs["rollout"]["runs-on"]
    assert workflow("release.yml")["concurrency"]["cancel-in-progress"] is False


def test_what_is_rolled_out_is_the_installation_that_the_repository_names():
    [rollout] = [step for step in steps("release.yml") if "rollout.sh" in step.get("run", "")]

    assert rollout["run"].endswith(' "$OVERLAY"')
    assert rollout["env"]["OVERLAY"] == "${{ vars.OVERLAY }}"


def test_what_is_run_exists():
    words = " ".join(step["run"] for name in WORKFLOWS for step in steps(name) if "run" in step)

    for path in re.findall(r"(?:sh|bash) (\S+)", words):
        assert (PROJECT / path).is_file()
