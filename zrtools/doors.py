"""What our HTTP servers have in common: how many connections a stranger may hold, and for how long.

A connection counts from the moment it is accepted, its TLS handshake included. A handshake and the head of every
request, the first and later ones, must be there within a few seconds. Where all places are taken, the connection that
has been idle longest is closed for the new one; where none is idle, the new one is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from zrtools.errors import ConfigurationError
from zrtools.texts import said

__all__ = [
    "HEAD",
    "PER_ADDRESS",
    "Door",
    "Limits",
    "Network",
    "Protocol",
    "Server",
    "address_of",
    "listening",
    "network",
]

HEAD = 5.0
"""Seconds that a TLS handshake, or the head of a request, may take."""
PER_ADDRESS = 64
"""Connections, and requests at a time, of one address, unless another number is given."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, in all and of one address, and how many seconds a head may take.

    `proxies` bring the requests of others: how many connections they hold is not limited.
    """

    connections: int = 512
    per_address: int = PER_ADDRESS
    head: float = HEAD
    proxies: tuple[Network, ...] = ()


def network(text: str) -> Network:
    """Read an IP address or network. Raises `ConfigurationError`."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        pass
    raise ConfigurationError(said("doors.network", text=text))


def address_of(host: str) -> Address | None:
    """Read a peer's address, IPv4 where it is that; None where it has none."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def listening(host: str, port: int) -> socket.socket:
    """Listen on a port. Raises `ConfigurationError` when it is taken or the host is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: asyncio turns Nagle's delay off for such sockets alone, and an answer goes out in two writes
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # a port that was just closed may be taken again; on Windows the option would mean something else
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
        bound.setblocking(False)
    except (OSError, OverflowError) as error:
        bound.close()
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(said("doors.listen", host=host, port=port, why=why)) from None
    return bound


class Protocol(H11Protocol):
    """HTTP that waits for no head for ever."""

    limits = Limits()
    cycle: Any
    idle_since = 0.0
    left: Callable[[], object] | None = None
    _timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def connection_made(self, transport: Any) -> None:
        """Wait for the first head."""
        super().connection_made(transport)
        self.idle_since = time.monotonic()
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next head."""
        self.idle_since = time.monotonic()
        super().on_response_complete()
        # what came of the next head beside this request; where nothing did, uvicorn's own patience is enough
        if self.conn.trailing_data[0]:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop()
        if self.left is not None:
            self.left()
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """Close the connection at once, whatever is still to be written."""
        self.transport.abort()

    def _look(self) -> None:
        if not self.idle:
            self._stop()
        elif self._timer is None:
            self._timer = self.loop.call_later(self.limits.head, self.hang_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Guest:
    """A connection from the moment it is accepted."""

    def __init__(self, peer: socket.socket, address: object) -> None:
        self.peer = peer
        self.address = address
        self.since = time.monotonic()
        self.protocol: Protocol | None = None
        self.greeting: asyncio.Task[None] | None = None

    @property
    def idle_since(self) -> float | None:
        if self.protocol is None:
            return self.since
        return self.protocol.idle_since if self.protocol.idle else None

    def turn_out(self) -> None:
        if self.protocol is not None:
            self.protocol.hang_up()
        elif self.greeting is not None:
            self.greeting.cancel()


class Door:
    """Lets connections in, as an `asyncio.Server` does, within limits."""

    def __init__(self, bound: socket.socket, make: Callable[[], Protocol], tls: Any, limits: Limits) -> None:
        self._bound = bound
        self._make = make
        self._tls = tls
        self._limits = limits
        self._guests: dict[int, _Guest] = {}
        self._task = asyncio.ensure_future(self._accept())

    def close(self) -> None:
        """Let nobody else in."""
        self._task.cancel()

    async def wait_closed(self) -> None:
        """Wait until who was being let in is inside or gone."""
        await asyncio.gather(
            self._task, *(g.greeting for g in self._guests.values() if g.greeting), return_exceptions=True
        )

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                peer, address = await loop.sock_accept(self._bound)
            except OSError:
                # no descriptors left, or the peer is gone already
                self._make_room(self._guests.values())
                await asyncio.sleep(0.05)
                continue
            guest = _Guest(peer, self._counted(str(address[0])))
            if not self._has_room(guest):
                peer.close()
                continue
            self._guests[id(guest)] = guest
            guest.greeting = loop.create_task(self._greet(guest))
            # a flood of connections must not keep the loop from those that are in
            await asyncio.sleep(0)

    def _has_room(self, new: _Guest) -> bool:
        guests = self._guests.values()
        if new.address is not None:
            same = [guest for guest in guests if guest.address == new.address]
            if len(same) >= self._limits.per_address:
                return self._make_room(same)
        return len(guests) < self._limits.connections or self._make_room(guests)

    def _make_room(self, guests: Iterable[_Guest]) -> bool:
        idle = [(since, id(guest)) for guest in guests if (since := guest.idle_since) is not None]
        if not idle:
            return False
        # taken off at once: a flood must not find the same one again
        self._guests.pop(min(idle)[1]).turn_out()
        return True

    def _counted(self, host: str) -> object:
        """Tell whose connection it is; None where connections are not counted."""
        address = address_of(host)
        if address is None or any(address in known for known in self._limits.proxies):
            return None
        # whoever has one IPv6 address has 2^64 of them
        return address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False)

    async def _greet(self, guest: _Guest) -> None:
        loop = asyncio.get_running_loop()

        def made() -> Protocol:
            protocol = self._make()
            protocol.left = lambda: self._guests.pop(id(guest), None)
            return protocol

        handshake = self._limits.head if self._tls else None
        try:
            _, guest.protocol = await loop.connect_accepted_socket(
                made, guest.peer, ssl=self._tls, ssl_handshake_timeout=handshake
            )
        except (OSError, asyncio.CancelledError):
            self._guests.pop(id(guest), None)
            guest.peer.close()
        finally:
            guest.greeting = None


class Server(uvicorn.Server):
    """uvicorn with a door of ours."""

    def __init__(self, config: uvicorn.Config, limits: Limits) -> None:
        super().__init__(config)
        self._limits = limits

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen on the sockets given."""
        await super().startup(sockets=[])
        protocol = type("Limited", (self.config.http_protocol_class,), {"limits": self._limits})

        def make() -> Protocol:
            made: Protocol = protocol(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        self.servers = [Door(bound, make, self.config.ssl, self._limits) for bound in sockets or []]  # type: ignore[misc]  # it does what uvicorn asks of one
