"""Commands of industrial protocols in streams, tunnels and proxies, from where nobody may give them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple

from fixtures.record import atg, pcom
from tests.adversarial.carrier_forms import CARRIERS
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CAPTURES,
    CELL_STRANGER,
    CLOCK,
    CONFIGURE,
    DOWNLOAD,
    FILES,
    OFFICE_PC,
    PASSWORD,
    PLC_1,
    PLC_2,
    SAFETY,
    STOP,
    STRANGER,
    UNKNOWN,
    UPLOAD,
    WRITE,
    Said,
    each,
    formed,
    played,
    stream,
)
from tests.carriers import packet
from tests.twins import (
    IP_ONLY,
    Form,
    Record,
    answers_only,
    cut_short,
    ends,
    in_fragments,
    in_pieces,
    is_ip,
    lossy,
    midway,
    other_port,
    records,
    requests_only,
)

FAR = "93.184.216.34"
ON_SAFETY, PUBLIC, INSIDE = "safety-controller-commanded", "command-over-public-network", "internet-to-control-system"
RESET, DIRECT, SHELL = (
    "device-reset-or-silenced",
    "enterprise-to-control-direct",
    "control-protocol-leaves-control-zones",
)
WINDOW, UNSUITED = "change-outside-window", "command-from-unsuited-device"
BY_VERB = {
    "stop": STOP,
    "start": STOP,
    "restart": STOP,
    "mode-change": STOP,
    "write": WRITE,
    "operate": WRITE,
    "configure": CONFIGURE,
    "program-download": DOWNLOAD,
    "program-upload": UPLOAD,
    "file-write": FILES,
    "file-delete": FILES,
    "time-sync": CLOCK,
    "unknown-function": UNKNOWN,
}


class Talk(NamedTuple):
    """A fixture, who commands whom in it, and what is done. silent: an answer alone tells nothing of what was asked."""

    fixture: str
    client: str
    server: str
    verbs: str

    def between(self, client: str, server: str) -> Recorded:
        """With these hosts."""
        hosts = {f"_{old.replace('.', '_')}": new for old, new in ((self.client, client), (self.server, server))}
        return played(self.fixture, **hosts)

    @property
    def rules(self) -> tuple[str, ...]:
        """That object to it."""
        return tuple(dict.fromkeys(BY_VERB[verb] for verb in self.verbs.split()))


ALL = "stop write configure program-download"
TALKS = (
    Talk("iec104/built", "10.20.0.50", "10.20.0.51", "operate configure restart file-write time-sync"),
    Talk("iec104/port_12404", "10.20.0.50", "10.20.0.51", "operate"),
    Talk("dnp3/tcp", "10.20.0.70", "10.20.0.71", "operate configure restart stop file-write time-sync"),
    Talk("dnp3/udp", "10.20.0.70", "10.20.0.71", "operate configure restart stop file-write time-sync"),
    Talk("bacnet/bacpypes3", "10.20.0.70", "10.20.0.71", "write configure restart mode-change"),
    Talk("bacnet/services", "10.20.0.70", "10.20.0.71", "write operate configure restart file-write program-download"),
    Talk(
        "s7comm_plus/station",
        "10.20.0.40",
        "10.20.0.33",
        "stop start operate program-download program-upload time-sync",
    ),
    Talk("s7comm_plus/panel", "10.20.0.12", "10.20.0.33", "write"),
    Talk("opcua/none", "10.20.0.10", "10.20.0.61", "write operate configure"),
    Talk("opcua/sign", "10.20.0.10", "10.20.0.61", "write"),
    Talk("opcua/json", "10.20.0.75", "10.20.0.61", "write operate"),
    Talk("opcua/json_1_05", "10.20.0.75", "10.20.0.61", "write operate"),
    Talk(
        "enip/built",
        "10.20.0.60",
        "10.20.0.61",
        "stop write configure program-download program-upload file-write time-sync",
    ),
    Talk("enip/pycomm3", "10.20.0.60", "10.20.0.61", "configure restart"),
    Talk("enip/port_4418", "10.20.0.60", "10.20.0.61", "write"),
    Talk("profinet_io/interference", "10.20.2.66", "10.20.2.33", "write configure"),
    Talk("fins/tcp", "10.20.0.80", "10.20.0.81", f"{ALL} program-upload file-write time-sync"),
    Talk("fins/udp", "10.20.0.80", "10.20.0.81", f"{ALL} program-upload file-write time-sync"),
    Talk("ge_srtp/tcp", "10.20.0.90", "10.20.0.91", f"{ALL} program-upload time-sync"),
    Talk("mms/program", "10.20.0.40", "10.20.0.61", "stop start write program-download program-upload file-write"),
    Talk("mms/libiec61850", "10.20.0.40", "10.20.0.61", "operate write file-delete"),
    Talk("mms/iccp", "10.20.9.1", "10.20.9.2", "write configure"),
    Talk("knxnet_ip/management", "10.50.0.10", "10.50.0.21", "write configure restart"),
    Talk("knxnet_ip/xknx_tcp", "10.50.0.10", "10.50.0.21", "write configure restart"),
    Talk("hart_ip/tcp", "10.20.0.100", "10.20.0.101", "write operate configure restart time-sync unknown-function"),
    Talk("hart_ip/udp", "10.20.0.100", "10.20.0.101", "write operate configure restart time-sync unknown-function"),
    Talk("codesys_v3/session", "10.70.0.10", "10.70.0.21", f"{ALL} file-write"),
    Talk("codesys_v2/session", "10.85.0.10", "10.85.0.21", "stop start configure program-download program-upload"),
    Talk("ads/tcp", "10.20.0.10", "10.20.0.20", f"{ALL} file-write time-sync"),
    Talk("ads/pyads", "10.20.0.10", "10.20.0.20", "stop write"),
    Talk("slmp/3e", "10.20.0.110", "10.20.0.111", "stop start write file-write"),
    Talk("slmp/4e_ascii", "10.20.0.110", "10.20.0.111", "stop start write"),
    Talk("slmp/client_3e_ascii", "10.20.0.110", "10.20.0.111", "stop start write"),
    Talk("slmp/1e_udp", "10.20.0.110", "10.20.0.111", "stop start write program-download"),
    Talk("pcom/session", "10.20.10.90", "10.20.1.90", "stop start restart write configure time-sync unknown-function"),
    Talk(
        "pcom/port_1616", "10.20.10.90", "10.20.1.90", "stop start restart write configure time-sync unknown-function"
    ),
    Talk("atg/session", "10.20.10.95", "10.20.1.95", "restart operate configure time-sync"),
    Talk("atg/port_4001", "10.20.10.95", "10.20.1.95", "restart operate configure time-sync"),
)


def twice(records: list[Record]) -> list[Record]:
    """Every packet is sent again."""
    return [again for s, f, frame, wire in records for again in ((s, f, frame, wire), (s, f + 1, frame, wire))]


def swapped(records: list[Record]) -> list[Record]:
    """Of two packets of one sender that follow one another, the second comes first."""
    found = list(records)
    for at in range(0, len(found) - 1, 2):
        (s, f, one, wire), (t, g, other, length) = found[at], found[at + 1]
        if is_ip(one) and is_ip(other) and one[26:38] == other[26:38]:
            found[at], found[at + 1] = (s, f, other, length), (t, g, one, wire)
    return found


def labelled(records: list[Record]) -> list[Record]:
    """Every IP packet behind a label, fragments as well."""
    wrap = CARRIERS["MPLS of many"]
    made = [(s, f, wrap(frame, 0) if frame[12:14] == b"\x08\0" else frame) for s, f, frame, _ in records]
    return [(s, f, frame, len(frame)) for s, f, frame in made]


def after(*forms: Form) -> Form:
    """One after the other."""

    def form(records: list[Record]) -> list[Record]:
        for each_of in forms:
            records = each_of(records)
        return records

    return form


CLEAR: Mapping[str, Form] = {
    "in segments of a byte": in_pieces(1),
    "in segments of 7 bytes, sent twice": after(in_pieces(7), twice),
    "in segments of 11 bytes, out of order": after(in_pieces(11), swapped),
    "in segments of 2 bytes in IPv6": after(in_pieces(2), IP_ONLY["in IPv6"]),
    "in GUE": each(CARRIERS["GUE with fields"]),
    "in a register of PIM": each(CARRIERS["a register of PIM"]),
    "in fragments in MPLS": after(in_fragments(64), labelled),
    "in GTP-U in QinQ": after(each(LAYERS["GTP-U"]), each(LAYERS["QinQ"])),
}
DIM: Mapping[str, Form] = {
    "answers only": answers_only,
    "cut after 58 bytes": cut_short(58),
    "a third lost": lossy(0.33),
    "half lost, on another port": after(lossy(0.5, 7), other_port),
    "recorded midway, answers only": after(midway, answers_only),
    "requests only, cut after 70 bytes": after(requests_only, cut_short(70)),
}
FROM: tuple[tuple[str, str, str, Callable[[Talk], tuple[str, ...]]], ...] = (
    ("from elsewhere in the cell", CELL_STRANGER, PLC_1, lambda talk: (*talk.rules, UNSUITED)),
    ("to the safety system", STRANGER, SAFETY, lambda _: (ON_SAFETY,)),
    ("from the Internet", FAR, PLC_2, lambda _: (PUBLIC, INSIDE)),
    ("from an office", OFFICE_PC, PLC_2, lambda _: (DIRECT,)),
    ("to the Internet", PLC_2, FAR, lambda _: (PUBLIC,)),
)


def commanded() -> list[Case]:
    """Each by two forms in which it can be read, two in which it cannot, and from two places."""
    found = []
    clear, dim = list(CLEAR.items()), list(DIM.items())
    for number, talk in enumerate(TALKS):
        plain = talk.between(STRANGER, PLC_2)
        for turn in (0, 3):
            name, form = clear[(number + turn) % len(clear)]
            found.append(seen(f"{talk.fixture} {name}", formed(form, plain), *talk.rules))
            name, form = dim[(number + turn) % len(dim)]
            found.append(not_calm(f"{talk.fixture} {name}", formed(form, plain), *talk.rules))
        for turn in (0, 2):
            name, client, server, rules = FROM[(number + turn) % len(FROM)]
            found.append(seen(f"{talk.fixture} {name}", talk.between(client, server), *rules(talk)))
    return found


def said_in(talk: Talk) -> Said:
    """What is said in the connection of the fixture in which the client says most."""
    found: dict[int, list[tuple[int, bytes]]] = {}
    for _, _, frame, _ in records(CAPTURES / f"{talk.fixture}.pcap"):
        if not is_ip(frame) or frame[23] != 6:
            continue
        (source, of), (_, to) = ends(frame)
        inner = packet(frame)
        data, asks = inner[20 + 4 * (inner[32] >> 4) :], ".".join(map(str, source)) == talk.client
        if data:
            found.setdefault(of if asks else to, []).append((int(asks), data))
    return max(found.values(), key=lambda said: sum(len(data) for who, data in said if who))


def port_of(talk: Talk) -> int:
    """At which the server listens."""
    for _, _, frame, _ in records(CAPTURES / f"{talk.fixture}.pcap"):
        if is_ip(frame) and frame[23] == 6 and frame[47] & 18 == 2:
            return ends(frame)[1][1]
    raise ValueError(talk.fixture)


def reversed_roles(said: Said) -> Said:
    """Who is asked has opened the connection."""
    return [(1 - who, data) for who, data in said]


def in_websocket(said: Said) -> Said:
    """Behind the handshake of a WebSocket, in binary frames; the client's are masked."""
    key = b"GET /uplink HTTP/1.1\r\nHost: plc\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    accept = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    found = [
        (1, key + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        (0, accept + b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
    ]
    for who, data in said:
        size = bytes((len(data),)) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
        mask = bytes((size[0] | 0x80 * who,)) + size[1:] + (b"\1\2\3\4" if who else b"")
        body = bytes(byte ^ (n % 4 + 1) for n, byte in enumerate(data)) if who else data
        found.append((who, b"\x82" + mask + body))
    return found


def through(proxy: Said) -> Callable[[Said], Said]:
    """Behind what is said to a proxy first."""
    return lambda said: [*proxy, *said]


CONNECT: Said = [
    (1, b"CONNECT 10.20.1.12:9999 HTTP/1.1\r\nHost: 10.20.1.12:9999\r\n\r\n"),
    (0, b"HTTP/1.1 200 Connection established\r\n\r\n"),
]
SOCKS: Said = [
    (1, b"\5\1\0"),
    (0, b"\5\0"),
    (1, b"\5\1\0\1\x0a\x14\1\x0c\x27\x0f"),
    (0, b"\5\0\0\1" + bytes(6)),
]
GREETED: Said = [(0, b"220 plc2 ready\r\n"), (1, b"NOOP\r\n"), (0, b"200 OK\r\n")]
WEB: Said = [
    (1, b"GET / HTTP/1.1\r\nHost: plc\r\n\r\n"),
    (0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
]
STAGES: tuple[tuple[str, int, Callable[[Said], Said]], ...] = (
    ("in a connection that the controller opened", 0, reversed_roles),
    ("in a WebSocket", 80, in_websocket),
    ("through a proxy", 3128, through(CONNECT)),
    ("through SOCKS", 1080, through(SOCKS)),
    ("behind a greeting, on 25", 25, through(GREETED)),
    ("behind a page, on 80", 80, through(WEB)),
    ("on the port of Modbus", 502, list),
    ("on the port of S7", 102, list),
    ("on the port of TLS", 443, list),
)


def staged() -> list[Case]:
    """Each of those in TCP in four surroundings, by the same host in each."""
    found = []
    for number, talk in enumerate(t for t in TALKS if not t.fixture.endswith(("udp", "bacpypes3", "services"))):
        if talk.fixture.startswith(("profinet", "knxnet_ip/management", "dnp3/udp")):
            continue
        said, port = said_in(talk), port_of(talk)
        for turn in range(4):
            name, other, change = STAGES[(number * 4 + turn) % len(STAGES)]
            client, server = (PLC_2, STRANGER) if change is reversed_roles else (STRANGER, PLC_2)
            recording = stream(client, server, other or port, list(change(said)))
            found.append(not_calm(f"{talk.fixture} {name}", recording, *talk.rules[:2]))
    return found


def glued(talk: Talk) -> Said:
    """What asks for nothing, some times; and then in front of every other request, in one segment."""
    said = said_in(talk)
    (first, *asks), (answer, *_) = ([data for who, data in said if who == side] for side in (1, 0))
    return [*[(1, first), (0, answer)] * 4, *(one for ask in asks for one in ((1, first + ask), (0, answer)))]


def several_in_one() -> list[Case]:
    """Requests that share a segment, of protocols whose segments are usually one each."""
    talks = (
        Talk("codesys_v2/session", "10.85.0.10", "10.85.0.21", "stop start configure program-download"),
        Talk("slmp/1e", "10.20.0.110", "10.20.0.111", "stop start write"),
        Talk("slmp/1e_ascii", "10.20.0.110", "10.20.0.111", "stop start write"),
        Talk("modbus_rtu/converter", "10.20.0.10", "10.20.0.32", "write configure restart"),
        Talk("genisys/office", "10.20.0.70", "10.20.0.71", "operate"),
        Talk("pcworx/session", "10.20.10.70", "10.20.1.70", "unknown-function"),
    )
    return [
        *(
            seen(f"{talk.fixture} in one segment", stream(STRANGER, PLC_2, port_of(talk), glued(talk)), *talk.rules)
            for talk in talks[:3]
        ),
        *(
            not_calm(f"{talk.fixture} in one segment", stream(STRANGER, PLC_2, port_of(talk), glued(talk)), *talk.rules)
            for talk in talks[3:]
        ),
        *(
            seen(
                f"{talk.fixture} in segments of {size} bytes",
                formed(in_pieces(size), talk.between(STRANGER, PLC_2)),
                *talk.rules,
            )
            for talk in talks[:3]
            for size in (1, 3, 5)
        ),
    ]


def only_asked() -> list[Case]:
    """Who reads of a controller commands nobody; one command alone is enough, from either mode and side."""
    reads = [
        *((1, pcom.text(n, b"RW000A03")) for n in range(4)),
        *((0, pcom.text(n, b"RW000100020003", answers=True)) for n in range(4)),
        (1, pcom.text(9, b"ID")),
        (0, pcom.text(9, pcom.IDENTITY, answers=True)),
        (1, pcom.frame(10, 0x4D, data=pcom.OPERANDS)),
        (0, pcom.frame(10, 0xCD, data=bytes(20))),
    ]
    harmless = (STOP, WRITE, CONFIGURE, DOWNLOAD, CLOCK, UNKNOWN)
    one = {"a stop": (b"CCS", STOP), "a write": (b"SW000A01FFFF", WRITE), "a clock": (b"SC00300805020124", CLOCK)}
    return [
        unmoved("PCOM: values are read and a name asked for", stream(STRANGER, PLC_2, 20256, reads), *harmless),
        unmoved("PCOM: read on another port", stream(STRANGER, PLC_2, 7777, reads), *harmless),
        *(
            seen(f"PCOM: {name} alone, unanswered, on {port}", stream(STRANGER, PLC_2, port, [(1, sent)]), rule)
            for port in (20256, 7777)
            for name, (text, rule) in one.items()
            for sent in (pcom.text(1, text),)
        ),
        seen(
            "PCOM: a table written in binary",
            stream(STRANGER, PLC_2, 502, [(1, pcom.frame(1, 0x44, data=bytes(40)))]),
            WRITE,
        ),
    ]


def tank_gauges() -> list[Case]:
    """Reports are read by whoever asks; what sets something is a command, and a security code is a password."""
    reads = [(1, atg.command("I20100")), (0, atg.shown("I20100", atg.INVENTORY))] * 3
    harmless = (STOP, WRITE, CONFIGURE, DOWNLOAD, CLOCK, UNKNOWN, PASSWORD)
    coded = [(1, atg.command("S60201", "WATER", security="274901")), (0, atg.shown("S60201"))]
    return [
        *(
            unmoved(f"a tank gauge is read, on {port}", stream(STRANGER, PLC_2, port, reads), *harmless)
            for port in (10001, 7777)
        ),
        *(
            seen(f"a tank gauge: {name} alone, unanswered, on {port}", stream(STRANGER, PLC_2, port, [(1, sent)]), rule)
            for port in (10001, 7777)
            for name, sent, rule in (
                ("a limit", atg.command("S62301", "9999"), CONFIGURE),
                ("a reset", atg.command("S00100"), STOP),
                ("a reset behind a report", atg.command("I20100") + atg.command("S00100"), STOP),
                ("the clock", atg.command("s50100", "2401010800"), CLOCK),
            )
        ),
        seen("a tank gauge: a security code", stream(STRANGER, PLC_2, 7777, coded), PASSWORD, CONFIGURE),
        unmoved(
            "a tank gauge: letters behind a control character are none of it",
            stream(STRANGER, PLC_2, 10001, [(1, b"\x01SUBJECT of a message\r\n"), (0, b"\x01OK\r\n")] * 3),
            STOP,
            CONFIGURE,
            CLOCK,
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*commanded(), *staged(), *several_in_one(), *only_asked(), *tank_gauges()]
