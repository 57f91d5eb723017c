"""The TypeScript client: its types are those of `/v1`, it compiles, and its own tests pass."""

import re

import pytest

from tests.parity import accepted, typescript

pytestmark = [pytest.mark.slow, pytest.mark.ci]


def test_types_are_those_of_the_description(tmp_path):
    accepted.hold(typescript.SCHEMA, typescript.generated(tmp_path))


def test_client_passes_its_own_tests(package, stack, key):
    files = ("build/refusals.test.js", "build/client.test.js")

    told = typescript.run_tests(package, *files, CHATSVG_API_KEY=key, CHATSVG_BASE_URL=stack.url)

    assert "# fail 0" in told
    assert int(re.search(r"^# pass (\d+)$", told, re.MULTILINE)[1]) > 20


def test_examples_of_the_readme_run(package, stack, key):
    files = [f"build/example{number}.js" for number, _ in enumerate(typescript.examples(), 1)]

    told = [
        typescript.run(package, file, CHATSVG_API_KEY=key, CHATSVG_BASE_URL=stack.url)
        for file in files
    ]

    assert len(files) == 5
    assert "<svg " in told[0]
    assert "is the first of 2" in told[1]
    assert list(package.glob("*.png"))
