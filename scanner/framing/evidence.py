"""How much the messages of a framing prove by what they look like, in bits; what follows for who gives way to whom."""

from __future__ import annotations

import functools
import math

from scanner.framing.language import (
    Byte,
    Case,
    CrcResidue,
    Delimiter,
    Framing,
    HeaderBlock,
    Length,
    Line,
    Size,
    Sync,
    Whole,
)

STRONG = 16.0  # bits of sync that make a framing credible in the middle of another one
WEAKEST = 6.0  # bits of sync below which a framing is tried on its ports only
ANYTHING = 2.5  # bits of sync below which a framing takes almost anything for its message
YIELDS = 24  # bits of evidence with which messages among those of a framing that takes anything are others'
YIELDS_SEALED = 48  # the same where they are among encrypted ones
_WORDS = 64.0  # bits of text that two protocols do not have in common
_NEVER = 1 << 30  # bytes
_OF_A_BYTE = 8  # bits
_TEXT = frozenset((9, 10, 13, *range(0x20, 0x7F)))
_DIGITS = frozenset(b"0123456789ABCDEFabcdef:")  # of messages that are spelled in hexadecimal


@functools.cache
def strength(framing: Framing) -> float:
    """How many bits of evidence the sync tests of one message give, at the least while it is incomplete."""
    bits = sum(_bits(test, framing.delimiter) for test in framing.sync)
    opening = framing.delimiter.tokens if isinstance(framing.delimiter, HeaderBlock) else ()
    return bits + 8.0 * min(map(len, opening), default=0)


def is_strong(framing: Framing) -> bool:
    """One message of it is credible in the middle of another framing."""
    return strength(framing) >= STRONG


def found_by_content(framing: Framing) -> bool:
    """Its messages are found on any port."""
    return framing.anywhere and strength(framing) >= WEAKEST


def evidence(framing: Framing) -> float:
    """How many bits of evidence a whole message gives that fills its segment or datagram: its length counts too. 0 of
    text, of which openings of several protocols are alike, but for the first line of a header, digits, and what is as
    long as a preface.
    """
    if isinstance(framing.delimiter, HeaderBlock):
        return strength(framing)
    tested = [t.among for t in framing.sync if isinstance(t, Byte)]
    if not tested or all(among <= _TEXT for among in tested):
        spelled = tested and all(among <= _DIGITS for among in tested)
        return strength(framing) if spelled or strength(framing) >= _WORDS else 0.0
    return strength(framing) + _bits_of_length(framing.delimiter)


def _bits_of_length(delimiter: Delimiter) -> float:
    """A length of two bytes or more is seldom right by chance; a checksum of one byte is as good as one more."""
    if isinstance(delimiter, Length):
        return 8.0 * min(delimiter.width, 2)
    return 0.0 if isinstance(delimiter, Whole | Line) else 8.0


def is_plain(case: Case) -> bool:
    """Its tests say less than one byte of a known value does."""
    return sum(_bits(test, Whole()) for test in case.when if isinstance(test, Byte)) < _OF_A_BYTE


def yields(framing: Framing) -> int:
    """What takes anything for its message gives way to what hardly anything else is; 0: it does not."""
    if isinstance(framing.delimiter, HeaderBlock):  # after a request for another protocol
        return YIELDS
    takes_anything = strength(framing) < ANYTHING and isinstance(framing.delimiter, Whole | Line)
    if not (takes_anything and framing.yields):
        return 0
    return YIELDS_SEALED if framing.sealed else YIELDS


def opened(framing: Framing) -> int:
    """With how much evidence what came by an opening, which one datagram is, gives way to what proves itself."""
    return yields(framing) or YIELDS + int(strength(framing))


def credible(framing: Framing) -> int:
    """Bytes of a message's beginning after which the tests of what is there make the framing credible, or more than
    there can be.
    """
    bits = 0.0
    for test in sorted((t for t in framing.sync if isinstance(t, Byte) and t.at >= 0), key=lambda t: t.at):
        bits += _bits(test, framing.delimiter)
        if bits >= STRONG:
            return test.at + 1
    return _NEVER


def _bits(test: Sync, delimiter: Delimiter) -> float:
    if isinstance(test, CrcResidue):
        return 16.0 if isinstance(delimiter, Whole) else 0.0
    if isinstance(test, Size):
        return math.log2(0x10000 / min(0x10000, max(1, test.high - test.low + 1)))
    return math.log2(256 / max(1, len(test.among)))
