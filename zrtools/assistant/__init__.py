"""A server for assistants (Model Context Protocol): answers from an archive, read-only, masked and bounded.

It imports no client, opens no connection, and speaks over standard input and output. Needs `zrtools[mcp]`.
"""

from __future__ import annotations

from zrtools.assistant.answers import LEAST, MOST_BYTES
from zrtools.assistant.desk import Settings
from zrtools.assistant.server import MOST_REQUEST, build, serve
from zrtools.assistant.tools import TOOLS

__all__ = ["LEAST", "MOST_BYTES", "MOST_REQUEST", "TOOLS", "Settings", "build", "serve"]
