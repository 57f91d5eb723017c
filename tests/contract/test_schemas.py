"""What the APIs say of themselves is checked in: a change is seen, and accepted by one command."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from chatsvg.openapi.generator import DESCRIPTIONS, printed
from tests.contract.differences import differences

ACCEPTED = Path(__file__).parent / "schemas"
COMMAND = "python manage.py openapi --into tests/contract/schemas"


@pytest.mark.parametrize("face", DESCRIPTIONS)
def test_schema_is_the_accepted_one(face):
    accepted, now = (ACCEPTED / f"{face}.json").read_text(), printed(face)

    changed = list(differences(json.loads(accepted), json.loads(now)))
    listed = "\n".join(changed[:60])
    assert not changed, f"{len(changed)} changes of {face}:\n{listed}\nAccept them by: {COMMAND}"
    assert accepted == now, f"Written otherwise. Mend it by: {COMMAND}"


def test_difference_says_where_and_what():
    old = {"paths": {"/v1/a": {"get": {"tags": ["x"]}}, "/v1/b": 1}, "same": [1]}
    new = {"paths": {"/v1/a": {"get": {"tags": ["y"]}}, "/v1/c": 2}, "same": [1]}

    assert list(differences(old, new)) == [
        "~ paths › /v1/a › get › tags › 0: x → y",
        "- paths › /v1/b: 1",
        "+ paths › /v1/c: 2",
    ]


def test_command_writes_what_is_accepted(tmp_path, capsys):
    call_command("openapi", "--into", str(tmp_path))
    call_command("openapi", "v1")

    assert capsys.readouterr().out.endswith((tmp_path / "v1.json").read_text())
    assert {file.name for file in tmp_path.iterdir()} == {f"{face}.json" for face in DESCRIPTIONS}
