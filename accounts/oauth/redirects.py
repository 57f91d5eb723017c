"""Where the browser goes after a dance: always a page of ours, or of our front-end. Pure but for
the setting that says where that is."""

import unicodedata
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings

PATH_MAX = 2048


def local_path(wanted: str) -> str:
    """`wanted`, where it is a path on the same host whatever a browser makes of it; else `/`."""
    odd = wanted[1:2] in ("/", "\\") or len(wanted) > PATH_MAX
    if not wanted.startswith("/") or odd:
        return "/"
    controls = any(unicodedata.category(sign) in ("Cc", "Cs") for sign in wanted)
    return "/" if controls else wanted


def to(path: str) -> str:
    return settings.FRONTEND_URL + path


def to_sign_in(code: str) -> str:
    """The sign-in page, which says what went wrong."""
    return to(f"/signin?{urlencode({'error': code})}")


def back(path: str, code: str) -> str:
    """The page where somebody began, with what went wrong in its query."""
    parts = urlsplit(path)
    query = "&".join(filter(None, (parts.query, urlencode({"error": code}))))
    return to(urlunsplit(parts._replace(query=query)))
