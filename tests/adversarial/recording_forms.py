"""One violation, recorded in ways that nobody chose: layers, headers, fragments, order, files, gaps, redundancy."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping

from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CONDUIT,
    DOWNLOAD,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    addresses,
    both,
    each,
    formed,
    played,
)
from tests.capture.files import enhanced, interface, pcap, section
from tests.capture.frames import ethernet, gtp, ipv4, ipv6, outer, udp
from tests.carriers import packet
from tests.twins import (
    IP_ONLY,
    TCP,
    Form,
    Record,
    behind_decoys,
    cut_short,
    in_fragments,
    in_pieces,
    is_ip,
    lossy,
    summed,
)

WATCHED = (STOP, DOWNLOAD, CONDUIT)
VIOLATION = played("modbus/umas", _10_20_0_10=STRANGER, _10_20_0_31=PLC_2)
ALLOWED = played("dlms/modbus_on_4059", 3, _10_20_0_91=SCADA, _10_20_0_90=PLC_2)
Wrap = Callable[[bytes, int], bytes]


def relayed(kind: int, data: bytes, frame: bytes) -> bytes:
    """Between the same two MAC addresses."""
    return frame[:12] + struct.pack(">H", kind) + data


def _vxlan(frame: bytes, _: int) -> bytes:
    return outer(17, udp(struct.pack(">II", 8 << 24, 77 << 8) + frame, 50_000, 4789))


def _geneve(frame: bytes, _: int) -> bytes:
    return outer(17, udp(struct.pack(">HHI", 0, 0x6558, 77 << 8) + frame, 50_000, 6081))


def _gre(frame: bytes, number: int) -> bytes:
    return outer(47, struct.pack(">HHII", 0x3000, 0x0800, 5, number) + packet(frame))


def _mpls(frame: bytes, _: int) -> bytes:
    return relayed(0x8847, struct.pack(">II", 1001 << 12 | 64, 17 << 12 | 0x100 | 64) + packet(frame), frame)


def _pppoe(frame: bytes, _: int) -> bytes:
    inner = packet(frame)
    return relayed(0x8864, struct.pack(">BBHHH", 0x11, 0, 77, len(inner) + 2, 0x0021) + inner, frame)


def _hsr(frame: bytes, number: int) -> bytes:
    inner = packet(frame)
    return frame[:12] + b"\x89\x2f" + struct.pack(">HH", len(inner) + 6 & 0xFFF, number) + frame[12:14] + inner


def _prp(frame: bytes, number: int) -> bytes:
    return frame + struct.pack(">HHH", number, 0xA000 | len(frame) - 14 + 6 & 0xFFF | 0xA000, 0x88FB)


def _esp_null(frame: bytes, number: int) -> bytes:
    inner = packet(frame)
    padding = -(len(inner) + 2) % 4
    body = struct.pack(">II", 0xC0FFEE, number + 1) + inner + bytes(range(1, padding + 1)) + bytes((padding, 4))
    return frame[:14] + ipv4(50, body + bytes(12), *addresses(frame), identifier=number + 1)


def _authenticated(frame: bytes, number: int) -> bytes:
    inner = packet(frame)
    header = struct.pack(">BBHII", inner[9], 4, 0, 0xABCD, number + 1) + bytes(12)
    return frame[:14] + ipv4(51, header + inner[20:], *addresses(frame), identifier=number + 1)


def _macsec(frame: bytes, number: int) -> bytes:
    body = frame[12:14] + packet(frame)
    head = b"\x88\xe5" + bytes((0x20, len(body) if len(body) < 48 else 0)) + struct.pack(">I", number + 1)
    return frame[:12] + head + b"\2\0\n\0\0\1\0\1" + body + bytes(16)


LAYERS: Mapping[str, Wrap] = {
    "a VLAN": lambda frame, _: frame[:12] + b"\x81\0\0\7" + frame[12:],
    "QinQ": lambda frame, _: frame[:12] + b"\x88\xa8\0\1\x81\0\0\2" + frame[12:],
    "three tags": lambda frame, _: frame[:12] + b"\x88\xa8\0\1\x81\0\0\2\x81\0\0\3" + frame[12:],
    "VXLAN": _vxlan,
    "Geneve": _geneve,
    "GTP-U": lambda frame, _: outer(17, udp(gtp(packet(frame)), 2152, 2152)),
    "GRE with key and sequence": _gre,
    "IP in IP": lambda frame, _: outer(4, packet(frame)),
    "IP in IPv6": lambda frame, _: ethernet(0x86DD, ipv6(4, packet(frame), "fd00::1", "fd00::2")),
    "MPLS": _mpls,
    "PPPoE": _pppoe,
    "HSR": _hsr,
    "PRP": _prp,
    "ESP without encryption": _esp_null,
    "an authentication header": _authenticated,
    "MACsec without encryption": _macsec,
    "VXLAN in GTP-U": lambda frame, n: outer(17, udp(gtp(packet(_vxlan(frame, n))), 2152, 2152)),
    "MPLS in PPPoE in a tag": lambda frame, n: (f := _pppoe(frame, n))[:12] + b"\x81\0\0\7" + f[12:],
}


def layers() -> list[Case]:
    """All of it, one direction of it, and what is allowed."""
    found = [seen(f"in {name}", formed(each(wrap), VIOLATION), STOP, DOWNLOAD) for name, wrap in LAYERS.items()]
    found += [
        seen(f"requests in {name}, answers in clear", formed(each(wrap, of=bool), VIOLATION), STOP)
        for name, wrap in LAYERS.items()
    ]
    for name, wrap in LAYERS.items():  # of MACsec it shows nowhere which of the packets in clear were in it
        said = unmoved if "MACsec" in name else calm
        found.append(said(f"what is allowed in {name}", formed(each(wrap), ALLOWED), *WATCHED[:2]))
    return found


EXTENSIONS = {
    "hop-by-hop options": (0, b"\1\4\0\0\0\0"),
    "destination options": (60, b"\1\4\0\0\0\0"),
    "a routing header": (43, b"\0\0\0\0\0\0"),
    "an unfragmented fragment header": (44, None),
}


def with_extension(kind: int, body: bytes | None) -> Form:
    """Every IPv6 packet with an extension header."""

    def change(frame: bytes) -> bytes:
        if frame[12:14] != b"\x86\xdd":
            return frame
        header = bytes((frame[20], 0)) + (body if body is not None else b"\0\0" + frame[-4:])
        size = int.from_bytes(frame[18:20], "big") + 8
        return frame[:18] + size.to_bytes(2, "big") + bytes((kind,)) + frame[21:54] + header + frame[54:]

    return lambda records: [(s, f, changed, len(changed)) for s, f, frame, _ in records for changed in (change(frame),)]


def ip_six() -> list[Case]:
    """Headers between IPv6 and TCP; fragments of both versions."""
    six = formed(IP_ONLY["in IPv6"], VIOLATION)
    found = [
        seen(f"in IPv6 with {name}", formed(with_extension(*what), six), STOP) for name, what in EXTENSIONS.items()
    ]
    chained: Recorded = six
    for what in (EXTENSIONS["destination options"], EXTENSIONS["a routing header"], EXTENSIONS["hop-by-hop options"]):
        chained = formed(with_extension(*what), chained)
    found.append(seen("in IPv6 with three headers", chained, STOP))
    found += [
        seen(f"in IP fragments of {size} bytes", formed(in_fragments(size), VIOLATION), STOP, DOWNLOAD)
        for size in (8, 16, 24, 64)
    ]
    found.append(seen("in IP fragments, the last first", formed(_backwards, formed(in_fragments(16), VIOLATION)), STOP))
    found.append(
        not_calm("in IP fragments, a tenth lost", formed(lossy(0.1), formed(in_fragments(16), VIOLATION)), STOP)
    )
    return found


def _backwards(records: list[Record]) -> list[Record]:
    """Fragments of one packet in reverse; their times stay in order."""
    groups: list[list[Record]] = []
    for record in records:
        same = groups and is_ip(record[2]) and is_ip(groups[-1][0][2]) and groups[-1][0][2][18:20] == record[2][18:20]
        groups[-1].append(record) if same else groups.append([record])
    return [(*time[:2], *record[2:]) for group in groups for time, record in zip(group, reversed(group), strict=True)]


def _shuffled(records: list[Record]) -> list[Record]:
    """Neighbours change places."""
    chance, found = random.Random(4), list(records)  # noqa: S311 - the same every time
    for at in range(0, len(found) - 1, 2):
        if chance.random() < 0.5:
            first, second = found[at], found[at + 1]
            found[at], found[at + 1] = (*first[:2], *second[2:]), (*second[:2], *first[2:])
    return found


def _twice(records: list[Record]) -> list[Record]:
    return [one for record in records for one in (record, (record[0], record[1] + 3, *record[2:]))]


def _later(seconds: int) -> Form:
    return lambda records: [(s + seconds, *rest) for s, *rest in records]  # type: ignore[misc]


def _short_lived(frame: bytes) -> bytes:
    return summed(frame[:22] + b"\1" + frame[23:])


FORMS: Mapping[str, tuple[Form, bool]] = {
    "in segments of a byte": (in_pieces(1), True),
    "in segments of 7 bytes, shuffled": (lambda r: _shuffled(in_pieces(7)(r)), True),
    "every frame twice": (_twice, True),
    "shuffled": (_shuffled, True),
    "a third lost": (lossy(0.33), False),
    "a third lost, in segments of 3 bytes": (lambda r: lossy(0.33)(in_pieces(3)(r)), False),
    "cut after 60 bytes": (cut_short(60), False),
    "cut after 70 bytes, in a VLAN": (lambda r: cut_short(70)(each(LAYERS["a VLAN"])(r)), False),
    "without any answer": (lambda r: [one for one in r if addresses(one[2])[0] == STRANGER], True),
    "without any request": (lambda r: [one for one in r if addresses(one[2])[0] != STRANGER], False),
    "without its handshake": (lambda r: [one for one in r if not (one[2][23] == TCP and one[2][47] & 2)], True),
    "behind decoys with a short life": (behind_decoys(_short_lived), False),
    "the data alone, without acknowledgements": (lambda r: [one for one in r if len(packet(one[2])) > 44], False),
    "ten minutes later": (_later(600), True),
}


def conversations() -> list[Case]:
    """The same frames, other ones, or fewer."""
    return [
        (seen if whole else not_calm)(name, formed(form, VIOLATION), STOP, DOWNLOAD)
        for name, (form, whole) in FORMS.items()
    ]


def _ring(parts: int, *, named: str = "ring") -> Callable[[list[Record]], Mapping[str, bytes]]:
    """As many files as a recorder that turns them over makes."""

    def written(everything: list[Record]) -> Mapping[str, bytes]:
        size = -(-len(everything) // parts)
        return {f"{named}_{n:05}.pcap": pcap(everything[n * size : (n + 1) * size]) for n in range(parts)}

    return written


def _interleaved(everything: list[Record]) -> Mapping[str, bytes]:
    return {f"tap-{n}.pcap": pcap(everything[n::2]) for n in range(2)}


def _by_direction(everything: list[Record]) -> Mapping[str, bytes]:
    to_plant = [one for one in everything if is_ip(one[2]) and addresses(one[2])[0] == STRANGER]
    return {"tx.pcap": pcap(to_plant), "rx.pcap": pcap([one for one in everything if one not in to_plant])}


def _newer(everything: list[Record]) -> Mapping[str, bytes]:
    blocks = [enhanced(data, stamp=(s * 1_000_000 + f), wire=wire) for s, f, data, wire in everything]
    return {"plant.pcapng": section() + interface() + b"".join(blocks)}


def _big_endian(everything: list[Record]) -> Mapping[str, bytes]:
    return {"plant.pcap": pcap(everything, ">")}


def _nanoseconds(everything: list[Record]) -> Mapping[str, bytes]:
    return {"plant.pcap": pcap([(s, f * 1000, data, wire) for s, f, data, wire in everything], nanoseconds=True)}


def _copied(everything: list[Record]) -> Mapping[str, bytes]:
    return {"a.pcap": pcap(everything), "copy of a.pcap": pcap(everything)}


WAYS = {
    "in a ring of 8 files": _ring(8),
    "in a ring of 40 files": _ring(40),
    "in two files that take turns": _interleaved,
    "a file for each direction": _by_direction,
    "as pcapng": _newer,
    "most significant byte first": _big_endian,
    "in nanoseconds": _nanoseconds,
    "twice": _copied,
}


def files() -> list[Case]:
    """The recording in other files."""
    found = [seen(f"recorded {name}", VIOLATION, STOP, DOWNLOAD, CONDUIT, written=way) for name, way in WAYS.items()]
    found.append(
        not_calm(
            "in IP fragments, recorded by two taps", formed(in_fragments(16), VIOLATION), STOP, written=_interleaved
        )
    )
    for name, way in WAYS.items():  # each of two taps by itself lacks half
        said = unmoved if way is _interleaved else calm
        found.append(said(f"what is allowed, recorded {name}", ALLOWED, STOP, CONDUIT, "host-sweep", written=way))
    return found


def redundancy() -> list[Case]:
    """Two adapters, two ways, and what they are taken for."""
    other = lambda frame, n: frame[:6] + frame[6:11] + bytes((frame[11] ^ 1,)) + frame[12:] if n % 2 else frame  # noqa: E731
    prp = lambda frame, n: _prp(frame, n // 2)  # noqa: E731
    return [
        seen("in PRP over both networks", formed(each(prp), formed(_twice, VIOLATION)), STOP),
        calm(
            "what is allowed in PRP over both networks",
            formed(each(prp), formed(_twice, ALLOWED)),
            STOP,
            "address-claimed-twice",
            "control-traffic-repeated",
        ),
        unmoved(
            "an allowed client whose two adapters take turns",
            formed(each(other, of=bool), ALLOWED),
            STOP,
            CONDUIT,
            "address-claimed-twice",
        ),
        seen("a stranger's adapters take turns", formed(each(other, of=bool), VIOLATION), STOP),
        seen("beside as much that is allowed", both(VIOLATION, ALLOWED), STOP, DOWNLOAD),
    ]


def cases() -> list[Case]:
    """All."""
    return [*layers(), *ip_six(), *conversations(), *files(), *redundancy()]
