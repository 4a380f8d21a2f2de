"""PROFINET IO context manager: connections between controllers and devices, records read and written, over
connectionless DCE/RPC; also the endpoint mapper of PROFINET devices, which tells what they are.

Written from IEC 61158-6-10 section 5.2 (services of the context manager) and The Open Group C706 chapters 12.5
(connectionless PDUs), 14 (NDR) and appendix O (endpoint mapper). ``_dcerpc`` has what both kinds of DCE/RPC share,
``_profinet_cases`` which bytes are meaning, ``_profinet_blocks`` the blocks, ``_profinet_names`` the names,
``_profinet_mapper`` what the endpoint mapper says.

A device answers from any port it likes, and the two ends may use different byte orders. Of a service in several
fragments the first one is read; what lies in later ones (further records of a multiple write) is not shown.

PROFINET IO up to conformance class C knows neither login nor encryption; a Connect is a session without credentials.
I&M0 of other slots than 0 describes a module, not the device: it is a notice, never an identity of the device.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.framing.language import Byte, Framing, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Related, Row, Sender, Session, Verb
from scanner.protocols.dcerpc._calls import (
    FAULT,
    PDU_TYPES,
    REJECT,
    REQUEST,
    RESPONSE,
    Order,
    order_of,
    status_text,
)
from scanner.protocols.dcerpc._endpoints import mapped
from scanner.protocols.profinet import _names as names
from scanner.protocols.profinet._blocks import (
    MODULE_DIFF,
    Address,
    address,
    blocks,
    contained,
    identification,
    interface,
    is_station,
    maintenance,
    maker_of,
    relation,
    responder,
    word,
    writes,
    written,
)
from scanner.protocols.profinet._cases import BLOCKS, CASES, EPM_TAIL, HEADER, NAME, PNIO_TAIL, RECORD
from scanner.protocols.profinet._mapper import LOOKUP, MAP, MAPPER_OPERATIONS, annotated, looked_up
from scanner.protocols.profinet._profiles import asked
from scanner.protocols.profinet._real_data import RECORDS, found_out
from scanner.wording import joined, said

PORT = 34964
RT = 0x8892  # EtherType of the cyclic data that a Connect is about
_LAST, _FRAGMENT = 0x02, 0x04  # bits of the first flags

FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(
        Byte(0, 4),
        Byte(1, range(11)),
        Byte(4, (0x00, 0x10)),
        *(Byte(32 + at, pair) for at, pair in enumerate(zip(PNIO_TAIL, EPM_TAIL, strict=True))),
        Size(HEADER),
    ),
    ports={"udp": (PORT,)},
    confirmations=1,
    pair_by_requester=True,
)

_PNIO = tuple(uuid.UUID(f"dea0000{n}-6c97-11d1-8271-00a02442df7d") for n in (1, 2, 3, 4))
_MAPPER = uuid.UUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa")
_INTERFACES = {
    Order(little=True): {u.bytes_le: u for u in (*_PNIO, _MAPPER)},
    Order(little=False): {u.bytes: u for u in (*_PNIO, _MAPPER)},
}


@dataclass(frozen=True, slots=True)
class _Head:
    """What the RPC header says."""

    kind: int
    order: Order
    interface: uuid.UUID | None  # None when it is neither PROFINET IO nor the endpoint mapper
    operation: int
    fragment: int
    partly: bool  # more of it follows in later fragments, or was not captured


def _head(message: Message) -> _Head:
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for a connectionless RPC header", length=len(data))
    order = order_of(data[4])
    if data[0] != 4 or order is None or data[1] not in range(11):
        raise Malformed("no connectionless RPC header")
    if order.number(data, 74, 2) > message.length - HEADER:
        raise Malformed("the fragment is longer than its datagram")
    return _Head(
        kind=data[1],
        order=order,
        interface=_INTERFACES[order].get(data[24:40]),
        operation=order.number(data, 68, 2),
        fragment=order.number(data, 76, 2),
        partly=data[2] & (_FRAGMENT | _LAST) == _FRAGMENT or len(data) < message.length,
    )


def probe(message: Message) -> bool:
    """A PDU for an interface of PROFINET IO, or for the endpoint mapper at PROFINET's own port."""
    try:
        head = _head(message)
    except Malformed:
        return False
    if message.transport != "udp":
        return False
    return head.interface in _PNIO or (head.interface == _MAPPER and message.port == PORT)


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one PDU, what a Connect, an I&M0 record or the endpoint mapper says of devices."""
    head, data = _head(message), message.data
    if head.interface == _MAPPER:
        yield from _mapper(head, data, message.source)
        return
    if head.interface is None:
        raise Malformed("the interface is not one of PROFINET IO")
    if head.kind in (FAULT, REJECT):
        refused = _operation(head, Kind.REFUSAL, _rejection(head, data))
        yield replace(refused, filter=f"dcerpc.pkt_type == {head.kind}")
    elif head.kind not in (REQUEST, RESPONSE) or head.fragment:
        yield _housekeeping(head)
    elif head.operation == names.CONNECT:
        yield from _connect(head, data)
    elif head.operation in (names.RELEASE, names.CONTROL):
        yield _control(head, data)
    elif head.operation in (names.READ, names.READ_IMPLICIT):
        yield from _read(head, data)
    elif head.operation == names.WRITE:
        yield from _write(head, data)
    else:
        yield _operation(head, *_outcome(head, data))


def _housekeeping(head: _Head) -> Operation:
    """Pings, acknowledgements and the like, and fragments behind the first."""
    service = names.OPERATIONS.get(head.operation, f"operation {head.operation}")
    later = head.kind in (REQUEST, RESPONSE)
    function = f"{service}, further fragment" if later else PDU_TYPES[head.kind]
    return Operation(Verb.SESSION, function, Kind.NOTICE, str(head.kind), filter=f"dcerpc.pkt_type == {head.kind}")


def _rejection(head: _Head, data: bytes) -> str:
    if len(data) < HEADER + 4:
        raise Malformed("no reason for the refusal")
    return status_text(head.order.number(data, HEADER))


def _operation(head: _Head, kind: Kind, refusal: str = "", verb: Verb | None = None, **more: str) -> Operation:
    """A service; what it is without further knowledge is a matter of the session."""
    number = head.operation
    fields = {
        "function": names.OPERATIONS.get(number, f"operation {number}"),
        "code": str(number),
        "filter": f"pn_io.opnum == {number}",
    }
    return Operation(verb=verb or _VERBS.get(number, Verb.UNKNOWN), kind=kind, refusal=refusal, **{**fields, **more})


_VERBS = {
    names.CONNECT: Verb.SESSION,
    names.RELEASE: Verb.SESSION,
    names.READ: Verb.READ,
    names.WRITE: Verb.WRITE,
    names.CONTROL: Verb.SESSION,
    names.READ_IMPLICIT: Verb.READ,
}


def _outcome(head: _Head, data: bytes) -> tuple[Kind, str]:
    """(kind, refusal) by the PNIOStatus in front of a response's arguments; it is in the byte order of the PDU."""
    if head.kind == REQUEST:
        return Kind.REQUEST, ""
    if len(data) < HEADER + 4:
        raise Malformed("a response without PNIOStatus")
    status = head.order.number(data, HEADER)
    refusal = names.status_name(*status.to_bytes(4, "big"))
    return (Kind.REFUSAL if refusal else Kind.RESPONSE), refusal


def _connect(head: _Head, data: bytes) -> Iterator[Row]:
    kind, refusal = _outcome(head, data)
    found = list(blocks(data, BLOCKS))
    if kind is Kind.REQUEST:
        asked = relation(found)
        vendor, device = maker_of(head.order.uuid(data, 8))
        yield replace(_operation(head, kind), object=f"{vendor} {device}".strip(), detail=asked.detail)
        # Some devices answer, and are asked from then on, at a port of their own.
        yield Related("udp", 0, None, (NAME,), within=30, proves_itself=True)
        yield Session(credentials="none", authenticated=False, encrypted=False)
        yield from asked.identities
        return
    yield _operation(head, kind, refusal)
    if kind is Kind.RESPONSE:
        # The device calls the controller back: its application is ready, and alarms.
        yield Related("udp", PORT, Sender.SENDER, (NAME,))
        yield Related("ethernet", RT, None, ("profinet-rt",))  # their cyclic data
        yield from responder(found, head.order.uuid(data, 8))
        if any(b.type == MODULE_DIFF for b in found):
            yield Operation(
                Verb.DIAGNOSE,
                "ModuleDiffBlock",
                Kind.NOTICE,
                f"0x{MODULE_DIFF:04X}",
                detail=said("modules differ from those expected, or are not ready"),
                filter=f"pn_io.block_type == 0x{MODULE_DIFF:04x}",
            )


def _control(head: _Head, data: bytes) -> Operation:
    kind, refusal = _outcome(head, data)
    block = word(data, BLOCKS) if len(data) >= BLOCKS + 2 else 0
    if kind is Kind.REQUEST and not block:
        raise Malformed("a control request without block")
    name = names.CONTROLS.get(block & 0x7FFF, f"block 0x{block:04X}" if block else "")
    found = _operation(head, kind, refusal)
    if head.operation == names.RELEASE or not name:
        return found
    return replace(found, function=f"Control: {name}", code=f"{head.operation}:0x{block & 0x7FFF:04X}")


def _record(
    head: _Head, where: Address, kind: Kind, refusal: str = "", detail: str = "", *, written: bytes = b""
) -> Operation:
    """A record read or written."""
    reads = head.operation != names.WRITE
    verb, words = asked(where.index, written)
    return _operation(
        head,
        kind,
        refusal,
        verb or (names.read_verb if reads else names.write_verb)(where.index),
        unit=where.unit,
        object=where.object,
        detail=joined((words, detail)),
        filter=f"pn_io.opnum == {head.operation} && pn_io.index == 0x{where.index:04x}",
    )


def _read(head: _Head, data: bytes) -> Iterator[Row]:
    kind, refusal = _outcome(head, data)
    if kind is Kind.REFUSAL and len(data) < BLOCKS + 36:
        yield _operation(head, kind, refusal)
        return
    where = address(data[BLOCKS:])
    yield _record(head, where, kind, refusal)
    if kind is not Kind.RESPONSE:
        return
    if where.index in RECORDS or where.index == names.REAL_DATA:
        yield from found_out(data[RECORD:], where)
    if where.index in (names.INTERFACE_DATA, names.REAL_DATA):
        yield from interface(data[RECORD + (16 if where.index == names.REAL_DATA else 0) :])
    elif where.index == names.IM0:
        yield from _identified(where, data[RECORD : RECORD + 60])


def _identified(where: Address, record: bytes) -> Iterator[Row]:
    """I&M0 of the station itself, or of one of its modules."""
    known = identification(record)
    if known and is_station(where):
        yield from known.rows()
    elif known:
        yield Operation(
            Verb.IDENTIFY,
            "I&M0",
            Kind.NOTICE,
            f"0x{names.IM0:04X}",
            where.unit,
            "module",
            known.text(),
            filter=f"pn_io.index == 0x{names.IM0:04x}",
        )


def _write(head: _Head, data: bytes) -> Iterator[Row]:
    kind, refusal = _outcome(head, data)
    if kind is Kind.REFUSAL and len(data) < BLOCKS + 36:
        yield _operation(head, kind, refusal)
        return
    where = address(data[BLOCKS:])
    if kind is not Kind.REQUEST and not refusal and len(data) >= BLOCKS + 48:
        refusal = names.status_name(*data[BLOCKS + 44 : BLOCKS + 48])
        kind = Kind.REFUSAL if refusal else kind
    parts = list(_parts(head, where, data))
    if not parts or (kind is Kind.REFUSAL and not any(p.refusal for p in parts)):
        record = data[RECORD : RECORD + 60] if kind is Kind.REQUEST else b""
        parts = [_record(head, where, kind, refusal, maintenance(where.index, record), written=record)]
    yield from parts


def _parts(head: _Head, where: Address, data: bytes) -> Iterator[Operation]:
    """The records of a multiple write or of a container, one by one."""
    several = where.index == names.WRITE_MULTIPLE
    if head.kind == REQUEST:
        found = list(writes(data, RECORD)) if several else []
        if where.index == names.CONTAINER:
            found = [(where, b""), *contained(data[RECORD:])]
        for number, (one, record) in enumerate(found, 1):
            detail = said("further records are not shown") if head.partly and number == len(found) else ""
            yield _record(head, one, Kind.REQUEST, detail=detail, written=record)
    elif several:
        for one, refusal in written(data, RECORD):
            yield _record(head, one, Kind.REFUSAL if refusal else Kind.RESPONSE, refusal)


# --- endpoint mapper --------------------------------------------------------------------------------------------------


def _mapper(head: _Head, data: bytes, source: str) -> Iterator[Row]:
    name, verb = MAPPER_OPERATIONS.get(head.operation, (f"endpoint mapper operation {head.operation}", Verb.UNKNOWN))
    found = Operation(verb, name, code=str(head.operation), filter=f"epm.opnum == {head.operation}")
    if head.kind == REQUEST and not head.fragment:
        yield found
    elif head.kind == RESPONSE and not head.fragment:
        yield replace(found, kind=Kind.RESPONSE)
        if head.operation == LOOKUP:
            yield from annotated(head.order, data)
            ports = looked_up(head.order, data, source)
        else:
            ports = mapped(head.order, data[HEADER:], source, "udp") if head.operation == MAP else ()
        for port in ports:
            yield Related("udp", port, Sender.RECEIVER, (NAME,))
    elif head.kind in (FAULT, REJECT):
        yield replace(found, kind=Kind.REFUSAL, refusal=_rejection(head, data))
    else:
        yield _housekeeping(head)


PROTOCOL = Protocol(
    name=NAME,
    title="PROFINET IO (context manager)",
    short="PROFINET IO",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="records hold counters that change beside what devices found out of their ports; the key has the first "
    "block and the length",
    verbs=frozenset(
        {
            Verb.SESSION,
            Verb.READ,
            Verb.IDENTIFY,
            Verb.DIAGNOSE,
            Verb.WRITE,
            Verb.CONFIGURE,
            Verb.OPERATE,
            Verb.UNKNOWN,
        }
    ),
    specification="IEC 61158-6-10 section 5.2 (IO services); C706 sections 12.5 (PDUs), 14 (NDR), appendix O (mapper)",
    display_filter="pn_io_device || pn_io_controller || pn_io_supervisor || pn_io_parameterserver",
)
