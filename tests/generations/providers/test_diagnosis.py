import socket
from dataclasses import replace

import pytest

from generations.providers import addresses, diagnosis, models_file, probes
from tests.generations.providers import quirks
from tests.generations.providers.quirks import Reply

SECRET = "sk-very-secret-key"
LIST = {"object": "list", "data": [{"id": name} for name in ("llama3.2:latest", "qwen3:8b")]}
EVENTS = {"content-type": "text/event-stream"}
INCOMPLETE = Reply(400, {"error": {"message": "messages is missing"}})


@pytest.fixture
def server():
    with quirks.running() as running:
        yield running


def diagnose(address, *, key="", upstream="llama3.2", call=False, **rest):
    read = addresses.read(address, upstream=upstream)
    rest = {"source": "OPENAI_*", **rest}
    endpoint = models_file.endpoint(read, api_key=key, upstream=upstream, **rest)
    return diagnosis.diagnose(endpoint, call)


def test_listed_model_is_well_and_what_is_worth_knowing_is_told(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)

    found = diagnose(server.url, fallback=("studio",))

    assert found.state == "ok"
    assert found.detail == f"llama3.2 is one of 2 models at {server.url}/v1."
    assert found.ms > 0
    assert found.notes == (
        "The address names no path: the usual /v1 was added.",
        "No price is known: what drawings cost is kept as unknown. "
        "OPENAI_PRICE_IN and OPENAI_PRICE_OUT say it.",
        "When it is away: studio.",
    )


@pytest.mark.parametrize(
    ("upstream", "listed"),
    [
        ("gemini-3-flash", ["models/gemini-3-flash"]),
        ("models/gemini-3-flash", ["models/gemini-3-flash"]),
        ("meta/llama:free", ["meta/llama"]),
    ],
)
def test_names_are_compared_as_their_servers_mean_them(server, upstream, listed):
    server.replies["GET /v1/models"] = Reply(200, [{"id": name} for name in listed])

    assert diagnose(server.url, upstream=upstream).state == "ok"


def test_model_that_is_not_listed_is_told_with_the_likely_names(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)

    found = diagnose(server.url, upstream="lama3.2")

    assert (found.state, found.remedy) == (
        "broken",
        "Set OPENAI_MODEL to one of: llama3.2:latest, qwen3:8b.",
    )


def test_of_a_long_list_only_like_names_are_told(server):
    names = [f"vendor-{number}/other" for number in range(50)] + ["qwen3-coder"]
    server.replies["GET /v1/models"] = Reply(200, {"data": [{"id": name} for name in names]})

    found = diagnose(server.url, upstream="qwen3-coderr", source="CHATSVG_MODELS: models[3]")

    assert found.remedy == "Set CHATSVG_MODELS: models[3].upstream to one of: qwen3-coder."


@pytest.mark.parametrize(
    ("given", "where"),
    [("/llm", "/v1"), ("/proxy/v1", "/proxy"), ("/wrong/v1", "/api/v1")],
)
def test_wrong_path_is_told_with_the_right_one(server, given, where):
    server.replies[f"GET {where}/models"] = Reply(200, LIST)

    found = diagnose(server.url + given)

    assert found.detail == f"{server.url}{given} knows no chat/completions (404)."
    assert found.remedy == f"Set OPENAI_BASE_URL to {server.url}{where}, which answers."


def test_server_that_says_yes_to_every_path_is_seen_through(server):
    wrong = Reply(200, {"error": "Unexpected endpoint or method."})  # LM Studio's way
    server.replies |= {"GET /x/models": wrong, "POST /x/chat/completions": wrong}
    server.replies["GET /v1/models"] = Reply(200, LIST)

    found = diagnose(f"{server.url}/x")

    assert found.remedy == f"Set OPENAI_BASE_URL to {server.url}/v1, which answers."


def test_web_page_is_no_model_server(server):
    page = Reply(200, "<html>Welcome</html>", {"content-type": "text/html"})
    server.replies |= {"GET /v1/models": page, "POST /v1/chat/completions": page}

    found = diagnose(server.url)

    assert found.state == "broken"
    assert found.detail == f"{server.url}/v1 answers with something else, such as a web page."


def test_server_without_a_list_is_known_by_how_it_refuses_an_empty_call(server):
    server.replies["POST /v1/chat/completions"] = INCOMPLETE

    found = diagnose(server.url)

    assert (found.state, found.detail) == (
        "ok",
        f"{server.url}/v1 takes calls; it lists no models.",
    )


def test_key_that_may_not_see_the_list_is_no_bad_key(server):
    server.replies["GET /v1/models"] = Reply(403, {"error": {"message": "missing scope"}})
    server.replies["POST /v1/chat/completions"] = INCOMPLETE

    assert diagnose(server.url, key=SECRET).state == "ok"


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("", "Set OPENAI_API_KEY."),
        (SECRET, "Correct OPENAI_API_KEY; it may be another service's, or have ended."),
    ],
)
def test_refused_key_is_told_and_never_shown(server, key, remedy):
    said = f"Incorrect API key provided: {SECRET}. You sent sk-ve****-key."
    server.replies["GET /v1/models"] = Reply(401, {"error": {"message": said}})

    found = diagnose(server.url, key=key)

    assert (found.state, found.remedy) == ("broken", remedy)
    assert SECRET not in str(found)
    assert "ve****" not in str(found)
    assert "It says: Incorrect API key provided: …" in found.notes[0]


def test_key_is_sent_as_the_endpoint_wants_it(server):
    path = "/openai/deployments/d"
    server.replies[f"POST {path}/chat/completions"] = INCOMPLETE

    assert diagnose(f"{server.url}{path}?api-version=2025-01-01", key=SECRET).state == "ok"
    line, headers = server.asked[-1]
    assert line == f"POST {path}/chat/completions?api-version=2025-01-01"
    assert (headers["api-key"], headers.get("authorization")) == (SECRET, None)


def test_deployment_that_is_not_there_is_told_by_its_name(server):
    gone = Reply(404, {"error": {"code": "DeploymentNotFound", "message": "It does not exist."}})
    server.replies["POST /openai/deployments/d/chat/completions"] = gone

    found = diagnose(f"{server.url}/openai/deployments/d", upstream="d", key=SECRET)

    assert found.state == "broken"
    assert found.detail.endswith(" has no deployment d.")


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (Reply(429, {"error": {"message": "slow down"}}), "note", "lets us wait (429)"),
        (Reply(402, {"error": {"message": "no credits"}}), "note", "lets us wait (402)"),
        (Reply(503, "loading"), "broken", "fault of its own (503)"),
        (Reply(301, "", {"location": "https://h.example/v1/models"}), "broken", "elsewhere (301)"),
    ],
)
def test_other_answers_are_told_as_what_they_are(server, reply, state, words):
    server.replies["GET /v1/models"] = reply

    found = diagnose(server.url)

    assert (found.state, words in found.detail) == (state, True)
    if reply.status == 301:
        assert found.remedy == "Set OPENAI_BASE_URL to https://h.example/v1."


def test_server_that_is_away_is_told_by_why():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    refused = diagnose(f"http://127.0.0.1:{port}")
    unknown = diagnose("http://no-such-host.invalid")

    assert refused.detail == f"Nothing listens at 127.0.0.1:{port}."
    assert "container" in refused.remedy
    assert unknown.detail == "No address is known for the name no-such-host.invalid."


def test_https_to_a_plain_server_is_told(server):
    found = diagnose(server.url.replace("http:", "https:"))

    assert found.state == "broken"
    assert "write http:// instead" in found.remedy


def test_silent_server_is_given_up(monkeypatch):
    monkeypatch.setattr(probes, "READ_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = diagnose(f"http://127.0.0.1:{silent.getsockname()[1]}")

    assert found.state == "broken"
    assert found.detail.endswith("does not answer in time.")


def test_key_that_no_header_can_carry_is_told_without_it(server):
    found = diagnose(server.url, key="sk-ключ\n")

    assert (found.state, found.remedy) == ("broken", "Correct OPENAI_API_KEY.")
    assert "ключ" not in str(found)


def test_endless_list_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(probes, "BODY_MAX", 100)
    server.replies["GET /v1/models"] = Reply(200, {"data": [{"id": "x" * 10_000}]})

    assert diagnose(server.url).state == "broken"


# --- with --call ---


def speaking(model):
    def reply(headers, body):
        if body.get("model") != model:
            return Reply(404, {"error": {"message": f"no model {body.get('model')}"}})
        first = 'data: {"choices": []}\n\n'  # Azure's
        return Reply(200, f'{first}data: {{"choices": [{{"delta": {{}}}}]}}\n\n', EVENTS)

    return reply


def test_call_shows_that_a_model_speaks_though_it_is_not_listed(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)
    server.replies["POST /v1/chat/completions"] = speaking("hidden")

    found = diagnose(server.url, upstream="hidden", call=True)

    assert (found.state, found.detail) == ("ok", f"hidden at {server.url}/v1 speaks.")
    assert found.notes[0].startswith("hidden is not among")


def test_call_shows_what_a_list_hides(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)
    server.replies["POST /v1/chat/completions"] = speaking("hidden")

    found = diagnose(server.url, call=True)

    assert found.state == "broken"
    assert found.detail == f"llama3.2 at {server.url}/v1 does not speak (404)."
    assert found.notes[0] == "It says: no model llama3.2"


def test_error_inside_a_stream_is_no_word(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)
    server.replies["POST /v1/chat/completions"] = Reply(
        200, ': hold on\n\ndata: {"error": {"message": "overloaded"}}\n\n', EVENTS
    )

    found = diagnose(server.url, call=True)

    assert (found.state, found.notes[0]) == ("broken", "It says: overloaded")


def test_nothing_is_called_that_may_cost_unless_asked(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)

    diagnose(server.url)

    assert [line for line, _ in server.asked] == ["GET /v1/models"]


def test_words_of_a_server_that_does_not_stream_count(server):
    server.replies["GET /v1/models"] = Reply(200, LIST)
    server.replies["POST /v1/chat/completions"] = Reply(200, {"choices": [{"message": {}}]})
    whole = replace(diagnosis.Endpoint("openai", "x").abilities, streaming=False)

    assert diagnose(server.url, call=True, abilities=whole).state == "ok"
