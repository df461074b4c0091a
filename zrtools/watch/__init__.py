"""Watching an archive from cron: what is new since the last look, told once, to whom it concerns."""

from __future__ import annotations

from zrtools.watch.digest import LEVELS, Digest
from zrtools.watch.looking import look, weekly
from zrtools.watch.round import Told, alone, go_round
from zrtools.watch.state import State

__all__ = ["LEVELS", "Digest", "State", "Told", "alone", "go_round", "look", "weekly"]
