"""GVSP: the kind of each packet."""

from __future__ import annotations

from tests.conformance.spec import by_columns

SPEC = by_columns("gvsp", {"packet": ("code", "gvsp.format")}, decode_as={"udp": "gvsp"})
