"""Where a client's settings come from, and which are refused."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

from zrtools.errors import ConfigurationError, InputError
from zrtools.texts import in_both, said
from zrtools.words import failure

__all__ = ["ANSWER_LIMIT", "BASE_URL", "MAX_PACE", "Secret", "SettingError", "Settings", "unusable", "usable"]

ANSWER_LIMIT = 512 << 20
"""Bytes that an answer may hold once it is unpacked."""
BASE_URL = "https://sms-api.aossms.com"
MAX_PACE = 600.0
"""Requests a second that the service accepts overall. Source: https://doc.aossms.com/zettai-reach/openapi.html"""


class SettingError(ConfigurationError, InputError):
    """A setting that was given cannot be used; nothing was sent."""


class UnpicklableError(ConfigurationError, TypeError):
    """Something that holds a token or open connections was to be pickled or copied."""


class Secret:
    """A text that shows itself only to who asks for it by `reveal`."""

    __slots__ = ("_held",)

    def __init__(self, value: str) -> None:
        # a closure, so that walking the attributes of an object finds a function and not the text
        held = [value]
        self._held: Callable[[], list[str]] = lambda: held

    def reveal(self) -> str:
        """Give the text."""
        return self._held()[-1]

    def each(self) -> list[Secret]:
        """Give the text, and those that it replaced."""
        return [Secret(text) for text in self._held()]

    @property
    def version(self) -> int:
        """How many texts this has been."""
        return len(self._held())

    def become(self, other: Secret) -> None:
        """Take another text in place of this one, everywhere where this is held."""
        if other.reveal() != self.reveal():
            self._held().append(other.reveal())

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise UnpicklableError(said("client.token_not_pickled"))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client was told, checked."""

    token: Secret
    client_id: str
    sms_code: str | None
    base_url: str
    timeout: float
    pace: float | None
    at_once: int
    answer_limit: int
    profile: str | None = None

    @property
    def loopback(self) -> bool:
        """Tell whether the service is on this machine."""
        return _loopback(urlsplit(self.base_url).hostname or "")

    @property
    def origin(self) -> str:
        """Name the account: its service, any sandbox on this machine being one, and its client id."""
        url = urlsplit(self.base_url)
        return f"{'loopback' if self.loopback else url.netloc.lower() + url.path} {self.client_id}"

    @classmethod
    def read(
        cls,
        *,
        token: Secret | None,
        client_id: str | int | None,
        sms_code: str | int | None,
        base_url: str | None,
        timeout: float,
        pace: float | None,
        at_once: int,
        answer_limit: int = ANSWER_LIMIT,
        profile: str | None = None,
    ) -> Settings:
        """Fill what was left out from the profile, else from the environment, and check it all.

        A profile is one account: nothing of another one that happens to stand in the environment joins it.
        Raises `ConfigurationError` for what is missing, `SettingError` for what cannot be used.
        """
        if profile is None and token is None and client_id is None:
            profile = os.environ.get("ZRTOOLS_PROFILE") or None
        if profile is None:
            names = ("client_id", "sms_code", "base_url")
            rest = {name: os.environ.get(f"ZRTOOLS_{name.upper()}") for name in names}
            token = token or Secret(os.environ.get("ZRTOOLS_TOKEN", ""))
        else:
            from zrtools.client import profiles

            rest = {**profiles.profile(profile)}
            token = token or profiles.token_of(profile)
        url = _url(base_url or rest.get("base_url") or BASE_URL)
        sender = sms_code if sms_code is not None else rest.get("sms_code") or None
        return cls(
            profile=profile,
            token=usable(token),
            client_id=_client_id(client_id if client_id is not None else rest.get("client_id") or ""),
            sms_code=None if sender is None else _sms_code(sender),
            base_url=url,
            timeout=_timeout(timeout),
            pace=_pace(pace, loopback=_loopback(urlsplit(url).hostname or "")),
            at_once=_at_once(at_once),
            answer_limit=_answer_limit(answer_limit),
        )


def unusable(reason: str, kind: type[ConfigurationError] = SettingError) -> ConfigurationError:
    """Make the error of a setting, which can be said in either language."""
    error = kind(in_both(lambda lang: failure(reason, lang)))
    error.reason = reason
    return error


def usable(token: Secret) -> Secret:
    """Check a token, and leave out the blanks around it.

    Raises `ConfigurationError` where there is none, `SettingError` where it cannot be one.
    """
    # the text stays out of this frame's variables: a traceback with locals would show it
    if _blank(token):
        raise unusable("no_token", ConfigurationError)
    if not _usable(token):
        raise unusable("token")
    return Secret(token.reveal().strip())


def _blank(token: Secret) -> bool:
    return not token.reveal().strip()


def _usable(token: Secret) -> bool:
    return re.fullmatch(r"[0-9A-Za-z]{32}", token.reveal().strip()) is not None


def _client_id(given: str | int) -> str:
    value = str(given).strip()
    if not value:
        raise unusable("no_client_id", ConfigurationError)
    if not re.fullmatch(r"[0-9]+", value, re.ASCII):
        raise unusable("client_id")
    return value


def _sms_code(given: str | int) -> str:
    value = str(given).strip()
    if not re.fullmatch(r"[0-9]{5,6}", value, re.ASCII):
        raise unusable("sms_code")
    return value


def _url(given: str) -> str:
    advice = said("client.advice_base_url")
    try:
        parts = urlsplit(given.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingError(said("client.base_url_unreadable", advice=advice)) from None
    if parts.scheme not in ("http", "https") or not host:
        raise SettingError(said("client.base_url_shape", base_url=BASE_URL, advice=advice))
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingError(said("client.base_url_bare", advice=advice))
    if parts.scheme == "http" and not _loopback(host):
        raise unusable("http_url")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _timeout(given: float) -> float:
    if isinstance(given, bool) or not 0 < given <= 3600:
        raise SettingError(said("client.timeout"))
    return float(given)


def _pace(given: float | None, *, loopback: bool) -> float | None:
    if given is None:
        if not loopback:
            raise SettingError(said("client.pace_unlimited"))
        return None
    if isinstance(given, bool) or not 0 < given <= MAX_PACE:
        raise SettingError(said("client.pace", max_pace=MAX_PACE))
    return float(given)


def _answer_limit(given: int) -> int:
    if type(given) is not int or given < 1 << 16:
        raise SettingError(said("client.answer_limit"))
    return given


def _at_once(given: int) -> int:
    if type(given) is not int or not 1 <= given <= 1024:
        raise SettingError(said("client.at_once"))
    return given
