"""Health of a network: who claims whose address, who gives addresses out, who searches, who floods."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

from tests.adequacy.scene import mac_of
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    ENGINEER,
    PANEL,
    PLC_1,
    PLC_2,
    SCADA,
    STRANGER,
    datagrams,
    framed,
    stream,
)
from tests.capture.frames import ipv4, ipv6, tcp, udp

ARP, CLAIMED, SWEEP, SCAN = "arp-flood-or-sweep", "address-claimed-twice", "host-sweep", "port-scan"
STORM, DHCP, ROUTE, FLOOD = (
    "broadcast-storm",
    "dhcp-server-unlisted",
    "route-changed-by-icmp",
    "denial-of-service-flood",
)
MACS = "mac-address-flood"
ALL = b"\xff" * 6
Frames = Iterable[tuple[float, bytes]]
RST_ACK, SYN, FIN, ACK = 0x14, 2, 1, 0x10


def at(address: str) -> bytes:
    """Its MAC address."""
    return mac_of(IPv4Address(address))


def arp(
    sender: bytes,
    address: str,
    target: bytes,
    asked: str,
    operation: int = 2,
    *,
    to: bytes | None = None,
    tag: bytes = b"",
) -> bytes:
    """ARP; ``to``: who gets the frame."""
    body = struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation) + sender + IPv4Address(address).packed
    body += (target if operation == 2 else bytes(6)) + IPv4Address(asked).packed + bytes(18)
    return (to or target) + sender + tag + b"\x08\6" + body


def timed(frames: Iterable[bytes], every: float, start: float = 200.0) -> list[tuple[float, bytes]]:
    """One after the other."""
    return [(start + n * every, frame) for n, frame in enumerate(frames)]


def ip(
    source: str, target: str, data: bytes, protocol: int = 6, *, mac: bytes | None = None, to: bytes | None = None
) -> bytes:
    """A frame."""
    return (to or at(target)) + (mac or at(source)) + b"\x08\0" + ipv4(protocol, data, source, target)


def probes(
    source: str, target: str, ports: Iterable[int], *, every: float = 0.05, flags: int = SYN, answer: int = RST_ACK
) -> Recorded:
    """Segments without data, each of another port, answered with flags or not at all (0)."""
    found = []
    for n, port in enumerate(ports):
        moment = 120.0 + n * every
        found.append((moment, ip(source, target, tcp(b"", 40000 + n, port, flags=flags))))
        if answer:
            found.append((moment + 0.001, ip(target, source, tcp(b"", port, 40000 + n, flags=answer))))
    return framed(*found)


def associations(source: str, targets: Iterable[tuple[str, int]]) -> Recorded:
    """An association of SCTP tried with each address and port (RFC 9260, section 3.3.2)."""
    start = struct.pack(">BBHIIHHI", 1, 0, 20, 1, 65536, 1, 1, 1)
    frames = (
        ip(source, target, struct.pack(">HHII", 42000 + n, port, 0, 0) + start, 132, to=b"\2\0\0\0\0\1")
        for n, (target, port) in enumerate(targets)
    )
    return framed(*timed(frames, 0.1, 120.0))


def hosts(source: str, network: str, many: int, *, every: float = 0.1, port: int = 502) -> Recorded:
    """A connection tried with each."""
    frames = (
        ip(source, f"{network}.{n + 100}", tcp(b"", 41000 + n, port, flags=SYN), to=b"\2\0\0\0\0\1")
        for n in range(many)
    )
    return framed(*timed(frames, every, 120.0))


def _asked_and_answered() -> list[Case]:
    """Questions with their answers, and answers without questions."""
    plc, panel, evil, router = at(PLC_1), at(PANEL), at(CELL_STRANGER), b"\2\7\7\7\7\7"

    def asks(asker: bytes, address: str, wanted: str, to: bytes = ALL, **more: bytes) -> bytes:
        return arp(asker, address, ALL, wanted, 1, to=to, **more)

    def exchange(times: int, every: float, *frames: bytes) -> list[tuple[float, bytes]]:
        return [(200 + n * every + i / 1000, f) for n in range(times) for i, f in enumerate(frames)]

    polite = exchange(180, 1.0, asks(panel, PANEL, PLC_1), arp(plc, PLC_1, panel, PANEL))
    hosts_of_cell = [f"10.20.1.{n + 1}" for n in range(250)]
    found = [asks(evil, CELL_STRANGER, one) for one in hosts_of_cell]
    refreshed = [
        one
        for n in range(60)
        for one in exchange(
            3,
            60.0,
            asks(router, "10.20.1.1", hosts_of_cell[n], to=at(hosts_of_cell[n])),
            arp(at(hosts_of_cell[n]), hosts_of_cell[n], router, "10.20.1.1"),
        )
    ]
    lie = arp(evil, PLC_1, panel, PANEL)
    between = sorted(
        [*exchange(12, 10.0, asks(panel, PANEL, PLC_1), arp(plc, PLC_1, panel, PANEL)), *exchange(120, 1.0, lie)]
    )
    lying_asks = asks(evil, PLC_1, PANEL, to=panel)
    tunnelled = [(200 + n * 0.05, f) for n, f in enumerate(found)]
    return [
        calm("ARP: asked and answered every second", framed(*polite), ARP),
        calm(
            "ARP: asked twice a second and answered",
            framed(*exchange(240, 0.5, asks(panel, PANEL, PLC_1), arp(plc, PLC_1, panel, PANEL))),
            ARP,
        ),
        calm(
            "ARP: a controller that is off is asked for 5 times a second",
            framed(*exchange(600, 0.2, asks(panel, PANEL, PLC_1))),
            ARP,
        ),
        calm(
            "ARP: asked and answered in a VLAN",
            framed(
                *exchange(
                    180,
                    1.0,
                    asks(panel, PANEL, PLC_1, tag=b"\x81\0\0\7"),
                    arp(plc, PLC_1, panel, PANEL, tag=b"\x81\0\0\7"),
                )
            ),
            ARP,
        ),
        unmoved("ARP: a gateway refreshes its neighbours one by one", framed(*sorted(refreshed)), ARP),
        calm("ARP: 60 addresses a minute", framed(*timed(found[:180], 1.0)), ARP),
        calm(
            "ARP: a controller announces itself every second", framed(*exchange(120, 1.0, asks(plc, PLC_1, PLC_1))), ARP
        ),
        calm(
            "ARP: a controller answers itself every second",
            framed(*exchange(120, 1.0, arp(plc, PLC_1, ALL, PLC_1, to=ALL))),
            ARP,
        ),
        calm(
            "ARP: two answer each question",
            framed(
                *exchange(
                    60, 5.0, asks(panel, PANEL, PLC_1), arp(plc, PLC_1, panel, PANEL), arp(router, PLC_1, panel, PANEL)
                )
            ),
            ARP,
        ),
        seen("ARP: lies beside questions and answers", framed(*between), ARP),
        not_calm("ARP: lies as questions", framed(*exchange(120, 1.0, lying_asks)), CLAIMED),
        seen(
            "ARP: lies in a VLAN",
            framed(
                *exchange(
                    120,
                    1.0,
                    arp(evil, PLC_1, panel, PANEL, tag=b"\x81\0\0\7"),
                    asks(panel, PANEL, "10.20.1.1", tag=b"\x81\0\0\7"),
                )
            ),
            ARP,
        ),
        seen(
            "ARP: the network announced",
            framed(*timed([arp(evil, one, ALL, one, to=ALL) for one in hosts_of_cell], 0.1)),
            ARP,
        ),
        seen(
            "ARP: the network searched frame by frame",
            framed(
                *[
                    (200 + n * 0.05, asks(evil, CELL_STRANGER, one, to=b"\xff\xff\xff\xff\xff\xfe"))
                    for n, one in enumerate(hosts_of_cell)
                ]
            ),
            ARP,
        ),
        seen(
            "ARP: the network searched without an address",
            framed(*[(200 + n * 0.05, asks(evil, "0.0.0.0", one)) for n, one in enumerate(hosts_of_cell)]),  # noqa: S104
            ARP,
        ),
        seen(
            "ARP: the network searched, answered by some",
            framed(
                *sorted(
                    [
                        *tunnelled,
                        *(
                            (t + 0.001, arp(at(one), one, evil, CELL_STRANGER))
                            for (t, _), one in zip(tunnelled[::9], hosts_of_cell[::9], strict=True)
                        ),
                    ]
                )
            ),
            ARP,
        ),
        not_calm(
            "ARP: answers to somebody of whom nothing was captured",
            framed(*exchange(120, 1.0, arp(plc, PLC_1, b"\2\6\5\4\3\2", "10.20.1.99"))),
            ARP,
        ),
    ]


def spoofed() -> list[Case]:
    """ARP."""
    evil, plc, panel = b"\2\6\6\6\6\6", at(PLC_1), at(PANEL)
    lies = [one for _ in range(40) for one in (arp(evil, PLC_1, panel, PANEL), arp(evil, PANEL, plc, PLC_1))]
    slow = timed(lies, 6.0)
    asks = (arp(at(CELL_STRANGER), CELL_STRANGER, ALL, f"10.20.1.{n % 254 + 1}", 1, to=ALL) for n in range(254))
    tagged = (
        arp(at(CELL_STRANGER), CELL_STRANGER, ALL, f"10.20.1.{n % 254 + 1}", 1, to=ALL, tag=b"\x81\0\0\7")
        for n in range(254)
    )
    own = (arp(at(PLC_1), PLC_1, ALL, PLC_1, 1, to=ALL) for _ in range(3))
    free = (arp(evil, PLC_1, ALL, PLC_1, to=ALL) for _ in range(5))
    talk = [
        one
        for n in range(30)
        for one in ((200.0 + n, arp(plc, PLC_1, ALL, PANEL, 1, to=ALL)), (200.01 + n, arp(evil, PANEL, plc, PLC_1)))
    ]
    return [
        *_asked_and_answered(),
        seen("ARP: lies between two, fast", framed(*timed(lies, 0.5)), ARP),
        not_calm("ARP: lies between two, while the owners are silent", framed(*timed(lies, 0.5)), CLAIMED),
        not_calm("ARP: lies between two, every 6 seconds", framed(*slow), CLAIMED),
        not_calm("ARP: an address announced by another", framed(*timed(free, 2.0)), CLAIMED),
        not_calm("ARP: another answers first", framed(*talk), CLAIMED),
        seen("ARP: the network searched", framed(*timed(asks, 0.05)), ARP),
        seen("ARP: the network searched, in a VLAN", framed(*timed(tagged, 0.05)), ARP),
        calm("ARP: a controller announces itself", framed(*timed(own, 1.0)), ARP, CLAIMED),
        calm(
            "ARP: probes before an address is taken",
            framed(*timed((arp(at(PLC_2), "0.0.0.0", ALL, PLC_2, 1, to=ALL) for _ in range(3)), 1.0)),  # noqa: S104
            ARP,
            CLAIMED,
        ),
        seen(
            "macs: many senders",
            framed(
                *timed((ALL + b"\2" + struct.pack(">I", n) + b"\1\x88\xb5" + bytes(46) for n in range(4000)), 0.002)
            ),
            MACS,
        ),
    ]


def given() -> list[Case]:
    """Who gives addresses and routes out."""

    def lease(server: str, mac: bytes, kind: int = 2, *, to: bytes = ALL, address: str = "255.255.255.255") -> bytes:
        options = (
            b"\x63\x82\x53\x63\x35\1"
            + bytes((kind,))
            + b"\x36\4"
            + IPv4Address(server).packed
            + b"\x33\4\0\1\x51\x80\xff"
        )
        body = (
            bytes((2, 1, 6, 0)) + struct.pack(">IHH", 7, 0, 0) + bytes(4) + IPv4Address("10.20.1.77").packed + bytes(8)
        )
        body += b"\2\0\0\0\0\7" + bytes(202) + options
        return to + mac + b"\x08\0" + ipv4(17, udp(body, 67, 68), server, address)

    def advertised(mac: bytes, source: str, kind: int = 134) -> bytes:
        body = bytes((kind, 0, 0, 0, 64, 0)) + struct.pack(">HII", 1800, 0, 0) + b"\1\1" + mac
        return b"\x33\x33\0\0\0\1" + mac + b"\x86\xdd" + ipv6(58, body, source, "ff02::1")

    good, evil = lease("10.20.1.1", b"\2\0\x0a\x14\1\1"), lease(CELL_STRANGER, at(CELL_STRANGER))
    alone = lease(CELL_STRANGER, at(CELL_STRANGER), to=at(PANEL), address=PANEL)
    redirect = ip(
        CELL_STRANGER,
        PLC_1,
        b"\5\1\0\0" + IPv4Address(CELL_STRANGER).packed + ipv4(17, udp(b"x" * 8, 1, 2), PLC_1, SCADA)[:28],
        1,
    )
    return [
        seen("DHCP: a second server", framed(*timed([good, evil] * 3, 1.0)), DHCP),
        seen(
            "DHCP: a second server that only acknowledges",
            framed(*timed([good, lease(CELL_STRANGER, at(CELL_STRANGER), 5)] * 3, 1.0)),
            DHCP,
        ),
        seen("DHCP: a second server that answers one device alone", framed(*timed([good, alone] * 3, 1.0)), DHCP),
        unmoved("DHCP: one server", framed(*timed([good] * 3, 1.0)), DHCP),
        seen(
            "a router of IPv6 that nobody meant",
            framed(*timed([advertised(at(CELL_STRANGER), "fe80::66")] * 3, 5.0)),
            ROUTE,
        ),
        seen("a route changed", framed(*timed([redirect] * 3, 5.0)), ROUTE),
    ]


def searched() -> list[Case]:
    """Ports and hosts tried."""
    ports = [*range(1, 200, 3)]
    return [
        seen("ports: fast", probes(STRANGER, PLC_1, ports), SCAN),
        seen("ports: without answers", probes(STRANGER, PLC_1, ports, answer=0), SCAN),
        seen("ports: 70 within 12 minutes", probes(STRANGER, PLC_1, range(1, 71), every=10.0), SCAN),
        seen("ports: FIN", probes(STRANGER, PLC_1, ports, flags=FIN), SCAN),
        seen("ports: nothing set", probes(STRANGER, PLC_1, ports, flags=0), SCAN),
        seen("ports: everything set", probes(STRANGER, PLC_1, ports, flags=0x29), SCAN),
        seen("ports: acknowledgements", probes(STRANGER, PLC_1, ports, flags=ACK, answer=4), SCAN),
        not_calm(
            "ports: the answers alone",
            lambda: [r for r in probes(STRANGER, PLC_1, ports)() if r[2][26:30] == IPv4Address(PLC_1).packed],
            SCAN,
        ),
        seen(
            "ports: of UDP",
            framed(*timed((ip(STRANGER, PLC_1, udp(b"\0" * 8, 40000, port), 17) for port in ports), 0.05)),
            SCAN,
        ),
        not_calm("ports: FIN, and nothing comes back", probes(STRANGER, PLC_1, ports, flags=FIN, answer=0), SCAN),
        not_calm("ports: nothing set, nothing comes back", probes(STRANGER, PLC_1, ports, flags=0, answer=0), SCAN),
        seen("ports: associations", associations(STRANGER, [(PLC_1, port) for port in ports]), SCAN),
        seen("hosts: associations", associations(STRANGER, [(f"10.20.1.{n}", 2905) for n in range(100, 160)]), SWEEP),
        calm("ports: two associations", associations(ENGINEER, [(PLC_1, 2905), (PLC_1, 38412)]), SCAN, SWEEP),
        seen("ports: within the cell", probes(CELL_STRANGER, PLC_2, ports), SCAN),
        calm("ports: five connections", probes(ENGINEER, PLC_1, range(500, 505), answer=SYN | ACK), SCAN),
        seen("hosts: 40 within 4 seconds", hosts(STRANGER, "10.20.1", 40), SWEEP),
        seen("hosts: 110 within 12 minutes", hosts(STRANGER, "10.20.1", 110, every=6.5), SWEEP),
        seen(
            "hosts: pinged",
            framed(
                *timed(
                    (
                        ip(STRANGER, f"10.20.1.{n + 100}", b"\x08\0\0\0\0\1\0\1" + bytes(8), 1, to=b"\2\0\0\0\0\1")
                        for n in range(60)
                    ),
                    0.1,
                )
            ),
            SWEEP,
        ),
        seen(
            "hosts: by UDP",
            framed(
                *timed(
                    (
                        ip(STRANGER, f"10.20.1.{n + 100}", udp(b"x" * 12, 40000, 161), 17, to=b"\2\0\0\0\0\1")
                        for n in range(60)
                    ),
                    0.1,
                )
            ),
            SWEEP,
        ),
        calm("hosts: three", hosts(SCADA, "10.20.1", 3), SWEEP),
    ]


def flooded() -> list[Case]:
    """Broadcasts and floods."""
    one = ip(CELL_STRANGER, "10.20.1.255", udp(b"x" * 60, 5000, 5001), 17, to=ALL)
    many = [
        ip(f"10.20.1.{n % 100 + 101}", "10.20.1.255", udp(b"x" * 60, 5000, 5001), 17, to=ALL) for n in range(12_000)
    ]
    raw = ALL + at(CELL_STRANGER) + b"\x88\xb5" + bytes(46)
    syn = (
        ip(f"10.10.0.{n % 200 + 20}", PLC_1, tcp(b"", 1024 + n, 502, flags=SYN), to=at(PLC_1)) for n in range(10_000)
    )
    return [
        seen("a storm of one", framed(*timed([one] * 12_000, 0.0005)), STORM),
        seen("a storm of many", framed(*timed(many, 0.0005)), STORM),
        seen("a storm without IP", framed(*timed([raw] * 12_000, 0.0005)), STORM),
        calm("ten broadcasts a second", framed(*timed([one] * 600, 0.1)), STORM),
        seen("a controller flooded from many", framed(*timed(syn, 0.0005)), FLOOD),
        calm("a busy connection", stream(SCADA, PLC_2, 8888, [(1, b"x" * 1000), (0, b"y" * 1000)] * 300), FLOOD, STORM),
        calm("busy datagrams", datagrams(SCADA, PLC_2, 8888, [(1, b"x" * 100), (0, b"y" * 100)] * 300), FLOOD, STORM),
    ]


def cases() -> list[Case]:
    """All."""
    return [*spoofed(), *given(), *searched(), *flooded()]
