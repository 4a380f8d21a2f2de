"""Which bytes make two EtherCAT frames the same: commands, addresses, lengths, whether anybody answered, and data only
where they are meaning (state requests, EEPROM addresses, headers in mailboxes). Process data never are.

A frame holds datagrams of variable length one behind the other, and the descriptor language counts offsets from the
start: the header of the second datagram is part of the key where the first is short (to SHORT bytes), the third and
later ones only by the length of the whole. What stands behind is that of the first such frame.
"""

from __future__ import annotations

from scanner.capture.descriptor import Byte, Case, Field, Range, Role, Size, Test, bits

NAME = "ethercat"
SHORT = 32  # a lone datagram of more data fills an Ethernet frame, so that its counter is the frame's end
KEEP = 1518

_DATAGRAMS = Byte(1, bits(0xF0, 0x10))
_VARIABLES, _MAILBOX = Byte(1, bits(0xF0, 0x40)), Byte(1, bits(0xF0, 0x50))
_LAST, _MORE = Byte(9, bits(0x80, 0x00)), Byte(9, bits(0x80, 0x80))
_FIRST = (Range(0, 3), Range(4, 10))  # without index and event request
_END = Range(-2)


def _case(when: tuple[Test, ...], *key: Range) -> Case:
    """No request finds its answer by these: what returns from the ring has another sender and the same target."""
    return Case(NAME, when, key, Role.NOTICE, keep=KEEP)


def _length(length: int) -> tuple[Byte, Byte]:
    """The first datagram has so many bytes of data."""
    return Byte(8, length & 0xFF), Byte(9, bits(0x07, length >> 8))


def _second(length: int) -> tuple[Range, ...]:
    """The counter of the first datagram and the header of the second."""
    return Range(12 + length, 15 + length), Range(16 + length, 22 + length)


# --- one datagram ---------------------------------------------------------------------------------------------------


def _registers() -> tuple[Case, ...]:
    """AL control and status, and accesses to the EEPROM interface, are equal when their data are."""
    small = (_DATAGRAMS, _LAST, Byte(2, range(1, 10)), Byte(9, bits(0x07, 0)))
    whole = Range(12, Field(8, 1, add=14))
    return (
        _case((*small, Byte(7, 0x01), Byte(6, range(0x20, 0x36)), Byte(8, range(9))), *_FIRST, whole),
        _case((*small, Byte(7, 0x05), Byte(6, range(0x08)), Byte(8, range(7))), *_FIRST, whole),
        _case((*small, Byte(7, 0x05), Byte(6, range(0x08))), *_FIRST, Range(12, 18)),
    )


def _mailbox(base: int, carrier: tuple[Test, ...], outside: tuple[Range, ...]) -> tuple[Case, ...]:
    """Messages in a mailbox that begins at ``base``: their length, not their counter, and what each protocol asks."""
    body = base + 6
    to_end = Field(base, 2, add=body, little=True)

    def case(protocol: int, *more: Test, key: tuple[Range, ...]) -> Case:
        header = (Byte(base + 1, range(6)), Byte(base + 4, bits(0x3F, 0)), Byte(base + 5, bits(0x8F, protocol)))
        return _case((*carrier, *header, *more), *outside, Range(base, base + 2), *key)

    def service(number: int) -> Byte:
        return Byte(body + 1, bits(0xF0, number << 4))

    head = Range(body, body + 3)
    named = Range(body, body + 6)
    is_identity = (Byte(body + 4, 0x10), Byte(body + 3, (0x08, 0x09, 0x0A, 0x18)))
    segments = Byte(body + 2, {*range(0x20), *range(0x60, 0x80)})
    other_segments = Byte(body + 2, range(0x40))
    return (
        case(0, Byte(body, 1), Byte(body + 1, 0), key=(Range(body, body + 4),)),
        case(1, key=(Range(body, body + 20), Range(body + 24, body + 28), Range(body + 32, body + 40))),
        case(2, Byte(body, {b for b in range(256) if b & 0x0F in (3, 5)}), key=(Range(body, body + 4),)),
        case(2, key=(Range(body, body + 1),)),
        case(3, service(2), Byte(body + 2, bits(0xE0, 0x80)), key=(Range(body, body + 10),)),
        case(3, service(2), segments, key=(head,)),
        case(3, service(2), key=(named,)),
        case(3, service(3), Byte(body + 2, bits(0xE0, 0x80)), key=(Range(body, body + 10),)),
        case(3, service(3), other_segments, key=(head,)),
        case(3, service(3), Byte(body + 2, bits(0xE0, 0x40)), *is_identity, key=(Range(body, to_end),)),
        case(3, service(3), key=(named,)),
        case(3, service(8), key=(head, Range(body + 6, body + 10))),
        case(3, service(1), key=(Range(body, body + 4),)),
        case(3, key=(Range(body, body + 2),)),
        case(4, Byte(body, (1, 2, 5)), key=(Range(body, to_end),)),
        case(4, key=(Range(body, body + 1),)),
        case(5, Byte(body, bits(0x10, 0x10)), key=(Range(body, body + 6),)),
        case(5, Byte(body, bits(0x08, 0x08)), key=(Range(body, body + 2),)),
        case(5, key=(Range(body, body + 4),)),
        case(15, key=(Range(body, body + 6),)),
    )


def _lone() -> tuple[Case, ...]:
    """Any other single datagram: its counter, wherever it is."""
    counted = (_case((_DATAGRAMS, _LAST, *_length(n)), *_FIRST, Range(12 + n, 14 + n)) for n in range(SHORT + 1))
    return (*counted, _case((_DATAGRAMS, _LAST), *_FIRST, _END))


# --- several datagrams ----------------------------------------------------------------------------------------------


def _several() -> tuple[Case, ...]:
    """AL control of one slave after the other, all of two bytes, is read to its end."""
    end = Field(0, 2, add=2 - 0x1000, little=True)
    states = (_DATAGRAMS, _MORE, Byte(7, 0x01), Byte(6, 0x20), *_length(2))
    status = (_DATAGRAMS, _MORE, Byte(7, 0x01), Byte(6, 0x30))
    return (
        _case(
            (*states, Byte(1, bits(0x0F, 0x00)), Byte(2, (2, 5, 8))),
            Range(0, 2),
            Range(2, end, 14, 1),
            Range(4, end, 14, 6),
            Range(12, end, 14, 4),
        ),
        *(_case((*status, *_length(n)), *_FIRST, Range(12, 12 + n), *_second(n)) for n in (2, 6)),
        *(_case((_DATAGRAMS, _MORE, *_length(n)), *_FIRST, *_second(n)) for n in range(SHORT + 1)),
        _case((_DATAGRAMS, _MORE), *_FIRST),
    )


_TO_MEMORY = (_DATAGRAMS, _LAST, Byte(2, range(1, 7)), Byte(7, range(0x10, 0x100)))

CASES = (
    *_registers(),
    *_mailbox(12, _TO_MEMORY, (*_FIRST, _END)),
    *_lone(),
    *_several(),
    *_mailbox(2, (_MAILBOX,), (Range(0, 2), Range(4, 6))),
    _case((_MAILBOX, Size(8)), Range(0, 2), Range(4, 8)),
    _case((_VARIABLES, Size(12)), Range(0, 10)),
)
