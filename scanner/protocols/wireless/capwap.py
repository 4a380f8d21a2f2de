"""CAPWAP control: how controllers of wireless networks find, set and restart their access points, on any port.

RFC 5415 sections 4.1 to 4.6 (preamble, headers, messages, result codes), RFC 5416 section 6 (messages of 802.11). All
but discovery belongs into DTLS (section 2.1); what is encrypted shows that it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed

_NAME = "capwap"
_IN_CLEAR, _IN_DTLS = 0, 1  # kinds of preamble
_HEADER, _CONTROL = 8, 8  # bytes; of the first with neither MAC address nor wireless information
_BEFORE_LENGTH = 5  # bytes of the control header that its length leaves out
_DOT11 = 0x33DD01  # 13277 * 256 + 1, messages of 802.11
_EXCHANGES = {  # type of the request; that of its answer is the next
    1: ("Discovery", Verb.IDENTIFY),
    3: ("Join", Verb.SESSION),
    5: ("Configuration Status", Verb.SESSION),
    7: ("Configuration Update", Verb.CONFIGURE),
    9: ("WTP Event", Verb.REPORT),
    11: ("Change State Event", Verb.REPORT),
    13: ("Echo", Verb.SESSION),
    15: ("Image Data", Verb.FIRMWARE_UPDATE),
    17: ("Reset", Verb.RESTART),
    19: ("Primary Discovery", Verb.IDENTIFY),
    21: ("Data Transfer", Verb.REPORT),
    23: ("Clear Configuration", Verb.CONFIGURE),
    25: ("Station Configuration", Verb.CONFIGURE),
    _DOT11: ("WLAN Configuration", Verb.CONFIGURE),
}
_MAY_BE_CLEAR = (1, 19)  # discoveries
_RESULT, _SUCCESSES = 33, (0, 2)  # element; success, and success behind address translation
_RECORDS, _VERSIONS = range(20, 27), (b"\xfe\xff", b"\xfe\xfd")  # of DTLS


def probe(message: Message) -> bool:
    """A control message that fills its datagram, or the header in front of DTLS."""
    return is_well_formed(_request, message)


def proof(message: Message) -> bool:
    """A control message."""
    return message.data[:1] == b"\0" and probe(message)


def _request(message: Message) -> tuple[int, int]:
    """The type of the request that it is or answers, and the length of the header; (0, 0) of what is in DTLS."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER:
        raise Malformed("no message of CAPWAP")
    if data[0] == _IN_DTLS and data[1:4] == bytes(3) and data[4] in _RECORDS and data[5:7] in _VERSIONS:
        return 0, 0
    header = (data[1] >> 3) * 4
    control = data[header : header + _CONTROL]
    kind = int.from_bytes(control[:4], "big")
    asked = kind if kind in _EXCHANGES else kind - 1
    fits = header + _BEFORE_LENGTH + int.from_bytes(control[5:7], "big") == message.length
    whole = data[0] == _IN_CLEAR and header >= _HEADER and len(control) == _CONTROL
    if not whole or asked not in _EXCHANGES or not fits:
        raise Malformed("no message of CAPWAP")
    return asked, header


def dissect(message: Message) -> Iterator[Row]:
    """What is asked of whom, and whether it was done; whether it is protected."""
    asked, header = _request(message)
    if not asked:
        yield Operation(Verb.UNKNOWN, "DTLS", Kind.NOTICE, filter="capwap.preamble.type == 1")
        yield Session(version="CAPWAP", encrypted=True)
        return
    kind = int.from_bytes(message.data[header : header + 4], "big")
    result = _result(message.data) if kind != asked and header == _HEADER else 0
    refused = result not in _SUCCESSES
    name, verb = _EXCHANGES[asked]
    yield Operation(
        verb=verb if kind == asked else Verb.UNKNOWN,
        function=name,
        kind=Kind.REQUEST if kind == asked else Kind.REFUSAL if refused else Kind.RESPONSE,
        code=str(kind),
        refusal=f"result code {result}" if refused else "",
        filter=f"capwap.control.header.message_type == {kind}",
    )
    yield Session(version="CAPWAP", encrypted=None if asked in _MAY_BE_CLEAR else False)


def _result(data: bytes) -> int:
    """The result code among the elements; success where there is none."""
    at = _HEADER + _CONTROL
    while at + 8 <= len(data):
        kind, size = (int.from_bytes(data[n : n + 2], "big") for n in (at, at + 2))
        if kind == _RESULT and size == 4:
            return int.from_bytes(data[at + 4 : at + 8], "big")
        at += 4 + size
    return 0


_PLAIN = (Byte(0, _IN_CLEAR), Byte(1, range(0x10, 0x18)))  # a header of eight bytes
_TYPED = (*_PLAIN, Byte(8, 0), Byte(9, 0), Byte(10, 0))
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(*_TYPED, Byte(11, range(1, 27)), Byte(15, 0), Size(_HEADER + _CONTROL, 0xFFFF)),
    ports={"udp": ()},
    confirmations=1,
    then=f"{_NAME}-session",
)
SESSION = Framing(
    name=f"{_NAME}-session",
    delimiter=Whole(),
    sync=(Byte(0, (_IN_CLEAR, _IN_DTLS)), Size(_HEADER, 0xFFFF)),
    ports={"udp": (5246,)},
    confirmations=1,
    anywhere=False,
)
_NUMBER = (Range(12, 13),)
_OUTCOME = Chain(_HEADER + _CONTROL, Field(2, 2, add=4), (Select((Byte(0, 0), Byte(1, _RESULT)), (Range(0),)),))
_REQUESTS, _ANSWERS = range(1, 27, 2), range(2, 28, 2)
CASES = (
    Case(_NAME, (Byte(0, _IN_DTLS),), (Range(0, 5),), Role.NOTICE, keep=16),
    Case(_NAME, (*_PLAIN, Byte(11, _REQUESTS)), (Range(0, 2), Range(8, 12)), Role.REQUEST, _NUMBER, keep=64),
    Case(_NAME, (*_PLAIN, Byte(11, _ANSWERS)), (Range(0, 2), Range(8, 12), _OUTCOME), Role.RESPONSE, _NUMBER, keep=512),
    Case(_NAME, (), (Range(0),), Role.NOTICE, keep=128, most=64),
)

PROTOCOL = Protocol(
    name=_NAME,
    title="CAPWAP",
    framing=FRAMING,
    more_framings=(SESSION,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    proof=proof,
    verbs=frozenset({Verb.UNKNOWN, *(verb for _, verb in _EXCHANGES.values())}),
    specification="RFC 5415 sections 4.1 to 4.6, RFC 5416 section 6",
    industrial=False,
)
