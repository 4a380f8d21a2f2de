"""POWERLINK: message types, nodes, services, invitations, NMT states and commands, SDO commands, addresses, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Row
from tests.conformance.spec import Frame, Spec, Value, counted, number, operations

ASYNCHRONOUS = 6


def theirs(frame: Frame) -> Iterator[Value]:
    """One message a frame; the reserved bit of the type is none of it."""
    yield "messages", ""
    yield from counted(
        frame,
        type="epl.mtyp",
        service="epl.asnd.svid",
        invitation="epl.soa.svid",
        poll_response_state="epl.pres.stat",
        ident_state="epl.asnd.ires.state",
        nmt_command="epl.asnd.nmtcommand.cid",
        nmt_request="epl.asnd.nmtrequest.rcid",
        sdo_command="epl.asnd.sdo.cmd.command.id",
    )
    yield from (("target", v) for v in frame.get("epl.dest", ()))
    yield from (("source", v) for v in frame.get("epl.src", ()))
    yield from (("address", v) for v in frame.get("epl.asnd.ires.ip", ()) if v != str(IPv4Address(0)))
    yield from (("hostname", v) for v in frame.get("epl.asnd.ires.hostname", ()) if v)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """Types, services and commands are the row's, names and addresses too; nodes and states of the key."""
    data = message.data
    yield "messages", ""
    row = operations(rows)[0]
    coded = [number(part) for part in row.code.removeprefix("SDO ").split(":")]
    in_asynchronous = data[0] == ASYNCHRONOUS and ":" not in row.code
    yield "type", str(ASYNCHRONOUS) if in_asynchronous else coded[0]
    if message.framing == "powerlink":
        yield "target", str(data[1])
        yield "source", str(data[2])
    if data[0] == 4:
        yield "poll response state", str(data[3])
    elif data[0] == 5:
        yield "invitation", coded[1]
    elif data[0] == ASYNCHRONOUS:
        yield "service", str(data[3]) if in_asynchronous else coded[1]
        if data[3] == 1:
            yield "ident state", str(data[6])
        elif in_asynchronous:
            yield {3: "nmt request", 4: "nmt command", 5: "sdo command"}[data[3]], coded[0]
    kinds = {"ip": "address", "hostname": "hostname"}
    yield from ((kinds[r.field], r.value) for r in rows if isinstance(r, Identity) and r.field in kinds)


SPEC = Spec(
    protocol="powerlink",
    layers=("epl",),
    fields=(
        "epl.mtyp",
        "epl.dest",
        "epl.src",
        "epl.asnd.svid",
        "epl.soa.svid",
        "epl.pres.stat",
        "epl.asnd.ires.state",
        "epl.asnd.ires.ip",
        "epl.asnd.ires.hostname",
        "epl.asnd.nmtcommand.cid",
        "epl.asnd.nmtrequest.rcid",
        "epl.asnd.sdo.cmd.command.id",
    ),
    theirs=theirs,
    ours=ours,
)
