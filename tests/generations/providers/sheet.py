"""Contact sheets: prompts down, styles across, to look at with one's own eyes.

python -m tests.generations.providers.sheet out.png "a red fox asleep" "rocket ship"
"""

import io
import sys

import resvg_py
from PIL import Image, ImageDraw

from generations.providers.studio import STYLES, draw

PROMPTS = (
    """
a red fox asleep|rocket ship|shopping cart icon|cat on a chair|mountain with sun|coffee cup
bicycle|house|tree|envelope|heart|three stars|umbrella in the rain|guitar|pizza slice
birthday cake|camera|lighthouse at night|blue whale|green dragon|robot holding a flower
sailboat on the sea|hot air balloon|snowflake|calendar icon|settings gear|login lock|wifi
bar chart|elephant|owl on a branch|dinosaur|pink unicorn|sushi|burger and fries|airplane|train
castle on a hill|crown|ghost|skull|pumpkin|cactus in a pot|sunflower|mushroom|volcano
island with palm tree|astronaut in space|planet saturn|microscope|wizard|mermaid
""".strip()
    .replace("\n", "|")
    .split("|")
)


def rendered(svg: str, side: int = 256) -> Image.Image:
    """The drawing as pixels."""
    data = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def sheet(prompts: list[str], styles: list[str], side: int = 128) -> Image.Image:
    """Every prompt in every style, on paper, with its name."""
    label = 14
    page = Image.new("RGB", (side * len(styles), (side + label) * len(prompts)), "white")
    pen = ImageDraw.Draw(page)
    for row, prompt in enumerate(prompts):
        pen.text((2, row * (side + label) + 1), prompt[:80], fill="black")
        for column, style in enumerate(styles):
            picture = rendered(draw(prompt, style).svg, side)
            page.paste(picture, (column * side, row * (side + label) + label), picture)
    return page


if __name__ == "__main__":
    target, *prompts = sys.argv[1:]
    sheet(prompts or PROMPTS, list(STYLES)).save(target)
