"""What log lines carry, and how they are written."""

from chatsvg.logs.about import about, begin, bind, bound, hidden, named, request_id

__all__ = ["about", "begin", "bind", "bound", "hidden", "named", "request_id"]
