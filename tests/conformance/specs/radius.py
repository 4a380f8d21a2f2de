"""RADIUS: codes of packets."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("radius", "code", "radius.code", decode_as={"udp": "radius"})
