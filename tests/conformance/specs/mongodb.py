"""MongoDB: codes of operations."""

from __future__ import annotations

from tests.conformance.spec import Spec, counted, operations

SPEC = Spec(
    protocol="mongodb",
    layers=("mongo",),
    fields=("mongo.opcode",),
    theirs=lambda frame: counted(frame, code="mongo.opcode"),
    ours=lambda _, rows: (("code", row.code) for row in operations(rows)),
    decode_as={"tcp": "mongo"},
)
