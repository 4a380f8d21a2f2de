"""Which bytes of OPC UA messages are significant: services, results and the first node, not values, times, handles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Field, Range, Role, Test, magic
from scanner.protocols.opc._opcua_names import FAULT, RESPONSES, SERVICES

TYPE = 24  # behind header (8), channel, token, sequence number, request identifier
HEADER = 28  # RequestHeader or ResponseHeader behind a type identifier of four bytes
LONG = 31  # the same behind a type identifier of seven bytes
MOST_ENCODING = 5  # of a node identifier, in which a RequestHeader begins
RESULT = 40
RESULTS = 52  # count of results behind a ResponseHeader without diagnostics
MOST_RESULTS = 8
WHOLE_REQUESTS = (422, 428, 437, 12211, 461, 467)
WHOLE_RESPONSES = (425, 431, 464)
WITH_ATTRIBUTE = (631, 673, 751)  # Read, Write, CreateMonitoredItems: the attribute follows the node
BROWSE, CALL = 527, 712
CODES = (497, 503, 506, 676)  # responses that are an array of status codes
STRUCTURES = (491, 703, 715, 754)  # responses that are an array of structures which begin with one
POLICY_LENGTHS = range(36, 72)

# Size of the authentication token by what its first bytes are; tokens of other sizes hide the node.
TOKENS: tuple[tuple[int, tuple[Byte, ...]], ...] = (
    (2, (Byte(HEADER, 0),)),
    (4, (Byte(HEADER, 1),)),
    (7, (Byte(HEADER, 2),)),
    (19, (Byte(HEADER, 4),)),
    *((7 + n, (Byte(HEADER, (3, 5)), *magic(HEADER + 3, n.to_bytes(4, "little")))) for n in (16, 32)),
)
FIXED = {0: 2, 1: 4, 2: 7, 4: 19}  # size of a node identifier by encoding
_PAIR = (Range(20, 24),)
_TYPE = Range(TYPE, HEADER)


def header_end(data: bytes) -> int | None:
    """Where a RequestHeader ends whose token is one of TOKENS and that has no audit entry and nothing additional."""
    for size, tests in TOKENS:
        for test in tests:
            if test.at >= len(data) or data[test.at] not in test.among:
                break
        else:
            end = HEADER + size + 27
            plain = data[end - 11 : end - 7] == b"\xff\xff\xff\xff" and data[end - 3 : end] == b"\0\0\0"
            return end if plain else None
    return None


def _plain(size: int) -> tuple[int, tuple[Byte, ...]]:
    """Where a RequestHeader with a token of ``size`` ends, and that it has no audit entry and nothing additional."""
    end = HEADER + size + 27
    return end, (*magic(end - 11, b"\xff" * 4), *magic(end - 3, bytes(3)))


def _of(numbers: Iterable[int]) -> Iterator[tuple[Byte, ...]]:
    """Tests for type identifiers, one tuple for each upper byte."""
    low: defaultdict[int, set[int]] = defaultdict(set)
    for number in numbers:
        low[number >> 8].add(number & 255)
    for upper, lower in low.items():
        yield (*magic(0, b"MSG"), Byte(TYPE, 1), Byte(TYPE + 1, 0), Byte(TYPE + 2, lower), Byte(TYPE + 3, upper))


def _of_long(numbers: Iterable[int]) -> Iterator[tuple[Byte, ...]]:
    """The same for type identifiers in seven bytes."""
    for *_, low, high in _of(numbers):
        number = (Byte(TYPE + 3, low.among), Byte(TYPE + 4, high.among))
        yield (*magic(0, b"MSG"), *magic(TYPE, b"\x02\0\0"), *number, *magic(TYPE + 5, b"\0\0"))


def _case(when: tuple[Test, ...], *key: Range, role: Role = Role.NOTICE, keep: int = 512, paired: bool = True) -> Case:
    return Case("opcua", when, key, role, _PAIR if paired else (), keep)


def _channel() -> Iterator[Case]:
    yield _case(magic(0, b"HEL"), Range(0, 4), Range(8), keep=5000, paired=False)
    yield _case(magic(0, b"RHE"), Range(0, 4), Range(8), keep=9000, paired=False)
    yield _case(magic(0, b"ACK"), Range(0, 4), Range(8), paired=False)
    yield _case(magic(0, b"ERR"), Range(0, 4), Range(8), keep=5000, paired=False)
    none = (*magic(0, b"OPN"), *magic(12, (47).to_bytes(4, "little")), *magic(59, b"None"), *magic(63, b"\xff" * 8))
    plain = (*none, *magic(79, b"\x01\x00"), Byte(82, 1))
    pair = (Range(75, 79),)
    head = (Range(0, 4), Range(12, 71), Range(79, 83))
    # A request ends in nonce and lifetime; before them version, kind of request and mode.
    asked = (*plain, Byte(81, 0xBE), Byte(83, 0), *magic(101, b"\xff" * 4))
    yield Case("opcua", asked, (*head, Range(83, 85), Range(101, 105), Range(109, 124)), Role.REQUEST, pair, 512)
    yield Case("opcua", (*plain, Byte(81, 0xC1)), (*head, Range(95, 99)), Role.RESPONSE, pair, 512)
    yield Case("opcua", (*plain, Byte(81, 0x8D)), (*head, Range(95, 99)), Role.RESPONSE, pair, 512)
    for size in POLICY_LENGTHS:
        certificate = Range(12, Field(16 + size, 4, add=20 + size, little=True))
        when = (*magic(0, b"OPN"), *magic(12, size.to_bytes(4, "little")))
        yield Case("opcua", when, (Range(0, 4), certificate), Role.BY_SIDE, (), 16384)
    yield Case("opcua", magic(0, b"OPN"), (Range(0, 16),), Role.BY_SIDE, (), 4096)


def _nodes() -> Iterator[Case]:
    """Requests that name nodes: how many, and the first with its attribute or method."""
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, service in SERVICES.items():
        if service.node_at is not None and number != CALL:
            groups[service.node_at, 4 if number in WITH_ATTRIBUTE else 0].append(number)
    for size, token in TOKENS:
        end, tests = _plain(size)
        plain = (*token, *tests)
        for (at, tail), numbers in groups.items():
            view = magic(end, b"\0\0") if BROWSE in numbers else ()
            for when in _of(numbers):
                yield from _node((*when, *plain, *view), end + at, tail)
        for when in _of((CALL,)):
            yield from _call((*when, *plain), end + 4)


def _node(when: tuple[Test, ...], at: int, tail: int) -> Iterator[Case]:
    for encoding, size in FIXED.items():
        key = Range(at - 4, at + size + tail)
        yield _case((*when, Byte(at, encoding)), _TYPE, key, role=Role.REQUEST, keep=1024)
    key = Range(at - 4, Field(at + 3, 4, add=at + 7 + tail, little=True))
    yield _case((*when, Byte(at, (3, 5))), _TYPE, key, role=Role.REQUEST, keep=1024)


def _call(when: tuple[Test, ...], at: int) -> Iterator[Case]:
    for encoding, size in ((1, 4), (2, 7)):
        for case in _node((*when, Byte(at, encoding)), at + size, 0):
            yield Case("opcua", case.when, (*case.key, Range(at - 4, at)), case.role, case.pair, case.keep)
    yield from _node(when, at, 0)


def _results() -> Iterator[Case]:
    plain = (Byte(44, 0), *(Byte(n, (0, 255)) for n in range(45, 49)), *magic(49, bytes(3)), *magic(53, bytes(3)))
    head = (_TYPE, Range(RESULT, 44))
    for numbers, most in ((CODES, MOST_RESULTS), (STRUCTURES, 1)):
        for when in _of(numbers):
            for count in range(1, most + 1):
                key = (*head, Range(44, RESULTS + 4 + 4 * count))
                yield _case((*when, *plain, Byte(RESULTS, count)), *key, role=Role.RESPONSE)


def message_cases() -> Iterator[Case]:
    """The cases in order; messages that cannot be read are secured."""
    yield from _channel()
    for when in _of(WHOLE_REQUESTS):
        for size, token in TOKENS:
            end, plain = _plain(size)
            yield _case((*when, *token, *plain), _TYPE, Range(end), role=Role.REQUEST, keep=65535)
        yield _case(when, Range(TYPE), role=Role.REQUEST, keep=65535)
    for when in _of(WHOLE_RESPONSES):
        yield _case(when, _TYPE, Range(RESULT), role=Role.RESPONSE, keep=65535)
    yield from _nodes()
    yield from _results()
    for when in _of(n for n in SERVICES if n not in WHOLE_REQUESTS):
        yield _case(when, _TYPE, role=Role.REQUEST)
    for when in _of((FAULT, *(n for n in RESPONSES if n not in WHOLE_RESPONSES))):
        yield _case(when, _TYPE, Range(RESULT, 44), role=Role.RESPONSE)
    kind, moved = Range(TYPE, LONG), LONG - HEADER
    for when in _of_long(SERVICES):
        yield _case(when, kind, role=Role.REQUEST)
    for when in _of_long((FAULT, *RESPONSES)):
        yield _case(when, kind, Range(RESULT + moved, RESULT + moved + 4), role=Role.RESPONSE)
    aborted = (*magic(0, b"MSG"), Byte(3, b"A"))
    yield _case(aborted, Range(0, 4), paired=False)
    # A type that is in no list, but plain: cipher text looks so once in three million times.
    unknown = (*magic(0, b"MSG"), *magic(TYPE, b"\x01\0"), Byte(HEADER, range(MOST_ENCODING + 1)))
    yield _case(unknown, _TYPE, role=Role.BY_SIDE)
    yield _case(magic(0, b"MSG"), Range(0, 3), paired=False)
    yield _case(magic(0, b"CLO"), Range(0, 3), paired=False)
