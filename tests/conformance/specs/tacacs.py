"""TACACS+: types of packets."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("tacacs", "type", "tacplus.type", layers=("tacplus",), decode_as={"tcp": "tacplus"})
