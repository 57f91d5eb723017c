"""Why a benchmark could not be run."""


class BenchError(Exception):
    """Nothing could be measured; the text says why."""
