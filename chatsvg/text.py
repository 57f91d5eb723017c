"""Text from people, measured and cleaned as the contract does."""


def clean(value: str) -> str:
    """Trimmed, without NUL characters and lone surrogates (PostgreSQL stores neither)."""
    return "".join(c for c in value if c != "\0" and not 0xD800 <= ord(c) <= 0xDFFF).strip()


def well_formed(value: str) -> str:
    """With U+FFFD for each lone surrogate, as browsers send it: what UTF-8 can say."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def utf16_length(value: str) -> int:
    """Length in UTF-16 code units, which is what JavaScript counts."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
