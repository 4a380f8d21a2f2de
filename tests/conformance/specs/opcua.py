"""OPC UA: message types, services, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.spec import Frame, Spec, Value, operations

POLICY = "http://opcfoundation.org/UA/SecurityPolicy#"


def theirs(frame: Frame) -> Iterator[Value]:
    """A chunk that continues counts with the last; channel services are counted by message type."""
    kinds = frame.get("opcua.transport.type", ())
    for kind in kinds:
        yield "message type", kind
    for policy in frame.get("opcua.security.spu", ()):
        yield "policy", policy.removeprefix(POLICY)
    if not {"OPN", "CLO"} & set(kinds):
        for service in frame.get("opcua.servicenodeid.numeric", ()):
            yield "service", service


def ours(_message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The first operation says what it is."""
    row = operations(rows)[0]
    yield "message type", "MSG" if row.code.isdigit() else row.code
    if row.code.isdigit():
        yield "service", row.code
    elif row.code == "OPN":
        found = re.search(r"policy ([^,]*)", row.detail)
        yield "policy", found.group(1) if found else ""


SPEC = Spec(
    protocol="opcua",
    layers=("opcua",),
    fields=("opcua.transport.type", "opcua.security.spu", "opcua.servicenodeid.numeric"),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "opcua"},
)
