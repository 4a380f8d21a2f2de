"""Foundation Fieldbus High Speed Ethernet (HSE), over UDP and TCP.

Written from FF-588 HSE Field Device Access Agent (sections 6.3 header, 6.4 trailer, 6.5 services) as Wireshark's
dissector by Y. Akisada (Yokogawa) has it. A message says whether it asks, answers or refuses; answers repeat the invoke
identifier of the trailer, whose fields are there as the header's options say. The FDA address tells which connection of
the device, or which device behind it on an H1 link, is meant.

Of an FMS Initiate only that there is a password is told; never the password.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Test, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.reader import Reader
from scanner.protocols.common.text import printable, readable
from scanner.protocols.ff_hse import _names as names
from scanner.wording import joined, said, verbatim

HEADER = 12
_NUMBER, _INVOKE, _TIME, _CONTROL, _RESERVED = 0x80, 0x40, 0x20, 0x08, 0x10  # options of the header
_TRAILER = {_NUMBER: 4, _INVOKE: 4, _TIME: 8, _CONTROL: 4}  # octets, in their order
_PORTS = (1089, 1090, 1091, 3622)

FRAMING = Framing(
    name="ff-hse",
    delimiter=Length(at=8, width=4, minimum=HEADER, maximum=65536),
    sync=(
        Byte(0, 1),
        Byte(8, 0),
        Byte(9, 0),
    ),
    ports={"tcp": _PORTS, "udp": _PORTS},
    confirmations=3,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Options, service and FDA address; then what is addressed or said of a device. Values, passwords, numbers, times never.

_HEAD = Range(1, 8)
_PASSWORD = HEADER + 2


def _cases() -> Iterator[Case]:
    """One for each place where the invoke identifier may stand and each set of octets that say what is meant."""
    for behind in ((), (_TIME,), (_CONTROL,), (_TIME, _CONTROL)):
        end = -sum(_TRAILER[option] for option in behind)
        there = Byte(1, bits(_INVOKE | _TIME | _CONTROL, _INVOKE | sum(behind)))
        yield from _confirmed((there,), (Range(end - 4, end or None),))
    yield from _confirmed((), ())
    for (protocol, service), known in names.SERVICES.items():
        if not service & names.CONFIRMED:
            key = tuple(Range(HEADER + start, HEADER + stop) for start, stop in known.asks)
            yield Case("ff-hse", (Byte(2, protocol << 2), Byte(3, service)), (_HEAD, *key), Role.NOTICE)
    yield Case("ff-hse", (), (_HEAD,), Role.NOTICE)


def _confirmed(options: tuple[Test, ...], pair: tuple[Range, ...]) -> Iterator[Case]:
    alike: defaultdict[tuple[int, int, tuple[tuple[int, int], ...]], set[int]] = defaultdict(set)
    for (protocol, service), known in names.SERVICES.items():
        if service & names.CONFIRMED:
            late = (protocol, service) in names.LATE_ERRORS
            alike[protocol, names.REQUEST, known.asks].add(service)
            alike[protocol, names.RESPONSE, known.answers].add(service)
            alike[protocol, names.ERROR, ((4, 6) if late else (0, 2),)].add(service)
    protocol, service = names.INITIATE
    secret = (Byte(2, protocol << 2), Byte(3, service), Byte(_PASSWORD, range(1, 256)))
    key = (_HEAD, *(Range(HEADER + start, HEADER + stop) for start, stop in names.SERVICES[names.INITIATE].asks))
    yield Case("ff-hse", (*options, *secret), key, Role.ASKS, pair)
    for (protocol, kind, octets), services in alike.items():
        tests = (*options, Byte(2, protocol << 2 | kind), Byte(3, services))
        key = (_HEAD, *(Range(HEADER + start, HEADER + stop) for start, stop in octets))
        yield Case("ff-hse", tests, key, Role.ASKS if kind == names.REQUEST else Role.ANSWERS, pair)


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A header that holds, a service that exists, and its parameters before a trailer that fits."""
    known = (message.data[2] >> 2, message.data[3]) in names.SERVICES if len(message.data) > HEADER - 1 else False
    return known and is_well_formed(lambda m: list(dissect(m)), message)


def dissect(message: Message) -> Iterator[Row]:
    """The operation of a message; what a device says of itself, and how a connection is opened."""
    data = message.data
    if len(data) < HEADER or data[0] != 1 or data[1] & _RESERVED:
        raise Malformed("no FDA message header")
    which, kind = (data[2] >> 2, data[3]), data[2] & 3
    service = names.SERVICES.get(which)
    if kind > names.ERROR or (kind and not data[3] & names.CONFIRMED):
        raise Malformed(
            "service 0x{service:02X} of protocol {protocol}, message type {kind}",
            service=data[3],
            protocol=which[0],
            kind=kind,
        )
    if int.from_bytes(data[8:12], "big") != message.length:
        raise Malformed("the length does not fit the message")
    if service is None:
        yield _unknown(data, kind)
        return
    trailer = sum(octets for option, octets in _TRAILER.items() if data[1] & option)
    reader = Reader(data, HEADER, message.length - trailer)
    if kind == names.ERROR:
        yield _operation(data, service, Kind.REFUSAL, refusal=_error(reader, late=which in names.LATE_ERRORS))
    elif kind == names.RESPONSE:
        yield from _response(data, service, which, reader)
    else:
        yield from _request(data, service, which, reader)


def _operation(data: bytes, service: names.Service, kind: Kind, **more: str) -> Operation:
    address = int.from_bytes(data[4:8], "big")
    return Operation(
        verb=service.verb,
        function=service.name,
        kind=kind,
        code=f"{data[2] >> 2}:0x{data[3]:02X}",
        unit=said("FDA address {word}", word=f"0x{address:08X}") if address else "",
        filter=f"ff.hdr.proto_confirm == 0x{data[2]:02x} && ff.hdr_srv == 0x{data[3]:02x}",
        **more,
    )


def _unknown(data: bytes, kind: int) -> Operation:
    """A service that is not published."""
    return Operation(
        verb=Verb.UNKNOWN,
        function=f"Service 0x{data[3]:02X} of protocol {data[2] >> 2}",
        kind=Kind.REQUEST if kind == names.REQUEST else Kind.RESPONSE if kind == names.RESPONSE else Kind.NOTICE,
        code=f"{data[2] >> 2}:0x{data[3]:02X}",
        filter=f"ff.hdr.proto_confirm == 0x{data[2]:02x} && ff.hdr_srv == 0x{data[3]:02x}",
    )


def _error(reader: Reader, *, late: bool) -> str:
    if late:
        reader.take(4)
    group, code = reader.number(1), reader.number(1)
    named = names.ERROR_CLASSES.get(group, f"class {group}")
    return f"{named}: {names.ERRORS.get((group, code), 'error')} ({group}/{code})"


def _request(data: bytes, service: names.Service, which: tuple[int, int], reader: Reader) -> Iterator[Row]:
    if not data[3] & names.CONFIRMED:
        kind = Kind.UNCONFIRMED if which == (names.SM, 1) else Kind.NOTICE
    else:
        kind = Kind.NOTICE if which in names.ASKED_BY_DEVICE else Kind.REQUEST
    if service.touches:
        index = reader.number(4)
        touched = f"{service.touches} {index}"
        if which in names.WITH_SUBINDEX:
            touched += f" subindex {reader.number(4)}"
        elif which == (names.FMS, names.CONFIRMED | 24):
            reader.take(3)
            switched = said("monitoring on") if reader.number(1) else said("monitoring off")
            yield _operation(data, service, kind, object=touched, detail=switched)
            return
        yield _operation(data, service, kind, object=touched)
    elif which == (names.SM, 16):
        yield from _device(data, service, kind, reader)
    elif which == (names.SM, 2):
        yield _reply(data, service, reader)
    elif which == names.INITIATE:
        yield from _initiate(data, service, reader)
    else:
        read = _PARAMETERS.get(which)
        touched, detail = read(reader) if read else ("", "")
        yield _operation(data, service, kind, object=touched, detail=detail)
        if which[0] == names.FDA:
            yield Session(encrypted=False, authenticated=False)


def _response(data: bytes, service: names.Service, which: tuple[int, int], reader: Reader) -> Iterator[Row]:
    """What an answer says of the device itself; an H1 device behind it has a link in its FDA address."""
    own = not int.from_bytes(data[4:6], "big")
    if which == (names.SM, names.CONFIRMED | 3):
        yield from _device(data, service, Kind.RESPONSE, reader)
    elif which == (names.FMS, names.CONFIRMED | 1):
        vendor, model, revision = (printable(reader.take(32)) for _ in range(3))
        told = joined(map(verbatim, (vendor, model, revision)))
        yield _operation(data, service, Kind.RESPONSE, detail=told)
        for field, value in (("vendor", vendor), ("model", model), ("firmware", revision)):
            if own and value:
                yield Identity(field, value)
    elif which in ((names.FMS, names.CONFIRMED | 7), (names.FMS, names.CONFIRMED | 17)):
        what = "variable list" if data[3] & 0x7F == 7 else "program invocation"
        yield _operation(data, service, Kind.RESPONSE, object=f"{what} {reader.number(4)}")
    else:
        for start, stop in service.answers:
            if reader.left < stop - start:
                raise Malformed("an answer without its parameters")
        yield _operation(data, service, Kind.RESPONSE)


def _device(data: bytes, service: names.Service, kind: Kind, reader: Reader) -> Iterator[Row]:
    """SM Identify and Device Annunciation: state, kinds of device, address, device identifier, PD tag."""
    state, kinds, _, duplicates = reader.take(4)
    reader.take(4)
    address, identifier, tag = reader.take(16), printable(reader.take(32)), printable(reader.take(32))
    told = [said(word) for bit, word in names.DEVICES.items() if kinds & bit]
    told += [said("address {n}", n=_address(address))] if any(address) else []
    told += [said("no tag")] if state >> 1 == 1 else []
    told += [said("duplicate PD tag")] if duplicates & 2 else []
    told += [said("duplicate device index")] if duplicates & 1 else []
    yield _operation(data, service, kind, object=tag or identifier, detail=joined(told))
    if int.from_bytes(data[4:6], "big") or kinds & names.H1_DEVICE:
        return
    if identifier:
        yield Identity("serial", identifier)
    if tag:
        yield Identity("name", tag)


def _address(raw: bytes) -> str:
    """IPv4 addresses stand in the last four octets."""
    address = ipaddress.IPv6Address(raw)
    mapped = address.ipv4_mapped or (ipaddress.IPv4Address(raw[12:]) if not any(raw[:12]) else None)
    return str(mapped or address)


def _reply(data: bytes, service: names.Service, reader: Reader) -> Operation:
    query = reader.number(1)
    reader.take(11)
    address = reader.take(16)
    reader.take(4)
    identifier, tag = printable(reader.take(32)), printable(reader.take(32))
    words = (_asked(query), said("device {name}", name=identifier), said("address {n}", n=_address(address)))
    return _operation(data, service, Kind.NOTICE, object=tag, detail=joined(words))


def _asked(query: int) -> str:
    known = names.QUERIES.get(query)
    return said(known) if known else said("query {n}", n=query)


def _initiate(data: bytes, service: names.Service, reader: Reader) -> Iterator[Row]:
    option = reader.number(1)
    reader.take(1)
    password = reader.number(1)
    reader.take(5)
    tag = printable(reader.take(32))
    known = names.CONNECTIONS.get(option)
    detail = said(known) if known else said("connection option {n}", n=option)
    yield _operation(data, service, Kind.REQUEST, object=tag, detail=detail)
    yield Session(credentials="user-password" if password else "none", encrypted=False)


def _opens(reader: Reader) -> tuple[str, str]:
    reader.take(13)
    configures = reader.number(1)
    reader.take(6)
    return readable(reader.take(32)), said("network management configuration permitted") if configures else ""


def _query(reader: Reader) -> tuple[str, str]:
    query = reader.number(1)
    reader.take(3)
    index, tag, vfd = reader.number(4), readable(reader.take(32)), readable(reader.take(32))
    return tag or vfd or f"index {index}", _asked(query)


def _assigned(reader: Reader) -> tuple[str, str]:
    """A device identifier, and the tag that it has or is to have."""
    identifier, tag = readable(reader.take(32)), readable(reader.take(32))
    return tag, said("device {name}", name=identifier)


def _assigns(reader: Reader) -> tuple[str, str]:
    tag, device = _assigned(reader)
    reader.take(12)
    address = reader.take(16)
    reader.take(4)
    return tag, joined((device, said("address {n}", n=_address(address))))


def _clears(reader: Reader) -> tuple[str, str]:
    tag, device = _assigned(reader)
    return tag, joined((device, said("interface {n}", n=reader.number(1))))


def _counted(reader: Reader) -> tuple[str, str]:
    return f"list of {reader.number(4)} variables", ""


def _dictionary(reader: Reader) -> tuple[str, str]:
    everything = reader.take(4)[0]
    return f"index {reader.number(4)}", said("all attributes") if everything else ""


def _invocation(reader: Reader) -> tuple[str, str]:
    reader.take(2)
    return f"of {reader.number(2)} domains", ""


def _dictionary_written(_: Reader) -> tuple[str, str]:
    return "object dictionary", ""


def _redundancy(reader: Reader) -> tuple[str, str]:
    reader.take(80)
    return "", ""


def _diagnostic(reader: Reader) -> tuple[str, str]:
    reader.take(8)
    return readable(reader.take(32)), ""


_PARAMETERS = {
    (names.FDA, names.CONFIRMED | 1): _opens,
    (names.SM, names.CONFIRMED | 12): _clears,
    (names.SM, names.CONFIRMED | 14): _assigns,
    (names.SM, names.CONFIRMED | 15): _assigned,
    (names.SM, 1): _query,
    (names.FMS, names.CONFIRMED | 4): _dictionary,
    (names.FMS, names.CONFIRMED | 7): _counted,
    (names.FMS, names.CONFIRMED | 17): _invocation,
    (names.FMS, names.CONFIRMED | 28): _dictionary_written,
    (names.FMS, names.CONFIRMED | 29): _dictionary_written,
    (names.FMS, names.CONFIRMED | 30): _dictionary_written,
    (names.LAN, names.CONFIRMED | 2): _redundancy,
    (names.LAN, 1): _diagnostic,
}

PROTOCOL = Protocol(
    name="ff-hse",
    title="Foundation Fieldbus HSE",
    short="FF HSE",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({service.verb for service in names.SERVICES.values()} | {Verb.UNKNOWN}),
    specification="FF-588 HSE Field Device Access Agent, sections 6.3 to 6.5 (as Wireshark's dissector has it)",
    display_filter="ff",
)
