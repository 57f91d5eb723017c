"""CSS in and out: `style` attributes into declarations, `<style>` into a sheet to compile away.

Read by tinycss2 (CSS Syntax Level 3). Only properties of `tables.PROPERTIES` with values that
fit their grammar come out; selectors are simple ones (type, class, id, compounds of these), so
that nothing of a sheet needs to stay in the drawing (SVG_SAFETY §2.5).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import tinycss2

from generations.svg.errors import Rejected
from generations.svg.tables import (
    MAX_CSS_APPLIED,
    MAX_CSS_BYTES,
    MAX_CSS_RULES,
    MAX_INLINE_BYTES,
    MAX_VALUE,
    PROPERTIES,
)
from generations.svg.values import GRAMMARS

# A declaration list in which no token can hide: splitting it at ";" and ":" is what CSS does.
_plain = re.compile(r"(?:[\w\s#.,%+\-:;]|\([\w\s#.,%+\-]*+\))*+", re.ASCII)
_bracket = re.compile(r"[(\[{]")
MAX_NESTING = 8
MAX_BRACKETS = 200  # of one `style` attribute; each costs the tokenizer a new list


@dataclass(frozen=True, slots=True)
class Declaration:
    """One allowed property with its canonical value."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True)
class Selector:
    """A compound of type, id and classes; `None` and empty match everything."""

    tag: str | None
    ids: frozenset[str]
    classes: frozenset[str]

    @property
    def specificity(self) -> tuple[int, int, int]:
        return len(self.ids), len(self.classes), int(self.tag is not None)

    @property
    def key(self) -> str:
        """What an element must have to be worth a closer look."""
        for name in sorted(self.ids):
            return "#" + name
        for name in sorted(self.classes):
            return "." + name
        return self.tag or "*"

    def matches(self, tag: str, name: str, classes: frozenset[str]) -> bool:
        return (
            (self.tag is None or self.tag == tag) and self.ids <= {name} and self.classes <= classes
        )


@dataclass(slots=True)
class Sheet:
    """The CSS of one drawing: the rules of its `<style>` elements, by what they ask for.

    It also counts what is read and handed out, so that no drawing costs more than its size.
    """

    rules: dict[str, list[tuple[tuple, Selector, tuple[Declaration, ...]]]] = field(
        default_factory=dict
    )
    count: int = 0
    dropped: bool = False
    read: int = 0
    read_inline: int = 0
    applied: int = 0

    def add(self, css: str) -> None:
        """Take in the text of one `<style>`; what cannot be compiled away is left out."""
        self.read += len(css)
        if self.read > MAX_CSS_BYTES:
            raise Rejected("css_too_complex")
        for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
            if rule.type != "qualified-rule":
                self.dropped = True
                continue
            self._add_rule(rule)

    def _add_rule(self, rule: tinycss2.ast.QualifiedRule) -> None:
        declarations = tuple(_declarations(rule.content))
        for selector in _selectors(rule.prelude):
            if selector is None:
                self.dropped = True
                continue
            self.count += 1
            if self.count > MAX_CSS_RULES:
                raise Rejected("css_too_complex")
            order = (*selector.specificity, self.count)
            self.rules.setdefault(selector.key, []).append((order, selector, declarations))

    def match(self, tag: str, name: str, classes: str) -> list[Declaration]:
        """The declarations for one element, weakest first (cascade order, CSS 2.2 §6.4)."""
        owned = frozenset(classes.split())
        keys = ["*", tag, *("." + one for one in owned)]
        if name:
            keys.append("#" + name)
        found = [
            rule
            for key in keys
            for rule in self.rules.get(key, ())
            if rule[1].matches(tag, name, owned)
        ]
        found.sort(key=lambda rule: rule[0])
        declarations = [one for rule in found for one in rule[2]]
        self.applied += sum(len(one.name) + len(one.value) for one in declarations)
        if self.applied > MAX_CSS_APPLIED:
            raise Rejected("css_too_complex")
        return declarations

    def inline(self, style: str) -> tuple[Declaration, ...]:
        """The allowed declarations of a `style` attribute."""
        if _plain.fullmatch(style):
            return _split_remembered(style) if len(style) <= 400 else _split(style)
        self.read_inline += len(style)
        if self.read_inline > MAX_INLINE_BYTES:
            raise Rejected("css_too_complex")
        if len(_bracket.findall(style)) > MAX_BRACKETS:
            return ()
        return _parsed_remembered(style) if len(style) <= 400 else _parsed(style)


def cascade(sheet: Iterable[Declaration], inline: Iterable[Declaration]) -> dict[str, str]:
    """What an element's own style comes to: sheet < inline, and important ones above both."""
    inline = tuple(inline)
    sheet = tuple(sheet)
    ordered = [one for one in sheet if not one.important]
    ordered += [one for one in inline if not one.important]
    ordered += [one for one in sheet if one.important]
    ordered += [one for one in inline if one.important]
    return {one.name: one.value for one in ordered}


def _split(style: str) -> tuple[Declaration, ...]:
    pairs = (part.partition(":") for part in style.split(";"))
    found = (_declared(name.strip(), value, False) for name, _, value in pairs)
    return tuple(one for group in found for one in group)


def _parsed(style: str) -> tuple[Declaration, ...]:
    return tuple(_declarations(style))


_split_remembered = lru_cache(maxsize=2048)(_split)
_parsed_remembered = lru_cache(maxsize=2048)(_parsed)


def _declarations(content: str | list) -> Iterable[Declaration]:
    for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if item.type == "declaration":
            value = _text(item.value)
            if value is not None:
                yield from _declared(item.name, value, item.important)


def _declared(name: str, value: str, important: bool) -> Iterable[Declaration]:
    name = name.lower()
    if name == "font":
        return _font(value, important)
    grammar = PROPERTIES.get(name)
    clean = GRAMMARS[grammar](value) if grammar else None
    return () if clean is None else (Declaration(name, clean, important),)


_font_size = re.compile(
    r"(?P<before>(?:[a-z0-9-]+\s+)*?)(?P<size>[0-9.]+(?:px|pt|em|rem|%|mm|cm|in|pc|ex|ch|q)"
    r"|(?:xx-|x-)?(?:small|large)|medium|smaller|larger)"
    r"(?:\s*/\s*[0-9a-z.%]+)?\s+(?P<family>\S.*)",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


def _font(value: str, important: bool) -> Iterable[Declaration]:
    """The `font` shorthand as its longhands, as far as SVG text needs them."""
    found = _font_size.fullmatch(value.strip()) if len(value) <= 200 else None
    if not found:
        return
    family = GRAMMARS["family"](found["family"])
    size = GRAMMARS["words"](found["size"])
    if not family or not size:
        return
    yield Declaration("font-family", family, important)
    yield Declaration("font-size", size, important)
    for word in found["before"].lower().split():
        if word in ("italic", "oblique"):
            yield Declaration("font-style", word, important)
        elif word in ("bold", "bolder", "lighter") or (word.isdigit() and len(word) <= 4):
            yield Declaration("font-weight", word, important)
        elif word == "small-caps":
            yield Declaration("font-variant", word, important)


def _text(tokens: list, depth: int = 0) -> str | None:
    """Component values as text again, decoded: only kinds that a value may be made of.

    Escapes are resolved by the tokenizer, so that what is judged is what a browser means.
    """
    if depth > MAX_NESTING:
        return None
    parts = []
    for token in tokens:
        part = _token_text(token, depth)
        if part is None:
            return None
        parts.append(part)
    text = "".join(parts).strip()
    return text if len(text) <= MAX_VALUE else None


def _token_text(token, depth: int) -> str | None:
    match token.type:
        case "whitespace" | "comment":
            return " "
        case "ident":
            return token.value
        case "literal":
            return token.value if token.value in ",/+-*" else None
        case "number" | "percentage" | "dimension":
            return _numeric_text(token)
        case "hash":
            return "#" + token.value
        case "string":
            return None if "'" in token.value else f"'{token.value}'"
        case "url":
            return f"url({token.value})"
        case "function":
            return _function_text(token, depth)
    return None


def _numeric_text(token) -> str:
    unit = {"number": "", "percentage": "%"}.get(token.type)
    return token.representation + (token.unit if unit is None else unit)


def _function_text(token, depth: int) -> str | None:
    arguments = _text(token.arguments, depth + 1)
    if arguments is None:
        return None
    if token.lower_name == "url":
        return f"url({arguments})"
    return f"{token.name}({arguments})"


def _selectors(prelude: list) -> Iterator[Selector | None]:
    groups: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            groups.append([])
        elif token.type != "comment":
            groups[-1].append(token)
    return map(_selector, groups)


def _selector(tokens: list) -> Selector | None:
    """A compound selector, or None where combinators, pseudo-classes or others appear."""
    while tokens and tokens[0].type == "whitespace":
        tokens = tokens[1:]
    while tokens and tokens[-1].type == "whitespace":
        tokens = tokens[:-1]
    tag, ids, classes, dot = None, set(), set(), False
    for position, token in enumerate(tokens):
        kind = token.type
        if dot and kind == "ident":
            classes.add(token.value)
            dot = False
        elif dot:
            return None
        elif kind == "ident" and position == 0:
            tag = token.value
        elif kind == "hash" and token.is_identifier:
            ids.add(token.value)
        elif kind == "literal" and token.value == ".":
            dot = True
        elif not (kind == "literal" and token.value == "*" and position == 0):
            return None
    if dot or not tokens:
        return None
    return Selector(tag, frozenset(ids), frozenset(classes))
