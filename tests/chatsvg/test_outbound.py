"""Sending to addresses that people name (chatsvg.outbound): never to what is ours."""

import contextlib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chatsvg import outbound
from chatsvg.outbound import networks, posting
from tests.webhook_receiver import Receiver

HEADERS = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.WEBHOOK_ALLOW_HTTP = False
    settings.WEBHOOK_ALLOWED_NETWORKS = []


@pytest.fixture
def loopback(settings):
    """127.0.0.1 may be sent to, as if it was the Internet; 127.0.0.2 and all else may not."""
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


HOSTILE_URLS = """
http://example.com/
ftp://example.com/
file:///etc/passwd
gopher://example.com/
//example.com/
example.com
https://
https:///hook
https://user@example.com/
https://user:word@example.com/
https://example.com@127.0.0.1/
https://127.0.0.1#@example.com/
https://example.com#fragment
https://example.com\\@127.0.0.1/
https:\\\\example.com/
https://exa mple.com/
https://example.com/a b
https://example.com/\x00
https://example.com:0/
https://example.com:22/
https://example.com:6379/
https://example.com:65536/
https://example.com:443:80/
https://example.com:+443/
https://ex%61mple.com/
https://example..com/
https://-example.com/
https://example.com./
https://пример.рф/
https://①②⑦.⓪.⓪.①/
https://127。0。0。1/
https://127.0.0.1/
https://127.1/
https://2130706433/
https://0x7f000001/
https://0x7f.0.0.1/
https://0177.0.0.1/
https://127.0.0.01/
https://017700000001/
https://0/
https://0.0.0.0/
https://10.0.0.1/
https://100.64.0.1/
https://100.100.100.200/
https://168.63.129.16/
https://169.254.169.254/latest/meta-data/
https://172.16.0.1/
https://172.31.255.255/
https://192.0.0.192/
https://192.168.1.1/
https://198.18.0.1/
https://203.0.113.9/
https://224.0.0.1/
https://240.0.0.1/
https://255.255.255.255/
https://[::]/
https://[::1]/
https://[0:0:0:0:0:0:0:1]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[::ffff:8.8.8.8]/
https://[::127.0.0.1]/
https://[64:ff9b::127.0.0.1]/
https://[64:ff9b::a9fe:a9fe]/
https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/
https://[2002:a9fe:a9fe::1]/
https://[2001:0:7f00:1::1]/
https://[2001:db8::1]/
https://[fc00::1]/
https://[fd00:ec2::254]/
https://[fe80::1]/
https://[fe80::1%25eth0]/
https://[ff02::1]/
https://[::1/
https://localhost/
https://localhost.localdomain/
https://metadata.google.internal/
https://printer.local/
https://1.0.0.127.in-addr.arpa/
""".strip("\n").split("\n")
HOSTILE_URLS.append("https://example.com/\r\nX-Evil: 1")


@pytest.mark.parametrize("number", range(len(HOSTILE_URLS)))
def test_hostile_url_is_refused_before_anybody_is_asked(number, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("asked"))
    url = HOSTILE_URLS[number]

    with pytest.raises(outbound.Refused):
        outbound.post(url, b"{}", HEADERS, seconds=1, resolve=lambda *_: pytest.fail("resolved"))


def test_table_of_hostile_urls_is_long():
    assert len(set(HOSTILE_URLS)) == len(HOSTILE_URLS) >= 40


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/Hook?x=1", "https://example.com/Hook?x=1"),
        ("https://hooks.example.co.uk:8443/a/b;c=d", "https://hooks.example.co.uk:8443/a/b;c=d"),
        ("https://example.com?x=%2F@", "https://example.com/?x=%2F@"),
        ("https://xn--e1afmkfd.xn--p1ai/", "https://xn--e1afmkfd.xn--p1ai/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_good_url_is_read(url, normal):
    assert outbound.read(url).url == normal


PRIVATE = (
    *("0.1.2.3", "10.1.2.3", "100.127.255.255", "127.9.9.9", "169.254.169.254", "172.20.0.1"),
    *("192.168.0.1", "198.19.0.1", "224.1.1.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::ffff:10.0.0.1", "64:ff9b::1", "2002:a00:1::", "2001::1", "fd00:ec2::254"),
    *("fe80::1", "ff02::1", "fec0::1", "100::1", "5f00::1", "3fff::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_name_with_any_private_address_is_refused(address):
    """One that is public does not make up for it."""
    found = [ip_address("8.8.8.8"), ip_address(address)]

    with pytest.raises(outbound.Refused) as refusal:
        outbound.post("https://example.com/", b"", HEADERS, seconds=1, resolve=lambda *_: found)
    assert refusal.value.kind == "refused_address"
    assert networks.is_public(found[0])


def test_connection_goes_to_the_address_that_was_checked(loopback, receiver):
    """DNS rebinding: the name is asked for once, and its next answer is another's."""
    with Receiver("127.0.0.2") as internal:
        answers = [[ip_address("127.0.0.1")], [ip_address("127.0.0.2")]]
        asked = []

        def rebinding(host, seconds):
            asked.append(host)
            return answers.pop(0)

        there = f"http://rebinding.example:{receiver.port}/hook"
        answer = outbound.post(there, b"one", HEADERS, seconds=5, resolve=rebinding)
        with pytest.raises(outbound.Refused):
            outbound.post(there, b"two", HEADERS, seconds=5, resolve=rebinding)

        assert answer.status == 204
        assert asked == ["rebinding.example"] * 2
        assert [one.body for one in receiver.received] == [b"one"]
        assert receiver.received[0].headers["host"] == f"rebinding.example:{receiver.port}"
        assert internal.received == []


def test_redirect_is_an_answer_and_nothing_more(loopback, receiver):
    def elsewhere(handler):
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.usual = elsewhere

    answer = outbound.post(receiver.url, b"{}", HEADERS, seconds=5)

    assert answer.status == 302
    assert len(receiver.received) == 1


def test_proxy_of_the_environment_is_not_used(loopback, receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    assert outbound.post(receiver.url, b"{}", HEADERS, seconds=5).status == 204


def _head(handler, *headers):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(x + b"\r\n" for x in headers) + b"\r\n")


def huge(handler):
    _head(handler, b"Transfer-Encoding: chunked")
    while True:
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def bomb(handler):
    _head(handler, b"Content-Encoding: gzip", b"Content-Length: 1000000")
    handler.wfile.write(b"\x1f\x8b" + b"\0" * 2000)


def endless_head(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Filler: " + b"x" * 8000 + b"\r\n")


def endless_hints(handler):
    while True:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def dribble(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X")
        time.sleep(0.05)


def nonsense(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def nothing(handler):
    handler.connection.close()


@pytest.mark.parametrize("manner", [huge, bomb])
def test_body_is_read_as_far_as_it_is_kept(loopback, receiver, manner):
    receiver.usual = _until_broken(manner)

    answer = outbound.post(receiver.url, b"{}", HEADERS, seconds=20)

    assert answer.status == 200
    assert len(answer.body) == 1024
    assert answer.seconds < 10


@pytest.mark.parametrize(
    ("manner", "kinds"),
    [
        (endless_head, {"too_large", "protocol"}),
        (endless_hints, {"too_large", "protocol"}),
        (dribble, {"timeout"}),
        (nonsense, {"protocol"}),
        (nothing, {"protocol", "connect"}),
    ],
)
def test_server_that_misbehaves_is_given_up_in_time(loopback, receiver, manner, kinds):
    receiver.usual = _until_broken(manner)
    began = time.monotonic()

    with pytest.raises(outbound.Failed) as failure:
        outbound.post(receiver.url, b"{}", HEADERS, seconds=0.4)

    assert failure.value.kind in kinds
    assert time.monotonic() - began < 10


def test_reader_that_is_slow_is_given_up_in_time(loopback):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def read_slowly():
            taken, _ = server.accept()
            with contextlib.suppress(OSError), taken:
                while taken.recv(65536):
                    time.sleep(0.02)

        threading.Thread(target=read_slowly, daemon=True).start()
        url, began = f"http://127.0.0.1:{server.getsockname()[1]}/", time.monotonic()

        with pytest.raises(outbound.Failed) as failure:
            outbound.post(url, bytes(60_000_000), HEADERS, seconds=0.4)

    assert failure.value.kind == "timeout"
    assert time.monotonic() - began < 10  # reading it all takes 18 s


def test_resolver_that_hangs_is_not_waited_for(loopback, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: gate.wait(30) and [])

    with pytest.raises(outbound.Failed) as failure:
        outbound.post("http://slow.example/", b"", HEADERS, seconds=0.1)

    assert failure.value.kind == "resolve"
    assert not gate.is_set()
    gate.set()


@pytest.fixture
def secured(loopback, receiver, tmp_path, monkeypatch):
    """The receiver speaks TLS, with a trusted certificate of hooks.example."""
    certificate, key = _certificate("hooks.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver.secure(context)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    posting._trust.cache_clear()
    yield receiver
    posting._trust.cache_clear()


def _certificate(name, folder):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.DNSName(name)])
    is_authority = x509.BasicConstraints(ca=True, path_length=None)
    builder = builder.add_extension(names, critical=False).add_extension(
        is_authority, critical=True
    )
    made = builder.sign(key, hashes.SHA256())
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key").write_bytes(key.private_bytes(pem, kind, serialization.NoEncryption()))
    (folder / "certificate").write_bytes(made.public_bytes(pem))
    return folder / "certificate", folder / "key"


def test_certificate_must_be_of_the_name_whatever_the_address(secured):
    def here(host, seconds):
        return [ip_address("127.0.0.1")]

    theirs, others = (
        f"https://{name}:{secured.port}/" for name in ("hooks.example", "other.example")
    )

    assert outbound.post(theirs, b"{}", HEADERS, seconds=5, resolve=here).status == 204
    with pytest.raises(outbound.Failed) as failure:
        outbound.post(others, b"{}", HEADERS, seconds=5, resolve=here)
    assert failure.value.kind == "tls"
    assert len(secured.received) == 1


def _until_broken(manner):
    def answer(handler):
        try:
            manner(handler)
        except OSError:
            handler.close_connection = True

    return answer
