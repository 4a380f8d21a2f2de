"""IGMP: types."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("igmp", "type", "igmp.type")
