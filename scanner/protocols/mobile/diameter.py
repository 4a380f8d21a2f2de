"""Diameter: what servers of mobile cores, and of networks' log-ins, ask each other; over TCP and SCTP, on any port.

RFC 6733 sections 3 (header), 4 (AVPs), 5 to 8 (messages, result codes); payload protocol 46 of SCTP (section 2.1).
Commands and applications by IANA's "AAA Parameters", with 3GPP TS 29.229, 29.272, 29.329 and others behind them.
Of subscribers it is told that they are named, by the commands that must name them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scanner.framing.language import After, Byte, Case, Field, Framing, Length, Range, Role, Size, Sync, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.common.text import readable
from scanner.wording import said

NAME = "diameter"
_HEADER, _AVP = 20, 8
_REQUEST, _ERROR, _VENDOR = 0x80, 0x20, 0x80
_FLAGS = range(0, 0x100, 0x10)  # the others are reserved
_AVP_FLAGS = range(0, 0x100, 0x20)
MAX_MESSAGE = 1 << 20  # bytes: servers send far less
_KEPT = 1024
_IDENTIFIER = 46  # in front of messages over SCTP
_COMMANDS = {
    257: ("Capabilities-Exchange", Verb.SESSION),
    258: ("Re-Auth", Verb.SESSION),
    265: ("AA", Verb.AUTHENTICATE),
    268: ("Diameter-EAP", Verb.AUTHENTICATE),
    271: ("Accounting", Verb.REPORT),
    272: ("Credit-Control", Verb.SESSION),
    274: ("Abort-Session", Verb.SESSION),
    275: ("Session-Termination", Verb.SESSION),
    280: ("Device-Watchdog", Verb.SESSION),
    282: ("Disconnect-Peer", Verb.SESSION),
    300: ("User-Authorization", Verb.AUTHENTICATE),
    301: ("Server-Assignment", Verb.SESSION),
    302: ("Location-Info", Verb.READ),
    303: ("Multimedia-Auth", Verb.AUTHENTICATE),
    304: ("Registration-Termination", Verb.SESSION),
    305: ("Push-Profile", Verb.CONFIGURE),
    306: ("User-Data", Verb.READ),
    307: ("Profile-Update", Verb.CONFIGURE),
    308: ("Subscribe-Notifications", Verb.SUBSCRIBE),
    309: ("Push-Notification", Verb.REPORT),
    316: ("Update-Location", Verb.SESSION),
    317: ("Cancel-Location", Verb.SESSION),
    318: ("Authentication-Information", Verb.AUTHENTICATE),
    319: ("Insert-Subscriber-Data", Verb.CONFIGURE),
    320: ("Delete-Subscriber-Data", Verb.CONFIGURE),
    321: ("Purge-UE", Verb.SESSION),
    322: ("Reset", Verb.SESSION),
    323: ("Notify", Verb.REPORT),
    324: ("ME-Identity-Check", Verb.READ),
    8388620: ("Provide-Location", Verb.READ),
    8388621: ("Location-Report", Verb.REPORT),
    8388622: ("LCS-Routing-Info", Verb.READ),
    8388635: ("Spending-Limit", Verb.READ),
    8388636: ("Spending-Status-Notification", Verb.REPORT),
    8388645: ("MO-Forward-Short-Message", Verb.WRITE),
    8388646: ("MT-Forward-Short-Message", Verb.WRITE),
    8388647: ("Send-Routing-Info-for-SM", Verb.READ),
    8388718: ("Configuration-Information", Verb.CONFIGURE),
}
_APPLICATIONS = {
    0: "",
    1: "NASREQ",
    3: "accounting",
    4: "credit control",
    5: "EAP",
    16777216: "Cx/Dx",
    16777217: "Sh",
    16777236: "Rx",
    16777238: "Gx",
    16777251: "S6a/S6d",
    16777252: "S13",
    16777255: "SLg",
    16777264: "SWm",
    16777265: "SWx",
    16777266: "Gxx",
    16777267: "S9",
    16777272: "S6b",
    16777291: "SLh",
    16777302: "Sy",
    16777303: "Sd",
    16777312: "S6c",
    16777313: "SGd",
    16777345: "S6t",
    16777346: "T6a/T6b",
}
# Commands that must name the subscriber by IMSI: of S6a and S6d (TS 29.272 section 7.2), of SWx (TS 29.273, 8.2).
_NAMING = {
    16777251: {316, 317, 318, 319, 320, 321, 323},
    16777265: {301, 303, 304, 305},
}
_ORIGIN_HOST, _RESULT, _PRODUCT, _EXPERIMENTAL, _EXPERIMENTAL_CODE = 264, 268, 269, 297, 298
_SESSION_ID = (0, 0, 1, 7)
_OPENING = 257
_NUMBER = 12  # bytes of an AVP that holds one
_WINDOW = 64  # bytes behind a session's name in which the result is looked for
_RESULT_SIZE, _FAILED = 4, 3000


def _tests(at: int, *, request: bool | None = None) -> tuple[Byte, ...]:
    """Of the header, and of the AVP behind it, of a message that begins at ``at``."""
    flags = [f for f in _FLAGS if request is None or bool(f & _REQUEST) is request]
    return (
        Byte(at, 1),
        Byte(at + 4, flags),
        Byte(at + 5, (0, 0x80)),
        Byte(at + 6, (0, 1)),
        Byte(at + 8, (0, 1, 0xFF)),
    )


def _sync(at: int) -> tuple[Sync, ...]:
    avp = at + _HEADER
    first = (Byte(avp, 0), Byte(avp + 1, 0), Byte(avp + 2, (0, 1)), Byte(avp + 4, _AVP_FLAGS), Byte(avp + 5, 0))
    return (*_tests(at), *first, Size(avp + _AVP))


def _cases(at: int, *tests: Byte) -> Iterator[Case]:
    """Requests count by command, answers by command and what became of it, which stands behind the session's name;
    the first messages of a connection, in which the ends say who they are, by all of it.
    """
    head, pair = Range(at + 4, at + 12), (Range(at + 12, at + 20),)
    avp = at + _HEADER
    case = partial(Case, NAME, pair=pair, keep=_KEPT)
    named = tuple(Byte(avp + n, octet) for n, octet in enumerate(_SESSION_ID))
    opens = (Byte(at + 5, 0), Byte(at + 6, _OPENING >> 8), Byte(at + 7, _OPENING & 0xFF))
    request, answer = _tests(at, request=True), _tests(at, request=False)
    yield case((*tests, *request, *opens), (head, Range(avp)), Role.REQUEST)
    yield case((*tests, *answer, *opens), (head, Range(avp)), Role.RESPONSE)
    yield case((*tests, *request), (head,), Role.ASKS)
    yield case((*tests, *answer, *named), (head, After(Field(avp + 5, 3, add=avp), _WINDOW)), Role.ANSWERS)
    yield case((*tests, *answer), (head, Range(avp, avp + _NUMBER)), Role.ANSWERS)


FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=1, width=3, minimum=_HEADER + _AVP, maximum=MAX_MESSAGE),
    sync=_sync(0),
    ports={"tcp": (3868,)},
    confirmations=1,
)
_PREFIX = tuple(Byte(n, octet) for n, octet in enumerate(_IDENTIFIER.to_bytes(4, "big")))
OVER_SCTP = Framing(
    name="diameter-sctp",
    delimiter=Whole(),
    sync=(*_PREFIX, *_sync(4)),
    ports={"sctp": (3868,)},
    confirmations=1,
)


def _avps(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Code and value of each AVP of the standard's own that is there whole; Malformed when one has no length."""
    at = 0
    while at + _AVP <= len(data):
        code, flags = int.from_bytes(data[at : at + 4], "big"), data[at + 4]
        size = int.from_bytes(data[at + 5 : at + 8], "big")
        head = _AVP + 4 * bool(flags & _VENDOR)
        if size < head or flags & 0x1F:
            raise Malformed("an AVP without a length")
        value = data[at + head : at + size]
        if at + size <= len(data) and (not flags & _VENDOR or code == _EXPERIMENTAL):
            yield code, value
        at += size + -size % 4


def _body(message: Message) -> tuple[bytes, int]:
    """The message itself and its length, without what SCTP has in front."""
    data, length = message.data, message.length
    if message.transport == "sctp":
        if data[:4] != _IDENTIFIER.to_bytes(4, "big"):
            raise Malformed("no message of Diameter")
        data, length = data[4:], length - 4
    elif message.transport != "tcp":
        raise Malformed("no message of Diameter")
    if len(data) < _HEADER + _AVP or data[0] != 1 or int.from_bytes(data[1:4], "big") != length or length % 4:
        raise Malformed("no message of Diameter")
    if data[4] not in _FLAGS or (data[4] & _REQUEST and data[4] & _ERROR):
        raise Malformed("flags that do not exist")
    return data, length


@once
def _read(message: Message) -> tuple[bytes, dict[int, bytes]]:
    """The header and, of each AVP by its code, the first; Malformed when they do not fill the message."""
    data, length = _body(message)
    found: dict[int, bytes] = {}
    for code, value in _avps(data[_HEADER:]):
        found.setdefault(code, value)
    if len(data) == length and _filled(data) != length:
        raise Malformed("the AVPs do not fill the message")
    return data[:_HEADER], found


def _filled(data: bytes) -> int:
    at = _HEADER
    while at + _AVP <= len(data):
        size = int.from_bytes(data[at + 5 : at + 8], "big")
        at += size + -size % 4
    return at


def probe(message: Message) -> bool:
    """The length is the message's, and the AVPs fill it."""
    return is_well_formed(_read, message)


def proof(message: Message) -> bool:
    """It says from whom it is, as every message but those of an error must."""
    try:
        return _ORIGIN_HOST in _read(message)[1]
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The command with its application, and what became of it; who the ends are, where they say so first."""
    header, avps = _read(message)
    data, _ = _body(message)
    request = bool(header[4] & _REQUEST)
    code, application = int.from_bytes(header[5:8], "big"), int.from_bytes(header[8:12], "big")
    function, verb = _COMMANDS.get(code, (f"command {code}", Verb.UNKNOWN))
    refusal = "" if request else _refusal(data, whole=code == _OPENING)
    name = _APPLICATIONS.get(application, str(application))
    yield Operation(
        verb=verb if request else Verb.UNKNOWN,
        function=function,
        kind=Kind.REQUEST if request else Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=str(code),
        object="IMSI" if code in _NAMING.get(application, ()) else "",
        detail=said("application {name}", name=name) if name else "",
        refusal=refusal,
        filter=f"diameter.cmd.code == {code}",
    )
    yield Session(version="Diameter 1", encrypted=False)
    if code != _OPENING:
        return
    if host := readable(avps.get(_ORIGIN_HOST, b""), 255):
        yield Identity("hostname", host)
    if product := readable(avps.get(_PRODUCT, b""), 80):
        yield Identity("software", product)


def _refusal(data: bytes, *, whole: bool) -> str:
    """The result code of what failed, the application's own included, where messages count by it; empty: success."""
    first, end = _HEADER, len(data) if whole else _HEADER + _NUMBER
    if not whole and data[_HEADER : _HEADER + 4] == bytes(_SESSION_ID):
        size = int.from_bytes(data[_HEADER + 5 : _HEADER + 8], "big")
        first, end = _HEADER + size + -size % 4, _HEADER + size + _WINDOW
    found = _some(data[first:end])
    value = found.get(_RESULT, b"") or _some(found.get(_EXPERIMENTAL, b"")).get(_EXPERIMENTAL_CODE, b"")
    result = int.from_bytes(value, "big") if len(value) == _RESULT_SIZE else 0
    return f"result {result}" if result >= _FAILED else ""


def _some(data: bytes) -> dict[int, bytes]:
    """Of each AVP that is there the first."""
    found: dict[int, bytes] = {}
    try:
        for code, value in _avps(data):
            found.setdefault(code, value)
    except Malformed:
        pass
    return found


PROTOCOL = Protocol(
    name=NAME,
    title="Diameter",
    framing=FRAMING,
    cases=(*_cases(4, *_PREFIX), *_cases(0)),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({*(verb for _, verb in _COMMANDS.values()), Verb.UNKNOWN}),
    specification="RFC 6733 sections 3 to 8, IANA AAA Parameters, 3GPP TS 29.229, 29.272 and 29.329",
    industrial=False,
    more_framings=(OVER_SCTP,),
)
