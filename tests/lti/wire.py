"""Somebody at a port who says what a test tells them: hostile servers for the outbound client."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def wire(
    *,
    says: Iterable[bytes] = (),
    pause: float = 0.0,
    tls: ssl.SSLContext | None = None,
    heard: list[bytes] | None = None,
) -> Iterator[str]:
    """A port where each caller is told these pieces, with a pause after each; its address.

    `heard`: what callers said first is added to it, one item for each call.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer(caller: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            talk = held.enter_context(caller)
            if tls is not None:
                talk = held.enter_context(tls.wrap_socket(caller, server_side=True))
            if heard is not None:
                heard.append(talk.recv(65536))
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


def self_signed(folder: Path, *names: x509.GeneralName) -> ssl.SSLContext:
    """A server's side of TLS with a certificate nobody vouches for; `cert.pem` in the folder is it."""
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
            x509.SubjectAlternativeName(names or [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
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
