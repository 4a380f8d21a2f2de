"""GTP': parts of a mobile core send records of charging to the gateway that collects them.

3GPP TS 32.295 sections 6.1 (header) and 6.2 (messages and their elements). Versions 0 to 2, with the long header of
version 0 or the short one. Records have in clear who used what, when and where.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.mobile._gtp_elements import gtp_elements

_NAME = "gtp-prime"
_REQUESTS = {1: "Echo", 4: "Node Alive", 6: "Redirection", 240: "Data Record Transfer"}
_ANSWERS = {2: 1, 5: 4, 7: 6, 241: 240}
_NOTICES = {3: "Version Not Supported"}
_LONG = (0x0E,)  # version 0 with 20 bytes of header
_SHORT = (0x0F, 0x2E, 0x2F, 0x4E, 0x4F)
_FIXED = {1: 1, 14: 1, 126: 1}  # lengths of the elements that have none of their own: cause, restart counter, command
_WITH_LENGTH = (249, 250, 251, 252, 253, 254, 255)
_CAUSE, _COMMAND, _RECORDS = 1, 126, 252
_GOOD = range(128, 192)
_COMMANDS = {1: "Send", 2: "Send possibly duplicated", 3: "Cancel", 4: "Release"}
_WANTED = {240: _COMMAND, 241: _CAUSE, 5: None, 7: _CAUSE, 2: 14}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, {*_LONG, *_SHORT}), Byte(1, {*_REQUESTS, *_ANSWERS, *_NOTICES}), Size(6)),
    ports={"udp": (3386,)},
    anywhere=False,
)
# Records that are sent, behind the command to take them: told on any port.
RECORDS = Framing(
    "gtp-prime-records",
    Whole(),
    (Byte(0, _SHORT), Byte(1, 240), Byte(6, _COMMAND), Byte(7, _COMMANDS), Byte(8, _RECORDS), Size(12)),
    {"udp": ()},
    confirmations=1,
    then=_NAME,
)


def _cases() -> Iterator[Case]:
    for first, header in ((_LONG, 20), (_SHORT, 6)):
        key = (Range(0, 2), Range(header, header + 2))
        number = (Range(4, 6),)
        yield Case(_NAME, (Byte(0, first), Byte(1, _REQUESTS)), key, Role.ASKS, number, keep=2048)
        yield Case(_NAME, (Byte(0, first), Byte(1, _ANSWERS)), key, Role.ANSWERS, number, keep=2048)
    yield Case(_NAME, (Byte(1, _NOTICES),), (Range(0, 2),), Role.NOTICE)


def _elements(message: Message) -> dict[int, bytes]:
    """The elements, the first of each type; Malformed when they do not fill the message."""
    data = message.data
    known = _REQUESTS.keys() | _ANSWERS.keys() | _NOTICES.keys()
    if message.transport != "udp" or len(data) < 6 or data[0] not in (*_LONG, *_SHORT) or data[1] not in known:
        raise Malformed("no message of GTP'")
    at = 20 if data[0] in _LONG else 6
    if at + int.from_bytes(data[2:4], "big") != message.length:
        raise Malformed("the lengths do not agree")
    found = gtp_elements(data, at, message.length, _FIXED, with_length=_WITH_LENGTH)
    if _WANTED.get(data[1]) not in (None, *found):
        raise Malformed("the elements do not fill the message")
    return found


def probe(message: Message) -> bool:
    """Header, type and length agree, and the elements that the type must have fill the message."""
    return is_well_formed(_elements, message)


def dissect(message: Message) -> Iterator[Row]:
    """The procedure, what shall be done with records, and whether it was refused."""
    elements = _elements(message)
    kind = message.data[1]
    cause = elements.get(_CAUSE, b"")
    refused = kind in _ANSWERS and bool(cause) and cause[0] not in _GOOD
    answer = Kind.REFUSAL if refused else Kind.RESPONSE
    command = elements.get(_COMMAND, b"\0")[:1]
    yield Operation(
        verb=Verb.REPORT if _ANSWERS.get(kind, kind) == 240 else Verb.SESSION,
        function=_NOTICES.get(kind) or _REQUESTS[_ANSWERS.get(kind, kind)],
        kind=answer if kind in _ANSWERS else Kind.REQUEST if kind in _REQUESTS else Kind.NOTICE,
        code=str(kind),
        detail=_COMMANDS.get(command[0], "") if kind == 240 and command else "",
        refusal=f"cause {cause[0]}" if refused else "",
        filter=f"gtp.message == 0x{kind:02x}",
    )
    yield Session(version=f"GTP' {message.data[0] >> 5}", credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="GTP'",
    framing=FRAMING,
    more_framings=(RECORDS,),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.REPORT}),
    specification="3GPP TS 32.295 sections 6.1 and 6.2",
    industrial=False,
    display_filter="gtpprime",
)
