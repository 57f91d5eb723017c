import pytest

from generations.providers import addresses

AZURE = "https://mine.openai.azure.com"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        # as it should be: nothing changes
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("https://gateway.example/llm", "https://gateway.example/llm"),
        ("https://h.example/api/v3", "https://h.example/api/v3"),
        ("https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/coding/paas/v4"),
        ("https://api.perplexity.ai", "https://api.perplexity.ai"),
        # a missing path, slashes, quotes
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000///", "http://127.0.0.1:8000/v1"),
        ("https://h.example//v1//", "https://h.example/v1"),
        ("https://h.example/v1/v1", "https://h.example/v1"),
        (' "https://h.example/v1" ', "https://h.example/v1"),
        ("HTTPS://H.Example/v1", "https://h.example/v1"),
        ("https://h.example/v1#models", "https://h.example/v1"),
        # a whole call
        ("https://h.example/v1/chat/completions", "https://h.example/v1"),
        ("https://h.example/v1/chat/completions/", "https://h.example/v1"),
        ("https://h.example/v1/models", "https://h.example/v1"),
        ("https://h.example/v1/responses", "https://h.example/v1"),
        ("https://h.example/llm/chat/completions", "https://h.example/llm"),
        ("https://h.example/chat/completions", "https://h.example"),
        # no scheme
        ("127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("gpu-box:8000", "http://gpu-box:8000/v1"),
        ("host.docker.internal:11434", "http://host.docker.internal:11434/v1"),
        ("192.168.1.20:1234", "http://192.168.1.20:1234/v1"),
        ("[::1]:8000", "http://[::1]:8000/v1"),
        ("//127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("api.openai.com", "https://api.openai.com/v1"),
        ("llm.example:8443/v1", "https://llm.example:8443/v1"),
        # where a server listens is not where it is called
        ("0.0.0.0:11434", "http://127.0.0.1:11434/v1"),
        # Ollama and LM Studio, by their ports
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/api", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/api/", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/api/chat", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/api/generate", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/chat/completions", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("http://127.0.0.1:1234/api/v0", "http://127.0.0.1:1234/v1"),
        ("https://ollama.com/api/chat", "https://ollama.com/v1"),
        # services that keep it elsewhere
        ("https://openrouter.ai", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/v1", "https://openrouter.ai/api/v1"),
        ("openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1"),
        ("http://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com/v1", "https://api.groq.com/openai/v1"),
        ("https://api.fireworks.ai", "https://api.fireworks.ai/inference/v1"),
        ("https://api.deepinfra.com/v1", "https://api.deepinfra.com/v1/openai"),
        ("https://api.cohere.com/v2", "https://api.cohere.com/compatibility/v1"),
        ("https://dashscope.aliyuncs.com", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
        ("https://api.openai.com", "https://api.openai.com/v1"),
        (
            "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
    ],
)
def test_address_is_read_as_it_is_meant(given, used):
    read = addresses.read(given)

    assert (read.base_url, read.query, read.auth) == (used, (), "bearer")


@pytest.mark.parametrize(
    ("given", "version", "path", "sent", "deployment"),
    [
        (AZURE, "", "/openai/v1", "", ""),
        (f"{AZURE}/openai", "", "/openai/v1", "", ""),
        (f"{AZURE}/openai/v1/", "", "/openai/v1", "", ""),
        (f"{AZURE}/openai/v1/chat/completions", "", "/openai/v1", "", ""),
        (f"{AZURE}/openai/v1?api-version=2024-10-21", "", "/openai/v1", "", ""),
        (f"{AZURE}/openai/v1?api-version=preview", "", "/openai/v1", "preview", ""),
        (AZURE, "2024-10-21", "/openai/deployments/ours", "2024-10-21", "ours"),
        (f"{AZURE}/openai/deployments/d", "", "/openai/deployments/d", "2024-10-21", "d"),
        (
            f"{AZURE}/openai/deployments/d/chat/completions?api-version=2025-01-01-preview",
            *("", "/openai/deployments/d", "2025-01-01-preview", "d"),
        ),
        (
            f"{AZURE}/openai/deployments/d?api-version=2024-02-01",
            *("2024-10-21", "/openai/deployments/d", "2024-10-21", "d"),
        ),
    ],
)
def test_azure_is_known_in_both_of_its_forms(given, version, path, sent, deployment):
    read = addresses.read(given, upstream="ours", api_version=version)

    assert (read.base_url, read.auth) == (AZURE + path, "api-key")
    assert (read.query, read.deployment) == ((("api-version", sent),) if sent else (), deployment)


def test_azures_old_path_is_known_on_any_host():
    read = addresses.read("http://127.0.0.1:9/openai/deployments/d/chat/completions?api-version=1")

    assert read.base_url == "http://127.0.0.1:9/openai/deployments/d"
    assert (read.auth, read.deployment, read.query) == ("api-key", "d", (("api-version", "1"),))


def test_azures_inference_path_needs_its_own_version():
    read = addresses.read("https://mine.services.ai.azure.com/models/chat/completions")

    assert read.base_url == "https://mine.services.ai.azure.com/models"
    assert (read.auth, read.query) == ("api-key", (("api-version", "2024-05-01-preview"),))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "host"),
        ("ftp://h/v1", "http"),
        ("unix:///run/model.sock", "http"),
        ("http://", "host"),
        ("http://[", "cannot be read"),
        ("http://h:port", "cannot be read"),
        ("http://h:99999", "cannot be read"),
        ("http://h:0", "host"),
        ("http:localhost:11434", "cannot be read"),
        ("http://a b/v1", "blank"),
        ("https://{resource}.openai.azure.com", "placeholder"),
        ("https://<name>.example/v1", "placeholder"),
        ("https://YOUR-RESOURCE-NAME.openai.azure.com", "placeholder"),
        ("https://me:hunter2@h.example/v1", "password"),
    ],
)
def test_address_that_cannot_be_meant_is_refused_with_its_reason(given, why):
    with pytest.raises(addresses.BadAddress, match=why) as caught:
        addresses.read(given)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        ("https://h.example/v1", []),
        ("https://h.example/v1/", []),
        ("http://h.example", ["The address names no path: the usual /v1 was added."]),
        (
            "127.0.0.1:11434",
            [
                "The address names no scheme: http:// was taken.",
                "Ollama speaks OpenAI's protocol under /v1, which was taken.",
            ],
        ),
        ("https://openrouter.ai", ["OpenRouter is called at https://openrouter.ai/api/v1."]),
        (
            "https://h.example/v1/chat/completions?key=hunter2",
            [
                "/chat/completions at its end is the address of one call: "
                "the part before it was taken.",
                "With every call goes the query key.",
            ],
        ),
    ],
)
def test_every_change_is_told_in_a_sentence(given, notes):
    assert list(addresses.read(given).notes) == notes


def test_reading_what_was_read_changes_nothing():
    for given in ("127.0.0.1:11434", AZURE, "openrouter.ai", "https://api.perplexity.ai/v1"):
        once = addresses.read(given).base_url

        assert addresses.read(once).base_url == once


@pytest.mark.parametrize(
    ("base_url", "first"),
    [
        ("http://h:1/foo", "http://h:1/foo/v1"),
        ("http://h:1/v1", "http://h:1"),
        ("http://h:1", "http://h:1/v1"),
        ("http://h:1/openai/v1", "http://h:1/openai"),
    ],
)
def test_alternatives_are_on_the_same_server_and_elsewhere(base_url, first):
    found = addresses.alternatives(base_url)

    assert found[0] == first
    assert base_url not in found
    assert len(set(found)) == len(found) <= 8
