"""What an app may be allowed to do, and how people are told. Pure."""

GENERATE, READ, ACCOUNT = "svg:generate", "svg:read", "account:read"
SENTENCES = {
    GENERATE: "Make drawings for you, and cancel them. This uses your credits.",
    READ: "See your drawings and how they come along.",
    ACCOUNT: "See your plan and how many credits you have.",
}
WORDS = {
    GENERATE: "make drawings with your credits",
    READ: "see your drawings",
    ACCOUNT: "see your plan and credits",
}
ALL = tuple(SENTENCES)


def told(held: list[str]) -> str:
    """The same in few words, for lists."""
    return ", ".join(words for scope, words in WORDS.items() if scope in held)


def understood(asked: str | None) -> tuple[str, ...]:
    """Those of ours among the scopes that a client names; all where it names none.

    What is not ours is passed over, as RFC 6749 §3.3 allows: clients ask for `offline_access` and
    the like wherever they come. None of ours is left where nothing named is ours.
    """
    named = (asked or "").split()
    return tuple(one for one in ALL if one in named) if named else ALL
