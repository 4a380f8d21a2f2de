"""BFD: states."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("bfd", "state", "bfd.sta", decode_as={"udp": "bfd"})
