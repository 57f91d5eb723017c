"""Servers refuse a part of a request in words of their own."""

import pytest

from generations.providers import complaints, refusals

PARTS = frozenset({"stream", "stream_options", "json_schema", "image_url", "max_completion_tokens"})
OLDER = PARTS - {"max_completion_tokens", "json_schema"} | {"max_tokens", "json_object"}


def openai(param, code, message):
    return {"message": message, "type": "invalid_request_error", "param": param, "code": code}


@pytest.mark.parametrize(
    ("status", "body", "part"),
    [
        # OpenAI and Azure
        (400, openai("stream_options", "unknown_parameter", "Unknown parameter"), "stream_options"),
        (400, openai("stream", "unsupported_value", "Verify to stream this model"), "stream"),
        (400, openai("response_format", None, "json_schema needs a newer version"), "json_schema"),
        (400, openai("response_format.json_schema", "invalid", "not permitted"), "json_schema"),
        (400, openai("", None, "Unrecognized request argument: stream_options"), "stream_options"),
        (
            400,
            openai("max_completion_tokens", "unsupported_parameter", "Not supported"),
            "max_completion_tokens",
        ),
        (400, openai("messages.[3].content", None, "image_url is for some models"), "image_url"),
        (403, {"message": "Streaming requests are not yet allowed."}, "stream"),
        # vLLM, and others that check by pydantic
        (
            400,
            {"object": "error", "message": "[{'loc': ('body', 'max_completion_tokens')}]"},
            "max_completion_tokens",
        ),
        (422, {"detail": [{"loc": ["body", "stream_options"]}]}, "stream_options"),
        (400, {"message": "qwen is not a multimodal model", "param": None}, "image_url"),
        # LM Studio, Ollama, llama.cpp
        (400, "'response_format.type' must be 'text'", "json_schema"),
        (400, {"message": "this model does not support image input"}, "image_url"),
        (400, {"message": "invalid message content type: []interface {}"}, "image_url"),
        (500, {"code": 500, "message": "image input is not supported - hint: mmproj"}, "image_url"),
        # OpenRouter, Google
        (404, {"message": "No endpoints found that support image input", "code": 404}, "image_url"),
        (
            400,
            {"message": "Provider returned error", "metadata": {"raw": "be verified to stream"}},
            "stream",
        ),
        (400, [{"error": {"message": 'Unknown name "stream_options"'}}], "stream_options"),
        # none of these
        (400, openai("model", "model_not_found", "No such model"), None),
        (400, openai("temperature", "unsupported_value", "Only 1"), None),
        (400, {"message": "The upstream is away"}, None),
        (404, {"message": "no such path for stream_options"}, None),
        (401, openai("stream_options", None, "no key"), None),
        (429, {"message": "too many requests that do not stream"}, None),
        (500, {"message": "response_format broke me"}, None),
        (403, {"message": "no stream, not this", "metadata": {"reasons": ["violence"]}}, None),
    ],
)
def test_complaint_is_about_a_part(status, body, part):
    assert refusals.part_of(complaints.read(body, status), PARTS) == part


@pytest.mark.parametrize(
    ("param", "message", "part"),
    [
        ("max_tokens", "Use 'max_completion_tokens' instead.", "max_tokens"),
        ("", "'max_tokens' or 'max_completion_tokens' is too large", "max_tokens"),
        ("response_format", "This type is unavailable now", "json_object"),
        ("", "This response_format type is unavailable now", "json_object"),
    ],
)
def test_complaint_about_what_was_asked_instead(param, message, part):
    complaint = complaints.read(openai(param, None, message), 400)

    assert refusals.part_of(complaint, OLDER) == part


def test_complaint_about_what_was_not_asked_is_none():
    complaint = complaints.read(openai("stream", "unsupported_value", "no stream"), 400)

    assert refusals.part_of(complaint, frozenset({"json_schema"})) is None
