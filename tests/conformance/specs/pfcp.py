"""PFCP: kinds of message, of which several may stand in a datagram."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("pfcp", "kind", "pfcp.msg_type", decode_as={"udp": "pfcp"})
