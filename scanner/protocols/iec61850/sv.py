"""IEC 61850 Sampled Values at layer 2 and over IP (R-SV): which streams, how synchronised, with which security.

Written from IEC 61850-9-2:2011 section 8 and annex A (savPdu, Ethernet header), IEC 61869-9:2016 section 6.903, the
UCA guideline "9-2LE" R2-1, IEC 62351-6:2020; ``_iec61850_routed`` has the session layer of IEC 61850-90-5. Samples are
never looked at.

The key holds APPID, Reserved 1 (simulation bit, security), the number of ASDUs, and svID, datSet, confRev, smpSynch and
smpRate of the first ASDU, and confRev and smpSynch of the next seven; anything else of further ASDUs is that of the
first such message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import BerElements, Byte, Case, Framing, Nth, Numbering, Part, Range, Role, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Publication, Row, Verb
from scanner.protocols.common.ber import Element, child, constructed, unsigned
from scanner.protocols.common.text import quoted, readable
from scanner.protocols.iec61850 import _routed as routing
from scanner.protocols.iec61850._ethernet import Frame, appid, frame, security
from scanner.wording import joined, said

_NAME = "sv"
SAV_PDU = 0x60
_READ = 8  # ASDUs of a message; IEC 61869-9 has up to 6
_COUNT, _ASDUS, _ASDU = 0x80, 0xA2, 0x30  # of the savPdu; its security is 0x81
_ID, _DATA_SET, _COUNTER, _REVISION, _REFRESHED, _SYNCH, _RATE, _SAMPLES = range(0x80, 0x88)

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(8, SAV_PDU),),
    ports={"ethertype": (0x88BA,)},
    confirmations=1,
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------

_HEAD = (Range(0, 2), Range(4, 6))
_LASTING = (_ID, _DATA_SET, _REVISION, _SYNCH, _RATE)


def _streams_at(at: int, when: tuple[Byte, ...], head: tuple[Part, ...]) -> Case:
    """Messages whose savPdu begins at ``at``."""
    asdu = BerElements(at, (SAV_PDU, _ASDUS, _ASDU), _LASTING, numbering=Numbering(_COUNTER))
    count = BerElements(at, (SAV_PDU,), (_COUNT,))
    more = (BerElements(at, (SAV_PDU, _ASDUS, Nth(_ASDU, n)), (_REVISION, _SYNCH)) for n in range(1, _READ))
    return Case(_NAME, (*when, Byte(at, SAV_PDU)), (*head, count, asdu, *more), Role.NOTICE, keep=1518)


ROUTED = routing.framing("r-sv", routing.SV)
CASES = (
    *(_streams_at(*place) for place in routing.places(routing.SV)),
    Case(_NAME, *routing.others(routing.SV), Role.NOTICE),
    _streams_at(8, (), _HEAD),
)

# --- dissection -----------------------------------------------------------------------------------------------------

SYNCHRONISED = {
    0: said("not synchronised"),
    1: said("synchronised to a local clock"),
    2: said("synchronised to a global clock"),
}


def probe(message: Message) -> bool:
    """The header holds, and there is an ASDU with an svID."""
    try:
        if message.transport == "udp":
            carried = routing.routed(message, SAV_PDU)
            if carried.kind != routing.SV or carried.frame is None:
                return carried.kind == routing.SV and message.port == routing.PORT
            return any(_ID in asdu for asdu in _asdus(carried.frame.apdu))
        return message.transport == "ethernet" and any(_ID in asdu for asdu in _asdus(frame(message, SAV_PDU).apdu))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """One notice a stream, and whether it is secured; of what cannot be read over IP, that it is there."""
    if message.transport == "udp":
        carried = routing.routed(message, SAV_PDU)
        if carried.frame is None:
            yield Operation(Verb.REPORT, "R-SV", Kind.NOTICE, filter="udp.payload[2] == 0xa2")
        else:
            signed = said("signed" if carried.session.authenticated else "not signed")
            yield from _streams(carried.frame, "R-SV", signed)
            yield from _published(carried.frame, "R-SV", signed=bool(carried.session.authenticated))
        yield carried.session
        return
    found = frame(message, SAV_PDU)
    protection = security(found)
    yield from _streams(found, "Sampled Values")
    yield protection
    yield from _published(found, "Sampled Values", signed=bool(protection.authenticated))


def _streams(found: Frame, function: str, *more: str) -> Iterator[Operation]:
    streams: dict[str, str] = {}
    for asdu in _asdus(found.apdu):
        name = readable(asdu[_ID].body, 140) if _ID in asdu else ""
        streams[name] = joined([*_details(asdu), said("simulated") if found.simulated else "", *more])
    if not streams:
        raise Malformed("no ASDU")
    for name, detail in streams.items():
        yield Operation(
            verb=Verb.REPORT,
            function=function,
            kind=Kind.NOTICE,
            unit=appid(found),
            object=name,
            detail=detail,
            filter=_filter(name, function),
        )


def _filter(name: str, function: str) -> str:
    if function != "Sampled Values":
        return "udp.payload[2] == 0xa2"  # tshark does not know R-SV
    return f"sv.svID == {quoted(name)}" if name else "sv"


def _published(found: Frame, function: str, *, signed: bool) -> Iterator[Publication]:
    """Each stream of the message by its first ASDU; not synchronised when one of them is not, and by each confRev."""
    streams: dict[str, list[dict[int, Element]]] = {}
    for asdu in _asdus(found.apdu):
        streams.setdefault(readable(asdu[_ID].body, 140) if _ID in asdu else "", []).append(asdu)
    for name, asdus in streams.items():
        found_synch = [synch for asdu in asdus if (synch := _number(asdu, _SYNCH)) is not None]
        synch = 0 if 0 in found_synch else _number(asdus[0], _SYNCH)
        yield from (
            Publication(
                function=function,
                block=name,
                unit=appid(found),
                data_set=readable(asdus[0][_DATA_SET].body, 140) if _DATA_SET in asdus[0] else "",
                revision=revision,
                simulated=found.simulated,
                signed=signed,
                synchronised="" if synch is None else _synchronised(synch),
                rate=_number(asdus[0], _RATE),
                samples=len(asdus),
                filter=_filter(name, function),
            )
            for revision in dict.fromkeys(_number(asdu, _REVISION) for asdu in asdus)
        )


def _number(asdu: dict[int, Element], tag: int) -> int | None:
    """The number; None where there is none, or none that could be one."""
    return unsigned(asdu[tag]) if tag in asdu and asdu[tag].whole and 1 <= len(asdu[tag].body) <= 8 else None


def _asdus(apdu: Element) -> list[dict[int, Element]]:
    """The fields of each ASDU by tag."""
    return [
        {e.tag: e for e in reversed(constructed(asdu))}
        for asdu in constructed(child(apdu, _ASDUS))
        if asdu.tag == _ASDU
    ]


def _details(asdu: dict[int, Element]) -> Iterator[str]:
    if _DATA_SET in asdu:
        yield said("data set {name}", name=readable(asdu[_DATA_SET].body, 140))
    if _REVISION in asdu and asdu[_REVISION].whole:
        yield said("confRev {n}", n=unsigned(asdu[_REVISION]))
    if _SYNCH in asdu and asdu[_SYNCH].whole:
        yield _synchronised(unsigned(asdu[_SYNCH]))


def _synchronised(value: int) -> str:
    """IEC 61869-9 table 904: 5 to 254 are a local area clock's number."""
    if 5 <= value <= 254:
        return said("synchronised to local area clock {n}", n=value)
    return SYNCHRONISED.get(value, said("smpSynch {n} is reserved", n=value))


PROTOCOL = Protocol(
    name=_NAME,
    title="IEC 61850 Sampled Values, R-SV",
    short="SV",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="the key has the first ASDU without its counter, and confRev and smpSynch of the next seven",
    verbs=frozenset({Verb.REPORT}),
    specification="IEC 61850-9-2:2011 section 8 and annex A; IEC 61869-9:2016; IEC/TR 61850-90-5:2012 clauses 7 and 8; "
    "IEC 62351-6:2020 section 7",
    more_framings=(ROUTED,),
    midway=said("publications not captured"),
)
