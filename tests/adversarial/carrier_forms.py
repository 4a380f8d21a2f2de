"""Violations, and what is allowed, in carriers, link types and files between the plant and its recorder."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from tests.adversarial.modbus_forms import READ, SET, VALUES, adu
from tests.adversarial.recording_forms import ALLOWED, LAYERS, VIOLATION, Wrap, relayed, with_extension
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    AT,
    CELL_STRANGER,
    CONDUIT,
    DOWNLOAD,
    ENGINEER,
    PASSWORD,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    WRITE,
    datagrams,
    each,
    formed,
    framed,
    played,
    stream,
)
from tests.capture.files import enhanced, interface, pcap, pcap_header, pcap_record, section, simple
from tests.capture.frames import ERSPAN_2, ERSPAN_3, ethernet, ipv4, ipv6, outer, outer6, snap, udp, wlan
from tests.carriers import packet
from tests.twins import IP_ONLY, Record, cut_short, is_ip

LOGIN = played("ftp/engineer", _10_20_0_10=SCADA, _10_20_0_33=ENGINEER)
WRITES = stream(STRANGER, PLC_2, 502, [(1, adu(READ)), (0, adu(VALUES)), (1, adu(SET, 2)), (0, adu(SET, 2))])
READS = stream(SCADA, PLC_2, 502, [(1, adu(READ)), (0, adu(VALUES))] * 8)
BROKEN: Mapping[str, tuple[Recorded, tuple[str, ...]]] = {
    "a stop": (VIOLATION, (STOP, DOWNLOAD)),
    "a write": (WRITES, (WRITE, CONDUIT)),
    "a log-in": (LOGIN, (PASSWORD,)),
}
KEPT = (STOP, DOWNLOAD, WRITE, CONDUIT)


CHAIN = struct.pack(">HBBI", 0x0FC2, 2, 1, 7 << 8 | 255)


def _gre(flags: int, kind: int, fields: bytes, data: bytes) -> bytes:
    return outer(47, struct.pack(">HH", flags, kind) + fields + data)


def _pseudowire(control: bytes) -> Wrap:
    return lambda frame, _: ethernet(0x8847, struct.pack(">II", 1001 << 12 | 64, 19 << 12 | 0x140) + control + frame)


def _six(frame: bytes) -> bytes:
    """The IPv4 packet of a frame, in an IPv6 one of addresses of the outer network."""
    return ipv6(4, packet(frame), "fd00::1", "fd00::2")


def _teredo(before: bytes) -> Wrap:
    return lambda frame, _: outer(17, udp(before + _six(frame), 50_000, 3544))


def _llc(frame: bytes, _: int) -> bytes:
    inner = packet(frame)
    return relayed(len(inner) + 8, snap(0x0800, inner), frame) if len(inner) < 1400 else frame


def _vlan_llc(frame: bytes, number: int) -> bytes:
    return frame[:12] + b"\x81\0\0\7" + _llc(frame, number)[12:]


def _pppoe(protocol: bytes) -> Wrap:
    def wrap(frame: bytes, _: int) -> bytes:
        inner = protocol + packet(frame)
        return relayed(0x8864, struct.pack(">BBHH", 0x11, 0, 77, len(inner)) + inner, frame)

    return wrap


CARRIERS: Mapping[str, Wrap] = {
    "an old QinQ": lambda frame, _: frame[:12] + b"\x91\0\0\1\x81\0\0\2" + frame[12:],
    "a tag of an older number": lambda frame, _: frame[:12] + b"\x92\0\0\1\x81\0\0\2" + frame[12:],
    "a priority tag": lambda frame, _: frame[:12] + b"\x81\0\xe0\0" + frame[12:],
    "a priority tag in a VLAN": lambda frame, _: frame[:12] + b"\x81\0\0\7\x81\0\xe0\0" + frame[12:],
    "eight tags": lambda frame, _: frame[:12] + b"\x81\0\0\7" * 8 + frame[12:],
    "LLC and SNAP": _llc,
    "LLC and SNAP in a VLAN": _vlan_llc,
    "PPPoE with a short protocol": _pppoe(b"\x21"),
    "PPPoE with address and control": _pppoe(b"\xff\3\0\x21"),
    "a pseudowire": _pseudowire(bytes(4)),
    "a pseudowire with numbers": _pseudowire(b"\0\0\0\7"),
    "a pseudowire without control word": _pseudowire(b""),
    "MPLS with an explicit null": lambda frame, _: relayed(0x8847, struct.pack(">I", 0x140) + packet(frame), frame),
    "MPLS of many": lambda frame, _: relayed(0x8848, struct.pack(">I", 77 << 12 | 0x140) + packet(frame), frame),
    "MPLS in GRE": lambda frame, _: _gre(0, 0x8847, b"", struct.pack(">I", 77 << 12 | 0x140) + packet(frame)),
    "MPLS with an entropy label": lambda frame, _: relayed(
        0x8847, struct.pack(">III", 77 << 12 | 64, 7 << 12 | 64, 4242 << 12 | 0x100) + packet(frame), frame
    ),
    "ERSPAN": lambda frame, _: _gre(0, 0x88BE, b"", frame),
    "ERSPAN II": lambda frame, _: _gre(0x1000, 0x88BE, b"", struct.pack(">I", 9) + ERSPAN_2[:8] + frame),
    "ERSPAN III": lambda frame, _: _gre(0x1000, 0x22EB, struct.pack(">I", 9), ERSPAN_3 + frame),
    "ERSPAN III with more": lambda frame, _: _gre(
        0x1000, 0x22EB, struct.pack(">I", 9), ERSPAN_3[:-1] + b"\1" + bytes(8) + frame
    ),
    "TZSP": lambda frame, _: outer(17, udp(b"\1\0\0\1\1" + frame, 50_000, 37008)),
    "TZSP with fields": lambda frame, _: outer(17, udp(b"\1\0\0\1\x0a\1\xd0\0\x29\2\1\2\1" + frame, 50_000, 37008)),
    "TZSP of a radio": lambda frame, _: outer(
        17,
        udp(
            b"\1\0\0\x12\1"
            + wlan(1, 9, *(int.from_bytes(frame[at : at + 6], "big") for at in (6, 0)))
            + snap(0x0800, packet(frame)),
            50_000,
            37008,
        ),
    ),
    "GRE": lambda frame, _: _gre(0, 0x0800, b"", packet(frame)),
    "GRE with a tag": lambda frame, _: _gre(0, 0x8100, b"", b"\0\7\x08\0" + packet(frame)),
    "GRE of a cache": lambda frame, _: _gre(0, 0x883E, b"", packet(frame)),
    "GRE of a newer cache": lambda frame, _: _gre(0, 0x883E, b"", b"\0\1\0\0" + packet(frame)),
    "GRE of a service chain": lambda frame, _: _gre(0, 0x894F, b"", CHAIN + packet(frame)),
    "GRE with checksum, key and number": lambda frame, n: _gre(
        0xB000, 0x0800, struct.pack(">HHII", 0, 0, 5, n), packet(frame)
    ),
    "NVGRE": lambda frame, _: _gre(0x2000, 0x6558, struct.pack(">I", 77 << 8 | 1), frame),
    "GRE in IPv6": lambda frame, _: outer6(47, struct.pack(">HH", 0, 0x0800) + packet(frame)),
    "EoIP": lambda frame, _: outer(47, b"\x20\1\x64\0" + struct.pack(">H", len(frame)) + b"\7\0" + frame),
    "Geneve with options": lambda frame, _: outer(
        17, udp(b"\2\0\x65\x58\0\0\x4d\0" + b"\1\2\x80\1\0\0\0\7" + frame, 50_000, 6081)
    ),
    "Geneve of IP": lambda frame, _: outer(17, udp(b"\0\0\x08\0\0\0\x4d\0" + packet(frame), 50_000, 6081)),
    "Geneve of MPLS": lambda frame, _: outer(
        17, udp(b"\0\0\x88\x47\0\0\x4d\0" + struct.pack(">I", 77 << 12 | 0x140) + packet(frame), 50_000, 6081)
    ),
    "VXLAN of MPLS": lambda frame, _: outer(
        17, udp(b"\x0c\0\0\5\0\0\x4d\0" + struct.pack(">I", 77 << 12 | 0x140) + packet(frame), 50_000, 4790)
    ),
    "VXLAN of a service chain": lambda frame, _: outer(
        17, udp(b"\x0c\0\0\4\0\0\x4d\0" + CHAIN + packet(frame), 50_000, 4790)
    ),
    "VXLAN with a protocol": lambda frame, _: outer(17, udp(b"\x0c\0\0\3\0\0\x4d\0" + frame, 50_000, 4790)),
    "VXLAN with a group": lambda frame, _: outer(17, udp(b"\x88\0\0\7\0\0\x4d\0" + frame, 50_000, 4789)),
    "IP in IP twice": lambda frame, _: outer(4, ipv4(4, packet(frame), "9.9.9.1", "9.9.9.2")),
    "IP in IPv6 in IP": lambda frame, _: outer(41, _six(frame)),
    "Teredo": _teredo(b""),
    "Teredo with an origin": _teredo(b"\0\0\x12\x34\1\2\3\4"),
    "Teredo with a proof": _teredo(b"\0\1\0\0" + bytes(9)),
    "Teredo with both": _teredo(b"\0\1\0\0" + bytes(9) + b"\0\0\x12\x34\1\2\3\4"),
    "Geneve on another port": lambda frame, _: outer(17, udp(b"\0\0\x65\x58\0\0\x4d\0" + frame, 50_000, 16081)),
    "Geneve of an EtherType that nobody knows": lambda frame, _: outer(
        17, udp(b"\0\0\x12\x34\0\0\x4d\0" + packet(frame), 50_000, 6081)
    ),
    "Geneve of a frame, whatever it says": lambda frame, _: outer(17, udp(b"\0\0\0\1\0\0\x4d\0" + frame, 50_000, 6081)),
    "GRE of an EtherType that nobody knows": lambda frame, _: _gre(0, 0x1234, b"", packet(frame)),
    "GUE": lambda frame, _: outer(17, udp(b"\0\4\0\0" + packet(frame), 50_000, 6080)),
    "GUE with fields": lambda frame, _: outer(17, udp(b"\2\4\0\0" + bytes(8) + packet(frame), 50_000, 6080)),
    "GUE without a header": lambda frame, _: outer(17, udp(packet(frame), 50_000, 6080)),
    "GUE of GRE": lambda frame, _: outer(17, udp(b"\0\x2f\0\0\0\0\x08\0" + packet(frame), 50_000, 6080)),
    "GUE of Ethernet": lambda frame, _: outer(17, udp(b"\0\x61\0\0\x30\0" + frame, 50_000, 6080)),
    "GUE of MPLS": lambda frame, _: outer(
        17, udp(b"\0\x89\0\0" + struct.pack(">I", 77 << 12 | 0x140) + packet(frame), 50_000, 6080)
    ),
    "GUE of TCP": lambda frame, _: (
        frame[:14]
        + ipv4(
            17,
            udp(b"\0\6\0\0" + packet(frame)[20:], 50_000, 6080),
            *(".".join(map(str, frame[at : at + 4])) for at in (26, 30)),
        )
    ),
    "GUE on another port": lambda frame, _: outer(17, udp(b"\0\4\0\0" + packet(frame), 50_000, 16080)),
    "GRE in datagrams on another port": lambda frame, _: outer(17, udp(b"\0\0\x08\0" + packet(frame), 50_000, 5555)),
    "Ethernet in GRE in datagrams on another port": lambda frame, _: outer(
        17, udp(b"\0\0\x65\x58" + frame, 50_000, 5555)
    ),
    "a register of PIM": lambda frame, _: outer(103, b"\x21\0\xde\xff\0\0\0\0" + packet(frame)),
    "a register of PIM in IPv6": lambda frame, _: outer6(103, b"\x21\0\xde\xff\0\0\0\0" + packet(frame)),
    "an old IP in IP": lambda frame, _: outer(94, packet(frame)),
    "IP in a protocol of an experiment": lambda frame, _: outer(253, packet(frame)),
    "Teredo on another port": lambda frame, _: outer(17, udp(_six(frame), 50_000, 13544)),
    "TZSP on another port": lambda frame, _: outer(17, udp(b"\1\0\0\1\1" + frame, 50_000, 17008)),
    "IP in datagrams": lambda frame, _: outer(17, udp(packet(frame), 50_000, 5555)),
    "Ethernet in IP": lambda frame, _: outer(97, b"\x30\0" + frame),
    "L2TP": lambda frame, _: outer(17, udp(b"\0\2\0\7\0\7\xff\3\0\x21" + packet(frame), 1701, 1701)),
    "a backbone bridge": lambda frame, _: ethernet(0x88E7, b"\0\0\1\xf4" + frame),
    "IP with options": lambda frame, _: (
        frame[:14]
        + ipv4(
            6, packet(frame)[20:], *(".".join(map(str, frame[at : at + 4])) for at in (26, 30)), options=b"\x94\4\0\0"
        )
    ),
}


def carriers() -> list[Case]:
    """Each violation in turn, and what is allowed."""
    found = []
    for number, (name, wrap) in enumerate(CARRIERS.items()):
        for turn, (what, (recording, rules)) in enumerate(BROKEN.items()):
            if turn == number % 3 or turn == (number + 1) % 3:
                found.append(seen(f"{what} in {name}", formed(each(wrap), recording), *rules))
        allowed = formed(each(wrap), READS if number % 2 else ALLOWED)
        found.append(calm(f"reading in {name}", allowed, *(rule for rule in KEPT if rule != CONDUIT)))
    return found


CHAINS: Mapping[str, tuple[tuple[int, bytes | None], ...]] = {
    "eight headers of options": ((60, b"\1\4\0\0\0\0"),) * 7 + ((0, b"\1\4\0\0\0\0"),),
    "a header of mobility": ((135, bytes(6)),),
    "a header of host identities": ((139, bytes(6)),),
    "a header of Shim6": ((140, bytes(6)),),
    "options in an unfragmented fragment": ((60, b"\1\4\0\0\0\0"), (44, None)),
    "an unfragmented fragment behind options": ((44, None), (0, b"\1\4\0\0\0\0")),
}


def headers_of_six() -> list[Case]:
    """Of IPv6, one behind the other."""
    found = []
    for name, chain in CHAINS.items():
        for what, recording, rules, said in (
            ("a stop", VIOLATION, (STOP,), seen),
            ("a write", WRITES, (WRITE,), seen),
            ("reading", READS, (STOP, WRITE), calm),
        ):
            chained = formed(IP_ONLY["in IPv6"], recording)
            for kind, body in chain:
                chained = formed(with_extension(kind, body), chained)
            found.append(said(f"{what} in IPv6 with {name}", chained, *rules))
    return found


def closed() -> list[Case]:
    """Tunnels that end in the cell, and nobody can look into."""
    noise = bytes((n * 97 + 31) & 0xFF for n in range(700))
    headers = {"GUE": (6080, b"\0\xfd\0\0"), "Geneve": (6081, b"\0\0\x12\x34" + bytes(4))}
    return [
        not_calm(
            f"{name} of what nobody knows, into the cell",
            datagrams(STRANGER, CELL_STRANGER, port, [(1, header + noise[n : n + 90]) for n in range(9)]),
            STOP,
            WRITE,
        )
        for name, (port, header) in headers.items()
    ] + unplaced()


def unplaced() -> list[Case]:
    """Encrypted tunnels between two that are in no zone, and may be beside anything, or that are of the Internet."""
    noise = bytes((n * 89 + 17) & 0xFF for n in range(4096))

    def esp(number: int) -> bytes:
        return struct.pack(">II", 0xC0FFEE, number + 1) + noise[31 * number : 31 * number + 144]

    def wireguard(number: int) -> bytes:
        return struct.pack("<IIQ", 4, 0xBEEF01, number) + noise[29 * number : 29 * number + 144]

    def between(one: str, other: str, *, in_udp: bool) -> Recorded:
        said = ((udp(esp(n), 4500, 4500) if in_udp else esp(n)) for n in range(40))
        protocol = 17 if in_udp else 50
        return framed(*((AT + n, ethernet(0x0800, ipv4(protocol, data, one, other))) for n, data in enumerate(said)))

    own, public = ("172.16.0.1", "172.16.0.2"), ("93.184.216.34", "93.184.216.99")
    return [
        not_calm("ESP between two that are in no zone", between(*own, in_udp=False), STOP, WRITE),
        not_calm("ESP in UDP between two that are in no zone", between(*own, in_udp=True), STOP, WRITE),
        not_calm(
            "WireGuard between two that are in no zone",
            datagrams(*own, 51_820, [(1, wireguard(n)) for n in range(40)]),
            STOP,
            WRITE,
        ),
        calm("ESP between two of the Internet", between(*public, in_udp=False), STOP, WRITE),
        calm("ESP between the office and the Internet", between("10.10.0.1", public[0], in_udp=False), STOP, WRITE),
    ]


Written = Callable[[list[Record]], Mapping[str, bytes]]
Link = Callable[[bytes], bytes]


def nflog(frame: bytes, order: str = "<") -> bytes:
    """LINKTYPE_NFLOG: a header, and fields of which one is the packet."""

    def field(kind: int, value: bytes) -> bytes:
        return struct.pack(order + "HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)

    sender = b"\0\6\0\0" + frame[6:12] + b"\0\0"
    return b"\2\0\0\5" + field(1, b"\x08\0\1\0") + field(10, b"\0") + field(8, sender) + field(9, packet(frame))


def erf(frame: bytes) -> bytes:
    """LINKTYPE_ERF of Ethernet: its own header and two bytes in front."""
    return bytes(8) + struct.pack(">BBHHH", 2, 4, len(frame) + 18, 0, len(frame)) + b"\0\0" + frame


LINKS: Mapping[str, tuple[int, Link]] = {
    "Linux cooked": (113, lambda f: struct.pack(">HHH", 0, 1, 6) + f[6:12] + b"\0\0\x08\0" + packet(f)),
    "Linux cooked 2": (276, lambda f: struct.pack(">HHIHBB", 0x0800, 0, 3, 1, 0, 6) + f[6:12] + b"\0\0" + packet(f)),
    "raw IP": (101, packet),
    "raw IP of another number": (12, packet),
    "raw IPv4": (228, packet),
    "loopback": (0, lambda f: b"\2\0\0\0" + packet(f)),
    "PPP": (9, lambda f: b"\xff\3\0\x21" + packet(f)),
    "Cisco HDLC": (104, lambda f: b"\x0f\0\x08\0" + packet(f)),
    "NFLOG": (239, nflog),
    "NFLOG of another byte order": (239, lambda f: nflog(f, ">")),
    "ERF": (197, erf),
    "mPackets": (274, lambda f: b"\x55" * 7 + b"\xd5" + f + bytes(4)),
    "DSA": (284, lambda f: f[:12] + b"\xc0\0\0\0" + f[12:]),
    "USB": (220, lambda f: bytes(64) + f),
    "no link that anybody knows": (147, lambda f: f),
}
READ_LINKS = tuple(LINKS)[:10]


def beside(link: int, wrap: Link) -> Written:
    """IP on an interface of the link type, the rest on one of Ethernet, in one file."""

    def written(everything: list[Record]) -> Mapping[str, bytes]:
        blocks = [
            enhanced(wrap(data) if is_ip(data) else data, stamp=s * 1_000_000 + f, number=int(is_ip(data)))
            for s, f, data, _ in everything
        ]
        return {"plant.pcapng": section() + interface() + interface(link) + b"".join(blocks)}

    return written


def alone(link: int, wrap: Link) -> Written:
    """IP alone, in a file of the link type."""
    return lambda everything: {
        "plant.pcap": pcap([(s, f, wrap(data)) for s, f, data, _ in everything if is_ip(data)], network=link)
    }


def links() -> list[Case]:
    """Link types, by themselves and beside Ethernet."""
    found = []
    for number, (name, (link, wrap)) in enumerate(LINKS.items()):
        for way, write in (("beside Ethernet", beside(link, wrap)), ("alone", alone(link, wrap))):
            what, (recording, rules) = list(BROKEN.items())[number % 3]
            known = name in READ_LINKS
            said, twin = (seen, calm) if known else (not_calm, unmoved)
            more = {"written": write, "damaged": not known}
            found.append(said(f"{what} recorded of {name} {way}", recording, *rules, **more))
            found.append(twin(f"reading recorded of {name} {way}", READS, STOP, WRITE, **more))
    return found


def _simple(everything: list[Record]) -> Mapping[str, bytes]:
    return {"plant.pcapng": section() + interface() + b"".join(simple(data) for _, _, data, _ in everything)}


def _short(everything: list[Record]) -> Mapping[str, bytes]:
    """Of two interfaces the second, which has IP, keeps 60 bytes."""
    blocks = [
        enhanced(data[:60] if is_ip(data) else data, stamp=s * 1_000_000 + f, number=int(is_ip(data)), wire=len(data))
        for s, f, data, _ in everything
    ]
    return {"plant.pcapng": section() + interface() + interface(snapshot=60) + b"".join(blocks)}


def _offset(everything: list[Record]) -> Mapping[str, bytes]:
    """Of two interfaces one counts nanoseconds, from a second of its own."""
    base = everything[0][0] - 1000
    pairs = ((9, b"\x09"), (14, struct.pack("<q", base)))
    blocks = [
        enhanced(data, stamp=((s - base) * 10**9 + f * 1000) if n % 2 else s * 10**6 + f, number=n % 2)
        for n, (s, f, data, _) in enumerate(everything)
    ]
    return {"plant.pcapng": section() + interface() + interface(1, *pairs) + b"".join(blocks)}


def _powers(everything: list[Record]) -> Mapping[str, bytes]:
    """Time in units of 2 to the power of -20 s."""
    blocks = [enhanced(data, stamp=(s << 20) + (f << 20) // 10**6) for s, f, data, _ in everything]
    return {"plant.pcapng": section() + interface(1, (9, b"\x94")) + b"".join(blocks)}


def _sections(everything: list[Record]) -> Mapping[str, bytes]:
    """A section for every tenth of it, of either byte order."""
    size, whole = -(-len(everything) // 10), b""
    for part in range(10):
        order = "<>"[part % 2]
        whole += section(order) + interface(order=order)
        for s, f, data, _ in everything[part * size : (part + 1) * size]:
            whole += enhanced(data, stamp=s * 1_000_000 + f, order=order)
    return {"plant.pcapng": whole}


def _checked(everything: list[Record]) -> Mapping[str, bytes]:
    """Each frame with a check sequence, as the interface says."""
    blocks = [enhanced(data + b"\xfe\xed\xbe\xef", stamp=s * 1_000_000 + f) for s, f, data, _ in everything]
    return {"plant.pcapng": section() + interface(1, (13, b"\4")) + b"".join(blocks)}


def _unfinished(everything: list[Record]) -> Mapping[str, bytes]:
    """A ring whose first file ends in the middle of a record, as a recorder that was ended leaves it."""
    half = len(everything) // 2
    return {
        "ring_00001.pcap": pcap(everything[:half]) + pcap_record(everything[half])[:30],
        "ring_00002.pcap": pcap(everything[half:]),
    }


def _split(everything: list[Record]) -> Mapping[str, bytes]:
    """Files cut by size and not by record: the second begins within one."""
    whole = b"".join(map(pcap_record, everything))
    half = len(whole) // 2 + 7
    return {"ring_00001.pcap": pcap_header() + whole[:half], "ring_00002.pcap": pcap_header() + whole[half:]}


READ_WHOLE: Mapping[str, Written] = {
    "by interfaces of their own time": _offset,
    "in powers of two": _powers,
    "in ten sections": _sections,
    "with check sequences": _checked,
}
READ_IN_PART: Mapping[str, Written] = {
    "cut by one interface": _short,
    "in a ring whose first file is unfinished": _unfinished,
    "in files cut within a record": _split,
}


def files() -> list[Case]:
    """As pcapng and rings may be."""
    found = []
    for name, way in READ_WHOLE.items():
        found += [seen(f"{what} recorded {name}", r, *rules, written=way) for what, (r, rules) in BROKEN.items()]
        found.append(calm(f"reading recorded {name}", READS, *KEPT, written=way))
    for name, way in READ_IN_PART.items():
        more = {"written": way, "damaged": way is not _short}
        found += [not_calm(f"{what} recorded {name}", r, *rules, **more) for what, (r, rules) in BROKEN.items()]
        found.append(unmoved(f"reading recorded {name}", READS, *KEPT, **more))
    for what, (recording, rules) in BROKEN.items():
        found.append(seen(f"{what} recorded without times", recording, *rules, written=_simple))
    found.append(unmoved("reading recorded without times", READS, *KEPT, written=_simple))
    return found


def without_headers() -> list[Case]:
    """Cut within the headers, so that nobody knows who speaks with whom, or by what."""
    found = []
    for size in (16, 30, 34, 46):
        short = formed(cut_short(size), VIOLATION)
        found.append(not_calm(f"a stop, cut after {size} bytes", short, STOP, CONDUIT))
        found.append(unmoved(f"reading, cut after {size} bytes", formed(cut_short(size), READS), STOP, CONDUIT))
    for name, size in (("a VXLAN", 70), ("QinQ", 30), ("GRE with key and sequence", 50), ("PPPoE", 30)):
        wrap = LAYERS[name.removeprefix("a ")]
        short = formed(cut_short(size), formed(each(wrap), VIOLATION))
        found.append(not_calm(f"a stop in {name}, cut after {size} bytes", short, STOP, CONDUIT))
    return found


def cases() -> list[Case]:
    """All."""
    return [*without_headers(), *carriers(), *closed(), *headers_of_six(), *links(), *files()]
