"""What is said where Swift cannot be installed."""

import pytest

from tests.swift import installed

pytestmark = [pytest.mark.ci, pytest.mark.slow]


def test_missing_index_is_told_and_leaves_nothing_half_made(monkeypatch, tmp_path):
    monkeypatch.setattr(installed, "KEPT", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")

    with pytest.raises(installed.NotInstalled, match="need OpenStack Swift") as told:
        installed.programs()

    assert "No matching distribution" in str(told.value)
    assert list(tmp_path.glob("*/made")) == []
