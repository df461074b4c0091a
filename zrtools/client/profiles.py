"""Accounts by name: settings in a file of the user's own, tokens in the system's keyring, or in that same file."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zrtools import arguments, files
from zrtools.arguments import checked
from zrtools.client.settings import Secret, SettingError, Settings
from zrtools.errors import ConfigurationError
from zrtools.texts import said
from zrtools.words import text

__all__ = ["names", "place", "profile", "remove", "save", "token_of"]

_SERVICE = "zrtools"
_NAME = re.compile(r"[^\s/\\:]{1,64}")
_IN_KEYRING = "keyring"
_OTHERS = 0o077


def place() -> Path:
    """Tell where the profiles are: ZRTOOLS_PROFILES, else the user's own configuration folder."""
    named = os.environ.get("ZRTOOLS_PROFILES")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        home = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "zrtools" / "profiles.json"


def names() -> list[str]:
    """List the profiles.

    Raises `ConfigurationError`.
    """
    return sorted(_read())


def save(
    name: str,
    *,
    token: str | None = None,
    client_id: str | int | None = None,
    sms_code: str | int | None = None,
    base_url: str | None = None,
    keyring: bool | None = None,
) -> str:
    """Keep an account under a name, or change what is given of one that is kept; the token is asked for when missing.

    Parameters
    ----------
    name
        What `Client(profile=…)` and `--profile` call it.
    token, client_id, sms_code, base_url
        As `Client` takes them. Without `token` for a new profile a hidden question asks for it, so that it stands in no
        notebook and no shell's history.
    keyring
        True keeps the token in the system's keyring, False in the file, which only its owner can read; None in the
        keyring where there is one.

    Returns
    -------
    str
        Where the token is: "keyring", or the file.

    Raises
    ------
    ConfigurationError
        What cannot be used, and a keyring that is asked for and is not there. No message shows the token.

    Examples
    --------
    >>> zr.client.save_profile("client-a", client_id="12345", sms_code="54321")  # doctest: +SKIP
    """
    # the token's text leaves this frame's variables before anything can be raised here
    secret = None if token is None else Secret(str(token))
    del token
    arguments.hold(
        save, name=name, client_id=client_id, sms_code=sms_code, base_url=base_url, keyring=keyring
    )
    if not _NAME.fullmatch(name):
        raise SettingError(said("client.profile_name"))
    kept = _read()
    known = kept.get(name)
    if secret is None and known is None:
        secret = _asked()
    fields = dict(known or {})
    given = {"client_id": client_id, "sms_code": sms_code, "base_url": base_url}
    fields |= {key: str(value) for key, value in given.items() if value is not None}
    # checked as a client would check it, before anything is kept
    Settings.read(
        token=secret or token_of(name, fields),
        client_id=fields.get("client_id", ""),
        sms_code=fields.get("sms_code"),
        base_url=fields.get("base_url"),
        timeout=30.0,
        pace=1.0,
        at_once=1,
    )
    if secret is not None:
        fields["token"] = _keep(name, secret, keyring)
    kept[name] = fields
    _write(kept)
    return _IN_KEYRING if fields["token"] == _IN_KEYRING else str(place())


@checked
def remove(name: str) -> None:
    """Forget a profile and its token.

    Raises `ConfigurationError`.
    """
    kept = _read()
    fields = _of(kept, name)
    if fields.get("token") == _IN_KEYRING:
        _with_keyring(lambda ring: ring.delete_password(_SERVICE, name))
    del kept[name]
    _write(kept)


def profile(name: str) -> dict[str, str]:
    """Give what is kept of a profile, its token apart.

    Raises `ConfigurationError`.
    """
    return {key: value for key, value in _of(_read(), name).items() if key != "token"}


def token_of(name: str, fields: dict[str, str] | None = None) -> Secret:
    """Read a profile's token, as it is kept now.

    Raises `ConfigurationError`.
    """
    held = (fields if fields is not None else _of(_read(), name)).get("token", "")
    if held != _IN_KEYRING:
        return Secret(held)
    found: str | None = _with_keyring(lambda ring: ring.get_password(_SERVICE, name))
    if found is None:
        raise ConfigurationError(said("client.keyring_empty", name=name))
    return Secret(found)


def _asked() -> Secret:
    from getpass import getpass

    return Secret(getpass(f"{text('client.profile.token')}: "))


def _of(kept: dict[str, dict[str, str]], name: str) -> dict[str, str]:
    if name not in kept:
        known = ", ".join(sorted(kept)) or said("client.no_profiles")
        raise ConfigurationError(said("client.profile_unknown", name=name, known=known))
    return kept[name]


def _keep(name: str, secret: Secret, keyring: bool | None) -> str:
    """Put a token away; gives what stands in the file for it."""
    token = secret.reveal().strip()
    if keyring is False:
        return token
    try:
        _with_keyring(lambda ring: ring.set_password(_SERVICE, name, token))
    except ConfigurationError:
        if keyring:
            raise
        return token
    return _IN_KEYRING


def _with_keyring(use: Callable[[Any], Any]) -> Any:
    try:
        import keyring
    except ImportError:
        problem = said("client.keyring_missing")
    else:
        try:
            # a stand-in that keeps nothing has priority 0, one that keeps in plain files less than 1
            if keyring.get_keyring().priority >= 1:
                return use(keyring)
            problem = said("client.keyring_none")
        except Exception as error:  # noqa: BLE001 - backends raise what they like, and it may show the token
            problem = said("client.keyring_error", kind=type(error).__name__)
    raise ConfigurationError(said("client.keyring", problem=problem))


def _read() -> dict[str, dict[str, str]]:
    file = place()
    try:
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            raise ConfigurationError(said("client.profiles_open", file=file))
        kept = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        problem = type(error).__name__
    else:
        if isinstance(kept, dict) and all(isinstance(fields, dict) for fields in kept.values()):
            return kept
        problem = said("client.profiles_changed")
    raise ConfigurationError(said("client.profiles_unreadable", file=file, problem=problem))


def _write(kept: dict[str, dict[str, str]]) -> None:
    written = json.dumps(kept, ensure_ascii=False, indent=2)
    files.replace_file(place(), lambda part: part.write_text(written, "utf-8"))
