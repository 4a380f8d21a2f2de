"""Which bytes of a BACnet message are meaning: cases for every place where an application message may begin.

The network header (ANSI/ASHRAE 135-2020 clause 6.2) has addresses of any length in front of the application message
(clause 20.1), so the same cases are made for each usual form of it: no address, those of MS/TP and ARCNET (one byte)
and of Ethernet, BACnet/IP and BACnet/SC (six bytes), and broadcasts; over IPv4 also those of LonTalk (two or seven),
BACnet/IPv6 and ZigBee (three). In other forms a message is compared whole and finds no answer.

Invoke identifiers, sequence numbers, hop counts, times, process identifiers of notifications and values are no part
of the key. Passwords of ReinitializeDevice and DeviceCommunicationControl are (each guess is a message of its own),
but no row has them. What a request and its answer have in common: version, the routed addresses (source of the one,
destination of the other) and invoke identifier; in unconfirmed services, network and BVLL messages one, three or one
constant bytes, so that identifiers of different kinds never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.framing.language import WHOLE, Byte, Case, Field, Range, Role, Test, bits
from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet import _objects as objects

NAME = "bacnet"
BACNET_IP, BACNET_IPV6, VERSION = 0x81, 0x82, 0x01
# Function of the BVLL -> where the NPDU begins (annexes J.2 and U.2).
IP_CARRIERS = {0x04: 10, 0x09: 4, 0x0A: 4, 0x0B: 4}
IPV6_CARRIERS = {0x01: 10, 0x02: 7, 0x08: 25, 0x0C: 7}
NETWORK_MESSAGE, DESTINATION, SOURCE = 0x80, 0x20, 0x08  # bits of the control byte
KEEP = 1600

# Services whose parameters hold no value, or one that matters; of others the beginning is compared.
WHOLE_REQUESTS = (
    *(3, 4, names.SUBSCRIBE_COV, names.DELETE, 13, names.READ_MULTIPLE, names.COMMUNICATION_CONTROL),
    *(names.REINITIALIZE, names.LIFE_SAFETY, names.SUBSCRIBE_PROPERTY, names.EVENT_INFORMATION),
    names.SUBSCRIBE_MULTIPLE,
)
PROPERTY_REQUESTS = (names.READ, names.WRITE, names.ADD_LIST, names.REMOVE_LIST, names.READ_RANGE)
# Properties of the device object that say who it is, and those that a list which says so begins with.
IDENTITY = {12: "software", 44: "firmware", 70: "model", 77: "name", 120: "vendor", 121: "vendor", 372: "serial"}
BEGIN_OF_IDENTITY = (*(p for p in IDENTITY if p < 256), 28, 58, 75, 79)

ROUTERS_ASK = (names.WHO_IS_ROUTER, names.INITIALIZE, names.WHAT_IS_NUMBER)
ROUTERS_ANSWER = (names.I_AM_ROUTER, names.INITIALIZE_ACK, names.NUMBER_IS)
ROUTERS_TELL = (*range(names.COULD_BE_ROUTER, names.INITIALIZE), names.ESTABLISH, names.DISCONNECT)

_Forms = tuple[tuple[int | None, int | None], ...]  # lengths of the destination's and of the source's address
_DIRECT: _Forms = ((None, None), (1, None), (6, None), (None, 1), (None, 6))
_UNUSUAL: _Forms = tuple(form for size in (2, 3, 7) for form in ((size, None), (None, size)))
_BETWEEN: _Forms = ((1, 1), (1, 6), (6, 1), (6, 6))
_TO_ALL: _Forms = ((0, None), (0, 1), (0, 6))
_HEARD: _Forms = ((None, None), (None, 1), (None, 6), *_TO_ALL)


@dataclass(frozen=True)
class Place:
    """One form of the headers of ``protocol``. at: where the application or network message begins; head: what of the
    headers is meaning; asked, answered: the routed addresses as a request and as its answer have them.
    """

    protocol: str
    base: int
    at: int
    when: tuple[Test, ...]
    network: tuple[Test, ...]
    head: tuple[Range, ...]
    asked: tuple[Range, ...]
    answered: tuple[Range, ...]

    @property
    def version(self) -> Range:
        return Range(self.base, self.base + 1)


def place(
    protocol: str, base: int, link: tuple[Test, ...], key: tuple[Range, ...], form: tuple[int | None, int | None]
) -> Place:
    """The place for an NPDU at ``base`` with addresses of these lengths (None: no address)."""
    tests: list[Test] = [*link, Byte(base, VERSION)]
    at, control = base + 2, 0
    ends: list[Range] = []
    for size, bit in zip(form, (DESTINATION, SOURCE), strict=True):
        if size is not None:
            control |= bit
            tests.append(Byte(at + 2, size))
            ends.append(Range(at, at + 3 + size))
            at += 3 + size
    head = (*key, Range(base + 1, at))
    at += form[0] is not None  # hop count
    control_byte = [
        Byte(base + 1, bits(NETWORK_MESSAGE | DESTINATION | SOURCE, control | kind)) for kind in (0, NETWORK_MESSAGE)
    ]
    return Place(
        protocol=protocol,
        base=base,
        at=at,
        when=(control_byte[0], *tests),
        network=(control_byte[1], *tests),
        head=head,
        asked=tuple(ends),
        answered=tuple(reversed(ends)),
    )


def cases() -> tuple[Case, ...]:
    """Every case of BACnet over IP, IPv6 and Ethernet."""
    unicast = Byte(0, BACNET_IP), Byte(1, (0x09, 0x0A, 0x0B))
    forwarded = Byte(0, BACNET_IP), Byte(1, 0x04)
    function = (Range(1, 4),)  # with the length, beyond which nothing is read
    found: list[Case] = []
    for base, link, key, full, heard in (
        (4, unicast, function, (*_DIRECT, *_UNUSUAL, *_BETWEEN), (*_TO_ALL, (0, 2), (0, 3), (0, 7))),
        (10, forwarded, (*function, Range(4, 10)), (), _HEARD),
        (10, (Byte(0, BACNET_IPV6), Byte(1, 0x01)), (*function, Range(4, 10)), _DIRECT, ()),
        (7, (Byte(0, BACNET_IPV6), Byte(1, (0x02, 0x0C))), (*function, Range(4, 7)), (), _HEARD),
        (25, (Byte(0, BACNET_IPV6), Byte(1, 0x08)), (*function, Range(4, 25)), (), _HEARD),
        (0, (), (), _DIRECT, _TO_ALL),
    ):
        for form in (*full, *heard):
            found += messages(place(NAME, base, link, key, form), confirmed=form in full)
    unknown = Case(NAME, (Byte(0, (BACNET_IP, BACNET_IPV6)),), (Range(0, 4),), Role.NOTICE)
    return (*found, *_link_messages(), *_whole(), unknown)


def messages(here: Place, *, confirmed: bool) -> Iterator[Case]:
    """Application and network messages at a place; broadcasts are never confirmed requests or answers to them."""
    if confirmed:
        yield from _requests(here)
        yield from _answers(here)
    yield from _unconfirmed(here)
    yield from _network(here)


def _case(here: Place, *tests: Test, key: Iterable[Range], role: Role, pair: tuple[Range, ...] = ()) -> Case:
    return Case(here.protocol, (*tests, *here.when), (*here.head, *key), role, pair, KEEP)


_REFERENCE = range(0x19, 0x1D)  # context tag 1 with a property identifier of one to four bytes
_SHORT = range(0x09, 0x0D)  # context tag 0 with a number of one to four bytes


def _to_number(start: int, at: int, shortest: int) -> Range:
    """From ``start`` to the end of the number whose tag at ``at`` is ``shortest`` when it has one byte."""
    return Range(start, Field(at, 1, add=at + 2 - shortest))


def _object(at: int) -> Byte:
    return Byte(at, 0x0C)


def _device(at: int) -> tuple[Test, ...]:
    """The identifier of a device object: type 8 in the upper ten bits."""
    return _object(at), Byte(at + 1, objects.DEVICE >> 2), Byte(at + 2, range(0x40))


def _property(at: int) -> tuple[Test, ...]:
    """An object identifier and a property."""
    return _object(at), Byte(at + 5, _REFERENCE)


def _requests(here: Place) -> Iterator[Case]:
    """Confirmed requests: type, room for the answer, invoke identifier, service, parameters."""
    service, data = here.at + 3, here.at + 4
    plain = Byte(here.at, bits(0xF8, 0x00))
    pair = (here.version, *here.asked, Range(here.at + 2, here.at + 3))

    def case(services: int | tuple[int, ...], *tests: Test, key: tuple[Range, ...]) -> Case:
        return _case(here, plain, Byte(service, services), *tests, key=key, role=Role.REQUEST, pair=pair)

    yield case(WHOLE_REQUESTS, key=(Range(service),))
    program = _object(data), Byte(data + 1, objects.PROGRAM >> 2), Byte(data + 2, range(0x40)), Byte(data + 5, 0x19)
    change = Byte(data + 6, objects.PROGRAM_CHANGE), Byte(data + 7, 0x3E), Byte(data + 8, 0x91)
    yield case(names.WRITE, *program, *change, key=(Range(service, data + 10),))
    priority = Byte(-3, 0x3F), Byte(-2, 0x49)
    to_property = _to_number(service, data + 5, 0x19)
    yield case(names.WRITE, *_property(data), *priority, key=(to_property, Range(-1)))
    yield case(PROPERTY_REQUESTS, *_property(data), key=(to_property,))
    several = _object(data), Byte(data + 5, 0x1E), Byte(data + 6, _SHORT)
    yield case(names.WRITE_MULTIPLE, *several, key=(_to_number(service, data + 6, 0x09),))
    subscriber = Byte(data, _SHORT)
    # Process (no meaning of its own, but in front), device and object; process, object and state.
    yield case((names.COV, names.EVENT), subscriber, key=(Range(service, Field(data, 1, add=data + 3)),))
    yield case(names.ACKNOWLEDGE_ALARM, subscriber, key=(Range(service, Field(data, 1, add=data)),))
    file = Byte(data, 0xC4), Byte(data + 5, (0x0E, 0x1E))
    yield case((names.READ_FILE, names.WRITE_FILE), *file, key=(Range(service, data + 6),))
    yield case(names.CREATE, Byte(data, 0x0E), key=(Range(service, data + 7),))
    yield from (case(names.PRIVATE_TRANSFER, *tests, key=key) for tests, key in _private(service, data))
    yield case(names.TEXT_MESSAGE, _object(data), key=(Range(service, data + 5),))
    yield case(tuple(range(256)), key=(Range(service, data),))
    segment, late = Byte(here.at, bits(0xF8, 0x08)), here.at + 5
    yield _case(here, segment, Byte(here.at + 3, 0), key=(Range(late, late + 7),), role=Role.REQUEST, pair=pair)
    yield _case(here, segment, key=(Range(late, late + 1),), role=Role.NOTICE)


def _private(service: int, data: int) -> Iterator[tuple[tuple[Test, ...], tuple[Range, ...]]]:
    """Vendor and service number, the vendor in one byte or two."""
    for vendor, at in ((0x09, data + 2), (0x0A, data + 3)):
        yield (Byte(data, vendor), Byte(at, _REFERENCE)), (_to_number(service, at, 0x19),)


def _answers(here: Place) -> Iterator[Case]:
    """Acknowledgements, errors, rejections and aborts: type, invoke identifier, service, parameters."""
    at, service, data = here.at, here.at + 2, here.at + 3
    pair = (here.version, *here.answered, Range(at + 1, at + 2))

    def case(kind: Iterable[int], *tests: Test, key: tuple[Range, ...]) -> Case:
        return _case(here, Byte(at, kind), *tests, key=key, role=Role.RESPONSE, pair=pair)

    def notice(kind: Iterable[int], key: Range) -> Case:
        return _case(here, Byte(at, kind), key=(key,), role=Role.NOTICE)

    whole, only = Range(service), Range(service, service + 1)
    complex_ack, segment = bits(0xF8, 0x30), bits(0xF8, 0x38)
    yield case(bits(0xF0, 0x20), key=(only,))
    device = _device(data)
    read = Byte(service, names.READ)
    known = tuple(p for p in IDENTITY if p < 256)
    yield case(complex_ack, read, *device, Byte(data + 5, 0x19), Byte(data + 6, known), key=(whole,))
    serial = Byte(data + 5, 0x1A), Byte(data + 6, 372 >> 8), Byte(data + 7, 372 & 0xFF)
    yield case(complex_ack, read, *device, *serial, key=(whole,))
    properties = Byte(service, (names.READ, names.READ_RANGE)), *_property(data)
    yield case(complex_ack, *properties, key=(_to_number(service, data + 5, 0x19),))
    yield case(complex_ack, *_identifying(service, data), key=(whole,))
    several = Byte(service, names.READ_MULTIPLE), _object(data), Byte(data + 5, 0x1E), Byte(data + 6, range(0x29, 0x2D))
    yield case(complex_ack, *several, key=(_to_number(service, data + 6, 0x29),))
    yield case(complex_ack, Byte(service, names.CREATE), key=(whole,))
    yield case(complex_ack, key=(only,))
    first, late = Byte(service, 0), at + 4
    yield case(segment, first, *_identifying(late, late + 1), key=(Range(late),))
    yield case(segment, first, key=(Range(late, late + 1),))
    yield notice(segment, Range(late, late + 1))
    yield notice(bits(0xF0, 0x40), Range(at, at + 1))
    yield case(bits(0xF0, 0x50), key=(whole,))
    yield case(bits(0xF0, 0x60), key=(only,))
    yield case(bits(0xF1, 0x71), key=(only,))
    yield notice(bits(0xF1, 0x70), only)


def _identifying(service: int, data: int) -> tuple[Test, ...]:
    """An answer to ReadPropertyMultiple that begins with a property by which the device object tells who it is."""
    begin = Byte(data + 5, 0x1E), Byte(data + 6, 0x29), Byte(data + 7, BEGIN_OF_IDENTITY)
    return Byte(service, names.READ_MULTIPLE), *_device(data), *begin


def _unconfirmed(here: Place) -> Iterator[Case]:
    """Unconfirmed requests: type, service, parameters."""
    service, data = here.at + 1, here.at + 2
    plain = Byte(here.at, bits(0xF0, 0x10))

    def case(services: Iterable[int], *tests: Test, key: Range) -> Case:
        return _case(here, plain, Byte(service, services), *tests, key=(key,), role=Role.NOTICE)

    kind = Range(here.at, here.at + 1)
    whole = Range(service)
    yield _case(here, plain, Byte(service, names.WHO_IS), key=(whole,), role=Role.REQUEST, pair=(kind,))
    yield _case(here, plain, Byte(service, names.I_AM), key=(whole,), role=Role.RESPONSE, pair=(kind,))
    yield _case(here, plain, Byte(service, names.WHO_HAS), key=(whole,), role=Role.REQUEST, pair=(here.version,))
    yield _case(here, plain, Byte(service, names.I_HAVE), key=(whole,), role=Role.RESPONSE, pair=(here.version,))
    yield case((names.WHO_AM_I, names.YOU_ARE), key=whole)
    notified = names.UNCONFIRMED_COV, names.UNCONFIRMED_EVENT
    yield case(notified, Byte(data, _SHORT), key=Range(service, Field(data, 1, add=data + 3)))
    for tests, key in _private(service, data):
        yield case((names.UNCONFIRMED_PRIVATE,), *tests, key=key[0])
    yield case((names.UNCONFIRMED_TEXT,), _object(data), key=Range(service, data + 5))
    yield case(range(256), key=Range(service, data))


def _network(here: Place) -> Iterator[Case]:
    """Messages of the network layer: type, then networks; security messages have times and signatures instead."""
    pair = (here.version,) * 3
    for kinds, role in (
        (ROUTERS_ASK, Role.REQUEST),
        (ROUTERS_ANSWER, Role.RESPONSE),
        (ROUTERS_TELL, Role.NOTICE),
    ):
        tests = (Byte(here.at, kinds), *here.network)
        shared = () if role is Role.NOTICE else pair
        yield Case(here.protocol, tests, (*here.head, Range(here.at)), role, shared, KEEP)
    yield Case(here.protocol, here.network, (*here.head, Range(here.at, here.at + 3)), Role.NOTICE, keep=KEEP)


def _link_messages() -> Iterator[Case]:
    """Messages between BVLL entities. Of foreign device tables not the seconds that remain."""
    ip, ipv6, common = Byte(0, BACNET_IP), Byte(0, BACNET_IPV6), (Range(0, 1),)
    whole = (Range(1),)
    yield Case(NAME, (ip, Byte(1, (0x01, 0x02, 0x05, 0x06, 0x08))), whole, Role.REQUEST, common, KEEP)
    yield Case(NAME, (ip, Byte(1, (0x00, 0x03))), whole, Role.RESPONSE, common, KEEP)
    table = (Range(1, 4), Range(4, stride=10, width=8))
    yield Case(NAME, (ip, Byte(1, 0x07)), table, Role.RESPONSE, common, KEEP)
    yield Case(NAME, (ip, Byte(1, 0x0C)), (Range(1, 2), Range(4, 5)), Role.NOTICE)
    yield Case(NAME, (ipv6, Byte(1, (0x09, 0x0A))), whole, Role.REQUEST, common)
    yield Case(NAME, (ipv6, Byte(1, 0x00)), whole, Role.RESPONSE, common)
    yield Case(NAME, (ipv6, Byte(1, range(0x03, 0x08))), whole, Role.NOTICE)
    yield Case(NAME, (ipv6, Byte(1, 0x0B)), (Range(1, 2), Range(4, 5)), Role.NOTICE)


def _whole() -> Iterator[Case]:
    """Headers of other forms."""
    for link in (
        (Byte(0, BACNET_IP), Byte(1, IP_CARRIERS)),
        (Byte(0, BACNET_IPV6), Byte(1, IPV6_CARRIERS)),
        (Byte(0, VERSION),),
    ):
        yield Case(NAME, link, WHOLE, Role.NOTICE, keep=KEEP)
