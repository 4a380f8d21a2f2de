"""KNXnet/IP over UDP and TCP: discovery, tunnelling, device management, routing, KNX IP Secure.

Written from ISO 22510 and the KNX standard: 03_08_01 and 03_08_02 (header, core), 03_08_03 (device management),
03_08_04 (tunnelling), 03_08_05 (routing), AN159 (security), AN185 (tunnelling version 2); 03_06_03 and 03_03_07 for
what the cEMI frames inside ask for; ``_knxnet_ip_names`` has the tables. A telegram through a tunnel is accepted when
the server confirms it (L_Data.con); its TUNNELLING_ACK only says that it came over the network. What a server hands on
from the bus is a report, whatever service it carries. Inside a secure wrapper nothing can be seen.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Framing, Length
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.encrypted import hidden_kind
from scanner.protocols.knxnet_ip._cases import cases
from scanner.protocols.knxnet_ip._cemi import cemi, individual
from scanner.protocols.knxnet_ip._dib import description
from scanner.protocols.knxnet_ip._names import (
    ANSWERS,
    ASKS,
    CONNECTIONS,
    FEATURES,
    LAYERS,
    LONG,
    SERVICES,
    SESSION_FAILURES,
    SESSION_STATUS,
    SHORT,
    STATUS,
)
from scanner.wording import joined, said, verbatim

HEADER = 6
PORT = 3671
FRAMING = Framing(
    name="knxnet-ip",
    delimiter=Length(at=4, width=2, minimum=HEADER + 1, maximum=4096),
    # Size of the header, version, family of the service, length: whatever the service is.
    sync=(Byte(0, HEADER), Byte(1, 0x10), Byte(2, range(16)), Byte(4, range(17))),
    ports={"tcp": (PORT,), "udp": (PORT,)},
    confirmations=1,
    pair_by_requester=True,
)
_WRAPPER = 0x0950
VERSION, SECURE_VERSION = "KNXnet/IP 1.0", "KNX IP Secure"


def probe(message: Message) -> bool:
    """A header of version 1.0 with a service that exists and the right length."""
    try:
        service = _service(message)
    except Malformed:
        return False
    return message.transport in ("tcp", "udp") and (message.port == PORT or service in SERVICES)


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    service = _service(message)
    data = message.data
    reader = _READERS.get(service)
    if service not in SERVICES:
        yield Operation(
            Verb.UNKNOWN,
            f"Service 0x{service:04X}",
            Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
            f"0x{service:04X}",
            filter=f"knxip.service.type == 0x{service:04x}",
        )
    elif service in (0x0310, 0x0420):
        yield from cemi(data, 10, service, to_client=message.from_client is False)
    elif service in (0x0530, 0x0533):
        yield from cemi(data, 6, service, to_client=False)
    elif service == _WRAPPER:
        yield from _wrapped(message, service)
    elif reader is not None:
        yield from reader(data, service)
    else:
        yield _operation(service)


def _service(message: Message) -> int:
    data = message.data
    if len(data) <= HEADER or data[0] != HEADER or data[1] != 0x10:
        raise Malformed("no KNXnet/IP header")
    service = int.from_bytes(data[2:4], "big")
    size = int.from_bytes(data[4:6], "big")
    if size != message.length:
        raise Malformed("total length says {stated} bytes, there are {length}", stated=size, length=message.length)
    return service


def _operation(service: int, **more: str) -> Operation:
    name, verb, way = SERVICES[service]
    kind = {ASKS: Kind.REQUEST, ANSWERS: Kind.RESPONSE}.get(way, Kind.NOTICE)
    return Operation(
        verb,
        name,
        Kind.REFUSAL if more.get("refusal") else kind,
        f"0x{service:04X}",
        unit=more.get("unit", ""),
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"knxip.service.type == 0x{service:04x}",
    )


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise Malformed("byte {at} of {length} expected", at=at, length=len(data))
    return data[at]


def _status(code: int) -> str:
    return f"{STATUS.get(code, 'status')} (0x{code:02X})" if code else ""


_WANTED = {
    1: said("programming mode"),
    2: said("MAC address"),
    3: said("service family"),
    4: said("description blocks"),
}


def _search(data: bytes, service: int) -> Iterator[Row]:
    """A search; an extended one may select devices by what they are."""
    wanted: list[str] = []
    at = 14
    while at + 1 < len(data) and data[at] >= 2:
        kind = data[at + 1] & 0x7F
        wanted.append(_WANTED.get(kind) or said("parameter {n}", n=kind))
        at += data[at]
    yield _operation(service, detail=said("by {text}", text=joined(wanted)) if wanted else "")


def _described(data: bytes, service: int) -> Iterator[Row]:
    """Search responses begin with the control endpoint, diagnostic responses with a selector."""
    at = HEADER if service == 0x0204 else HEADER + _byte(data, HEADER)
    found = description(data, at)
    yield _operation(service, unit=found.address, detail=joined(found.said, "; "))
    yield from found.identities
    if service in (0x0202, 0x020C) and data[HEADER : HEADER + 2] == b"\x08\x01" and any(data[8:12]) and found.said:
        yield Identity("ip", str(ipaddress.IPv4Address(data[8:12])))


def _connect(data: bytes, service: int) -> Iterator[Row]:
    kind = _byte(data, 23)
    touched = CONNECTIONS.get(kind, f"type {kind}")
    if kind == 4 and len(data) > 24:
        touched += f", {LAYERS.get(data[24], f'layer 0x{data[24]:02X}')}"
    unit = individual(int.from_bytes(data[26:28], "big")) if len(data) >= 28 else ""
    yield _operation(service, unit=unit, object=touched)
    yield Session(version=VERSION, credentials="none", encrypted=False)


def _connected(data: bytes, service: int) -> Iterator[Row]:
    refusal = _status(_byte(data, 7))
    tunnel = not refusal and data[16:18] == b"\x04\x04" and len(data) >= 20
    unit = individual(int.from_bytes(data[18:20], "big")) if tunnel else ""
    yield _operation(service, unit=unit, refusal=refusal)


def _answered(data: bytes, service: int) -> Iterator[Row]:
    yield _operation(service, refusal=_status(_byte(data, 7)))


def _acknowledged(data: bytes, service: int) -> Iterator[Row]:
    yield _operation(service, refusal=_status(_byte(data, 9)))


def _feature(data: bytes, service: int) -> Iterator[Row]:
    number, code = _byte(data, 10), _byte(data, 11)
    refusal = f"return code 0x{code:02X}" if service == 0x0423 and code else ""
    yield _operation(service, object=FEATURES.get(number, f"feature {number}"), refusal=refusal)


def _lost(data: bytes, service: int) -> Iterator[Row]:
    state = _byte(data, 7)
    lost = (said("no KNX bus") if state & 1 else "", said("no IP network") if state & 2 else "")
    yield _operation(service, detail=joined(lost))


_RESETS = {1: said("restart"), 2: said("master reset")}


def _selected(data: bytes, service: int) -> Iterator[Row]:
    """Remote diagnosis and configuration: a selector, and for a reset what kind."""
    at = HEADER if service == 0x0743 else 14
    size, kind = _byte(data, at), _byte(data, at + 1)
    mac = kind == 2 and len(data) >= at + 8
    target = f"MAC address {data[at + 2 : at + 8].hex(':')}" if mac else "devices in programming mode"
    detail = ""
    if service == 0x0743:
        detail = _RESETS.get(_byte(data, at + max(size, 2)), "")
    yield _operation(service, object=target, detail=detail)


def _wrapped(message: Message, service: int) -> Iterator[Row]:
    """What is inside may be any request."""
    group = message.data[6:8] == b"\0\0"
    told = _operation(service, detail=said("multicast group") if group else "")
    yield replace(told, kind=hidden_kind(message))
    yield Session(version=SECURE_VERSION, encrypted=True)


def _authenticating(data: bytes, service: int) -> Iterator[Row]:
    yield _operation(service, detail=said("user {name}", name=_byte(data, 7)))
    yield Session(version=SECURE_VERSION, credentials="user-password")


def _session_status(data: bytes, service: int) -> Iterator[Row]:
    code = _byte(data, 6)
    name = f"{SESSION_STATUS.get(code, 'status')} ({code})"
    failed = code in SESSION_FAILURES
    yield _operation(service, refusal=name if failed else "", detail="" if failed else verbatim(name))
    yield Session(version=SECURE_VERSION, authenticated=True if code == 0 else None)


_READERS = {
    0x0201: _search,
    0x020B: _search,
    0x0202: _described,
    0x0204: _described,
    0x020C: _described,
    0x0741: _described,
    0x0205: _connect,
    0x0206: _connected,
    0x0208: _answered,
    0x020A: _answered,
    0x0311: _acknowledged,
    0x0421: _acknowledged,
    **dict.fromkeys(range(0x0422, 0x0426), _feature),
    0x0531: _lost,
    0x0740: _selected,
    0x0742: _selected,
    0x0743: _selected,
    0x0953: _authenticating,
    0x0954: _session_status,
}

PROTOCOL = Protocol(
    name="knxnet-ip",
    title="KNXnet/IP",
    framing=FRAMING,
    cases=tuple(cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb, _ in SERVICES.values()}
        | {verb for _, verb in (*SHORT.values(), *LONG.values())}
        | {Verb.UNKNOWN}
    ),
    opaque=("SECURE_WRAPPER", "S-A_*"),
    specification="ISO 22510; KNX standard 03_08_01 to 03_08_05, AN159, AN185, 03_06_03, 03_03_07",
    display_filter="knxip",
    midway="connection not seen",
)
