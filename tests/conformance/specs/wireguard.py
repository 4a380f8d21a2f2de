"""WireGuard: messages by their types."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("wireguard", "type", "wg.type", layers=("wg",), decode_as={"udp": "wg"})
