"""The tests' model server as other processes use it: by its command line and over HTTP."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests import model_server

PROGRAM = Path(model_server.__file__)


def post(url, body):
    request = Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urlopen(request, timeout=5) as reply:
        return json.load(reply)


def test_behaviours_are_named_on_the_command_line_and_over_http():
    argv = [sys.executable, str(PROGRAM), "--behaviour", "overloaded", "--piece=45"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as program:
        try:
            url = program.stdout.readline().strip()
            asked = {"model": "gpt-4o", "messages": []}
            with pytest.raises(HTTPError) as caught:
                post(f"{url}/chat/completions", asked)
            caught.value.close()

            also = {"behaviour": "fenced", "finish": "length"}
            post(f"{url.removesuffix('/v1')}/_script", {"default": "empty", "next": [also]})
            choices = [post(f"{url}/chat/completions", asked)["choices"][0] for _ in range(2)]
        finally:
            program.terminate()

    assert caught.value.code == 529
    fenced, empty = choices
    assert fenced["finish_reason"] == "length" and fenced["message"]["content"][:6] == "```svg"
    assert empty["message"]["content"] == ""
