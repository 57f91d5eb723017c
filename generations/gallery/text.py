"""The JSON of pages, written piece by piece: a tenth of what serializers take.

ORIGIN stands for the address of our server, which depends on who asks. It is a character that
JSON never contains as it is.
"""

import time
from json.encoder import encode_basestring as quoted

from generations import files
from generations.gallery.rows import Row, Rows

ORIGIN = "\0"

_PUBLIC = (
    '{"id":"%s","prompt":%s,"style":%s,"model":%s,"createdAt":"%s","svgUrl":"' + ORIGIN + '%s"}'
)
_OWN = (
    '{"id":"%s","prompt":%s,"style":%s,"model":%s,"privacy":%s,"creditsUsed":%d,'
    '"createdAt":"%s","svgUrl":"' + ORIGIN + '%s"}'
)


def public(page: Rows) -> str:
    return _body("publicGenerations", [_public(row) for row in page.rows], page.next_cursor)


def is_empty(body: str) -> bool:
    """Of a page of the gallery, whether it shows nothing."""
    return body.startswith('{"publicGenerations":[]')


def own(page: Rows) -> str:
    expires = int(time.time()) + files.LIST_SECONDS
    return _body("generations", [_own(row, expires) for row in page.rows], page.next_cursor)


def at(origin: str, body: str) -> bytes:
    """`body` with the addresses of a server such as `https://host`."""
    return body.replace(ORIGIN, origin).encode()


def _body(name: str, items: list[str], next_cursor: str | None) -> str:
    after = f'"{next_cursor}"' if next_cursor else "null"
    return f'{{"{name}":[{",".join(items)}],"nextCursor":{after}}}'


def _public(row: Row) -> str:
    return _PUBLIC % (
        row.id,
        quoted(row.prompt),
        quoted(row.style),
        quoted(row.model),
        row.created_at,
        files.address(row.storage_key),
    )


def _own(row: Row, expires: int) -> str:
    return _OWN % (
        row.id,
        quoted(row.prompt),
        quoted(row.style),
        quoted(row.model),
        "true" if row.is_private else "false",
        row.credits_used,
        row.created_at,
        files.address(row.storage_key, expires=expires if row.is_private else None),
    )
