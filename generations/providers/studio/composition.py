"""Several things, one of them after the other, and around them what is behind or above."""

from . import crowds, joins, kinds, lists, stage
from .groups import Group
from .things import Reading, Thing


def composed(reading: Reading, things: list[Thing], lines: bool) -> Group:
    """The things as they stand to each other."""
    if len(things) == 1:
        return crowds.crowd(things[0], reading, lines)
    if lists.is_list(things):
        return lists.listed(reading, things, lines)
    return _Composition(reading, things, lines).whole()


class _Composition:
    """Puts things together from left to right; the first is the main one."""

    def __init__(self, reading: Reading, things: list[Thing], lines: bool):
        self.reading, self.lines = reading, lines
        self.back = [thing for thing in things[1:] if thing.relation == "backdrop"]
        rest = [thing for thing in things if all(thing is not other for other in self.back)]
        self.sky = [thing for thing in rest[1:] if _is_of_the_sky(thing, rest[0])]
        self.things = [thing for thing in rest if all(thing is not other for other in self.sky)]
        self.companions = 0

    def whole(self) -> Group:
        whole = self._clauses(self._cut())
        for thing in self.back:
            whole = stage.backdrop(whole, self._crowd(thing))
        for index, thing in enumerate(self.sky):
            left = index % 2 == 1 or thing.relation == "holding"  # animals look to the left
            whole = joins.in_sky(whole, self._crowd(thing), left=left)
        return whole

    def _crowd(self, thing: Thing) -> Group:
        return crowds.crowd(thing, self.reading, self.lines)

    def _cut(self) -> list[list[Thing]]:
        """What is listed or stands beside the rest starts anew."""
        clauses: list[list[Thing]] = []
        for thing in self.things:
            if not clauses or thing.relation in ("beside", "right", ""):
                clauses.append([])
            clauses[-1].append(thing)
        return clauses

    def _clauses(self, clauses: list[list[Thing]]) -> Group:
        if self._shared(clauses):
            first = [clause[0] for clause in clauses]
            whole = composed(self.reading, first, self.lines)
            return self._fold(whole, first[-1], clauses[-1][1:])
        whole = self._clause(clauses[0])
        for clause in clauses[1:]:
            group = self._clause(clause)
            sides = (group, whole) if clause[0].relation == "right" else (whole, group)
            whole = joins.beside(*sides)
        return whole

    def _clause(self, clause: list[Thing]) -> Group:
        first, rest = clause[0], clause[1:]
        in_a_row = rest and rest[0].relation in ("on", "above") and first.count > 1
        crowd = crowds.file if in_a_row else crowds.crowd
        return self._fold(crowd(first, self.reading, self.lines), first, rest)

    def _shared(self, clauses: list[list[Thing]]) -> bool:
        """ "a cat and a dog under a tree": both are under it."""
        if len(clauses) < 2 or len(clauses[-1]) < 2:
            return False
        listed = all(len(clause) == 1 for clause in clauses[:-1])
        return listed and clauses[-1][0].also and clauses[-1][1].relation in kinds.TOGETHER

    def _fold(self, whole: Group, first: Thing, rest: list[Thing]) -> Group:
        before = first
        for index, thing in enumerate(rest):
            if thing.relation == "full" and index and before.entry.picture in kinds.HOLDERS:
                continue
            group = self._filled(thing, rest[index + 1 :])
            whole = self._join(whole, group, before, thing, first)
            before = thing
        return whole

    def _filled(self, thing: Thing, rest: list[Thing]) -> Group:
        """A basket full of flowers comes with its flowers."""
        group = self._crowd(thing)
        if rest and rest[0].relation == "full" and thing.entry.picture in kinds.HOLDERS:
            return joins.held(self._crowd(rest[0]), group)
        return group

    def _join(self, whole: Group, group: Group, before: Thing, thing: Thing, first: Thing) -> Group:
        picture, relation = thing.entry.picture, thing.relation
        one = before.entry.picture
        if relation in ("in", "on") and picture in kinds.BOARDS and one in kinds.MARKS:
            return joins.inside(whole, group)
        if relation == "in" and picture in kinds.PLAIN | {"+glassbowl"}:
            return joins.inside(whole, group, share=0.6, height=0.54)
        if (
            one in kinds.CENTRES
            and picture in kinds.MARKS
            and relation in ("with", "inside", "full")
        ):
            return joins.inside(group, whole, share=0.36, height=kinds.CENTRES[one])
        if one in kinds.BOARDS and picture in kinds.MARKS and relation != "beside":
            return joins.inside(group, whole)
        if relation == "with" and picture in kinds.BADGES:
            return joins.badge(whole, group)
        if relation in ("wearing", "with", "holding", "atop") and picture in kinds.WORN:
            return self._worn(whole, group, picture, first)
        if relation in ("with", "holding", "full") and first.entry.picture in kinds.SURFACES:
            return self._set_on(group, whole, first.entry.picture)
        if relation == "above" and one in kinds.SKY:
            return joins.in_sky(group, whole)
        if relation == "in":
            fits = picture in kinds.HOLDERS
            return joins.held(whole, group) if fits else joins.amid(whole, group)
        if relation == "inside" or (relation == "full" and one in kinds.HOLDERS):
            return joins.held(group, whole) if one in kinds.HOLDERS else joins.inside(group, whole)
        return self._plainly(whole, group, before, thing)

    def _worn(self, whole: Group, group: Group, picture: str, first: Thing) -> Group:
        if picture in kinds.HATS:
            return joins.hat(whole, group, first.entry.picture in kinds.SIDE_VIEWS)
        if picture in kinds.SPECTACLES:
            return joins.spectacles(whole, group)
        if picture in kinds.GARMENTS:
            return joins.garment(whole, group)
        return joins.scarf(whole, group, first.entry.picture in kinds.FACES)

    def _set_on(self, group: Group, whole: Group, picture: str) -> Group:
        """The first thing on a table stands in the middle, the next ones beside it."""
        self.companions += 1
        if self.companions == 1:
            return joins.on(group, whole, picture)
        group = group.within(whole, 0.25, 0.4)
        table = Group(whole.items[:1])
        side = 1 if self.companions % 2 == 0 else -1
        x = table.middle + side * 0.34 * table.width
        return group.at(middle=x, bottom=table.box[1] + 0.12 * table.height).over(whole)

    def _plainly(self, whole: Group, group: Group, before: Thing, thing: Thing) -> Group:
        picture, relation = thing.entry.picture, thing.relation
        if relation == "on" and picture in kinds.HATS:
            return joins.on(whole, group, picture)
        if relation == "on" and before.entry.picture in kinds.HATS:
            return joins.hat(group, whole, picture in kinds.SIDE_VIEWS)
        simple = {
            "on": lambda: joins.on(whole, group, picture),
            "atop": lambda: joins.atop(group, whole, 0.4 if before.entry.picture == "📖" else 0.1),
            "above": lambda: joins.above(whole, group),
            "overhead": lambda: joins.above(group, whole),
            "under": lambda: joins.under(whole, group, picture),
            "beneath": lambda: joins.above(whole, group),
            "behind": lambda: joins.before(group, whole),
            "before": lambda: joins.before(whole, group),
            "against": lambda: joins.before(whole, group),
            "foreground": lambda: joins.before(group, whole),
            "around": lambda: self._ring(whole, group, before, thing),
            "ringed": lambda: joins.ringed(whole, self._many(thing)),
        }
        if relation in simple:
            return simple[relation]()
        self.companions += 1
        return joins.accompanied(whole, group, self.companions - 1)

    def _ring(self, whole: Group, group: Group, before: Thing, thing: Thing) -> Group:
        """ "butterflies around a flower", or "a flower with butterflies around"."""
        if before.count > 1 and thing.count == 1:
            return joins.ringed(group, self._many(before))
        return joins.ringed(whole, self._many(thing))

    def _many(self, thing: Thing) -> list[Group]:
        return crowds.copies(thing, self.reading, self.lines)


def _is_of_the_sky(thing: Thing, first: Thing) -> bool:
    """Whether it stands in the sky over the rest."""
    picture = thing.entry.picture
    if first.entry.picture in kinds.SKY | kinds.CENTRES.keys() or (
        first.entry.picture in kinds.BOARDS and picture in kinds.MARKS
    ):
        return False
    if thing.relation == "overhead" or (thing.relation == "under" and picture in kinds.SKY):
        return True
    return picture in kinds.SKY and thing.relation in (
        "with",
        "around",
        "holding",
        "full",
        "behind",
        "before",
    )
