"""DICOM: PDUs that are no data, and the titles of who is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, number, operations

_ASKS, _DATA = "1", "4"


def theirs(frame: Frame) -> Iterator[Value]:
    """Types of PDUs; the title called."""
    kinds = [number(kind) for kind in frame.get("dicom.pdu.type", ())]
    yield from (("pdu", kind) for kind in kinds if kind != _DATA)
    if _ASKS in kinds:
        yield from (("called", title.strip()) for title in frame.get("dicom.assoc.ae.called", ()))


def ours(_: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Codes of PDUs are decimal, those of commands hexadecimal."""
    for row in operations(rows):
        if not row.code.startswith("0x"):
            yield "pdu", row.code
        if row.code == _ASKS:
            yield "called", row.object


SPEC = Spec(
    protocol="dicom",
    layers=("dicom",),
    fields=("dicom.pdu.type", "dicom.assoc.ae.called"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "dicom"},
)
