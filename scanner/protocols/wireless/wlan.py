"""IEEE 802.11 management: which networks there are, how each is protected, who joins and who is thrown out.

IEEE 802.11-2020 sections 9.3.3 (frames), 9.4.1 (fixed fields) and 9.4.2 (elements). Messages begin at the MAC header;
what answers probe requests goes to everybody, as beacons do. A name is what the sender says. Protected frames are told
by their kind only.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import (
    Byte,
    Case,
    Chain,
    Field,
    Framing,
    Part,
    Range,
    Role,
    Select,
    Size,
    Whole,
    bits,
    instead_of_ethertype,
    magic,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, readable
from scanner.protocols.wireless._elements import (
    CHANNEL,
    HT_OPERATION,
    OWE_TRANSITION,
    RSN,
    SSID,
    VENDOR,
    WAPI,
    WPA,
    WPS,
    channel,
    described,
    elements,
    securities,
)
from scanner.wording import joined, said, verbatim

_NAME = "wlan"
_ETHERTYPE = instead_of_ethertype(105)
_HEADER = 24
_ASSOCIATES, _ASSOCIATED, _REASSOCIATES, _REASSOCIATED, _PROBED, _BEACON = 0, 1, 2, 3, 5, 8
_DISASSOCIATION, _AUTHENTICATION, _DEAUTHENTICATION, _ACTION, _ACTION_NO_ACK = 10, 11, 12, 13, 14
_FUNCTIONS = {
    _ASSOCIATES: "Association Request",
    _ASSOCIATED: "Association Response",
    _REASSOCIATES: "Reassociation Request",
    _REASSOCIATED: "Reassociation Response",
    _PROBED: "Probe Response",
    6: "Timing Advertisement",
    _BEACON: "Beacon",
    9: "ATIM",
    _DISASSOCIATION: "Disassociation",
    _AUTHENTICATION: "Authentication",
    _DEAUTHENTICATION: "Deauthentication",
    _ACTION: "Action",
    _ACTION_NO_ACK: "Action No Ack",
}
_ANNOUNCES = (_PROBED, _BEACON)
_ENDS = (_DISASSOCIATION, _DEAUTHENTICATION)
_FIXED = {  # bytes before the elements
    _ASSOCIATES: 4,
    _ASSOCIATED: 6,
    _REASSOCIATES: 10,
    _REASSOCIATED: 6,
    _PROBED: 12,
    _BEACON: 12,
    _DISASSOCIATION: 2,
    _AUTHENTICATION: 6,
    _DEAUTHENTICATION: 2,
    _ACTION: 1,
    _ACTION_NO_ACK: 1,
}
_ORDER, _PROTECTED = 0x80, 0x40
_PRIVACY = 0x10
_ALGORITHMS = {0: "open system", 1: "shared key", 2: "fast transition", 3: "SAE", 4: "FILS", 5: "FILS", 6: "FILS"}
_STATUS_GOES_ON = (0, 76, 126, 127)  # SAE: a token is asked for, hash to element
_CATEGORIES = {
    0: "Spectrum Management",
    3: "Block Ack",
    4: "Public",
    5: "Radio Measurement",
    6: "Fast BSS Transition",
    7: "HT",
    8: "SA Query",
    9: "Protected Dual of Public Action",
    10: "WNM",
    13: "Mesh",
    15: "Self-protected",
    21: "VHT",
    30: "HE",
    127: "Vendor-specific",
}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, {kind << 4 for kind in _FUNCTIONS}), Size(_HEADER)),
    ports={"ethertype": (_ETHERTYPE,)},
    confirmations=1,
    anywhere=False,
)
_VENDOR = (Byte(0, VENDOR),)
_TELLING = (
    Select((Byte(0, (SSID, CHANNEL, RSN, WAPI)),), (Range(0),)),
    Select((Byte(0, HT_OPERATION),), (Range(0, 3),)),
    *(Select((*_VENDOR, *magic(2, kind)), (Range(0),)) for kind in (WPA, WPS, OWE_TRANSITION)),
)
_OPEN, _LONGER = bits(_ORDER | _PROTECTED, 0), bits(_ORDER | _PROTECTED, _ORDER)


def _cases() -> Iterator[Case]:
    """Kind, network and what it says of itself; times, counters and what changes with every beacon are left out."""
    yield Case(_NAME, (Byte(1, bits(_PROTECTED, _PROTECTED)),), (Range(0, 2), Range(16, 22)), Role.NOTICE, keep=_HEADER)
    for more, flags in ((0, _OPEN), (4, _LONGER)):
        for kind, role in (
            (_BEACON, Role.NOTICE),
            (_PROBED, Role.NOTICE),
            (_ASSOCIATES, Role.REQUEST),
            (_REASSOCIATES, Role.REQUEST),
            (_ASSOCIATED, Role.RESPONSE),
            (_REASSOCIATED, Role.RESPONSE),
            (_AUTHENTICATION, Role.NOTICE),
            (_DISASSOCIATION, Role.NOTICE),
            (_DEAUTHENTICATION, Role.NOTICE),
            (_ACTION, Role.NOTICE),
            (_ACTION_NO_ACK, Role.NOTICE),
        ):
            at = _HEADER + more
            key: tuple[Part, ...] = (Range(0, 2), Range(16, 22), Range(at, at + min(_FIXED[kind], 6)))
            if kind in _ANNOUNCES:
                key = (Range(0, 2), Range(16, 22), Range(at + 10, at + 12))
            if kind in (*_ANNOUNCES, _ASSOCIATES, _REASSOCIATES):
                key = (*key, Chain(at + _FIXED[kind], Field(1, 1, add=2), _TELLING))
            yield Case(_NAME, (Byte(0, kind << 4), Byte(1, flags)), key, role, keep=1500, most=256)
    yield Case(_NAME, (), (Range(0, 2), Range(16, 22)), Role.NOTICE, keep=_HEADER, most=256)


def probe(message: Message) -> bool:
    """A kind of frame that exists, with its fixed fields, and elements that fill it."""
    return is_well_formed(_parts, message)


def _parts(message: Message) -> tuple[int, bytes, dict[int | bytes, bytes]]:
    """Kind, fixed fields and elements."""
    data = message.data
    if message.transport != "ethernet" or message.port != _ETHERTYPE or len(data) < _HEADER or data[0] & 15:
        raise Malformed("no 802.11 management frame")
    kind = data[0] >> 4
    if kind not in _FUNCTIONS:
        raise Malformed("no 802.11 management frame")
    if data[1] & _PROTECTED or kind not in _FIXED:
        return kind, b"", {}
    at = _HEADER + (4 if data[1] & _ORDER else 0)
    size = _FIXED[kind]
    if len(data) < at + size:
        raise Malformed("{name} without its fields", name=_FUNCTIONS[kind])
    named = kind in (*_ANNOUNCES, _ASSOCIATES, _REASSOCIATES)
    found = elements(data, at + size, cut=message.length > len(data)) if named else {}
    return kind, data[at : at + size], found


def dissect(message: Message) -> Iterator[Row]:
    """What the frame does, and of which network; how the network, or who joins it, is protected."""
    kind, fixed, found = _parts(message)
    data = message.data
    network = data[16:22].hex(":")
    where = f"wlan.fc.type_subtype == 0x{kind:04x}"
    if data[1] & _PROTECTED:
        name = f"Protected {_FUNCTIONS[kind]}"
        yield Operation(Verb.UNKNOWN, name, Kind.NOTICE, code=str(kind), unit=network, filter=where)
        return
    status = _status(kind, fixed)
    yield Operation(
        verb=_verb(kind),
        function=_FUNCTIONS[kind],
        kind=Kind.REFUSAL if status else _kind(kind),
        code=str(kind),
        unit=network,
        object=readable(found.get(SSID, b""), 32),
        detail=_detail(kind, fixed, found),
        refusal=f"status {status}" if status else "",
        filter=where,
    )
    if kind in _ANNOUNCES:
        yield from _network(fixed, found)
    elif kind in (_ASSOCIATES, _REASSOCIATES):
        yield from _joins(fixed, found)


def _verb(kind: int) -> Verb:
    if kind in _ANNOUNCES:
        return Verb.IDENTIFY
    if kind in (_ACTION, _ACTION_NO_ACK, 6, 9):
        return Verb.REPORT
    return Verb.AUTHENTICATE if kind == _AUTHENTICATION else Verb.SESSION


def _kind(kind: int) -> Kind:
    if kind in (_ASSOCIATES, _REASSOCIATES):
        return Kind.REQUEST
    return Kind.RESPONSE if kind in (_ASSOCIATED, _REASSOCIATED) else Kind.NOTICE


def _status(kind: int, fixed: bytes) -> int:
    """Why it was refused, 0 when it was not."""
    at = {_ASSOCIATED: 2, _REASSOCIATED: 2, _AUTHENTICATION: 4}.get(kind)
    status = int.from_bytes(fixed[at : at + 2], "little") if at is not None else 0
    return 0 if status in _STATUS_GOES_ON else status


def _detail(kind: int, fixed: bytes, found: dict[int | bytes, bytes]) -> str:
    if kind in _ANNOUNCES:
        return verbatim(", ".join(securities(found, privacy=fixed[10] & _PRIVACY != 0)[0]))
    if kind in _ENDS:
        return said("reason {n}", n=int.from_bytes(fixed, "little"))
    if kind == _AUTHENTICATION:
        number = int.from_bytes(fixed[:2], "little")
        return said(
            "{name}, step {n}", name=_ALGORITHMS.get(number, str(number)), n=int.from_bytes(fixed[2:4], "little")
        )
    if kind in (_ACTION, _ACTION_NO_ACK):
        return said("category {name}", name=_CATEGORIES.get(fixed[0], str(fixed[0])))
    return ""


def _network(fixed: bytes, found: dict[int | bytes, bytes]) -> Iterator[Row]:
    """How the network is protected, and what its access point says of itself."""
    names, ciphers, rsn = securities(found, privacy=fixed[10] & _PRIVACY != 0)
    words: list[str] = []
    if number := channel(found):
        words.append(said("channel {n}", n=number))
    if names != ["open"]:
        words.append(_protection(may=rsn is not None and rsn.may_protect, must=rsn is not None and rsn.must_protect))
    if WPS in found:
        words.append(said("WPS on"))
    if OWE_TRANSITION in found:
        words.append(said("with a network of OWE beside it"))
    ssid = found.get(SSID, b"")
    yield Session(
        version_offered=tuple(names),
        cipher_offered=tuple(ciphers),
        server_name=readable(ssid, 32) if ssid.strip(b"\0") else "",
        credentials="none" if names == ["open"] else "",
        encrypted=None if names == ["WEP"] else names != ["open"],
        detail=joined(words),
    )
    yield Identity("role", "wireless_ap")
    for field, value in described(found.get(WPS, b"")):
        if text := printable(value):
            yield Identity(field, text)


def _protection(*, may: bool, must: bool) -> str:
    if must:
        return said("management frames must be protected")
    return said("management frames may be protected") if may else said("management frames are not protected")


def _joins(fixed: bytes, found: dict[int | bytes, bytes]) -> Iterator[Row]:
    """With which protection a station joins."""
    names, ciphers, _ = securities(found, privacy=fixed[0] & _PRIVACY != 0)
    if WPS in found and names in (["open"], ["WEP"]):  # it asks for the key, and joins again with it
        names, ciphers = ["WPS"], []
    ssid = readable(found.get(SSID, b""), 32)
    for number in range(max(len(names), len(ciphers))):
        yield Session(
            version=names[min(number, len(names) - 1)],
            cipher=ciphers[min(number, len(ciphers) - 1)] if ciphers else "",
            server_name=ssid,
            credentials="none" if names == ["open"] else "",
            encrypted=None if names in (["WEP"], ["WPS"]) else names != ["open"],
        )


PROTOCOL = Protocol(
    name=_NAME,
    title="IEEE 802.11 management",
    short="802.11",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.SESSION, Verb.AUTHENTICATE, Verb.REPORT, Verb.UNKNOWN}),
    specification="IEEE 802.11-2020 sections 9.3.3 and 9.4; Wi-Fi Simple Configuration 2.0.5 section 12; GB 15629.11",
    industrial=False,
)
