"""The styles that fill areas with colour."""

from pathops import Path

from . import colours, geometry
from .colours import INK, PAPER, from_lch, mixed, shifted, to_lch
from .markup import Definitions, element, group, repeated, shape
from .scene import Item, Scene

_TOLERANCE = 0.02


def flat(scene: Scene) -> str:
    """Plain colours on a quiet disc."""
    inner = scene.within((50, 50, 206, 206)) if not scene.background else scene.within(_ROOMY)
    disc = element("circle", cx=128, cy=128, r=116, fill=_quiet(scene))
    return disc + repeated("".join(_painted(item) for item in inner.items), inner.copies)


def minimal(scene: Scene) -> str:
    """A few plain shapes: one accent, its tint, and ink."""
    inner = scene.within((52, 52, 204, 204))
    accent = _accent(scene)
    if to_lch(scene.main)[0] > 0.7 and to_lch(scene.main)[1] < 0.04:
        accent = "#a9c1d9"
    parts: dict[str, list[Path]] = {}
    smallest = 0.0009 * geometry.area(inner.silhouette)
    for path, paint in inner.regions(0.10):
        if geometry.area(path) > smallest:
            parts.setdefault(_reduced(paint, scene.main, accent), []).append(path)
    under = shape(inner.silhouette, fill="#d5dde5")
    picture = under + "".join(
        shape(geometry.joined(paths), fill=colour) for colour, paths in parts.items()
    )
    return repeated(picture, inner.copies)


def filled(scene: Scene) -> str:
    """A silhouette in one colour, its parts set apart by fine gaps."""
    inner = scene.within((30, 30, 226, 226))
    dark = _accent(scene)
    solid: list[Path] = []
    soft: list[Path] = []
    for index, item in enumerate(inner.items):
        limit = _brightness(item) + 0.10
        for path, paint in inner.seen(index, 0.10, 2.5):
            part = geometry.shrunk(path, 1.7)
            if geometry.area(part) > 6:
                (soft if to_lch(paint)[0] > limit else solid).append(part)
    body = shape(geometry.joined(soft), fill=_tint(dark, 0.55))
    return repeated(body + shape(geometry.joined(solid), fill=dark), inner.copies)


def _mean(item: Item) -> str:
    """The colours of an item mixed by their areas."""
    whole, total = item.glyph.main, 0.0
    for paint, weight in item.glyph.weighted:
        total += weight
        whole = colours.mixed(whole, paint, weight / total if total else 0.0)
    return shifted(whole, chroma=1.2)


def _brightness(item: Item) -> float:
    """The mean lightness of an item."""
    weighted = item.glyph.weighted
    total = sum(weight for _, weight in weighted) or 1.0
    return sum(to_lch(paint)[0] * weight for paint, weight in weighted) / total


def modern(scene: Scene) -> str:
    """A rounded tile in one colour, the picture on it in light tints of the same."""
    definitions = Definitions()
    tile = scene.background or _tile(scene)
    inner = scene.within((58, 58, 198, 198))
    fill = definitions.linear(
        ((0, shifted(tile, light=0.05, hue=-10)), (1, shifted(tile, light=-0.05, hue=12))),
        (0, 0, 256, 256),
    )
    base = element("rect", x=14, y=14, width=228, height=228, rx=58, fill=fill)
    halo = element("circle", cx=128, cy=128, r=88, fill=PAPER, fill_opacity=0.13)
    ramp = _ramp(inner, tile)
    picture = "".join(
        shape(path, fill=ramp(paint)) for path, paint in inner.regions(_TOLERANCE, gap=2.0)
    )
    return definitions.write() + base + halo + repeated(picture, inner.copies)


def gradient(scene: Scene) -> str:
    """Every colour runs from light to deep, lit from the top left."""
    definitions = Definitions()
    inner = scene.within(_ROOMY)

    def lit(paint: str) -> str:
        light, chroma, hue = to_lch(paint)
        if chroma < 0.03:
            start, end = shifted(paint, light=0.06), shifted(paint, light=-0.14)
        else:
            start = from_lch(light + 0.10, chroma * 1.05, hue + 14)
            end = from_lch(light - 0.11, chroma * 1.12, hue - 22)
        return definitions.linear(((0, start), (1, end)), inner.extent)

    picture = "".join(_painted(item, lit) for item in inner.items)
    return definitions.write() + _backdrop(scene) + repeated(picture, inner.copies)


def cartoon(scene: Scene) -> str:
    """Bright plain colours within a thick dark outline, and a touch of light."""
    inner = scene.within((32, 32, 224, 224))
    picture = "".join(_outlined(item.painted(_bright)) for item in inner.items)
    return _backdrop(scene) + repeated(picture, inner.copies)


def solid(scene: Scene) -> str:
    """The 3d style: thick pieces, lit from the top left, on a soft shadow."""
    definitions = Definitions()
    inner = scene.within((34, 30, 216, 208))
    picture = _ground_shadow(inner, definitions)
    picture += "".join(_thick(item, definitions) for item in inner.items)
    return definitions.write() + _backdrop(scene) + repeated(picture, inner.copies)


_ROOMY: geometry.Box = (32, 32, 224, 224)


# colours


def _quiet(scene: Scene) -> str:
    """A pale colour that lets the picture stand out."""
    if scene.background:
        return scene.background
    light, chroma, hue = to_lch(scene.main)
    if chroma < 0.04:
        return "#dbe7f2" if light < 0.72 else "#86aed3"
    return from_lch(0.92, 0.045, hue + 180 if light > 0.8 else hue)


def _accent(scene: Scene) -> str:
    """The colour of the scene, strong enough to stand on paper."""
    light, chroma, hue = to_lch(scene.main)
    if chroma < 0.04:
        if scene.colour:
            return from_lch(min(light, 0.72), chroma, hue)
        return "#3f5f86" if light > 0.4 else INK
    return from_lch(min(light, _brightest(hue)), max(chroma, 0.10), hue)


def _brightest(hue: float) -> float:
    """How light a strong colour may be: yellows and pinks turn muddy when dark."""
    if 60 < hue < 115:
        return 0.77
    return 0.75 if hue < 20 or hue > 340 else 0.68


def _tint(colour: str, share: float) -> str:
    return mixed(colour, PAPER, share)


def _reduced(paint: str, main: str, accent: str) -> str:
    """The accent and its shades for the main colour's family, greys for all others."""
    light, chroma, hue = to_lch(paint)
    main_light, main_chroma, main_hue = to_lch(main)
    related = chroma > 0.05 and main_chroma > 0.05 and colours.turn(hue, main_hue) < 40
    if colours.distance(paint, main) < 0.06:
        return accent
    if related and light < main_light - 0.09:
        return shifted(accent, light=-0.15)
    if related:
        return _tint(accent, 0.45) if light > main_light + 0.09 else accent
    if light < 0.45:
        return INK
    return "#97a4b2" if light < 0.74 else "#d5dde5"


def _tile(scene: Scene) -> str:
    light, chroma, hue = to_lch(scene.main)
    if chroma < 0.04:
        return colours.BLUE if not scene.colour or light > 0.75 else from_lch(0.45, chroma, hue)
    most = _brightest(hue) - 0.04
    return from_lch(min(max(light, 0.50), most), min(max(chroma, 0.10), 0.17), hue)


def _ramp(scene: Scene, tile: str):
    """Paints by lightness: the palest becomes white, the darkest a deep shade of the tile."""
    paints = {paint for item in scene.items for paint in item.glyph.paints}
    order = sorted(to_lch(paint)[0] for paint in paints)
    low, high = order[0], order[-1]
    light, chroma, hue = to_lch(tile)
    inverted = _darkness(scene, (low + high) / 2) > 0.62

    def change(paint: str) -> str:
        at = (to_lch(paint)[0] - low) / (high - low) if high - low > 0.05 else 1.0
        at = 1 - at if inverted else at
        if at < 0.25:
            return from_lch(light - 0.24 + 0.3 * at, chroma * 0.9, hue)
        return from_lch(0.84 + 0.16 * at, chroma * 0.42 * (1 - at), hue)

    return change


def _darkness(scene: Scene, limit: float) -> float:
    """The share of the scene's area that is darker than the limit."""
    weighted = [pair for item in scene.items for pair in item.glyph.weighted]
    dark = sum(weight for paint, weight in weighted if to_lch(paint)[0] < limit)
    return dark / max(sum(weight for _, weight in weighted), 0.1)


def _bright(paint: str) -> str:
    light, chroma, hue = to_lch(paint)
    if chroma < 0.03:
        return paint if light > 0.5 else shifted(paint, light=0.04)
    return from_lch(min(0.95, light + 0.03), chroma * 1.18, hue)


# pieces


def _backdrop(scene: Scene) -> str:
    if not scene.background:
        return ""
    return element("rect", width=256, height=256, rx=28, fill=scene.background)


def _painted(item: Item, change=lambda paint: paint) -> str:
    """The shapes of an item; neighbours of one colour share an element."""
    body, paint = "", ""
    run: list[Path] = []
    for path, colour in item.layers:
        if colour != paint and run:
            body += shape(geometry.joined(run), fill=change(paint))
            run = []
        paint = colour
        run.append(path)
    return body + (shape(geometry.joined(run), fill=change(paint)) if run else "")


def _outlined(item: Item) -> str:
    pen = {"stroke": INK, "stroke_linejoin": "round", "stroke_linecap": "round"}
    rim = shape(item.silhouette, fill=INK, stroke_width=13.0, **pen)
    inside = "".join(
        shape(path, stroke=INK if _can_bear_a_line(path) else None, fill=paint)
        for path, paint in item.regions(0.07)
    )
    glow = _crescent(item.silhouette, 6.0, 7.0)
    return (
        rim
        + group(inside, stroke_width=4.0, stroke_linejoin="round")
        + shape(glow, fill=PAPER, fill_opacity=0.38)
    )


def _can_bear_a_line(path: Path) -> bool:
    return geometry.thickness(path) > 5.0


def _crescent(path: Path, dx: float, dy: float) -> Path:
    """The rim of an area on the side where light from (-dx, -dy) meets it."""
    rim = geometry.subtract(path, geometry.move(path, dx, dy))
    inner = geometry.shrunk(path, 3.2)
    return geometry.intersect(rim, inner)


def _ground_shadow(scene: Scene, definitions: Definitions) -> str:
    left, _, right, bottom = scene.extent
    middle, half = (left + right) / 2 + 6, (right - left) * 0.5
    paint = definitions.radial(
        ((0, "#1b2430", 0.34), (0.6, "#1b2430", 0.16), (1, "#1b2430", 0)), 0, 0, 1
    )
    return element(
        "circle",
        r=1,
        fill=paint,
        transform=f"translate({geometry.number(middle)} {geometry.number(bottom + 14)}) "
        f"scale({geometry.number(half)} 15)",
    )


def _thick(item: Item, definitions: Definitions) -> str:
    """An item as a thick piece: its side below and right, its lit face, its rims."""
    silhouette = item.silhouette
    box = item.box
    depth = 11
    side = geometry.union(
        geometry.move(silhouette, 0.55 * step, 0.95 * step) for step in range(0, depth + 1, 2)
    )
    main = _mean(item)
    deep, deeper = shifted(main, light=-0.20, chroma=0.95), shifted(main, light=-0.33, chroma=0.9)
    body = shape(side, fill=definitions.linear(((0, deep), (1, deeper)), box))

    def lit(paint: str) -> str:
        start, end = shifted(paint, light=0.09), shifted(paint, light=-0.09, chroma=1.06)
        return definitions.linear(((0, start), (0.5, paint), (1, end)), box)

    body += _painted(item, lit)
    left, top, right, bottom = box
    reach = max(right - left, bottom - top)
    glow = definitions.radial(
        ((0, PAPER, 0.42), (1, PAPER, 0)),
        left + 0.3 * (right - left),
        top + 0.22 * (bottom - top),
        0.62 * reach,
    )
    rim_light = geometry.subtract(silhouette, geometry.move(silhouette, 2.4, 3.0))
    rim_dark = geometry.subtract(silhouette, geometry.move(silhouette, -3.0, -4.0))
    body += shape(silhouette, fill=glow)
    body += shape(rim_dark, fill="#000000", fill_opacity=0.16)
    return body + shape(rim_light, fill=PAPER, fill_opacity=0.5)
