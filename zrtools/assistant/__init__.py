"""A server for assistants (Model Context Protocol): answers from an archive, read-only, masked and bounded.

It imports no client, opens no connection, and speaks over standard input and output. Needs `zrtools[mcp]`.
"""

from __future__ import annotations

from zrtools.assistant.server import serve

__all__ = ["serve"]
