"""T-5: what stands between a phone and its server: a captive portal, a stranger's certificate, a redirect, plain http.

Here the Python device; the phone app's door is held by `pwa/src/api/client.test.ts` and by the story, which plays a portal in a browser.
"""

import datetime as dt
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.device import transport
from sync.device.transport import HttpTransport

PORTAL_ANSWERS = {
    "200 with a login page": (200, {"Content-Type": "text/html"}, b"<html>login</html>"),
    "200 that calls itself JSON": (200, {"Content-Type": "application/json"}, b'{"verdicts":[],"entries":[]}'),
    "204 with nothing": (204, {}, b""),
    "302 to the portal": (302, {"Location": "http://127.0.0.1:1/login"}, b""),
    "307 to another server": (307, {"Location": "/api/v1/elsewhere"}, b""),
    "401 of the portal": (401, {"Content-Type": "text/html"}, b"pay first"),
    "511 network authentication": (511, {"Content-Type": "text/html"}, b""),
    "200 with half an answer of ours": (200, {"Content-Type": "application/json", "Yihu-Protocol": "1"}, b'{"verdicts":[{"bo'),
    "another version of the protocol": (200, {"Content-Type": "application/json", "Yihu-Protocol": "0"}, b"{}"),
}  # fmt: skip


@contextmanager
def answering(status: int, headers: dict[str, str], body: bytes, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    class Portal(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def taken_for_an_answer() -> list[str]:
    taken = []
    for name, (status, headers, body) in PORTAL_ANSWERS.items():
        with answering(status, headers, body) as url:
            client = HttpTransport(url, timeout_seconds=5)
            answer = client.call("POST", "/sync", body={"push": []})
            client.close()
        if answer is not None:
            taken.append(name)
    return taken


def test_nothing_that_a_portal_says_is_taken_for_an_answer(figure: Callable[[str], None]) -> None:
    taken = taken_for_an_answer()
    figure(f"{len(PORTAL_ANSWERS)} answers of strangers, {len(taken)} believed")
    assert taken == []


def own_certificate(folder: Path) -> ssl.SSLContext:
    """What a man in the middle shows: a certificate for the right address, by an authority of his own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "stranger.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def ask_over_tls(folder: Path, *, verify: bool) -> bool:
    good = {"Content-Type": "application/json", "Yihu-Protocol": "1"}
    with answering(200, good, b"{}", own_certificate(folder)) as url:
        client = HttpTransport(url, verify=verify, timeout_seconds=5)
        answer = client.call("POST", "/sync", body={})
        client.close()
    return answer is not None


def test_a_stranger_with_a_certificate_of_his_own_is_no_server(tmp_path: Path, figure: Callable[[str], None]) -> None:
    believed = ask_over_tls(tmp_path, verify=True)
    figure(f"a stranger's certificate: {'believed' if believed else 'refused'}")
    assert not believed


def test_teeth_a_client_that_believes_any_200_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PROTOCOL_VERSION", None)
    monkeypatch.setattr(transport, "PROTOCOL_HEADER", "no-such-header")
    assert len(taken_for_an_answer()) >= 5


def test_teeth_without_checking_certificates_the_stranger_is_believed(tmp_path: Path) -> None:
    assert ask_over_tls(tmp_path, verify=False)
