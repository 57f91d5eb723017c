"""The little of Markdown that descriptions are written in: paragraphs and `code`."""

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString


def html(text: str) -> SafeString:
    """Its paragraphs."""
    paragraphs = [inline(one) for one in text.split("\n\n") if one]
    return format_html_join("", "<p>{}</p>", ((one,) for one in paragraphs))


def inline(text: str) -> SafeString:
    """What stands between backticks is code. All of it is escaped."""
    parts = enumerate(text.split("`"))  # every other one is code
    shown = [format_html("<code>{}</code>", one) if at % 2 else escape(one) for at, one in parts]
    return format_html_join("", "{}", ((one,) for one in shown))
