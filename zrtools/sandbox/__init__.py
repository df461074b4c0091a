"""The service's whole API as a local server: simulated traffic, planted incidents, faults on demand.

It checks requests by itself, from the published rules, and shares nothing with the client but the tables of
codes: a misreading cannot hide on both sides.
"""

from zrtools.sandbox.faults import CALLS, KINDS, Fault, Faults
from zrtools.sandbox.server import Arrival, Sandbox
from zrtools.sandbox.service import Message

__all__ = ["CALLS", "KINDS", "Arrival", "Fault", "Faults", "Message", "Sandbox"]
