"""IEEE 802.15.4: kinds of frames."""

from __future__ import annotations

from tests.conformance.spec import Spec, counted, operations

SPEC = Spec(
    protocol="ieee802154",
    layers=("wpan", "wpan-tap"),
    fields=("wpan.frame_type",),
    theirs=lambda frame: counted(frame, kind="wpan.frame_type"),
    ours=lambda _, rows: (("kind", row.code) for row in operations(rows)),
)
