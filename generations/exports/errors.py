"""What can go wrong when a picture is made."""


class NotDrawn(Exception):
    """Not within the time and memory that one picture may take. `is_busy`: others take it now."""

    def __init__(self, *, is_busy: bool = False):
        super().__init__("busy" if is_busy else "too dear")
        self.is_busy = is_busy
