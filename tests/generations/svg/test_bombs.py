"""Bombs are refused or bounded: a second of one core, as fast as is usual, and 150 MB at most."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generations.svg.bombs import BOMBS

ROOT = Path(__file__).parents[3]
SECONDS, MEGABYTES = 1.0, 150.0


@pytest.fixture(scope="module")
def measured():
    ran = subprocess.run(
        [sys.executable, "-m", "tests.generations.svg.bombs"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_or_bounded(measured, name):
    outcome, seconds, megabytes = measured[name]

    assert outcome not in ("died", "internal", "unproven")
    assert seconds <= SECONDS
    assert megabytes <= MEGABYTES


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("billion laughs", "doctype"),
        ("path of ten megabytes", "too_large"),
        ("uses of uses", "too_complex"),
        ("depth within the parser", "too_deep"),
        ("fifty thousand attributes", "too_many_attributes"),
        ("filters through uses", "too_many_filters"),
        ("markers on a long path", "too_complex"),
        ("fine dashes on long paths", "too_complex"),
        ("circles of fine dashes", "too_complex"),
        ("a tree of blends", "too_complex"),
        ("a tree of composites by wrong names", "too_complex"),
        ("merges of merges", "too_complex"),
        ("a merge of many", "too_complex"),
        ("deep groups through uses", "too_deep"),
        ("deep patterns through paint", "too_deep"),
        ("layers in masks in masks", "too_deep"),
        ("a mask on many", "too_complex"),
        ("blended many", "too_complex"),
        ("gradients on many", "too_complex"),
        ("convolutions", "too_complex"),
        ("lights", "too_complex"),
        ("morphologies", "too_complex"),
        ("blurs beyond the picture", "too_complex"),
        ("blurs enlarged through uses", "too_complex"),
        ("a path across and across", "too_complex"),
        ("short paths across, used", "too_complex"),
        ("markers on closings", "too_complex"),
        ("letters as large as the picture", "too_complex"),
        ("letters enlarged", "too_complex"),
        ("letters on a long path", "too_complex"),
        ("patterns larger than the picture", "too_complex"),
        ("patterns through context paint", "too_complex"),
        ("animations through uses", "too_many_animations"),
        ("picture of many scans", "image_too_large"),
        ("picture of many frames", "image_too_large"),
    ],
)
def test_bomb_is_refused_for_what_it_is(measured, name, code):
    assert measured[name][0] == code
