"""Which of our faces an address belongs to."""

_PROGRAMS = ("/v1/", "/api/v1/")


def is_for_programs(path: str) -> bool:
    """Whether this is `/v1`, which knows API keys and no cookies. It is served below `/api` too."""
    return f"{path}/".startswith(_PROGRAMS)
