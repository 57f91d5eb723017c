"""deploy/advisories.py, which asks about known holes."""

import json
import sys

import pytest

from deploy import advisories

SAFE = {"name": "django", "version": "5.2.19", "vulns": []}
HOLE = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.0"]}]}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([SAFE], 0, "0 known for 1 packages; 0 could not be looked up"),
        ([SAFE, UNKNOWN], 0, "0 known for 1 packages; 1 could not"),
        ([SAFE, HOLE], 1, "lxml 1.0: PYSEC-1, mended in 2.0"),
        ([UNKNOWN], 0, "NOTHING IS KNOWN"),
        ([], 0, "NOTHING IS KNOWN"),
    ],
)
def test_holes_fail_and_silence_is_said(packages, code, said, capsys):
    assert advisories.tell(advisories.read(packages)) == code
    assert said in capsys.readouterr().out


def test_excused_hole_does_not_fail(monkeypatch, capsys):
    monkeypatch.setitem(advisories.EXCUSED, "PYSEC-1", "we never parse HTML with it")

    assert advisories.tell(advisories.read([HOLE])) == 0
    assert "(excused: we never parse HTML with it)" in capsys.readouterr().out


FINDINGS = json.dumps({"dependencies": [SAFE, HOLE], "fixes": []})
CRASH = "raise SystemExit('Tip: your network may be blocking this service')"


def asked(monkeypatch, program: str, seconds: float = 20) -> int:
    """The exit code where pip-audit is this program."""
    monkeypatch.setattr(advisories, "COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(advisories, "SECONDS", seconds)
    return advisories.main()


def test_findings_count_whatever_the_exit_code_is(monkeypatch, capsys):
    assert asked(monkeypatch, f"print({FINDINGS!r}); raise SystemExit(1)") == 1
    assert "lxml 1.0: PYSEC-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "program",
    [CRASH, "print('<html>redirecting</html>')", "print('[]')", "print('{\"dependencies\": 1}')"],
)
def test_whatever_is_no_list_of_findings_is_nothing_known(monkeypatch, capsys, program):
    assert asked(monkeypatch, program) == 0

    out, err = capsys.readouterr()
    assert "NOTHING IS KNOWN" in out
    for name in advisories.FILES:
        assert f"COULD NOT BE ASKED about {name}: exit" in err
    assert ("your network" in err) == (program == CRASH)


def test_it_ends_in_its_time_for_all_files_together(monkeypatch, capsys):
    assert asked(monkeypatch, "import time; time.sleep(600)", seconds=0.5) == 0
    assert capsys.readouterr().err.count("no answer within") == len(advisories.FILES)
