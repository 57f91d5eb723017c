import pytest
from kombu import Connection

from chatsvg.addresses import broker_url, place, redis_urls
from chatsvg.brokers import QuickConnection

TWO = "redis://:se%2Ccret@one:6380/1, unix:///run/other.sock?db=3"


def test_several_servers_are_named_by_commas():
    assert redis_urls(TWO) == ["redis://:se%2Ccret@one:6380/1", "unix:///run/other.sock?db=3"]


@pytest.mark.parametrize("wrong", ["redis://:a,b@one/0", "http://one", "redis-a,redis-b"])
def test_what_is_no_redis_url_is_refused(wrong):
    with pytest.raises(ValueError, match="not a redis://"):
        redis_urls(wrong)


def test_names_of_servers_hold_no_password():
    assert [place(url) for url in redis_urls(TWO)] == ["one:6380", "/run/other.sock"]
    assert place("redis://one") == "one:6379"


def test_broker_turns_from_one_server_to_the_other_and_back():
    connection = QuickConnection(broker_url(TWO))
    assert isinstance(connection, Connection)
    seen = []
    for _ in range(3):
        seen.append((connection.transport_cls, connection.hostname, connection.server))
        connection.maybe_switch_next()

    socket = "redis+socket:///run/other.sock?virtual_host=3"
    assert [server for _, _, server in seen] == [redis_urls(TWO)[0], socket, redis_urls(TWO)[0]]
    assert [transport for transport, _, _ in seen] == ["redis"] * 3
    assert [hostname for _, hostname, _ in seen][:2] == ["one", socket.removeprefix("redis+")]
