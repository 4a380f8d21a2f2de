"""Which bytes of a CN/IP packet are meaning: types and flags, addresses, commands and what they touch.

Sequence numbers, times, digests and values never. The transaction number shares its octet with what kind of PDU it is,
so each kind has a case of its own; a domain of 0, 1, 3 or 6 octets stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Size, Test, bits
from scanner.protocols.lontalk._names import (
    ACKNOWLEDGE,
    ASKING,
    CONFIGURATION,
    DATA,
    MEMBERSHIP,
    REGISTRATION,
    SEGMENT,
)

HEADER, DIGEST, SECURED = 20, 16, 0x20
DOMAINS = (0, 1, 3, 6)  # octets, by the code of the length
ADDRESSES = {0: 3, 1: 3, 2: 4, 3: 9}  # octets, by the address format; a group's acknowledgement has 6
GROUP_ACKNOWLEDGEMENT = 6
_EXTENSIONS = (0, 3)  # in units of four octets


def cases(name: str) -> Iterator[Case]:
    """Every case of the protocol ``name``."""
    for extension in _EXTENSIONS:
        start = HEADER + 4 * extension
        for at, tests in _places(start):
            yield from _data(name, start, at, (Byte(3, DATA), Byte(4, extension), *tests))
        yield from _channel(name, start, Byte(4, extension))
    yield Case(name, (), (Range(2, 6),), Role.NOTICE)


def _places(start: int) -> Iterator[tuple[int, tuple[Test, ...]]]:
    """(where the PDU begins, tests for that) of every address format and length of domain, those alike together."""
    code, node = start + 1, start + 3
    answers: dict[int, frozenset[int]] = {}
    others: dict[int, frozenset[int]] = {}
    for number, domain in enumerate(DOMAINS):
        for form, octets in ADDRESSES.items():
            at = start + 2 + octets + domain
            others[at] = others.get(at, frozenset()) | bits(0xCF, form << 2 | number)
        answers[start + 2 + GROUP_ACKNOWLEDGEMENT + domain] = bits(0xCF, 2 << 2 | number)
    yield from ((at, (Byte(code, codes), Byte(node, range(0x80)))) for at, codes in answers.items())
    yield from ((at, (Byte(code, codes),)) for at, codes in others.items())


def _data(name: str, start: int, at: int, where: tuple[Test, ...]) -> Iterator[Case]:
    """LonTalk packets. The requester's subnet and node are what the answer repeats, as its target."""
    plain, proof = (Byte(start + 1, bits(0x30, kind << 4)) for kind in (3, 2))
    head = (Range(2, 8), Range(start + 1, at))
    asker, asked = (Range(start + 2, start + 4),), (Range(start + 4, start + 6),)

    def case(*tests: Test, key: Range | None, role: Role = Role.NOTICE, pair: tuple[Range, ...] = ()) -> Case:
        return Case(name, (*where, *tests), (*head, key) if key else head, role, pair, keep=320)

    yield case(proof, Byte(at, bits(0x20, 0)), key=None)  # a challenge
    yield case(proof, key=None)  # the reply to one
    for octets, first in _commands(at):
        yield case(plain, first, key=Range(at, at + octets))
    for octets, first in _commands(at + 1):
        for authenticated in (0x00, 0x80):
            key = Range(at + 1, at + 1 + octets)
            yield case(Byte(at, bits(0xF0, authenticated)), first, key=key, role=Role.ASKS, pair=asker)
            yield case(Byte(at, bits(0xF0, authenticated | 0x10)), first, key=key)
    answer = (Byte(at, bits(0x70, 0x20)),)
    for end, flags in ((at + 2, 0), (at + 2 + DIGEST, SECURED)):
        refuses = (Byte(at + 1, (*range(0x20), 0x3F)), Byte(5, flags), Size(end, end))
        yield case(*answer, *refuses, key=Range(at + 1, at + 2), role=Role.ANSWERS, pair=asked)
    for octets, first in (
        (15, Byte(at + 1, 0x21)),
        (1, Byte(at + 1, range(0x80))),
        (2, Byte(at + 1, range(0x80, 0x100))),
    ):
        yield case(*answer, first, key=Range(at + 1, at + 1 + octets), role=Role.ANSWERS, pair=asked)
    yield case(*answer, key=None, role=Role.ANSWERS, pair=asked)  # an acknowledgement has nothing more
    yield case(key=Range(at))


def _commands(at: int) -> Iterator[tuple[int, Byte]]:
    """(octets of meaning, test) of an APDU that begins at ``at``."""
    yield 7, Byte(at, (0x6C, 0x6D, 0x6E))  # a mode and its state; memory: mode, address, count, what follows
    yield 15, Byte(at, 0x7F)
    yield 2, Byte(at, range(0x50, 0x100))  # a command and its index, or the selector of a network variable
    yield 1, Byte(at, range(0x50))


# What is asked and what it is answered by have the same number.
_PAIRED = {
    **dict.fromkeys((REGISTRATION, CONFIGURATION, ACKNOWLEDGE), 1),
    0x64: 2,
    MEMBERSHIP: 2,
    0x66: 3,
    0x06: 3,
    0x68: 4,
    0x08: 4,
    0x60: 5,
    0x70: 5,
    0x63: 6,
}


def _channel(name: str, start: int, extension: Byte) -> Iterator[Case]:
    """Packets that manage the channel. All repeat the version; how often its octet is taken says what pairs."""
    head = Range(2, 8)

    def case(*kinds: int, key: tuple[Range, ...] = (), role: Role, tests: tuple[Test, ...] = ()) -> Case:
        pair = (Range(2, 3),) * _PAIRED.get(kinds[0], 0)
        return Case(name, (Byte(3, kinds), extension, *tests), (head, *key), role, pair, keep=512)

    for end, secured in ((None, 0), (-DIGEST, SECURED)):
        flags = (Byte(5, secured),)
        described = (Range(start + 4, start + 20), Range(start + 28, end))
        yield case(REGISTRATION, CONFIGURATION, key=described, role=Role.ASKS, tests=flags)
        members = (Range(start + 12, start + 14), Range(start + 16, end, 12, 8))
        yield case(MEMBERSHIP, key=members, role=Role.ANSWERS, tests=flags)
    for asking in ASKING:
        yield case(asking, key=(Range(start + 4, start + 5), Range(start + 12, start + 16)), role=Role.ASKS)
    yield case(ACKNOWLEDGE, key=(Range(start + 4, start + 5),), role=Role.ANSWERS)
    yield case(SEGMENT, role=Role.NOTICE)
    for telling in (0x06, 0x08, 0x70):
        yield case(telling, role=Role.ANSWERS)
