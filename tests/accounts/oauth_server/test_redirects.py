import pytest

from accounts.oauth_server import redirects

GOOD = [
    "https://app.example/callback",
    "https://app.example:8443/callback?tenant=7",
    "https://app.example",
    "http://localhost/callback",
    "http://localhost:33418/",
    "http://127.0.0.1:33418/callback",
    "http://[::1]:33418/callback",
]
BAD = [
    "",
    None,
    7,
    ["https://app.example"],
    "javascript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,x",
    "http://app.example/callback",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://127.1/",
    "http://0.0.0.0/",
    "ftp://localhost/",
    "//app.example/",
    "/callback",
    "https:///callback",
    "https:app.example",
    "https://app.example/#part",
    "https://app.example/#",
    "https://user@app.example/",
    "https://app.example@evil.example/",
    "https://app.example\\@evil.example/",
    "https://app.example:port/",
    "https://app.example:99999/",
    "https://app.example/call back",
    "https://app.example/\r\nSet-Cookie: x=1",
    "https://äpp.example/",
    "https://[::1/",
    "https://app.example/<b>",
    f"https://app.example/{'x' * 1000}",
]


@pytest.mark.parametrize("uri", GOOD)
def test_https_and_the_own_machine_are_allowed(uri):
    assert redirects.is_allowed(uri)
    assert redirects.is_one_of([uri], uri)


@pytest.mark.parametrize("uri", BAD, ids=repr)
def test_everything_else_is_not(uri):
    assert not redirects.is_allowed(uri)


@pytest.mark.parametrize(
    ("registered", "asked", "fits"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:50123/cb", True),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", True),
        ("http://[::1]/cb", "http://[::1]:2/cb", True),
        ("http://localhost:1/cb", "http://localhost/cb", True),
        ("http://localhost/cb", "http://127.0.0.1/cb", False),
        ("http://localhost/cb", "http://localhost/other", False),
        ("http://localhost/cb", "http://localhost/cb?x=1", False),
        ("http://localhost/cb", "http://localhost:1@evil.example/cb", False),
        ("http://localhost/cb", "https://localhost/cb", False),
        ("https://app.example/cb", "https://app.example:444/cb", False),
        ("https://app.example/cb", "https://app.example/cb/", False),
        ("https://app.example/cb", "https://app.example/cb/../evil", False),
        ("https://app.example/cb", "https://APP.example/cb", False),
        ("https://app.example/cb", "https://app.example/cb?x=1", False),
    ],
)
def test_only_the_port_of_the_own_machine_may_differ(registered, asked, fits):
    assert redirects.is_one_of([registered], asked) is fits
