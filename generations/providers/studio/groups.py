"""Groups of items that belong together, in free coordinates."""

from dataclasses import dataclass
from functools import cached_property

from . import geometry
from .scene import Item

UNIT = 100.0


@dataclass(frozen=True)
class Group:
    """Items that belong together, from the back to the front."""

    items: tuple[Item, ...]

    @cached_property
    def box(self) -> geometry.Box:
        return geometry.around(item.box for item in self.items)

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def side(self) -> float:
        return max(self.width, self.height)

    @property
    def middle(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    @property
    def bottom(self) -> float:
        return self.box[3]

    def sized(self, side: float) -> "Group":
        """As large as fits a square of this side."""
        return self.scaled(side / max(self.side, 0.01))

    def scaled(self, scale: float) -> "Group":
        return self._moved(scale, 0, 0)

    def within(self, other: "Group", least: float, most: float) -> "Group":
        """Not smaller and not larger than these shares of another group."""
        return self.sized(min(most * other.side, max(least * other.side, self.side)))

    def at(self, *, middle: float, bottom: float) -> "Group":
        return self._moved(1, middle - self.middle, bottom - self.bottom)

    def centred(self, x: float, y: float) -> "Group":
        return self.at(middle=x, bottom=y + self.height / 2)

    def shifted(self, x: float, y: float) -> "Group":
        return self._moved(1, x, y)

    def _moved(self, scale: float, x: float, y: float) -> "Group":
        return Group(tuple(item.moved(scale, x, y) for item in self.items))

    def over(self, other: "Group") -> "Group":
        return Group(other.items + self.items)
