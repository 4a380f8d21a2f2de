"""MMS: services asked for, answered and sent unasked; errors, rejects, associations; identities; variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Kind, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted

READ, WRITE = "4", "5"
FEW = 40  # variables; of longer lists otaudit names only the first
PDUS = {
    "error": "mms.confirmed_ErrorPDU_element",
    "reject": "mms.rejectPDU_element",
    "associate request": "mms.initiate_RequestPDU_element",
    "associate response": "mms.initiate_ResponsePDU_element",
    "conclude request": "mms.conclude_RequestPDU_element",
    "conclude response": "mms.conclude_ResponsePDU_element",
}


def theirs(frame: Frame) -> Iterator[Value]:
    """Variables of frames that hold one request and nothing else."""
    yield from counted(
        frame,
        request="mms.confirmedServiceRequest",
        response="mms.confirmedServiceResponse",
        unconfirmed="mms.unconfirmedService",
    )
    for name, field in PDUS.items():
        yield from (("PDU", name) for _ in frame.get(field, ()))
    yield from (("vendor", v) for v in frame.get("mms.vendorName", ()))
    yield from (("model", v) for v in frame.get("mms.modelName", ()))
    if frame.get("mms.confirmedServiceResponse") == [WRITE]:
        yield from (("written", v) for v in frame.get("mms.Write_Response_item", ())[:FEW])
    requests = frame.get("mms.confirmedServiceRequest", ())
    alone = (
        len(requests) == 1 and not frame.get("mms.confirmedServiceResponse") and not frame.get("mms.unconfirmedService")
    )
    items = frame.get("mms.itemId", ())
    if alone and requests[0] in (READ, WRITE) and len(items) <= FEW:
        yield from (("variable", i) for i in items)


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """One PDU a message; a Read or Write has a row for each variable, the answer to a Write for each result."""
    operations = [r for r in rows if isinstance(r, Operation)]
    row = operations[0]
    if row.code and "unconfirmed" in row.filter:
        yield "unconfirmed", row.code
    elif row.code:
        asked = "Request" in row.filter
        yield "request" if asked else "response", row.code
        if not asked and row.code == WRITE:
            yield from (("written", "1" if r.kind is Kind.RESPONSE else "0") for r in operations[:FEW])
        if asked and row.code in (READ, WRITE) and len(operations) <= FEW:
            yield from (("variable", r.object.rsplit("/", 1)[1]) for r in operations if "/" in r.object)
    else:
        name = {"Confirmed Error": "error", "Reject": "reject"}.get(row.function, row.function.lower())
        if name == "associate" and row.detail:
            name += " request" if row.kind is Kind.REQUEST else " response"
        if name in PDUS:
            yield "PDU", name
    fields = [r for r in rows if isinstance(r, Identity)]
    yield from ((r.field, r.value) for r in fields if r.field in ("vendor", "model"))


SPEC = Spec(
    protocol="mms",
    layers=("mms",),
    fields=(
        "mms.confirmedServiceRequest",
        "mms.confirmedServiceResponse",
        "mms.unconfirmedService",
        *PDUS.values(),
        "mms.vendorName",
        "mms.modelName",
        "mms.itemId",
        "mms.Write_Response_item",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "tpkt"},
)
