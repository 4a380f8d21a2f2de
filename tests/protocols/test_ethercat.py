"""EtherCAT: what datagrams ask, how the ring answers, what mailboxes carry, what is no EtherCAT."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from fixtures.record.ethercat import (
    ALL,
    AOE,
    BRD,
    BWR,
    COE,
    FOE,
    FPRD,
    FPWR,
    FRMW,
    LRW,
    MASTER,
    NOP,
    SOE,
    datagram,
    frame,
    mail,
    sdo,
)
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.framing.language import Role
from scanner.protocols import cases, framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.ethercat.ethercat import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows

FOLDER = CAPTURES / "ethercat"
RING = ALL


def rows(raw: bytes, source: str = MASTER, transport: str = "ethernet") -> list:
    """What the master sends; or what the ring answers, whose source is the target of what was sent."""
    message = Message(raw, len(raw), source != RING if source else None, transport, 34980, source)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def one(raw: bytes, source: str = MASTER) -> Operation:
    (row,) = rows(raw, source)
    return row


def capture(name: str) -> tuple:
    result = read_capture(FOLDER / name, name, framing_plan())
    return result, understand(result, protocols())


@pytest.mark.parametrize(
    ("command", "offset", "data", "verb", "touched", "detail"),
    [
        (FPWR, 0x120, b"\x08\0", Verb.MODE_CHANGE, "AL control (0x0120)", "OP"),
        (BWR, 0x120, b"\x11", Verb.MODE_CHANGE, "AL control (0x0120)", "INIT, error acknowledge"),
        (FPWR, 0x120, b"\x03\0", Verb.MODE_CHANGE, "AL control (0x0120)", "BOOT"),
        (FPRD, 0x130, bytes(6), Verb.DIAGNOSE, "AL status (0x0130)", ""),
        (FPWR, 0x40, b"R", Verb.RESTART, "ESC reset (0x0040)", ""),
        (FPWR, 0x10, b"\1\0", Verb.CONFIGURE, "configured station address (0x0010)", ""),
        (FPRD, 0x0, b"\0\0", Verb.IDENTIFY, "ESC information (0x0000)", ""),
        (
            FPWR,
            0x502,
            struct.pack("<HI", 0x100, 8),
            Verb.READ,
            "SII EEPROM interface (0x0502)",
            "SII EEPROM read word 0x0008 (vendor ID)",
        ),
        (
            FPWR,
            0x502,
            struct.pack("<HI", 0x201, 4),
            Verb.CONFIGURE,
            "SII EEPROM interface (0x0502)",
            "SII EEPROM write word 0x0004 (station alias)",
        ),
        (FPWR, 0x500, b"\0", Verb.CONFIGURE, "SII EEPROM interface (0x0500)", ""),
        (FPWR, 0x620, bytes(16), Verb.CONFIGURE, "FMMU 2 (0x0620)", ""),
        (BWR, 0x800, bytes(32), Verb.CONFIGURE, "SyncManager 0-3 (0x0800)", ""),
        (FPRD, 0x300, bytes(8), Verb.DIAGNOSE, "error counters (0x0300)", ""),
        (FRMW, 0x910, bytes(8), Verb.TIME_SYNC, "distributed clock (0x0910)", ""),
        (FPWR, 0xF00, bytes(4), Verb.OPERATE, "digital outputs (0x0F00)", ""),
        (FPWR, 0x1100, bytes(4), Verb.WRITE, "memory 0x1100 x 4", ""),
        (FPRD, 0x1180, bytes(4), Verb.READ, "memory 0x1180 x 4", ""),
        (FPWR, 0x0EE, bytes(2), Verb.CONFIGURE, "register (0x00EE)", ""),
    ],
)
def test_what_a_master_asks(command, offset, data, verb, touched, detail):  # noqa: PLR0917 - one column each
    operation = one(frame(datagram(command, 1001, offset, data)))
    assert (operation.kind, operation.verb) == (Kind.REQUEST, verb)
    assert (operation.object, operation.detail, operation.code) == (touched, detail, str(command))
    assert operation.unit == ("all stations" if command == BWR else "station 1001")
    assert operation.filter == f"ecat.cmd == 0x{command:02x} && ecat.ado == 0x{offset:04x}"


@pytest.mark.parametrize(("command", "verb"), [(10, Verb.READ), (11, Verb.WRITE), (12, Verb.WRITE)])
def test_process_data(command, verb):
    operation = one(frame(datagram(command, 0x10, 0x0100, bytes(6))))
    assert (operation.verb, operation.unit, operation.object) == (verb, "", "logical 0x01000010 x 6")
    assert operation.detail == "process data"
    assert operation.filter == f"ecat.cmd == 0x{command:02x} && ecat.lad == 0x01000010"


def test_a_position_is_known_before_the_ring_only():
    assert one(frame(datagram(1, -3, 0x110, bytes(2)))).unit == "position 3"
    assert one(frame(datagram(1, 2, 0x110, bytes(2), 1)), RING).unit == "station by position"


@pytest.mark.parametrize(
    ("counter", "source", "kind"),
    [
        (0, MASTER, Kind.REQUEST),
        (1, MASTER, Kind.RESPONSE),
        (1, RING, Kind.RESPONSE),
        (0, RING, Kind.REFUSAL),
        (0, "", Kind.REQUEST),
    ],
)
def test_counter_and_side_tell_what_has_been_through_the_ring(counter, source, kind):
    operation = one(frame(datagram(FPWR, 1001, 0x120, b"\x08\0", counter)), source)
    assert operation.kind is kind
    assert operation.refusal == ("working counter 0: no slave did it" if kind is Kind.REFUSAL else "")


def test_one_datagram_that_nobody_did_is_refused_by_itself():
    found = rows(frame(datagram(BRD, 2, 0x130, b"\x08\0", 2), datagram(LRW, 0, 1, bytes(4))), MASTER)
    assert [row.kind for row in found] == [Kind.RESPONSE, Kind.REFUSAL]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"\x08\0", "OP"),
        (struct.pack("<HHH", 0x14, 0, 0x001B), "SAFEOP, error 0x001B Sync manager watchdog"),
        (struct.pack("<HHH", 0x11, 0, 0x8123), "INIT, error 0x8123"),
        (b"\x12\0", "PREOP, error"),
        (b"\x0a\0", "PREOP+OP"),
    ],
)
def test_state_that_is_read(data, detail):
    assert one(frame(datagram(FPRD, 1001, 0x130, data, 1)), RING).detail == detail


@pytest.mark.parametrize("station", [1001, 1002])
def test_sdo_of_a_station(station):
    request = frame(datagram(FPWR, station, 0x1000, mail(COE, sdo(2, 0x40, 0x1018, 1))))
    operation = one(request)
    assert (operation.kind, operation.verb) == (Kind.REQUEST, Verb.IDENTIFY)
    assert (operation.unit, operation.object) == (f"station {station}", "0x1018:1 identity object, vendor ID")
    assert operation.filter == "ecat_mailbox.coe.type == 2 && ecat_mailbox.coe.sdoidx == 0x1018"
    back = frame(datagram(FPWR, station, 0x1000, mail(COE, sdo(2, 0x40, 0x1018, 1)), 1))
    assert one(back, RING).kind is Kind.NOTICE
    lost = frame(datagram(FPWR, station, 0x1000, mail(COE, sdo(2, 0x40, 0x1018, 1)), 0))
    assert one(lost, RING).kind is Kind.REFUSAL


def answered(body: bytes, protocol: int = COE) -> list:
    return rows(frame(datagram(FPRD, 1001, 0x1080, mail(protocol, body), 1)), RING)


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        (sdo(3, 0x41, 0x1008, 0, struct.pack("<I", 6) + b"EL7201"), "model", "EL7201"),
        (sdo(3, 0x4B, 0x1009, 0, b"02\0\0"), "hardware_revision", "02"),
        (sdo(3, 0x43, 0x100A, 0, b"1.04"), "firmware", "1.04"),
        (sdo(3, 0x43, 0x1018, 1, struct.pack("<I", 2)), "vendor", "Beckhoff"),
        (sdo(3, 0x43, 0x1018, 1, struct.pack("<I", 0xABCD)), "vendor", "ETG vendor 0x0000ABCD"),
        (sdo(3, 0x43, 0x1018, 2, struct.pack("<I", 0x123)), "order_number", "product code 0x00000123"),
        (sdo(3, 0x43, 0x1018, 4, struct.pack("<I", 77)), "serial", "77"),
    ],
)
def test_identity(body, field, value):
    operation, identity = answered(body)
    assert (operation.kind, operation.verb) == (Kind.RESPONSE, Verb.IDENTIFY)
    assert identity == Identity(field, value)
    assert value in operation.detail


@pytest.mark.parametrize(
    "body",
    [
        sdo(3, 0x43, 0x1018, 4, bytes(4)),  # no serial number
        sdo(3, 0x41, 0x1008, 0, struct.pack("<I", 4) + b"\1\2\3\4"),  # no text
        sdo(3, 0x43, 0x6041, 0, b"\x37\2\0\0"),  # a value of the process
    ],
)
def test_what_identifies_nothing(body):
    (operation,) = answered(body)
    assert operation.detail == ""


@pytest.mark.parametrize("service", [2, 3])
def test_a_refused_sdo(service):
    (operation,) = answered(sdo(service, 0x80, 0x6060, 0, struct.pack("<I", 0x06090011)))
    assert (operation.kind, operation.function) == (Kind.REFUSAL, "Abort SDO Transfer")
    assert (operation.object, operation.refusal) == (
        "0x6060:0 modes of operation",
        "Subindex does not exist (0x06090011)",
    )


@pytest.mark.parametrize(
    ("body", "verb", "name"),
    [
        (struct.pack("<BBI", 2, 0, 0) + b"EL7201.efw", Verb.FIRMWARE_UPDATE, "EL7201.efw"),
        (struct.pack("<BBI", 2, 0, 0) + b"recipe.xml\0\0", Verb.FILE_WRITE, "recipe.xml"),
        (struct.pack("<BBI", 1, 0, 0) + b"log.txt", Verb.FILE_READ, "log.txt"),
        (struct.pack("<BBI", 3, 0, 1) + b"secret", Verb.FILE_WRITE, ""),
        (struct.pack("<BBI", 4, 0, 1), Verb.FILE_READ, ""),
    ],
)
def test_files(body, verb, name):
    operation = one(frame(datagram(FPWR, 1001, 0x1000, mail(FOE, body))))
    assert (operation.verb, operation.object) == (verb, name)


def test_the_password_of_a_file_is_said_to_be_there_and_not_shown():
    body = struct.pack("<BBI", 2, 0, 0x31323334) + b"a.bin"
    operation = one(frame(datagram(FPWR, 1001, 0x1000, mail(FOE, body))))
    assert operation.detail == "with a password"
    assert "0x3132" not in repr(operation)
    assert "4321" not in repr(operation)


def test_refusals_of_mailbox_protocols():
    (foe,) = answered(struct.pack("<BBI", 5, 0, 0x8002) + b"no", FOE)
    assert (foe.kind, foe.refusal) == (Kind.REFUSAL, "Access denied (0x8002)")
    (soe,) = answered(struct.pack("<BBHH", 0x14, 0x40, 32, 0x7009), SOE)
    assert (soe.kind, soe.object) == (Kind.REFUSAL, "S-0-0032 primary operation mode")
    assert soe.refusal == "Operation data is write-protected by a password (0x7009)"
    (error,) = answered(struct.pack("<HH", 1, 2), 0)
    assert (error.kind, error.refusal) == (Kind.REFUSAL, "Mailbox protocol not supported (2)")


def test_memory_that_only_looks_a_little_like_a_mailbox():
    for data in (
        mail(COE, bytes(2), counter=8),  # reserved bit
        mail(6, sdo(2, 0x40, 0x1018, 1)),  # no such protocol
        struct.pack("<HHBB", 500, 0, 0, 0x13) + bytes(58),  # longer than the memory
    ):
        assert one(frame(datagram(FPWR, 1001, 0x1000, data))).object == "memory 0x1000 x 64"


def test_process_data_make_no_other_message():
    def cycle(number: int) -> bytes:
        clock, data = struct.pack("<Q", number), struct.pack("<30H", *range(number, number + 30))
        return frame(
            datagram(FRMW, 1001, 0x910, clock, 2), datagram(LRW, 0, 1, data, 3), datagram(BRD, 2, 0x130, b"\x08\0", 2)
        )

    first = key("ethercat", cycle(1))
    assert all(key("ethercat", cycle(n)) == first for n in range(2, 60))
    alone = [key("ethercat", frame(datagram(LRW, 0, 1, bytes((n,)) * 60, 3))) for n in range(20)]
    assert len(set(alone)) == 1
    assert key("ethercat", frame(datagram(LRW, 0, 1, bytes(60), 0))) != alone[0]
    short = [key("ethercat", frame(datagram(LRW, 0, 1, bytes((n,)) * 4, 3)) + bytes(20)) for n in range(20)]
    assert len(set(short)) == 1


def test_what_makes_another_message():
    distinct = [
        frame(datagram(FPWR, 1001, 0x120, b"\x08\0")),
        frame(datagram(FPWR, 1001, 0x120, b"\x01\0")),
        frame(datagram(FPWR, 1001, 0x120, b"\x01\0", 1)),
        frame(datagram(FPWR, 1002, 0x120, b"\x01\0")),
        frame(
            datagram(FPWR, 1001, 0x120, b"\1\0"),
            datagram(FPWR, 1002, 0x120, b"\1\0"),
            datagram(FPWR, 1003, 0x120, b"\1\0"),
        ),
        frame(
            datagram(FPWR, 1001, 0x120, b"\1\0"),
            datagram(FPWR, 1002, 0x120, b"\1\0"),
            datagram(FPWR, 1003, 0x120, b"\3\0"),
        ),
        frame(datagram(LRW, 0, 1, bytes(8)), datagram(FPWR, 1001, 0x0120, b"\1\0")),
        frame(datagram(LRW, 0, 1, bytes(8)), datagram(FPWR, 1001, 0x0010, b"\1\0")),
        frame(datagram(FPWR, 1001, 0x1000, mail(COE, sdo(2, 0x2F, 0x6060, 0)))),
        frame(datagram(FPWR, 1001, 0x1000, mail(COE, sdo(2, 0x2F, 0x6061, 0)))),
        frame(datagram(FPWR, 1001, 0x1000, mail(FOE, struct.pack("<BBI", 2, 0, 0) + b"a.bin"))),
        frame(datagram(FPWR, 1001, 0x1000, mail(FOE, struct.pack("<BBI", 2, 0, 0) + b"b.bin"))),
    ]
    assert len({key("ethercat", raw) for raw in distinct}) == len(distinct)
    outputs = datagram(LRW, 0, 1, bytes(60))
    behind = [
        datagram(FPWR, 1001, 0x120, b"\1\0"),
        datagram(FPWR, 1001, 0x120, b"\4\0"),
        datagram(FPWR, 1001, 0x120, b"\4\0", 1),
        datagram(FPWR, 1002, 0x120, b"\4\0"),
        datagram(BWR, 0, 0x120, b"\1\0"),
        datagram(FPWR, 1001, 0x0040, b"R\0"),
        datagram(FPWR, 1001, 0x1000, mail(COE, sdo(2, 0x2F, 0x6060, 0))),
        datagram(FPWR, 1001, 0x1000, mail(COE, sdo(2, 0x2F, 0x6061, 0))),
        datagram(FPWR, 1001, 0x1000, mail(FOE, struct.pack("<BBI", 2, 0, 0) + b"a.bin")),
    ]
    assert len({key("ethercat", frame(outputs, outputs, raw)) for raw in behind}) == len(behind)
    assert len({key("ethercat", frame(outputs, raw, outputs)) for raw in behind}) == len(behind)
    same = [
        frame(datagram(FPWR, 1001, 0x1000, mail(COE, sdo(2, 0x2F, 0x6060, 0, bytes((n, 0, 0, 0))), counter=n)))
        for n in range(1, 8)
    ]
    assert len({key("ethercat", raw) for raw in same}) == 1


def test_recorded_master():
    result, understood = capture("soem.pcap")
    found = [r for rows in understood.rows.values() for r in rows]
    identities = {(r.field, r.value) for r in found if isinstance(r, Identity)}
    assert {("vendor", "Beckhoff"), ("vendor", "Festo"), ("model", "EK-demo"), ("serial", "20240117")} <= identities
    operations = [r for r in found if isinstance(r, Operation)]
    asked = {(r.verb, r.detail) for r in operations if r.kind is Kind.REQUEST and r.verb is Verb.MODE_CHANGE}
    assert {detail for _, detail in asked} >= {"INIT", "PREOP, error acknowledge", "SAFEOP", "OP", "BOOT"}
    assert ("FoE Write Request", "press.efw", Verb.FIRMWARE_UPDATE) in {
        (r.function, r.object, r.verb) for r in operations
    }
    assert "OP, error 0x0013 Bootstrap not supported" in {r.detail for r in operations}
    refused = {r.refusal for r in operations if r.function == "Abort SDO Transfer" and r.kind is Kind.REFUSAL}
    assert refused == {
        "Object does not exist in the object dictionary (0x06020000)",
        "Attempt to write a read only object (0x06010002)",
    }
    cyclic = [m for m in result.messages if m.data[2] == LRW]
    assert sorted(m.count for m in cyclic) == [40, 40]
    assert not understood.malformed


def test_cycles_are_few_messages():
    result, understood = capture("cycles.pcap")
    assert result.info.packets == 240
    counts = Counter(m.count for m in result.messages)
    assert sorted(counts.elements()) == [10, 10, 50, 50, 60, 60]  # what returned with a slave, and without
    refused = [r for rows_ in understood.rows.values() for r in rows_ if r.kind is Kind.REFUSAL]
    assert refused == []


def test_a_ring_is_one_conversation_and_no_host():
    for name, sent, returned in (("cycles.pcap", 120, 120), ("registers.pcap", 16, 13), ("mailboxes.pcap", 43, 43)):
        result, _ = capture(name)
        (conversation,) = result.conversations
        assert (conversation.client, conversation.server) == (MASTER, ALL)
        assert (conversation.client_packets, conversation.server_packets) == (sent, returned)
        assert [host.mac for host in result.hosts] == [MASTER]


def outcomes(name: str) -> list:
    """(function, station, object, seen as, accepted, refused, unanswered, refusals) of every row."""
    columns = ("function", "unit", "object", "seen_as", "accepted", "refused", "unanswered", "refusals")
    return [tuple(row[c] for c in columns) for *_, row in operation_rows(*capture(name))]


def test_outcomes_of_registers():
    found = outcomes("registers.pcap")
    write = "Configured Address Physical Write (FPWR)"
    assert (write, "station 1001", "AL control (0x0120)", "request", 1, 0, 0, []) in found
    refused = ["working counter 0: no slave did it"]
    assert (write, "station 1009", "DL control (0x0100)", "request", 0, 1, 0, refused) in found
    by_position = "Auto Increment Physical Read (APRD)"
    assert (by_position, "position 1", "ESC information (0x0000)", "request", 1, 0, 0, []) in found
    assert sum(row[6] for row in found) == 3  # the last frame of two datagrams and a circulating one came back never
    assert not [row for row in found if row[3] == "response"]


def test_a_mailbox_message_is_answered_by_the_one_that_is_read():
    found = outcomes("mailboxes.pcap")
    by_object = {(row[0], row[2]): row[4:] for row in found if row[3] == "request"}
    assert by_object["SDO Upload", "0x1008:0 manufacturer device name"] == (1, 0, 0, [])
    reason = ["Data cannot be transferred because of the present device state (0x08000022)"]
    assert by_object["SDO Download", "0x6060:0 modes of operation"] == (0, 1, 0, reason)
    unanswered = {row[0] for row in found if row[6]}
    assert unanswered == {"Vendor specific mailbox message", "ADS Read Device Info"}
    assert [row[0] for row in found if row[3] == "response"] == ["Mailbox Error Reply"]


def test_a_mailbox_message_that_returns_undone_is_refused():
    data = mail(COE, sdo(2, 0x23, 0x6060, 0))
    sent = frame(datagram(FPWR, 1001, 0x1000, data))
    done = frame(datagram(FPWR, 1001, 0x1000, data, 1))
    assert cases()["ethercat"][key("ethercat", done)[0]].role is Role.NOTICE
    assert one(done, RING).kind is Kind.NOTICE
    assert cases()["ethercat"][key("ethercat", sent)[0]].role is Role.BY_SIDE
    assert one(sent, RING).refusal == "working counter 0: no slave did it"
    read = frame(datagram(FPRD, 1001, 0x1080, mail(COE, sdo(3, 0x60, 0x6060, 0), counter=2), 1))
    assert pair("ethercat", read) == pair("ethercat", sent)
    other = frame(datagram(FPRD, 1002, 0x1080, mail(COE, sdo(3, 0x60, 0x6060, 0), counter=2), 1))
    assert pair("ethercat", other) != pair("ethercat", sent)


def test_a_read_that_may_be_of_a_mailbox_asks_nothing():
    poll, short = (frame(datagram(FPRD, 1001, 0x1080, bytes(n))) for n in (8, 7))
    assert (one(poll).kind, one(short).kind) == (Kind.NOTICE, Kind.REQUEST)
    roles = [cases()["ethercat"][key("ethercat", raw)[0]].role for raw in (poll, short)]
    assert roles == [Role.NOTICE, Role.BY_SIDE]
    assert one(poll, RING).kind is Kind.REFUSAL


@pytest.mark.parametrize("size", [2, 40])
def test_what_a_returned_frame_repeats(size):
    data = bytes(size)
    for command, station, back in ((FPRD, 1001, 1001), (BRD, 0, 3), (1, -1, 2), (LRW, 16, 16)):
        asked = frame(datagram(command, station, 0x300, data))
        answer = frame(datagram(command, back, 0x300, b"\7" * size, 3))
        assert pair("ethercat", asked) == pair("ethercat", answer)
    stations = {pair("ethercat", frame(datagram(FPRD, s, 0x300, data))) for s in (1001, 1002)}
    assert len(stations) == 2
    asked, answer = (
        frame(datagram(BRD, s, 0x300, data), datagram(BRD, s, 0x130, b"\0\0", counter))
        for s, counter in ((0, 0), (3, 3))
    )
    assert pair("ethercat", asked) == pair("ethercat", answer)


def test_over_udp_and_through_a_gateway():
    result, understood = capture("routed.pcap")
    assert sorted((c.transport, understood.spoken.get(i)) for i, c in enumerate(result.conversations)) == [
        ("tcp", ("ethercat",)),
        ("udp", ("ethercat",)),
        ("udp", ("ethercat",)),
    ]
    found = [r for rows in understood.rows.values() for r in rows]
    assert all("which is routed" in r.detail for r in found)
    assert {r.unit for r in found if "gateway" in r.detail} == {"station 1001"}
    assert {r.kind for r in found if "gateway" in r.detail} == {Kind.REQUEST, Kind.RESPONSE}


def test_strangers():
    result, understood = capture("strangers.pcap")
    assert result.info.packets == 4
    assert understood.spoken == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x0e",
        b"\0\x10",
        frame(datagram(BRD, 0, 0x130, bytes(2)))[:8],
        frame(datagram(BRD, 0, 0x130, bytes(2)))[:-1],
        frame(datagram(BRD, 0, 0x130, bytes(2)), kind=6),
        b"\x0e\x18" + frame(datagram(BRD, 0, 0x130, bytes(2)))[2:],  # reserved bit
        frame(datagram(16, 0, 0x130, bytes(2))),
        frame(datagram(BRD, 0, 0x130, bytes(2))[:-2] + b"\0"),
        frame(b"\7\0\0\0\x30\1\2\x80\0\0" + bytes(4)),  # more, and nothing follows
    ],
)
def test_what_is_no_ethercat(raw):
    message = Message(raw, len(raw), None, "ethernet", 0x88A4)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    "body",
    [
        (COE, b"\0\x20"),
        (COE, b"\0\x20\x40\x18"),
        (COE, b"\0\xf0\0\0"),
        (COE, struct.pack("<HB", 0x2000, 0xE0) + bytes(8)),
        (FOE, b"\1\0\0"),
        (FOE, b"\x09" + bytes(8)),
        (SOE, b"\0" + bytes(8)),
        (AOE, bytes(32)),
        (2, b"\x0f\0\0\0"),
    ],
)
def test_a_mailbox_message_that_breaks_its_protocol(body):
    raw = mail(*body)
    assert one(frame(datagram(FPWR, 1001, 0x1000, raw))).object == "memory 0x1000 x 64"
    gateway = frame(raw, kind=5)
    with pytest.raises(Malformed):
        rows(gateway, transport="udp")


def test_no_operation_and_circulating_frames():
    assert one(frame(datagram(NOP, 0, 0, bytes(4)))).kind is Kind.NOTICE
    assert one(frame(datagram(LRW, 0, 1, bytes(4), circulated=True))).detail == "process data, circulating frame"
