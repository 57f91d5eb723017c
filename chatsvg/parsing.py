"""JSON in and out. Bodies are bounded, strict about what they are, patient with their absence."""

import json
from collections.abc import Mapping
from math import isinf
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

_other = JSONEncoder().default


def encode(data: Any) -> bytes:
    """JSON, in a fifth of the time of REST framework's own; what JSON does not know, as that one
    writes it."""
    return orjson.dumps(data, _other, orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _number(digits: str) -> float:
    """A number with a fraction or an exponent; 1e999 is one that nothing here can hold."""
    if isinf(number := float(digits)):
        raise ValueError("The number is too large")
    return number


class BoundedJSONParser(JSONParser):
    """An object of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes. An empty body is an empty object."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig()
        if not body.strip():
            return {}
        try:
            text = body.decode("utf-8")
            data = json.loads(text, parse_constant=_refuse, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise ParseError("Malformed JSON") from error
        if not isinstance(data, dict):
            raise ParseError("Malformed JSON")
        return data


class Utf8JSONRenderer(JSONRenderer):
    """JSON that says its charset, as the contract has it."""

    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else encode(data)


class OneRenderer(DefaultContentNegotiation):
    """The view's renderer, whatever Accept and `?format=` say: the contract reads neither."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
