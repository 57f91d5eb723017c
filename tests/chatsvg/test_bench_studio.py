"""`manage.py bench studio`: its contact sheet and its figures, drawn in this process."""

import pytest
from PIL import Image

from chatsvg.bench.errors import BenchError
from chatsvg.bench.registry import SCENARIOS
from chatsvg.bench.studio import PROMPTS, STYLES, run

USUAL = {"smoke": True, "sheet": None, "side": 32, "prompt": None, "style": None}


def test_bench_studio_draws_a_sheet_and_tells_what_it_took(tmp_path):
    sheet = tmp_path / "sheet.png"

    told = run({**USUAL, "sheet": sheet, "style": ["flat", "outline"]})

    assert told["faults"] == []
    assert told["n"] == 6 and told["by_style"].keys() == {"flat", "outline"}
    assert 0 < told["p50_ms"] <= told["p99_ms"] and 200 < told["median_bytes"] < 6_000
    page = Image.open(sheet)
    assert page.width == 2 * (32 + 6) and page.height == 22 + 3 * (32 + 22)
    assert len(page.getcolors(1 << 16)) > 20


def test_bench_studio_knows_forty_prompts_and_nine_styles():
    assert len(set(PROMPTS)) == 40 and len(STYLES) == 9
    assert SCENARIOS["studio"].run is run


def test_bench_studio_says_where_it_cannot_write(tmp_path):
    with pytest.raises(BenchError):
        run({**USUAL, "sheet": tmp_path / "no" / "sheet.png", "style": ["flat"]})
