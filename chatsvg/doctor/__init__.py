"""`manage.py doctor`: whether everything that ChatSVG needs works, and how it is mended if not.

What an app needs, it registers here in its `ready`; this package knows no app.
"""

from chatsvg.doctor.findings import Check, Finding
from chatsvg.doctor.registry import register

__all__ = ["Check", "Finding", "register"]
