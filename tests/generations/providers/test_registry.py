import json
import subprocess
import sys
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from generations import providers
from generations.checks import endpoint_is_named, models_are_readable
from generations.providers import registry
from generations.providers.base import Abilities, Limits

CONTRACT = ["gpt-5.2-2025-12-11", "gpt-5-mini-2025-08-07", "gpt-4o"]


@pytest.fixture(autouse=True)
def nothing_configured(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.CHATSVG_MODELS = ""
    settings.OPENAI_MODEL = settings.OPENAI_API_VERSION = ""
    settings.OPENAI_PRICE_IN = settings.OPENAI_PRICE_OUT = ""
    settings.OPENAI_FALLBACK = []


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
        ({"name": "b", "baseUrl": "http://h", "priceIn": 1e9}, "models[1].priceIn"),
        ({"name": "b", "baseUrl": "http://h", "apiKeyEnv": "UNSET_KEY"}, "models[1].apiKeyEnv"),
        ({"name": "b", "baseUrl": "http://h", "apiKey": "$UNSET_KEY"}, "models[1].apiKey"),
        (
            {"name": "b", "baseUrl": "http://h", "apiKey": "k", "apiKeyEnv": "PATH"},
            "models[1].apiKeyEnv",
        ),
        ({"name": "b", "baseUrl": "http://h", "auth": "basic"}, "models[1].auth"),
        ({"name": "b", "baseUrl": "http://h", "auth": "api-key"}, "models[1].auth"),
        ({"name": "b", "baseUrl": "http://h", "abilities": ["json"]}, "models[1].abilities"),
        (
            {"name": "b", "baseUrl": "http://h", "abilities": {"json": 1}},
            "models[1].abilities.json",
        ),
        (
            {"name": "b", "baseUrl": "http://h", "abilities": {"sound": True}},
            "models[1].abilities.sound",
        ),
        (
            {"name": "b", "baseUrl": "http://h", "limits": {"maxOutputTokens": 0.5}},
            "models[1].limits.maxOutputTokens",
        ),
        (
            {"name": "b", "baseUrl": "http://h", "limits": {"seconds": 0}},
            "models[1].limits.seconds",
        ),
        (
            {"name": "b", "baseUrl": "http://h", "limits": {"concurrent": True}},
            "models[1].limits.concurrent",
        ),
    ],
)
def test_faulty_entry_is_named_by_its_field(models_file, entry, field):
    models_file(GOOD, entry)

    with pytest.raises(ImproperlyConfigured) as caught:
        providers.models()

    assert str(caught.value).startswith(f"CHATSVG_MODELS: {field} ")


@pytest.mark.parametrize(
    "content",
    [
        *(None, "{", "[]", '{"models": {}}', '{"models": NaN}'),
        '{"models": [], "model": []}',
        '{"models": [], "models": []}',
        '{"models": [{"name": "a", "name": "b", "baseUrl": "http://h"}]}',
        "[" * 100_000,
    ],
)
def test_faulty_file_is_an_error_of_the_setting(settings, tmp_path, content):
    path = tmp_path / "models.json"
    if content is not None:
        path.write_text(content)
    settings.CHATSVG_MODELS = str(path)

    with pytest.raises(ImproperlyConfigured, match=r"^CHATSVG_MODELS: "):
        providers.models()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("OPENAI_BASE_URL", "ftp://127.0.0.1:11434"),
        ("OPENAI_MODEL", "x" * 101),
        ("OPENAI_PRICE_IN", "free"),
        ("OPENAI_PRICE_OUT", "-1"),
        ("OPENAI_PRICE_OUT", "NaN"),
        ("OPENAI_FALLBACK", ["nobody"]),
    ],
)
def test_faulty_setting_is_an_error_by_its_name(settings, setting, value):
    settings.OPENAI_API_KEY = "k"
    setattr(settings, setting, value)

    with pytest.raises(ImproperlyConfigured, match=rf"^{setting} "):
        providers.models()


def test_faulty_file_is_found_by_the_system_checks(models_file):
    models_file({"name": "a"})

    [error] = models_are_readable(None)

    assert error.msg == "CHATSVG_MODELS: models[0].baseUrl is missing."


def test_words_about_no_endpoint_are_found_by_the_system_checks(settings):
    settings.OPENAI_MODEL, settings.OPENAI_FALLBACK = "llama3.2", ["studio"]

    [warning] = endpoint_is_named(None)
    settings.OPENAI_BASE_URL = "http://127.0.0.1:11434"

    assert warning.msg.startswith("OPENAI_MODEL, OPENAI_FALLBACK count for nothing without")
    assert endpoint_is_named(None) == []


def test_one_upstream_may_stand_for_all_three_names(settings):
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = "http://127.0.0.1:11434", "llama3.2"
    settings.OPENAI_PRICE_IN, settings.OPENAI_PRICE_OUT = "0", "0.5"

    endpoints = {providers.endpoint_for(name) for name in CONTRACT}

    [endpoint] = endpoints
    assert (endpoint.upstream, endpoint.auth) == ("llama3.2", "none")
    assert (endpoint.price_in, endpoint.price_out) == (0, Decimal("0.5"))


def test_azure_address_in_the_settings_names_path_version_and_header(settings):
    settings.OPENAI_BASE_URL = "https://mine.openai.azure.com"
    settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "k", "drawer"
    settings.OPENAI_API_VERSION = "2024-10-21"

    endpoint = providers.endpoint_for("gpt-4o")

    assert endpoint.base_url == "https://mine.openai.azure.com/openai/deployments/drawer"
    assert endpoint.query == (("api-version", "2024-10-21"),)
    assert (endpoint.auth, endpoint.upstream) == ("api-key", "drawer")


@pytest.mark.parametrize("key", [{"apiKeyEnv": "MY_KEY"}, {"apiKey": "$MY_KEY"}])
def test_key_of_the_file_comes_from_the_environment(models_file, monkeypatch, key):
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    models_file({"name": "a", "baseUrl": "http://h", **key})

    endpoint = providers.endpoint_for("a")

    assert (endpoint.api_key, endpoint.auth) == ("sk-very-secret", "bearer")


def test_file_says_what_an_endpoint_can_do(models_file):
    models_file(
        {
            "name": "a",
            "baseUrl": "http://h/openai/deployments/drawer",
            "apiVersion": "2025-01-01",
            "abilities": {"streaming": False, "vision": True},
            "limits": {"maxOutputTokens": 4000, "seconds": 45, "concurrent": 2},
        }
    )

    endpoint = providers.endpoint_for("a")

    assert endpoint.abilities == Abilities(streaming=False, vision=True, json=False)
    assert endpoint.limits == Limits(max_output_tokens=4000, seconds=45.0, concurrent=2)
    assert (endpoint.upstream, endpoint.query) == ("drawer", (("api-version", "2025-01-01"),))


def chain_of(name):
    return [model.name for model in registry.chain(name)]


def test_chain_asks_each_place_once_however_names_go_round(models_file):
    models_file(
        {"name": "a", "baseUrl": "http://a", "fallback": ["b", "c", "studio"]},
        {"name": "b", "baseUrl": "http://b", "fallback": ["d", "a"]},
        {"name": "c", "baseUrl": "http://c", "fallback": ["c2", "gpt-4o"]},
        {"name": "c2", "baseUrl": "http://c", "upstream": "c"},
        {"name": "d", "baseUrl": "http://d"},
    )

    assert chain_of("a") == ["a", "b", "c", "studio", "d"]
    assert chain_of("b") == ["b", "d", "a", "c", "studio"]
    assert chain_of("gpt-4o") == ["gpt-4o", "b", "c", "studio", "d"]
    assert chain_of("studio") == ["studio"]


def test_models_of_the_settings_may_fall_back_too(settings):
    settings.OPENAI_API_KEY, settings.OPENAI_FALLBACK = "k", ["gpt-4o", "studio"]

    assert chain_of("gpt-5-mini-2025-08-07") == ["gpt-5-mini-2025-08-07", "gpt-4o", "studio"]
    assert chain_of("gpt-4o") == ["gpt-4o", "studio"]


def test_unknown_model_has_no_chain():
    with pytest.raises(providers.UnknownModel):
        registry.chain("claude-3-5-sonnet")


def test_unknown_model_is_refused():
    with pytest.raises(providers.UnknownModel):
        providers.endpoint_for("claude-3-5-sonnet")


def test_listing_models_does_not_load_the_sdk():
    code = (
        "import sys; from django.conf import settings\n"
        "names = ['BASE_URL', 'API_KEY', 'MODEL', 'API_VERSION', 'PRICE_IN', 'PRICE_OUT']\n"
        "unset = {'OPENAI_' + name: '' for name in names}\n"
        "settings.configure(CHATSVG_MODELS='', OPENAI_FALLBACK=[], **unset)\n"
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
