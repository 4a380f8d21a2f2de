"""Controllers of Siemens, Beckhoff, Omron, Mitsubishi and GE, told what to do by a stranger in odd ways."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from fixtures.record import (
    ads,
    crimson,
    deltav,
    fins,
    fox,
    ge_srtp,
    pcworx,
    pcworx_remoting,
    proconos,
    s7comm_plus,
    slmp,
)
from fixtures.record.wire import Wire
from tests.adversarial.industrial_forms import in_websocket
from tests.adversarial.modbus_forms import SET, adu
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    CLOCK,
    DOWNLOAD,
    ENGINEER,
    FILES,
    FORCED,
    NOWHERE_LISTED,
    PASSWORD,
    PLC_1,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    UPLOAD,
    WRITE,
    Said,
    datagrams,
    formed,
    stream,
    wired,
)
from tests.twins import answers_only, cut_short, in_pieces, midway, other_port, requests_only

QUALIFIER = s7comm_plus.QUALIFIER


def s7(
    *asks: tuple[int, bytes], version: int = 2, client: str = STRANGER, port: int = 102, signed: bool = False
) -> Recorded:
    """A session of S7comm-plus with reads before the requests."""

    def play(wire: Wire) -> None:
        talk = wire.tcp(client, PLC_1, port)
        s7comm_plus.opened(talk)
        session = s7comm_plus.Session(talk, version, signed=signed)
        for function, body in (*[READ_PLUS] * 3, *asks):
            session.ask(function, body)
        talk.close()

    return wired(play)


TAG = s7comm_plus.address(0x8A0E0002, 2550, 10, checksum=0xABC39AE6)
READ_PLUS = (s7comm_plus.GET_MULTI, bytes(4) + b"\1\5" + TAG + QUALIFIER)
WRITE_PLUS = (s7comm_plus.SET_MULTI, bytes(4) + b"\1\5" + TAG + b"\1\0\x0a\x07\0" + QUALIFIER)
STATE = struct.pack(">I", 52) + b"\1" + s7comm_plus.vlq(2167) + b"\0\x08"
STOP_PLUS = (s7comm_plus.SET, STATE + s7comm_plus.vlq(1) + QUALIFIER + b"\0")
LOAD_PLUS = (
    s7comm_plus.CREATE,
    struct.pack(">I", 3) + b"\0\4\0" + bytes(4) + s7comm_plus.vlq(9) + s7comm_plus.created(0x8A320001, 2647),
)


def written(*attributes: int, rid: int = 52) -> bytes:
    """Attributes of an object, each an octet that is 1."""
    values = b"".join(s7comm_plus.vlq(n) + b"\0\x08\1" for n in range(1, len(attributes) + 1))
    count = bytes((len(attributes),))
    return struct.pack(">I", rid) + count * 2 + b"".join(map(s7comm_plus.vlq, attributes)) + values + b"\0"


STOPS_AMONG_WRITES = {
    "by a write to an object": written(2167),
    "by the second of two attributes": written(2421, 2167),
    "by the third of three": written(233, 306, 2167),
    "by the eighth of eight": written(*range(200, 207), 2167),
    "at another execution unit": written(233, 2167, rid=55),
    "by the address of a variable": bytes(4) + b"\1\4" + s7comm_plus.address(52, 2167) + b"\1\0\x08\1\0",
}
SESSION_PLUS = (s7comm_plus.SET_MULTI, written(306, 1830, rid=0x388) + QUALIFIER)
DELETE_PLUS = (s7comm_plus.DELETE, struct.pack(">I", 0x8A130007) + b"\0" + QUALIFIER)


def siemens() -> list[Case]:
    """S7comm-plus in its versions."""
    plain = s7(WRITE_PLUS)
    return [
        *(seen(f"S7comm-plus version {v}: a variable written", s7(WRITE_PLUS, version=v), WRITE) for v in (1, 2, 3)),
        *(seen(f"S7comm-plus version {v}: stopped", s7(STOP_PLUS, version=v), STOP) for v in (1, 2, 3)),
        seen("S7comm-plus: written with digests", s7(WRITE_PLUS, signed=True), WRITE),
        seen("S7comm-plus: on 1102", s7(WRITE_PLUS, STOP_PLUS, port=1102), WRITE, STOP),
        seen("S7comm-plus: a block loaded", s7(LOAD_PLUS), DOWNLOAD),
        seen("S7comm-plus: a block deleted", s7(DELETE_PLUS), DOWNLOAD),
        *(
            seen(f"S7comm-plus: stopped {name}", s7((s7comm_plus.SET_MULTI, body + QUALIFIER)), STOP)
            for name, body in STOPS_AMONG_WRITES.items()
        ),
        not_calm(
            "S7comm-plus: more attributes than are told apart",
            s7((s7comm_plus.SET_MULTI, written(*range(200, 208), 2167) + QUALIFIER)),
            STOP,
        ),
        calm("S7comm-plus: two attributes of a session", s7(SESSION_PLUS), STOP, DOWNLOAD, UNKNOWN),
        seen("S7comm-plus: in segments of 3 bytes", formed(in_pieces(3), s7(STOP_PLUS)), STOP),
        seen("S7comm-plus: requests only", formed(requests_only, plain), WRITE),
        not_calm("S7comm-plus: answers only", formed(answers_only, plain), WRITE),
        not_calm("S7comm-plus: recorded midway", formed(midway, plain), WRITE),
        not_calm("S7comm-plus: cut after 96 bytes", formed(cut_short(96), plain), WRITE),
        not_calm("S7comm-plus: an unknown function", s7((0x0777, b"\0")), UNKNOWN),
        not_calm(
            "S7comm-plus: goes over to TLS",
            stream(
                STRANGER, PLC_1, 102, [*_begun(), (1, _wrapped(bytes(range(1, 200)))), (0, _wrapped(bytes(range(50))))]
            ),
            WRITE,
            STOP,
        ),
        calm("S7comm-plus: engineering reads", s7(client=ENGINEER), WRITE, STOP, DOWNLOAD, UNKNOWN),
    ]


def _wrapped(data: bytes) -> bytes:
    record = b"\x17\x03\x03" + struct.pack(">H", len(data)) + data
    return struct.pack(">BBH", 3, 0, 7 + len(record)) + b"\x02\xf0\x80" + record


def _begun() -> Said:
    cotp = (
        bytes.fromhex("03000024 1f {}0000001b00 c1020620 c210".replace("{}", "e0"))
        + b"SIMATIC-ROOT-HMI"
        + bytes.fromhex("c0010a")
    )
    taken = bytes.fromhex("03000024 1f d0001b000100 c0010a c1020620 c210") + b"SIMATIC-ROOT-HMI"
    ask = s7comm_plus.pdu(1, s7comm_plus.request(s7comm_plus.INIT_SSL, 1, b"\x30\0\0\0\0", session=0) + bytes(4))
    said = s7comm_plus.pdu(1, s7comm_plus.response(s7comm_plus.INIT_SSL, 1, b"\0\0\0\0\0") + bytes(4))
    return [(1, cotp), (0, taken), (1, ask), (0, said)]


def of_ads(*asks: bytes, client: str = STRANGER, port: int = 48898, udp: bool = False) -> Recorded:
    """Reads, then requests."""
    said = [each for n in range(4) for each in ((1, ads.read(0x4020, n, 4)), (0, ads.answered(2, ads.words(4, 7))))]
    said += [each for ask in asks for each in ((1, ask), (0, ads.answered(ask[22])))]
    return (datagrams if udp else stream)(client, PLC_2, port, said)


def beckhoff() -> list[Case]:
    """ADS."""
    several = ads.read_write(0xF081, 2, ads.words(0x4020, 0, 2, 0x4020, 2, 2) + b"\1\0\1\0")
    return [
        *(seen(f"ADS: state {state} demanded", of_ads(ads.control(state)), STOP) for state in (2, 5, 6, 15)),
        seen("ADS: written by index", of_ads(ads.write(0x4020, 0, b"\1\0")), WRITE),
        seen("ADS: written by handle on 48000", of_ads(ads.write(0xF005, 7, b"\1\0"), port=48000), WRITE),
        seen("ADS: several written at once", of_ads(several), WRITE),
        seen(
            "ADS: written behind a read in a segment",
            of_ads(ads.read(0x4020, 0, 4) + ads.write(0x4020, 0, b"\1\0")),
            WRITE,
        ),
        seen("ADS: in segments of a byte", formed(in_pieces(1), of_ads(ads.control(6))), STOP),
        seen(
            "ADS: a boot project opened to be written",
            of_ads(ads.read_write(0x78, 2 << 16 | 0x22, b"prog.bin\0", port=10000)),
            DOWNLOAD,
        ),
        not_calm("ADS: a command that nobody knows", of_ads(ads.message(99, b"\1\2")), UNKNOWN, WRITE),
        calm("ADS: SCADA reads", of_ads(client=SCADA), WRITE, STOP, FILES, UNKNOWN),
    ]


LED = [(1, fins.asked(0x0101, "820000000001")), (0, fins.answered(0x0101, 0, "0000"))] * 4


def of_fins(*asks: bytes, client: str = STRANGER, port: int = 9600, tcp: bool = False, code: int = 0x0402) -> Recorded:
    """Reads, then commands."""
    said = [*LED, *(each for ask in asks for each in ((1, ask), (0, fins.answered(code))))]
    if not tcp:
        return datagrams(client, PLC_2, port, said)
    nodes = [(1, fins.tcp(b"\0\0\0\0", 0)), (0, fins.tcp(bytes(8), 1))]
    return stream(client, PLC_2, port, [*nodes, *((who, fins.tcp(each)) for who, each in said)])


FINS = {
    "a stop": (0x0402, "ffff", STOP),
    "a run": (0x0401, "ffff04", STOP),
    "a program": (0x0307, "ffff00000000001000" + "00" * 16, DOWNLOAD),
    "a program read": (0x0306, "ffff000000000010", UPLOAD),
    "memory": (0x0102, "820000000001" + "0001", WRITE),
    "a clock": (0x0702, "240101080000", CLOCK),
    "a forced bit": (0x2301, "0001000130000000", FORCED),
    "a reset": (0x0403, "", STOP),
    "nobody's command": (0x5555, "00", UNKNOWN),
}


def omron() -> list[Case]:
    """FINS over UDP and TCP."""
    stop = fins.asked(0x0402, "ffff")
    return [
        *(
            seen(
                f"FINS over {'TCP' if tcp else 'UDP'}: {name}",
                of_fins(fins.asked(code, body), tcp=tcp, code=code),
                rule,
            )
            for name, (code, body, rule) in FINS.items()
            for tcp in (False, True)
        ),
        seen("FINS: a stop that wants no answer", of_fins(fins.asked(0x0402, "ffff", icf=0x81)), STOP),
        seen(
            "FINS: a stop for another network",
            of_fins(bytes((0x80, 0, 2, 5, 9, 0, 0, 80, 0, 3)) + b"\4\2\xff\xff"),
            STOP,
        ),
        seen("FINS: a stop on 19600", of_fins(stop, port=19600), STOP),
        seen("FINS: a stop, requests only", formed(requests_only, of_fins(stop)), STOP),
        not_calm("FINS: a stop, answers only", formed(answers_only, of_fins(stop)), STOP),
        not_calm(
            "FINS: a single stop to another port",
            datagrams(STRANGER, PLC_2, 5551, [(1, stop), (0, fins.answered(0x0402))]),
            STOP,
        ),
        seen(
            "FINS: two frames in a segment",
            stream(
                STRANGER,
                PLC_2,
                9600,
                [
                    (1, fins.tcp(b"\0\0\0\0", 0)),
                    (0, fins.tcp(bytes(8), 1)),
                    (1, fins.tcp(LED[0][1]) + fins.tcp(stop)),
                    (0, fins.tcp(LED[1][1]) + fins.tcp(fins.answered(0x0402))),
                ],
            ),
            STOP,
        ),
        not_calm(
            "FINS: a stop on an odd port of an unlisted host that first greets like a mail server",
            stream(
                CELL_STRANGER,
                "10.20.1.99",
                15020,
                [
                    (0, b"220 ready\r\n"),
                    (1, fins.tcp(b"\0\0\0\0", 0)),
                    (0, fins.tcp(bytes(8), 1)),
                    *[(1, fins.tcp(LED[0][1])), (0, fins.tcp(LED[1][1]))] * 20,
                    (1, fins.tcp(stop)),
                    (0, fins.tcp(fins.answered(0x0402))),
                ],
            ),
            STOP,
        ),
        calm("FINS: SCADA reads", of_fins(client=SCADA), WRITE, STOP, DOWNLOAD, UNKNOWN),
    ]


def of_slmp(
    style: slmp.Style,
    command: int,
    data: bytes = b"",
    *,
    client: str = STRANGER,
    udp: bool = False,
    route: tuple[int, int, int] = slmp.OWN,
) -> Recorded:
    """Reads, then a command."""
    reads = [
        (1, style.asked(0x0401, 0, style.device("D", 0) + style.words(1))),
        (0, style.answered(0, style.words(1))),
    ] * 4
    said = [*reads, (1, style.asked(command, 0, data, 9, route)), (0, style.answered(0, b"", 9, route))]
    return (datagrams if udp else stream)(client, PLC_2, 5007, said)


STYLES = {"3E": slmp.BINARY, "4E": slmp.SERIAL, "3E text": slmp.TEXT, "4E text": slmp.SERIAL_TEXT}
WRITE_1E = slmp.asked_1e(3, slmp.device_1e("D", 100) + b"\1\0\x34\x12")
READ_1E = slmp.asked_1e(1, slmp.device_1e("D", 100) + b"\1\0")
STOP_1E = slmp.asked_1e(0x14)


def _thirds(data: bytes) -> list[tuple[int, bytes]]:
    return [(1, data[at : at + 3]) for at in range(0, len(data), 3)]


def mitsubishi() -> list[Case]:
    """SLMP in its frames, and 1E."""
    took, read = (0, slmp.answered_1e(3)), (0, slmp.answered_1e(1, b"\x34\x12"))
    return [
        *(seen(f"SLMP {name}: a stop", of_slmp(style, 0x1002, style.words(1)), STOP) for name, style in STYLES.items()),
        *(
            seen(
                f"SLMP {name}: a random write over UDP",
                of_slmp(style, 0x1402, style.counts(1, 0) + style.device("D", 5) + style.words(7), udp=True),
                WRITE,
            )
            for name, style in STYLES.items()
        ),
        *(
            seen(f"SLMP {name}: a password to {verb}", of_slmp(style, code, style.words(4) + b"1234"), PASSWORD)
            for name, style in STYLES.items()
            for verb, code in (("unlock", 0x1630), ("lock", 0x1631))
        ),
        *(seen(f"SLMP {name}: nobody's command", of_slmp(style, 0x7777), UNKNOWN) for name, style in STYLES.items()),
        seen("SLMP: a stop of another station", of_slmp(slmp.BINARY, 0x1002, b"\1\0", route=(1, 2, 0x03FF)), STOP),
        seen("SLMP: 1E write", stream(STRANGER, PLC_2, 5551, [*[(1, READ_1E), read] * 4, (1, WRITE_1E), took]), WRITE),
        *(
            seen(f"SLMP: 1E, {name}", stream(STRANGER, PLC_2, 5551, [*[(1, READ_1E), read] * 4, *said]), *rules)
            for name, (said, rules) in {
                "a write behind a read in one segment": ([(1, READ_1E + WRITE_1E), read, took], (WRITE,)),
                "a write behind a read": ([(1, READ_1E), (1, WRITE_1E), read, took], (WRITE,)),
                "a stop behind a write in one segment": ([(1, WRITE_1E + STOP_1E), took], (WRITE, STOP)),
                "a stop before a read": ([(1, STOP_1E), (1, READ_1E), read], (STOP,)),
                "a write in two parts, then a read": (
                    [(1, WRITE_1E[:5]), (1, WRITE_1E[5:]), (1, READ_1E), took],
                    (WRITE,),
                ),
            }.items()
        ),
        seen(
            "SLMP: 1E writes in segments of 3 bytes",
            stream(STRANGER, PLC_2, 5551, [*_thirds(WRITE_1E), took] * 3),
            WRITE,
        ),
        seen(
            "SLMP: 1E reads, then a write in segments of 3 bytes",
            stream(STRANGER, PLC_2, 5551, [*[(1, READ_1E), read] * 4, *_thirds(WRITE_1E), took]),
            WRITE,
        ),
        seen(
            "SLMP: 1E stop in segments of 3 bytes",
            stream(STRANGER, PLC_2, 5551, [*_thirds(slmp.asked_1e(0x14)), (0, slmp.answered_1e(0x14))]),
            STOP,
        ),
        calm("SLMP: SCADA reads", of_slmp(slmp.BINARY, 0x0101, client=SCADA), WRITE, STOP, UNKNOWN),
    ]


def of_srtp(*asks: tuple[bytes, bytes], client: str = STRANGER, port: int = 18245) -> Recorded:
    """A session with reads, then requests."""
    said = [(1, ge_srtp.HELLO), (0, ge_srtp.WELCOME)]
    read = ge_srtp.asked(0x04, "08 6300 0a00"), ge_srtp.acknowledged(b"\1\2" * 10)
    for n, (ask, answer) in enumerate((*[read] * 3, *asks), 1):
        said += [(1, ge_srtp.numbered(ask, n)), (0, ge_srtp.numbered(answer, n))]
    return stream(client, PLC_2, port, said)


def general_electric() -> list[Case]:
    """SRTP."""
    stop = ge_srtp.asked(0x23, "00"), ge_srtp.acknowledged(level=3)
    write = ge_srtp.asked(0x07, "08 0900 0100 1234"), ge_srtp.acknowledged(level=3)
    return [
        seen("SRTP: a stop", of_srtp(stop), STOP),
        seen("SRTP: a stop on 20245", of_srtp(stop, port=20245), STOP),
        seen("SRTP: a stop in segments of a byte", formed(in_pieces(1), of_srtp(stop)), STOP),
        seen("SRTP: a register", of_srtp(write), WRITE),
        seen(
            "SRTP: registers in a text",
            of_srtp((ge_srtp.asked_with_text(0x07, "08 6300 0a00", b"\1\2" * 10), ge_srtp.acknowledged(level=3))),
            WRITE,
        ),
        seen(
            "SRTP: a program",
            of_srtp((ge_srtp.asked_with_text(0x3F, "05 0000 6a02", bytes(618)), ge_srtp.acknowledged(level=3))),
            DOWNLOAD,
        ),
        seen(
            "SRTP: a clock", of_srtp((ge_srtp.asked(0x24, "01 00150901062602"), ge_srtp.acknowledged(level=3))), CLOCK
        ),
        seen("SRTP: nobody's service", of_srtp((ge_srtp.asked(0x77), ge_srtp.acknowledged())), UNKNOWN),
        not_calm("SRTP: a register, recorded midway", formed(midway, of_srtp(write)), WRITE),
        not_calm("SRTP: a register, answers only", formed(answers_only, of_srtp(write)), WRITE),
        seen(
            "SRTP: a register on another port, requests only",
            formed(requests_only, formed(other_port, of_srtp(write))),
            WRITE,
        ),
        calm("SRTP: SCADA reads", of_srtp(client=SCADA), WRITE, STOP, DOWNLOAD, UNKNOWN),
        seen("SRTP: a stranger in the cell stops", of_srtp(stop, client=CELL_STRANGER), STOP, "unknown-device"),
    ]


def srtp_elsewhere() -> list[Case]:
    """SRTP to a server of which nobody knows anything, on a port that says nothing."""
    writes = [ge_srtp.numbered(ge_srtp.asked(0x07, "08 0900 0100 1234"), n) for n in (1, 2)]
    took = [ge_srtp.numbered(ge_srtp.acknowledged(level=3), n) for n in (1, 2)]
    hello: Said = [(1, ge_srtp.HELLO), (0, ge_srtp.WELCOME)]
    turns: Mapping[str, Said] = {
        "behind its greeting": [*hello, (1, writes[0]), (0, took[0])],
        "in a segment with its greeting": [(1, ge_srtp.HELLO + writes[0]), (0, ge_srtp.WELCOME + took[0])],
        "in a segment with its greeting, unanswered": [(1, ge_srtp.HELLO + b"".join(writes))],
        "in one segment": [(1, b"".join(writes)), (0, b"".join(took))],
        "in one segment behind its greeting": [*hello, (1, b"".join(writes)), (0, b"".join(took))],
    }
    zeros: Said = [(1, bytes(56)), (0, bytes(56)), (1, bytes(560)), (0, bytes(224))]
    found = []
    for name, said in turns.items():
        for server in (PLC_2, NOWHERE_LISTED):
            found.append(seen(f"SRTP: a write {name}, to {server}", stream(STRANGER, server, 9999, said), WRITE))
            found.append(
                seen(
                    f"SRTP: a write {name} in a WebSocket, to {server}",
                    stream(STRANGER, server, 8080, in_websocket(said)),
                    WRITE,
                )
            )
    return [
        *found,
        unmoved("SRTP: zeros on another port", stream(STRANGER, NOWHERE_LISTED, 9999, zeros), WRITE, STOP),
        seen(
            "SRTP: zeros, then a write by Modbus",
            stream(STRANGER, NOWHERE_LISTED, 9999, [*zeros[:2], *[(1, adu(SET)), (0, adu(SET))] * 3]),
            WRITE,
        ),
    ]


def of_phoenix(*asks: bytes, client: str = STRANGER, port: int = 20547) -> Recorded:
    """Requests of ProConOS, or of the remoting of PC WORX, each with an answer."""
    mark = {0xCC: b"\xcc\0", 1: b"\1\0\3\0"}
    return stream(client, PLC_2, port, [one for ask in asks for one in ((1, ask), (0, mark[ask[0]] + bytes(20)))])


def phoenix() -> list[Case]:
    """ProConOS, and the remoting of PC WORX."""
    found = []
    reads_state, remote = (
        [proconos.INFORMATION, *[proconos.STATE] * 4],
        [*pcworx_remoting.OPENING, pcworx_remoting.READ],
    )
    for name, begins, port, stop, start in (
        ("ProConOS", reads_state, 20547, proconos.STOP, proconos.START),
        ("PC WORX remoting", remote, 41100, pcworx_remoting.STOP, pcworx_remoting.START),
    ):
        stopped = of_phoenix(*begins, stop, port=port)
        found += [
            seen(f"{name}: stopped", stopped, STOP),
            seen(f"{name}: started", of_phoenix(*begins, start, port=port), STOP),
            seen(f"{name}: stopped on another port", of_phoenix(*begins, stop, port=7000), STOP),
            seen(f"{name}: stopped, and nothing else, on another port", of_phoenix(stop, port=7000), STOP),
            seen(
                f"{name}: stopped behind a read in a segment", of_phoenix(*begins, begins[-1] + stop, port=port), STOP
            ),
            seen(f"{name}: stopped, requests only", formed(requests_only, stopped), STOP),
            seen(f"{name}: stopped, recorded from the middle", formed(midway, stopped), STOP),
            not_calm(f"{name}: stopped, answers only", formed(answers_only, stopped), STOP, WRITE, DOWNLOAD),
            not_calm(f"{name}: stopped in segments of 3 bytes", formed(in_pieces(3), stopped), STOP),
            not_calm(
                f"{name}: stopped in segments of 3 bytes on another port",
                formed(in_pieces(3), of_phoenix(*begins, stop, port=7000)),
                STOP,
            ),
            not_calm(f"{name}: stopped, cut after 60 bytes", formed(cut_short(60), stopped), STOP),
            calm(f"{name}: SCADA reads", of_phoenix(*begins, client=SCADA, port=port), STOP, WRITE, DOWNLOAD),
        ]
    return found


FOX_LIVES = fox.frame("k", -1, -1, "fox keepalive")
DELTAV_BEGINS: Said = [
    (1, deltav.packet(3, 1, 1, bytes(8), state=0x44)),
    (0, deltav.packet(4, 1, 11, bytes(8), state=0x44)),
]
FEW_KNOWN: dict[str, tuple[int, Said]] = {
    "PC WORX": (
        1962,
        [(1, pcworx.OPEN), (0, b"\x81\1\0\x14" + bytes(16)), (1, pcworx.READ), (0, pcworx.information())],
    ),
    "Crimson": (789, [(1, crimson.frame(0x12A, 0x1A00)), (0, crimson.frame(0x12A, 0x0300, b"G310C2\0"))] * 3),
    "Fox": (
        1911,
        [(1, fox.hello(1, **fox.OFFERED)), (0, fox.hello(0, **fox.ANSWERED)), (1, FOX_LIVES)],
    ),
}


def few_known() -> list[Case]:
    """Protocols of which few functions are known: what was not recorded may be any command."""
    found = []
    for name, (port, said) in FEW_KNOWN.items():
        whole = stream(STRANGER, PLC_2, port, said)
        found += [
            not_calm(f"{name}: answers only", formed(answers_only, whole), STOP, WRITE, DOWNLOAD),
            calm(f"{name}: nothing but its opening", whole, STOP, WRITE, DOWNLOAD),
        ]
    opening = FEW_KNOWN["Fox"][1]
    asks, tells = fox.frame("s", 9, 1, "station set", b"x=s:1"), fox.frame("a", 9, -1, "station set", b"x=s:1")
    for name, said in {
        "a request": [(1, asks)],
        "a request that wants no reply": [(1, tells)],
        "a request behind a keep-alive in a segment": [(1, FOX_LIVES + asks)],
        "a request in pieces": [(1, FOX_LIVES + asks[:5]), (1, asks[5:])],
    }.items():
        found.append(not_calm(f"Fox: {name}", stream(STRANGER, PLC_2, 1911, [*opening, *said]), STOP, WRITE, DOWNLOAD))
    for name, kind in (("payload", 2), ("message", 9)):
        unknown = (1, deltav.packet(kind, 2, 1, deltav.payload(0x0A77, rest=bytes(4))))
        talk = datagrams(STRANGER, PLC_2, 18507, [*DELTAV_BEGINS, unknown, (0, deltav.packet(2, 2, 11))])
        found.append(seen(f"DeltaV: a {name} that nobody knows", talk, UNKNOWN))
        found.append(not_calm(f"DeltaV: a {name} that may be a command", talk, STOP, WRITE, DOWNLOAD))
    return found


def cases() -> list[Case]:
    """All."""
    return [
        *few_known(),
        *srtp_elsewhere(),
        *siemens(),
        *beckhoff(),
        *omron(),
        *mitsubishi(),
        *general_electric(),
        *phoenix(),
    ]
