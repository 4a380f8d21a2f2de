"""Rules about how often, how much and by how many, in forms that few other cases have."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address

from tests.adequacy.scene import mac_of
from tests.adversarial.ai_forms import OK, request
from tests.adversarial.broker_forms import publish, session
from tests.adversarial.carrier_forms import CARRIERS
from tests.adversarial.leaving_forms import FAR, to
from tests.adversarial.modbus_forms import SET, adu, reads
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    ENGINEER,
    HISTORIAN,
    OFFICE_PC,
    PANEL,
    PLC_2,
    SCADA,
    STRANGER,
    Said,
    both,
    datagrams,
    each,
    formed,
    framed,
    over_tcp,
    stream,
    wired,
)
from tests.capture.frames import ipv4, ipv6, outer, udp
from tests.carriers import packet
from tests.twins import IP_ONLY, Record, answers_only, cut_short, lossy, requests_only

PINGS, LEASES, SEARCHED = "data-in-pings", "dhcp-flood", "devices-searched-by-broadcast"
WRITERS, FLOOD, AGENT = "several-writers-of-one-object", "write-flood", "agent-commands-controllers"
ENDS, PUBLIC = "tunnel-end-in-no-zone", "control-device-has-public-address"
SHORT, BROWSED, PACKAGES = "short-log-in-connections", "web-browsed-from-control-zone", "package-source-contacted"
LEAVES = ("data-leaves-undeclared", "export-not-permitted", "graded-data-leaves")
OUT = "control-system-to-internet"
REACHES = (OUT, "internet-to-control-system")
ALL = b"\xff" * 6


def timed(frames: Iterable[bytes], every: float) -> Recorded:
    """One after the other."""
    return framed(*((200 + number * every, frame) for number, frame in enumerate(frames)))


def of_ip(source: str, target: str, protocol: int, data: bytes) -> bytes:
    """A frame of IPv4."""
    macs = mac_of(IPv4Address(target)) + mac_of(IPv4Address(source))
    return macs + b"\x08\0" + ipv4(protocol, data, source, target)


def echo(kind: int, number: int, size: int) -> bytes:
    """A message of ICMP echo."""
    return struct.pack(">BBHHH", kind, 0, 0, 7, number) + bytes(size)


def asked(client: str, server: str, count: int, size: int) -> Recorded:
    """Pings without answers."""
    return timed((of_ip(client, server, 1, echo(8, n, size)) for n in range(count)), 0.1)


def answered_pings(client: str, server: str) -> Recorded:
    """A few, with their answers."""
    each = ((client, server, 8), (server, client, 0))
    return timed((of_ip(a, b, 1, echo(kind, n, 800)) for n in range(4) for a, b, kind in each), 0.1)


def carried(client: str, server: str) -> Recorded:
    """Datagrams of GRE between two that are in no zone."""
    inner = ipv4(17, udp(b"levels and temperatures", 5000, 6000), "192.168.254.1", "192.168.254.2")
    return timed((of_ip(client, server, 47, b"\0\0\x08\0" + inner) for _ in range(8)), 0.1)


def closed(sender: str, target: str) -> Recorded:
    """An error of ICMP about a datagram that somebody is said to have sent."""
    about = of_ip(target, sender, 17, struct.pack(">HHHH", 53, 5000, 28, 0))[14:]
    return timed([of_ip(sender, target, 1, struct.pack(">BBHI", 3, 3, 0, 0) + about)], 0.1)


def tagged(records: list[Record]) -> list[Record]:
    """In a VLAN, whatever it is."""
    return [(s, f, frame[:12] + b"\x81\0\0\7" + frame[12:], wire + 4) for s, f, frame, wire in records]


def pings() -> list[Case]:
    """As much as leaves with them."""
    much = asked(SCADA, FAR, 4200, 1400)
    six = (
        mac_of(IPv4Address(FAR))
        + mac_of(IPv4Address(SCADA))
        + b"\x86\xdd"
        + ipv6(58, echo(128, n, 1400), "2001:db8::10.20.10.10", "2606:2800::1")
        for n in range(4200)
    )
    return [
        seen("data in pings to the Internet", much, PINGS),
        seen("a few pings to the Internet, each way", answered_pings(SCADA, FAR), OUT, LEAVES[0]),
        seen("a few pings from the Internet, each way", answered_pings(FAR, SCADA), "internet-to-control-system"),
        not_calm("a tunnel to the Internet between nobody's addresses", carried(SCADA, FAR), OUT, LEAVES[0]),
        not_calm("a tunnel from the Internet between nobody's addresses", carried(FAR, PLC_2), REACHES[1]),
        calm("a tunnel within a zone between nobody's addresses", carried(SCADA, ENGINEER), OUT, LEAVES[0]),
        unmoved("a controller says to the Internet that a port is closed", closed(PLC_2, FAR), *LEAVES, *REACHES),
        seen("data in pings from the office", asked(STRANGER, PLC_2, 4200, 1400), PINGS),
        seen("data in pings to the office", asked(PLC_2, STRANGER, 4200, 1400), PINGS),
        seen(
            "data in answers of pings",
            timed((of_ip(FAR, SCADA, 1, echo(0, n, 1400)) for n in range(4200)), 0.1),
            PINGS,
        ),
        seen("data in pings, in a VLAN", formed(tagged, much), PINGS),
        seen("data in pings, cut after 60 bytes", formed(cut_short(60), much), PINGS),
        seen("data in pings, a tenth lost", formed(lossy(0.1), much), PINGS),
        seen("data in pings of IPv6", timed(six, 0.1), PINGS),
        unmoved("pings for 2 minutes", asked(SCADA, PLC_2, 1200, 56), PINGS),
    ]


def discover(number: int, kind: int = 1, *, source: str = "0.0.0.0", target: str = "255.255.255.255") -> bytes:  # noqa: S104
    """A client of DHCP that nobody has seen before."""
    mac = b"\2\x99" + struct.pack(">I", number)
    head = struct.pack(">BBBBI", 1, 1, 6, 0, number) + bytes(20) + mac + bytes(202)
    data = head + b"\x63\x82\x53\x63\x35\1" + bytes((kind,)) + b"\xff"
    return ALL + mac + b"\x08\0" + ipv4(17, udp(data, 68, 67), source, target)


def solicit(number: int) -> bytes:
    """The same of IPv6 (RFC 8415)."""
    mac = b"\2\x99" + struct.pack(">I", number)
    data = struct.pack(">I", 1 << 24 | number) + b"\0\1\0\x0a\0\3\0\1" + mac + b"\0\x08\0\2\0\0"
    return b"\x33\x33\0\1\0\2" + mac + b"\x86\xdd" + ipv6(17, udp(data, 546, 547), "fe80::1", "ff02::1:2")


def leases() -> list[Case]:
    """Requests for addresses."""
    many = timed(map(discover, range(700)), 0.02)
    one_mac = (ALL + b"\2\x99\0\0\0\1" + discover(n)[12:] for n in range(700))
    relayed = (discover(n, source="10.20.1.1", target=ENGINEER) for n in range(700))
    return [
        seen("addresses are asked for by many", many, LEASES),
        seen("addresses are requested by many", timed((discover(n, 3) for n in range(700)), 0.02), LEASES),
        seen("addresses are asked for by many, in a VLAN", formed(tagged, many), LEASES),
        seen("addresses are asked for by one card", timed(one_mac, 0.02), LEASES),
        seen("addresses are asked for by a relay", timed(relayed, 0.02), LEASES),
        seen("addresses are asked for by many, a tenth lost", formed(lossy(0.1), many), LEASES),
        seen("addresses of IPv6 are asked for by many", timed(map(solicit, range(700)), 0.02), LEASES),
        not_calm("addresses are asked for by many, cut after 60 bytes", formed(cut_short(60), many), LEASES),
        unmoved("addresses are asked for by 200 in 100 s", timed(map(discover, range(200)), 0.5), LEASES),
        unmoved("addresses of IPv6 are asked for by 200 in 100 s", timed(map(solicit, range(200)), 0.5), LEASES),
    ]


def who_is(target: str, count: int, every: float) -> Recorded:
    """BACnet asks everybody."""
    message = b"\x81\x0b\0\x0c\1\x20\xff\xff\0\xff\x10\x08"
    frame = ALL + mac_of(IPv4Address(CELL_STRANGER)) + b"\x08\0"
    frame += ipv4(17, udp(message, 47808, 47808), CELL_STRANGER, target)
    return timed([frame] * count, every)


TOPIC = "plant/press2/speed/set"


def publishes(topic: str, client: str = SCADA, *, port: int = 1883, five: bool = False) -> Recorded:
    """Somebody tells a broker of the plant something."""
    connect, taken, *_ = session(five=five)
    said = [connect, taken, *((1, publish(topic, five=five)) for _ in range(3)), (1, b"\xc0\0"), (0, b"\xd0\0")]
    return stream(client, HISTORIAN, port, said)


def writers() -> list[Case]:
    """One register, and who sets it."""

    def sets(client: str, pdu: bytes = SET, port: int = 502) -> Recorded:
        return stream(client, PLC_2, port, [(1, adu(pdu)), (0, adu(pdu))] * 3)

    own, by_udp = sets(PANEL), datagrams(CELL_STRANGER, PLC_2, 502, [(1, adu(SET)), (0, adu(SET))] * 3)
    wide = b"\x10" + SET[1:3] + b"\0\2\4\0\1\0\2"
    chat = request("/v1/chat/completions", b'{"model":"m","messages":[{"role":"user","content":"x"}]}')
    model = stream(SCADA, HISTORIAN, 8000, [(1, chat), (0, OK)])
    serves = stream(OFFICE_PC, SCADA, 8000, [(1, chat), (0, OK)])
    other = {
        "": sets(CELL_STRANGER),
        " on another port": sets(CELL_STRANGER, port=1502),
        " of a range": sets(CELL_STRANGER, wide),
        " by UDP": by_udp,
        ", requests only": formed(requests_only, sets(CELL_STRANGER)),
        " in IPv6": formed(IP_ONLY["in IPv6"], sets(CELL_STRANGER)),
    }
    storm: Said = [one for n in range(11_000) for one in ((1, adu(SET, n)), (0, adu(SET, n)))]
    return [
        *(seen(f"a second writer{name}", both(own, second), WRITERS) for name, second in other.items()),
        not_calm("a second writer, cut after 60 bytes", both(own, formed(cut_short(60), sets(CELL_STRANGER))), WRITERS),
        unmoved("one writer", own, WRITERS),
        seen("a panel writes 11,000 times", wired(over_tcp(PANEL, PLC_2, 502, storm)), FLOOD),
        seen("who asks a model writes", both(model, sets(SCADA)), AGENT),
        seen("who asks a model writes on another port", both(model, sets(SCADA, port=1502)), AGENT),
        seen("who asks a model of the Internet writes", both(to("api.openai.com"), sets(SCADA)), AGENT),
        seen("who serves a model writes", both(serves, sets(SCADA)), AGENT),
        *(
            seen(f"who asks a model publishes a command: {topic}", both(model, publishes(topic)), AGENT)
            for topic in ("plant/press2/speed/set", "cmnd/press2/POWER", "plant/press2/motorCommand", "工厂/泵3/控制")
        ),
        seen("who asks a model publishes a command on another port", both(model, publishes(TOPIC, port=2883)), AGENT),
        seen("who asks a model publishes a command by MQTT 5", both(model, publishes(TOPIC, five=True)), AGENT),
        *(
            unmoved(f"who asks a model publishes a value: {topic}", both(model, publishes(topic)), AGENT)
            for topic in ("plant/press2/quality", "plant/press2/dataset/offset", "plant/controller/temperature")
        ),
        unmoved("another publishes a command than who asks a model", both(model, publishes(TOPIC, PANEL)), AGENT),
        unmoved("who asks a model reads", both(model, stream(SCADA, PLC_2, 502, reads(adu, 9))), AGENT),
        unmoved("another writes than who asks a model", both(model, own), AGENT),
    ]


def capwap(frame: bytes, _: int) -> bytes:
    """What an access point hands its controller (RFC 5415): a frame of 802.11 to the network."""
    radio = b"\x08\1\0\0" + frame[:6] + frame[6:12] + frame[:6] + b"\0\0" + b"\xaa\xaa\3\0\0\0\x08\0"
    return outer(17, udp(b"\0\x10\2\0" + bytes(4) + radio + packet(frame), 50_000, 5247))


def tunnels() -> list[Case]:
    """Whose ends no zone has."""
    names = (
        *("VXLAN", "Geneve", "GTP-U", "GRE with key and sequence", "IP in IP", "IP in IPv6", "ERSPAN", "TZSP", "L2TP"),
        *("Ethernet in IP", "GUE", "GRE in IPv6", "NVGRE", "Teredo", "IP in IP twice", "Geneve of IP"),
        *("VXLAN in GTP-U", "an old IP in IP", "a register of PIM"),
    )
    values = stream(SCADA, PLC_2, 502, reads(adu, 9))
    wraps = {**LAYERS, **CARRIERS, "CAPWAP": capwap}
    return [
        seen(f"a tunnel from nowhere: {name}", formed(each(wraps[name]), values), ENDS) for name in (*names, "CAPWAP")
    ]


def sessions() -> list[Case]:
    """Log-ins, pages and packages; controllers of the Internet."""
    greeted: Said = [(0, b"SSH-2.0-OpenSSH_9.6\r\n"), (1, b"SSH-2.0-x\r\n")]
    telnet: Said = [(0, b"\xff\xfd\x18\xff\xfd\x20\r\nlogin: "), (1, b"a\r\n")]

    def often(port: int, said: Said, count: int = 45) -> Recorded:
        return wired(*(over_tcp(STRANGER, ENGINEER, port, list(said)) for _ in range(count)))

    forms: dict[str, Callable[[list[Record]], list[Record]]] = {
        "requests only": requests_only,
        "answers only": answers_only,
        "in IPv6": IP_ONLY["in IPv6"],
    }
    far = stream(SCADA, FAR, 502, reads(adu, 9))
    page: Said = [(1, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    sites = [f"93.184.216.{n}" for n in range(1, 26)]
    packages = ("pypi.org", "files.pythonhosted.org", "registry-1.docker.io", "raw.githubusercontent.com", "GITHUB.com")
    packages += ("repo.maven.apache.org", "plugins.gradle.org", "goproxy.cn")
    return [
        seen("45 short connections of SSH", often(22, greeted), SHORT),
        seen("45 short connections of SSH on 2222", often(2222, greeted), SHORT),
        seen("45 short connections of Telnet", often(23, telnet), SHORT),
        *(seen(f"45 short connections of SSH, {n}", formed(f, often(22, greeted)), SHORT) for n, f in forms.items()),
        unmoved("9 short connections of SSH", often(22, greeted, 9), SHORT),
        seen("a controller of the Internet", far, PUBLIC),
        seen("a controller of the Internet on 1502", stream(SCADA, FAR, 1502, reads(adu, 9)), PUBLIC),
        *(
            seen(f"a controller of the Internet, {name}", formed(change, far), PUBLIC)
            for name, change in forms.items()
            if name != "requests only"  # who says nothing is no device
        ),
        unmoved("a server of pages of the Internet", to("www.example.com"), PUBLIC),
        seen("25 sites in TLS", both(*(to(f"s{n}.example.com", server=s) for n, s in enumerate(sites))), BROWSED),
        seen("25 sites in clear", both(*(stream(SCADA, s, 80, page) for s in sites)), BROWSED),
        seen("a search engine on 8443", to("www.google.com", port=8443), BROWSED),
        *(seen(f"packages of {name}", to(name), PACKAGES) for name in packages),
        seen("everybody is searched for", who_is("10.20.1.255", 500, 0.1), SEARCHED),
        seen("everybody is searched for, by all ones", who_is("255.255.255.255", 500, 0.1), SEARCHED),
        unmoved("everybody is searched for once a second", who_is("10.20.1.255", 100, 1), SEARCHED),
    ]


def cases() -> list[Case]:
    """All."""
    return [*pings(), *leases(), *writers(), *tunnels(), *sessions()]
