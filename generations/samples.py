"""The example drawings of the landing page: made by studio, like any drawing that it makes."""

from functools import lru_cache

from generations import svg
from generations.choices import STYLES
from generations.providers import studio

SUBJECTS = {
    "fox": "a red fox asleep",
    "rocket": "rocket ship",
    "coffee": "a cup of coffee with steam",
    "whale": "a blue whale",
    "cactus": "a green cactus",
    "sunflower": "sunflower",
    "cart": "shopping cart icon",
}


def is_known(subject: str, style: str) -> bool:
    return subject in SUBJECTS and style in STYLES


@lru_cache(maxsize=len(SUBJECTS) * len(STYLES))
def draw(subject: str, style: str) -> str:
    """A sanitized drawing of a known subject."""
    return svg.sanitize(studio.draw(SUBJECTS[subject], style).svg).svg
