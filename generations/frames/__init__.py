"""A preview of every drawing that a model is at, growing as it streams. Hints: none need arrive.

Each frame is a whole drawing that `svg.sanitize` let through, so it is safe by itself.
"""

from generations.frames.maker import forget, offer

__all__ = ["forget", "offer"]
