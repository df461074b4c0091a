"""From a request without secrets to an answer without secrets.

The service wants the access token in the query string of every GET. Fields and token are therefore joined to the
request here, below anything that logs or formats a request; what comes back holds the request as it was given.
Nothing that leaves this file, exceptions and their frames included, has seen the token.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import ssl
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from zrtools import __version__
from zrtools.client.retry import LIMIT
from zrtools.client.settings import Secret, Settings, unusable
from zrtools.errors import TransportError
from zrtools.texts import in_both, said
from zrtools.words import failure

__all__ = ["FIELDS", "LARGE", "TokenTransport", "proxied", "tls", "told"]

FIELDS = "zrtools.fields"
"""The extension of a request that carries its fields."""
LARGE = "zrtools.large"
"""The extension of a request whose answer may be large."""

_KEPT = ("date", "retry-after")
# Shift_JIS means what Windows makes of it
_LEGACY = {"shift_jis": "cp932", "cp932": "cp932", "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp"}
_LEGACY |= {name: name for name in ("utf-16", "utf-16-le", "utf-16-be", "euc_jis_2004", "shift_jis_2004")}
_BY_OTHER_NAMES = {"windows-31j": "cp932", "x-sjis": "cp932", "x-euc-jp": "euc_jp"}
_BESIDE_UTF8 = ("shift_jis", "cp932", "euc_jp", "euc_jis_2004", "shift_jis_2004")
# letters and digits, spelt otherwise
_ESCAPED = re.compile(rb"(?i)\\u00([3-7][0-9a-f])|%([3-7][0-9a-f])|&#x0*([3-7][0-9a-f]);")
_LARGE = 1 << 18
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": f"zrtools/{__version__}",
}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def tls() -> ssl.SSLContext:
    """Make the TLS settings: certificates and names checked, 1.2 or newer.

    Trusted is what SSL_CERT_FILE and SSL_CERT_DIR name, else REQUESTS_CA_BUNDLE, else httpx's own list.
    """
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle and not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        folder = Path(bundle).is_dir()
        context = ssl.create_default_context(
            cafile=None if folder else bundle, capath=bundle if folder else None
        )
    else:
        context = httpx.create_ssl_context()
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context


class TokenTransport(AiohttpTransport):
    """httpx's transport over aiohttp, adding fields and token, and raising `TransportError` alone.

    A raised error has `sent` False where the request surely did not reach the service.
    """

    def __init__(self, settings: Settings) -> None:
        self._token = settings.token
        self._limit = settings.answer_limit
        self._base = settings.base_url
        self._host = urlsplit(settings.base_url).hostname or ""
        self._proxy = _proxy(settings)
        seconds = settings.timeout
        # a large answer may take long as long as it comes; for a small one the simpler limit costs less
        self._slow = aiohttp.ClientTimeout(total=LIMIT * seconds, sock_connect=seconds, sock_read=seconds)
        self._quick = aiohttp.ClientTimeout(total=seconds, sock_connect=seconds)
        connections = settings.at_once + 4
        super().__init__(
            verify=tls(),
            client=lambda: _session(self.ssl_context, connections),
        )

    def __repr__(self) -> str:
        return f"TokenTransport({self._base})"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read its answer whole: the response's stream is a `httpx.ByteStream`.

        Raises `TransportError` when none came, or when the request is for another host than the client's.
        """
        # only the outcome leaves the frames that held the token: no exception that passed through them does
        problem: BaseException
        try:
            return await self._exchange(request)
        except asyncio.CancelledError:
            problem = asyncio.CancelledError()
        except TransportError as error:
            problem = TransportError(error.args[0], status_code=error.status_code)
            problem.sent = error.sent
        except Exception as error:  # noqa: BLE001 - whatever it was, its frames hold the token
            problem = _failure(error, self._host)
        raise problem

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if not url.startswith(f"{self._base}/"):
            refused = TransportError(said("client.other_host"))
            refused.sent = False
            raise refused
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        fields = f"token={self._token.reveal()}{_encoded(request.extensions.get(FIELDS, {}))}"
        posting = request.method == "POST"
        options: dict[str, Any] = {} if self._proxy is None else self._proxy.reveal_options()
        response = await self.client.request(
            request.method,
            URL(url if posting else f"{url}?{fields}", encoded=True),
            data=fields.encode() if posting else None,
            headers=_FORM if posting else None,
            allow_redirects=False,
            timeout=self._slow if LARGE in request.extensions else self._quick,
            **options,
        )
        try:
            body = await self._read(response)
        except BaseException:
            response.close()
            raise
        encoding = response.headers.get("Content-Encoding", "")
        charset = response.charset if response.ok else None
        if len(body) > _LARGE or encoding:
            body = await asyncio.to_thread(self._plain, body, encoding, charset)
        else:
            body = self._plain(body, encoding, charset)
        headers = [(name, value) for name in _KEPT if (value := response.headers.get(name))]
        # a stream of bytes that are there, for httpx would copy a content piece by piece
        return httpx.Response(
            response.status,
            headers=[
                (name, self._scrubbed(value.encode(errors="replace")).decode()) for name, value in headers
            ],
            stream=httpx.ByteStream(body),
            request=request,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._limit:
                raise self._too_large()
            parts.append(part)
        return b"".join(parts)

    def _plain(self, body: bytes, encoding: str, charset: str | None) -> bytes:
        if encoding.lower() in ("gzip", "x-gzip", "deflate"):
            unpacking = zlib.decompressobj(wbits=47)
            try:
                # so much and no more: a megabyte of gzip can hold a gigabyte
                body = unpacking.decompress(body, self._limit + 1)
            except zlib.error:
                body = b""
            if len(body) > self._limit:
                raise self._too_large()
            if not unpacking.eof:
                raise TransportError(said("client.garbled"))
        return self._scrubbed(_in_utf8(body, charset))

    def _too_large(self) -> TransportError:
        # an answer came, and would come again: with a status it is not asked for again
        return TransportError(
            said("client.large_answer", limit=self._limit),
            status_code=200,
        )

    def _scrubbed(self, data: bytes) -> bytes:
        for token in self._token.each():
            data = data.replace(token.reveal().encode(), b"***")
            if _ESCAPED.search(data):
                # the token may be spelt in escapes, wholly or in part
                plain = _ESCAPED.sub(lambda found: bytes([int(found[1] or found[2] or found[3], 16)]), data)
                if token.reveal().encode() in plain:
                    data = _spelt(token).sub(b"***", data)
        return data


def _encoded(fields: dict[str, str]) -> str:
    parts = [
        f"&{name}={value if value.isascii() and value.isalnum() else quote_plus(value)}"
        for name, value in fields.items()
    ]
    return "".join(parts)


def _spelt(token: Secret) -> re.Pattern[bytes]:
    """Make the expression for the token whose letters may each be escaped, as JSON, an address or HTML does it."""
    return re.compile(
        b"".join(
            b"(?:%c|(?i:\\\\u00%02x|%%%02x|&#x0*%02x;))" % (letter, letter, letter, letter)
            for letter in token.reveal().encode()
        )
    )


def _in_utf8(body: bytes, charset: str | None) -> bytes:
    """Bring an answer that says it is in another encoding to UTF-8, unless it is that all the same."""
    try:
        declared = (charset or "utf-8").lower()
        name = codecs.lookup(_BY_OTHER_NAMES.get(declared, declared)).name
    except LookupError:
        return body
    if name not in _LEGACY:
        return body
    for encoding in ("utf-8", _LEGACY[name]) if name in _BESIDE_UTF8 else (_LEGACY[name],):
        try:
            return body.decode(encoding).encode()
        except ValueError:
            continue
    raise TransportError(
        said("client.encoding", name=name),
        status_code=200,
    )


class _Proxy:
    """A proxy from the environment; its credentials do not show."""

    def __init__(self, url: str) -> None:
        self._url = Secret(url)

    def reveal_options(self) -> dict[str, Any]:
        return {"proxy": self._url.reveal()}


def _proxy(settings: Settings) -> _Proxy | None:
    parts = urlsplit(settings.base_url)
    url = getproxies().get(parts.scheme)
    if settings.loopback or not url or proxy_bypass(parts.hostname or ""):
        return None
    url = url if "://" in url else f"http://{url}"
    # read here, where nothing has left: later a client library would stumble over it, or take half of it
    if not _readable(url):
        raise unusable("proxy_setting")
    return _Proxy(url)


def proxied(settings: Settings) -> bool:
    """Tell whether the service is reached through a proxy."""
    return _proxy(settings) is not None


def _readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = (
            parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
    return (
        bool(known)
        and not re.search(r"""[\s\\#?"']""", url)
        and url.count("@") < 2
        and parts.path in ("", "/")
    )


def _session(context: ssl.SSLContext, connections: int) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=context, keepalive_timeout=30),
        headers=_HEADERS,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )
    # aiohttp sends a GET again by itself when a kept connection breaks; here that may cancel or bill twice
    session._retry_connection = False
    return session


def told(reason: str, *, sent: bool | None, status_code: int | None = None, **facts: str) -> TransportError:
    """Make the error of a reason that `words` knows."""
    error = TransportError(in_both(lambda lang: failure(reason, lang, **facts)), status_code=status_code)
    error.reason, error.facts, error.sent = reason, facts, sent
    return error


def _failure(error: Exception, host: str) -> TransportError:
    """Say why no answer came; `sent` is False where nothing has left."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        verified = error.certificate_error
        code = verified.verify_code if isinstance(verified, ssl.SSLCertVerificationError) else 0
        return told(_CERTIFICATES.get(code, "certificate"), sent=False)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        if error.status == _WANTS_PASSWORD:
            return told("proxy_407", sent=False)
        return told("proxy_refused", sent=False, status=str(error.status), host=host)
    for kinds, reason, sent in _REASONS:
        if isinstance(error, kinds):
            return told(reason, sent=sent)
    return told("no_http", sent=None, kind=type(error).__name__)


_WANTS_PASSWORD = 407
# OpenSSL's numbers: not yet valid, expired, of another host, of another address
_CERTIFICATES = {
    9: "certificate_date",
    10: "certificate_date",
    62: "certificate_name",
    64: "certificate_name",
}
_REASONS: tuple[tuple[Any, str, bool | None], ...] = (
    (aiohttp.ClientProxyConnectionError, "proxy_gone", False),
    (aiohttp.ClientConnectorDNSError, "dns", False),
    (aiohttp.ClientSSLError | ssl.SSLError, "tls", False),
    (aiohttp.ClientConnectorError, "refused", False),
    (aiohttp.ConnectionTimeoutError, "connect_timeout", False),
    (TimeoutError, "timeout", None),
    (aiohttp.ClientPayloadError, "broken_off", None),
    (aiohttp.ClientConnectionError | OSError, "lost", None),
)
