"""How far a job is, in a terminal."""

from __future__ import annotations

from typing import TextIO

from chatsvg_client.results import Progress

_BAR = 24  # characters


class Bar:
    """How far a job is, on one line of a terminal, or a line each time elsewhere."""

    def __init__(self, out: TextIO, *, is_on: bool) -> None:
        self._out, self._is_on = out, is_on
        self._shown = ""

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._shown and self._out.isatty():
            self._out.write("\n")

    def show(self, progress: Progress) -> None:
        text = f"{progress.progress:3d} % {progress.stage or progress.status.lower()}"
        if text == self._shown:
            return
        self._shown = text
        if self._out.isatty():
            full = round(_BAR * progress.progress / 100)
            self._out.write(f"\r[{'#' * full}{'.' * (_BAR - full)}] {text}\x1b[K")
        else:
            self._out.write(f"{text}\n")
        self._out.flush()
