"""TLS: certificates and names are checked, and nothing below 1.2 is spoken."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

import zrtools as zr

BODY = b'{"responseCode":0,"responseMessage":"Success.","count":0,"templates":[]}'


class _Service(BaseHTTPRequestHandler):
    """Answer every GET as an account without templates."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> tuple[trustme.CA, Path]:
    """A local authority and the file that makes it trusted."""
    made = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(str(file))
    return made, file


@pytest.fixture
def serve(authority) -> Iterator[Callable[..., str]]:
    """Start HTTPS servers on loopback, with a certificate for a name and limits of the TLS version."""
    servers: list[ThreadingHTTPServer] = []

    def start(
        name: str = "127.0.0.1", highest: ssl.TLSVersion | None = None, until: datetime | None = None
    ) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority[0].issue_cert(name, not_after=until).configure_cert(context)
        if highest is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = highest
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(url: str):
    """Ask for the templates over TLS."""
    with zr.Client(token="t" * 32, client_id="1", base_url=url, timeout=2) as client:
        return client.templates()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    """Waits between tries are short here."""
    monkeypatch.setattr("zrtools.client.retry._FIRST", 0.001)


def test_trusted_certificate_is_taken(serve, authority, monkeypatch):
    """With the authority trusted the call works, and check names the version."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    url = serve()
    assert ask(url).height == 0
    with zr.Client(token="t" * 32, client_id="1", base_url=url, timeout=2) as client:
        tls = client.check(lang="en").row(1)
    assert tls[:2] == ("TLS", True)
    assert tls[2].startswith("TLSv1.")


def test_untrusted_certificate_is_refused(serve):
    """A certificate of an authority that nobody trusts is refused, and check says so."""
    url = serve()
    with pytest.raises(zr.TransportError, match=r"certificate .* SSL_CERT_FILE") as failed:
        ask(url)
    assert (failed.value.sent, failed.value.reason) == (False, "certificate")
    with zr.Client(token="t" * 32, client_id="1", base_url=url, timeout=2) as client:
        found = client.check(lang="en")
    assert found["works"].to_list()[:2] == [False, False]


def test_certificate_of_another_name_is_refused(serve, authority, monkeypatch):
    """A trusted certificate for another host is refused."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    with pytest.raises(zr.TransportError, match="certificate is for another host") as failed:
        ask(serve("sms-api.example.com"))
    assert (failed.value.sent, failed.value.reason) == (False, "certificate_name")


def test_certificate_of_another_time_is_told_as_that(serve, authority, monkeypatch):
    """A certificate that is over, or a clock that runs ahead, is told as a matter of the date."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    with pytest.raises(zr.TransportError, match="not valid now: check this machine's clock") as failed:
        ask(serve(until=datetime.now(UTC) - timedelta(days=1)))
    assert (failed.value.sent, failed.value.reason) == (False, "certificate_date")


@pytest.mark.parametrize(
    "folder",
    [
        False,
        pytest.param(True, marks=pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")),
    ],
)
def test_authority_that_other_tools_were_told_of_is_trusted(serve, authority, monkeypatch, tmp_path, folder):
    """REQUESTS_CA_BUNDLE counts where neither SSL_CERT_FILE nor SSL_CERT_DIR is set: a file or a folder of hashes."""
    place = authority[1]
    if folder:
        name = subprocess.run(
            ["openssl", "x509", "-hash", "-noout", "-in", str(place)],
            capture_output=True,
            text=True,
            check=True,
        )
        (tmp_path / f"{name.stdout.strip()}.0").write_bytes(place.read_bytes())
        place = tmp_path
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(place))
    assert ask(serve()).height == 0


def test_bundle_that_cannot_be_read_is_told(monkeypatch, tmp_path):
    """A REQUESTS_CA_BUNDLE that names nothing is a wrong setting, not a failure of the network."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(zr.ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        ask("https://127.0.0.1:9")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_1_is_refused(serve, authority, monkeypatch):
    """A server that speaks nothing above TLS 1.1 is not spoken with."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    with pytest.raises(zr.TransportError):
        ask(serve(highest=ssl.TLSVersion.TLSv1_1))


def test_tls_1_2_is_enough(serve, authority, monkeypatch):
    """A server that speaks TLS 1.2 alone, as this service may, is spoken with."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[1]))
    assert ask(serve(highest=ssl.TLSVersion.TLSv1_2)).height == 0


def test_context_checks_names_and_versions():
    """The settings themselves: certificates required, names checked, 1.2 at least."""
    from zrtools.client.transport import tls

    context = tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
