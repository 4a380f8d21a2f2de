"""Deeds and innocents drawn for carriers, for corner cases of TCP and for files of other kinds."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from fixtures.record.wire import ACK, PSH, SYN, Wire, tcp_segment
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    ANSWERS,
    ASKS,
    CAPTURES,
    CELL_STRANGER,
    CONDUIT,
    DOWNLOAD,
    ENGINEER,
    FORCED,
    HISTORIAN,
    OFFICE_PC,
    PANEL,
    PASSWORD,
    PLC_1,
    PLC_2,
    SAFETY,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    UPLOAD,
    WRITE,
    Play,
    both,
    formed,
    over_tcp,
    over_udp,
    played,
    stream,
    wired,
)
from tests.capture.files import enhanced, interface, pcap, section
from tests.carriers import CARRIERS
from tests.tcp_corners import CORNERS, sent_again_otherwise
from tests.twins import Record, answers_only, cut_short, is_ip, lossy, records, requests_only

# --- files ------------------------------------------------------------------------------------------------------------


def _nanoseconds(everything: list[Record]) -> Mapping[str, bytes]:
    return {"plant.pcap": pcap([(s, f * 1000, frame, wire) for s, f, frame, wire in everything], nanoseconds=True)}


def _big_endian(everything: list[Record]) -> Mapping[str, bytes]:
    return {"plant.cap": pcap(everything, ">")}


def _eight(everything: list[Record]) -> Mapping[str, bytes]:
    size = len(everything) // 8 + 1
    return {f"ring_{n:05}.pcap": pcap(everything[n * size : (n + 1) * size]) for n in range(8)}


def _by_direction(everything: list[Record]) -> Mapping[str, bytes]:
    """One file of a tap's two: frames to even and odd receivers."""
    up = [record for record in everything if record[2][5] % 2]
    return {"tap-a.pcap": pcap(up), "tap-b.pcap": pcap([record for record in everything if not record[2][5] % 2])}


def _cooked2(everything: list[Record]) -> Mapping[str, bytes]:
    """Linux cooked capture, version 2 (link type 276)."""
    made = []
    for s, f, frame, wire in everything:
        head = frame[12:14] + bytes(2) + struct.pack(">IHBB", 3, 1, 4, 6) + frame[6:12] + bytes(2)
        made.append((s, f, head + frame[14:], wire + 6))
    return {"plant.pcap": pcap(made, network=276)}


def _pcapng_seconds(everything: list[Record]) -> Mapping[str, bytes]:
    """Stamps in units of 2^-20 s, and a comment at each packet."""
    blocks = (
        enhanced(frame, (1, b"seen"), stamp=(s << 20) + (f << 20) // 1_000_000, wire=wire)
        for s, f, frame, wire in everything
    )
    return {"plant.pcapng": b"".join((section(), interface(1, (9, b"\x94")), *blocks))}


WRITTEN: Mapping[str, Callable[[list[Record]], Mapping[str, bytes]]] = {
    "nanoseconds": _nanoseconds,
    "big-endian": _big_endian,
    "eight files": _eight,
    "a tap's two files": _by_direction,
    "cooked version 2": _cooked2,
    "pcapng with binary stamps": _pcapng_seconds,
}


# --- what is done -----------------------------------------------------------------------------------------------------


def between(name: str, client: str, server: str) -> Recorded:
    """A fixture's first two ends in other places."""
    first = next(frame for _, _, frame, _ in records(CAPTURES / f"{name}.pcap") if is_ip(frame))
    ends = {str(IPv4Address(first[26:30])): client, str(IPv4Address(first[30:34])): server}
    return played(name, **{f"_{old.replace('.', '_')}": new for old, new in ends.items()})


def modbus(*pdus: bytes, unit: int = 1, first: int = 1) -> bytes:
    return b"".join(struct.pack(">HHHB", n, 0, len(pdu) + 1, unit) + pdu for n, pdu in enumerate(pdus, first))


READ, READ_ANSWER = struct.pack(">BHH", 3, 0, 2), b"\x03\x04\0\x01\0\x02"
WRITE_ONE = struct.pack(">BHH", 6, 40, 7)
RESTART, LISTEN_ONLY, CLEAR = (struct.pack(">BHH", 8, sub, 0) for sub in (1, 4, 10))
ECHO = struct.pack(">BHH", 8, 0, 0xA537)

DEEDS: Mapping[str, tuple[Recorded, str]] = {
    "UMAS stop": (between("modbus/umas", CELL_STRANGER, PLC_2), STOP),
    "Modbus write": (
        stream(CELL_STRANGER, PLC_2, 502, [(ASKS, modbus(WRITE_ONE)), (ANSWERS, modbus(WRITE_ONE))]),
        WRITE,
    ),
    "Modbus restart": (
        stream(SCADA, PLC_2, 502, [(ASKS, modbus(RESTART)), (ANSWERS, modbus(RESTART))]),
        "modbus-restart-or-listen-only",
    ),
    "Telnet": (between("telnet/console_port_7023", ENGINEER, SCADA), "telnet-in-use"),
    "S7 from the office": (between("s7comm/snap7", STRANGER, PLC_1), "control-protocol-leaves-control-zones"),
    "FINS force": (between("fins/client_udp", CELL_STRANGER, PLC_1), DOWNLOAD),
    "FTP": (between("ftp/engineer", CELL_STRANGER, PANEL), "cleartext-file-transfer"),
    "Codesys": (between("codesys_v3/session", CELL_STRANGER, PLC_2), STOP),
    "X11": (between("x11/open_port_16001", ENGINEER, SCADA), "remote-desktop-unprotected"),
    "SSH with weak algorithms": (between("vnc/built", ENGINEER, SCADA), "remote-desktop-unprotected"),
    "OPC UA without a user": (between("opcua/none", CELL_STRANGER, PLC_2), "opcua-anonymous"),
    "HTTP log-in": (between("http/credentials_port_18080", ENGINEER, PANEL), PASSWORD),
    "TLS 1.0": (between("tls/tls10_expired_weak", ENGINEER, SCADA), "tls-obsolete-version"),
    "Moxa": (between("moxa_nport/session", CELL_STRANGER, PANEL), "serial-server-password-disclosed"),
    "Safety": (between("s7comm/snap7", ENGINEER, SAFETY), CONDUIT),
    "IEC 104": (between("iec104/port_12404", CELL_STRANGER, PLC_1), WRITE),
}

_DRAWN = random.Random(41)  # noqa: S311 - the same ones every time


def _violations() -> list[Case]:
    found = []
    for carrier, form in (CARRIERS | CORNERS).items():
        for deed in _DRAWN.sample(sorted(DEEDS), 2):
            recording, rule = DEEDS[deed]
            found.append(seen(f"{deed} {carrier}", formed(form, recording), rule))
    for kind, written in WRITTEN.items():
        recording, rule = DEEDS[_DRAWN.choice(sorted(DEEDS))]
        found.append(seen(f"{rule}, {kind}", recording, rule, written=written))
    for deed in _DRAWN.sample(sorted(DEEDS), 6):
        recording, rule = DEEDS[deed]
        found.append(not_calm(f"{deed}, told twice otherwise", formed(sent_again_otherwise, recording), rule))
    for deed in _DRAWN.sample(sorted(DEEDS), 6):
        recording, rule = DEEDS[deed]
        found.append(
            not_calm(
                f"{deed}, 30 % lost, snaplen 96", formed(lambda r: cut_short(96)(lossy(0.3, 5)(r)), recording), rule
            )
        )
    for deed in _DRAWN.sample(sorted(DEEDS), 4):
        recording, rule = DEEDS[deed]
        found.append(
            not_calm(
                f"{deed}, answers only, 1 % lost", formed(lambda r: lossy(0.01, 5)(answers_only(r)), recording), rule
            )
        )
    return found


# --- innocents --------------------------------------------------------------------------------------------------------

_READS = stream(SCADA, PLC_2, 502, [(ASKS, modbus(READ)), (ANSWERS, modbus(READ_ANSWER))] * 6)
_DIAGNOSES = stream(SCADA, PLC_2, 502, [(ASKS, modbus(ECHO)), (ANSWERS, modbus(ECHO))])
_PANEL_S7 = between("s7comm/port_10102", PANEL, PLC_1)
_REPORTS = between("tls/tls13", OFFICE_PC, HISTORIAN)
_MAINTAINS = between("ssh/paramiko", ENGINEER, PLC_1)
INNOCENT: Mapping[str, tuple[Recorded, tuple[str, ...]]] = {
    "SCADA-1 reads": (_READS, (CONDUIT, WRITE, STOP, UNKNOWN, "malformed-messages")),
    "SCADA-1 tests the line": (_DIAGNOSES, ("modbus-restart-or-listen-only", CONDUIT, WRITE)),
    "the panel speaks S7": (_PANEL_S7, (STOP, DOWNLOAD, UPLOAD, CONDUIT, FORCED)),
    "reports": (_REPORTS, (CONDUIT, "tls-obsolete-version", "tls-weak-cipher", "enterprise-to-control-direct")),
    "maintenance": (_MAINTAINS, (CONDUIT, "ssh-weak-algorithm-used", "remote-session-outside-window", "telnet-in-use")),
}
_ALWAYS = ("malformed-message-seen", "packets-of-another-system", "packets-in-loop")


def _innocents() -> list[Case]:
    found = []
    for carrier, form in (CARRIERS | CORNERS | {"told twice otherwise": sent_again_otherwise}).items():
        for deed in _DRAWN.sample(sorted(INNOCENT), 2):
            recording, rules = INNOCENT[deed]
            found.append(unmoved(f"{deed} {carrier}", formed(form, recording), *rules, *_ALWAYS))
    for kind, written in WRITTEN.items():
        recording, rules = INNOCENT[_DRAWN.choice(sorted(INNOCENT))]
        found.append(unmoved(f"what is allowed, {kind}", recording, *rules, *_ALWAYS, written=written))
    return found


# --- single ones ------------------------------------------------------------------------------------------------------


def _port_used_again(wire: Wire) -> None:
    """A connection that reads; the same two ports a second later, with a stop."""
    for pdu in (READ, LISTEN_ONLY):
        wire._next_port = 50_500
        over_tcp(SCADA, PLC_2, 502, [(ASKS, modbus(pdu)), (ANSWERS, modbus(pdu))])(wire)
        wire.pause(1)


def _server_first(wire: Wire) -> None:
    """The server's greeting of another protocol comes before what the client asks."""
    over_tcp(CELL_STRANGER, PLC_2, 1502, [(ANSWERS, b"220 ready\r\n"), (ASKS, modbus(WRITE_ONE))])(wire)


def _half_open(wire: Wire) -> None:
    """Data although the server never answered the handshake in the capture: it is heard on another port."""
    source, target = (CELL_STRANGER, 50_600), (PLC_2, 502)
    for seq, flags, data in ((100, SYN, b""), (101, ACK, b""), (101, PSH | ACK, modbus(WRITE_ONE))):
        wire.ip(
            source[0],
            target[0],
            6,
            tcp_segment(source, target, seq=seq, ack=501 if flags & ACK else 0, flags=flags, payload=data),
        )


def _pipelined(wire: Wire) -> None:
    """A write in the middle of twenty reads, all in one segment."""
    asked = modbus(*[READ] * 10, WRITE_ONE, *[READ] * 10)
    told = modbus(*[READ_ANSWER] * 10, WRITE_ONE, *[READ_ANSWER] * 10)
    over_tcp(CELL_STRANGER, PLC_2, 502, [(ASKS, asked), (ANSWERS, told)])(wire)


def _over_udp(port: int) -> Play:
    return over_udp(CELL_STRANGER, PLC_2, port, [(ASKS, modbus(WRITE_ONE)), (ANSWERS, modbus(WRITE_ONE))])


def _refused(wire: Wire) -> None:
    over_tcp(CELL_STRANGER, PLC_2, 502, [(ASKS, modbus(LISTEN_ONLY)), (ANSWERS, modbus(b"\x88\x01"))])(wire)


def _text_on_502(wire: Wire) -> None:
    over_tcp(
        SCADA,
        PLC_2,
        502,
        [
            (ASKS, b"GET / HTTP/1.1\r\nHost: plc\r\n\r\n"),
            (ANSWERS, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ],
    )(wire)


def _noise_on(port: int) -> Play:
    chance = random.Random(9)  # noqa: S311 - the same bytes every time
    said = [(n % 2, chance.randbytes(90)) for n in range(6)]
    return over_tcp(ENGINEER, SCADA, port, said)


def _dns(wire: Wire, client: str, server: str, port: int) -> None:
    question = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\x03plc\x05local\0" + struct.pack(">HH", 1, 1)
    answer = struct.pack(">HHHHHH", 7, 0x8180, 1, 0, 0, 0) + question[12:]
    over_udp(client, server, port, [(ASKS, question), (ANSWERS, answer)])(wire)


MULTICAST_NAMES, PUBLIC_NAMES = "name-service-by-multicast", "public-name-server-asked"


def _singles() -> list[Case]:
    return [
        seen("a port used again to silence a PLC", wired(_port_used_again), "modbus-restart-or-listen-only"),
        not_calm("a write after a greeting of another protocol", wired(_server_first), WRITE),
        not_calm("a write without an answer to the handshake", wired(_half_open), WRITE),
        seen(
            "endpoints in many segments, between false resets",
            formed(CORNERS["with false resets"], between("opcua/none", CELL_STRANGER, PLC_2)),
            "opcua-endpoint-unprotected",
        ),
        seen("a write among twenty reads", wired(_pipelined), WRITE),
        seen("a write by UDP", wired(_over_udp(502)), WRITE),
        not_calm("a write by UDP on another port", wired(_over_udp(33_502)), WRITE),
        seen("a PLC is to be silenced and refuses", wired(_refused), "modbus-restart-or-listen-only"),
        unmoved(
            "a web page is asked of port 502",
            wired(_text_on_502),
            WRITE,
            STOP,
            UNKNOWN,
            "modbus-restart-or-listen-only",
        ),
        unmoved("noise on Telnet's port", wired(_noise_on(23)), "telnet-in-use"),
        unmoved("noise on the port of X11", wired(_noise_on(6000)), "remote-desktop-unprotected"),
        unmoved("noise on the port of SSH", wired(_noise_on(22)), "ssh-weak-algorithms", "ssh-weak-algorithm-used"),
        seen("LLMNR", wired(lambda wire: _dns(wire, SCADA, "224.0.0.252", 5355)), MULTICAST_NAMES),
        calm("names asked of a server", wired(lambda wire: _dns(wire, SCADA, ENGINEER, 53)), MULTICAST_NAMES),
        seen("names asked of the Internet", wired(lambda wire: _dns(wire, SCADA, "8.8.8.8", 53)), PUBLIC_NAMES),
        seen(
            "names asked of the Internet on another port",
            wired(lambda wire: _dns(wire, SCADA, "8.8.8.8", 5300)),
            PUBLIC_NAMES,
        ),
        calm(
            "names asked of the Internet by the office",
            wired(lambda wire: _dns(wire, OFFICE_PC, "8.8.8.8", 53)),
            PUBLIC_NAMES,
        ),
        not_calm(
            "requests alone, in PPPoE",
            formed(lambda r: CARRIERS["in PPPoE"](requests_only(r)), DEEDS["UMAS stop"][0]),
            STOP,
        ),
        not_calm(
            "answers alone, under labels",
            formed(lambda r: CARRIERS["under MPLS labels"](answers_only(r)), DEEDS["UMAS stop"][0]),
            STOP,
        ),
        seen(
            "two deeds at once",
            both(DEEDS["UMAS stop"][0], formed(CARRIERS["in ERSPAN"], DEEDS["FTP"][0])),
            STOP,
            "cleartext-file-transfer",
        ),
    ]


def cases() -> list[Case]:
    return [*_violations(), *_innocents(), *_singles()]
