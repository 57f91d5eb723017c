import json
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from generations import providers

CONTRACT = ["gpt-5.2-2025-12-11", "gpt-5-mini-2025-08-07", "gpt-4o"]


@pytest.fixture(autouse=True)
def nothing_configured(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.CHATSVG_MODELS = ""


@pytest.fixture
def models_file(settings, tmp_path):
    def write(*entries):
        path = tmp_path / "models.json"
        path.write_text(json.dumps({"models": list(entries)}))
        settings.CHATSVG_MODELS = str(path)

    return write


def test_nothing_configured_means_studio():
    found = providers.models()

    assert [model.name for model in found] == [*CONTRACT, "studio"]
    assert {model.endpoint.provider for model in found} == {"studio"}
    assert [model.is_stand_in for model in found] == [True, True, True, False]
    assert providers.default_model().name == "studio"


def test_labels_are_the_contracts():
    labels = [model.label for model in providers.models()]

    assert labels == ["GPT-5.2", "GPT-5 Mini", "GPT-4o", "Studio (built in)"]


def test_a_key_alone_means_the_official_service(settings):
    settings.OPENAI_API_KEY = "k"

    endpoint = providers.endpoint_for("gpt-4o")

    assert (endpoint.base_url, endpoint.upstream) == ("https://api.openai.com/v1", "gpt-4o")
    assert providers.default_model().name == "gpt-5.2-2025-12-11"
    assert providers.endpoint_for("studio").provider == "studio"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1"),
        ("https://openrouter.example/api/v1/", "https://openrouter.example/api/v1"),
    ],
)
def test_an_address_alone_means_a_keyless_server(settings, given, used):
    settings.OPENAI_BASE_URL = given

    endpoint = providers.endpoint_for("gpt-5-mini-2025-08-07")

    assert (endpoint.base_url, endpoint.api_key) == (used, "")


def test_file_adds_models_and_stands_for_the_contracts(models_file):
    models_file({"name": "llama", "baseUrl": "http://127.0.0.1:8081", "upstream": "llama4"})

    assert [model.name for model in providers.models()] == [*CONTRACT, "llama", "studio"]
    assert providers.endpoint_for("llama").upstream == "llama4"
    assert providers.endpoint_for("gpt-4o") == providers.endpoint_for("llama")
    assert providers.default_model().name == "gpt-5.2-2025-12-11"


def test_file_may_redefine_a_contract_name(models_file, settings):
    settings.OPENAI_API_KEY = "k"
    models_file({"name": "gpt-4o", "baseUrl": "http://127.0.0.1:8081", "fallback": ["studio"]})

    assert providers.endpoint_for("gpt-4o").base_url == "http://127.0.0.1:8081/v1"
    assert providers.endpoint_for("gpt-4o").fallback == ("studio",)
    assert providers.endpoint_for("gpt-5.2-2025-12-11").base_url == "https://api.openai.com/v1"


def test_key_is_never_part_of_a_printed_endpoint(settings):
    settings.OPENAI_API_KEY = "sk-very-secret"

    assert "sk-very-secret" not in repr(providers.models())


GOOD = {"name": "a", "baseUrl": "http://h"}


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ("text", "models[1]"),
        ({"baseUrl": "http://h"}, "models[1].name"),
        ({"name": "b"}, "models[1].baseUrl"),
        ({"name": "b", "baseUrl": "ftp://h"}, "models[1].baseUrl"),
        ({"name": "b", "baseUrl": "http://["}, "models[1].baseUrl"),
        ({"name": "b", "baseUrl": "http://h:port"}, "models[1].baseUrl"),
        ({"name": "b", "baseUrl": "http://h", "priceIn": "free"}, "models[1].priceIn"),
        ({"name": "b", "baseUrl": "http://h", "priceOut": -1}, "models[1].priceOut"),
        ({"name": "b", "baseUrl": "http://h", "priceOut": True}, "models[1].priceOut"),
        ({"name": "b", "baseUrl": "http://h", "fallback": "a"}, "models[1].fallback"),
        ({"name": "b", "baseUrl": "http://h", "fallback": ["c"]}, "models[1].fallback"),
        ({"name": "b", "baseUrl": "http://h", "label": 3}, "models[1].label"),
        ({"name": "b", "baseUrl": "http://h", "key": "x"}, "models[1].key"),
        ({"name": "a", "baseUrl": "http://h"}, "models[1].name"),
        ({"name": "studio", "baseUrl": "http://h"}, "models[1].name"),
    ],
)
def test_faulty_entry_is_named_by_its_field(models_file, entry, field):
    models_file(GOOD, entry)

    with pytest.raises(ImproperlyConfigured) as caught:
        providers.models()

    assert str(caught.value).startswith(f"CHATSVG_MODELS: {field} ")


@pytest.mark.parametrize("content", [None, "{", "[]", '{"models": {}}', '{"models": NaN}'])
def test_faulty_file_is_an_error_of_the_setting(settings, tmp_path, content):
    path = tmp_path / "models.json"
    if content is not None:
        path.write_text(content)
    settings.CHATSVG_MODELS = str(path)

    with pytest.raises(ImproperlyConfigured, match=r"^CHATSVG_MODELS: "):
        providers.models()


def test_faulty_address_is_an_error_of_the_setting(settings):
    settings.OPENAI_BASE_URL = "127.0.0.1:11434"

    with pytest.raises(ImproperlyConfigured, match=r"^OPENAI_BASE_URL must be"):
        providers.models()


def test_unknown_model_is_refused():
    with pytest.raises(providers.UnknownModel):
        providers.endpoint_for("claude-3-5-sonnet")


def test_listing_models_does_not_load_the_sdk():
    code = (
        "import sys; from django.conf import settings\n"
        "settings.configure(CHATSVG_MODELS='', OPENAI_BASE_URL='', OPENAI_API_KEY='')\n"
        "from generations import providers; providers.models()\n"
        "print('openai' in sys.modules)"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (printed.stdout, printed.stderr) == ("False\n", "")


@pytest.mark.parametrize("field", ["name", "upstream"])
def test_names_longer_than_their_columns_stop_the_start(models_file, field):
    entry = {"name": "ours", "baseUrl": "http://127.0.0.1:1/v1", field: "x" * 101}
    models_file(entry)

    with pytest.raises(ImproperlyConfigured, match=rf"{field} is longer than 100"):
        providers.models()
