"""`/status`: how every part does, from checks that were really made, once a minute.

What an app runs, it registers here in its `ready`; this package knows no app. Where nothing was
recorded, nothing is said.
"""

from chatsvg.status.parts import Part, Reading
from chatsvg.status.registry import register

__all__ = ["Part", "Reading", "register"]
