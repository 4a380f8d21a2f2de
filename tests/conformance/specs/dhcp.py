"""DHCP: types of messages."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("dhcp", "type", "dhcp.option.dhcp")
