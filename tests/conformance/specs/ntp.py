"""NTP: modes, one message a datagram."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("ntp", "mode", "ntp.flags.mode", decode_as={"udp": "ntp"})
