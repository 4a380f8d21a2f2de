"""IGMP: which multicast groups a host wants, and which router asks.

RFC 1112 appendix I (version 1), RFC 2236 section 2 (version 2), RFC 9776 section 4 (version 3).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.routing._authentication import address
from scanner.wording import listed

_NAME = "igmp"
_QUERY, _REPORT_1, _REPORT_2, _LEAVE, _REPORT_3 = 0x11, 0x12, 0x16, 0x17, 0x22
_TYPES = {
    _QUERY: "Membership Query",
    _REPORT_1: "Version 1 Membership Report",
    _REPORT_2: "Version 2 Membership Report",
    _LEAVE: "Leave Group",
    _REPORT_3: "Version 3 Membership Report",
}
_SHORT = 8  # bytes of all but queries and reports of version 3
_KEPT = 512
_SHOWN = 4

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _TYPES), Size(_SHORT)),
    ports={"ip": (2,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(0, _REPORT_3),), (Range(0, 1), Range(6)), Role.NOTICE, keep=_KEPT, most=256),
    Case(_NAME, (), (Range(0, 1), Range(4, 8)), Role.NOTICE, keep=_SHORT, most=256),
)


def probe(message: Message) -> bool:
    """A type that exists, with as many bytes as it needs."""
    data = message.data
    if not message.transport.startswith("ip-") or len(data) < _SHORT or data[0] not in _TYPES:
        return False
    return data[0] in (_QUERY, _REPORT_3) or message.length == _SHORT


def dissect(message: Message) -> Iterator[Row]:
    """Who asks for, joins or leaves which groups."""
    if not probe(message):
        raise Malformed("no IGMP message")
    data = message.data
    kind = data[0]
    groups = _records(message) if kind == _REPORT_3 else [address(data[4:8])]
    shown = [group for group in dict.fromkeys(groups) if group != "0.0.0.0"]  # noqa: S104 - a general query
    yield Operation(
        verb=Verb.READ if kind == _QUERY else Verb.SUBSCRIBE,
        function=_TYPES[kind],
        kind=Kind.NOTICE,
        code=f"0x{kind:02x}",
        object=listed(shown[:_SHOWN], len(shown) - _SHOWN),
        filter=f"igmp.type == 0x{kind:02x}",
    )


def _records(message: Message) -> list[str]:
    """The groups of a report of version 3."""
    data, at = message.data, 8
    found = []
    for _ in range(int.from_bytes(data[6:8], "big")):
        if at + 8 > len(data):
            if message.length > len(data):
                break
            raise Malformed("a group record does not fit the message")
        found.append(address(data[at + 4 : at + 8]))
        at += 8 + 4 * int.from_bytes(data[at + 2 : at + 4], "big") + 4 * data[at + 1]
    return found


PROTOCOL = Protocol(
    name=_NAME,
    title="IGMP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.SUBSCRIBE}),
    specification="RFC 1112 appendix I, RFC 2236 section 2, RFC 9776 section 4",
    industrial=False,
)
