"""IEEE 802.1X port authentication (EAPOL, EtherType 0x888E): that it is used, by which method, with which outcome.

Written from IEEE 802.1X-2020 sections 11.3 (EAPOL PDUs), 11.9 (EAPOL-Key) and 11.11 (MKPDU, key agreement for MACsec);
EAP from RFC 3748 section 4 and IANA's method types. Both ends may speak to the group address, so that requests and
responses are not paired: they are notices here, and the outcome is an answer. Identities, challenges and keys are in no
row; identifiers, nonces and counters make no other message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.eap import CREDENTIALS, METHODS, NAK
from scanner.wording import joined, said, verbatim

_NAME = "eapol"
EAP, START, LOGOFF, KEY, ALERT, MKA, ANNOUNCEMENT, ANNOUNCEMENT_SPECIFIC, ANNOUNCEMENT_REQUEST = range(9)
REQUEST, RESPONSE, SUCCESS, FAILURE, INITIATE, FINISH = range(1, 7)
_HEADER = 4
_VERSIONS = {1: "802.1X-2001", 2: "802.1X-2004", 3: "802.1X-2010"}
_FUNCTIONS = {
    EAP: "EAPOL-EAP",
    START: "EAPOL-Start",
    LOGOFF: "EAPOL-Logoff",
    KEY: "EAPOL-Key",
    ALERT: "EAPOL-Encapsulated-ASF-Alert",
    MKA: "EAPOL-MKA",
    ANNOUNCEMENT: "EAPOL-Announcement (Generic)",
    ANNOUNCEMENT_SPECIFIC: "EAPOL-Announcement (Specific)",
    ANNOUNCEMENT_REQUEST: "EAPOL-Announcement-Req",
}
_CODES = {REQUEST: "Request", RESPONSE: "Response", INITIATE: "Initiate", FINISH: "Finish"}
_CAPABILITIES = (
    said("MACsec not implemented"),
    said("integrity"),
    said("integrity, confidentiality"),
    said("confidentiality with offset"),
)

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _VERSIONS), Byte(1, _FUNCTIONS), Size(_HEADER)),
    ports={"ethertype": (0x888E, 0x88C7)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(1, EAP),), (Range(0, 2), Range(4, 5), Range(8, 9)), Role.NOTICE),
    Case(_NAME, (Byte(1, KEY),), (Range(0, 2), Range(4, 7)), Role.NOTICE),
    Case(_NAME, (Byte(1, MKA),), (Range(0, 2), Range(4, 8)), Role.NOTICE),
    Case(_NAME, (Byte(1, _FUNCTIONS),), (Range(0, 2),), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A version and type that exist, whose body fits the frame."""
    data = message.data
    if message.transport != "ethernet" or len(data) < _HEADER:
        return False
    if data[0] not in _VERSIONS or data[1] not in _FUNCTIONS:
        return False
    return message.length >= _HEADER + int.from_bytes(data[2:4], "big") >= _HEADER + _LEAST.get(data[1], 0)


def dissect(message: Message) -> Iterator[Row]:
    """The step of the authentication or key agreement, and what it says of the port's protection."""
    data = message.data
    if not probe(message) or len(data) < _HEADER + _LEAST.get(data[1], 0):
        raise Malformed("no EAPOL PDU")
    kind, version = data[1], _VERSIONS[data[0]]
    if kind in _READERS:
        yield from _READERS[kind](data[_HEADER:], version)
        return
    yield Operation(
        verb=Verb.SESSION if kind in (START, LOGOFF) else Verb.REPORT,
        function=_FUNCTIONS[kind],
        kind=Kind.NOTICE,
        code=str(kind),
        filter=f"eapol.type == {kind}",
    )
    yield Session(version=version)


def _eap(body: bytes, version: str) -> Iterator[Row]:
    code, length = body[0], int.from_bytes(body[2:4], "big")
    if code not in (*_CODES, SUCCESS, FAILURE):
        raise Malformed("EAP code {code}", code=code)
    if code in (SUCCESS, FAILURE):
        yield Operation(
            verb=Verb.AUTHENTICATE,
            function="EAP Success" if code == SUCCESS else "EAP Failure",
            kind=Kind.RESPONSE if code == SUCCESS else Kind.REFUSAL,
            code=f"0:{code}",
            refusal="" if code == SUCCESS else "EAP Failure",
            filter=f"eap.code == {code}",
        )
        yield Session(version=version, authenticated=code == SUCCESS)
        return
    if length < 5 or len(body) < 5:
        raise Malformed("EAP request or response without its type")
    method = METHODS.get(body[4], f"EAP method {body[4]}")
    yield Operation(
        verb=Verb.AUTHENTICATE,
        function=f"EAP {_CODES[code]}",
        kind=Kind.NOTICE,
        code=f"0:{code}",
        object=method,
        filter=f"eap.code == {code} && eap.type == {body[4]}",
    )
    real = body[4] > NAK
    yield Session(
        version=version,
        credentials=CREDENTIALS.get(body[4], ""),
        detail=said("802.1X with {name}", name=method) if real else verbatim("802.1X"),
    )


_RC4, _RSN, _WPA = 1, 2, 254
_PAIRWISE, _ACK, _MIC, _SECURE = 0x0008, 0x0080, 0x0100, 0x0200


def _key(body: bytes, version: str) -> Iterator[Row]:
    """A step of the handshake of a wireless network, or a key of 802.1X-2001 (RC4)."""
    descriptor, information = body[0], int.from_bytes(body[1:3], "big")
    step = ""
    if descriptor in (_RSN, _WPA):
        step = _step(information) if information & _PAIRWISE else said("group key handshake")
    yield Operation(
        verb=Verb.AUTHENTICATE,
        function="EAPOL-Key",
        kind=Kind.NOTICE,
        code=f"{KEY}:{descriptor}",
        object={_RC4: "RC4 key", _RSN: "RSN key", _WPA: "WPA key"}.get(descriptor, f"descriptor {descriptor}"),
        detail=step,
        filter=f"eapol.keydes.type == {descriptor}",
    )
    yield Session(version=version)


def _step(information: int) -> str:
    """Which message of the four-way handshake (IEEE 802.11-2020 section 12.7.6)."""
    if information & _ACK:
        return said("four-way handshake {n}", n=3) if information & _MIC else said("four-way handshake {n}", n=1)
    return said("four-way handshake {n}", n=4) if information & _SECURE else said("four-way handshake {n}", n=2)


def _mka(body: bytes, version: str) -> Iterator[Row]:
    """The basic parameter set (11.11.3): priority, whether key server, whether MACsec is wanted and can be done."""
    flags = body[2]
    words = [
        said("priority {n}", n=body[1]),
        said("key server") if flags & 0x80 else said("no key server"),
        said("MACsec desired") if flags & 0x40 else said("MACsec not desired"),
        _CAPABILITIES[flags >> 4 & 3],
    ]
    yield Operation(
        verb=Verb.AUTHENTICATE,
        function="EAPOL-MKA",
        kind=Kind.NOTICE,
        code=str(MKA),
        detail=joined(words),
        filter=f"eapol.type == {MKA}",
    )
    yield Session(version=version, detail=said("MACsec key agreement"))


_READERS: dict[int, Callable[[bytes, str], Iterator[Row]]] = {EAP: _eap, KEY: _key, MKA: _mka}
_LEAST = {EAP: 4, KEY: 3, MKA: 32}

PROTOCOL = Protocol(
    name=_NAME,
    title="IEEE 802.1X (EAPOL)",
    short="802.1X",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE, Verb.SESSION, Verb.REPORT}),
    specification="IEEE 802.1X-2020 section 11; RFC 3748 section 4; IEEE 802.11-2020 section 12.7",
    industrial=False,
)
