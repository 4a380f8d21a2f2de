"""BACnet, BACnet/SC, KNXnet/IP and HART-IP: commands routed, forwarded, wrapped, in another direction, or secured."""

from __future__ import annotations

import struct

from fixtures.record import bacnet, bacnet_sc, hart_ip, knxnet_ip
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ASKS,
    CLOCK,
    CONFIGURE,
    FILES,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    datagrams,
    formed,
    over_udp,
    stream,
    wired,
)
from tests.twins import answers_only, cut_short, in_fragments, in_pieces, other_port, requests_only

RESET, MANAGED = "device-reset-or-silenced", "bacnet-broadcast-management"
READ = bacnet.unicast(bacnet.confirmed(12, 1, "0c00800001" + "1955"))
VALUE = bacnet.unicast(bacnet.ack(12, 1, "0c008000011955" + "3e44420000003f"))
REINITIALISE = bacnet.confirmed(20, 9, "0900")
SET = bacnet.confirmed(15, 9, "0c00400003" + "1955" + "3e44420000003f" + "3908")


def over_ip(*messages: bytes, client: str = STRANGER, port: int = 47808) -> Recorded:
    """Reads, then messages."""
    return datagrams(client, PLC_2, port, [(1, READ), (0, VALUE)] * 4 + [(ASKS, m) for m in messages])


def of_bacnet() -> list[Case]:
    """Over IP."""
    plain = over_ip(bacnet.unicast(REINITIALISE))
    return [
        seen("BACnet: restarted", plain, STOP, RESET),
        seen("BACnet: restarted on 50800", formed(other_port, plain), STOP),
        seen("BACnet: restarted, requests only", formed(requests_only, plain), STOP),
        not_calm("BACnet: restarted, cut after 50 bytes", formed(cut_short(50), plain), STOP),
        seen("BACnet: restarted in IP fragments", formed(in_fragments(8), plain), STOP),
        seen("BACnet: restarted behind a router", over_ip(bacnet.unicast(REINITIALISE, to=bacnet.MSTP)), STOP),
        seen(
            "BACnet: restarted through a BBMD",
            over_ip(bacnet.bvll(4, bytes.fromhex("0a140a0abac0") + bacnet.npdu(REINITIALISE))),
            STOP,
        ),
        seen(
            "BACnet: everybody restarted by a foreign device",
            over_ip(bacnet.bvll(9, bacnet.npdu(REINITIALISE, to=bacnet.station_of(0xFFFF)))),
            STOP,
        ),
        not_calm(
            "BACnet: restarted in a segmented request",
            over_ip(bacnet.unicast(b"\x0e\x75\x09\0\4" + REINITIALISE[3:])),
            STOP,
        ),
        seen("BACnet: a value set", over_ip(bacnet.unicast(SET)), WRITE),
        seen(
            "BACnet: sixty values set at once",
            over_ip(bacnet.unicast(bacnet.confirmed(16, 9, "0c004000031e" + "09552e44420000002f" * 60 + "1f"))),
            WRITE,
        ),
        seen(
            "BACnet: a group set without an answer",
            over_ip(bacnet.unicast(bacnet.unconfirmed(10, "090119082e0901f42f"))),
            WRITE,
        ),
        seen(
            "BACnet: a file written",
            over_ip(bacnet.unicast(bacnet.confirmed(7, 9, "c4028000010e310062036162630f"))),
            FILES,
        ),
        seen(
            "BACnet: the time told to everybody",
            over_ip(bacnet.broadcast(bacnet.unconfirmed(6, "a47c0101ffb408000000"))),
            CLOCK,
        ),
        seen("BACnet: silenced", over_ip(bacnet.unicast(bacnet.confirmed(17, 9, "0a000a1901"))), RESET),
        seen("BACnet: an object created", over_ip(bacnet.unicast(bacnet.confirmed(10, 9, "0e09020f"))), CONFIGURE),
        seen("BACnet: a vendor's transfer", over_ip(bacnet.unicast(bacnet.confirmed(18, 9, "09081901"))), UNKNOWN),
        seen(
            "BACnet: a broadcast table written", over_ip(bacnet.bvll(1, bytes.fromhex("0a0a0042bac0ffffffff"))), MANAGED
        ),
        seen(
            "BACnet: a foreign device registered alone",
            datagrams(STRANGER, PLC_2, 47808, [(1, bacnet.bvll(5, b"\0\x3c")), (0, bacnet.bvll(0, b"\0\0"))]),
            MANAGED,
        ),
        seen(
            "BACnet: a routing table initialised", over_ip(bacnet.unicast(b"\6\1\x07\xd1\1\0", network=True)), CONFIGURE
        ),
        not_calm(
            "BACnet: inside the old security layer", over_ip(bacnet.unicast(b"\x0b" + bytes(30), network=True)), STOP
        ),
        calm(
            "BACnet: SCADA reads and looks around",
            over_ip(bacnet.broadcast(bacnet.unconfirmed(8)), client=SCADA),
            STOP,
            WRITE,
            CONFIGURE,
            MANAGED,
        ),
        unmoved(
            "BACnet: a device says that it is there",
            datagrams(PLC_2, SCADA, 47808, [(1, bacnet.unicast(bacnet.I_AM_7))] * 3),
            STOP,
            WRITE,
            CONFIGURE,
            MANAGED,
        ),
    ]


_ASKED = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: hub.bsc.bacnet.org\r\n\r\n"
_KEY = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: hub\r\n" + _KEY + _ASKED
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\n" + _ASKED


def masked(payload: bytes, mask: bytes = b"\x11\x22\x33\x44") -> bytes:
    """A binary WebSocket frame of the connecting side."""
    size = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
    return b"\x82" + size + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


def secure_connect(*npdus: bytes, client: str = STRANGER, port: int = 4443) -> Recorded:
    """BACnet/SC without TLS: reads, then NPDUs."""
    said = [(1, UPGRADE), (0, UPGRADED)]
    for number, npdu in enumerate((*[READ[4:]] * 3, *npdus), bacnet_sc.FIRST):
        said.append((1, masked(bacnet_sc.message(1, npdu, number=number))))
        said.append((0, bacnet_sc.frame(bacnet_sc.message(1, VALUE[4:], number=number))))
    return stream(client, PLC_2, port, said)


def of_bacnet_sc() -> list[Case]:
    """In WebSocket, in clear."""
    plain = secure_connect(bacnet.npdu(REINITIALISE))
    return [
        seen("BACnet/SC in clear: restarted", plain, STOP),
        seen("BACnet/SC in clear: a value set", secure_connect(bacnet.npdu(SET)), WRITE),
        seen("BACnet/SC in clear: on port 80", secure_connect(bacnet.npdu(SET), port=80), WRITE),
        seen("BACnet/SC in clear: in segments of 3 bytes", formed(in_pieces(3), plain), STOP),
        not_calm("BACnet/SC in clear: answers only", formed(answers_only, plain), STOP),
        not_calm("BACnet/SC: within TLS", stream(STRANGER, PLC_2, 47808, _sealed()), STOP, WRITE),
        calm("BACnet/SC in clear: SCADA reads", secure_connect(client=SCADA), STOP, WRITE),
    ]


def _sealed() -> list[tuple[int, bytes]]:
    hello = b"\1\0\0\x2a\3\3" + bytes(range(32)) + b"\0\0\2\x13\1\1\0" + b"\0"
    answer = b"\2\0\0\x28\3\3" + bytes(range(32, 64)) + b"\0\x13\1\0\0\0"
    return [
        (1, b"\x16\3\1" + struct.pack(">H", len(hello)) + hello),
        (0, b"\x16\3\3" + struct.pack(">H", len(answer)) + answer),
        *((who, b"\x17\3\3\0\x50" + bytes((n * 7 + i) & 0xFF for i in range(80))) for n in range(8) for who in (1, 0)),
    ]


def tunnelled(
    apdu: bytes, target: int = 0x1101, *, group: bool = False, client: str = STRANGER, code: int = knxnet_ip.L_REQ
) -> Recorded:
    """Descriptions, a tunnel, a telegram."""
    telegram = knxnet_ip.telegram(code, target, apdu, group=group)
    described = [
        (1, knxnet_ip.message(0x0203, knxnet_ip.endpoint())),
        (0, knxnet_ip.message(0x0204, knxnet_ip.NORTH + knxnet_ip.FAMILIES)),
    ]
    opened = [
        (1, knxnet_ip.message(0x0205, knxnet_ip.endpoint() * 2 + b"\4\4\2\0")),
        (0, knxnet_ip.message(0x0206, bytes((7, 0)) + knxnet_ip.endpoint(PLC_2, 3671) + b"\4\4\x11\5")),
    ]
    told = [(1, knxnet_ip.connected(0x0420, 0, telegram)), (0, knxnet_ip.message(0x0421, bytes((4, 7, 0, 0))))]
    return datagrams(client, PLC_2, 3671, [*described * 3, *opened, *told])


def of_knx() -> list[Case]:
    """Tunnelling, routing, secured."""
    wrapped = knxnet_ip.message(
        0x0950, struct.pack(">H", 1) + bytes(6) + b"\0\xfa\x12\x34\x56\x78\0\0" + bytes(range(40))
    )
    routed = knxnet_ip.message(0x0530, knxnet_ip.telegram(knxnet_ip.L_IND, 0x0801, b"\0\x81"))
    return [
        seen("KNX: a group written", tunnelled(b"\0\x81", 0x0801, group=True), WRITE),
        seen("KNX: restarted", tunnelled(b"\x43\x80"), STOP),
        seen("KNX: reset to what it was made with", tunnelled(b"\x43\x81\1\0"), STOP),
        seen("KNX: an address written", tunnelled(b"\0\xc0\x11\x05", 0, group=True), CONFIGURE),
        seen(
            "KNX: a group written, requests only",
            formed(requests_only, tunnelled(b"\0\x81", 0x0801, group=True)),
            WRITE,
        ),
        seen(
            "KNX: a group written on another port", formed(other_port, tunnelled(b"\0\x81", 0x0801, group=True)), WRITE
        ),
        not_calm("KNX: routed to everybody", wired(over_udp(STRANGER, "224.0.23.12", 3671, [(1, routed)] * 4)), WRITE),
        not_calm(
            "KNX IP Secure", datagrams(STRANGER, PLC_2, 3671, [(1, wrapped), (0, wrapped)] * 4), WRITE, STOP, CONFIGURE
        ),
        not_calm("KNX Data Secure", tunnelled(b"\x03\xf1\0" + bytes(16), 0x0801, group=True), WRITE),
        calm("KNX: SCADA reads a group", tunnelled(b"\0\0", 0x0801, group=True, client=SCADA), WRITE, STOP, CONFIGURE),
    ]


def of_hart(*asks: bytes, client: str = STRANGER, tcp: bool = True) -> Recorded:
    """A session with reads, then commands."""
    read = [
        (1, hart_ip.asked(0, "", hart_ip.POLLING)),
        (0, hart_ip.answered(0, hart_ip.IDENTITY, address=hart_ip.POLLING)),
    ]
    said = [(1, hart_ip.INITIATE), (0, hart_ip.INITIATED), *read * 3, *((ASKS, ask) for ask in asks), *read]
    return (stream if tcp else datagrams)(client, PLC_2, 5094, said)


def several(*commands: tuple[int, bytes]) -> bytes:
    """A direct PDU."""
    rest = b"".join(struct.pack(">HB", number, len(data)) + data for number, data in commands)
    return hart_ip.direct(0, 0, b"", rest)


def of_hart_ip() -> list[Case]:
    """Token passing and direct PDUs."""
    return [
        *(
            seen(
                f"HART-IP over {'TCP' if tcp else 'UDP'}: a range set",
                of_hart(hart_ip.asked(35, bytes(9)), tcp=tcp),
                CONFIGURE,
            )
            for tcp in (True, False)
        ),
        seen("HART-IP: reset", of_hart(hart_ip.asked(42)), STOP),
        seen("HART-IP: reset behind a read in one PDU", of_hart(several((0, b""), (42, b""))), STOP),
        not_calm("HART-IP: reset behind 78 reads in one PDU", of_hart(several(*[(0, b"")] * 78, (42, b""))), STOP),
        seen("HART-IP: reset in segments of a byte", formed(in_pieces(1), of_hart(hart_ip.asked(42))), STOP),
        seen(
            "HART-IP: two requests in a segment",
            of_hart(hart_ip.asked(0, "", hart_ip.POLLING) + hart_ip.asked(42)),
            STOP,
        ),
        not_calm("HART-IP: a command with an octet too many", of_hart(hart_ip.asked(42, b"\0")), STOP),
        not_calm("HART-IP: a command of a vendor", of_hart(hart_ip.asked(145, b"\1\2")), UNKNOWN, CONFIGURE),
        calm("HART-IP: SCADA reads", of_hart(hart_ip.asked(3), client=SCADA), CONFIGURE, STOP, WRITE),
    ]


def cases() -> list[Case]:
    """All."""
    return [*of_bacnet(), *of_bacnet_sc(), *of_knx(), *of_hart_ip()]
