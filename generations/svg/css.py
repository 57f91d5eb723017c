"""CSS in and out: `style` attributes into declarations, `<style>` into a sheet to compile away.

Read by tinycss2 (CSS Syntax Level 3). Only properties of `tables.PROPERTIES` (and those of
`tables.COMPILED`, which become something else) with values that fit their grammar come out;
what `selectors` matches is compiled away, so that nothing of a sheet needs to stay in the
drawing (SVG_SAFETY §2.5).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

import tinycss2
from lxml import etree

from generations.svg import selectors
from generations.svg.errors import Rejected
from generations.svg.family import Family
from generations.svg.selectors import Selector, Specificity
from generations.svg.tables import (
    COMPILED,
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
KNOWN = PROPERTIES | COMPILED
JUDGES = {name: GRAMMARS[grammar] for name, grammar in KNOWN.items()}
_bracket = re.compile(r"[(\[{]")
MAX_NESTING = 8
MAX_BRACKETS = 200  # of one `style` attribute; each costs the tokenizer a new list


class Declaration(NamedTuple):
    """One allowed property with its canonical value.

    `pending` is one whose value asks for custom properties: it is judged once they are known.
    `is_plain` is one that goes into a style as it is: nothing asked for, referred to or compiled.
    """

    name: str
    value: str
    important: bool = False
    pending: bool = False
    is_plain: bool = False


# Its strength and order, its selector, and what it declares.
Rule = tuple[tuple[Specificity, int], Selector, tuple[Declaration, ...]]


class Answer(NamedTuple):
    """The rules that elements of one name, id and classes are worth trying for.

    `declared` is what they come to, weakest first, where nothing else about the element matters.
    """

    likely: list[Rule]
    declared: tuple[Declaration, ...] | None = None
    size: int = 0


@dataclass(slots=True)
class Sheet:
    """The CSS of one drawing: the rules of its `<style>` elements, by what they ask for.

    It also counts what is read and handed out, so that no drawing costs more than its size.
    """

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    family: Family = field(default_factory=Family)
    answers: dict[tuple[str, str, frozenset[str]], Answer] = field(default_factory=dict)
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
            if rule.type == "at-rule" and rule.lower_at_keyword == "media":
                self._add_media(rule)
            elif rule.type == "qualified-rule":
                self._add_rule(rule)
            else:
                self.dropped = True

    def _add_media(self, media: tinycss2.ast.AtRule) -> None:
        """The rules for every screen; what asks for more of the screen is left out."""
        asked = tinycss2.serialize(media.prelude).strip().lower()
        if asked not in ("", "all", "screen") or media.content is None:
            self.dropped = self.dropped or asked != "print"
            return
        for rule in tinycss2.parse_blocks_contents(media.content, True, True):
            if rule.type == "qualified-rule":
                self._add_rule(rule)
            else:
                self.dropped = True

    def _add_rule(self, rule: tinycss2.ast.QualifiedRule) -> None:
        if self.count + rule.prelude.count(",") >= MAX_CSS_RULES:
            raise Rejected("css_too_complex")
        declarations = tuple(_declarations(rule.content))
        for selector in selectors.read(rule.prelude):
            if selector is None:
                self.dropped = True
                continue
            self.count += 1
            if self.count > MAX_CSS_RULES:
                raise Rejected("css_too_complex")
            if not declarations:
                continue
            order = (selector.specificity, self.count)
            self.rules.setdefault(selector.key, []).append((order, selector, declarations))

    def match(self, element: etree._Element) -> Sequence[Declaration]:
        """The declarations for one element, weakest first (cascade order, CSS 2.2 §6.4)."""
        if not self.rules:
            return ()
        tag, name, classes = self.family.facts(element)
        key = (tag, name if "#" + name in self.rules else "", classes)
        found = self.answers.get(key)
        if found is None:
            found = self.answers[key] = self._answer(*key)
        self.family.spend(selectors.RULE * len(found.likely))
        declared, size = found.declared, found.size
        if declared is None:
            family = self.family
            declared = _declared_by(
                [rule for rule in found.likely if rule[1].matches(element, family)]
            )
            size = _size(declared)
        self._apply(size)
        return declared

    def _answer(self, tag: str, name: str, classes: frozenset[str]) -> "Answer":
        keys = ["*", tag, *("." + one for one in classes)]
        if name:
            keys.append("#" + name)
        likely = [rule for key in keys for rule in self.rules.get(key, ())]
        if not all(rule[1].is_plain for rule in likely):
            return Answer(likely)
        declared = _declared_by([rule for rule in likely if rule[1].fits(tag, name, classes)])
        return Answer(likely, declared, _size(declared))

    def spend(self, declarations: Iterable[Declaration]) -> None:
        """Count what is handed out; refuse the drawing that asks for too much of it."""
        self._apply(_size(declarations))

    def _apply(self, size: int) -> None:
        self.applied += size
        if self.applied > MAX_CSS_APPLIED:
            raise Rejected("css_too_complex")

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


def _declared_by(rules: list[Rule]) -> tuple[Declaration, ...]:
    rules.sort(key=itemgetter(0))
    return tuple([one for rule in rules for one in rule[2]])


def _size(declarations: Iterable[Declaration]) -> int:
    return sum([len(one.name) + len(one.value) for one in declarations])


_importance = attrgetter("important")


def cascade(sheet: Iterable[Declaration], inline: Iterable[Declaration]) -> dict[str, Declaration]:
    """What an element's own style comes to: sheet < inline, and important ones above both."""
    ordered = [*sheet, *inline]
    ordered.sort(key=_importance)  # stable: the order within each kind stays
    return {one.name: one for one in ordered}


def _split(style: str) -> tuple[Declaration, ...]:
    found: list[Declaration] = []
    for part in style.split(";"):
        name, _, value = part.partition(":")
        found += _declared(name.strip(), value, False)
    return tuple(found)


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
    if name.startswith("--"):
        return (Declaration(name, value.strip(), important, "var(" in value),)
    name = name.lower()
    if "var(" in value and name in KNOWN:
        return (Declaration(name, value, important, pending=True),)
    if name == "font":
        return _font(value, important)
    clean = judged(name, value)
    if clean is None:
        return ()
    is_plain = name in PROPERTIES and "(" not in clean
    return (Declaration(name, clean, important, is_plain=is_plain),)


def judged(name: str, value: str) -> str | None:
    """The value of a property in canonical form, or None where it is not allowed."""
    judge = JUDGES.get(name)
    return judge(value) if judge else None


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
