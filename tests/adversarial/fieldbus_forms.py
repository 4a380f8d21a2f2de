"""EtherCAT, PROFINET and CIP with its implicit messages: who else writes, resets and connects on the wire."""

from __future__ import annotations

import struct
from uuid import UUID

from fixtures.record import powerlink_v1 as powerlink_1
from fixtures.record.cip_io import io
from fixtures.record.ethercat import APWR, BRD, BWR, COE, FOE, FPRD, FPWR, LRW, datagram, frame, mail, sdo
from fixtures.record.profinet import GET_SET, IDENTIFY, block
from fixtures.record.profinet_io import (
    CONNECT,
    READ,
    Pdu,
    ar_request,
    ar_response,
    ar_server,
    arguments,
    control,
    im0,
    iocr_request,
    record,
)
from fixtures.record.profinet_io import WRITE as WRITE_RECORD
from fixtures.record.wire import udp_datagram
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    CLOCK,
    CONDUIT,
    CONFIGURE,
    DOWNLOAD,
    ENGINEER,
    PANEL,
    PLC_1,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    UNKNOWN,
    WRITE,
    datagrams,
    formed,
    framed,
    stream,
    wired,
)
from tests.twins import ANY_LAYER, IP_ONLY, in_fragments, in_pieces, other_port, requests_only

TUNNELLED = "layer2-protocol-tunnelled"
OUTSIDER, PLC, HMI = bytes.fromhex("02000a0a0042"), bytes.fromhex("02000a14010b"), bytes.fromhex("02000a14011e")
MASTER = bytes.fromhex("000105112233")  # of an EtherCAT ring, and nobody the plant knows
EVERYBODY, IDENTIFIED = b"\xff" * 6, bytes.fromhex("010ecf000000")
ETHERCAT, PROFINET = 0x88A4, 0x8892


def ethernet(kind: int, body: bytes, source: bytes = OUTSIDER, target: bytes = EVERYBODY, tag: bytes = b"") -> bytes:
    """A frame."""
    return (target + source + tag + kind.to_bytes(2, "big") + body).ljust(60, b"\0")


def on_the_bus(*parts: tuple[bytes, bytes], source: bytes = MASTER) -> Recorded:
    """What a master sends, and how it comes back."""
    returned = bytes((source[0] | 2, *source[1:]))
    frames = []
    for n, (sent, back) in enumerate(parts * 3):
        frames += [(200 + n, ethernet(ETHERCAT, sent, source)), (200.001 + n, ethernet(ETHERCAT, back, returned))]
    return framed(*frames)


def told(offset: int, data: bytes, command: int = FPWR) -> tuple[bytes, bytes]:
    """A register of a station written."""
    return frame(datagram(command, 1001, offset, data)), frame(datagram(command, 1001, offset, data, 1))


def mailed(protocol: int, body: bytes) -> tuple[bytes, bytes]:
    """A message to a station's mailbox."""
    return told(0x1000, mail(protocol, body))


READ_STATES = frame(datagram(BRD, 0, 0x130, bytes(2))), frame(datagram(BRD, 2, 0x130, b"\x08\0", 2))
CYCLE = frame(datagram(LRW, 0, 1, bytes(8))), frame(datagram(LRW, 0, 1, b"\1" * 8, 3))


def ethercat() -> list[Case]:
    """On the segment, in UDP, in a mailbox, behind other datagrams."""
    init = told(0x120, b"\1\0")
    firmware = mailed(FOE, struct.pack("<BBI", 2, 0, 0) + b"press.efw")
    hidden = frame(
        datagram(BRD, 0, 0x130, bytes(2)), datagram(LRW, 0, 1, bytes(8)), datagram(FPWR, 1001, 0x120, b"\1\0")
    )
    hidden_back = frame(
        datagram(BRD, 1, 0x130, b"\x08\0", 1), datagram(LRW, 0, 1, bytes(8), 3), datagram(FPWR, 1001, 0x120, b"\1\0", 1)
    )
    return [
        seen("EtherCAT: a slave set to Init", on_the_bus(READ_STATES, init), STOP),
        seen("EtherCAT: every slave set to Init", on_the_bus(told(0x120, b"\1\0", BWR)), STOP),
        seen("EtherCAT: a slave set to Init by its place", on_the_bus(told(0x120, b"\1\0", APWR)), STOP),
        seen("EtherCAT: set to Init behind two datagrams", on_the_bus((hidden, hidden_back)), STOP),
        seen("EtherCAT: a reset", on_the_bus(told(0x40, b"R"), told(0x40, b"E"), told(0x40, b"S")), STOP),
        seen("EtherCAT: firmware by FoE", on_the_bus(firmware), DOWNLOAD),
        seen("EtherCAT: firmware by FoE, tagged", formed(ANY_LAYER["in a VLAN"], on_the_bus(firmware)), DOWNLOAD),
        seen(
            "EtherCAT: an object written by CoE", on_the_bus(mailed(COE, sdo(2, 0x2B, 0x6040, 0, b"\x0f\0\0\0"))), WRITE
        ),
        not_calm("EtherCAT: the EEPROM written", on_the_bus(told(0x502, struct.pack("<HI", 0x0201, 8))), CONFIGURE),
        seen(
            "EtherCAT in UDP to the cell from the office",
            datagrams(STRANGER, PLC_2, 0x88A4, [(1, init[0]), (0, init[1])] * 3),
            CONDUIT,
            TUNNELLED,
        ),
        not_calm(
            "EtherCAT in UDP sets to Init", datagrams(STRANGER, PLC_2, 0x88A4, [(1, init[0]), (0, init[1])] * 3), STOP
        ),
        seen("EtherCAT in VXLAN", formed(ANY_LAYER["in VXLAN"], on_the_bus(init)), TUNNELLED),
        not_calm(
            "EtherCAT sent alone", framed(*((200.0 + n, ethernet(ETHERCAT, init[0], MASTER)) for n in range(3))), STOP
        ),
        not_calm(
            "EtherCAT cut after 20 bytes", lambda: [(s, f, data[:20], w) for s, f, data, w in on_the_bus(init)()], STOP
        ),
        calm("EtherCAT: states are read", on_the_bus(READ_STATES), STOP, DOWNLOAD, CONFIGURE, TUNNELLED),
        unmoved(
            "EtherCAT: cycles of a PLC as master",
            on_the_bus(CYCLE, READ_STATES, source=PLC),
            STOP,
            DOWNLOAD,
            CONFIGURE,
            TUNNELLED,
        ),
        unmoved(
            "EtherCAT: an object read by CoE",
            on_the_bus(
                mailed(COE, sdo(2, 0x40, 0x1008, 0)),
                (
                    frame(datagram(FPRD, 1001, 0x1080, bytes(64))),
                    frame(datagram(FPRD, 1001, 0x1080, mail(COE, sdo(3, 0x43, 0x1008, 0, b"EK11")), 1)),
                ),
            ),
            STOP,
            DOWNLOAD,
            CONFIGURE,
        ),
    ]


def dcp(
    service: int,
    blocks: bytes,
    *,
    target: bytes = PLC,
    frame_id: int = GET_SET,
    source: bytes = OUTSIDER,
    kind: int = 0,
) -> bytes:
    """A DCP PDU in a frame."""
    return ethernet(
        PROFINET, struct.pack(">HBBIHH", frame_id, service, kind, 7, 0, len(blocks)) + blocks, source, target
    )


def asked_by(client: str, operation: int, asked: bytes, said: bytes) -> Recorded:
    """A call of a PROFINET device, answered."""
    activity = UUID(int=0x5566)
    asks = Pdu(0, operation, arguments(asked), activity=activity)
    takes = Pdu(2, operation, arguments(said, little=False, status=0), activity=activity, little=False)
    return datagrams(client, PLC_1, 34964, [(1, asks.raw()), (0, takes.raw())])


def profinet() -> list[Case]:
    """Names, addresses, records, connections."""
    name, address = block(2, 2, b"evil", 1), block(1, 2, bytes((10, 20, 1, 99, 255, 255, 255, 0, 0, 0, 0, 0)), 1)
    asked = record(0x0008, 1, 1, 0x0001, 5) + b"\1\2\3\4\5"
    written = asked_by(STRANGER, WRITE_RECORD, asked, record(0x8008, 1, 1, 0x0001, 5, 0))
    joined = ar_request("evil") + iocr_request(1, 44, 0x8001) + iocr_request(2, 40, 0xFFFF)
    connected = asked_by(CELL_STRANGER, CONNECT, joined, ar_response() + ar_server("plc-1"))
    ended = asked_by(CELL_STRANGER, 4, control(0x0110, 1), control(0x8110, 8))
    cycle = [struct.pack(">H", 0x8001) + bytes(40) + struct.pack(">HBB", n * 32 & 0xFFFF, 0x35, 0) for n in range(60)]
    cyclic = framed(*((200.0 + n / 50, ethernet(PROFINET, data, HMI, PLC)) for n, data in enumerate(cycle)))
    read = asked_by(
        ENGINEER,
        READ,
        record(0x0009, 0, 1, 0xAFF0, 4096),
        record(0x8009, 0, 1, 0xAFF0, 54) + im0("6ES7", "S1", 2, ("V", 2, 9, 4)),
    )
    return [
        seen("DCP: a name set", framed((200, dcp(4, name))), CONFIGURE),
        seen("DCP: an address set", framed((200, dcp(4, address))), CONFIGURE),
        seen(
            "DCP: a name set behind a flashing light", framed((200, dcp(4, block(5, 3, b"\1\0", 0) + name))), CONFIGURE
        ),
        not_calm("DCP: a name set for everybody", framed((200, dcp(4, name, target=IDENTIFIED))), CONFIGURE),
        seen("DCP: set to what it was made with", framed((200, dcp(4, block(5, 6, b"", 4)))), STOP),
        seen(
            "DCP: in three tags",
            formed(ANY_LAYER["in a VLAN"], formed(ANY_LAYER["in two VLAN tags"], framed((200, dcp(4, name))))),
            CONFIGURE,
        ),
        seen("DCP in GRE", formed(IP_ONLY["in Ethernet over GRE"], framed((200, dcp(4, name)))), TUNNELLED, CONFIGURE),
        calm(
            "DCP: the panel looks who is there",
            framed(
                *(
                    (200.0 + n, dcp(5, block(255, 255), target=IDENTIFIED, frame_id=IDENTIFY, source=HMI))
                    for n in range(3)
                )
            ),
            CONFIGURE,
            TUNNELLED,
        ),
        calm("DCP: the panel reads a name", framed((200, dcp(3, b"\2\2", source=HMI))), CONFIGURE),
        seen("PROFINET: a record written from the office", written, WRITE, CONDUIT),
        seen("PROFINET: a record written on another port", formed(other_port, written), WRITE),
        seen("PROFINET: a record written, requests only", formed(requests_only, written), WRITE),
        seen("PROFINET: a record written in IP fragments", formed(in_fragments(24), written), WRITE),
        seen(
            "PROFINET: a record written, most significant byte first",
            datagrams(
                STRANGER, PLC_1, 34964, [(1, Pdu(0, WRITE_RECORD, arguments(asked, little=False), little=False).raw())]
            ),
            WRITE,
        ),
        seen("PROFINET: a stranger connects as controller", connected, "unknown-device"),
        seen("PROFINET: parameters ended by a stranger", ended, "unknown-device"),
        calm("PROFINET: engineering reads a record", read, CONFIGURE, WRITE, STOP),
        seen(
            "PROFINET: cyclic data in VXLAN",
            formed(
                ANY_LAYER["in VXLAN"],
                cyclic,
            ),
            TUNNELLED,
        ),
        calm(
            "PROFINET: cyclic data",
            cyclic,
            CONFIGURE,
            TUNNELLED,
            STOP,
        ),
    ]


SESSION = 0x11223344


def enip(command: int, body: bytes, session: int = SESSION) -> bytes:
    """An encapsulated message."""
    return struct.pack("<HHII8xI", command, len(body), session, 0, 0) + body


def unconnected(cip: bytes) -> bytes:
    """Send RR Data."""
    return enip(0x6F, struct.pack("<IHHHHHH", 0, 10, 2, 0, 0, 0xB2, len(cip)) + cip)


def ask(service: int, path: bytes, data: bytes = b"") -> bytes:
    """A request."""
    return bytes((service, len(path) // 2)) + path + data


def answer(service: int, data: bytes = b"", status: int = 0) -> bytes:
    """A response."""
    return bytes((service | 0x80, 0, status, 0)) + data


IDENTITY = ask(0x0E, b"\x20\1\x24\1\x30\7")


def opened(
    connection: int = 0x20000002,
    *,
    parameters: int = 0x4302,
    path: bytes = b"\x20\4\x24\x66\x2c\x65\x2c\x64",
    service: int = 0x54,
    to: bytes = b"\x20\6\x24\1",
) -> bytes:
    """A Forward Open of a connection for implicit messages."""
    layout = "<IIII" if service == 0x5B else "<IHIH"
    sizes = struct.pack(layout, 10_000, parameters | 8, 10_000, parameters | 8)
    head = b"\5\x9d" + struct.pack("<IIHHI", connection, 0x80FE0001, 3, 0x4D, 99) + bytes(4)
    return ask(service, to, head + sizes + bytes((1, len(path) // 2)) + path)


def spoken(*requests: bytes, client: str = CELL_STRANGER) -> Recorded:
    """A session with reads before and behind."""
    said = [(1, enip(0x65, b"\1\0\0\0", 0)), (0, enip(0x65, b"\1\0\0\0"))]
    for request in (*[IDENTITY] * 3, *requests, IDENTITY):
        said += [
            (1, unconnected(request)),
            (0, unconnected(answer(request[0], b"\4PLC1" if request == IDENTITY else b""))),
        ]
    return stream(client, PLC_2, 44818, said)


def cycles(client: str, port: int = 2222, count: int = 40) -> Recorded:
    """Outputs to a device and its inputs."""

    def play(wire: object) -> None:
        for n in range(1, count):
            for source, target, body in (
                (client, PLC_2, io(0x20000002, n, struct.pack("<IHH", 1, n, n))),
                (PLC_2, client, io(0x80FE0001, n, struct.pack("<IH", 1, n))),
            ):
                wire.ip(source, target, 17, udp_datagram((source, port), (target, port), body))  # type: ignore[attr-defined]

    return wired(play)


def cip() -> list[Case]:
    """Explicit and implicit messages."""
    reset = ask(5, b"\x20\1\x24\1", b"\0")
    several = ask(0x0A, b"\x20\2\x24\1", struct.pack("<HHH", 2, 6, 6 + len(IDENTITY)) + IDENTITY + reset)
    return [
        seen("CIP: a reset", spoken(reset), STOP),
        seen("CIP: a reset in segments of a byte", formed(in_pieces(1), spoken(reset)), STOP),
        seen("CIP: a reset among several services", spoken(several), STOP),
        seen(
            "CIP: a reset by the path of 16 bits behind a key",
            spoken(ask(5, b"\x34\4" + bytes(8) + b"\x21\0\1\0\x24\1", b"\0")),
            STOP,
        ),
        seen("CIP: a tag written", spoken(ask(0x4D, b"\x91\5Motor\0", b"\xc1\0\1\0\1")), WRITE),
        seen("CIP: an assembly written", spoken(ask(0x10, b"\x20\4\x24\x65\x30\3", bytes(8))), WRITE),
        seen(
            "CIP: a stranger opens a connection that owns the outputs",
            spoken(opened()),
            "unknown-device",
            "command-from-unsuited-device",
        ),
        seen(
            "CIP: a stranger opens a large one",
            spoken(opened(parameters=0x42000000, service=0x5B)),
            "unknown-device",
            "command-from-unsuited-device",
        ),
        seen(
            "CIP: a stranger opens a connection by a path of 16 bits",
            spoken(opened(to=b"\x21\0\6\0\x25\0\1\0")),
            "command-from-unsuited-device",
        ),
        not_calm(
            "CIP: a stranger opens a connection by a path behind a key",
            spoken(opened(to=b"\x34\4" + bytes(8) + b"\x20\6\x24\1")),
            "command-from-unsuited-device",
        ),
        seen(
            "CIP: a stranger opens a connection to listen",
            spoken(opened(path=b"\x20\4\x24\x66\x2c\xc0\x2c\x64")),
            "unknown-device",
        ),
        seen("CIP: outputs of a stranger in a connection opened before", cycles(CELL_STRANGER), "unknown-device"),
        seen("CIP: the same on another port", cycles(CELL_STRANGER, 3333), "unknown-device"),
        seen("CIP: outputs from the office", cycles(STRANGER), CONDUIT),
        seen(
            "CIP: outputs of a stranger behind its Forward Open",
            lambda: [*spoken(opened())(), *((s + 9, f, d, w) for s, f, d, w in cycles(CELL_STRANGER)())],
            "unknown-device",
            "command-from-unsuited-device",
        ),
        unmoved("CIP: the panel's outputs, as it may", cycles(PANEL), WRITE, STOP),
        calm("CIP: SCADA reads what the device is", spoken(client=SCADA), WRITE, STOP, DOWNLOAD, CONFIGURE),
        unmoved(
            "CIP: the panel opens and closes a connection",
            spoken(
                opened(),
                ask(
                    0x4E,
                    b"\x20\6\x24\1",
                    b"\5\x9d" + struct.pack("<HHI", 3, 0x4D, 99) + b"\4\0\x20\4\x24\x66\x2c\x65\x2c\x64",
                ),
                client=PANEL,
            ),
            WRITE,
            STOP,
        ),
    ]


EPL_V1 = 0x3E3F


def epl(*said: bytes, source: bytes = OUTSIDER) -> Recorded:
    """Frames of POWERLINK version 1, again and again."""
    return framed(*((200.0 + n, ethernet(EPL_V1, frame_, source)) for n, frame_ in enumerate(said * 4)))


def powerlink_v1() -> list[Case]:
    """Net commands of nobody who is known, and cycles that command nothing."""
    command = (powerlink_1.cycle(1, 1), powerlink_1.cycle(1, 2, 1))
    cycles = (
        powerlink_1.cycle(1, 1),
        powerlink_1.poll(3, 1, 240, bytes(8)),
        powerlink_1.poll(4, 255, 1, bytes(8)),
        powerlink_1.invite(1, 255),
        powerlink_1.acyclic(1, 255, bytes(20), 240),
        powerlink_1.cycle(2, 1),
    )
    return [
        seen("POWERLINK 1: a net command", epl(*command), UNKNOWN),
        seen("POWERLINK 1: a net command at the end of the cycle", epl(powerlink_1.cycle(2, 1, 1)), UNKNOWN),
        seen("POWERLINK 1: a net command, tagged", formed(ANY_LAYER["in a VLAN"], epl(*command)), UNKNOWN),
        seen("POWERLINK 1: a channel that nobody knows", epl(powerlink_1.acyclic(1, 7, bytes(8))), UNKNOWN),
        seen("POWERLINK 1 in VXLAN", formed(ANY_LAYER["in VXLAN"], epl(*cycles)), TUNNELLED),
        unmoved("POWERLINK 1: cycles of a PLC", epl(*cycles, source=PLC), STOP, WRITE, CONFIGURE, CLOCK, UNKNOWN),
    ]


def cases() -> list[Case]:
    """All."""
    return [*ethercat(), *profinet(), *cip(), *powerlink_v1()]
