"""What a client may say: come, go, and keep the connection alive.

Everything else is dropped before anything parses it: commands go over HTTP.
"""

SEPARATOR = "\x1e"  # between the packets of one POST
PACKETS_MOST = 16
PROBE, UPGRADE = "2probe", "5"
CLOSE, PONG = "1", "3"
CONNECT, DISCONNECT = "40", "41"
_HEARD = {PROBE, UPGRADE, CLOSE, PONG, CONNECT, DISCONNECT}


def heard(packet: str) -> str:
    """The packet as it is passed on; empty where it is dropped.

    What a client sends along with CONNECT is not read: the cookie says who it is.
    """
    if packet.startswith(CONNECT + "{"):
        return CONNECT
    return packet if packet in _HEARD else ""


def all_heard(body: bytes) -> str:
    """What is passed on of a POST's body. Raises ValueError for one that is no payload."""
    packets = body.decode().split(SEPARATOR)
    if len(packets) > PACKETS_MOST:
        raise ValueError("too many packets")
    return SEPARATOR.join(filter(None, map(heard, packets)))
