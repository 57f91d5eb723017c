"""What is wrong with an answer, said so that a model can mend it."""

from dataclasses import dataclass, field

from generations import svg

BLAME = {"unfinished": 12, "outside": 8, "lost": 6, "bad_number": 4}  # others count as one


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what is wanted instead.

    `line` and `column` (from 1) and `snippet` are of the answer's text. A fatal fault leaves no
    usable drawing.
    """

    code: str
    sentence: str
    line: int | None = None
    column: int | None = None
    snippet: str = ""
    is_fatal: bool = False


@dataclass(frozen=True, slots=True)
class Inspection:
    """An answer's drawing, or None where it holds no usable one, and all that is wrong with it."""

    drawing: svg.Sanitized | None
    faults: tuple[Fault, ...] = field(default=())

    @property
    def is_usable(self) -> bool:
        return self.drawing is not None and not any(fault.is_fatal for fault in self.faults)

    @property
    def is_clean(self) -> bool:
        return self.is_usable and not self.faults

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What to compare drafts by: the best has the highest; of equal ones take the later.

        A drawing that lacks something is worse than one that is not quite in its style.
        """
        kinds = {fault.code for fault in self.faults}
        blame = sum(BLAME.get(code, 1) for code in kinds)
        return self.is_usable, -blame, -len(self.faults)
