"""Text from people, measured and cleaned as the contract does."""


def clean(value: str) -> str:
    """Trimmed, without NUL characters and lone surrogates (PostgreSQL stores neither)."""
    return "".join(c for c in value.strip() if c != "\0" and not 0xD800 <= ord(c) <= 0xDFFF)


def utf16_length(value: str) -> int:
    """Length in UTF-16 code units, which is what JavaScript counts."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
