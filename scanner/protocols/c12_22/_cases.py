"""ANSI C12.22 for the kernel: how messages are cut, and which of their bytes are significant.

Titles and invocation identifiers of any length stand in front of the services, so nothing is at a fixed place. What
asks for little is read from its end; what is answered, or ciphered, by where its user information begins, which is
tried at every place where it usually is. A write, and what is laid out otherwise, is told apart whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Length, Range, Role, bits

NAME = "c12-22"
PORTS: dict[str, tuple[int, ...]] = {"tcp": (1153,), "udp": (1153,)}
_ACSE, _CALLED, _INFORMATION, _EXTERNAL, _OCTETS = 0x60, 0xA2, 0xBE, 0x28, 0x81


def _framing(name: str, form: int, *length: Byte) -> Framing:
    """``form`` is how many bytes the length of the message takes beyond one."""
    first = (Byte(2 + form, (0xA1, _CALLED, 0xA6)), Byte(3 + form, range(2, 64)), Byte(4 + form, (0x06, 0x0D, 0x80)))
    delimiter = Length(at=2 if form else 1, width=max(1, form), add=2 + form, minimum=16)
    return Framing(name, delimiter, (Byte(0, _ACSE), *length, *first), PORTS, confirmations=1)


FRAMING = _framing(NAME, 0, Byte(1, range(0x80)))
MORE = (_framing("c12-22-81", 1, Byte(1, 0x81)), _framing("c12-22-82", 2, Byte(1, 0x82)))

# Services by the number of their bytes, with how many of those are meaning.
_FROM_END = (
    (1, (0x20, 0x21, 0x22, 0x24, 0x3E, 0x52, *range(0x20)), 1),
    (2, (0x70,), 1),
    (3, (0x30,), 3),
    (8, (0x3F,), 8),
    (13, (0x50,), 13),
    (15, (0x50,), 13),
    (21, (0x51,), 1),
    (23, (0x51,), 1),
    (5, (0x71,), 1),
    *((4 + rates, (0x60 + rates,), 1) for rates in range(12)),
)
# Where the user information begins in a message with a length of one byte: behind two titles and one or two invocation
# identifiers, and behind the key and initialization vector of a ciphered message.
_ANSWERS, _CIPHERED = range(28, 56), range(44, 72)
_FORMS = ((0, 0), (1, 0), (1, 1), (2, 2))  # bytes beyond one of the lengths of message and user information


def _called(form: int) -> Range:
    return Range(2 + form, Field(3 + form, 1, add=4 + form))


def _length(form: int) -> tuple[Byte, Byte]:
    return Byte(1, (range(0x80), (0x81,), (0x82,))[form]), Byte(2 + form, _CALLED)


def _from_end(form: int, mac: int) -> Iterator[Case]:
    """Single services in clear text; ``mac`` is 4 where a check of authenticity follows them."""
    for size, services, meaning in _FROM_END:
        end = -size - mac
        tests = (
            *_length(form),
            Byte(end - 6, _EXTERNAL),
            Byte(end - 4, _OCTETS),
            Byte(end - 3, size + 2 + mac),
            Byte(end - 2, bits(0x1C, mac)),  # flags: no class of device, and the mode of security
            Byte(end - 1, size),
        )
        key = (_called(form), Range(end - 2, min(end + meaning, -1) if end + meaning < 0 else None))
        answers = tuple(code for code in services if code < 0x20)
        asks = tuple(code for code in services if code >= 0x20)
        if answers:
            yield Case(NAME, (*tests, Byte(end, answers)), key, Role.RESPONSE)
        yield Case(NAME, (*tests, Byte(end, asks)), key, Role.REQUEST)


def _place(form: int, inner: int, at: int, title: int) -> tuple[int, tuple[Byte, ...], tuple[Range, ...]]:
    """(where the flags stand, tests, key) of user information that begins at ``at``, the calling title ending before
    ``title``.
    """
    flags = at + 6 + 3 * inner
    found = (*_length(form), Byte(at, _INFORMATION), Byte(at + 2 + inner, _EXTERNAL))
    return flags, found, (_called(form), Range(title - 12, title), Range(flags, flags + 1))


def _by_place(form: int, inner: int) -> Iterator[Case]:
    """Ciphered messages and answers in clear text; with the called title goes the end of the calling one."""
    for at in _CIPHERED:
        flags, found, key = _place(form, inner, at + form, at + form - 25)
        yield Case(NAME, (*found, Byte(flags, bits(0x0C, 0x08))), key, Role.BY_SIDE)
    for at in _ANSWERS:
        flags, found, key = _place(form, inner, at + form, at + form - 8)
        code = flags + 2 + inner
        answer = (Byte(flags, bits(0x18, 0x00)), Byte(code, range(0x20)))
        yield Case(NAME, (*found, *answer), (*key, Range(code, code + 1)), Role.RESPONSE)


CASES = (
    *(case for form in (0, 1) for mac in (0, 4) for case in _from_end(form, mac)),
    *(case for form, inner in _FORMS for case in _by_place(form, inner)),
    Case(NAME, (Byte(0, _ACSE),), (Range(0),), Role.BY_SIDE),
)
