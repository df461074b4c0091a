"""Sending a frame of messages exactly once, through a journal on disk; and the numbers never to be sent to."""

from zrtools.outbox.guards import GUARDS
from zrtools.outbox.outbox import Outbox
from zrtools.outbox.preview import Preview
from zrtools.outbox.suppressions import Suppressions

__all__ = ["GUARDS", "Outbox", "Preview", "Suppressions"]
