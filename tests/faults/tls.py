"""A certificate that nobody trusts, and a port that shows it: TLS in front of a host that speaks plain HTTP.

Here: the certificate and the port. Not here: what is answered behind it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import socket
import ssl
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.connectors.http_host import Host


class Tls:
    """Passes what it has decrypted to the host. `bundle`: the certificate, for whoever wants to trust it."""

    def __init__(self, host: Host) -> None:
        self._target = int(host.url.rpartition(":")[2])
        self._home = Path(tempfile.mkdtemp(prefix="tthc-tls-"))
        self.bundle = str(self._home / "cert.pem")
        _certificate(self._home)

    def __enter__(self) -> Tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.bundle, self._home / "key.pem")
        self._listener = context.wrap_socket(
            socket.create_server(("127.0.0.1", 0)), server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._home)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One request after the other: a TLS socket is not for two threads at once."""
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self._target)) as server:
            while request := _message(client):
                server.sendall(request)
                client.sendall(_message(server))


def _message(sender: socket.socket) -> bytes:
    """A whole HTTP message, by its Content-Length; b"" at the end."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (part := sender.recv(65536)):
            return b""
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += sender.recv(65536)
    return head + b"\r\n\r\n" + body


def _certificate(home: Path) -> None:
    """cert.pem and key.pem of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mot cua")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (home / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (home / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
