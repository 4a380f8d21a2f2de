"""sFlow version 5: switches and routers send samples of the traffic that they forward, and counters, to a collector.

Written from "sFlow Version 5" (sflow.org, July 2004), section 5: the datagram, its samples, their formats. Of a sampled
packet the beginning is in the datagram as it was forwarded; what it holds is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import said, verbatim

_NAME = "sflow"
_VERSION = b"\0\0\0\5"
_SAMPLES = {1: "Flow sample", 2: "Counters sample", 3: "Expanded flow sample", 4: "Expanded counters sample"}
_SAMPLES |= {5: "Discarded packet"}
_OTHER = "Sample of a manufacturer"
_FOUR, _SIX = 28, 40  # where samples begin behind an agent's address
_COUNTS = range(1, 256)  # of samples
_SCOPES = (*range(0x20, 0x40), 0xFC, 0xFD, 0xFE)  # first octet of an address of IPv6 that an agent may have
_KEPT = 1600


def _framing(name: str, kind: int, first: tuple[int, ...], at: int) -> Framing:
    """An agent's kind of address, the first octet of it, and where the samples begin."""
    return Framing(
        name,
        Whole(),
        (
            *magic(0, _VERSION + bytes((0, 0, 0, kind))),
            Byte(8, first),
            *magic(at - 4, b"\0\0\0"),
            Byte(at - 1, _COUNTS),
            Byte(at + 4, 0),
            Byte(at + 5, 0),
            Size(at + 8),
        ),
        {"udp": (6343,)},
        confirmations=1,
    )


FRAMING = _framing(_NAME, 1, tuple(range(1, 224)), _FOUR)
OF_SIX = _framing("sflow-ipv6", 2, _SCOPES, _SIX)
_SIZE = Field(4, 4, add=8)
_FORMAT = (Select((), (Range(0, 4),)),)


def _case(kind: int, at: int) -> Case:
    return Case(_NAME, (Byte(7, kind),), (Range(0, at - 12), Chain(at, _SIZE, _FORMAT)), Role.NOTICE, keep=_KEPT)


CASES = (_case(1, _FOUR), _case(2, _SIX))


def probe(message: Message) -> bool:
    """Version, agent, and samples that fill the datagram."""
    return is_well_formed(_formats, message)


def _formats(message: Message) -> dict[int, None]:
    """The formats of the samples, each once; Malformed when samples do not fill the datagram."""
    data = message.data
    if message.transport != "udp" or len(data) < _FOUR or data[:4] != _VERSION or data[4:8] not in _KINDS:
        raise Malformed("no datagram of sFlow")
    at = _KINDS[data[4:8]]
    left = int.from_bytes(data[at - 4 : at], "big")
    found: dict[int, None] = {}
    while left and at + 8 <= len(data):
        found[int.from_bytes(data[at : at + 4], "big")] = None
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if size % 4 or at + 8 + size > message.length:
            raise Malformed("the lengths do not agree")
        at += 8 + size
        left -= 1
    whole = len(data) == message.length
    if not found or (whole and (left or at != message.length)):
        raise Malformed("the lengths do not agree")
    return found


_KINDS = {b"\0\0\0\1": _FOUR, b"\0\0\0\2": _SIX}


def dissect(message: Message) -> Iterator[Row]:
    """What kinds of samples there are."""
    for kind in _formats(message):
        enterprise, number = kind >> 12, kind & 0xFFF
        ours = not enterprise and number in _SAMPLES
        yield Operation(
            verb=Verb.REPORT,
            function=_SAMPLES[number] if ours else _OTHER,
            kind=Kind.NOTICE,
            code=str(kind),
            detail="" if ours else verbatim(f"{enterprise}:{number}"),
            filter="sflow",
        )
    yield Session(version="sFlow 5", encrypted=False, detail=said("samples of forwarded traffic, in clear"))


PROTOCOL = Protocol(
    name=_NAME,
    title="sFlow",
    framing=FRAMING,
    more_framings=(OF_SIX,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="sFlow Version 5 (sflow.org, 2004), section 5",
    industrial=False,
)
