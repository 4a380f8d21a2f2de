"""OpenFlow 1.0 to 1.5: a controller tells switches what to do with which packets.

Written from the OpenFlow Switch Specifications 1.0.0 (section 5.1), 1.1.0 and 1.3.5 (section 7.1) and 1.5.1 (section
7.1): header and types of messages. The switch opens the connection; both sides ask. Away from its ports it is told by a
hello of each version's form and the messages behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import said

_NAME = "openflow"
_HEADER = 8
VERSIONS = {1: "1.0", 2: "1.1", 3: "1.2", 4: "1.3", 5: "1.4", 6: "1.5"}
_Type = tuple[str, Verb, Role]
_ASK, _ANSWER, _SAY = Role.ASKS, Role.ANSWERS, Role.NOTICE
_COMMON: dict[int, _Type] = {
    0: ("Hello", Verb.SESSION, _SAY),
    1: ("Error", Verb.UNKNOWN, _ANSWER),
    2: ("Echo", Verb.DIAGNOSE, _ASK),
    3: ("Echo", Verb.DIAGNOSE, _ANSWER),
    4: ("Experimenter", Verb.UNKNOWN, _SAY),
    5: ("Features", Verb.IDENTIFY, _ASK),
    6: ("Features", Verb.IDENTIFY, _ANSWER),
    7: ("Get Config", Verb.READ, _ASK),
    8: ("Get Config", Verb.READ, _ANSWER),
    9: ("Set Config", Verb.CONFIGURE, _SAY),
    10: ("Packet In", Verb.REPORT, _SAY),
    11: ("Flow Removed", Verb.REPORT, _SAY),
    12: ("Port Status", Verb.REPORT, _SAY),
    13: ("Packet Out", Verb.WRITE, _SAY),
    14: ("Flow Mod", Verb.CONFIGURE, _SAY),
}
_OF_1_0: dict[int, _Type] = _COMMON | {
    15: ("Port Mod", Verb.CONFIGURE, _SAY),
    16: ("Stats", Verb.READ, _ASK),
    17: ("Stats", Verb.READ, _ANSWER),
    18: ("Barrier", Verb.SESSION, _ASK),
    19: ("Barrier", Verb.SESSION, _ANSWER),
    20: ("Queue Get Config", Verb.READ, _ASK),
    21: ("Queue Get Config", Verb.READ, _ANSWER),
}
_SINCE_1_1: dict[int, _Type] = _COMMON | {
    15: ("Group Mod", Verb.CONFIGURE, _SAY),
    16: ("Port Mod", Verb.CONFIGURE, _SAY),
    17: ("Table Mod", Verb.CONFIGURE, _SAY),
    18: ("Multipart", Verb.READ, _ASK),
    19: ("Multipart", Verb.READ, _ANSWER),
    20: ("Barrier", Verb.SESSION, _ASK),
    21: ("Barrier", Verb.SESSION, _ANSWER),
    22: ("Queue Get Config", Verb.READ, _ASK),
    23: ("Queue Get Config", Verb.READ, _ANSWER),
    24: ("Role", Verb.CONFIGURE, _ASK),
    25: ("Role", Verb.CONFIGURE, _ANSWER),
    26: ("Get Async", Verb.READ, _ASK),
    27: ("Get Async", Verb.READ, _ANSWER),
    28: ("Set Async", Verb.CONFIGURE, _SAY),
    29: ("Meter Mod", Verb.CONFIGURE, _SAY),
    30: ("Role Status", Verb.REPORT, _SAY),
    31: ("Table Status", Verb.REPORT, _SAY),
    32: ("Request Forward", Verb.REPORT, _SAY),
    33: ("Bundle Control", Verb.CONFIGURE, _SAY),
    34: ("Bundle Add Message", Verb.CONFIGURE, _SAY),
    35: ("Controller Status", Verb.REPORT, _SAY),
}
_LAST = {1: 21, 2: 23, 3: 25, 4: 29, 5: 34, 6: 35}  # the last type of each version
_KEPT = 512
_FIELDS = {1: "openflow_1_0.type", 4: "openflow_v4.type", 5: "openflow_v5.type", 6: "openflow_v6.type"}  # of tshark
_CUTTER = Length(2, 2, minimum=_HEADER, maximum=0xFFFF)
_SHORT = (*range(8, 65, 8),)  # lengths of a hello, whose elements are padded to eight bytes

FRAMING = Framing(
    _NAME,
    _CUTTER,
    (Byte(0, VERSIONS), Byte(1, range(36))),
    {"tcp": (6653, 6633)},
    confirmations=2,
    anywhere=False,
)
HELLO = Framing(
    "openflow-hello",
    _CUTTER,
    (Byte(0, VERSIONS), *magic(1, b"\0\0"), Byte(3, _SHORT)),
    {"tcp": ()},
    confirmations=1,
    then=_NAME,
)


def _cases() -> Iterator[Case]:
    """Answers have the number of their request; numbers, counters and packets are no part of a key."""
    for versions, known in (((1,), _OF_1_0), (range(2, 7), _SINCE_1_1)):
        for role in (_ASK, _ANSWER, _SAY):
            kinds = [kind for kind, told in known.items() if told[2] is role]
            pair = () if role is _SAY else (Range(4, 8),)
            reason = 12 if role is _ANSWER else 2
            key = (Range(0, 2), Range(8, reason)) if role is _ANSWER else (Range(0, 2),)
            yield Case(_NAME, (Byte(0, tuple(versions)), Byte(1, tuple(kinds))), key, role, pair, keep=_KEPT)


def _header(message: Message) -> tuple[int, int]:
    """Version and type."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or data[0] not in VERSIONS or data[1] > _LAST[data[0]]:
        raise Malformed("no message of OpenFlow")
    if _two(data, 2) != message.length:
        raise Malformed("the lengths do not agree")
    if (data[1] == 1 and message.length < _HEADER + 4) or (data[1] == 0 and not _is_hello(message)):
        raise Malformed("no message of OpenFlow")
    return data[0], data[1]


def probe(message: Message) -> bool:
    """A known version and a type that it has; a hello with nothing but elements."""
    return is_well_formed(_header, message)


def _is_hello(message: Message) -> bool:
    """Elements (1.3.5, section 7.5.1), each padded to eight bytes, fill it; before 1.3.1 there are none."""
    at, data = _HEADER, message.data
    while at + 4 <= len(data):
        kind, size = _two(data, at), _two(data, at + 2)
        if kind != 1 or size < 4:
            return False
        at += (size + 7) // 8 * 8
    return at == message.length


def dissect(message: Message) -> Iterator[Row]:
    """What is asked, told or refused."""
    version, kind = _header(message)
    function, verb, role = (_OF_1_0 if version == 1 else _SINCE_1_1)[kind]
    kinds = {_ASK: Kind.REQUEST, _ANSWER: Kind.RESPONSE, _SAY: Kind.NOTICE}
    error = kind == 1
    orders = role is _SAY and verb in (Verb.CONFIGURE, Verb.WRITE)
    yield Operation(
        verb=verb,
        function=function,
        kind=Kind.REFUSAL if error else Kind.UNCONFIRMED if orders else kinds[role],
        code=str(kind),
        refusal=said("error {type}, {code}", type=_two(message.data, 8), code=_two(message.data, 10)) if error else "",
        filter=f"{_FIELDS[version]} == {kind}" if version in _FIELDS else f"openflow.version == {version}",
    )
    yield Session(version=f"OpenFlow {VERSIONS[version]}", credentials="none", encrypted=False)


def _two(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


PROTOCOL = Protocol(
    name=_NAME,
    title="OpenFlow",
    framing=FRAMING,
    more_framings=(HELLO,),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(verb for _, verb, _ in (*_OF_1_0.values(), *_SINCE_1_1.values())),
    specification="OpenFlow Switch Specification 1.0.0 section 5.1, 1.3.5 section 7.1, 1.5.1 section 7.1",
    industrial=False,
)
