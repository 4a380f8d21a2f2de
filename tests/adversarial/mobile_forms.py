"""A private mobile network: ciphering, who controls the user plane, what runs inside of it, and in which layers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from itertools import pairwise

from fixtures.record.mobile import control as control_chunk
from fixtures.record.mobile import packet as sctp_packet
from tests.adequacy.scene import mac_of
from tests.adversarial.modbus_forms import SET, adu, reads
from tests.adversarial.recording_forms import LAYERS, VIOLATION
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ENGINEER,
    HISTORIAN,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    WRITE,
    addresses,
    both,
    datagrams,
    formed,
    framed,
    played,
    stream,
)
from tests.capture.frames import ethernet, gtp, ipv4, ipv6, udp
from tests.carriers import packet
from tests.twins import Form, Record, answers_only, cut_short, lossy, requests_only

NULL, CLEAR, WHO = "nas-null-algorithm", "mobile-signalling-in-clear", "subscriber-identity-in-clear"
PEER, REACHED, AMONG = "mobile-core-peer-unlisted", "mobile-core-reached-by-device", "mobile-devices-talk-to-each-other"
SERVICE, OUT = "mobile-core-service-asked-by-device", "mobile-device-to-internet"
INNER, PLANE, TWICE = "mobile-tunnel-in-tunnel", "mobile-user-plane-in-clear", "mobile-address-in-two-tunnels"
UE_1, UE_2 = "10.20.1.70", "10.20.1.71"  # of the cell, by radio
Wrap = Callable[[bytes, int], bytes]


def wrapped(change: Wrap) -> Form:
    """Every IPv4 frame, whatever it carries."""

    def form(records: list[Record]) -> list[Record]:
        found = []
        for number, (s, f, frame, wire) in enumerate(records):
            changed = change(frame, number) if frame[12:14] == b"\x08\0" else frame
            found.append((s, f, changed, len(changed) if changed is not frame else wire))
        return found

    return form


def between(source: str, target: str, data: bytes, *, protocol: int = 17) -> bytes:
    """A frame of IPv4."""
    macs = mac_of(IPv4Address(target)) + mac_of(IPv4Address(source))
    return macs + b"\x08\0" + ipv4(protocol, data, source, target)


def in_plane(
    base: str = SCADA,
    core: str = HISTORIAN,
    tunnel: int = 0xCAFE,
    *,
    clients: tuple[str, ...] = (),
    told: bool = False,
    down: bool = False,
) -> Form:
    """In GTP-U between a base station and the core, by direction. told: each packet of 5G says which way it goes; down:
    the clients are in the network.
    """

    def change(frame: bytes, _: int) -> bytes:
        source, _target = addresses(frame)
        asks = not clients or source in clients
        up = asks != down
        said = bytes((0, 0, 0, 0x85, 1, up << 4, 9, 0)) if told else b""
        ends = (base, core) if up else (core, base)
        return between(*ends, udp(gtp(packet(frame), tunnel, said, 0x34 if told else 0x30), 2152, 2152))

    return wrapped(change)


def in_six(frame: bytes, _: int) -> bytes:
    """In GTP-U over IPv6, in a VLAN."""
    inner = udp(gtp(packet(frame)), 2152, 2152)
    return (f := ethernet(0x86DD, ipv6(17, inner, "fd00::1", "fd00::2")))[:12] + b"\x81\0\0\7" + f[12:]


def pfcp(kind: int, number: int, *, session: bool = False, cause: int | None = None, more: bytes = b"") -> bytes:
    """A message of PFCP (3GPP TS 29.244)."""
    elements = b"\0\x3c\0\5\0\x0a\x14\x0a\x15" + (b"" if cause is None else b"\0\x13\0\1" + bytes((cause,))) + more
    rest = (bytes(8) if session else b"") + struct.pack(">I", number << 8) + elements
    return bytes((0x21 if session else 0x20, kind)) + struct.pack(">H", len(rest)) + rest


def controlled(client: str, server: str, kind: int = 50, *, port: int = 8805, accepted: int = 1) -> Recorded:
    """An association, and a request about a session."""
    session = kind >= 50
    said = [
        (1, pfcp(5, 1)),
        (0, pfcp(6, 1, cause=1)),
        (1, pfcp(kind, 2, session=session)),
        (0, pfcp(kind + 1, 2, session=session, cause=accepted)),
    ]
    return datagrams(client, server, port, said)


LAYERED: Mapping[str, Wrap] = {
    **{
        name: LAYERS[name]
        for name in ("a VLAN", "QinQ", "VXLAN", "GRE with key and sequence", "PPPoE", "MPLS", "IP in IPv6")
    },
}


def arrived(number: int) -> bytes:
    """An acknowledgement by the core of all chunks of the station up to one."""
    chunks = control_chunk(3, struct.pack(">IIHH", number, 65536, 0, 0))
    return between(SCADA, STRANGER, sctp_packet(38412, 36412, chunks), protocol=132)


def by_two_stations(after: float) -> Recorded:
    """A device says the same by another station, so many seconds later."""

    def recording() -> list[Record]:
        said = datagrams(UE_1, PLC_2, 9999, [(1, b"the same each time")] * 3)()
        one, two = (in_plane(station, HISTORIAN, 7, clients=(UE_1,))(said) for station in (SCADA, ENGINEER))
        return sorted([*one, *((s, f + round(after * 1e6), frame, wire) for s, f, frame, wire in two)])

    return recording


def passed_on(sender: str, *stations: str) -> Recorded:
    """Pings of a device through tunnels from one station to the next, which pass them on."""
    pings = framed(
        *((200.0 + n, between(sender, PLC_2, bytes((8, 0, 0, 0, 0, 7, 0, n)), protocol=1)) for n in range(9))
    )

    def recording() -> list[Record]:
        hops = [in_plane(*ends)(pings()) for ends in pairwise(stations)]
        return sorted((s, f + hop, *rest) for hop, records in enumerate(hops) for s, f, *rest in records)  # type: ignore[misc]

    return recording


def called(*stations: str, told: bool, down: bool) -> Recorded:
    """Somebody calls devices behind several stations within a second."""
    ask = datagrams(STRANGER, UE_1, 5060, [(1, b"hello" * 9), (0, b"there" * 9)])
    return both(*(formed(in_plane(base, clients=(STRANGER,), told=told, down=down), ask) for base in stations))


def ways() -> list[Case]:
    """Which end is the device."""
    directory = played("diameter/tcp", _10_20_61_2=STRANGER, _10_20_60_4=SCADA)
    three = (SCADA, ENGINEER, PLC_2)
    return [
        unmoved("one user plane function passes on to the next", passed_on(UE_1, SCADA, HISTORIAN, ENGINEER), TWICE),
        seen(
            "two stations under the address of one device",
            both(passed_on(UE_1, SCADA, HISTORIAN), passed_on(UE_1, ENGINEER, HISTORIAN)),
            TWICE,
        ),
        seen(
            "a station that is sent to and sends back",
            both(passed_on(UE_1, SCADA, HISTORIAN, ENGINEER), passed_on(UE_1, ENGINEER, HISTORIAN)),
            TWICE,
        ),
        unmoved("who calls devices behind three stations", called(*three, told=True, down=True), TWICE),
        unmoved(
            "who calls devices, and asks the directory", both(called(SCADA, told=True, down=True), directory), REACHED
        ),
        seen("a device calls, and asks the directory", both(called(SCADA, told=True, down=False), directory), REACHED),
        seen(
            "a tunnel in the tunnel, between the same ends",
            formed(
                in_plane(clients=(SCADA,)), formed(in_plane(clients=(SCADA,)), stream(UE_1, PLC_2, 502, reads(adu, 6)))
            ),
            INNER,
        ),
    ]


def signalling() -> list[Case]:
    """NGAP and S1AP."""
    five = played("ngap/null", _10_20_61_2=STRANGER, _10_20_60_4=SCADA)
    four = played("s1ap/null", _10_20_61_2=STRANGER, _10_20_60_4=SCADA)
    other = played("ngap/null_port_48412", _10_20_61_2=STRANGER, _10_20_60_4=SCADA)
    good = played("ngap/protected", _10_20_61_2=STRANGER, _10_20_60_4=SCADA)
    inside = played("ngap/protected", _10_20_61_2=ENGINEER, _10_20_60_4=SCADA)
    beginning = lambda records: [*records[:4], *records[5:9]]  # noqa: E731
    opening: Recorded = lambda: five()[:8]  # noqa: E731
    ending, kept = (both(opening, framed((290.0, arrived(number)))) for number in (1002, 1001))
    asks = lambda records: [one for one in records if addresses(one[2])[0] == STRANGER]  # noqa: E731
    replies = lambda records: [one for one in records if addresses(one[2])[0] == SCADA]  # noqa: E731
    return [
        seen("NGAP with null algorithms", five, NULL, CLEAR, WHO),
        seen("S1AP with null algorithms", four, NULL, CLEAR, WHO),
        *(
            seen(f"NGAP with null algorithms in {name}", formed(wrapped(change), five), NULL, WHO)
            for name, change in LAYERED.items()
        ),
        seen("NGAP with null algorithms, the core alone", formed(replies, five), NULL),
        not_calm("NGAP with null algorithms, the station alone", formed(asks, five), NULL),
        not_calm("NGAP with null algorithms, cut after 60 bytes", formed(cut_short(60), five), NULL),
        not_calm("NGAP with null algorithms, a third lost", formed(lossy(0.33), five), NULL),
        not_calm("NGAP with null algorithms on another port, without its beginning", other, NULL),
        not_calm("NGAP with null algorithms, its first message lost", formed(beginning, five), NULL),
        not_calm("NGAP with null algorithms, its last message lost", ending, NULL),
        calm("NGAP so far without algorithms, all there", kept, NULL),
        calm("NGAP with good algorithms", good, NULL, WHO),
        seen("NGAP in clear between zones", good, CLEAR),
        calm("NGAP within a zone", inside, CLEAR, NULL),
        calm("NGAP in GRE, with good algorithms", formed(wrapped(LAYERS["GRE with key and sequence"]), good), NULL),
        not_calm("NGAP in ESP", formed(wrapped(LAYERS["ESP without encryption"]), five), NULL),
    ]


def peers(fixture: str, asking: str) -> Recorded:
    """Two of the core, one of them that asks."""
    return played(fixture, _10_20_61_2=asking, _10_20_60_4=SCADA, _10_20_60_5=SCADA)


def control() -> list[Case]:
    """PFCP."""
    alien = controlled(STRANGER, SCADA)
    own = controlled(ENGINEER, SCADA)
    return [
        seen("PFCP of a stranger", alien, PEER, CLEAR),
        *(
            seen(f"PFCP of a stranger: {name}", controlled(STRANGER, SCADA, kind), PEER)
            for name, kind in {"changed": 52, "deleted": 54, "association updated": 7, "released": 9}.items()
        ),
        seen("PFCP of a stranger that is refused", controlled(STRANGER, SCADA, accepted=64), PEER),
        *(
            seen(f"PFCP of a stranger in {name}", formed(wrapped(change), alien), PEER)
            for name, change in LAYERED.items()
        ),
        seen("PFCP of a stranger, requests only", formed(requests_only, alien), PEER),
        not_calm("PFCP of a stranger, answers only", formed(answers_only, alien), PEER),
        not_calm("PFCP of a stranger, cut after 46 bytes", formed(cut_short(46), alien), PEER),
        not_calm("PFCP of a stranger on 18805", controlled(STRANGER, SCADA, port=18805), PEER),
        seen(
            "PFCP of a stranger between heartbeats",
            datagrams(
                STRANGER,
                SCADA,
                8805,
                [one for n in range(9) for one in ((1, pfcp(1, n)), (0, pfcp(2, n)))]
                + [(1, pfcp(54, 99, session=True)), (0, pfcp(55, 99, session=True, cause=1))],
            ),
            PEER,
        ),
        calm("PFCP of those who are listed, within their zone", own, PEER, CLEAR),
        *(
            seen(f"{name} of a stranger", peers(name, STRANGER), PEER)
            for name in ("diameter/sctp", "diameter/tcp_port_13868", "gtp_c/built", "ngap/protected", "f1ap/protected")
        ),
        *(
            calm(f"{name} of those who are listed, within their zone", peers(name, ENGINEER), PEER)
            for name in ("diameter/sctp", "gtp_c/built", "ngap/protected")
        ),
        seen("S6a of a stranger in QinQ", formed(wrapped(LAYERS["QinQ"]), peers("diameter/sctp", STRANGER)), PEER),
        seen("PFCP inside the user plane", formed(in_plane(clients=(UE_1,)), controlled(UE_1, SCADA)), REACHED),
        seen(
            "PFCP inside the user plane over IPv6 in a VLAN", formed(wrapped(in_six), controlled(UE_1, SCADA)), REACHED
        ),
        seen(
            "NGAP inside the user plane",
            formed(wrapped(in_six), played("ngap/null", _10_20_61_2=UE_1, _10_20_60_4=SCADA)),
            REACHED,
        ),
        calm("PFCP outside of the user plane", own, REACHED),
        seen("PFCP that names a subscriber", subscribed(b"\1\x08" + DIGITS), WHO),
        calm(
            "PFCP that names a device and a telephone number", subscribed(b"\6\x08" + DIGITS + b"\6" + DIGITS[:6]), WHO
        ),
        *functions(),
    ]


DIGITS = bytes.fromhex("0010101000000010")  # as they are swapped


def subscribed(user: bytes) -> Recorded:
    """A session whose user is told (TS 29.244 section 8.2.101)."""
    asks = pfcp(50, 2, session=True, more=b"\0\x8d" + struct.pack(">H", len(user)) + user)
    said = [(1, pfcp(5, 1)), (0, pfcp(6, 1, cause=1)), (1, asks), (0, pfcp(51, 2, session=True, cause=1))]
    return datagrams(ENGINEER, SCADA, 8805, said)


def functions() -> list[Case]:
    """Diameter, and the services of a 5G core."""
    asked, other = (
        played(f"diameter/{name}", _10_20_61_2=UE_1, _10_20_60_4=SCADA) for name in ("tcp", "sctp_port_13868")
    )
    every = played("http/core_services_port_18000", _10_20_60_4=UE_1, _10_20_60_6=SCADA)
    service: Recorded = lambda: [one for one in every() if {*addresses(one[2])} == {UE_1, SCADA}]  # noqa: E731
    outside = formed(in_plane(clients=(UE_1,)), stream(UE_1, SCADA, 8888, [(1, b"hello" * 9), (0, b"there" * 9)]))
    inside = in_plane(clients=(UE_1,))
    return [
        seen("Diameter inside the user plane", formed(inside, asked), REACHED),
        seen("Diameter over SCTP inside the user plane", formed(inside, other), REACHED),
        seen("Diameter behind the user plane", both(asked, outside), REACHED),
        seen("a service of the core inside the user plane", formed(inside, service), SERVICE),
        seen("a service of the core inside the user plane, over IPv6", formed(wrapped(in_six), service), SERVICE),
        seen("a service of the core behind the user plane", both(service, outside), SERVICE),
        not_calm(
            "a service of the core inside the user plane, cut after 60",
            formed(cut_short(60), formed(inside, service)),
            REACHED,
        ),
        calm("a service of the core beside the user plane", service, REACHED),
        seen("a service of the core names a subscriber", service, WHO),
        seen("Diameter names a subscriber", asked, WHO),
        seen("Diameter names a subscriber, over SCTP on another port", other, WHO),
        not_calm("Diameter names a subscriber, cut after 96", formed(cut_short(96), asked), WHO),
    ]


def broken_out() -> list[Case]:
    """Devices by radio and the Internet."""
    page = [(1, b"hello" * 9), (0, b"there" * 9)] * 3
    abroad, home = stream(UE_1, "8.8.8.8", 8443, page), stream(UE_1, SCADA, 8888, page)
    inside = in_plane(clients=(UE_1,))
    return [
        seen("a page of the Internet inside the user plane", formed(inside, abroad), OUT),
        seen("a page of the Internet inside the user plane, over IPv6 in a VLAN", formed(wrapped(in_six), abroad), OUT),
        *(
            seen(f"a page of the Internet in the user plane in {name}", formed(wrapped(c), formed(inside, abroad)), OUT)
            for name, c in LAYERED.items()
        ),
        seen("a page of the Internet behind the user plane", both(abroad, formed(inside, home)), OUT),
        seen(
            "a name asked in the Internet inside the user plane",
            formed(inside, datagrams(UE_1, "8.8.8.8", 9999, [(1, b"who is that"), (0, b"it is me")] * 3)),
            OUT,
        ),
        not_calm("a page of the Internet inside, requests only", formed(requests_only, formed(inside, abroad)), OUT),
        not_calm("a page of the Internet inside, answers only", formed(answers_only, formed(inside, abroad)), OUT),
        seen("a page of the Internet inside, cut after 96", formed(cut_short(96), formed(inside, abroad)), OUT),
        seen("a page of the Internet inside, a third lost", formed(lossy(0.33), formed(inside, abroad)), OUT),
        calm("a device by radio within the plant", formed(inside, home), OUT),
        calm(
            "a page of the Internet beside the user plane",
            both(stream(ENGINEER, "8.8.8.8", 8443, page), formed(inside, home)),
            OUT,
        ),
    ]


def plane() -> list[Case]:
    """What runs in GTP-U."""
    values = stream(UE_1, UE_2, 8888, [(1, b"hello" * 9), (0, b"there" * 9)] * 3)
    allowed = stream(SCADA, PLC_2, 502, reads(adu, 6))
    written = stream(UE_1, PLC_2, 502, [*reads(adu, 4), (1, adu(SET)), (0, adu(SET))])
    return [
        seen("a stop in GTP-U over IPv6 in a VLAN", formed(wrapped(in_six), VIOLATION), STOP),
        seen("a stop in GTP-U between stations of the plant", formed(in_plane(), VIOLATION), STOP),
        seen("a value written by a mobile device", formed(in_plane(clients=(UE_1,)), written), WRITE),
        seen(
            "a value written by a mobile device, in PPPoE",
            formed(wrapped(LAYERS["PPPoE"]), formed(in_plane(clients=(UE_1,)), written)),
            WRITE,
        ),
        seen("mobile devices talk to each other", formed(in_plane(clients=(UE_1,)), values), AMONG),
        seen("mobile devices talk to each other, over IPv6 in a VLAN", formed(wrapped(in_six), values), AMONG),
        not_calm(
            "mobile devices talk, one direction",
            formed(in_plane(clients=(UE_1,)), formed(requests_only, values)),
            AMONG,
        ),
        calm(
            "a mobile device talks to another zone",
            formed(in_plane(clients=(UE_1,)), stream(UE_1, SCADA, 8888, [(1, b"hello" * 9), (0, b"there" * 9)])),
            AMONG,
        ),
        seen("the user plane between zones", formed(in_plane(clients=(UE_1,)), values), PLANE),
        seen(
            "the user plane between zones, in QinQ",
            formed(wrapped(LAYERS["QinQ"]), formed(in_plane(clients=(UE_1,)), values)),
            PLANE,
        ),
        *(
            seen(
                f"the user plane between zones, in {name}",
                formed(wrapped(change), formed(in_plane(clients=(UE_1,)), values)),
                PLANE,
                AMONG,
            )
            for name, change in LAYERED.items()
            if name != "QinQ"
        ),
        *(
            calm(
                f"the user plane within a zone, in {name}",
                formed(wrapped(LAYERED[name]), formed(in_plane(ENGINEER, SCADA, clients=(UE_1,)), values)),
                PLANE,
            )
            for name in ("VXLAN", "MPLS")
        ),
        calm("the user plane within a zone", formed(in_plane(ENGINEER, SCADA, clients=(UE_1,)), values), PLANE),
        seen(
            "a tunnel in the tunnel",
            formed(in_plane(clients=(SCADA,)), formed(in_plane(UE_1, UE_2, 0xBEEF, clients=(SCADA,)), allowed)),
            INNER,
        ),
        *(
            not_calm(
                f"mobile devices talk to each other, cut after {size} bytes",
                formed(cut_short(size), formed(in_plane(clients=(UE_1,)), values)),
                AMONG,
                PLANE,
                *((INNER, TWICE) if size == 60 else ()),
            )
            for size in (60, 72, 96)
        ),
        calm(
            "stations that only ask whether others are there, cut after 60 bytes",
            formed(
                cut_short(60),
                datagrams(SCADA, ENGINEER, 2152, [(1, gtp(b"", 0, kind=1)), (0, gtp(b"\x0e\0", 0, kind=2))] * 9),
            ),
            AMONG,
            INNER,
        ),
        *(
            seen(
                f"a tunnel in the tunnel, {name}",
                formed(
                    form,
                    formed(in_plane(clients=(SCADA,)), formed(in_plane(UE_1, UE_2, 0xBEEF, clients=(SCADA,)), allowed)),
                ),
                INNER,
            )
            for name, form in (
                ("in a VLAN", wrapped(LAYERS["a VLAN"])),
                ("every packet twice", lambda r: [one for one in r for _ in range(2)]),
                ("a tenth lost", lossy(0.1, 3)),
            )
        ),
        unmoved("the same datagrams by two stations, one after the other", by_two_stations(0.3), INNER),
        unmoved("the same datagrams by two stations, a moment after the other", by_two_stations(0.05), INNER),
        calm("one tunnel", formed(in_plane(clients=(SCADA,)), allowed), INNER),
        unmoved("one device behind one station", formed(in_plane(clients=(UE_1,)), values), TWICE),
    ]


def cases() -> list[Case]:
    """All."""
    return [*signalling(), *control(), *plane(), *ways(), *broken_out()]
