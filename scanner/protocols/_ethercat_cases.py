"""Which bytes make two EtherCAT frames the same: commands, addresses, lengths, whether anybody answered, and data only
where they are meaning (state requests, EEPROM addresses, headers in mailboxes). Process data never are.

A frame holds datagrams of variable length one behind the other, and the descriptor language counts offsets from the
start: the header of the second datagram is part of the key where the first is short (to SHORT bytes), the third and
later ones only by the length of the whole. What stands behind is that of the first such frame.

What returns from the ring is the answer of the other side: it repeats command, index, offset and length, and the
station or logical address, which positions and broadcasts count on the way. A message written into a mailbox waits for
the message that is read from that station's mailbox, not for the frame's return, unless it returns undone; therefore
reads that may be of a mailbox ask for nothing of their own. That is so where the message is the frame's only datagram.
"""

from __future__ import annotations

from scanner.capture.descriptor import Byte, Case, Field, Range, Role, Size, Test, bits

NAME = "ethercat"
SHORT = 32  # a lone datagram of more data fills an Ethernet frame, so that its counter is the frame's end
SMALLEST_MAILBOX = 8  # a header and two bytes; less is no mailbox
KEEP = 1518

_DATAGRAMS = Byte(1, bits(0xF0, 0x10))
_VARIABLES, _MAILBOX = Byte(1, bits(0xF0, 0x40)), Byte(1, bits(0xF0, 0x50))
_LAST, _MORE = Byte(9, bits(0x80, 0x00)), Byte(9, bits(0x80, 0x80))
_TO_MEMORY = Byte(7, range(0x10, 0x100))
_FIRST = (Range(0, 3), Range(4, 10))  # without index and event request
_END = Range(-2)
_NOTHING = Byte(2, 0)
_STATION = (Range(4, 6),)
_FIXED = (Byte(2, (4, 5, 6, 10, 11, 12, 14)), (Range(2, 9),))  # by station or logical address
_COUNTED = (Byte(2, (1, 2, 3, 7, 8, 9, 13)), (Range(2, 4), Range(6, 9)))  # every slave adds 1 to the address


def _case(when: tuple[Test, ...], *key: Range, pair: tuple[Range, ...]) -> Case:
    return Case(NAME, when, key, pair=pair, keep=KEEP)


def _notice(when: tuple[Test, ...], *key: Range) -> Case:
    return Case(NAME, when, key, Role.NOTICE, keep=KEEP)


def _answered(when: tuple[Test, ...], *key: Range, pair: tuple[Range, ...] = ()) -> tuple[Case, ...]:
    """By both ways to address; ``pair`` is what else the returned frame repeats."""
    return tuple(_case((*when, command), *key, pair=(*repeated, *pair)) for command, repeated in (_FIXED, _COUNTED))


def _length(length: int) -> tuple[Byte, Byte]:
    """The first datagram has so many bytes of data."""
    return Byte(8, length & 0xFF), Byte(9, bits(0x07, length >> 8))


def _second(length: int) -> tuple[Range, ...]:
    """The counter of the first datagram and the header of the second."""
    return Range(12 + length, 15 + length), Range(16 + length, 22 + length)


# --- one datagram ---------------------------------------------------------------------------------------------------


def _registers() -> tuple[Case, ...]:
    """AL control and status, and accesses to the EEPROM interface, are equal when their data are."""
    small = (_DATAGRAMS, _LAST, Byte(9, bits(0x07, 0)))
    whole = Range(12, Field(8, 1, add=14))
    return (
        *_answered((*small, Byte(7, 0x01), Byte(6, range(0x20, 0x36)), Byte(8, range(9))), *_FIRST, whole),
        *_answered((*small, Byte(7, 0x05), Byte(6, range(0x08)), Byte(8, range(7))), *_FIRST, whole),
        *_answered((*small, Byte(7, 0x05), Byte(6, range(0x08))), *_FIRST, Range(12, 18)),
    )


def _mailbox(
    base: int, carrier: tuple[Test, ...], outside: tuple[Range, ...], owner: tuple[Range, ...] | None
) -> tuple[Case, ...]:
    """Messages in a mailbox that begins at ``base``: their length, not their counter, and what each protocol asks.

    owner: the bytes that name the station, which an answer repeats beside object, parameter or invocation; empty
    where the latest request is answered, None where the message neither asks nor answers.
    """
    body = base + 6
    to_end = Field(base, 2, add=body, little=True)

    def case(protocol: int, *more: Test, key: tuple[Range, ...], pair: tuple[Range, ...] | None = ()) -> Case:
        header = (Byte(base + 1, range(6)), Byte(base + 4, bits(0x3F, 0)), Byte(base + 5, bits(0x8F, protocol)))
        when, whole = (*carrier, *header, *more), (*outside, Range(base, base + 2), *key)
        if owner is None or pair is None:
            return _notice(when, *whole)
        return _case(when, *whole, pair=(*owner, *pair) if owner else ())

    def service(number: int) -> Byte:
        return Byte(body + 1, bits(0xF0, number << 4))

    def of_kinds(*kinds: int) -> Byte:
        return Byte(body, {b for b in range(256) if b & 0x0F in kinds})

    head = Range(body, body + 3)
    named = Range(body, body + 6)
    index, idn = (Range(body + 3, body + 6),), (Range(body + 2, body + 4),)
    is_identity = (Byte(body + 4, 0x10), Byte(body + 3, (0x08, 0x09, 0x0A, 0x18)))
    is_abort = Byte(body + 2, bits(0xE0, 0x80))
    segments = Byte(body + 2, {*range(0x20), *range(0x60, 0x80)})
    other_segments = Byte(body + 2, range(0x40))
    ams = (Range(body, body + 20), Range(body + 24, body + 28), Range(body + 32, body + 40))
    return (
        case(0, Byte(body, 1), Byte(body + 1, 0), key=(Range(body, body + 4),), pair=None),  # of whichever protocol
        case(1, key=ams, pair=(Range(body + 28, body + 32),)),
        case(2, of_kinds(3, 5), key=(Range(body, body + 4),)),
        case(2, of_kinds(0, 1), key=(Range(body, body + 1),), pair=None),
        case(2, key=(Range(body, body + 1),)),
        case(3, service(2), is_abort, key=(Range(body, body + 10),), pair=index),
        case(3, service(2), segments, key=(head,)),
        case(3, service(2), key=(named,), pair=index),
        case(3, service(3), is_abort, key=(Range(body, body + 10),), pair=index),
        case(3, service(3), other_segments, key=(head,)),
        case(3, service(3), Byte(body + 2, bits(0xE0, 0x40)), *is_identity, key=(Range(body, to_end),), pair=index),
        case(3, service(3), key=(named,), pair=index),
        case(3, service(8), key=(head, Range(body + 6, body + 10))),
        case(3, service(1), key=(Range(body, body + 4),), pair=None),
        case(3, key=(Range(body, body + 2),), pair=None),
        case(4, Byte(body, (1, 2, 5)), key=(Range(body, to_end),)),
        case(4, key=(Range(body, body + 1),)),
        case(5, Byte(body, bits(0x07, 5)), key=(Range(body, body + 4),), pair=None),
        case(5, Byte(body, bits(0x07, 6)), key=(Range(body, body + 4),), pair=None),
        case(5, Byte(body, bits(0x10, 0x10)), key=(Range(body, body + 6),), pair=idn),
        case(5, Byte(body, bits(0x08, 0x08)), key=(Range(body, body + 2),), pair=None),
        case(5, key=(Range(body, body + 4),), pair=idn),
        case(15, key=(Range(body, body + 6),), pair=None),
    )


def _mailboxes() -> tuple[Case, ...]:
    """What is written into a mailbox asks, or returns undone; what is read from one answers; all else does neither."""
    carrier, outside = (_DATAGRAMS, _LAST, _TO_MEMORY), (*_FIRST, _END)
    undone = (Byte(-2, 0), Byte(-1, 0))
    return (
        *_mailbox(12, (*carrier, Byte(2, 5), *undone), outside, _STATION),
        *_mailbox(12, (*carrier, Byte(2, 4), Byte(-2, range(1, 256))), outside, _STATION),
        *_mailbox(12, (*carrier, Byte(2, range(1, 7))), outside, None),
    )


def _lone() -> tuple[Case, ...]:
    """Any other single datagram: its counter, wherever it is."""

    def of_length(when: tuple[Test, ...], counter: Range, *, may_be_mail: bool) -> tuple[Case, ...]:
        polls = (_notice((*when, Byte(2, (1, 4)), _TO_MEMORY), *_FIRST, counter),) if may_be_mail else ()
        return (*polls, *_answered(when, *_FIRST, counter), _notice((*when, _NOTHING), *_FIRST, counter))

    lone = (_DATAGRAMS, _LAST)
    return (
        *(
            case
            for n in range(SHORT + 1)
            for case in of_length((*lone, *_length(n)), Range(12 + n, 14 + n), may_be_mail=n >= SMALLEST_MAILBOX)
        ),
        *of_length(lone, _END, may_be_mail=True),
    )


# --- several datagrams ----------------------------------------------------------------------------------------------


def _several() -> tuple[Case, ...]:
    """AL control of one slave after the other, all of two bytes, is read to its end."""
    end = Field(0, 2, add=2 - 0x1000, little=True)
    several = (_DATAGRAMS, _MORE)
    states = (*several, Byte(7, 0x01), Byte(6, 0x20), *_length(2), Byte(1, bits(0x0F, 0x00)), Byte(2, (2, 5, 8)))
    status = (*several, Byte(7, 0x01), Byte(6, 0x30))
    every = (Range(0, 2), Range(2, end, 14, 1), Range(4, end, 14, 6), Range(12, end, 14, 4))

    def pairs(length: int) -> tuple[Range, ...]:
        """Command, index and offset of the second datagram."""
        return Range(14 + length, 16 + length), Range(18 + length, 20 + length)

    def beginning(length: int, *when: Test, key: tuple[Range, ...] = ()) -> tuple[Case, ...]:
        whole = (*_FIRST, *key, *_second(length))
        by_address = _answered((*when, *_length(length)), *whole, pair=pairs(length))
        return (*by_address, _case((*when, *_length(length), _NOTHING), *whole, pair=(Range(2, 9), *pairs(length))))

    return (
        *_answered(states, *every, pair=pairs(2)),
        *(case for n in (2, 6) for case in beginning(n, *status, key=(Range(12, 12 + n),))),
        *(case for n in range(SHORT + 1) for case in beginning(n, *several)),
        *_answered(several, *_FIRST),
        _case((*several, _NOTHING), *_FIRST, pair=(Range(2, 9),)),
    )


CASES = (
    *_registers(),
    *_mailboxes(),
    *_lone(),
    *_several(),
    *_mailbox(2, (_MAILBOX,), (Range(0, 2), Range(4, 6)), ()),
    _notice((_MAILBOX, Size(8)), Range(0, 2), Range(4, 8)),
    _notice((_VARIABLES, Size(12)), Range(0, 10)),
)
