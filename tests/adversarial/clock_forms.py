"""Who tells the time, with and without proof; logs over TCP; communities that switches lengthen."""

from __future__ import annotations

import struct

from fixtures.record.ptp import (
    ANNOUNCE,
    BOUNDARY_CLOCK,
    MASTER_CLOCK,
    Header,
    announce,
    signaling,
    unicast,
    version_1,
)
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    ENGINEER,
    HISTORIAN,
    PLC_1,
    SCADA,
    Said,
    datagrams,
    formed,
    over_udp,
    stream,
    wired,
)
from tests.twins import IP_ONLY, Form, cut_short, in_pieces, midway, requests_only

UNPROVEN, MASTER, LOGS = "time-unauthenticated", "time-master-unlisted", "logs-in-clear-across-zones"
KNOWN = "snmp-well-known-community"
BEGAN = struct.pack(">II", 0xE9000000, 1)
DIGEST, NO_KEY, ZEROS = (struct.pack(">I", key) + digest for key, digest in (
    (5, bytes(range(1, 17))), (0, bytes(range(1, 17))), (5, bytes(16))
))  # fmt: skip
REFUSED = bytes(4)


def ntp(mode: int, more: bytes = b"") -> bytes:
    """Version 4; a server repeats when it was asked."""
    stratum, origin = (0, bytes(8)) if mode == 3 else (2, BEGAN)
    return bytes((0x20 | mode, stratum, 6, 0xEC)) + bytes(12) + BEGAN + origin + BEGAN + BEGAN + more


def field(kind: int, size: int) -> bytes:
    """An extension field (RFC 7822)."""
    return struct.pack(">HH", kind, size) + bytes(range(size - 4))


def timed(asked: bytes, *told: bytes) -> Recorded:
    """One question, and answers."""
    return datagrams(SCADA, HISTORIAN, 123, [(1, ntp(3, asked)), *((0, ntp(4, more)) for more in told)])


def proofs() -> list[Case]:
    """NTP with and without."""
    nts = field(0x0104, 36) + field(0x0204, 104) + field(0x0404, 40)
    answer = field(0x0104, 36) + field(0x0404, 144)
    status = b"\x16\x02\0\1" + bytes(8)
    domain = b"\x55\4\0\0" + b"\0\1\2\3" + bytes(range(64))
    broadcast = wired(over_udp(HISTORIAN, "10.20.10.255", 123, [(1, ntp(5))], 123))
    found = [
        calm("NTP with a digest", timed(DIGEST, DIGEST), UNPROVEN),
        calm("NTP with NTS", timed(nts, answer), UNPROVEN),
        calm("NTP with a digest behind a field", timed(DIGEST, field(0x2005, 28) + DIGEST), UNPROVEN),
        calm("NTP in a domain, with long digests", timed(domain, domain), UNPROVEN),
        calm("NTP in a domain, asked for a digest", timed(ZEROS, DIGEST), UNPROVEN),
        seen("NTP that is sent to all", broadcast, UNPROVEN),
        seen("NTP in IPv6", formed(IP_ONLY["in IPv6"], timed(b"", b"")), UNPROVEN),
        seen("NTP, of many answers one without a digest", timed(DIGEST, DIGEST, DIGEST, b""), UNPROVEN),
        unmoved("NTP, answers not captured whole", formed(cut_short(94), timed(DIGEST, DIGEST)), UNPROVEN),
        unmoved("NTP, asked with a digest alone", formed(requests_only, timed(DIGEST, DIGEST)), UNPROVEN),
        unmoved("a server of time is asked how it is", datagrams(SCADA, HISTORIAN, 123, [(1, status)]), UNPROVEN),
    ]
    bare = {
        "without a digest": b"",
        "with a digest of zeros": ZEROS,
        "with a digest of no key": NO_KEY,
    }
    doubtful = {"with a field alone": field(0x0104, 36), "that the digest is wrong": REFUSED}
    return [
        *found,
        *(
            seen(f"NTP, asked with a digest, answered {name}", timed(DIGEST, more), UNPROVEN)
            for name, more in bare.items()
        ),
        *(
            not_calm(f"NTP, asked with a digest, answered {name}", timed(DIGEST, more), UNPROVEN)
            for name, more in doubtful.items()
        ),
    ]


def masters() -> list[Case]:
    """PTP that is announced to one device, and that of the first version."""
    asks = signaling(Header(BOUNDARY_CLOCK), unicast(4, ANNOUNCE), target=MASTER_CLOCK)
    told = announce(Header(flags=0x0400))
    first = over_udp(CELL_STRANGER, "224.0.1.129", 319, [(1, version_1(0))], 319)
    return [
        seen(
            "a stranger is asked for announcements",
            wired(over_udp(PLC_1, CELL_STRANGER, 320, [(1, asks), (0, told)], 320)),
            MASTER,
        ),
        seen(
            "a stranger announces to one device unasked",
            wired(over_udp(CELL_STRANGER, PLC_1, 320, [(1, told)], 320)),
            MASTER,
        ),
        calm(
            "a listed clock is asked for announcements",
            wired(over_udp(ENGINEER, PLC_1, 320, [(1, asks), (0, told)], 320)),
            MASTER,
        ),
        seen("a stranger is master by version 1", wired(first), MASTER),
    ]


def logs() -> list[Case]:
    """Syslog over TCP, in each form of RFC 6587."""
    line = b"<34>1 2024-01-01T08:00:00Z plc app - - - hello"
    lines: Said = [(1, line + b"\n" + line + b"\n")] * 3
    counted: Said = [(1, b"%d %s" % (len(line), line) * 3)] * 3
    long = line + b"x" * 200
    forms: dict[str, Form] = {
        "": list,
        " in IPv6": IP_ONLY["in IPv6"],
        " recorded midway": midway,
        " in segments of 40 bytes": in_pieces(40),
    }
    ways: dict[str, tuple[int, Said]] = {
        "in lines": (514, lines),
        "in lines on another port": (15_514, lines),
        "by length": (601, counted),
        "by length on the port of TLS": (6514, counted),
        "by length, longer": (601, [(1, b"%d %s" % (len(long), long))] * 3),
    }
    return [
        *(
            seen(f"logs over TCP {way}{name}", formed(form, stream(SCADA, HISTORIAN, port, said)), LOGS)
            for way, (port, said) in ways.items()
            for name, form in forms.items()
        ),
        unmoved("logs over TCP in one zone", stream(SCADA, ENGINEER, 514, lines), LOGS),
        unmoved("pages over TCP", stream(SCADA, HISTORIAN, 514, [(1, b"<html>\n<a>\n"), (0, b"<html>\n")]), LOGS),
        unmoved("numbers in brackets", stream(SCADA, HISTORIAN, 601, [(1, b"10 <b>12</b>\n")] * 3), LOGS),
    ]


def _element(kind: int, body: bytes) -> bytes:
    return bytes((kind, len(body))) + body


def _get(community: bytes) -> bytes:
    names = _element(0x30, _element(0x30, b"\6\x08\x2b\6\1\2\1\1\1\0\5\0"))
    return _element(0x30, b"\2\1\1" + _element(4, community) + _element(0xA0, b"\2\1\7\2\1\0\2\1\0" + names))


def communities() -> list[Case]:
    """With the number of a VLAN."""
    return [
        seen("a known community of a VLAN", datagrams(SCADA, PLC_1, 161, [(1, _get(b"public@20"))]), KNOWN),
        calm("another community of a VLAN", datagrams(SCADA, PLC_1, 161, [(1, _get(b"k7!x@public"))]), KNOWN),
    ]


def cases() -> list[Case]:
    """All of them."""
    return proofs() + masters() + logs() + communities()
