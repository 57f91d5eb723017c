"""What /metrics says of breakers: they live in workers, and the web's process tells of them."""

from chatsvg.shared_metrics import Counter, Gauge, read

_STATE = "chatsvg_breakers"
_state = Gauge(
    _STATE,
    "Worker processes by the state of their breaker of an endpoint.",
    ("endpoint", "state"),
)
_openings = Counter(
    "chatsvg_breaker_openings", "How often a breaker opened, or stayed open.", ("endpoint",)
)
_probes = Counter("chatsvg_breaker_probes", "Calls sent to see whether it is back.", ("endpoint",))
STATES = ("closed", "open", "half-open")


def note_state(endpoint: str, state: str) -> None:
    for one in STATES:
        _state.set(float(one == state), endpoint, one)


def count_opening(endpoint: str) -> None:
    _openings.add(endpoint)


def count_probe(endpoint: str) -> None:
    _probes.add(endpoint)


def is_open_somewhere(endpoint: str) -> bool:
    """Whether a worker of this machine spares the endpoint; False where nobody can tell."""
    told = (sample for metric in read() if metric.name == _STATE for sample in metric.samples)
    return any(
        one.labels == {"endpoint": endpoint, "state": "open"} and one.value > 0 for one in told
    )
