"""PTP, the precision time protocol, over Ethernet and UDP: who is the grandmaster, who may be asked, who changes what.

Versions 2.0 and 2.1 from IEEE 1588-2019 (sections 13 messages, 14 TLVs, 15 management, 16.1 unicast negotiation, 16.14
authentication), profiles from IEEE 802.1AS-2020 and IEEE C37.238-2017; version 1 in ``_ptp_v1``. Messages and their
answers go to groups and to different ports, so that requests for delays are not paired: they are notices here. An
unprotected Announce with a better priority makes its sender the time of the plant.

Of TLVs behind the first, and of what an organisation's TLV holds, the rows show those of the first such message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.ptp import _names as names
from scanner.protocols.ptp._management import management
from scanner.protocols.ptp._tlv import Tlv, clock, tlvs
from scanner.protocols.ptp._v1 import CASES as V1_CASES
from scanner.protocols.ptp._v1 import dissect_v1, is_v1
from scanner.wording import joined, said

_NAME = "ptp"
_HEADER = 34
_TYPES = frozenset(high | kind for high in range(0, 256, 16) for kind in names.MESSAGES)
_UNICAST, _SECURITY = 0x0400, 0x8000

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _TYPES), Byte(1, (0x01, 0x02, 0x12)), Size(_HEADER)),
    ports={"ethertype": (0x88F7,), "udp": (319, 320)},
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------

_HEAD = (Range(0, 8), Range(20, 30))  # type, version, length, domain, flags; port identity
_V2 = Byte(1, (0x02, 0x12))


def _kind(*kinds: int) -> Byte:
    return Byte(0, {value for value in _TYPES if value & 0x0F in kinds})


_MANAGED = (_V2, _kind(names.MANAGEMENT), Size(52))
_ASKED = ((*_HEAD, Range(34, 44), Range(46, None)), (Range(30, 32), Range(20, 30)))
_ANSWERED = ((*_HEAD, Range(34, 44), Range(46, 54)), (Range(30, 32), Range(34, 44)))
_TOLD = (*_HEAD, Range(34, 44), Range(46, None))
_REQUESTS, _RESPONSES = (names.GET, names.SET, names.COMMAND), (names.RESPONSE, names.ACKNOWLEDGE)
_ACTION = bits(0x0F, names.RESPONSE) | bits(0x0F, names.ACKNOWLEDGE)
_ASKING = frozenset().union(*(bits(0x0F, action) for action in _REQUESTS))

CASES = (
    Case(_NAME, (_V2, _kind(names.ANNOUNCE), Size(64)), (*_HEAD, Range(44, 46), Range(47, 74)), Role.NOTICE, keep=512),
    Case(_NAME, (*_MANAGED, Byte(46, _ASKING)), _ASKED[0], Role.REQUEST, _ASKED[1]),
    Case(
        _NAME,
        (*_MANAGED, Byte(46, _ACTION), Byte(49, names.ERROR_TLV)),
        (*_HEAD, Range(34, 44), Range(46, 56)),
        Role.RESPONSE,
        _ANSWERED[1],
    ),
    Case(
        _NAME,
        (*_MANAGED, Byte(46, _ACTION), Byte(52, 0), Byte(53, (names.CLOCK_DESCRIPTION, names.USER_DESCRIPTION))),
        _TOLD,
        Role.RESPONSE,
        _ANSWERED[1],
    ),
    Case(_NAME, (*_MANAGED, Byte(46, _ACTION)), _ANSWERED[0], Role.RESPONSE, _ANSWERED[1]),
    Case(
        _NAME,
        (_V2, _kind(names.SIGNALING), Byte(44, 0), Byte(45, names.REQUEST_UNICAST)),
        (*_HEAD, Range(34, None)),
        Role.REQUEST,
    ),
    Case(
        _NAME,
        (_V2, _kind(names.SIGNALING), Byte(44, 0), Byte(45, names.GRANT_UNICAST)),
        (*_HEAD, Range(34, None)),
        Role.RESPONSE,
    ),
    Case(_NAME, (_V2, _kind(names.SIGNALING)), (*_HEAD, Range(34, 48)), Role.NOTICE),
    Case(
        _NAME,
        (_V2, _kind(names.DELAY_RESP, names.PDELAY_REQ, names.PDELAY_RESP, names.PDELAY_RESP_FOLLOW_UP)),
        (*_HEAD, Range(54, 64)),
        Role.NOTICE,
    ),
    Case(_NAME, (_V2,), (*_HEAD, Range(44, 54)), Role.NOTICE),
    *V1_CASES,
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A message type of the version, with a length that the type needs and the frame has."""
    if message.transport not in ("ethernet", "udp"):
        return False
    if is_v1(message):
        return True
    return is_well_formed(_kind_of, message)


def dissect(message: Message) -> Iterator[Row]:
    """What the message does, who is the grandmaster, whether it is authenticated."""
    if is_v1(message):
        yield from dissect_v1(message)
        return
    kind = _kind_of(message)
    length = int.from_bytes(message.data[2:4], "big")
    found = list(tlvs(message.data[:length], names.MESSAGES[kind][1], cut=len(message.data) < length))
    if kind == names.MANAGEMENT:
        yield from management(message.data, found, _unit(message.data))
    elif kind == names.SIGNALING:
        yield from _signaling(message.data, found)
    else:
        yield _timing(message, kind, found)
    if kind == names.ANNOUNCE:
        yield from _identities(message.data)
    yield _session(message.data, found)


def _kind_of(message: Message) -> int:
    """The message type of a whole version 2 header; Malformed when lengths contradict it."""
    data = message.data
    if len(data) < _HEADER:
        raise Malformed("PTP header cut short")
    kind, version = data[0] & 0x0F, data[1]
    if version not in (0x02, 0x12) or kind not in names.MESSAGES:
        raise Malformed(
            "PTP version {version}.{version_2}, message type {kind}",
            version=version & 15,
            version_2=version >> 4,
            kind=kind,
        )
    length = int.from_bytes(data[2:4], "big")
    if length > message.length or length < names.MESSAGES[kind][1]:
        raise Malformed("messageLength does not fit the message")
    if len(data) < names.MESSAGES[kind][1]:
        raise Malformed("message cut short")
    return kind


def _unit(data: bytes) -> str:
    profile = {1: "gPTP", 2: "CMLDS"}.get(data[0] >> 4)
    return said("{name} domain {n}", name=profile, n=data[4]) if profile else said("domain {n}", n=data[4])


def _timing(message: Message, kind: int, found: list[Tlv]) -> Operation:
    """A cyclic message of the time itself; what is announced to one device alone, it has asked for."""
    data = message.data
    asked_for = kind == names.ANNOUNCE and message.from_client is False
    words = list(_announced(data)) if kind == names.ANNOUNCE else []
    grandmaster = clock(data[53:61]) if kind == names.ANNOUNCE else ""
    return Operation(
        verb=Verb.TIME_SYNC,
        function=names.MESSAGES[kind][0],
        kind=Kind.RESPONSE if asked_for else Kind.NOTICE,
        code=f"0x{kind:X}",
        unit=_unit(data),
        object=f"grandmaster {grandmaster}" if grandmaster else f"clock {clock(data[20:28])}",
        detail=joined((*words, *dict.fromkeys(t.words for t in found))),
        filter=f"ptp.v2.messagetype == {kind}",
    )


def _announced(data: bytes) -> Iterator[str]:
    """What the best master clock algorithm compares."""
    removed = int.from_bytes(data[61:63], "big")
    yield said("priority {name}", name=f"{data[47]}/{data[52]}")
    yield said("class {n}", n=data[48])
    accuracy = names.ACCURACIES.get(data[49], f"0x{data[49]:02X}")
    yield said("accuracy {name}", name=accuracy) if data[49] != names.NO_ACCURACY else said("accuracy unknown")
    yield said("time source {name}", name=names.TIME_SOURCES.get(data[63], f"0x{data[63]:02X}"))
    yield said("{n} steps removed", n=removed) if removed else said("itself")
    if removed:
        yield said("from clock {name}", name=clock(data[20:28]))
    if not data[7] & 0x10:
        yield said("time not traceable")


def _identities(data: bytes) -> Iterator[Identity]:
    """A clock that announces itself as grandmaster is a source of time."""
    if data[20:28] == data[53:61] and not any(data[61:63]):
        yield Identity("role", "time_server")


def _signaling(data: bytes, found: list[Tlv]) -> Iterator[Operation]:
    """One operation a request for, grant of or end of unicast messages; one for anything else."""
    negotiated = [t for t in found if t.kind in range(names.REQUEST_UNICAST, names.ACKNOWLEDGE_CANCEL + 1)]
    for tlv in negotiated:
        yield _negotiation(data, tlv)
    if not negotiated:
        yield Operation(
            verb=Verb.TIME_SYNC,
            function="Signaling",
            kind=Kind.NOTICE,
            code="0xC",
            unit=_unit(data),
            object=f"clock {clock(data[20:28])}",
            detail=joined(dict.fromkeys(t.words for t in found)),
            filter="ptp.v2.messagetype == 12",
        )


def _negotiation(data: bytes, tlv: Tlv) -> Operation:
    kinds = {names.REQUEST_UNICAST: Kind.REQUEST, names.GRANT_UNICAST: Kind.RESPONSE}
    asked = names.MESSAGES.get(tlv.value[0] >> 4, ("?", 0))[0] if tlv.value else "?"
    denied = tlv.kind == names.GRANT_UNICAST and len(tlv.value) >= 6 and not any(tlv.value[2:6])
    return Operation(
        verb=Verb.SUBSCRIBE,
        function=names.TLVS[tlv.kind],
        kind=Kind.REFUSAL if denied else kinds.get(tlv.kind, Kind.NOTICE),
        code=f"0xC:0x{tlv.kind:04X}",
        unit=_unit(data),
        object=f"{asked} messages",
        refusal="granted for no time" if denied else "",
        filter=f"ptp.v2.sig.tlv.tlvType == {tlv.kind}",
    )


def _session(data: bytes, found: list[Tlv]) -> Session:
    """Which version, and whether the authentication TLV is there (or, in 2008's annex K, the security flag).

    In words too, because a conversation is authenticated as soon as one of its messages is.
    """
    secured = any(t.kind in names.AUTHENTICATION for t in found) or bool(int.from_bytes(data[6:8], "big") & _SECURITY)
    minor = data[1] >> 4
    words = said("authenticated messages" if secured else "unauthenticated messages")
    return Session(version=f"PTPv2.{minor}", encrypted=False, authenticated=secured, detail=words)


PROTOCOL = Protocol(
    name=_NAME,
    title="PTP (IEEE 1588)",
    short="PTP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="TLVs behind the first have no fixed place",
    verbs=frozenset(
        {
            *(Verb.TIME_SYNC, Verb.SUBSCRIBE, Verb.READ, Verb.CONFIGURE, Verb.IDENTIFY),
            *(Verb.RESTART, Verb.STOP, Verb.DIAGNOSE),
        }
    ),
    specification="IEEE 1588-2019 sections 13 to 16; IEEE 1588-2002 section 8; IEEE 802.1AS-2020 section 10; "
    "IEEE C37.238-2017 section 5",
    industrial=False,
)
