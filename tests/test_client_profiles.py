"""Several accounts by name: tokens in the keyring or an owner-only file, replaced in the middle of a run."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import keyring
import keyring.backend
import pytest
from click.testing import CliRunner

import zrtools as zr
from zrtools import cli

TOKEN, OTHER = "A" * 31 + "1", "B" * 31 + "2"
DAY = "2026-11-10"


class Ring(keyring.backend.KeyringBackend):
    """A keyring as a system has one."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is held."""
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Hold."""
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget."""
        del self.held[service, username]


class Locked(Ring):
    """A keyring that is locked, and says too much about it."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse."""
        raise RuntimeError(f"locked, cannot keep {password}")


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    """The file of the profiles, in a folder of its own."""
    place = tmp_path / "設定 folder" / "profiles.json"
    monkeypatch.setenv("ZRTOOLS_PROFILES", str(place))
    monkeypatch.delenv("ZRTOOLS_PROFILE", raising=False)
    return place


@pytest.fixture
def ring(file):
    """A keyring in place of the system's."""
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def save(own, name: str = "a", **options: object) -> str:
    """Keep the sandbox's account."""
    given = {"token": own.token, "client_id": own.client_id, "sms_code": own.sms_code, "base_url": own.url}
    return zr.client.save_profile(name, **{**given, **options})


def test_token_is_kept_in_the_keyring_where_there_is_one(own, ring, file):
    """The file then holds no token, and the client of the profile works."""
    assert save(own) == "keyring"
    assert own.token not in file.read_text("utf-8")
    assert ring.held == {("zrtools", "a"): own.token}
    with zr.Client(profile="a", pace=None) as client:
        assert client.templates().height > 0
        assert client.sms_code == own.sms_code
        assert own.token not in repr(client)
    zr.client.remove_profile("a")
    assert ring.held == {}
    assert zr.client.profile_names() == []


@pytest.mark.parametrize("backend", ["none", "locked", "unwanted"])
def test_token_is_kept_in_a_file_of_its_owner_else(own, ring, file, backend):
    """Without a keyring that can be used, or when told so, the token is in a file that nobody else can read."""
    if backend == "none":
        from keyring.backends.fail import Keyring

        keyring.set_keyring(Keyring())
    if backend == "locked":
        keyring.set_keyring(Locked())
    assert save(own, keyring=False if backend == "unwanted" else None) == str(file)
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
    with zr.Client(profile="a", pace=None) as client:
        assert client.templates().height > 0


def test_keyring_that_is_asked_for_and_cannot_be_used_is_told(own, ring, file):
    """A locked keyring is told with its kind alone: what it says may hold the token."""
    keyring.set_keyring(Locked())
    with pytest.raises(zr.ConfigurationError, match=r"keyring.*RuntimeError.*--no-keyring") as refused:
        save(own, keyring=True)
    assert own.token not in str(refused.value)
    assert refused.value.__cause__ is None
    assert not file.exists()


@pytest.mark.skipif(os.name != "posix", reason="rights are a folder's there")
def test_file_that_others_can_read_is_refused(own, file):
    """A file whose rights were opened is not used, and the error says what to do about the tokens."""
    save(own, keyring=False)
    file.chmod(0o644)
    with pytest.raises(zr.ConfigurationError, match="chmod 600") as refused:
        zr.Client(profile="a")
    assert own.token not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "\ufeff\x00"])
def test_file_that_is_damaged_is_told(file, text):
    """A file that cannot be read is told as that, and not as an account that is not there."""
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    with pytest.raises(zr.ConfigurationError, match="cannot be read"):
        zr.Client(profile="a")


def test_profile_that_is_not_there_is_told_with_those_that_are(own, file):
    """A misspelt name says which names there are."""
    with pytest.raises(zr.ConfigurationError, match=r"'b' \(there is none\).*zrtools profile set b"):
        zr.Client(profile="b")
    save(own, keyring=False)
    with pytest.raises(zr.ConfigurationError, match=r"'b' \(a\)"):
        zr.Client(profile="b")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "short"}, "32 letters and digits"),
        ({"client_id": "x"}, "client id"),
        ({"sms_code": "1"}, "sender code"),
        ({"base_url": "http://example.com"}, "http://"),
        ({"name": "a/b"}, "name"),
        ({"name": ""}, "name"),
    ],
)
def test_account_that_cannot_be_used_is_not_kept(own, file, given, said):
    """What a client would refuse is refused here, and nothing is written."""
    with pytest.raises(zr.ConfigurationError, match=said):
        save(own, keyring=False, **given)
    assert not file.exists()


def test_accounts_are_not_mixed(own, file, monkeypatch):
    """With a profile nothing is read from another account that stands in the environment; an argument outweighs it."""
    save(own, keyring=False, sms_code=None)
    monkeypatch.setenv("ZRTOOLS_TOKEN", OTHER)
    monkeypatch.setenv("ZRTOOLS_CLIENT_ID", "99999")
    monkeypatch.setenv("ZRTOOLS_SMS_CODE", "99999")
    monkeypatch.setenv("ZRTOOLS_BASE_URL", "http://127.0.0.1:9")
    with zr.Client(profile="a", pace=None) as client:
        assert (client.client_id, client.base_url) == (own.client_id, own.url)
        assert client.templates().height > 0
        with pytest.raises(zr.ConfigurationError, match="no sender code"):
            _ = client.sms_code
    with zr.Client(profile="a", sms_code="12345", pace=None) as client:
        assert client.sms_code == "12345"
    monkeypatch.setenv("ZRTOOLS_PROFILE", "a")
    with zr.Client(pace=None) as client:
        assert client.client_id == own.client_id
    with zr.Client(token=TOKEN, client_id="5") as client:
        assert (client.client_id, client.base_url) == ("5", "http://127.0.0.1:9")


def test_what_is_left_out_stays_as_it_was(own, file):
    """A token is replaced without typing the rest again."""
    save(own, keyring=False)
    zr.client.save_profile("a", token=OTHER, keyring=False)
    assert json.loads(file.read_text("utf-8"))["a"]["sms_code"] == own.sms_code
    zr.client.save_profile("a", sms_code="54321", keyring=False)
    assert json.loads(file.read_text("utf-8"))["a"]["token"] == OTHER


@pytest.mark.parametrize("refusal", ["code", "http"])
def test_token_of_a_profile_is_replaced_in_the_middle_of_a_run(own, file, monkeypatch, refusal):
    """The vendor's screen makes a new token, the profile takes it, and the run goes on: each message once."""
    save(own, keyring=False)
    asked = []

    def replaced(fields):
        if fields["clientTag"] == "t-10" and not asked:
            asked.append(True)
            monkeypatch.setattr(own.service, "token", OTHER)
            save(own, keyring=False, token=OTHER)
            return refusal == "http"
        return False

    own.faults.add("http", "send", times=None, status=401, when=replaced)
    with zr.Client(profile="a", pace=None, now=own.now) as client:
        messages = [zr.client.Outgoing(f"0901234{n:04d}", "x", f"t-{n}") for n in range(40)]
        outcomes = [outcome for _, outcome in client.send_each(messages)]
        assert all(isinstance(outcome, zr.client.SendReceipt) for outcome in outcomes)
        assert len(own.accepted) == 40
        own.faults.clear()
        own.faults.add("echo_token", "templates", status=404)
        with pytest.raises(zr.TransportError, match=r"token=\*\*\*") as failed:
            client.templates()
        assert OTHER not in str(failed.value)


def test_token_is_replaced_by_hand_from_another_thread(own, connected, monkeypatch):
    """A client without a profile takes a new token, too, while its calls go on; both stay hidden."""
    client = connected(at_once=2)
    own.faults.add("delay", "clean", seconds=0.02, times=None)

    def replace():
        monkeypatch.setattr(own.service, "token", OTHER)
        client.replace_token(f" {OTHER}\n")

    threading.Timer(0.3, replace).start()
    numbers = [f"0901234{n:04d}" for n in range(60)]
    assert client.clean(numbers, DAY, progress=False).height == 60
    own.faults.clear()
    own.faults.add("html", "templates", times=None)
    with pytest.raises(zr.UnexpectedResponseError):
        client.templates()
    with pytest.raises(zr.InputError, match="32 letters"):
        client.replace_token("short")
    with pytest.raises(zr.ConfigurationError, match="no profile"):
        client.replace_token()


def test_refused_token_that_was_not_replaced_is_asked_for_once(own, file):
    """A wrong token stays a refusal: it is not tried again and again."""
    save(own, keyring=False, token=OTHER)
    with zr.Client(profile="a", pace=None) as client, pytest.raises(zr.ApiError) as failed:
        client.templates()
    assert (failed.value.code, failed.value.field) == (110, "token")
    assert own.calls["templates"] == 1


# --------------------------------------------------------------------------------------- the commands


def run(*args: str, typed: str = ""):
    """Run a command as a person does."""
    return CliRunner().invoke(cli.root, list(args), input=typed)


def test_profile_is_made_by_answering_questions(own, file, ring):
    """The token is asked for, hidden; nothing of it is on the screen; the profile works with --profile."""
    done = run(
        "profile", "set", "a", "--base-url", own.url, "--lang", "en",
        typed=f"{own.token}\n{own.client_id}\n{own.sms_code}\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert own.token not in done.output
    assert "keyring" in done.output
    assert run("profile", "list").output == "a\n"
    checked = run("check", "--profile", "a", "--lang", "en")
    assert checked.exit_code == 0, checked.output
    assert "ZRTOOLS_PROFILE" not in os.environ
    assert run("profile", "remove", "a").exit_code == 0
    assert run("profile", "list", "--lang", "en").output == "There are no profiles.\n"


def test_token_is_replaced_from_a_file(own, file, tmp_path):
    """For machines without a person the token comes from a file, never from the command line."""
    save(own, keyring=False, token=OTHER)
    (tmp_path / "token").write_text(own.token + "\n")
    assert run("profile", "set", "a", "--token-file", str(tmp_path / "token"), "--no-keyring").exit_code == 0
    assert run("check", "--profile", "a").exit_code == 0
    assert "--token " not in run("profile", "set", "--help").output


def test_check_writes_a_report_that_shows_nothing(own, file, tmp_path):
    """Versions, settings, what works, shapes of odd answers: no token, id, sender code, number or text."""
    save(own, keyring=False)
    own.faults.add("html", "counts", times=None)
    own.faults.add("http", "templates", status=500, times=None, message=f"no 09012345678 for {own.client_id}")
    place = tmp_path / "new" / "report.txt"
    done = run("check", "--profile", "a", "--report", str(place), "--lang", "en")
    assert done.exit_code == 1, done.output
    text = place.read_text("utf-8")
    for secret in (own.token, own.client_id, own.sms_code, "09012345678"):
        assert secret not in text
    for told in ("polars ", "Python ", "works", "FAILS", "no JSON", "bytes of JSON: {code:", own.url):
        assert told in text, text


def test_report_of_a_client_holds_what_it_met(own, connected):
    """In a notebook the shapes of the last odd answers are those of the session."""
    client = connected()
    own.faults.add("no_code", "status")
    with pytest.raises(zr.UnexpectedResponseError):
        client.status(DAY)
    assert 'status: 15 bytes of JSON: {result: "aa"}' in client.support_report(lang="en")
