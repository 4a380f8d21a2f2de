"""IEEE 802.15.4: kinds of frames."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("ieee802154", "kind", "wpan.frame_type", layers=("wpan", "wpan-tap"))
