"""From a request without secrets to an answer without secrets.

The service wants the access token in the query string of every GET. Fields and token are therefore joined to the
request here, below anything that logs or formats a request; what comes back holds the request as it was given.
Nothing that leaves this file, exceptions and their frames included, has seen the token.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from zrtools import __version__
from zrtools.client.retry import LIMIT
from zrtools.client.settings import Secret, Settings
from zrtools.errors import TransportError

__all__ = ["FIELDS", "LARGE", "TokenTransport", "tls"]

FIELDS = "zrtools.fields"
"""The extension of a request that carries its fields."""
LARGE = "zrtools.large"
"""The extension of a request whose answer may be large."""

_KEPT = ("date", "retry-after")
_LARGE = 1 << 18
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": f"zrtools/{__version__}",
}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def tls() -> ssl.SSLContext:
    """Make the TLS settings: certificates and names checked, 1.2 or newer."""
    context = httpx.create_ssl_context()
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context


class TokenTransport(AiohttpTransport):
    """httpx's transport over aiohttp, adding fields and token, and raising `TransportError` alone.

    A raised error has `sent` False where the request surely did not reach the service.
    """

    def __init__(self, settings: Settings) -> None:
        self._spelling = _quoted(settings.token)
        self._base = settings.base_url
        self._proxy = _proxy(settings)
        seconds = settings.timeout
        # a large answer may take long as long as it comes; for a small one the simpler limit costs less
        self._slow = aiohttp.ClientTimeout(total=LIMIT * seconds, sock_connect=seconds, sock_read=seconds)
        self._quick = aiohttp.ClientTimeout(total=seconds, sock_connect=seconds)
        self._spellings = _spellings(settings.token)
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
        failure: BaseException
        try:
            return await self._exchange(request)
        except asyncio.CancelledError:
            failure = asyncio.CancelledError()
        except TransportError as error:
            failure = TransportError(str(error), status_code=error.status_code)
            failure.sent = error.sent
        except Exception as error:  # noqa: BLE001 - whatever it was, its frames hold the token
            failure = _failure(error)
        raise failure

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if not url.startswith(f"{self._base}/"):
            refused = TransportError(
                "The token goes to the client's own host alone: this request was not sent."
            )
            refused.sent = False
            raise refused
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        fields = f"token={self._spelling.reveal()}{_encoded(request.extensions.get(FIELDS, {}))}"
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
            body = await response.read()
        except BaseException:
            response.close()
            raise
        encoding = response.headers.get("Content-Encoding", "")
        if len(body) > _LARGE:
            body = await asyncio.to_thread(self._plain, body, encoding)
        else:
            body = self._plain(body, encoding)
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

    def _plain(self, body: bytes, encoding: str) -> bytes:
        if encoding.lower() in ("gzip", "x-gzip", "deflate"):
            try:
                body = zlib.decompress(body, wbits=47)
            except zlib.error:
                raise TransportError("The answer came garbled: its compression cannot be undone.") from None
        return self._scrubbed(body)

    def _scrubbed(self, data: bytes) -> bytes:
        for spelling in self._spellings():
            if spelling in data:
                data = data.replace(spelling, b"***")
        return data


def _encoded(fields: dict[str, str]) -> str:
    parts = [
        f"&{name}={value if value.isascii() and value.isalnum() else quote_plus(value)}"
        for name, value in fields.items()
    ]
    return "".join(parts)


def _quoted(token: Secret) -> Secret:
    return Secret(quote_plus(token.reveal()))


def _spellings(token: Secret) -> Callable[[], tuple[bytes, ...]]:
    plain = token.reveal()
    spellings = tuple({plain.encode(), quote(plain, safe="").encode(), quote_plus(plain).encode()})
    return lambda: spellings


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
    return _Proxy(url if "://" in url else f"http://{url}")


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


def _failure(error: Exception) -> TransportError:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        text, sent = (
            "The server's certificate is not trusted: check base_url, the clock and the proxy.",
            False,
        )
    elif isinstance(error, aiohttp.ClientConnectorDNSError):
        text, sent = "The host's name cannot be found: check base_url and the network.", False
    elif isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        text, sent = (
            "No TLS connection could be made (1.2 or newer is needed): check base_url and the proxy.",
            False,
        )
    elif isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError):
        text, sent = (
            "No connection could be made: check the network, the proxy and whether your IP is allowed.",
            False,
        )
    elif isinstance(error, aiohttp.ConnectionTimeoutError):
        text, sent = (
            "The connection timed out: check the network and whether your IP address is allowed.",
            False,
        )
    elif isinstance(error, TimeoutError):
        text, sent = "No answer came in time: try again later, or give a longer timeout.", None
    elif isinstance(error, aiohttp.ClientPayloadError):
        text, sent = "The answer broke off: try again.", None
    elif isinstance(error, aiohttp.ClientConnectionError | OSError):
        text, sent = "The connection was lost before an answer came: try again.", None
    else:
        text, sent = f"The answer is no HTTP that can be read ({type(error).__name__}): check base_url.", None
    failure = TransportError(text)
    failure.sent = sent
    return failure
