"""Answers of name servers: which addresses they give for a name, and what of them tells one answer from another.

RFC 1035 sections 3.2 (records) and 4.1 (messages, compression of names), RFC 3596 (AAAA).
"""

from __future__ import annotations

import ipaddress
import re
from itertools import pairwise
from socket import inet_ntoa

from scanner.framing.language import Byte, Part, Range, State, Step, Test, Transducer, bits
from scanner.protocols.base import Resolution

KEEP = 512  # bytes of an answer: what a datagram holds without EDNS, some 25 addresses
MOST_ANSWERS = 1024  # of one server to one client whose names are kept
_HEADER = 12
_LABEL = re.compile(rb"[0-9A-Za-z_-]+")  # of host names, and the underscore that some have
_LONGEST = 63  # octets of a label
_ROOT, _POINTER = 0, range(0xC0, 0x100)
_A, _CNAME, _AAAA, _IN = 1, 5, 28, 1
_SIZES = {_A: 4, _AAAA: 16}
_MOST_POINTERS = 16  # of a name, which hostile ones lead around in a ring
_MOST_RECORDS = 64

# One question of a query, answered without an error by at least one record. Multicast DNS has no question.
ANSWERED: tuple[Test, ...] = (
    Byte(2, bits(0xF8, 0x80)),
    Byte(3, bits(0x0F, 0)),
    Byte(4, 0),
    Byte(5, 1),
    Byte(6, 0),
    Byte(7, range(1, _MOST_RECORDS)),
)


def name_states(begin: str, after: str) -> dict[str, State]:
    """States that take a name: ``begin`` at the length of a label."""
    letters = [(bytes([size]), Step(f"{begin} {size}")) for size in range(1, _LONGEST + 1)]
    ends = [(bytes([_ROOT]), Step(after)), (bytes(_POINTER), Step(f"{begin} pointer"))]
    return {
        begin: State(Step("end"), (*letters, *ends)),
        f"{begin} pointer": State(Step(after)),
        **{f"{begin} {n}": State(Step(f"{begin} {n - 1}" if n > 1 else begin)) for n in range(1, _LONGEST + 1)},
    }


def octet_states(*names: str, take: bool = True) -> dict[str, State]:
    """States one after another, each for one octet; the last name is a state of its own."""
    return {name: State(Step(after, take)) for name, after in pairwise(names)}


def _data() -> dict[str, State]:
    """States that take as many octets as the length says."""
    sizes = tuple((bytes([size]), Step(f"data {size}")) for size in range(1, 256))
    return {
        "size": State(Step("end"), ((b"\0", Step("size low")),)),
        "size low": State(Step("owner"), sizes),
        **{f"data {n}": State(Step(f"data {n - 1}" if n > 1 else "owner")) for n in range(1, 256)},
    }


def _key() -> Transducer:
    """The question and, where it is for addresses, the records up to the first one, without how long they are good for.
    Behind it nothing counts: servers turn addresses round from answer to answer.
    """
    times = [f"time {n}" for n in range(4)]
    address_times = [f"address time {n}" for n in range(4)]
    sizes = [f"address size {n}" for n in range(2)]
    addresses = {
        f"{kind} {n}": State(Step(f"{kind} {n - 1}" if n > 1 else "end"))
        for kind, size in (("a", 4), ("aaaa", 16))
        for n in range(1, size + 1)
    }
    return Transducer(
        _HEADER,
        {
            **name_states("asked", "kind"),
            "kind": State(Step("end"), ((b"\0", Step("kind low")),)),
            "kind low": State(Step("end"), ((bytes([_A, _AAAA]), Step("class")),)),
            **octet_states("class", "class low", "owner"),
            **name_states("owner", "type"),
            "type": State(Step("end"), ((b"\0", Step("type low")),)),
            "type low": State(
                Step("record class"),
                ((bytes([_A]), Step("a class")), (bytes([_AAAA]), Step("aaaa class")), (bytes([41]), Step("end"))),
            ),
            **octet_states("record class", "record class low", times[0]),
            **octet_states(*times, "size", take=False),
            **_data(),
            **octet_states("a class", "a class low", f"a {address_times[0]}"),
            **octet_states(*(f"a {t}" for t in address_times), f"a {sizes[0]}", take=False),
            **octet_states(*(f"a {s}" for s in sizes), "a 4"),
            **octet_states("aaaa class", "aaaa class low", f"aaaa {address_times[0]}"),
            **octet_states(*(f"aaaa {t}" for t in address_times), f"aaaa {sizes[0]}", take=False),
            **octet_states(*(f"aaaa {s}" for s in sizes), "aaaa 16"),
            **addresses,
            "end": State(Step("end", take=False)),
        },
    )


KEY: tuple[Part, ...] = (Range(2, 4), _key())


def records_fill(data: bytes) -> bool:
    """The questions and records that the header counts fill the message to its last byte: at least one record, and each
    name in labels of printable characters.
    """
    questions, *counts = (int.from_bytes(data[at : at + 2], "big") for at in (4, 6, 8, 10))
    if not 0 < sum(counts) <= _MOST_RECORDS or questions > _MOST_RECORDS:
        return False
    at = _HEADER
    for number in range(questions + sum(counts)):
        behind = _behind_name(data, at)
        if behind is None:
            return False
        at = behind
        if number < questions:
            at += 4
        else:
            at += 10 + int.from_bytes(data[at + 8 : at + 10], "big")
        if at > len(data):
            return False
    return at == len(data)


def _behind_name(data: bytes, at: int) -> int | None:
    """Where a name ends, at its root or first pointer; None where it is none."""
    while at < len(data):
        size = data[at]
        if size == _ROOT:
            return at + 1
        if size >= _POINTER.start:
            return at + 2 if at + 1 < len(data) and _HEADER <= (size & 0x3F) << 8 | data[at + 1] < at else None
        label = data[at + 1 : at + 1 + size]
        if size > _LONGEST or not label.isascii() or b"\0" in label:
            return None
        at += 1 + size
    return None


def resolution(data: bytes) -> Resolution | None:
    """Whose the addresses of an answer are; None where it gives none, or another name's. What was cut is left out."""
    if data[4:6] != b"\0\1" or len(data) < _HEADER:
        return None
    asked, at = _name(data, _HEADER)
    if not asked or at + 4 > len(data) or int.from_bytes(data[at : at + 2], "big") not in _SIZES:
        return None
    names, addresses = [asked], []
    at += 4
    for _ in range(min(int.from_bytes(data[6:8], "big"), _MOST_RECORDS)):
        owner, at = _name(data, at)
        if not owner or at + 10 > len(data):
            break
        kind, family, size = (int.from_bytes(data[at + i : at + i + 2], "big") for i in (0, 2, 8))
        at += 10
        if at + size > len(data):
            break
        if family == _IN and owner == names[-1]:
            if kind == _CNAME:
                names.append(_name(data, at)[0])
            elif size == _SIZES.get(kind):
                addresses.append(_address(data[at : at + size]))
        at += size
    if not addresses:
        return None
    return Resolution(
        asked, tuple(dict.fromkeys(n for n in names[1:] if n and n != asked)), tuple(dict.fromkeys(addresses))
    )


def _address(data: bytes) -> str:
    return inet_ntoa(data) if len(data) == _SIZES[_A] else str(ipaddress.IPv6Address(data))


def _name(data: bytes, at: int) -> tuple[str, int]:
    """The name at an offset, in lower case, and what stands behind it; empty when it has no end."""
    labels: list[str] = []
    behind = size = jumps = 0
    while at < len(data):
        length = data[at]
        if length >= _POINTER.start:
            if at + 2 > len(data) or jumps == _MOST_POINTERS:
                break
            behind = behind or at + 2
            at = int.from_bytes(data[at : at + 2], "big") & 0x3FFF
            jumps += 1
            continue
        if length > _LONGEST:
            break
        at += 1
        if length == _ROOT:
            return ".".join(labels), behind or at
        size += 1 + length
        if at + length > len(data) or size > 254:
            break
        label = data[at : at + length]
        if not _LABEL.fullmatch(label):  # a dot within a label would make another name of it
            break
        labels.append(label.decode().lower())
        at += length
    return "", len(data)
