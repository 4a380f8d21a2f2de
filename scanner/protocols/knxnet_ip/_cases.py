"""Which bytes of a KNXnet/IP message are meaning. Channels, sequence counters, endpoints and values are not.

Offsets: 2 service type, 6 body. cEMI stands at 10 behind a connection header and at 6 in routing messages; control
fields, addresses, length, TPCI and APCI follow its additional information, whose length is byte 1 of the frame. The
APCI has ten bits in two bytes that also hold sequence numbers and values, so that cases tell services apart by bits.

Searches go to a group address and are answered by each device from its own, so answers are found by the requester's
address; constant bytes of the header keep exchanges of different kinds apart, since nothing else is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.framing.language import Byte, Case, Range, Role, Test, bits
from scanner.protocols.knxnet_ip._cemi import (
    ADDITIONAL,
    FUNC_COMMAND,
    FUNC_CON,
    FUNC_STATE,
    PROP_INFO,
    PROP_READ,
    PROP_READ_CON,
    PROP_WRITE,
    PROP_WRITE_CON,
    RESET,
    RESET_IND,
    TOLD,
)
from scanner.protocols.knxnet_ip._names import CON, IND, REQ

NAME = "knxnet-ip"
_SERVICE = Range(2, 4)


def _service(*numbers: int) -> tuple[Byte, Byte]:
    return Byte(2, {n >> 8 for n in numbers}), Byte(3, {n & 255 for n in numbers})


def _plain(numbers: tuple[int, ...], *key: Range, role: Role = Role.NOTICE, pair: tuple[Range, ...] = ()) -> Case:
    return Case(NAME, _service(*numbers), (_SERVICE, *key), role, pair, keep=2048)


def _core() -> Iterator[Case]:
    request, response = Role.REQUEST, Role.RESPONSE
    search, describe, connect = (Range(2, 3),), (Range(0, 1),), (Range(1, 2),)
    state, leave = (Range(0, 1), Range(6, 7)), (Range(1, 2), Range(6, 7))
    yield _plain((0x0201, 0x020B), Range(14), role=request, pair=search)
    yield _plain((0x0202, 0x020C), Range(6), role=response, pair=search)
    yield _plain((0x0203,), role=request, pair=describe)
    yield _plain((0x0204,), Range(6), role=response, pair=describe)
    yield _plain((0x0205,), Range(22), role=request, pair=connect)
    yield _plain((0x0206,), Range(7, 8), Range(16), role=response, pair=connect)
    yield _plain((0x0207,), role=request, pair=state)
    yield _plain((0x0208,), Range(7, 8), role=response, pair=state)
    yield _plain((0x0209,), role=request, pair=leave)
    yield _plain((0x020A,), Range(7, 8), role=response, pair=leave)
    yield _plain((0x0311, 0x0421), Range(9, 10))
    feature = (Range(7, 8), Range(10, 11))
    yield _plain((0x0422, 0x0424), Range(10), role=request, pair=feature)
    yield _plain((0x0423,), Range(10), role=response, pair=feature)
    yield _plain((0x0425,), Range(10))
    yield _plain((0x0531,), Range(7, 8))
    yield _plain((0x0740,), Range(14), role=request, pair=(Range(0, 3),))
    yield _plain((0x0741,), Range(6), role=response, pair=(Range(0, 3),))
    yield _plain((0x0742,), Range(14))
    yield _plain((0x0743,), Range(6))
    yield _plain((0x0951,), role=request, pair=(Range(0, 2),))
    yield _plain((0x0952,), role=response, pair=(Range(0, 2),))
    yield _plain((0x0953,), Range(7, 8))
    yield _plain((0x0954,), Range(6, 7))


# (bits of TPCI, bits of APCI or all, bytes behind the TPCI that are meaning); the first that fits
_ANY = frozenset(range(256))
_TELEGRAMS: tuple[tuple[int, frozenset[int], int], ...] = (
    (0, bits(0xC0, 0x00), 0),  # A_GroupValue_Read, _Response, _Write: value bits share the byte
    (0, bits(0xC0, 0x40), 0),
    (0, bits(0xC0, 0x80), 0),
    (0, _ANY, 3),
    (1, frozenset(range(0xC8, 0xFB)), 6),
    (1, frozenset(range(0xFB, 0xFF)), 5),
    (1, _ANY, 1),
    (2, frozenset(range(0xC0)), 3),
    (2, _ANY, 4),
    (3, frozenset((0xD1, 0xD3)), 6),  # a key, which may be the one that is none
    (3, frozenset((0xD2, 0xD4, 0xF1)), 1),  # levels and secured data
    (3, frozenset((0xDC, 0xDD, 0xDE, 0xEC, 0xED, 0xEE)), 7),
    (3, _ANY, 3),
)


def _telegrams(services: tuple[int, ...], at: int, codes: Iterable[int], role: Role) -> Iterator[Case]:
    for extra in ADDITIONAL:
        control = at + 2 + extra
        tpci = control + 7
        when: tuple[Test, ...] = (*_service(*services), Byte(at, codes), Byte(at + 1, extra))
        key = (_SERVICE, Range(at, at + 2), Range(control, control + 6))
        pair = () if role is Role.NOTICE else (Range(control + 4, control + 20),)
        for low in range(4):
            yield Case(NAME, (*when, Byte(tpci, bits(0x83, 0x80 | low))), key, Role.NOTICE)
        for low, apci, size in _TELEGRAMS:
            tests = (*when, Byte(tpci, bits(0x83, low)), Byte(tpci + 1, apci))
            more = (Range(tpci + 1, tpci + 1 + size),) if size else ()
            yield Case(NAME, tests, (*key, *more), role, pair)


def _management() -> Iterator[Case]:
    when = _service(0x0310, 0x0420)
    of_property, of_function = (Range(11, 15), Range(16, 17)), (Range(11, 15),)
    value, head, no_elements = Range(10, 17), Range(10, 15), Byte(15, bits(0xF0, 0))
    for codes, tests, key, role, pair in (
        ((PROP_READ, PROP_WRITE), (), value, Role.REQUEST, of_property),
        ((PROP_READ_CON, PROP_WRITE_CON), (no_elements,), Range(10, 18), Role.RESPONSE, of_property),
        ((PROP_READ_CON,), (Byte(14, TOLD),), Range(10), Role.RESPONSE, of_property),
        ((PROP_READ_CON, PROP_WRITE_CON), (), value, Role.RESPONSE, of_property),
        ((PROP_INFO,), (), value, Role.NOTICE, ()),
        ((FUNC_COMMAND, FUNC_STATE), (), head, Role.REQUEST, of_function),
        ((FUNC_CON,), (), Range(10, 16), Role.RESPONSE, of_function),
        ((RESET,), (), Range(10, 11), Role.REQUEST, (Range(0, 3),)),
        ((RESET_IND,), (), Range(10, 11), Role.RESPONSE, (Range(0, 3),)),
    ):
        yield Case(NAME, (*when, Byte(10, codes), *tests), (_SERVICE, key), role, pair)


def cases() -> Iterator[Case]:
    """Every case, the most telling first."""
    yield from _core()
    connected, routed = (0x0310, 0x0420), (0x0530, 0x0533)
    for codes, role in ((REQ, Role.REQUEST), (CON, Role.RESPONSE), (IND, Role.NOTICE)):
        yield from _telegrams(connected, 10, codes, role)
    yield from _management()
    yield Case(NAME, _service(*connected), (_SERVICE, Range(10, 11)), Role.NOTICE)
    yield from _telegrams(routed, 6, (*REQ, *CON, *IND), Role.NOTICE)
    yield Case(NAME, _service(*routed), (_SERVICE, Range(6, 7)), Role.NOTICE)
    yield Case(NAME, (*_service(0x0950), Byte(6, 0), Byte(7, 0)), (_SERVICE, Range(6, 8)), Role.NOTICE)
    yield Case(NAME, (), (_SERVICE,), Role.NOTICE)
