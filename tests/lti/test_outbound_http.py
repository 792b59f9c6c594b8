"""The outbound client: what it never does, whoever asks."""

import contextlib
import gzip
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from urllib3.util import connection

from lti.adapter.connections import is_public
from lti.adapter.http import HttpClient, Limits, Unreachable


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
        elif self.path.startswith("/echo"):
            self.send_response(200)
            self.send_header("Set-Cookie", "who=you; Path=/")
            self.end_headers()
            self.wfile.write(json.dumps({"path": self.path, "headers": dict(self.headers)}).encode())
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


QUICK = Limits(read=0.3, whole=0.6)


@contextmanager
def wire(*, says: Iterable[bytes] = (), pause: float = 0.0, tls: ssl.SSLContext | None = None):
    """Somebody at a port who says these pieces to each caller, with a pause after each; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer(caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller:
            talk = tls.wrap_socket(caller, server_side=True) if tls else caller
            for piece in says:
                talk.sendall(piece)
                over.wait(pause)
            over.wait(10)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def took(address: str) -> float:
    """Seconds until the client gave up."""
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        HttpClient(allow_private=True, limits=QUICK).call("GET", address)
    return time.monotonic() - begun


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_silent_platform_is_given_up(socket_enabled):
    with wire() as address:
        assert took(address) < 3


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    "says",
    [
        [bytes([letter]) for letter in HEAD * 20],
        [HEAD + b"Content-Length: 1000\r\n\r\n", *([b"x"] * 1000)],
        [HEAD + b"\r\n", *([b"x"] * 1000)],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([b"1\r\nx\r\n"] * 1000)],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000,
    ],
    ids=["headers", "body", "body without end", "chunks", "interim answers"],
)
def test_an_answer_that_drips_is_cut_off_as_a_whole(socket_enabled, says):
    with wire(says=says, pause=0.05) as address:
        assert took(address) < 3


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_packed_answer_is_not_unpacked(socket_enabled):
    bomb = gzip.compress(b"0" * 10_000_000)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + str(len(bomb)).encode() + b"\r\n\r\n"
    with (
        wire(says=[head + bomb]) as address,
        pytest.raises(Unreachable, match="packed"),
    ):
        HttpClient(allow_private=True).call("GET", address)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_certificate_nobody_vouches_for_is_refused(socket_enabled, tmp_path):
    with wire(says=[HEAD + b"Content-Length: 2\r\n\r\n{}"], tls=_self_signed(tmp_path)) as address:
        with pytest.raises(Unreachable, match="SSLError"):
            HttpClient(allow_private=True).call("GET", address)


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_nothing_of_the_environment_counts_and_no_cookie_is_kept(socket_enabled, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = HttpClient(allow_private=True)

    for _ in range(2):
        said = client.call("GET", f"{server}/echo?a=%7Ex&b=c%2fd").json()

    assert said["path"] == "/echo?a=%7Ex&b=c%2Fd"
    assert "Cookie" not in said["headers"]
    assert said["headers"]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "mixed", [["93.184.216.34", "10.0.0.7"], ["127.0.0.1"], [], ["fd00::1", "2606:2800:220:1::1"]]
)
def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch, mixed):
    connected = []
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *a, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in mixed],
    )
    monkeypatch.setattr(connection, "create_connection", lambda to, *a, **k: connected.append(to))

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
