"""What lines keep to themselves, and how a leak in them would be found."""

import json
import logging
from functools import partial

import pytest

from chatsvg import logs
from chatsvg.logs import lines, secrecy
from chatsvg.logs.secrecy import hide
from tests import leaks

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
KEY = "sk_live_" + "aB3" * 13 + "x"
TOKEN = "Zk3vQ0p9aYtR7uWm2xLcE8sDf1gHjK4nB6oIeTzUyPq"

SAID = {
    f"refused for ada@example.com: {JWT}": "refused for [mail]: [jwt]",
    f"bad key {KEY}!": "bad key [key]!",
    'duplicate key "user_email"\nDETAIL:  Key (email)=(x) already exists.\nat': (
        'duplicate key "user_email"\n[row]\nat'
    ),
    "GET /files/a?signature=abc&x=1": "GET /files/a?signature=[hidden]&x=1",
    "postgresql://chatsvg:hunter2@db/chatsvg": "postgresql://[url]@db/chatsvg",
    "redis://:hunter2@cache:6379/0": "redis://[url]@cache:6379/0",
    "client_secret=abc&grant=1": "client_secret=[hidden]&grant=1",
    "csrf-token=abc": "csrf-token=[hidden]",
    "{'X-CSRF-Token': 'abc'}": "{'X-CSRF-Token=[hidden]'}",
    "METRICS_TOKEN=abc": "METRICS_TOKEN=[hidden]",
    "AWS_SECRET_ACCESS_KEY=abc AWS_ACCESS_KEY_ID=AK1": (
        "AWS_SECRET_ACCESS_KEY=[hidden] AWS_ACCESS_KEY_ID=AK1"
    ),
    "?X-Amz-Expires=60&X-Amz-Signature=0a1b": "?X-Amz-Expires=60&X-Amz-Signature=[hidden]",
    "app.InvalidToken: it is not ours": "app.InvalidToken: it is not ours",
    "Error code: 400, code: 4/0Ab": "Error code: 400, code=[hidden]",
    "Authorization: Bearer abc.def": "Authorization=[hidden]",
    "{'password': 'Secret one'}": "{'password=[hidden] one'}",
    "status_code=500 in 3 tokens": "status_code=500 in 3 tokens",
}


@pytest.mark.parametrize("said", SAID)
def test_text_of_others_is_written_without_secrets(said):
    assert hide(said) == SAID[said]


def test_what_a_context_hides_is_in_no_error_of_it():
    with logs.about(job="j", hide=("a whale that nobody may know of",)):
        told = hide("ValueError: a whale that nobody may know of is no drawing")

    assert told == "ValueError: [hidden] is no drawing"


@pytest.mark.parametrize("write", [json.dumps, partial(json.dumps, ensure_ascii=False), repr])
def test_what_a_context_hides_is_found_however_an_error_writes_it(write):
    prompt = 'ein "Wal"\n\tbei’m Eis 🐳'

    with logs.about(job="j", hide=(prompt,)):
        told = hide(f"Error code: 400 - {{'input': {write(prompt)}}}")

    assert "Wal" not in told and "[hidden]" in told


@pytest.mark.timeout(20)  # minutes, where what is looked through grows by its square
def test_word_without_end_is_looked_through_once():
    assert secrecy._SECRETS.search("a" * 300_000) is None


def written(style, template, *values, **more):
    record = logging.makeLogRecord(
        {"name": "a.b", "levelname": "INFO", "msg": template, "args": values, **more}
    )
    return lines.formatter(style).format(record)


def test_line_of_ours_becomes_fields():
    with logs.named("told-7"):
        logs.bind(user="ada")
        line = json.loads(written("json", "job.lost job=%s attempt=%s", "x y", 2))

    assert line.pop("at")
    assert line == {
        "level": "info",
        "event": "job.lost",
        "process": "command",
        "logger": "a.b",
        "job": "x y",
        "attempt": 2,
        "request": "told-7",
        "user": "ada",
    }


@pytest.fixture(autouse=True)
def nothing_is_bound():
    with logs.about():
        yield


def test_line_to_read_is_one_line_whatever_was_sent():
    line = written("console", "job.lost job=%s why=%s", "j", "a\n2026 INFO forged")

    assert line.endswith('INFO a.b [-] job.lost job=j why="a\\n2026 INFO forged"')
    assert "\n" not in written("console", "said\nINFO %s", "more\n")


def test_line_with_values_that_do_not_fit_is_written_all_the_same():
    assert json.loads(written("json", "job.lost job=%s", "a", "b"))["event"] == "job.lost job=%s"


def test_what_was_bound_ends_with_its_request():
    with logs.named("first"):
        logs.bind(user="ada")

    assert dict(logs.bound()) == {}


LEAKS = {
    "hello ada@example.com": {"'ada@example.com'", "an address"},
    f"Bearer {JWT}": {"a JWT"},
    f"refresh {TOKEN}": {"a token"},
    f"hash {'0a1b2c3d' * 8}": {"a token or a hash"},
    f"used {KEY}": {"a key", "a token"},
    "Cookie: refreshToken=abc": {"a cookie"},
    "GET /reset-password?token=abc": {"a query", "a cookie"},
    "prompt a red fox asleep": {"'a red fox asleep'"},
    "request.answered route=api/health request=5f2b8c0e9d7a4163b1f04c2d8e6a9b70": set(),
    "breaker.open endpoint=gpt-4o@api.openai.com job=0199a5f0-7e1c-7aaa-8bbb-0123456789ab": set(),
    "wrote to noreply@chatsvg.dev": set(),
}


@pytest.mark.parametrize("line", LEAKS)
def test_leak_is_found_in_a_log(tmp_path, line):
    printed = "Content-Type: text/plain\nTo: ada@example.com\n" + "-" * 79
    (tmp_path / "web.log").write_text(f"a line\n{line}\n{printed}\n")

    found = leaks.search(tmp_path, {"ada@example.com", "a red fox asleep"})

    assert {leak.what for leak in found} == LEAKS[line]
    assert {leak.line for leak in found} <= {line}
