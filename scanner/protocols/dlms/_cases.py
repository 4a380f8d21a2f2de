"""DLMS/COSEM for the kernel: how wrappers and HDLC frames are cut, and which of their bytes are significant.

Challenges, invocation counters, frame numbers, check sequences and data are no meaning; invocation identifiers pair
answers with requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Test, bits
from scanner.protocols.base import Kind
from scanner.protocols.dlms._names import (
    AARE,
    AARQ,
    ACCESS,
    ACCESSED,
    ACTED,
    ACTION,
    CIPHERED,
    DATA_NOTIFICATION,
    ERROR,
    EVENT,
    EXCEPTION,
    GENERAL_DED,
    GENERAL_GLO,
    GET,
    GOT,
    PLAIN,
    SET,
    WAS_SET,
)

NAME = "dlms"
LISTED = 68  # bytes of a list of descriptors that are compared: six of them
PORTS: dict[str, tuple[int, ...]] = {"tcp": (4059,), "udp": (4059,)}
FRAMING = Framing(
    name=NAME,
    delimiter=Length(at=6, width=2, add=8, minimum=9, maximum=65543),
    # Version and ports, whatever the APDU is. Nobody sends from port 0, where Modbus has zeros.
    sync=(Byte(0, 0), Byte(1, 1), Byte(2, range(0x40)), Byte(3, range(1, 256)), Byte(4, range(0x40))),
    ports=PORTS,
)
# Frames of a segmented APDU are joined. The length has eleven bits, ahead of which are the segmentation bit and the
# type of the format.
HDLC = Framing(
    name="dlms-hdlc",
    delimiter=Length(
        at=1, width=2, mask=0x7FF, add=2, minimum=9, maximum=2049, more=Byte(1, range(0xA8, 0xB0)), header=8
    ),
    sync=(Byte(0, 0x7E), Byte(1, range(0xA0, 0xB0))),
    ports=PORTS,
)

_ROLES = {Kind.REQUEST: Role.REQUEST, Kind.RESPONSE: Role.RESPONSE, Kind.NOTICE: Role.NOTICE}


class _Apdus:
    """The cases of APDUs that begin at ``a`` of messages that meet ``when``; ``unit`` is where both ends stand."""

    def __init__(self, a: int, when: tuple[Test, ...], unit: Range) -> None:
        self.a, self.when, self.unit = a, when, unit

    def case(
        self,
        tags: Iterable[int] | int,
        *key: tuple[int, int | None],
        role: Role,
        tests: tuple[Byte, ...] = (),
        pair: bool = False,
        identifier: Range | None = None,
    ) -> Case:
        a = self.a
        ranges = (Range(a + start, None if end is None else a + end) for start, end in key)
        return Case(
            NAME,
            (*self.when, Byte(a, tags), *tests),
            (self.unit, Range(a, a + 1), *ranges),
            role,
            (identifier,) if identifier else (Range(a + 2, a + 3),) if pair else (),
        )

    def all(self) -> Iterator[Case]:
        yield from self.associations()
        yield from self.services()
        yield from self.ciphered()
        yield from self.general()
        yield self.case((EXCEPTION, ERROR), (1, 4), role=Role.RESPONSE)
        yield self.case((0x05, 0x06), (1, 5), role=Role.REQUEST)
        yield self.case((0x0C, 0x0D), (1, 4), role=Role.RESPONSE)
        for kind, role in _ROLES.items():
            yield self.case([tag for tag, apdu in PLAIN.items() if apdu.kind is kind], role=role)
        yield self.case(range(256), role=Role.NOTICE)

    def associations(self) -> Iterator[Case]:
        """AARQ up to the mechanism, AARE up to the server's title; both whole where they are laid out otherwise."""
        a, request, response = self.a, Role.REQUEST, Role.RESPONSE
        context = (Byte(a + 2, 0xA1), Byte(a + 3, 9))
        yield self.case(AARQ, (1, 26), role=request, tests=(*context, Byte(a + 13, 0x8A)))
        yield self.case(AARQ, (1, 14), role=request, tests=(*context, Byte(a + 13, 0xBE)))
        titled = (*context, Byte(a + 13, 0xA6), Byte(a + 14, 10))
        yield self.case(AARQ, (1, 38), role=request, tests=(*titled, Byte(a + 25, 0x8A)))
        yield self.case(AARQ, (1, 26), role=request, tests=(*titled, Byte(a + 25, 0xBE)))
        answered = (*context, Byte(a + 13, 0xA2), Byte(a + 14, 3), Byte(a + 18, 0xA3), Byte(a + 19, 5))
        yield self.case(AARE, (1, 37), role=response, tests=(*answered, Byte(a + 25, 0xA4), Byte(a + 26, 10)))
        yield self.case(AARE, (1, 26), role=response, tests=(*answered, Byte(a + 25, (0x88, 0xBE))))
        yield self.case(AARQ, (1, None), role=request)
        yield self.case(AARE, (1, None), role=response)

    def services(self) -> Iterator[Case]:
        """Requests up to the attribute or method, responses up to the result; lists whole."""
        a, request, response = self.a, Role.REQUEST, Role.RESPONSE
        for tag, one, listed in ((GET, (1,), (3,)), (SET, (1, 2), (4, 5)), (ACTION, (1, 4), (3, 5))):
            yield self.case(tag, (1, 2), (3, 12), role=request, tests=(Byte(a + 1, one),), pair=True)
            yield self.case(tag, (1, 2), (3, LISTED), role=request, tests=(Byte(a + 1, listed),), pair=True)
            yield self.case(tag, (1, 2), role=request, pair=True)
        failed = (Byte(a + 1, 1), Byte(a + 3, 1))
        yield self.case(GOT, (1, 2), (3, 5), role=response, tests=failed, pair=True)
        yield self.case(GOT, (1, 2), (3, 4), role=response, tests=(Byte(a + 1, 1),), pair=True)
        yield self.case(GOT, (1, 2), (8, 10), role=response, tests=(Byte(a + 1, 2), Byte(a + 8, 1)), pair=True)
        yield self.case((WAS_SET, ACTED), (1, 2), (3, 4), role=response, tests=(Byte(a + 1, (1, 3)),), pair=True)
        yield self.case((GOT, WAS_SET, ACTED), (1, 2), role=response, pair=True)
        yield self.case(EVENT, (1, 11), role=Role.NOTICE, tests=(Byte(a + 1, 0),))
        yield self.case(EVENT, (1, 2), (15, 24), role=Role.NOTICE, tests=(Byte(a + 1, 1),))
        yield self.case(DATA_NOTIFICATION, role=Role.NOTICE)
        for tag, role in ((ACCESS, request), (ACCESSED, response)):
            identifier = Range(a + 1, a + 5)
            key = ((5, 6 + LISTED),) if tag == ACCESS else ()
            untimed = (Byte(a + 5, 0),)
            yield self.case(tag, *key, role=role, tests=untimed, identifier=identifier)
            yield self.case(tag, role=role, identifier=identifier)

    def ciphered(self) -> Iterator[Case]:
        """The security control byte behind a length of one to three bytes."""
        for kind, role in _ROLES.items():
            tags = [tag for tag, apdu in CIPHERED.items() if apdu.kind is kind]
            for at, form in self.lengths(self.a + 1):
                yield self.case(tags, (at - self.a, at - self.a + 1), role=role, tests=(form,))

    def general(self) -> Iterator[Case]:
        """Behind a system title of eight bytes, the same."""
        titled = Byte(self.a + 1, 8)
        for at, form in self.lengths(self.a + 10):
            key = ((1, 10), (at - self.a, at - self.a + 1))
            yield self.case((GENERAL_GLO, GENERAL_DED), *key, role=Role.BY_SIDE, tests=(titled, form))

    @staticmethod
    def lengths(at: int) -> Iterator[tuple[int, Byte]]:
        """(where the contents begin, test) of each form of the length at ``at``."""
        yield at + 1, Byte(at, range(0x80))
        yield at + 2, Byte(at, 0x81)
        yield at + 3, Byte(at, 0x82)


_ODD, _EVEN = bits(1, 1), bits(1, 0)


def _address(at: int, size: int) -> tuple[Byte, ...]:
    return (*(Byte(at + n, _EVEN) for n in range(size - 1)), Byte(at + size - 1, _ODD))


def _hdlc(target: int, source: int) -> Iterator[Case]:
    """Frames with addresses of these sizes."""
    flag = Byte(0, 0x7E)
    control = 3 + target + source
    ends = (flag, *_address(3, target), *_address(3 + target, source))
    unit = Range(3, control)
    header = (Byte(control + 3, 0xE6), Byte(control + 4, (0xE6, 0xE7)))
    yield from _Apdus(control + 6, (*ends, Byte(control, (*_EVEN, 0x03, 0x13)), *header), unit).all()
    commands = (Byte(control, (0x83, 0x93, 0x43, 0x53)),)
    yield Case(NAME, (*ends, *commands), (unit, Range(control, control + 1)), Role.REQUEST)
    answers = (Byte(control, (0x63, 0x73, 0x0F, 0x1F, 0x87, 0x97)),)
    yield Case(NAME, (*ends, *answers), (unit, Range(control, control + 1)), Role.RESPONSE)
    yield Case(NAME, (*ends, Byte(control, bits(0x0F, 0x01))), (unit,), Role.NOTICE)
    yield Case(NAME, (*ends, Byte(control, bits(0x0F, 0x05))), (unit,), Role.NOTICE)
    yield Case(NAME, ends, (unit,), Role.NOTICE)


ADDRESSES = ((1, 1), (2, 1), (1, 2), (4, 1), (1, 4))  # the client's has one byte
CASES = (
    *_Apdus(8, (Byte(0, 0),), Range(2, 6)).all(),
    *(case for target, source in ADDRESSES for case in _hdlc(target, source)),
    Case(NAME, (Byte(0, (0, 0x7E)),), (Range(0, 4),), Role.NOTICE),
)
