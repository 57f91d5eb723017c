"""Words that ask for nothing to be drawn, or for little: they may be passed over."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set("a an the")
OWNERS = _set("its his her their my your our it's")
PRONOUNS = _set("it him her them itself")

# Nouns that only say more of the noun after them: "barn owl".
MODIFIERS = _set("""
arctic army autumn autumnal baby baking barn bathroom beach bedroom birthday book business camping
cartoon christmas city coffee-table computer cooking desert dining dinner diving easter emperor
family farm fishing food forest game garden halloween hanukkah hiking home house internet island
jungle kid kids king kitchen lake log love money mountain movie music ocean office party pet pixel
police queen rain retro river rock safari school sea security sewing snow space sport sports spring
stone street summer sun surfing thanksgiving time toy travel valentine valentines video water
weather web wedding winter wood
""")

# Those of them that would change the picture, and do not.
TELLING = _set("autumn spring summer winter stone wood toy arctic jungle baby retro")
MODIFYING_PHRASES = frozenset({
    "valentines day", "saint patricks day", "st patricks day", "new year", "happy birthday",
    "merry christmas", "mothers day", "fathers day", "st patrick", "saint patrick", "real estate",
})  # fmt: skip

# Nouns that only say what the noun before them is: "lotus flower", "flower shop".
TRAILERS = _set("""
academy agency animal app art association bar berry bird brand bug building business center centre
club company creature day dinosaur dish drink emoji emoticon event face festival firm flower
flowers food fruit group head insect instrument league machine market meal organisation
organization page pet piece pieces plant restaurant salon scoop service services shop site slice
slices snack sport stand startup store studio team vegetable vehicle website wedge
""")

# Nouns that are drawn only if nothing better is named.
WEAK = _set("""
adult app art autumn back bar block brand bunch business call celebration center centre circle club
color company cut data delivery design dish document dot drink edit education energy face fall find
fire-safety food fresh frost fruit fun game glass gold ground group health help home ice idea image
job label letter light like line list look love money nature new news next no office page paint
paper party photo pile place play plus point post power print quality report restaurant round scene
science season service shape shop show sign silver sky slice sound speed spirit spring square stack
star-rating start stop store team time travel triangle update user user-profile video water weather
web wood work yes
""")

# Words that say nothing about what to draw, or only how.
SILENT = _set("""
3d about abstract accent accents adorable against all along also also-known ambiance ambience
and/or another any app-icon are around artwork as atmosphere background badge-style based basic be
beautiful become best bold border branch-like button called can caption cartoon cartoonish cartoony
centered centred character classic clean clean-cut clear clipart clipping color colored
colorful-free colors colors-only colorscheme colorway colour colour-scheme coloured colours company
consisting could crazy create creative curious cute dear design detail detailed details displayed
down draw drawing drawn dressed each eating elegant element elements em emblem etc every
eye-catching facing fancy featuring feel feeling fill filled flat flat-design for from front full
fun generate generic geometric give gradient gradients graphic graphics great growing half
hand-drawn has have having he her hi high highly him his how i icon icons id ill illustration
illustrations im image in-style including inspired interface into is isolated isometric it its just
kawaii kind landing launching lettering letters like line line-art lineart lines logo logos lone
look looking looking-up looks lovely machine made main make me medium mini-style minimal minimalist
minimalistic mobile modern monogram mood motif my need new nice of off one's only or original other
our out outline outlined outlines page palette paper pastel person's perspective picture piece
pieces place plain please pls plz polished pretty professional quality real really resolution round
same scalable scene scheme seen set setting shade shades shape shaped she should show showing shown
shows side silhouette simple simplified single sketch sky sleek small-scale soft solid some sort
standard standing-alone sticker stickers stroke strokes style style-icon styled stylised stylized
subtle suitable svg sweet symbol symbols tasteful text thanks that the their theme themed
themed-like then there theres these they thick thin thing things this those thx title to tone tones
top touch traditional transparent two-tone type typical typography ui unique up us use used using
ux vector version very vibe vibes view visible visual want wanted wants we website welcoming
well-known what when where which while white-background who whose will wish with word words would
yet you young your
""")

# What is said of things and does not show in the pictures.
UNSHOWN = _set("""
adventurous afraid african american ancient antique asian baked blinking blooming blurry bored
brave bright british broken bubbling bushy calm cheerful chinese chopped closed cloudy-looking cold
confused connected cool cosy cozy cracked crashing crawling creepy crying cuddly curious curly
curved cut-up dances dancing-along dangerous dark dark-haired deep delicate delicious diced dirty
dramatic drinking dusty dutch egyptian elderly empty european evil excited falling fat feathered
flies fluffy foggy french fresh friendly frightened frozen funny furry futuristic fuzzy galloping
gentle german giggling glass glossy grand greek grilled grown grumpy hairy hanging happy hatching
healthy heavy high horned hot howling icy indian italian japanese joyful juicy jumping jumps korean
laughing lazy leaning leaping lit lonely long looking-back loud low lucky lying majestic medieval
melting metal metallic mexican mighty misty muscular mysterious narrow noble old open organic
ornate overgrown patterned peaceful plastic playful polka-dot powerful proud pulling pushing quiet
realistic retro ripe rising roaming roaring roasted roman royal-looking runs russian rustic rusty
sad scared scary scenic serious shaggy short shy silly sitting skinny sleeps sliced slow smart
smiling smooth spanish spiky spinning spooky spotted standing steaming steamy stormy straight
stretching striped strong stylish sunlit surprised surreal swimming swims swiss tall-standing tame
tasty thin-lined thoughtful tired tough traditional-looking transparent-winged tropical-looking
turkish ugly velvet vibrant vintage vivid waddling walking walks warm waving wavy wet wicker wide
wild winding wise wooden worn wrinkled yummy
""")

# Words for how things are that the pictures have anyhow.
AS_USUAL = _set("sitting standing sweet warm open bright fresh round lit vibrant vivid")

# The few that are passed over even when nothing else was understood.
ALWAYS_SILENT = _set(
    "the of for to from that is are be its it icon logo symbol drawing svg vector picture a an and"
)

# Parts of what was named: "with its paw up" does not ask for another paw.
PARTS = _set("""
antler antlers arm armor arms back beak beard belly bill body branches button buttons cap chimney
claw claws collar cone cork crust ear ears edge edges eye eyebrows eyelashes eyelid eyes face
feather feathers feet fin finger fingers fins flame foot frame frosting fur hair hand handle
handlebars handles hands head hood hooves horn horns icing knee knees knob label lace laces lap leg
legs lid lips mane mast moustache mouth mustache neck nose numbers ornament ornaments page pages
paw paws peel petal petals pouch puddle rim ripples roof rope sail sails scale scales scoop scoops
screen seeds shadow shadows shell shoulder shoulders skin smile snout sole spikes spot spots
sprinkles stem stems straps string strings stripe stripes surface tail tails teeth tentacles tongue
tooth topping toppings trunk tusk tusks wall walls wheel wheels whisker whiskers window windows
wing wings wrinkles
""")

# Plurals that mean one picture all the same.
ONE_PICTURE = _set("""
banana book boot brick bubble chart cloud crop dune earphone flame forest glass glove grape graphic
headphone hill leaf light mountain mushroom_cloud noodle note ocean people planet-system scale
setting shoe ski sneaker sock stair stat statistic tear tool vegetable wave wing wood
""")

# English words that are not to be taken for slips of others.
REAL = _set("""
about above across after again almost alone along already although always among answer anything
because become before behind being belief below beneath better between beyond board both bottom
brand brother brown bunch carry catch cause center centre change chart chase cheese choice choose
class climb cloud coming common corner could count couple cover cross crowd crown dance depth digit
dinner doubt dream drown early either enough entire equal every exact extra father field final
first flies floor focus follow force forth found frame front frown garden giant going grand grass
great group guess happen heavy height hello higher hover initial inner issue joint jumps kitchen
known large later lazy leader leaders learn least letter level limit lively living lower lucky
major maker master mat matter maybe meant might minor model moment month moral mother motion mount
movie myself nature never noise north number numbers occur often option other others outer owner
panel paper party pattern people phrase place plain plane plant point pound press price pride prime
print prior proof proper proud quick quiet quite rack raise range reach reader ready right rough
route scene score sense serve server setup seven shall shape share sharp sheet shelf shelter shift
shine shirt short should shoulder since sister skill sleep slide small smart south spare speak
speed spend spite split sport spring stage stair stand start state still strand student stuff style
such summer sweet table taken taste teach teacher terms thank their theme there these thing think
third those throw tight today token total touch toward track trade trail treat trend trial tribe
trick trust truth twice under union unity until upper usual value versus visit vital waiter waste
watch water where which while whole whose width winner winter without woman women world worry worth
would write wrong young
""")
