"""GVCP: commands and answers."""

from __future__ import annotations

from tests.conformance.spec import by_columns

SPEC = by_columns("gvcp", {"message": ("code", "gvcp.cmd.command", "gvcp.ack")}, decode_as={"udp": "gvcp"})
