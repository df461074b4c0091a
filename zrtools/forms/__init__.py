"""Forms for notebooks: those that act receive a client, those that only look receive a frame or archive.

>>> import zrtools as zr
>>> client = zr.Client.sandbox()
>>> form = zr.forms.send(client)
>>> client.close()
"""

from __future__ import annotations

from zrtools.forms.campaigning import campaign
from zrtools.forms.cleaning import clean
from zrtools.forms.connecting import connect
from zrtools.forms.exploring import failures
from zrtools.forms.reserving import reservations
from zrtools.forms.sending import send

__all__ = ["campaign", "clean", "connect", "failures", "reservations", "send"]
