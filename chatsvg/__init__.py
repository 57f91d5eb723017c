"""ChatSVG: describe a drawing, get a structured, sanitized SVG."""
