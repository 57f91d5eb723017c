from decimal import Decimal
from xml.etree import ElementTree

import pytest

from generations import providers
from generations.providers.errors import TimedOut


@pytest.fixture(autouse=True)
def nothing_configured(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.CHATSVG_MODELS = ""


@pytest.mark.parametrize("model", ["studio", "gpt-4o"])
def test_studio_draws_without_an_endpoint_and_costs_nothing(model):
    request = providers.DrawRequest("a red fox asleep", "flat", model)

    draft = providers.start(request).result(15)

    assert ElementTree.fromstring(draft.text).tag == "{http://www.w3.org/2000/svg}svg"
    assert (draft.provider, draft.upstream, draft.cost_usd) == ("studio", "studio", Decimal(0))
    assert all(isinstance(note, str) for note in draft.notes)


def test_studio_keeps_the_deadline():
    request = providers.DrawRequest("a red fox asleep", "flat", "studio")

    with pytest.raises(TimedOut):
        providers.start(request, deadline=0).result(5)
