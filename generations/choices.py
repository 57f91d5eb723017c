"""Fixed lists that the contract names (CONTRACT §7.1)."""

STYLES = {
    "outline": "Outline",
    "filled": "Filled",
    "minimal": "Minimal",
    "modern": "Modern",
    "flat": "Flat",
    "gradient": "Gradient",
    "line-art": "Line Art",
    "3d": "3D",
    "cartoon": "Cartoon",
}
DEFAULT_STYLE = "outline"
PROMPT_MIN, PROMPT_MAX = 10, 500  # UTF-16 code units
AT_ONCE_MOST = 4  # drawings in one request of a program
KEY_MAX = 128
