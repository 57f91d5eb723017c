"""Which pages may open connections that our own middleware does not see."""

import re

from django.conf import settings


def is_ours(origin: str, *, host: str) -> bool:
    """Whether a page of this origin is our own or the React client's. `host` is what it asked for;
    whoever calls has checked that where the answer is worth something."""
    if origin in (settings.FRONTEND_URL, settings.PUBLIC_URL):
        return True
    pattern = settings.FRONTEND_PREVIEW_REGEX
    if pattern and re.fullmatch(pattern, origin):
        return True
    return origin in (f"http://{host}", f"https://{host}")
