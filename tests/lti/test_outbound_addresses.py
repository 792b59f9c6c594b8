"""The outbound client against server-side request forgery: where it never connects to, whoever asks."""

import socket
from collections.abc import Callable

import pytest
from urllib3.util import connection

from lti.adapter.connections import is_public
from lti.adapter.http import HttpClient, Unreachable


def resolving(*addresses: str) -> Callable[..., list[tuple[object, ...]]]:
    """A resolver that knows one name with these addresses, in this order."""
    return lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]


@pytest.fixture
def connected(monkeypatch):
    """The addresses that somebody tried to connect to; none of them answers."""
    tried = []

    def connect(to, *_args, **_options):
        tried.append(to)
        raise OSError("no network in tests")

    monkeypatch.setattr(connection, "create_connection", connect)
    return tried


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::a00:1", False),
        ("::7f00:1", False),
        ("2002:7f00:1::", False),
        ("198.51.100.7", False),
        ("ff02::1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/",
        "ftp://lms.example/",
        "file:///etc/passwd",
        "https://a@lms.example/",
        "https://x\n/",
    ],
)
def test_only_plain_https_addresses_are_called(url):
    with pytest.raises(Unreachable):
        HttpClient().call("GET", url)


def test_a_private_address_is_not_even_connected_to(monkeypatch, connected):
    # The name is public for whoever looks at it; it resolves to loopback at connect.
    monkeypatch.setattr(socket, "getaddrinfo", resolving("127.0.0.1"))

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://rebind.example:8443/")

    assert connected == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.1", "0", "0.0.0.0",
        "169.254.169.254", "2852039166", "0xa9fea9fe", "10.0.0.1", "012.0.0.1",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0a00:1]", "[64:ff9b::7f00:1]",
        "[fe80::1]", "[fd00:ec2::254]",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_gets_past(socket_enabled, connected, host):
    # The system's own resolver reads these: it takes decimal, octal, hexadecimal and shortened forms.
    with pytest.raises(Unreachable):
        HttpClient().call("GET", f"https://{host}/latest/meta-data/")

    assert connected == []


@pytest.mark.parametrize(
    "mixed", [["93.184.216.34", "10.0.0.7"], ["127.0.0.1"], [], ["fd00::1", "2606:2800:220:1::1"]]
)
def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch, connected, mixed):
    monkeypatch.setattr(socket, "getaddrinfo", resolving(*mixed))

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://lms.example/")

    assert connected == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch):
    # A name whose second answer would be a private address (DNS rebinding).
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked, connected = [], []

    def resolve(name, *_a, **_k):
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))]

    def connect(to, *_a, **_k):
        connected.append(to)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(connection, "create_connection", connect)

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://rebind.example/")

    assert asked == ["rebind.example"]
    assert connected == [("93.184.216.34", 443)]


def test_where_one_address_of_a_name_does_not_answer_the_next_is_tried(monkeypatch, connected):
    # A server without IPv6, a platform with both.
    monkeypatch.setattr(
        socket, "getaddrinfo", resolving("2606:2800:220:1::1", "93.184.216.34", "93.184.216.34")
    )

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://lms.example/")

    assert connected == [("2606:2800:220:1::1", 443), ("93.184.216.34", 443)]


def test_a_name_with_very_many_addresses_is_not_tried_for_ever(monkeypatch, connected):
    monkeypatch.setattr(socket, "getaddrinfo", resolving(*(f"93.184.216.{n}" for n in range(200))))

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://lms.example/")

    assert len(connected) <= 6


def test_no_private_address_hides_behind_many_public_ones(monkeypatch, connected):
    monkeypatch.setattr(
        socket, "getaddrinfo", resolving(*(f"93.184.216.{n}" for n in range(200)), "127.0.0.1")
    )

    with pytest.raises(Unreachable):
        HttpClient().call("GET", "https://lms.example/")

    assert connected == []
