"""What a device calls itself, in words that its owner knows."""

from functools import lru_cache

UNKNOWN = "Unknown device"
LONGEST = 60
_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
_TOUCH = ("iPhone", "iPad")


@lru_cache(1000)
def name(user_agent: str) -> str:
    """Such as “Chrome on Windows”. A guess from what the browser sent, nothing to rely on."""
    from ua_parser import parse  # 160 ms and 8 MB: not for every process

    said = parse(user_agent)
    browser = _browser(said.user_agent.family) if said.user_agent else ""
    system = _SYSTEMS.get(said.os.family, said.os.family) if said.os else ""
    if said.device and said.device.family in _TOUCH:
        system = said.device.family
    parts = [part for part in (browser, system) if part and part != "Other"]
    return " on ".join(parts)[:LONGEST] or UNKNOWN


def _browser(family: str) -> str:
    return family.replace("Mobile Safari", "Safari").replace(" Mobile", "").replace("Mobile ", "")
