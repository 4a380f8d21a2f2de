"""The registration protocols of IEEE 802.1Q: MSRP (stream reservations of TSN), MVRP (VLANs) and MMRP (groups).

Written from IEEE 802.1Q-2018 sections 10.8 (MRPDUs, vectors, packed events), 10.12 (MMRP), 11.2.3 (MVRP) and 35.2.2
(MSRP). What is declared, withdrawn or failed becomes an operation; events that only tell the state of a registration
do not. Not protected: whoever declares a VLAN, a group or a stream gets its frames, or the bandwidth.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, islice, zip_longest
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Framing, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.wording import joined, said

_NAME = "mrp-registration"
MSRP, MVRP, MMRP = 0x22EA, 0x88F5, 0x88F6
_APPLICATIONS = {MSRP: "msrp", MVRP: "mvrp", MMRP: "mmrp"}
ADVERTISE, FAILED, LISTENER, DOMAIN = range(1, 5)
_FUNCTIONS = {
    (MSRP, ADVERTISE): ("MSRP Talker Advertise", 25),
    (MSRP, FAILED): ("MSRP Talker Failed", 34),
    (MSRP, LISTENER): ("MSRP Listener", 8),
    (MSRP, DOMAIN): ("MSRP Domain", 4),
    (MVRP, 1): ("MVRP VLAN Identifier", 2),
    (MMRP, 1): ("MMRP Service Requirement", 1),
    (MMRP, 2): ("MMRP MAC", 6),
}
_DECLARED, _LEAVE = (
    {0: said("new"), 1: said("join"), 3: said("join")},
    5,
)  # New, JoinIn, JoinMt; In and Mt declare nothing
_ASKING_FAILED, _READY, _READY_FAILED = 1, 2, 3
_LISTENERS = {
    _ASKING_FAILED: said("asking failed"),
    _READY: said("ready"),
    _READY_FAILED: said("ready failed"),
}
_FAILURES = {  # table 35-6
    1: "Insufficient bandwidth",
    2: "Insufficient Bridge resources",
    3: "Insufficient bandwidth for Traffic Class",
    4: "StreamID in use by another Talker",
    5: "Stream destination address already in use",
    6: "Stream preempted by higher rank",
    7: "Reported latency has changed",
    8: "Egress port is not AVB capable",
    9: "Use a different destination address",
    10: "Out of MSRP resources",
    11: "Out of MMRP resources",
    12: "Cannot store destination address",
    13: "Requested priority is not an SR Class priority",
    14: "MaxFrameSize is too large for media",
    15: "Fan-in port limit has been reached",
    16: "Changes in FirstValue for a registered StreamID",
    17: "VLAN is blocked on this egress port",
    18: "VLAN tagging is disabled on this egress port",
    19: "SR class priority mismatch",
}
_MOST_ROWS = 256  # of one frame


def _framing(kind: int, types: range) -> Framing:
    name = _APPLICATIONS[kind]
    return Framing(
        name=name,
        delimiter=Whole(),
        sync=(Byte(0, 0), Byte(1, types), Byte(2, {n for (k, _), (_, n) in _FUNCTIONS.items() if k == kind}), Size(6)),
        ports={"ethertype": (kind,)},
        confirmations=1,
        anywhere=False,
    )


class _Vector(NamedTuple):
    """One vector attribute: what its values count up from, and each value's event (and, of listeners, parameter)."""

    attribute: int
    first: bytes
    events: list[int]
    parameters: list[int]


class _Run(NamedTuple):
    """Values of a vector one behind the other, counted from 0, with one event and parameter."""

    first: int
    last: int
    event: int
    parameter: int


def probe(message: Message) -> bool:
    """Attributes of the application, with the lengths they have."""
    if message.transport != "ethernet" or message.port not in _APPLICATIONS:
        return False
    try:
        return bool(list(_vectors(message)))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """One operation for values in a row that are declared or withdrawn alike."""
    if message.port not in _APPLICATIONS:
        raise Malformed("not an EtherType of a registration protocol")
    rows = (
        _operation(message.port, vector, run)
        for vector in list(_vectors(message))
        for run in _runs(vector)
        if run.event in _DECLARED or run.event == _LEAVE
    )
    yield from islice(rows, _MOST_ROWS)
    if next(rows, None) is not None:
        raise Malformed("more than {n} declarations", n=_MOST_ROWS)


def _vectors(message: Message) -> Iterator[_Vector]:
    """Every vector attribute of the MRPDU; a frame that was captured in part ends where it was cut."""
    data, kind = message.data, message.port
    cut = message.length > len(data)
    if len(data) < 3 or data[0] != 0:
        raise Malformed("no MRPDU of version 0")
    at = 1
    while at + 2 <= len(data) and data[at : at + 2] != b"\0\0":
        attribute, size = data[at], data[at + 1]
        if _FUNCTIONS.get((kind, attribute), ("", -1))[1] != size:
            raise Malformed("attribute {attribute} of {size} bytes", attribute=attribute, size=size)
        at += 4 if kind == MSRP else 2
        while at + 2 <= len(data) and data[at : at + 2] != b"\0\0":
            found = _vector(data, at, kind, attribute, size)
            if found is None:
                if cut:
                    return
                raise Malformed("a vector reaches beyond the frame")
            vector, at = found
            yield vector
        at += 2


def _vector(data: bytes, at: int, kind: int, attribute: int, size: int) -> tuple[_Vector, int] | None:
    """The vector at ``at`` and where it ends; None when the frame ends before it."""
    values = int.from_bytes(data[at : at + 2], "big") & 0x1FFF
    first, threes = at + 2, -(-values // 3)
    packed = first + size
    fours = -(-values // 4) if (kind, attribute) == (MSRP, LISTENER) else 0
    end = packed + threes + fours
    if end > len(data):
        return None
    events = [event for byte in data[packed : packed + threes] for event in (byte // 36, byte // 6 % 6, byte % 6)]
    parameters = [byte >> shift & 3 for byte in data[packed + threes : end] for shift in (6, 4, 2, 0)]
    return _Vector(attribute, data[first:packed], events[:values], parameters[:values]), end


def _runs(vector: _Vector) -> Iterator[_Run]:
    at = 0
    told = zip_longest(vector.events, vector.parameters, fillvalue=0)
    for (event, parameter), alike in groupby(told):
        size = sum(1 for _ in alike)
        yield _Run(at, at + size - 1, event, parameter)
        at += size


def _operation(kind: int, vector: _Vector, run: _Run) -> Operation:
    function = _FUNCTIONS[kind, vector.attribute][0]
    words: list[str] = [said("leave") if run.event == _LEAVE else _DECLARED[run.event]]
    refusal = ""
    if kind == MSRP and vector.attribute in (ADVERTISE, FAILED):
        words += _talker(vector.first)
    if (kind, vector.attribute) == (MSRP, FAILED):
        refusal = _FAILURES.get(vector.first[33], f"failure code {vector.first[33]}")
    if (kind, vector.attribute) == (MSRP, LISTENER):
        words.append(_LISTENERS.get(run.parameter, said("ignored")))
        refusal = _LISTENERS[run.parameter] if run.parameter in (_ASKING_FAILED, _READY_FAILED) else ""
    talks = kind == MSRP and vector.attribute != LISTENER
    return Operation(
        verb=Verb.REPORT if talks else Verb.SUBSCRIBE,
        function=function,
        kind=Kind.REFUSAL if refusal else Kind.NOTICE,
        code=str(vector.attribute),
        object=_objects(kind, vector, run),
        detail=joined(words),
        refusal=refusal,
        filter=f"mrp-{_APPLICATIONS[kind]}.attribute_type == {vector.attribute}",
    )


def _objects(kind: int, vector: _Vector, run: _Run) -> str:
    """What the values stand for: ``VLAN 10``, ``VLAN 10 to 20``."""
    first, last = (_object(kind, vector, number) for number in (run.first, run.last))
    if run.first == run.last:
        return first
    if vector.attribute == DOMAIN:
        return f"{first} to {last}"
    return f"{first} to {last.replace('/', ' ').rpartition(' ')[2]}"


def _object(kind: int, vector: _Vector, number: int) -> str:
    """What one value stands for; values of a vector count up from the first."""
    first = vector.first
    value = (int.from_bytes(first, "big") + number).to_bytes(len(first) + 1, "big")[1:]
    if kind == MVRP:
        return f"VLAN {int.from_bytes(value, 'big') & 0xFFF}"
    if kind == MMRP:
        return f"group {value.hex(':')}" if vector.attribute == 2 else _requirement(value[0])
    if vector.attribute == DOMAIN:
        sr_class, priority = first[0] + number, first[1] + number
        return f"SR class {chr(ord('A') + max(0, 6 - sr_class))}, priority {priority}, VLAN {first[2] << 8 | first[3]}"
    unique = (int.from_bytes(first[6:8], "big") + number) & 0xFFFF
    return f"stream {first[:6].hex(':')}/{unique}"


def _requirement(value: int) -> str:
    return {0: "all groups", 1: "all unregistered groups"}.get(value, f"requirement {value}")


@lru_cache(maxsize=64)  # a vector declares many alike
def _talker(first: bytes) -> tuple[str, ...]:
    """Where the stream goes, what it needs and, of one that failed, where."""
    frames, size = int.from_bytes(first[18:20], "big"), int.from_bytes(first[16:18], "big")
    words = (
        said("to {name}", name=first[8:14].hex(":")),
        said("VLAN {n}", n=int.from_bytes(first[14:16], "big")),
        said("{n} frame(s) of {m} bytes an interval", n=frames, m=size),
        said("priority {name}", name=first[20] >> 5),
    )
    return (*words, said("at bridge {name}", name=first[27:33].hex(":"))) if len(first) > 33 else words


PROTOCOL = Protocol(
    name=_NAME,
    title="MSRP, MVRP and MMRP",
    short="MRP (802.1Q)",
    framing=_framing(MSRP, range(1, 5)),
    more_framings=(_framing(MVRP, range(1, 2)), _framing(MMRP, range(1, 3))),
    cases=(Case(_NAME, (), role=Role.NOTICE, keep=1500),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.SUBSCRIBE}),
    specification="IEEE 802.1Q-2018 sections 10.8, 10.12, 11.2.3 and 35.2.2",
    industrial=False,
    display_filter="mrp-msrp || mrp-mvrp || mrp-mmrp",
)
