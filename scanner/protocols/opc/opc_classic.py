"""OPC Classic (OPC DA, AE, HDA, Batch, Security) over DCOM: which of its interfaces are bound, with which
authentication, and what requests ask for as far as they show it.

Written from the interface definitions of the OPC Foundation (``_opc_interfaces``), [MS-DCOM] section 2.2.13 (ORPCTHIS),
3.1.1.5.6 (IRemUnknown) and C706 chapter 14 (NDR).

A bind whose first interface is one of OPC's is OPC Classic; its row names the interface and the numbers of its
operations, for requests say only the number of a presentation context (see ``dcerpc``, whose rows they are). A few
requests tell by themselves what they are, and only those are rows of this protocol:

- RemQueryInterface with identifiers of OPC interfaces;
- reads, writes and additions of items: two equal counts, as many handles or definitions, and a length that fits;
- OnDataChange, by which the server reports to a client's callback: a transaction of 0, two results, two equal counts.
  It is a notice: who takes it is a client for all that it answers.

A context that is added later keeps the authentication of the connection's first bind, which may be of another interface
and so in the sessions of ``dcerpc``.

Handles stand for items whose names were given when they were added; values, handles and names are not looked at. With
packet privacy nothing of a request can be read, and only binds remain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Related, Row, Sender, Session, Verb
from scanner.protocols.dcerpc._calls import REQUEST
from scanner.protocols.dcerpc._cases import ARGUMENTS, INTERFACES_ASKED, OPC_CASES, OPC_CLASSIC, RPC
from scanner.protocols.dcerpc._interfaces import INTERFACES
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc._pdu import (
    BIG,
    BINDS,
    HAS_OBJECT,
    LAST_FRAGMENT,
    LITTLE,
    OBJECT_STUB,
    Bind,
    Head,
    bind,
    head,
    is_orpc,
)
from scanner.protocols.dcerpc.dcerpc import NO_VERIFIER, bound
from scanner.wording import joined, said

RESOLVER = 135
_READ, _WRITE = 3, 4
_SOURCES = {1: said("from the cache"), 2: said("from the device")}
_VERIFIER, _PADDING = 8, 15  # the head of an authentication verifier, at most so many bytes of padding before it
_DEFINITION = 28  # OPCITEMDEF without what its pointers point to
_MOST_ITEMS = 4095
_CALLED_BACK = ("IOPCDataCallback", "IOPCEventSink", "IOPCShutdown")  # interfaces of clients


def probe(message: Message) -> bool:
    """A bind of an OPC interface, or a request whose arguments are those of an OPC operation."""
    try:
        about = head(message)
        if about.kind in BINDS:
            return bind(about, message.data).contexts[0].interface in OPC
        return about.kind == REQUEST and _request(about, message) is not None
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The interfaces of a bind and its authentication; the operation of a request."""
    about = head(message)
    if about.kind in BINDS:
        found: Bind = bind(about, message.data)
        if found.contexts[0].interface not in OPC:
            raise Malformed("the first interface is not one of OPC's")
        yield from bound(about, found)
        if OPC[found.contexts[0].interface].name not in _CALLED_BACK:
            # The client may be called back, at a port that only its object reference names.
            yield Related("tcp", 0, Sender.RECEIVER, (OPC_CLASSIC, RPC), within=300)
            # Where that is, the client's own object resolver is asked.
            yield Related("tcp", RESOLVER, Sender.RECEIVER, (RPC,), within=300, times=4)
        return
    operation = _request(about, message) if about.kind == REQUEST else None
    if operation is None:
        raise Malformed("not an operation of OPC")
    yield operation
    # What could be read is not encrypted, whatever the bind says that is not in view.
    verified = bool(about.authentication)
    yield Session(encrypted=False, detail=said("calls with verifier" if verified else "calls without verifier"))


def _request(about: Head, message: Message) -> Operation | None:
    """The operation that a request's arguments show; None when they show none of OPC's."""
    data = message.data
    if not about.first or not about.flags & HAS_OBJECT or not about.order.little or not is_orpc(data, OBJECT_STUB):
        return None
    number = about.order.number(data, 22, 2)
    if number == _READ:
        found = _asked(about, data) or _change(about, data) or _read(about, message) or _added(about, message)
    else:
        found = _written(about, message) if number == _WRITE else None
    if found is None:
        return None
    context = about.order.number(data, 20, 2)
    return replace(
        found,
        code=str(number),
        unit=said("context {n}", n=context),
        detail=joined((found.detail, "" if about.authentication else NO_VERIFIER)),
        filter=f"dcerpc.pkt_type == 0 && dcerpc.cn_ctx_id == {context} && dcerpc.opnum == {number}",
    )


def _count(about: Head, data: bytes, at: int) -> int:
    """A count of items and the equal count of the array behind it; 0 when they are not that."""
    first, second = about.order.number(data, at), about.order.number(data, at + 4)
    return first if first == second and first <= _MOST_ITEMS and len(data) >= at + 8 else 0


def _fits(about: Head, message: Message, size: int) -> bool:
    """The arguments end after ``size`` bytes of the PDU: with it, or with padding in front of the verifier."""
    if not about.flags & LAST_FRAGMENT:
        return message.length >= size
    left = message.length - size - (about.authentication + _VERIFIER if about.authentication else 0)
    return 0 <= left <= (_PADDING if about.authentication else 0)


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _read(about: Head, message: Message) -> Operation | None:
    """IOPCSyncIO::Read has source, count and handles; IOPCAsyncIO2::Read count, handles and transaction."""
    data = message.data
    source = _SOURCES.get(about.order.number(data, ARGUMENTS), "")
    count = _count(about, data, ARGUMENTS + 4)
    if source and count and _fits(about, message, ARGUMENTS + 12 + 4 * count):
        return Operation(Verb.READ, "IOPCSyncIO::Read", object=_items(count), detail=source)
    count = _count(about, data, ARGUMENTS)
    if count and _fits(about, message, ARGUMENTS + 12 + 4 * count):
        return Operation(Verb.READ, "IOPCAsyncIO2::Read", object=_items(count))
    return None


def _added(about: Head, message: Message) -> Operation | None:
    """IOPCItemMgt::AddItems: definitions whose item identifier is never missing and which are active or not."""
    data = message.data
    count = _count(about, data, ARGUMENTS)
    whole = message.length >= ARGUMENTS + 8 + _DEFINITION * count
    identifier, active = about.order.number(data, ARGUMENTS + 12), about.order.number(data, ARGUMENTS + 16)
    if count and whole and identifier and active <= 1 and len(data) >= ARGUMENTS + 20:
        return Operation(Verb.SUBSCRIBE, "IOPCItemMgt::AddItems", object=_items(count))
    return None


def _written(about: Head, message: Message) -> Operation | None:
    """Count, handles, and as many pointers to values: the same in IOPCSyncIO and IOPCAsyncIO2."""
    data = message.data
    count = _count(about, data, ARGUMENTS)
    values = ARGUMENTS + 8 + 4 * count
    if not count or about.order.number(data, values) != count or message.length < values + 4 + 8 * count:
        return None
    pointers = [data[at : at + 4] for at in range(values + 4, min(values + 4 + 4 * count, len(data) - 3), 4)]
    if b"\0\0\0\0" in pointers:
        return None
    return Operation(Verb.WRITE, "IOPCSyncIO::Write or IOPCAsyncIO2::Write", object=_items(count))


def _change(about: Head, data: bytes) -> Operation | None:
    """Transaction, group, quality and error of all (S_OK or S_FALSE), count, client handles."""
    number = about.order.number
    results = (number(data, ARGUMENTS + 8), number(data, ARGUMENTS + 12))
    if number(data, ARGUMENTS) == 0 and max(results) <= 1 and _count(about, data, ARGUMENTS + 16):
        return Operation(Verb.REPORT, "IOPCDataCallback::OnDataChange", Kind.NOTICE)
    return None


def _asked(about: Head, data: bytes) -> Operation | None:
    """IRemUnknown::RemQueryInterface: object, references, number of interfaces, their identifiers."""
    count = about.order.number(data, ARGUMENTS + 20, 2)
    if not 0 < count < 16 or about.order.number(data, ARGUMENTS + 24) != count:
        return None
    places = range(ARGUMENTS + 28, ARGUMENTS + 28 + 16 * min(count, INTERFACES_ASKED), 16)
    found = [u for u in (about.order.uuid(data, at) for at in places) if u]
    if not found or found[0] not in OPC:
        return None
    words = ", ".join(OPC[u].name if u in OPC else INTERFACES.get(u, u) for u in found)
    return Operation(Verb.SESSION, "IRemUnknown::RemQueryInterface", Kind.REQUEST, object=words)


PROTOCOL = Protocol(
    name=OPC_CLASSIC,
    title="OPC Classic",
    framing=LITTLE,
    more_framings=(BIG,),
    cases=OPC_CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.READ, Verb.WRITE, Verb.SUBSCRIBE, Verb.REPORT}),
    specification="OPC Common 1.10, DA 3.00, AE 1.10, HDA 1.20, Batch 2.00, Security 1.00; [MS-DCOM] section 2.2.13",
    display_filter="dcerpc",
    beneath=(RPC,),
)
