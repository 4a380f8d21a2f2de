"""PTP: message types, domains, grandmasters with what they are compared by, management, versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Kind, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number


def theirs(frame: Frame) -> Iterator[Value]:
    """Version 1 is counted by its control field."""
    if frame.get("ptp.versionptp") == ["1"]:
        yield "messages", "1"
        yield from counted(frame, control="ptp.controlfield", key="ptp.mm.managementmessagekey")
        yield from (("grandmaster", v) for v in frame.get("ptp.sdr.grandmasterclockuuid", ()))
        return
    yield from (("messages", "2") for _ in frame.get("ptp.v2.messagetype", ()))
    yield from counted(frame, type="ptp.v2.messagetype", domain="ptp.v2.domainnumber")
    yield from counted(
        frame,
        priority="ptp.v2.an.priority1",
        management="ptp.v2.mm.managementId",
        action="ptp.v2.mm.action",
        error="ptp.v2.mm.managementErrorId",
        negotiated="ptp.v2.sig.tlv.messageType",
    )
    for value in frame.get("ptp.v2.an.grandmasterclockidentity", ()):
        digits = value.removeprefix("0x")
        yield "grandmaster", f"{digits[:6]}.{digits[6:10]}.{digits[10:]}"


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Numbers from the bytes of the key, the rest from rows."""
    data = message.data
    version = data[1] & 0x0F
    yield "messages", str(version)
    operations = [r for r in rows if isinstance(r, Operation)]
    for row in operations:
        if row.object.startswith("grandmaster "):
            yield "grandmaster", row.object.removeprefix("grandmaster ")
    if version == 1:
        yield "control", operations[0].code.partition(":")[0]
        if data[32] == 4:
            yield "key", operations[0].code.removeprefix("4:")
        return
    yield "type", number(operations[0].code.partition(":")[0])
    yield "domain", operations[0].unit.rpartition(" ")[2]
    if operations[0].function == "Announce":
        yield "priority", operations[0].detail.removeprefix("priority ").partition("/")[0]
    if operations[0].function.startswith("Management"):
        yield "management", str(int(operations[0].filter.rpartition(" ")[2]))
        yield "action", operations[0].code.removeprefix("0xD:")
        if operations[0].kind is Kind.REFUSAL:
            yield "error", operations[0].refusal.rpartition("(")[2].rstrip(")")
    numbers = {"Sync": "0", "Announce": "11", "Delay_Resp": "9"}
    yield from (("negotiated", numbers[o.object.split()[0]]) for o in operations if "unicast" in o.function)


SPEC = Spec(
    protocol="ptp",
    layers=("ptp",),
    fields=(
        "ptp.versionptp",
        "ptp.controlfield",
        "ptp.mm.managementmessagekey",
        "ptp.sdr.grandmasterclockuuid",
        "ptp.v2.messagetype",
        "ptp.v2.domainnumber",
        "ptp.v2.an.priority1",
        "ptp.v2.an.grandmasterclockidentity",
        "ptp.v2.mm.managementId",
        "ptp.v2.mm.managementErrorId",
        "ptp.v2.mm.action",
        "ptp.v2.sig.tlv.messageType",
    ),
    theirs=theirs,
    ours=ours,
)
