"""A form that takes the credentials and makes a client, the token never becoming widget state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as w
import polars as pl

from zrtools import client as service
from zrtools import words
from zrtools.arguments import checked
from zrtools.errors import ConfigurationError
from zrtools.forms.panel import Panel, heading, side_by_side, table
from zrtools.forms.private import PrivateText
from zrtools.texts import said

if TYPE_CHECKING:
    from zrtools.client import Client
else:
    from zrtools.arguments import Client

__all__ = ["ConnectForm", "connect"]


@checked
def connect(*, base_url: str | None = None, lang: str | None = None) -> ConnectForm:
    """Show a form that asks for the access token, client id and sender code, connects and checks what works.

    The token is typed into a field that is no widget state and is blanked at once. `form.client` is the client.
    """
    return ConnectForm(base_url=base_url, lang=lang)


class ConnectForm(Panel):
    """A form for credentials; `client` is there once it is connected: where the account works."""

    def __init__(self, *, base_url: str | None = None, lang: str | None = None) -> None:
        super().__init__(lang)
        self._base_url = base_url
        self._client: Client | None = None

        self.token = PrivateText(
            description=self.t("token"),
            placeholder=self.t("token_example"),
            secret=True,
            gone=self.t("token_gone"),
        )
        self.client_id = w.Text(description=self.t("client_id"))
        self.sms_code = w.Text(description=self.t("sms_code"))
        self.connect = w.Button(description=self.t("connect"), button_style="primary")
        self.result = w.HTML()
        self.children = (
            heading(self.t("connect_title")),
            self.token,
            self.client_id,
            self.sms_code,
            side_by_side(self.connect, self.hurdle),
            self.note,
            self.result,
        )
        self.token.on_text(self.react(self._typed))
        self.client_id.observe(self.react(self.refresh), "value")
        self.connect.on_click(self.react(self._connect))
        self.refresh()

    @property
    def client(self) -> Client:
        """The connected client; raises `ConfigurationError` before."""
        if self._client is None:
            raise ConfigurationError(said("forms.not_connected"))
        return self._client

    def _typed(self) -> None:
        # a second view, or the page after a reload, shows no token: it says that there is one
        self.token.say(self.t("token_there") if self.token.text else "")
        self.refresh()

    def _connect(self) -> None:
        # the second click of two finds the field blank, which is no wish to connect without a token
        if self.busy or self.connect.disabled:
            return
        token = self.token.text
        client_id, sms_code = self.client_id.value.strip(), self.sms_code.value.strip() or None
        self.token.clear()
        self.token.say(self.t("token_taken"))
        if self._client is not None:
            self._client.close()
            self._client = None

        def work() -> tuple[Client | None, pl.DataFrame]:
            made = service.Client(
                token=token, client_id=client_id, sms_code=sms_code, base_url=self._base_url
            )
            checks = made.check(lang=self.lang)
            # without the account no call works; a single option that does not is no obstacle
            if checks.filter(pl.col("check") == words.text("client.check.token", self.lang))["works"].any():
                return made, checks
            made.close()
            return None, checks

        def done(found: tuple[Client | None, pl.DataFrame]) -> None:
            self._client, checks = found
            self.result.value = self._table(checks)
            if self._client is None:
                self.say(self.t("not_connected"), "bad")
            else:
                self.say(self.t("connected"), "good")

        self.result.value = ""
        self.working(self.t("doing_connect"))
        self.act(work, done, self.t("doing_connect"))

    def _table(self, checks: pl.DataFrame) -> str:
        verdict = {True: self.t("works"), False: self.t("fails"), None: self.t("unknown")}
        failing = checks.filter(~pl.col("works")).head(1)
        if self._client is None and failing.is_empty():
            failing = checks.filter(pl.col("works").is_null()).head(1)
        # what fails for the same reason is told once, and the reason first
        others = checks.filter(~pl.col("detail").is_in(failing["detail"].implode()))
        return table(
            [self.t(key) for key in ("what", "result", "detail")],
            (
                (check, verdict[works], detail)
                for check, works, detail in pl.concat([failing, others]).iter_rows()
            ),
            bad=failing.height,
        )

    def refresh(self) -> None:
        """Show and enable what fits the form's stage."""
        needed = {self.t("token"): self.token.text, self.t("client_id"): self.client_id.value.strip()}
        missing = self.t("comma").join(name for name, value in needed.items() if not value)
        self.hold([self.t("fields_empty", names=missing)] if missing and self._client is None else [])
        self.connect.disabled = self.busy or bool(missing)
