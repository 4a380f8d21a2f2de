"""IEC 61850 GOOSE at layer 2: which control blocks are published, and whether as test, with which security.

Written from IEC 61850-8-1:2011 sections 18 and annexes A (IECGoosePdu) and C (Ethernet header), IEC 62351-6:2020.

Fields of the PDU have variable lengths, so the key holds what stands at a known place: APPID, Reserved 1 (simulation
bit, security) and the control block reference. The rest (data set, goID, confRev, timeAllowedtoLive, stNum, the test
flag of edition 1, ndsCom) is that of the first such message; that it changes later does not show.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.descriptor import Byte, Case, Field, Framing, Range, Role, Whole
from scanner.protocols._ber import Element, constructed, unsigned
from scanner.protocols._iec61850_ethernet import Frame, appid, frame, security
from scanner.protocols._text import readable
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb

_NAME = "goose"
GOOSE_PDU, MANAGEMENT_PDU = 0x61, 0x60

FRAMING = Framing(
    name=_NAME,
    cutter=Whole(),
    sync=(Byte(8, (GOOSE_PDU, MANAGEMENT_PDU)),),
    ports={"ethertype": (0x88B8, 0x88B9)},
    confirmations=1,
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------

_SHORT = range(0x80)
_HEAD = (Range(0, 2), Range(4, 6))


def _case(extra: int, length: Byte) -> Case:
    """Publications whose APDU's length takes ``extra`` more bytes: the reference (80, length, text) comes first."""
    return Case(
        _NAME,
        (Byte(8, GOOSE_PDU), length, Byte(10 + extra, 0x80), Byte(11 + extra, _SHORT)),
        (*_HEAD, Range(10 + extra, Field(11 + extra, 1, add=12 + extra))),
        Role.NOTICE,
    )


CASES = (
    _case(0, Byte(9, _SHORT)),
    _case(1, Byte(9, 0x81)),
    _case(2, Byte(9, 0x82)),
    Case(_NAME, (Byte(8, (GOOSE_PDU, MANAGEMENT_PDU)),), (*_HEAD, Range(8, 9)), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------

_REFERENCE, _TTL, _DATA_SET, _ID, _TIME, _STATE, _SEQUENCE, _TEST, _REVISION, _COMMISSION, _COUNT = range(0x80, 0x8B)


def probe(message: Message) -> bool:
    """The header holds, and a publication names its control block."""
    if message.transport != "ethernet":
        return False
    try:
        found = frame(message, GOOSE_PDU, MANAGEMENT_PDU)
        return found.apdu.tag == MANAGEMENT_PDU or bool(_text(_fields(found), _REFERENCE))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """One notice a publication, and whether it is secured."""
    found = frame(message, GOOSE_PDU, MANAGEMENT_PDU)
    if found.apdu.tag == MANAGEMENT_PDU:
        yield Operation(Verb.READ, "GSE Management", Kind.NOTICE, unit=appid(found), filter="goose.gseMngtPdu_element")
        return
    values = _fields(found)
    reference = _text(values, _REFERENCE)
    if not reference:
        raise Malformed("no control block reference")
    yield Operation(
        verb=Verb.REPORT,
        function="GOOSE",
        kind=Kind.NOTICE,
        unit=appid(found),
        object=reference,
        detail=", ".join(_words(found, values)),
        filter=f'goose.gocbRef == "{_quoted(reference)}"',
    )
    yield security(found)


def _fields(found: Frame) -> dict[int, Element]:
    """The PDU's fields by tag."""
    return {e.tag: e for e in reversed(constructed(found.apdu))}


def _text(values: dict[int, Element], tag: int) -> str:
    return readable(values[tag].body, 140) if tag in values else ""


def _number(values: dict[int, Element], tag: int) -> int | None:
    return unsigned(values[tag]) if tag in values and values[tag].whole else None


def _words(found: Frame, values: dict[int, Element]) -> Iterator[str]:
    for name, tag in (("data set", _DATA_SET), ("goID", _ID)):
        text = _text(values, tag)
        if text:
            yield f"{name} {text}"
    revision, ttl = _number(values, _REVISION), _number(values, _TTL)
    if revision is not None:
        yield f"confRev {revision}"
    if ttl is not None:
        yield f"time allowed to live {ttl} ms"
    yield from _warnings(found, values)


def _warnings(found: Frame, values: dict[int, Element]) -> Iterator[str]:
    """What a subscriber must not take for an ordinary publication."""
    if found.simulated:
        yield "simulated"
    if _number(values, _TEST):
        yield "test"
    if _number(values, _COMMISSION):
        yield "needs commissioning"
    if _number(values, _STATE) == 0:
        yield "stNum 0 is not allowed"
    if _number(values, _STATE) == 1 and _number(values, _SEQUENCE) == 0:
        yield "started anew"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


PROTOCOL = Protocol(
    name=_NAME,
    title="IEC 61850 GOOSE",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.READ}),
    specification="IEC 61850-8-1:2011 section 18, annexes A and C; IEC 62351-6:2020 section 7",
)
