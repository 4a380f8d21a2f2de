"""POWERLINK: message types, nodes, services, invitations, NMT states and commands, SDO commands, addresses, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Identity, Operation, Row
from tests.conformance.spec import Frame, Spec, Value, counted


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
        sdo_command="epl.asnd.sdo.cmd.command.id",
    )
    yield from (("target", v) for v in frame.get("epl.dest", ()))
    yield from (("source", v) for v in frame.get("epl.src", ()))
    yield from (("address", v) for v in frame.get("epl.asnd.ires.ip", ()) if v != str(IPv4Address(0)))
    yield from (("hostname", v) for v in frame.get("epl.asnd.ires.hostname", ()) if v)


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """From the bytes of the key, names and addresses from rows."""
    data = message.data
    yield "messages", ""
    yield "type", str(data[0])
    if message.framing == "powerlink":
        yield "target", str(data[1])
        yield "source", str(data[2])
    tables = {4: ("poll response state", 3), 5: ("invitation", 6), 6: ("service", 3)}
    if data[0] in tables:
        table, at = tables[data[0]]
        yield table, str(data[at])
    if data[0] == 6:
        inner = {1: ("ident state", 6), 4: ("nmt command", 4)}
        if data[3] in inner:
            table, at = inner[data[3]]
            yield table, str(data[at])
        if data[3] == 5 and any(isinstance(r, Operation) and r.code != "0x06:5" for r in rows):
            yield "sdo command", str(data[11])
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
        "epl.asnd.sdo.cmd.command.id",
    ),
    theirs=theirs,
    ours=ours,
)
