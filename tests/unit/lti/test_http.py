"""The outbound client: what it never does, whoever asks."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lti.adapter.http import HttpClient, Unreachable, is_public


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
        ("2002:7f00:1::", False),
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


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/secret")
            self.end_headers()
        elif self.path == "/long":
            self.send_response(200)
            self.end_headers()
            for _ in range(400):
                self.wfile.write(b"x" * 10_000)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(socket_enabled):
    made = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_private_address_is_not_even_connected_to(server, monkeypatch):
    # The name is public for whoever looks at it; it resolves to loopback at connect.
    port = int(server.rsplit(":", 1)[1])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *a, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    connected = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, to: connected.append(to))

    with pytest.raises(Unreachable):
        HttpClient().call("GET", f"https://rebind.example:{port}/")

    assert connected == []


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_where_the_operator_allows_it_loopback_is_called(server):
    answer = HttpClient(allow_private=True).call("GET", f"{server}/")

    assert (answer.status, answer.json()) == (200, {"ok": True})


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_redirect_is_an_answer_and_is_not_followed(server):
    assert HttpClient(allow_private=True).call("GET", f"{server}/redirect").status == 302


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_an_endless_answer_is_cut_off(server):
    with pytest.raises(Unreachable, match="too long"):
        HttpClient(allow_private=True).call("GET", f"{server}/long")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_silent_platform_is_given_up(socket_enabled, monkeypatch):
    from lti.adapter import http

    monkeypatch.setattr(http, "_READ_SECONDS", 0.2)
    silent = socket.create_server(("127.0.0.1", 0))
    begun = time.monotonic()
    with silent, pytest.raises(Unreachable):
        HttpClient(allow_private=True).call("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/")

    assert time.monotonic() - begun < 5
