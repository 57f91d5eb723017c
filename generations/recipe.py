"""What a drawing is asked for with: checked in the contract's order, and hashed. Pure functions."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chatsvg.errors import Invalid
from chatsvg.text import clean, utf16_length
from generations.choices import AT_ONCE_MOST, KEY_MAX, PROMPT_MAX, PROMPT_MIN, STYLES
from generations.errors import (
    BadModel,
    BadPrompt,
    BadStyle,
    PromptForbidden,
    PromptTooLong,
    PromptTooShort,
)

_MARKUP = re.compile(r"<script|javascript:|onerror=|onload=|<iframe|eval\(", re.IGNORECASE)


@dataclass(frozen=True)
class Recipe:
    """A valid request for one drawing."""

    prompt: str
    style: str
    model: str
    is_private: bool

    @property
    def hash(self) -> str:
        """SHA-256, in hex, of the compact JSON that the contract names (§6.3)."""
        named = {
            "model": self.model,
            "privacy": self.is_private,
            "prompt": self.prompt,
            "style": self.style,
        }
        return _digest(named)

    def hash_of(self, count: int) -> str:
        """The hash of a request for so many of them: that of one is the contract's."""
        return self.hash if count == 1 else _digest({"n": count, "each": self.hash})


def _digest(named: Mapping[str, object]) -> str:
    compact = json.dumps(named, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(compact.encode()).hexdigest()


def read(data: Mapping[str, object], *, models: Collection[str], default_model: str) -> Recipe:
    """The recipe in a request body. Raises Invalid with the first fault (CONTRACT §3.4)."""
    prompt = _prompt(data.get("prompt"))
    style = data.get("style")
    if not isinstance(style, str) or style not in STYLES:
        raise BadStyle(f"Invalid style. Must be one of: {', '.join(STYLES)}")
    model = data.get("model") or default_model
    if not isinstance(model, str) or model not in models:
        raise BadModel(f"Invalid model. Must be one of: {', '.join(models)}")
    privacy = data.get("privacy")
    if privacy is not None and not isinstance(privacy, bool):
        raise Invalid("Invalid privacy. Must be true or false")
    return Recipe(prompt, style, model, bool(privacy))


def _prompt(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise BadPrompt("Prompt must be text")
    if not value:
        raise BadPrompt()
    prompt = clean(value)
    length = utf16_length(prompt)
    if not PROMPT_MIN <= length <= PROMPT_MAX:
        kind = PromptTooShort if length < PROMPT_MIN else PromptTooLong
        raise kind(f"Prompt length must be between {PROMPT_MIN} and {PROMPT_MAX} characters")
    if _MARKUP.search(prompt):
        raise PromptForbidden()
    return prompt


def unit_keys(key: str) -> list[str]:
    """The keys of all drawings that one request may ask for: the caller's own is the first's.

    The others begin with a blank, which no caller's key does: `key` trims them.
    """
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return [key, *(f" {digest}/{number}" for number in range(2, AT_ONCE_MOST + 1))]


def key(header: str | None) -> str:
    """The idempotency key of a request, trimmed. Raises Invalid."""
    value = clean(header or "")
    if not value:
        raise Invalid(
            "Missing x-idempotency-key header. "
            "Please retry and ensure your client sends an idempotency key."
        )
    if utf16_length(value) > KEY_MAX:
        raise Invalid(f"Idempotency key must be {KEY_MAX} characters or fewer")
    return value
