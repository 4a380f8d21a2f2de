"""Associations of SCTP in forms that few stacks choose, as a base station and a core of 5G speak in them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address

from tests.adversarial.staging import Case, not_calm, seen, unmoved
from tests.adversarial.talk import CELL_STRANGER, HISTORIAN, addresses, formed, played
from tests.capture.frames import ethernet, ipv4, ipv6, udp, vlan
from tests.carriers import packet
from tests.twins import Form, Record, lossy

NULL = "nas-null-algorithm"
SCTP, DATA, I_DATA = 132, 0, 64
FIRST, LAST = 2, 1  # flags of a chunk
IN_UDP = 9899
Chunks = Callable[[bytes], Iterator[bytes]]  # of one chunk of user data


def _is_sctp(frame: bytes) -> bool:
    return frame[12:14] == b"\x08\0" and frame[23] == SCTP


def _chunks(body: bytes) -> Iterator[bytes]:
    at = 12
    while at + 4 <= len(body):
        size = int.from_bytes(body[at + 2 : at + 4], "big")
        yield body[at : at + size]
        at += size + -size % 4


def rechunked(of_data: Chunks, *, apart: bool = False) -> Form:
    """Other chunks for each of user data. apart: each in a packet of its own."""

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for seconds, fraction, frame, wire in all_records:
            if not _is_sctp(frame):
                found.append((seconds, fraction, frame, wire))
                continue
            body = packet(frame)[20:]
            chunks = [new for old in _chunks(body) for new in (of_data(old) if old[0] == DATA else [old])]
            for number, some in enumerate([[one] for one in chunks] if apart else [chunks]):
                data = body[:12] + b"".join(one + bytes(-len(one) % 4) for one in some)
                new = frame[:14] + ipv4(SCTP, data, *addresses(frame))
                found.append((seconds, fraction + number, new, len(new)))
        return found

    return form


def in_parts(size: int) -> Form:
    """User data in chunks of so many bytes."""
    numbers: dict[bytes, int] = {}

    def parts(chunk: bytes) -> Iterator[bytes]:
        stream = chunk[8:16]
        whole = chunk[16:]
        for at in range(0, len(whole), size):
            flags = (FIRST if at == 0 else 0) | (LAST if at + size >= len(whole) else 0)
            number = int.from_bytes(chunk[4:8], "big") + numbers.get(chunk[4:6], 0) + at // size
            part = whole[at : at + size]
            yield struct.pack(">BBHI", DATA, flags, 16 + len(part), number) + stream + part
        numbers[chunk[4:6]] = numbers.get(chunk[4:6], 0) + (len(whole) - 1) // size

    return rechunked(parts, apart=True)


def interleaving(chunk: bytes) -> Iterator[bytes]:
    """As I-DATA (RFC 8260), which has numbers of messages and parts of its own."""
    numbers = chunk[8:10] + b"\0\0" + bytes(2) + chunk[10:12] + chunk[12:16]
    yield struct.pack(">BBH", I_DATA, chunk[1], len(chunk) + 4) + chunk[4:8] + numbers + chunk[16:]


def _each(change: Callable[[bytes], bytes]) -> Form:
    """Frames of SCTP, changed."""

    def form(all_records: list[Record]) -> list[Record]:
        changed = [(s, f, change(frame) if _is_sctp(frame) else frame) for s, f, frame, _ in all_records]
        return [(s, f, frame, len(frame)) for s, f, frame in changed]

    return form


def in_udp(frame: bytes) -> bytes:
    """RFC 6951."""
    return frame[:14] + ipv4(17, udp(packet(frame)[20:], IN_UDP, IN_UDP), *addresses(frame))


def in_six(frame: bytes) -> bytes:
    """Between addresses of IPv6."""
    ends = (f"2001:db8::{IPv4Address(address)}" for address in addresses(frame))
    return frame[:12] + b"\x86\xdd" + ipv6(SCTP, packet(frame)[20:], *ends)


def in_udp_of_six(frame: bytes) -> bytes:
    """The same in datagrams, in two tags."""
    ends = (f"2001:db8::{IPv4Address(address)}" for address in addresses(frame))
    inner = vlan(7, 0x86DD, ipv6(17, udp(packet(frame)[20:], 40_000, IN_UDP), *ends))
    return ethernet(0x88A8, vlan(100, 0x8100, inner))


FORMS: dict[str, Form] = {
    "chunks of 7 bytes": in_parts(7),
    "I-DATA": rechunked(interleaving),
    "UDP": _each(in_udp),
    "IPv6": _each(in_six),
    "UDP over IPv6 in two tags": _each(in_udp_of_six),
    "chunks of 9 bytes in UDP": lambda r: _each(in_udp)(in_parts(9)(r)),
}


def cases() -> list[Case]:
    """All."""
    hosts = {"_10_20_61_2": CELL_STRANGER, "_10_20_60_4": HISTORIAN}
    null, ciphered = (played(f"ngap/{name}", **hosts) for name in ("null", "protected"))
    found = []
    for name, form in FORMS.items():
        found += [
            seen(f"null ciphering, SCTP in {name}", formed(form, null), NULL),
            unmoved(f"ciphering, SCTP in {name}", formed(form, ciphered), NULL),
            not_calm(
                f"null ciphering, SCTP in {name}, half of it lost", formed(lossy(0.5, 2), formed(form, null)), NULL
            ),
        ]
    return found
