"""CSS selectors, matched against the drawing as it came, which is only read (Selectors 4).

What a browser would match without anybody touching the drawing matches here: compounds,
combinators, attributes and the structural pseudo-classes. States such as `:hover` never hold.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree
from tinycss2 import ast
from tinycss2.nth import parse_nth

from generations.svg.family import Family
from generations.svg.tables import MAX_COMPOUNDS, MAX_SELECTOR_NESTING, MAX_TESTS

# What things cost of MAX_CSS_TRIED: a rule looked at, a test of an element.
RULE, TEST = 2, 6
CHARACTERS_A_STEP = 16  # of an attribute that is searched
COMBINATORS = frozenset(">+~")
STATES = frozenset(
    """hover active focus focus-visible focus-within visited target target-within checked
    disabled fullscreen""".split()
)
# The first and the last position, of all children or of those of one type.
ENDS = {
    "first-child": "nth-child",
    "last-child": "nth-last-child",
    "first-of-type": "nth-of-type",
    "last-of-type": "nth-last-of-type",
}
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda has, asked: has == asked,
    "~=": lambda has, asked: asked in has.split(),
    "|=": lambda has, asked: has == asked or has.startswith(asked + "-"),
    "^=": lambda has, asked: bool(asked) and has.startswith(asked),
    "$=": lambda has, asked: bool(asked) and has.endswith(asked),
    "*=": lambda has, asked: bool(asked) and asked in has,
}
Specificity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Test:
    """A condition other than name, id and class."""

    holds: Callable[[etree._Element, Family], bool]
    specificity: Specificity = (0, 1, 0)


@dataclass(frozen=True, slots=True)
class Compound:
    """A type, ids, classes and other tests; `None` and empty match everything."""

    tag: str | None
    ids: frozenset[str]
    classes: frozenset[str]
    tests: tuple[Test, ...] = ()

    @property
    def specificity(self) -> Specificity:
        own = (len(self.ids), len(self.classes), int(self.tag is not None))
        return _sum([own, *(test.specificity for test in self.tests)])

    @property
    def key(self) -> str:
        """What an element must have to be worth a closer look."""
        for name in sorted(self.ids):
            return "#" + name
        for name in sorted(self.classes):
            return "." + name
        return self.tag or "*"

    def fits(self, tag: str, name: str, classes: frozenset[str]) -> bool:
        """Whether it matches elements of that name, id and classes, as far as these tell."""
        if self.tag is not None and self.tag != tag:
            return False
        return self.classes <= classes and (not self.ids or self.ids <= {name})

    def matches(self, element: etree._Element, family: Family) -> bool:
        if not self.fits(*family.facts(element)):
            return False
        for test in self.tests:
            family.spend(TEST)
            if not test.holds(element, family):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Selector:
    """Compounds from the subject outwards, and the combinators between them."""

    compounds: tuple[Compound, ...]
    combinators: tuple[str, ...] = ()

    @property
    def specificity(self) -> Specificity:
        return _sum([compound.specificity for compound in self.compounds])

    @property
    def key(self) -> str:
        return self.compounds[0].key

    @property
    def is_plain(self) -> bool:
        """Whether name, id and classes of an element tell all that it asks for."""
        return not self.combinators and not self.compounds[0].tests

    def fits(self, tag: str, name: str, classes: frozenset[str]) -> bool:
        return self.compounds[0].fits(tag, name, classes)

    def matches(self, element: etree._Element, family: Family, at: int = 0) -> bool:
        if not self.compounds[at].matches(element, family):
            return False
        if at == len(self.combinators):
            return True
        related = family.related(element, self.combinators[at])
        return any(self.matches(one, family, at + 1) for one in related)


def _sum(parts: list[Specificity]) -> Specificity:
    ids, classes, types = zip(*parts, strict=True)
    return sum(ids), sum(classes), sum(types)


def read(prelude: list, nesting: int = 0) -> list[Selector | None]:
    """The selectors of a rule; None for each that cannot be compiled away."""
    groups: list[list] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            groups.append([])
        elif token.type != "comment":
            groups[-1].append(token)
    return [_selector(group, nesting) for group in groups]


def _selector(tokens: list, nesting: int) -> Selector | None:
    parts: list[list] = [[]]
    combinators: list[str] = []
    between = ""  # the combinator since the last compound
    for token in tokens:
        sign = token.value if token.type == "literal" and token.value in COMBINATORS else ""
        if sign and between.strip():
            return None
        if sign or token.type == "whitespace":
            between = sign or between or " "
            continue
        if between and parts[-1]:
            parts.append([])
            combinators.append(between)
        elif between.strip():
            return None
        between = ""
        parts[-1].append(token)
    if between.strip() or len(parts) > MAX_COMPOUNDS:
        return None
    compounds = [_compound(part, nesting) for part in reversed(parts)]
    found = tuple(one for one in compounds if one is not None)
    if len(found) < len(compounds):
        return None
    return Selector(found, tuple(reversed(combinators)))


def _compound(tokens: list, nesting: int) -> Compound | None:
    if not tokens:
        return None
    tag, ids, classes = None, set(), set()
    tests: list[Test] = []
    rest = iter(tokens)
    for position, token in enumerate(rest):
        kind = token.type
        if kind == "ident" and position == 0:
            tag = token.value
        elif kind == "hash" and token.is_identifier:
            ids.add(token.value)
        elif kind == "literal" and token.value == ".":
            name = next(rest, None)
            if name is None or name.type != "ident":
                return None
            classes.add(name.value)
        elif kind == "[] block" or (kind == "literal" and token.value == ":"):
            test = _attribute(token.content) if kind == "[] block" else _pseudo(rest, nesting)
            if test is None or len(tests) == MAX_TESTS:
                return None
            tests.append(test)
        elif not (kind == "literal" and token.value == "*" and position == 0):
            return None
    return Compound(tag, frozenset(ids), frozenset(classes), tuple(tests))


def _attribute(content: list) -> Test | None:
    """`[name]` or `[name=value]`, with the operators of Selectors 4 §6."""
    tokens = [token for token in content if token.type not in ("whitespace", "comment")]
    if not tokens or tokens[0].type != "ident":
        return None
    name = tokens[0].value
    if len(tokens) == 1:
        return Test(lambda element, family: name in element.attrib)
    operator, asked = tokens[1], tokens[2] if len(tokens) == 3 else None
    if operator.type != "literal" or asked is None or asked.type not in ("ident", "string"):
        return None
    compare, value = OPERATORS.get(operator.value), asked.value
    if compare is None:
        return None

    def holds(element: etree._Element, family: Family) -> bool:
        has = element.get(name)
        if has is None:
            return False
        family.spend(len(has) // CHARACTERS_A_STEP)
        return compare(has, value)

    return Test(holds)


def _pseudo(rest: Iterator, nesting: int) -> Test | None:
    token = next(rest, None)
    if token is None:
        return None
    if token.type == "function":
        return _function(token, nesting)
    if token.type != "ident":
        return None
    name = token.lower_value
    if name in STATES:
        return Test(lambda element, family: False)
    if name == "root":
        return Test(lambda element, family: element.getparent() is None)
    if name == "empty":
        return Test(lambda element, family: not len(element) and not element.text)
    if name in ENDS:
        return _nth(ENDS[name], 0, 1)
    if name in ("only-child", "only-of-type"):
        first, last = (_nth(kind + name[4:], 0, 1) for kind in ("nth", "nth-last"))
        return Test(lambda element, family: all(t.holds(element, family) for t in (first, last)))
    return None


def _function(token: ast.FunctionBlock, nesting: int) -> Test | None:
    name = token.lower_name
    if name in ENDS.values():
        terms = parse_nth(token.arguments)
        return terms and _nth(name, *terms)
    if name not in ("is", "not", "where") or nesting == MAX_SELECTOR_NESTING:
        return None
    inner = read(token.arguments, nesting + 1)
    found = [one for one in inner if one is not None]
    if len(found) < len(inner):
        return None
    wanted = name != "not"
    strongest = (0, 0, 0) if name == "where" else max(one.specificity for one in found)

    def holds(element: etree._Element, family: Family) -> bool:
        family.spend(RULE * len(found))
        return any(one.matches(element, family) for one in found) is wanted

    return Test(holds, strongest)


def _nth(name: str, step: int, start: int) -> Test:
    """Whether the position is one of start, start + step, start + 2 · step and so on."""
    attribute = name.removeprefix("nth-").replace("-", "_")

    def holds(element: etree._Element, family: Family) -> bool:
        beyond = getattr(family.place(element), attribute) - start
        return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0

    return Test(holds)
