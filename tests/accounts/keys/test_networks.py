import pytest

from accounts.keys.networks import allows, normal


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("2001:db8:0:1::7/64", "2001:db8:0:1::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7/120", "203.0.113.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::/0", "::/0"),
    ],
)
def test_network_has_one_spelling(text, spelt):
    assert normal(text) == spelt
    assert normal(spelt) == spelt


@pytest.mark.parametrize(
    "text",
    ["", "x", "256.1.1.1", "10.0.0.0/33", "10.0.0", "::/129", "fe80::1%eth0", "10.0.0.1/-1", "1"],
)
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError):
        normal(text)


@pytest.mark.parametrize(
    ("networks", "ip", "allowed"),
    [
        (["203.0.113.0/24"], "203.0.113.255", True),
        (["203.0.113.0/24"], "203.0.114.0", False),
        (["203.0.113.7"], "203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.8", False),
        (["10.0.0.0/8", "203.0.113.7"], "203.0.113.7", True),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),  # IPv4 that came in by an IPv6 socket
        (["203.0.113.0/24"], "::ffff:198.51.100.7", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["::/0"], "203.0.113.7", False),
        (["::/0"], "2001:db8::1", True),
        (["0.0.0.0/0"], None, False),
    ],
)
def test_address_is_in_the_list_or_not(networks, ip, allowed):
    assert allows(networks, ip) is allowed
