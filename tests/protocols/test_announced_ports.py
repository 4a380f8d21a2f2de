"""Ports that answers announce: towers of endpoint mappers, bindings of DCOM, transports of RTSP."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.base import Message, Protocol, Related, Sender
from scanner.protocols.dcerpc import dcerpc
from scanner.protocols.dcerpc._calls import Order
from scanner.protocols.dcerpc._endpoints import MOST_ENDPOINTS, bindings, mapped, towers
from scanner.protocols.internet import rtsp, sip
from scanner.protocols.opc import opc_classic
from scanner.protocols.profinet import profinet_io

CLIENT, SERVER, OTHER = "10.3.0.10", "10.1.0.5", "10.1.0.6"
UUID_FLOOR = b"\x13\0\x0d" + bytes(16) + b"\1\0" + b"\2\0\0\0"
NDR_FLOOR = UUID_FLOOR
LITTLE_ENDIAN, BIG_ENDIAN = Order(True), Order(False)


def floor(kind: int, value: bytes) -> bytes:
    return b"\1\0" + bytes((kind,)) + struct.pack("<H", len(value)) + value


def tower(port: int, host: str = SERVER, transport: int = 7, floors: int = 5) -> bytes:
    rpc = floor(0x0B if transport == 7 else 0x0A, b"\0\0")
    found = struct.pack("<H", floors) + UUID_FLOOR + NDR_FLOOR + rpc
    return found + floor(transport, struct.pack(">H", port)) + floor(9, IPv4Address(host).packed)


def answer(*found: bytes, order: str = "<") -> bytes:
    """The arguments of an answer to ept_map."""
    head = bytes(20) + struct.pack(order + "IIII", len(found), 4, 0, len(found))
    head += b"".join(struct.pack(order + "I", 0x20000 + n) for n in range(len(found)))
    body = b"".join(struct.pack(order + "II", len(t), len(t)) + t + bytes(-len(t) % 4) for t in found)
    return head + body + bytes(4)


def response(stub: bytes) -> bytes:
    return (
        struct.pack("<BBBBIHHI", 5, 0, 2, 3, 0x10, 24 + len(stub), 0, 1) + struct.pack("<IHH", len(stub), 0, 0) + stub
    )


def told(protocol: Protocol, data: bytes, source: str = SERVER, target: str = CLIENT, **more: object) -> set[object]:
    message = Message(data, len(data), source == CLIENT, source=source, target=target, **more)  # type: ignore[arg-type]
    rows = [r for r in protocol.dissect(message) if isinstance(r, Related)]
    return {(r.transport, r.port, r.opened_by) for r in rows}


@pytest.mark.parametrize(
    ("stub", "wanted"),
    [
        (answer(tower(49152)), (49152,)),
        (answer(tower(49152), tower(49153)), (49152, 49153)),
        (answer(tower(49152, "0.0.0.0")), (49152,)),  # noqa: S104 - wherever the answer comes from
        (answer(tower(49152, OTHER)), ()),
        (answer(tower(49152, OTHER), tower(49153)), (49153,)),
        (answer(tower(49152, transport=8)), ()),  # a datagram's
        (answer(tower(49152, floors=2)), ()),
        (answer(tower(0)), ()),
        (answer(tower(49152))[:-30], ()),
        (answer(*(tower(49152 + n) for n in range(MOST_ENDPOINTS + 1))), ()),
        (answer(), ()),
        (bytes(400), ()),
    ],
)
def test_an_endpoint_mapper_announces_ports_of_its_own_host(stub: bytes, wanted: tuple[int, ...]) -> None:
    assert mapped(LITTLE_ENDIAN, stub, SERVER) == wanted
    assert told(dcerpc.PROTOCOL, response(stub)) == {("tcp", port, Sender.RECEIVER) for port in wanted}


def test_towers_are_alike_in_either_byte_order() -> None:
    assert mapped(BIG_ENDIAN, answer(tower(49152), order=">"), SERVER) == (49152,)


def binding(text: str, kind: int = 7) -> bytes:
    return struct.pack("<H", kind) + text.encode("utf-16-le") + b"\0\0"


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (binding(f"{SERVER}[49724]"), (49724,)),
        (binding("OPC-SRV[49724]") + binding(f"{SERVER}[49724]") + binding("x", 10), (49724,)),
        (binding(f"{OTHER}[49724]"), ()),
        (binding(f"{SERVER}[49724]", kind=8), ()),  # another kind of transport
        (binding(SERVER), ()),  # an answer to ServerAlive names no port
        (binding(f"{SERVER}[99999]"), ()),
        (binding(f"{SERVER}[0]"), ()),
        (binding("a" * 300 + "[5]"), ()),
    ],
)
def test_string_bindings(data: bytes, wanted: tuple[int, ...]) -> None:
    assert bindings(bytes(30) + data, SERVER) == wanted


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_make_it_fail(data: bytes, little: bool) -> None:
    order = Order(little)
    for stub in (data, answer(data), answer(tower(1) + data)):
        assert len(mapped(order, stub, SERVER)) <= MOST_ENDPOINTS
        towers(order, stub, SERVER)
        bindings(binding("a") + stub, SERVER)


def test_a_client_of_opc_may_be_asked_where_it_is_called_back() -> None:
    assert ("tcp", 135, Sender.RECEIVER) in told(opc_classic.PROTOCOL, _bind())


def _bind() -> bytes:
    interface = next(iter(opc_classic.OPC))
    element = struct.pack("<HBB", 0, 1, 0) + UUID(interface).bytes_le + bytes(24)
    body = struct.pack("<HHI", 5840, 5840, 0) + bytes((1, 0, 0, 0)) + element
    return struct.pack("<BBBBIHHI", 5, 0, 11, 3, 0x10, 16 + len(body), 0, 1) + body


@pytest.mark.parametrize(
    ("transport", "ports"),
    [
        (b"RTP/AVP;unicast;client_port=50000-50001", {50000, 50001}),
        (b"RTP/AVP;unicast;client_port=50000-50001;server_port=6256-6257;ssrc=1", {50000, 50001, 6256, 6257}),
        (b"RTP/AVP;unicast;destination=10.3.0.10;client_port=50000", {50000}),
        (b"RTP/AVP;unicast;destination=10.9.9.9;client_port=50000", set()),
        (b"RTP/AVP;multicast;destination=224.1.1.1;client_port=50000", set()),
        (b"RTP/AVP;unicast;client_port=80-81", set()),
        (b"RTP/AVP/TCP;unicast;interleaved=0-1", set()),
    ],
)
def test_rtsp_agrees_on_ports_of_its_two_hosts(transport: bytes, ports: set[int]) -> None:
    asked = b"SETUP rtsp://10.1.0.5/1 RTSP/1.0\r\nCSeq: 3\r\nTransport: " + transport + b"\r\n\r\n"
    said = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: " + transport + b"\r\n\r\n"
    wanted = {("udp", port, None) for port in ports}
    assert told(rtsp.PROTOCOL, asked, CLIENT, SERVER) == wanted
    assert told(rtsp.PROTOCOL, said) == wanted
    assert told(rtsp.PROTOCOL, said.replace(b"200 OK", b"461 Unsupported Transport")) <= wanted


def _call(lines: bytes, first: bytes = b"SIP/2.0 200 OK") -> bytes:
    return first + b"\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n" + lines.replace(b"\n", b"\r\n")


HERE, THERE = f"c=IN IP4 {SERVER}\n".encode(), b"c=IN IP4 10.9.9.9\n"


@pytest.mark.parametrize(
    ("lines", "ports"),
    [
        (HERE + b"m=audio 4000 RTP/AVP 0\n", {4000, 4001}),
        (HERE + b"m=audio 4000/2 RTP/AVP 0\n", {4000, 4001, 4002, 4003}),
        (HERE + b"m=audio 4000 RTP/AVP 0\na=rtcp:4100\n", {4000, 4100}),
        (HERE + b"m=audio 4000 RTP/AVP 0\na=rtcp:4100 IN IP4 10.9.9.9\n", {4000}),
        (HERE + b"m=audio 0 RTP/AVP 0\nm=video 6000 RTP/SAVPF 96\n", {6000, 6001}),
        (HERE + b"m=image 4000 udptl t38\n", {4000}),
        (HERE + b"m=audio 4000 TCP/RTP/AVP 0\n", set()),
        (HERE + b"m=audio 502 RTP/AVP 0\n", set()),
        (HERE + b"m=audio 99999 RTP/AVP 0\n", set()),
        (THERE + b"m=audio 4000 RTP/AVP 0\n", set()),
        (THERE + b"m=audio 4000 RTP/AVP 0\n" + HERE, {4000, 4001}),  # its own line counts
        (HERE + b"m=audio 4000 RTP/AVP 0\n" + THERE + b"m=video 6000 RTP/AVP 96\n", {6000, 6001}),
        (b"m=audio 4000 RTP/AVP 0\n", set()),
        (b"c=IN IP4 host.example\nm=audio 4000 RTP/AVP 0\n", set()),
        (HERE, set()),
    ],
)
def test_sip_agrees_on_ports_of_whoever_names_them(lines: bytes, ports: set[int]) -> None:
    wanted = {("udp", port, Sender.RECEIVER) for port in ports}
    assert told(sip.PROTOCOL, _call(lines)) == wanted
    assert told(sip.PROTOCOL, _call(lines, b"INVITE sip:a@b SIP/2.0")) == wanted
    assert told(sip.PROTOCOL, _call(lines, b"SIP/2.0 486 Busy Here")) == set()


@given(st.binary(max_size=200))
def test_no_description_makes_it_fail(lines: bytes) -> None:
    assert len(told(sip.PROTOCOL, _call(HERE + lines))) <= 16


def profinet(operation: int, stub: bytes) -> bytes:
    """An answer of the endpoint mapper of a PROFINET device."""
    mapper = UUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa").bytes_le
    head = bytes((4, 2, 0x0A, 0, 0x10, 0, 0, 0)) + bytes(16) + mapper + bytes(16)
    return head + struct.pack("<IIIHHHHHBB", 0, 1, 0, operation, 0xFFFF, 0xFFFF, len(stub), 0, 0, 0) + stub


def test_the_mapper_of_a_profinet_device_announces_its_port() -> None:
    found = tower(49153, transport=8)
    entry = bytes(16) + struct.pack("<III", 3, 0, 64) + b" " * 64
    lookup = bytes(20) + struct.pack("<IIII", 1, 1, 0, 1) + entry + struct.pack("<II", len(found), len(found)) + found
    wanted = {("udp", 49153, Sender.RECEIVER)}
    about = {"transport": "udp", "port": 34964}
    assert told(profinet_io.PROTOCOL, profinet(2, lookup), **about) == wanted
    assert told(profinet_io.PROTOCOL, profinet(3, answer(found)), **about) == wanted
    assert told(profinet_io.PROTOCOL, profinet(3, answer(tower(49153, OTHER, 8))), **about) == set()
