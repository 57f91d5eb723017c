"""JSON as it goes out, beside what REST framework's own renderer writes."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from rest_framework.renderers import JSONRenderer

from chatsvg.parsing import Utf8JSONRenderer
from credits.models import Plan


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": 'Füchse 🦊 \u2028 </script> " \\ \x00 \x7f'},
        {"numbers": [0, -1, 2**53, 1.5, 1e300], "true": True, "none": None},
        {"plan": Plan.FREE, Plan.SUPPORTER: 1, 7: "seven"},
        {"id": UUID(int=7), "price": Decimal("1.50"), "span": timedelta(seconds=90)},
        {"at": datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), "day": date(2026, 3, 1)},
        {"lazy": lazystr("later"), "safe": mark_safe("<b>"), "rows": ({"a": 1}, {"b": (2,)})},
        [],
        "text",
    ],
    ids=str,
)
def test_json_says_the_same(value):
    assert json.loads(Utf8JSONRenderer().render(value)) == json.loads(JSONRenderer().render(value))


def test_nothing_is_an_empty_body():
    assert Utf8JSONRenderer().render(None) == JSONRenderer().render(None) == b""


@pytest.mark.parametrize(
    "value", [object(), {"x": float}, "\ud800"], ids=["object", "type", "half"]
)
def test_what_cannot_be_written_is_an_error(value):
    with pytest.raises((TypeError, ValueError)):
        Utf8JSONRenderer().render(value)
