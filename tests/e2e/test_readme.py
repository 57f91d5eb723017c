"""The README's examples, run as they stand there, on real processes."""

import re
import subprocess
import sys

import pytest

from chatsvg.demo import DEMO_EMAIL
from chatsvg.embedded.home import PROJECT
from tests.model_server import ANSWER

pytestmark = [pytest.mark.slow, pytest.mark.ci]
SERVER = "http://127.0.0.1:8000"
MANAGE = ".venv/bin/python manage.py"
PATIENCE = 60


def examples(word):
    """The shell examples of "Use it" in which that word stands, as one script."""
    text = (PROJECT / "README.md").read_text()
    section = text.partition("## Use it\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    chosen = [block for block in blocks if word in block]
    assert chosen
    return "\n".join(chosen)


def run(script, folder, stack):
    script = script.replace(MANAGE, f"{sys.executable} {PROJECT / 'manage.py'}")
    return subprocess.run(
        ["bash", "-u", "-c", script.replace(SERVER, stack.url)],
        cwd=folder,
        env=stack.env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def demo(stack):
    seeded = "from chatsvg.demo import ensure_demo_users; ensure_demo_users()"
    assert stack.manage("shell", "-v", "0", "-c", seeded).returncode == 0


def test_curl_signs_in_draws_and_watches(stack, tmp_path, demo):
    said = run(examples(SERVER), tmp_path, stack).stdout

    assert f'"email":"{DEMO_EMAIL}"' in said
    assert "HTTP/1.1 202" in said
    assert '"generation":{' in said  # of the job that was looked for
    by_key = said.partition('"job":{"id"')[2]
    assert by_key.count('"status":"SUCCEEDED"') >= 3  # one, and two at once
    assert '"test":true' in by_key and "<svg " in by_key
    assert "event: job.updated" in said


def test_terminal_draws(stack, tmp_path, demo):
    done = run(examples("manage.py draw"), tmp_path, stack)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "fox.svg").read_text().startswith("<svg ")


def test_shell_sanitizes(stack, tmp_path):
    (tmp_path / "icons").mkdir()
    for name in ("in.svg", "icons/one.svg", "icons/two.svg"):
        (tmp_path / name).write_text(ANSWER.replace("<title", "<script>alert(1)</script><title"))
    (tmp_path / "answer.md").write_text(f"Here you are:\n```svg\n{ANSWER}\n```\n")

    done = run(examples("manage.py sanitize"), tmp_path, stack)

    assert done.returncode == 0, done.stderr
    for name in ("out.svg", "icons/one.svg", "icons/two.svg", "drawing.svg"):
        made = (tmp_path / name).read_text()
        assert made.startswith("<svg ") and "script" not in made, name
