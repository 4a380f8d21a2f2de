"""BGP: types."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("bgp", "type", "bgp.type", decode_as={"tcp": "bgp"})
