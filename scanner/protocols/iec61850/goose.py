"""IEC 61850 GOOSE at layer 2 and over IP (R-GOOSE): which control blocks are published, as test, with which security.

Written from IEC 61850-8-1:2011 sections 18 and annexes A (IECGoosePdu) and C (Ethernet header), IEC 62351-6:2020;
``_iec61850_routed`` has the session layer of IEC 61850-90-5.

The key holds APPID, Reserved 1 (simulation bit, security) and of the PDU gocbRef, datSet, goID, test (edition 1; 2 has
simulation there), confRev and ndsCom. Of stNum and sqNum counts whether they are 0, 1 or more, which tells a change of
state (sqNum is 0) and a publisher that started anew (stNum is 1, sqNum 0 or 1) from repetitions, so that both are
counted, and so are those whose stNum is lower than it was. timeAllowedtoLive, t and the data change with every
publication: they are those of the first such message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import BerElements, Byte, Case, Framing, Numbering, Part, Range, Role, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Publication, Row, Verb
from scanner.protocols.common.ber import Element, constructed, unsigned
from scanner.protocols.common.text import quoted, readable
from scanner.protocols.iec61850 import _routed as routing
from scanner.protocols.iec61850._ethernet import Frame, appid, frame, security
from scanner.wording import joined, said

_NAME = "goose"
GOOSE_PDU, MANAGEMENT_PDU = 0x61, 0x60

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(8, (GOOSE_PDU, MANAGEMENT_PDU)),),
    ports={"ethertype": (0x88B8, 0x88B9)},
    confirmations=1,
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------

_HEAD = (Range(0, 2), Range(4, 6))
_REFERENCE, _TTL, _DATA_SET, _ID, _TIME, _STATE, _SEQUENCE, _TEST, _REVISION, _COMMISSION, _COUNT = range(0x80, 0x8B)
_COUNTERS = (_STATE, _SEQUENCE)
_NUMBERING = Numbering(_SEQUENCE, _STATE, _TTL)
_LASTING = (_REFERENCE, _DATA_SET, _ID, _TEST, _REVISION, _COMMISSION)


def _published(at: int, when: tuple[Byte, ...], head: tuple[Part, ...]) -> Case:
    """Publications whose APDU begins at ``at``."""
    said = BerElements(at, (GOOSE_PDU,), _LASTING, _COUNTERS, numbering=_NUMBERING)
    return Case(_NAME, (*when, Byte(at, GOOSE_PDU)), (*head, said), Role.NOTICE)


ROUTED = routing.framing("r-goose", routing.GOOSE, routing.TUNNELLED, routing.MANAGEMENT)
CASES = (
    *(_published(*place) for place in routing.places(routing.GOOSE)),
    *(
        Case(_NAME, *routing.others(kind), Role.NOTICE)
        for kind in (routing.GOOSE, routing.TUNNELLED, routing.MANAGEMENT)
    ),
    _published(8, (), _HEAD),
    Case(_NAME, (Byte(8, (GOOSE_PDU, MANAGEMENT_PDU)),), (*_HEAD, Range(8, 9)), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------

_TAGS = (GOOSE_PDU, MANAGEMENT_PDU)


def probe(message: Message) -> bool:
    """The header holds, and a publication names its control block."""
    try:
        if message.transport == "udp":
            carried = routing.routed(message, *_TAGS)
            found = carried.frame
            if carried.kind != routing.GOOSE or found is None:
                return message.port == routing.PORT
        elif message.transport == "ethernet":
            found = frame(message, *_TAGS)
        else:
            return False
        return found.apdu.tag == MANAGEMENT_PDU or bool(_text(_fields(found), _REFERENCE))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """One notice a publication, and whether it is secured."""
    if message.transport == "udp":
        yield from _routed(message)
        return
    found = frame(message, *_TAGS)
    if found.apdu.tag == MANAGEMENT_PDU:
        yield _management(found)
        return
    protection = security(found)
    yield _publication(found, "GOOSE", *_order(message))
    yield protection
    yield _published_as(found, "GOOSE", signed=bool(protection.authenticated))


def _management(found: Frame) -> Operation:
    return Operation(Verb.READ, "GSE Management", Kind.NOTICE, unit=appid(found), filter="goose.gseMngtPdu_element")


def _publication(found: Frame, function: str, *more: str) -> Operation:
    values = _fields(found)
    reference = _text(values, _REFERENCE)
    if not reference:
        raise Malformed("no control block reference")
    return Operation(
        verb=Verb.REPORT,
        function=function,
        kind=Kind.NOTICE,
        unit=appid(found),
        object=reference,
        detail=joined((*_details(found, values), *more)),
        filter=f"goose.gocbRef == {quoted(reference)}",
    )


def _published_as(found: Frame, function: str, *, signed: bool) -> Publication:
    values = _fields(found)
    reference = _text(values, _REFERENCE)
    test, commissioning = _number(values, _TEST), _number(values, _COMMISSION)
    return Publication(
        function=function,
        block=reference,
        unit=appid(found),
        data_set=_text(values, _DATA_SET),
        name=_text(values, _ID),
        revision=_number(values, _REVISION),
        simulated=found.simulated,
        test=None if test is None else bool(test),
        commissioning=None if commissioning is None else bool(commissioning),
        signed=signed,
        filter=f"goose.gocbRef == {quoted(reference)}",
    )


def _routed(message: Message) -> Iterator[Row]:
    """A publication over IP; what it is, where it cannot be read."""
    carried = routing.routed(message, *_TAGS)
    found = carried.frame
    if carried.kind != routing.GOOSE or found is None:
        name = {routing.TUNNELLED: "Tunnelled GOOSE or SV", routing.MANAGEMENT: "R-GOOSE Management"}
        function = name.get(carried.kind, "R-GOOSE")
        yield Operation(Verb.REPORT, function, Kind.NOTICE, filter=f"udp.payload[2] == 0x{carried.kind:02x}")
    elif found.apdu.tag == MANAGEMENT_PDU:
        yield _management(found)
    else:
        signed = said("signed") if carried.session.authenticated else said("not signed")
        yield _publication(found, "R-GOOSE", *_order(message), signed)
        yield _published_as(found, "R-GOOSE", signed=bool(carried.session.authenticated))
    yield carried.session


def _order(message: Message) -> Iterator[str]:
    """States only count up, or begin anew with 1 (IEC 61850-8-1, section 18.1.2): a subscriber that checks it takes the
    message for a replay (IEC 62351-6, section 7), or somebody else published a higher one before.
    """
    if message.set_back:
        yield said("stNum set back")


def _fields(found: Frame) -> dict[int, Element]:
    """The PDU's fields by tag."""
    return {e.tag: e for e in reversed(constructed(found.apdu))}


def _text(values: dict[int, Element], tag: int) -> str:
    return readable(values[tag].body, 140) if tag in values else ""


def _number(values: dict[int, Element], tag: int) -> int | None:
    return unsigned(values[tag]) if tag in values and values[tag].whole else None


def _details(found: Frame, values: dict[int, Element]) -> Iterator[str]:
    for name, tag in (("data set {name}", _DATA_SET), ("goID {name}", _ID)):
        text = _text(values, tag)
        if text:
            yield said(name, name=text)
    revision, ttl = _number(values, _REVISION), _number(values, _TTL)
    if revision is not None:
        yield said("confRev {n}", n=revision)
    if ttl is not None:
        yield said("time allowed to live {n} ms", n=ttl)
    yield from _warnings(found, values)


def _warnings(found: Frame, values: dict[int, Element]) -> Iterator[str]:
    """What a subscriber must not take for an ordinary publication."""
    if found.simulated:
        yield said("simulated")
    if _number(values, _TEST):
        yield said("test")
    if _number(values, _COMMISSION):
        yield said("needs commissioning")
    state, sequence = _number(values, _STATE), _number(values, _SEQUENCE)
    if state == 0:
        yield said("stNum {n} is not allowed", n=0)
    elif state == 1 and sequence in (0, 1):
        yield said("started anew")
    elif sequence == 0:
        yield said("change of state")


PROTOCOL = Protocol(
    name=_NAME,
    title="IEC 61850 GOOSE, R-GOOSE",
    short="GOOSE",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="timeAllowedtoLive and stNum change with every publication",
    verbs=frozenset({Verb.REPORT, Verb.READ}),
    specification="IEC 61850-8-1:2011 section 18, annexes A and C; IEC/TR 61850-90-5:2012 clauses 7 and 8; "
    "IEC 62351-6:2020 section 7",
    more_framings=(ROUTED,),
    midway="publications not captured",
)
