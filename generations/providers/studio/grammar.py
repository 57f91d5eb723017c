"""The small words of a prompt: relations, moods, numbers, and what may be passed over."""


def _named(text: str) -> dict[str, str]:
    """Phrases by name: each line reads "name: phrase, phrase"; indented lines go on."""
    found: dict[str, str] = {}
    for line in text.strip().replace("\n    ", " ").splitlines():
        name, _, phrases = line.partition(":")
        found |= {phrase.strip(): name for phrase in phrases.split(",")}
    return found


# How a thing stands to the one before it.
RELATIONS = _named("""
on: on, onto, atop, upon, on top of, standing on, sitting on, sits on, perched on, resting on,
    lying on, riding, rides, riding on, climbing, surfing
above: above, over, rising over, shining over, jumping over, hovering over, flying over
under: under, hiding under, sleeping under, below, beneath, underneath
in: in, inside, into, within, in the middle of, sitting in, driving, inside of
with: with, fighting, battling, pulling, pushing, kicking, throwing, balancing, hugging,
    kissing, feeding, holding, carrying, holds, plus, has, having, eating, drinking, playing,
    reading, chasing, using, near, by, watching, featuring, containing, full of, catching, eats,
    plays, reads, surrounded by, covered in, filled with, against, at
wearing: wearing, wears, dressed in
behind: in front of, before
beside: and, beside, next to, alongside, or, between, &, versus, vs, to the left of, to the
    right of, meets
front: behind
""")

# How things feel, or where they are; each adds a small extra.
MOODS = _named("""
asleep: asleep, sleeping, sleepy, sleeps, napping, dozing, snoozing, resting, snoring, tired
love: loving, in love, lovely, romantic, lovers
sparkle: magical, magic, shiny, sparkling, sparkly, shining, glowing, glittering, clean,
    enchanted, twinkling, mystical
fly: flying, soaring, floating, in flight, in the sky, in the air, in the clouds
angry: angry, mad, furious, annoyed
fast: fast, speeding, racing, quick, speedy, running, rushing
music: singing, dancing, musical, humming
dream: dreaming, thinking, wondering
fire: burning, flaming, on fire, in flames, blazing
cold: freezing, frosty, in winter, in the snow, in snow
rain: in the rain, in rain, on a rainy day, rainy day
night: at night, in the night, at midnight, in the dark, night sky, under the stars, in the
    moonlight, by night, under the moon, under a starry sky, starry night, under a full moon
space: in space, in outer space, through space, into space, among the stars, flying through
    space, in the galaxy
sun: on a sunny day, in the sun, at sunset, at sunrise, sunny day, in summer, at dawn, at dusk
sea: in the sea, in the ocean, on the sea, on the ocean, at sea, on the water, on water, in the
    water, on the waves, on waves, in the waves, on a lake
party: celebrating, festive
colourful: colorful, colourful, multicolored, multicoloured, rainbow colored, rainbow-colored,
    rainbow coloured, rainbow-coloured, multi-colored, different colors, different colours
""")

NUMBERS = {
    word: int(number)
    for word, number in _named("""
1: one, single
2: two, pair, couple, both, double, twin
3: three, trio, few, some
4: several, four
5: many, five
6: six
7: seven
8: eight
9: nine
10: ten
11: eleven
12: dozen, twelve
""").items()
}

# The thing just named belongs on top of what came before.
ATOP = frozenset({"on top", "on it", "on its head", "on his head", "on her head"})

# Phrases that change nothing.
ASIDES = frozenset(
    _named("""
aside: app icon, hand drawn, curled up, close up,
    at the bottom, at the top, black and white, for children, for kids, in a
    circle, in a row, in it, in line, in style, in the background, in the center, in the centre,
    in the corner, in the middle, line art, line drawing, on a plain background, on a
    transparent background, on a white background, on screen, on the left, on the right, on the
    screen, on the side, on wheels, on white background, out of the water, side by side
""")
)

ARTICLES = frozenset({"a", "an", "the"})
OWNERS = frozenset({"its", "his", "her", "their"})

# Parts of what was named: "with its paw up" does not ask for another paw.
PARTS = frozenset(
    """
antlers arm arms back beak chimney claws ear ears eye eyes face feathers feet foot fur hair hand
handle handles hands head horn horns label lap leg legs lid mane mouth neck nose paw paws petals
pouch roof scales smile spots strings stripes tail teeth tongue trunk wheels whiskers windows
wing wings
""".split()
)

# Nouns that only say more of the noun after them: "barn owl".
MODIFIERS = frozenset(
    """
arctic army autumn baby baking barn beach book camping city coffee-table computer cooking desert
diving easter emperor family farm fishing food forest game garden halloween hiking home house
internet island jungle kid kids king kitchen lake log love money mountain movie music ocean
office party pet pixel police queen rain retro river rock safari school sea sewing snow space
sport sports street summer sun surfing time travel video water weather web wedding winter
""".split()
)

# Nouns that only say what the noun before them is: "lotus flower".
TRAILERS = frozenset(
    """
animal art berry bird bug building creature dinosaur dish drink emoji face flower flowers food
fruit head insect instrument machine meal pet plant scoop snack sport stand vegetable vehicle
""".split()
)

# Nouns that are drawn only if nothing better is named.
WEAK = frozenset(
    """
adult app art back bar block bowl box brand bunch business call celebration center centre circle
club color company cup cut data delivery design dish document dot drink edit education energy
face fall find fire-safety food frost fruit game glass gold grass ground group health help home
human ice image jar job label letter light like line list look love man money mug music nature
new news next night no office page paint paper party person photo pile place plate play plus
point post pot power print report restaurant rock round scene science season service shape shop
show sign silver sky slice snow sound speed spirit square stack star-rating start stop store
team time travel triangle update user user-profile video water wave weather web woman wood work
yes
""".split()
)

# Words that say nothing about what to draw.
SILENT = frozenset(
    """
3d about abstract adorable against all along also ancient another antique any app-icon are
around artwork as background badge-style baked based basic be beautiful big blooming bold
branch-like brave bright button cartoon cartoonish cartoony centered centred cheerful classic
clean-cut clipart closed cold color colored colors colour coloured colours cosy cozy crazy
create creepy curious cute dark deep delicious design detailed down draw drawing drawn dressed
drinking each eating elegant emblem every facing falling fill filled flat fluffy for fresh
friendly from front funny furry futuristic fuzzy generate generic geometric giant give glass
gradient graphic graphics grilled growing hand-drawn hanging happy he her high his hot
howling huge i icon icons illustration illustrations image inspired interface is isolated
isometric it its joyful juicy jumping just kind large laughing launching light like line-art
lineart little logo logos lone lonely long looking lovely low lying machine made majestic make
me medieval metal metallic mighty mini minimal minimalist minimalistic mobile modern my need new
nice of off old only open other our out outline outlined page pale paper pastel perspective
picture piece pieces plain plastic playful playing please powerful pretty quality reading
realistic really resolution retro ripe rising roaring roasted round sad scary scoop scoops set
setting shade shades shape shaped she short show side silly simple simplified single sitting
sleek slice slices small smiley-looking smiling soft sort spinning spooky stand standard
standing steaming sticker stone stormy strong style style-icon styled stylized svg sweet
swimming symbol symbols tall tame tasty that the their theme themed then there these thick thin
this those tiny to tone tones top traditional transparent type typical ui up ux vector version
very vibrant view vintage vivid walking want warm waving we web website when where which while
white-background who wide wild wise wooden you young your yummy
""".split()
)

# The few that are passed over even when nothing else was understood.
ALWAYS_SILENT = frozenset(
    "the of for to from that is are be its it icon logo symbol drawing".split()
)

# Plurals that mean one picture all the same.
ONE_PICTURE = frozenset(
    """
brick bubble chart cloud flame forest graphic headphone leaf light mountain noodle ocean people
scale setting stair stat statistic tool vegetable wave wing wood
""".split()
)
