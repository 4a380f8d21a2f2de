"""Which bytes make two EtherCAT frames the same: commands, addresses, lengths, whether anybody answered, and data only
where they are meaning (state requests, EEPROM addresses, headers in mailboxes). Process data never are.

What returns from the ring is the answer of the other side: it repeats command, index, offset and length, and the
station or logical address, which positions and broadcasts count on the way. A message written into a mailbox waits for
the message that is read from that station's mailbox, not for the frame's return, unless it returns undone; therefore
reads that may be of a mailbox ask for nothing of their own. That is so where the message is the frame's only datagram.
"""

from __future__ import annotations

from scanner.framing.language import Byte, Case, Chain, Field, Part, Range, Role, Select, Size, Test, bits

NAME = "ethercat"
SMALLEST_MAILBOX = 8  # a header and two bytes; less is no mailbox
KEEP = 1518

_DATAGRAMS = Byte(1, bits(0xF0, 0x10))
_VARIABLES, _MAILBOX = Byte(1, bits(0xF0, 0x40)), Byte(1, bits(0xF0, 0x50))
_LAST = Byte(9, bits(0x80, 0x00))
_TO_MEMORY = Byte(7, range(0x10, 0x100))
_FIRST = (Range(0, 3), Range(4, 10))  # without index and event request
_END = Range(-2)
_NOTHING = Byte(2, 0)
_STATION = (Range(4, 6),)
_BY_ADDRESS = (4, 5, 6, 10, 11, 12, 14)  # commands by station or logical address; the others' every slave adds 1 to


def _case(when: tuple[Test, ...], *key: Part, pair: tuple[Part, ...]) -> Case:
    return Case(NAME, when, key, pair=pair, keep=KEEP)


def _notice(when: tuple[Test, ...], *key: Part) -> Case:
    return Case(NAME, when, key, Role.NOTICE, keep=KEEP)


# --- mailboxes ------------------------------------------------------------------------------------------------------


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


# --- any frame ------------------------------------------------------------------------------------------------------


_HEADER, _COUNTER = 10, 2


def _datagram() -> tuple[Select, ...]:
    """Of one datagram: command, address, length and counter, and data where they are meaning: of AL control and
    status, accesses to the EEPROM, and mailboxes.
    """
    plain = (Range(0, 1), Range(2, 8), Range(-_COUNTER))
    states = (Byte(5, 0x01), Byte(4, range(0x20, 0x36)), Byte(6, range(9)), Byte(7, bits(0x07, 0)))
    to_eeprom = (Byte(5, 0x05), Byte(4, range(0x08)))
    mailboxes = (
        Select(case.when, tuple(part for part in case.key if isinstance(part, Range)))
        for case in _mailbox(_HEADER, (Byte(0, range(1, 7)),), plain, None)
    )
    return (
        Select((Byte(0, (0, 10, 11, 12)),), plain),
        Select(states, (*plain, Range(_HEADER, -_COUNTER))),
        Select(to_eeprom, (*plain, Range(_HEADER, _HEADER + 6))),
        Select((Byte(5, range(0x10)),), plain),
        *mailboxes,
        Select((), plain),
    )


def _chain(*picks: Select) -> Chain:
    """The datagrams of a frame, each with its header and counter."""
    size = Field(6, 2, add=_HEADER + _COUNTER, little=True)
    return Chain(2, size, picks, mask=0x07FF, more=Byte(7, bits(0x80, 0x80)))


_EVERY = (Range(0, 2), _chain(*_datagram()))
# What every slave leaves as it is: command, index, register, and an address that it does not count.
_REPEATED = (_chain(Select((Byte(0, _BY_ADDRESS),), (Range(0, 6),)), Select((), (Range(0, 2), Range(4, 6)))),)


def _frames() -> tuple[Case, ...]:
    """Any frame. A lone read that may be of a mailbox is a poll, and a lone NOP asks for nothing."""
    poll = (_DATAGRAMS, _LAST, Byte(2, (1, 4)), _TO_MEMORY)
    smaller = (Byte(8, range(SMALLEST_MAILBOX)), Byte(9, bits(0x07, 0)))
    return (
        _case((*poll, *smaller), *_EVERY, pair=_REPEATED),
        _notice(poll, *_EVERY),
        _notice((_DATAGRAMS, _LAST, _NOTHING), *_EVERY),
        _case((_DATAGRAMS,), *_EVERY, pair=_REPEATED),
    )


CASES = (
    *_mailboxes(),
    *_frames(),
    *_mailbox(2, (_MAILBOX,), (Range(0, 2), Range(4, 6)), ()),
    _notice((_MAILBOX, Size(8)), Range(0, 2), Range(4, 8)),
    _notice((_VARIABLES, Size(12)), Range(0, 10)),
)
