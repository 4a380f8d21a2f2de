"""Which bytes of OPC UA messages are significant: services, results and the first node, not values, times, handles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Field, Range, Role, Test, magic
from scanner.protocols.opc._opcua_layout import (
    ADDITIONAL,
    AUDIT_ENTRY,
    BODY,
    CHUNK_TYPE,
    DIAGNOSTICS,
    FIRST_RESULT,
    GUID_ID,
    HEADER,
    MESSAGE_SIZE,
    MESSAGE_TYPE,
    NODE_ID_2,
    NODE_ID_4,
    NODE_ID_7,
    NONE,
    NONE_CERTIFICATE,
    NONE_HEADER,
    NONE_NAME,
    NONE_REQUEST_ID,
    NONE_SEQUENCE,
    NONE_TYPE,
    NOTHING_ADDITIONAL,
    NULL,
    NULL_TOKEN,
    OPAQUE_ID,
    POLICY,
    POLICY_LENGTH,
    REQUEST_ADDITIONAL,
    REQUEST_HEADER,
    REQUEST_ID,
    RESULT,
    RESULTS,
    SECURITY_MODE,
    SERVICE_RESULT,
    STRING_ID,
    STRING_TABLE,
    TYPE,
)
from scanner.protocols.opc._opcua_names import FAULT, RESPONSES, SERVICES

MOST_ENCODING = 5  # the last encoding (OPAQUE_ID) of a node identifier, in which a RequestHeader begins
MOST_RESULTS = 8
WHOLE_REQUESTS = (422, 428, 437, 12211, 461, 467)
WHOLE_RESPONSES = (425, 431, 464)
WITH_ATTRIBUTE = (631, 673, 751)  # Read, Write, CreateMonitoredItems: the attribute follows the node
BROWSE, CALL = 527, 712
OPEN_REQUEST, OPEN_RESPONSE = 446, 449
CODES = (497, 503, 506, 676)  # responses that are an array of status codes
STRUCTURES = (491, 703, 715, 754)  # responses that are an array of structures which begin with one
POLICY_LENGTHS = range(36, 72)

# Size of the authentication token by what its first bytes are; tokens of other sizes hide the node.
TOKENS: tuple[tuple[int, tuple[Byte, ...]], ...] = (
    (2, (Byte(HEADER, NODE_ID_2),)),
    (4, (Byte(HEADER, NODE_ID_4),)),
    (7, (Byte(HEADER, NODE_ID_7),)),
    (19, (Byte(HEADER, GUID_ID),)),
    *((7 + n, (Byte(HEADER, (STRING_ID, OPAQUE_ID)), *magic(HEADER + 3, n.to_bytes(4, "little")))) for n in (16, 32)),
)
FIXED = {NODE_ID_2: 2, NODE_ID_4: 4, NODE_ID_7: 7, GUID_ID: 19}  # size of a node identifier by encoding
_PAIR = (Range(REQUEST_ID, TYPE),)
_TYPE = Range(TYPE, HEADER)


def header_end(data: bytes) -> int | None:
    """Where a RequestHeader ends whose token is one of TOKENS and that has no audit entry and nothing additional."""
    for size, tests in TOKENS:
        for test in tests:
            if test.at >= len(data) or data[test.at] not in test.among:
                break
        else:
            audit, additional, end = after_token(HEADER + size)
            plain = data[audit : audit + 4] == NULL and data[additional:end] == NOTHING_ADDITIONAL
            return end if plain else None
    return None


def after_token(at: int) -> tuple[int, int, int]:
    """(where the audit entry stands, where what is additional, where the RequestHeader ends)."""
    return at + AUDIT_ENTRY, at + REQUEST_ADDITIONAL, at + REQUEST_HEADER


def _plain(size: int) -> tuple[int, tuple[Byte, ...]]:
    """Where a RequestHeader with a token of ``size`` ends, and that it has no audit entry and nothing additional."""
    audit, additional, end = after_token(HEADER + size)
    return end, (*magic(audit, NULL), *magic(additional, NOTHING_ADDITIONAL))


def _of(numbers: Iterable[int]) -> Iterator[tuple[Byte, ...]]:
    """Tests for type identifiers, one tuple for each upper byte."""
    low: defaultdict[int, set[int]] = defaultdict(set)
    for number in numbers:
        low[number >> 8].add(number & 255)
    for upper, lower in low.items():
        yield (
            *magic(MESSAGE_TYPE, b"MSG"),
            Byte(TYPE, 1),
            Byte(TYPE + 1, 0),
            Byte(TYPE + 2, lower),
            Byte(TYPE + 3, upper),
        )


def _of_long(numbers: Iterable[int]) -> Iterator[tuple[Byte, ...]]:
    """The same for type identifiers in seven bytes."""
    for *_, low, high in _of(numbers):
        number = (Byte(TYPE + 3, low.among), Byte(TYPE + 4, high.among))
        yield (*magic(MESSAGE_TYPE, b"MSG"), *magic(TYPE, b"\x02\0\0"), *number, *magic(TYPE + 5, b"\0\0"))


def _case(when: tuple[Test, ...], *key: Range, role: Role = Role.NOTICE, keep: int = 512, paired: bool = True) -> Case:
    return Case("opcua", when, key, role, _PAIR if paired else (), keep)


def _channel() -> Iterator[Case]:
    yield _case(magic(MESSAGE_TYPE, b"HEL"), Range(MESSAGE_TYPE, MESSAGE_SIZE), Range(BODY), keep=5000, paired=False)
    yield _case(magic(MESSAGE_TYPE, b"RHE"), Range(MESSAGE_TYPE, MESSAGE_SIZE), Range(BODY), keep=9000, paired=False)
    yield _case(magic(MESSAGE_TYPE, b"ACK"), Range(MESSAGE_TYPE, MESSAGE_SIZE), Range(BODY), paired=False)
    yield _case(magic(MESSAGE_TYPE, b"ERR"), Range(MESSAGE_TYPE, MESSAGE_SIZE), Range(BODY), keep=5000, paired=False)
    length = len(NONE).to_bytes(4, "little")
    none = (*magic(MESSAGE_TYPE, b"OPN"), *magic(POLICY_LENGTH, length), *magic(NONE_NAME, b"None"))
    plain = (*none, *magic(NONE_CERTIFICATE, NULL + NULL), *magic(NONE_TYPE, b"\x01\x00"), Byte(NONE_TYPE + 3, 1))
    pair = (Range(NONE_REQUEST_ID, NONE_TYPE),)
    head = (
        Range(MESSAGE_TYPE, MESSAGE_SIZE),
        Range(POLICY_LENGTH, NONE_SEQUENCE),
        Range(NONE_TYPE, NONE_HEADER),
    )
    # A request ends in nonce and lifetime; before them version, kind of request and mode.
    token_end = NONE_HEADER + NULL_TOKEN
    token, (audit, additional, end) = Range(NONE_HEADER, token_end), after_token(token_end)
    asked = (*plain, Byte(NONE_TYPE + 2, OPEN_REQUEST & 255), Byte(NONE_HEADER, NODE_ID_2), *magic(audit, NULL))
    mode = Range(additional, end + SECURITY_MODE + 4)
    yield Case("opcua", asked, (*head, token, Range(audit, audit + 4), mode), Role.REQUEST, pair, 512)
    result = Range(NONE_HEADER + SERVICE_RESULT, NONE_HEADER + SERVICE_RESULT + 4)
    for number in (OPEN_RESPONSE, FAULT):
        answered = (*plain, Byte(NONE_TYPE + 2, number & 255))
        yield Case("opcua", answered, (*head, result), Role.RESPONSE, pair, 512)
    for size in POLICY_LENGTHS:
        at = POLICY + size
        certificate = Range(POLICY_LENGTH, Field(at, 4, add=at + 4, little=True))
        when = (*magic(MESSAGE_TYPE, b"OPN"), *magic(POLICY_LENGTH, size.to_bytes(4, "little")))
        yield Case("opcua", when, (Range(MESSAGE_TYPE, MESSAGE_SIZE), certificate), Role.BY_SIDE, (), 16384)
    yield Case("opcua", magic(MESSAGE_TYPE, b"OPN"), (Range(MESSAGE_TYPE, POLICY),), Role.BY_SIDE, (), 4096)


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
        yield _case((*when, Byte(at, encoding)), _TYPE, key, role=Role.REQUEST, keep=8192)
    key = Range(at - 4, Field(at + 3, 4, add=at + 7 + tail, little=True))
    yield _case((*when, Byte(at, (STRING_ID, OPAQUE_ID))), _TYPE, key, role=Role.REQUEST, keep=8192)


def _call(when: tuple[Test, ...], at: int) -> Iterator[Case]:
    for encoding, size in ((NODE_ID_4, 4), (NODE_ID_7, 7)):
        for case in _node((*when, Byte(at, encoding)), at + size, 0):
            yield Case("opcua", case.when, (*case.key, Range(at - 4, at)), case.role, case.pair, case.keep)
    yield from _node(when, at, FIXED[NODE_ID_7])  # with the method, if it is a number


def _results() -> Iterator[Case]:
    table, additional = HEADER + STRING_TABLE, HEADER + ADDITIONAL
    plain = (
        Byte(HEADER + DIAGNOSTICS, 0),
        *(Byte(at, (0, 255)) for at in range(table, additional)),
        *magic(additional, NOTHING_ADDITIONAL),
        *magic(RESULTS + 1, bytes(3)),
    )
    head = (_TYPE, Range(RESULT, RESULT + 4))
    for numbers, most in ((CODES, MOST_RESULTS), (STRUCTURES, 1)):
        for when in _of(numbers):
            for count in range(1, most + 1):
                key = (*head, Range(HEADER + DIAGNOSTICS, FIRST_RESULT + 4 * count))
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
        yield _case(when, _TYPE, Range(RESULT, RESULT + 4), role=Role.RESPONSE)
    for numbers, role in (
        (SERVICES, Role.REQUEST),
        ((FAULT, *RESPONSES), Role.RESPONSE),
    ):  # as nobody writes them: whole
        yield from (_case(when, Range(TYPE), role=role, keep=65535) for when in _of_long(numbers))
    aborted = (*magic(MESSAGE_TYPE, b"MSG"), Byte(CHUNK_TYPE, b"A"))
    yield _case(aborted, Range(MESSAGE_TYPE, MESSAGE_SIZE), paired=False)
    # A type that is in no list, but plain: cipher text looks so once in three million times.
    unknown = (*magic(MESSAGE_TYPE, b"MSG"), *magic(TYPE, b"\x01\0"), Byte(HEADER, range(MOST_ENCODING + 1)))
    yield _case(unknown, _TYPE, role=Role.BY_SIDE)
    yield _case(magic(MESSAGE_TYPE, b"MSG"), Range(MESSAGE_TYPE, CHUNK_TYPE), paired=False)
    yield _case(magic(MESSAGE_TYPE, b"CLO"), Range(MESSAGE_TYPE, CHUNK_TYPE), paired=False)
