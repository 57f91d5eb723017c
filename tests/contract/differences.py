"""How two JSON documents differ, in lines that people read."""

from collections.abc import Iterator


def differences(old: object, new: object, at: str = "") -> Iterator[str]:
    """One line for each place: `+` is new, `-` is gone, `~` has changed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            place = f"{at} › {name}" if at else name
            if name not in new:
                yield f"- {place}: {_short(old[name])}"
            elif name not in old:
                yield f"+ {place}: {_short(new[name])}"
            else:
                yield from differences(old[name], new[name], place)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{at} › {number}")
    elif old != new:
        yield f"~ {at}: {_short(old)} → {_short(new)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
