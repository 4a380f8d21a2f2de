"""TACACS+: types of packets."""

from __future__ import annotations

from tests.conformance.spec import Spec, counted, operations

SPEC = Spec(
    protocol="tacacs",
    layers=("tacplus",),
    fields=("tacplus.type",),
    theirs=lambda frame: counted(frame, type="tacplus.type"),
    ours=lambda _, rows: (("type", row.code) for row in operations(rows)),
    decode_as={"tcp": "tacplus"},
)
