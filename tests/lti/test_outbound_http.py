"""The outbound client: limits of time and size, redirects, TLS, and nothing kept between platforms."""

import contextlib
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509

from lti.adapter.http import HttpClient, Limits, Unreachable
from tests.lti.wire import HEAD, self_signed, wire

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUICK = Limits(connect=0.3, read=0.3, whole=0.6, most_bytes=1000)


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/secret")
            self.end_headers()
        elif self.path == "/long":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):  # the client hangs up
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


def test_where_the_operator_allows_it_loopback_is_called(server):
    answer = HttpClient(allow_private=True).call("GET", f"{server}/")

    assert (answer.status, answer.json()) == (200, {"ok": True})


def test_a_redirect_is_an_answer_and_is_not_followed(server):
    assert HttpClient(allow_private=True).call("GET", f"{server}/redirect").status == 302


def test_an_endless_answer_is_cut_off(server):
    with pytest.raises(Unreachable, match="too long"):
        HttpClient(allow_private=True).call("GET", f"{server}/long")


def refused(address: str, why: str) -> None:
    """The client gives up on this address, for this reason."""
    with pytest.raises(Unreachable, match=why):
        HttpClient(allow_private=True, limits=QUICK).call("GET", address)


def test_a_silent_platform_is_given_up(socket_enabled):
    with wire() as address:
        refused(address, "ReadTimeout")


@pytest.mark.parametrize(
    "says",
    [
        [bytes([letter]) for letter in HEAD * 20],
        [HEAD + b"Content-Length: 900\r\n\r\n", *([b"x"] * 900)],
        [HEAD + b"\r\n", *([b"x"] * 900)],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([b"1\r\nx\r\n"] * 900)],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000,
    ],
    ids=["headers", "body", "body without end", "chunks", "interim answers"],
)
def test_an_answer_that_drips_is_cut_off_as_a_whole(socket_enabled, says):
    # Each piece comes well within the limit of one read; all of them would take close to a minute.
    with wire(says=says, pause=0.05) as address:
        refused(address, "too slow")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        pytest.param([HEAD + b"Content-Length: 5000\r\n\r\n" + b"x" * 5000], "too long", id="long"),
        pytest.param(
            [HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 0x400 + b"\r\n"] * 9,
            "too long",
            id="long in chunks",
        ),
        pytest.param(
            [HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 300 + b"\r\n"], "Error", id="a huge chunk"
        ),
        pytest.param([HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n"], "Error", id="one endless header"),
        pytest.param([HEAD + b"X: x\r\n" * 2000 + b"\r\n"], "Error", id="too many headers"),
        pytest.param([b"SSH-2.0-OpenSSH_9.2\r\n"], "Error", id="another protocol"),
        pytest.param([HEAD + b"Content-Length: 900\r\n\r\n{"], "Timeout|Error", id="less than announced"),
    ],
)
def test_an_answer_that_is_none_is_given_up(socket_enabled, says, why):
    with wire(says=says) as address:
        refused(address, why)


@pytest.mark.parametrize(
    "coding", [b"gzip", b"deflate", b"br", b"zstd", b"gzip, gzip", b"identity, gzip", b"GZIP"]
)
def test_a_packed_answer_is_not_unpacked(socket_enabled, coding):
    bomb = gzip.compress(b"0" * 10_000_000)
    head = HEAD + b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with wire(says=[head + bomb]) as address:
        refused(address, "packed")


def test_a_certificate_nobody_vouches_for_is_refused(socket_enabled, tmp_path):
    with wire(says=[HEAD + b"Content-Length: 2\r\n\r\n{}"], tls=self_signed(tmp_path)) as address:
        refused(address, "SSLError")


def test_a_certificate_of_another_name_is_refused(socket_enabled, tmp_path, monkeypatch):
    tls = self_signed(tmp_path, x509.DNSName("another.example"))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "cert.pem"))
    with wire(says=[HEAD + b"Content-Length: 2\r\n\r\n{}"], tls=tls) as address:
        refused(address, "SSLError")


def test_a_certificate_that_fits_is_taken(socket_enabled, tmp_path, monkeypatch):
    # The two above would be refused for any other reason too; this shows that it is for theirs.
    tls = self_signed(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "cert.pem"))
    with wire(says=[HEAD + b"Content-Length: 2\r\n\r\n{}"], tls=tls) as address:
        assert HttpClient(allow_private=True, limits=QUICK).call("GET", address).json() == {}


def test_nothing_of_the_environment_counts_and_no_cookie_is_kept(
    socket_enabled, server, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ours password secret\n")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(netrc))
    client = HttpClient(allow_private=True)

    for _ in range(2):
        said = client.call("GET", f"{server}/echo?a=%7Ex&b=c%2fd").json()

    assert said["path"] == "/echo?a=%7Ex&b=c%2Fd"
    assert "Cookie" not in said["headers"]
    assert "Authorization" not in said["headers"]
    assert said["headers"]["Accept-Encoding"] == "identity"


def test_a_platform_that_closes_each_connection_is_asked_again_on_a_new_one(socket_enabled):
    heard: list[bytes] = []
    with wire(says=[HEAD + b"Content-Length: 2\r\n\r\n{}"], heard=heard) as address:
        client = HttpClient(allow_private=True, limits=QUICK)
        for _ in range(3):
            assert client.call("GET", address, headers={"Authorization": "Bearer x"}).status == 200
            client._session.close()

    assert len(heard) == 3


@pytest.mark.parametrize("where", ["/secret", "http://127.0.0.1:1/", "//evil.example/"])
def test_a_redirect_takes_no_token_along(socket_enabled, where):
    heard: list[bytes] = []
    head = (
        b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: " + where.encode() + b"\r\n\r\n"
    )
    with wire(says=[head], heard=heard) as address:
        answer = HttpClient(allow_private=True, limits=QUICK).call(
            "POST", address, headers={"Authorization": "Bearer secret"}, body=b"{}"
        )

    assert answer.status == 307
    assert len(heard) == 1


def test_who_keeps_us_waiting_is_known_from_who_refuses_at_once(socket_enabled):
    limits = Limits(connect=0.3, read=0.3, whole=0.6, slow=0.2)
    client = HttpClient(allow_private=True, limits=limits)
    with wire() as silent, pytest.raises(Unreachable) as waited:
        client.call("GET", silent)
    with pytest.raises(Unreachable) as refused_at_once:
        client.call("GET", silent)  # nobody listens there any more

    assert (waited.value.slow, refused_at_once.value.slow) == (True, False)
