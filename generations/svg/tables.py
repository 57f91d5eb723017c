"""The allowlists and limits as data (SVG_SAFETY §2: elements, attributes, properties, limits).

What is not named here does not exist. The second column of ATTRIBUTES and PROPERTIES names
the grammar in `values.GRAMMARS` that a value must fit.
"""

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"

PREFIX = "cs_"  # of every id; no hyphen, which would read as a minus in begin="id.end"

SHAPES = frozenset("path rect circle ellipse line polyline polygon".split())
TEXT = frozenset("text tspan textPath".split())
TITLES = frozenset("title desc".split())
ANIMATIONS = frozenset("animate animateTransform animateMotion set".split())
LIGHTS = frozenset("feDistantLight fePointLight feSpotLight".split())
TRANSFERS = frozenset("feFuncR feFuncG feFuncB feFuncA".split())
PRIMITIVES = frozenset(
    """feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feSpecularLighting feDisplacementMap feDropShadow feFlood feGaussianBlur feMerge feMorphology
    feOffset feTile feTurbulence""".split()
)
ELEMENTS = (
    frozenset("svg g defs symbol use switch image".split())
    | frozenset("linearGradient radialGradient stop pattern clipPath mask marker".split())
    | frozenset("filter feMergeNode mpath".split())
    | SHAPES
    | TEXT
    | TITLES
    | ANIMATIONS
    | LIGHTS
    | TRANSFERS
    | PRIMITIVES
)
# Elements whose `href` names another element of the drawing.
LINKED = ANIMATIONS | frozenset(
    "use textPath mpath linearGradient radialGradient pattern filter".split()
)
# Elements drawn only where something refers to them.
RESOURCES = frozenset(
    "defs symbol linearGradient radialGradient pattern clipPath mask marker filter".split()
)

# CSS properties, each allowed in `style` and as a presentation attribute.
PROPERTIES = {
    "fill": "paint",
    "stroke": "paint",
    "color": "colour",
    "stop-color": "colour",
    "flood-color": "colour",
    "lighting-color": "colour",
    "opacity": "words",
    "fill-opacity": "words",
    "stroke-opacity": "words",
    "stop-opacity": "words",
    "flood-opacity": "words",
    "fill-rule": "keyword",
    "clip-rule": "keyword",
    "stroke-width": "words",
    "stroke-linecap": "keyword",
    "stroke-linejoin": "keyword",
    "stroke-miterlimit": "words",
    "stroke-dasharray": "dashes",
    "stroke-dashoffset": "words",
    "clip-path": "clip",
    "mask": "reference",
    "filter": "filter",
    "marker": "reference",
    "marker-start": "reference",
    "marker-mid": "reference",
    "marker-end": "reference",
    "display": "display",
    "visibility": "keyword",
    "overflow": "keyword",
    "font-family": "family",
    "font-size": "words",
    "font-style": "words",
    "font-weight": "words",
    "font-variant": "keyword",
    "font-variant-caps": "keyword",
    "font-variant-ligatures": "keyword",
    "font-variant-numeric": "keyword",
    "font-variant-east-asian": "keyword",
    "font-stretch": "words",
    "font-size-adjust": "words",
    "font-kerning": "keyword",
    "text-anchor": "keyword",
    "text-decoration": "words",
    "text-decoration-line": "keyword",
    "text-decoration-style": "keyword",
    "text-decoration-color": "colour",
    "text-decoration-thickness": "words",
    "text-underline-offset": "words",
    "text-orientation": "keyword",
    "text-transform": "keyword",
    "letter-spacing": "words",
    "word-spacing": "words",
    "dominant-baseline": "keyword",
    "alignment-baseline": "keyword",
    "baseline-shift": "words",
    "writing-mode": "keyword",
    "direction": "keyword",
    "unicode-bidi": "keyword",
    "white-space": "keyword",
    "paint-order": "keyword",
    "vector-effect": "keyword",
    "shape-rendering": "keyword",
    "text-rendering": "keyword",
    "image-rendering": "keyword",
    "color-interpolation": "keyword",
    "color-interpolation-filters": "keyword",
    "mix-blend-mode": "keyword",
    "isolation": "keyword",
    "mask-type": "keyword",
    "transform": "transform",
    "transform-origin": "words",
    "transform-box": "keyword",
    "pointer-events": "keyword",
}

# CSS properties that may not stay in a `style`, with the grammar of what they become: geometry
# as attributes (SVG 2 §7), the background of the root as a rectangle (`rebuild`).
COMPILED = {
    **dict.fromkeys("x y cx cy r rx ry width height".split(), "css length"),
    "d": "css path",
    **dict.fromkeys("background background-color".split(), "colour"),
}
# The elements whose geometry CSS may give (SVG 2 §7, and what browsers do for `use`).
STYLED_GEOMETRY = {
    **dict.fromkeys("x y".split(), frozenset("svg rect image use".split())),
    **dict.fromkeys("width height".split(), frozenset("svg rect image".split())),
    **dict.fromkeys("cx cy".split(), frozenset("circle ellipse".split())),
    "r": frozenset(("circle",)),
    **dict.fromkeys("rx ry".split(), frozenset("ellipse rect".split())),
    "d": frozenset(("path",)),
}

_GEOMETRY = {
    **dict.fromkeys("x y dx dy rotate".split(), "lengths"),
    **dict.fromkeys("x1 y1 x2 y2 cx cy r rx ry fx fy fr width height".split(), "length"),
    **dict.fromkeys("refX refY startOffset textLength".split(), "lengths"),
    **dict.fromkeys("markerWidth markerHeight".split(), "length"),
    **dict.fromkeys("offset orient".split(), "lengths"),
    "pathLength": "path length",
    "d": "path",
    "path": "path",
    "points": "points",
    "viewBox": "numbers",
    "preserveAspectRatio": "keyword",
    **dict.fromkeys("gradientTransform patternTransform".split(), "transform"),
    **dict.fromkeys("gradientUnits spreadMethod patternUnits patternContentUnits".split(), "word"),
    **dict.fromkeys("clipPathUnits maskUnits maskContentUnits markerUnits".split(), "word"),
    **dict.fromkeys("lengthAdjust method spacing side".split(), "word"),
}
_FILTER = {
    **dict.fromkeys("filterUnits primitiveUnits type mode operator".split(), "word"),
    **dict.fromkeys("xChannelSelector yChannelSelector stitchTiles".split(), "word"),
    **dict.fromkeys("edgeMode preserveAlpha".split(), "word"),
    **dict.fromkeys("in in2 result".split(), "name"),
    **dict.fromkeys("k1 k2 k3 k4 slope intercept amplitude exponent scale seed".split(), "number"),
    **dict.fromkeys("surfaceScale specularConstant specularExponent".split(), "number"),
    **dict.fromkeys("diffuseConstant azimuth elevation z divisor bias".split(), "number"),
    **dict.fromkeys("pointsAtX pointsAtY pointsAtZ limitingConeAngle".split(), "number"),
    **dict.fromkeys("targetX targetY".split(), "number"),
    **dict.fromkeys("tableValues baseFrequency kernelMatrix".split(), "numbers"),
    "stdDeviation": "blur",
    "radius": "radius",
    "numOctaves": "octaves",
    "order": "order",
    "values": "animated",
}
_ANIMATION = {
    "attributeName": "target",
    "attributeType": "word",
    **dict.fromkeys("from to by".split(), "animated"),
    **dict.fromkeys("begin end".split(), "times"),
    **dict.fromkeys("dur min max repeatDur".split(), "clock"),
    "repeatCount": "words",
    **dict.fromkeys("fill restart calcMode additive accumulate".split(), "word"),
    **dict.fromkeys("keyTimes keySplines keyPoints".split(), "animated"),
    "origin": "word",
}
_OTHER = {
    "id": "id",
    "version": "number",
    "role": "role",
    "lang": "word",
    "systemLanguage": "languages",
    "requiredExtensions": "extensions",
    **dict.fromkeys("aria-label aria-roledescription".split(), "prose"),
    "aria-hidden": "word",
    **dict.fromkeys("aria-labelledby aria-describedby".split(), "ids"),
}
# `fill` of an animation ("freeze") and of everything else both fit "paint".
ATTRIBUTES = _GEOMETRY | _FILTER | _ANIMATION | PROPERTIES | _OTHER
ATTRIBUTES |= {"href": "href", "xml:space": "word"}

ROLES = frozenset(
    "img image none presentation group list listitem "
    "graphics-document graphics-object graphics-symbol".split()
)

# What the root may not say: anything that moves it, draws outside its own box or mixes with
# the page around it (§2.8).
ROOT_WITHOUT = frozenset(
    """x y transform transform-origin transform-box overflow pointer-events filter
    mix-blend-mode isolation baseline-shift alignment-baseline""".split()
)

# What an animation may change: geometry and paint, never a name, a link or a reference (§2).
ANIMATABLE = frozenset(
    """x y x1 y1 x2 y2 cx cy r rx ry fx fy fr width height d points pathLength viewBox
    preserveAspectRatio transform gradientTransform patternTransform offset dx dy rotate
    textLength startOffset refX refY markerWidth markerHeight orient
    fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color stop-color stop-opacity
    flood-color flood-opacity lighting-color clip-rule display visibility font-size font-weight
    letter-spacing word-spacing spreadMethod
    stdDeviation radius baseFrequency seed scale values k1 k2 k3 k4 slope intercept amplitude
    exponent tableValues surfaceScale specularConstant specularExponent diffuseConstant azimuth
    elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle mode operator type""".split()
)
# The few of these that an animation of the root itself may change: nothing that moves it, or that
# makes an inlined drawing longer than the page.
ROOT_ANIMATABLE = frozenset(
    """fill fill-opacity stroke stroke-opacity stroke-width stroke-dashoffset opacity color
    visibility""".split()
)
# Animated values that cost time, with the largest number that an animation may give them.
ANIMATED_LIMITS = {"stdDeviation": 100.0, "radius": 60.0}

# Limits (§2 "Limits that fitted all 715 benign drawings").
MAX_BYTES = 1_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 100
MAX_ATTRIBUTE_BYTES = 400_000
MAX_VALUE = 2_000  # characters of a CSS value
MAX_ID = 200
MAX_NAMESPACES = 1_000
MAX_NAMESPACE_LENGTH = 500
MAX_DRAWN = 60_000
MAX_WEIGHT = 10_000_000  # after expansion: characters, dashes, layers, effects; see below
MAX_REFERENCE_DEPTH = 300
MAX_EXPANDED_DEPTH = 700  # elements inside each other, through references: 5,400 take 10 s
MAX_FILTER_DEPTH = 3
MAX_PRIMITIVES = 40
MAX_FILTER_FUNCTIONS = 10
MAX_PRIMITIVE_USES = 600
MAX_ANIMATIONS = 2_000
MAX_REGION_PERCENT = 500.0
MAX_REGION_UNITS = 5_000.0
MAX_BLUR = 100.0
MAX_RADIUS = 60.0
MAX_OCTAVES = 8
MAX_ORDER = 9
MIN_DASH = 0.01
MAX_PATH_LENGTH = 10_000.0  # that `pathLength` may claim: it multiplies dashes
MAX_DASHES = 1_000_000  # of one path; Skia draws no more
FEW_DASHES = 500  # of one path, which cost nothing to speak of
MAX_NUMBER = 1e10  # drawing programs write ten digits, scaled down
MAX_RASTER_BYTES = 1_000_000
MAX_RASTER_PIXELS = 25_000_000  # of all pictures in a drawing
MAX_SIDE = 10_000.0
MIN_VIEW_BOX, MAX_VIEW_BOX = 1e-3, 1e6
MAX_VIEW_RATIO = 1_000  # of its sides: an inlined drawing is as much longer than it is wide
MAX_CSS_BYTES = 200_000
MAX_CSS_RULES = 500
MAX_INLINE_BYTES = 400_000  # of `style` attributes that need a real parser
MAX_CSS_TRIED = 2_000_000  # rules looked at for elements
MAX_COMPOUNDS = 8  # of a selector
MAX_TESTS = 20  # attributes and pseudo-classes of a compound
MAX_SELECTOR_NESTING = 2  # of :is() and :not()
MAX_VARIABLES = 200  # custom properties that hold for an element
MAX_VARIABLE_DEPTH = 8  # of custom properties inside each other
MAX_CSS_APPLIED = 2_000_000  # characters of declarations handed out to elements
MAX_NOTES = 50

# What drawing costs, in parts of MAX_WEIGHT: 2,000 are about a millisecond of Chromium 156
# without a GPU for something as large as the whole picture, which is taken for granted.
ELEMENT_WEIGHT = 50  # of an element that draws nothing: browsers copy it all the same
LETTER_WEIGHT = 20  # of a letter, whose outline is a path
LETTER_FULL_WEIGHT = 16_000  # of a letter as large as the picture
TEXT_PATH_SHARE = 20  # characters of path that cost as much as one of weight, for each letter
CROSSING_WEIGHT = 250  # of a path's way once across the picture, filled
STROKED_CROSSING_WEIGHT = 500
LONG_PATHS = 100_000  # characters of all paths from which their ways are counted
LINK_WEIGHTS = {"linearGradient": 1_500, "radialGradient": 1_500, "clipPath": 2_000}
LINK_WEIGHTS |= {"pattern": 8_000, "mask": 6_000}
LARGE_PATTERN_WEIGHT = 100_000  # of one whose tile may be as large as the picture
BLEND_WEIGHT, GROUP_WEIGHT = 1_800, 3_000  # of a layer that is mixed with what is below
BROAD_STROKE_WEIGHT = 1_000  # of a shape with a stroke that covers much of the picture
TRANSPARENT_WEIGHT = 200  # of a shape that lets something through
WALK_WEIGHT = 100  # of a step through the graph of a filter
MAX_WALK = 1_000_000
EFFECT_WEIGHT = 6_000  # of a filter primitive; of some by octave, by cell, by input
EFFECT_WEIGHTS = {"feDropShadow": 40_000, "feTurbulence": 20_000, "feConvolveMatrix": 16_000}
EFFECT_WEIGHTS |= {"feDiffuseLighting": 70_000, "feSpecularLighting": 70_000}
EFFECT_WEIGHTS |= {"feMorphology": 160_000, "feDisplacementMap": 15_000}
REACH_WEIGHT = 6_400_000  # of a morphology whose radius is as large as the picture
BLUR_WEIGHT = 30_000  # of a blur over the picture; one that spreads beyond it takes more
MAX_SPREAD = 8.0  # how much larger than the picture that may become: browsers clamp
