"""A model's answer judged: is there a drawing in it, does it show anything, does it keep its style.

Pure: text in, findings out, no Django. `inspect` is the whole of it (DESIGN §7).
"""

from generations.inspection.faults import Fault, Inspection
from generations.inspection.inspect import inspect
from generations.inspection.view import picture

__all__ = ["Fault", "Inspection", "inspect", "picture"]
