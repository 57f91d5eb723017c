"""A judge of drawings that shares nothing with the sanitizer: its own lists, its own reading."""

import re

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = set(
    """svg g defs symbol use switch title desc path rect circle ellipse line polyline polygon text
    tspan textPath image linearGradient radialGradient stop pattern clipPath mask marker filter
    feBlend feColorMatrix feComponentTransfer feFuncR feFuncG feFuncB feFuncA feComposite
    feConvolveMatrix feDiffuseLighting feSpecularLighting feDistantLight fePointLight feSpotLight
    feDisplacementMap feDropShadow feFlood feGaussianBlur feMerge feMergeNode feMorphology feOffset
    feTile feTurbulence animate animateTransform animateMotion set mpath""".split()
)
FORBIDDEN_ATTRIBUTES = set(
    """class target ping download src srcset data action formaction cursor tabindex autofocus name
    slot part is contenteditable accesskey popovertarget nonce""".split()
)
UNANIMATED = re.compile(
    r"href|^on|style|class|^id$|filter|mask|clip-path|marker-|cursor|overflow|:|\s", re.IGNORECASE
)
ROOT_FORBIDDEN = set(
    """x y transform transform-origin overflow pointer-events filter mix-blend-mode position inset
    top left right bottom margin z-index baseline-shift alignment-baseline""".split()
)
STYLE_FORBIDDEN = re.compile(
    r"^(--|-|position|inset|top|left|right|bottom|z-index|margin|background|content|cursor|behavior"
    r"|animation|transition|src|list-style|border|outline|box-shadow|width|height|zoom|will-change|backdrop)"
)
PROSE = {"aria-label", "aria-roledescription"}
TEXT = {"text", "tspan", "textPath", "title", "desc"}


def faults(svg: str) -> list[str]:
    """Everything in `svg` that an inert drawing does not have; an empty list is an acquittal."""
    found = _text_faults(svg)
    try:
        root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return [*found, f"not well-formed: {error}"]
    if root.tag != f"{{{SVG}}}svg":
        found.append("root is not svg")
    box = (root.get("viewBox") or "").split()
    if len(box) != 4 or not all(0 < float(side) < 1e7 for side in box[2:]):
        found.append("no usable viewBox")
    ids = [element.get("id") for element in root.iter() if isinstance(element.tag, str)]
    ids = [one for one in ids if one is not None]
    if len(ids) != len(set(ids)):
        found.append("an id twice")
    found += [f"root is moved by {one.tag}" for one in root if _moves(one, root.get("id"))]
    for element in root.iter():
        found += _element_faults(element, element is root)
    return found


def _moves(child, root_id: str | None) -> bool:
    target = child.get("href")
    name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
    return name in ("animateMotion", "animateTransform") and target in (None, f"#{root_id}")


def _text_faults(svg: str) -> list[str]:
    found = []
    if not svg.startswith("<svg ") or len(re.findall(r"<[^>]*?\sxmlns", svg)) != 1:
        found.append("more or less than one xmlns")
    found += [mark for mark in ("<!", "<?") if mark in svg]
    return found


def _element_faults(element, is_root: bool) -> list[str]:
    if not isinstance(element.tag, str):
        return ["comment, instruction or entity"]
    namespace, _, name = element.tag[1:].partition("}")
    found = []
    if namespace != SVG or name not in ELEMENTS or element.prefix:
        found.append(f"element {element.tag}")
    if (element.text or "").strip() and name not in TEXT:
        found.append(f"text in {name}")
    for key, value in element.attrib.items():
        found += [f"{name} {key}: {fault}" for fault in _attribute_faults(name, key, value)]
        if is_root and key in ROOT_FORBIDDEN:
            found.append(f"root {key}")
    if is_root:
        found += [f"root {key}" for key in ("width", "height") if not _is_side(element.get(key))]
        found += ["root display"] * (element.get("display", "inline") in ("flex", "contents"))
        found += [f"root style {key}" for key, _ in _declarations(element) if key in ROOT_FORBIDDEN]
    return found


def _is_side(value: str | None) -> bool:
    found = re.fullmatch(r"([0-9.eE+-]+)(px|pt|pc|mm|cm|in|r?em|ex|%)?", value or "1")
    return bool(found) and float(found[1]) <= (100 if found[2] == "%" else 10_000)


def _declarations(element) -> list[tuple[str, str]]:
    parts = (part.partition(":") for part in element.get("style", "").split(";") if part)
    return [(key.strip().lower(), value) for key, _, value in parts]


def _attribute_faults(element: str, key: str, value: str) -> list[str]:
    if key == "{http://www.w3.org/XML/1998/namespace}space":
        return [] if value == "preserve" else ["odd xml:space"]
    if "{" in key or ":" in key:
        return ["namespaced"]
    if key.lower().startswith(("on", "data-")) or key.lower() in FORBIDDEN_ATTRIBUTES:
        return ["forbidden"]
    if key == "id":
        return [] if value.startswith("cs_") else ["unprefixed"]
    if key in PROSE:
        return []
    if key == "href":
        return _href_faults(element, value)
    if key == "attributeName" and UNANIMATED.search(value):
        return ["animates " + value]
    found = []
    if key == "style":
        for name, part in (one.partition(":")[::2] for one in value.split(";")):
            if STYLE_FORBIDDEN.match(name):
                found.append("style " + name)
            found += _value_faults(part)
        return found
    return _value_faults(value)


def _href_faults(element: str, value: str) -> list[str]:
    if element == "image":
        fits = re.fullmatch(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}", value)
        return [] if fits else ["image from elsewhere"]
    return [] if re.fullmatch(r"#cs_[^\s%]+", value) else ["link"]


def _value_faults(value: str) -> list[str]:
    rest = re.sub(r"url\(#cs_[^\s()%\"']+\)", "", value)
    found = []
    if re.search(r"\burl\b|//|/\*|[\\@<>{}]|javascript|expression|image-set|var\(|src\(", rest):
        found.append(f"value {value[:60]!r}")
    if re.search(r"[a-z]+\s*:", re.sub(r"cs_\S+", "", rest), re.IGNORECASE):
        found.append(f"scheme in {value[:60]!r}")
    if re.search(r"\b(nan|inf(inity)?)\b", rest, re.IGNORECASE):
        found.append("number")
    return found
