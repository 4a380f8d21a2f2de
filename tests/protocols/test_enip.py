"""EtherNet/IP and CIP: services by class, what is carried in what, PCCC, refusals, identities, keys and pairs."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Related, Verb
from scanner.protocols.cip.enip import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "enip"


def encapsulated(command: int, data: bytes = b"", *, status: int = 0, context: int = 0, session: int = 1) -> bytes:
    return struct.pack("<HHIIQI", command, len(data), session, status, context, 0) + data


def rr(cip: bytes, **more: int) -> bytes:
    return encapsulated(0x6F, struct.pack("<IHHHHHH", 0, 5, 2, 0, 0, 0xB2, len(cip)) + cip, **more)


def unit_data(cip: bytes, sequence: int = 1, connection: int = 7, **more: int) -> bytes:
    items = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, connection, 0xB1, len(cip) + 2, sequence)
    return encapsulated(0x70, items + cip, **more)


def ask(service: int, path: str, data: bytes = b"") -> bytes:
    raw = bytes.fromhex(path)
    return bytes((service, len(raw) // 2)) + raw + data


def routed(cip: bytes, route: bytes = b"\1\0") -> bytes:
    body = struct.pack("<BBH", 5, 9, len(cip)) + cip + b"\0" * (len(cip) % 2) + bytes((len(route) // 2, 0)) + route
    return ask(0x52, "20062401", body)


def pccc(command: int, function: str, status: int = 0) -> bytes:
    return struct.pack("<BHIBBH", 7, 1, 2, command, status, 5) + bytes.fromhex(function)


def rows(raw: bytes, side: bool | None = True):
    message = Message(raw, len(raw), side, "tcp", 44818)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def only(raw: bytes, side: bool | None = True) -> Operation:
    (row,) = (r for r in rows(raw, side) if not isinstance(r, Related))
    assert row.verb in PROTOCOL.verbs
    return row


REQUESTS = [
    (ask(0x07, "208e2401"), Verb.STOP, "Stop", "Logix controller mode (0x8E) instance 1", ""),
    (ask(0x06, "208e2401"), Verb.START, "Start", "Logix controller mode (0x8E) instance 1", ""),
    (ask(0x05, "20012401", b"\0"), Verb.RESTART, "Reset", "Identity (0x01) instance 1", "power cycle"),
    (ask(0x05, "20292401"), Verb.OPERATE, "Reset", "Control Supervisor (0x29) instance 1", ""),
    (ask(0x05, "20f62401"), Verb.CONFIGURE, "Reset", "Ethernet Link (0xF6) instance 1", ""),
    (ask(0x05, "205e2401"), Verb.CONFIGURE, "Reset", "EtherNet/IP Security (0x5E) instance 1", ""),
    (ask(0x05, "206d25000700"), Verb.PROGRAM_DOWNLOAD, "Reset", "Logix routine (0x6D) instance 7", ""),
    (ask(0x05, "21000103 2401"), Verb.RESTART, "Reset", "class 0x301 instance 1", ""),
    (ask(0x05, "20012401"), Verb.RESTART, "Reset", "Identity (0x01) instance 1", "power cycle"),
    (ask(0x05, "20012401", b"\1"), Verb.RESTART, "Reset", "Identity (0x01) instance 1", "return to factory defaults"),
    (ask(0x08, "206d25000700"), Verb.PROGRAM_DOWNLOAD, "Create", "Logix routine (0x6D) instance 7", ""),
    (ask(0x03, "206d25000700"), Verb.READ, "Get Attribute List", "Logix routine (0x6D) instance 7", ""),
    (ask(0x50, "206a25000700"), Verb.PROGRAM_DOWNLOAD, "Write data table", "Logix data table (0x6A) instance 7", ""),
    (ask(0x4F, "206a25000700"), Verb.PROGRAM_UPLOAD, "Read data table", "Logix data table (0x6A) instance 7", ""),
    (ask(0x4C, "91045075 6d70"), Verb.READ, "Read Tag", "tag Pump", ""),
    (ask(0x4D, "910550756d7031009103466c6f00"), Verb.WRITE, "Write Tag", "tag Pump1.Flo", ""),
    (ask(0x4C, "206c25001106"), Verb.READ, "Read Template", "Template (0x6C) instance 1553", ""),
    (ask(0x4C, "20722400"), Verb.READ, "Read Memory", "Logix monitor (0x72) instance 0", ""),
    (
        ask(0x4B, "20722401"),
        Verb.UNKNOWN,
        "Object-specific service 0x4B of Logix monitor",
        "Logix monitor (0x72) instance 1",
        "",
    ),
    (ask(0x08, "20b22400"), Verb.SUBSCRIBE, "Create Tag Buffer", "Logix tag buffer (0xB2) instance 0", ""),
    (ask(0x4E, "20b22421"), Verb.SUBSCRIBE, "Add Tag to Buffer", "Logix tag buffer (0xB2) instance 33", ""),
    (ask(0x4C, "20b22421"), Verb.READ, "Read Tag Buffer", "Logix tag buffer (0xB2) instance 33", ""),
    (ask(0x4D, "20b22421"), Verb.WRITE, "Write Tag", "Logix tag buffer (0xB2) instance 33", ""),
    (ask(0x4C, "203724c8"), Verb.FILE_WRITE, "Initiate Download", "File (0x37) instance 200", ""),
    (ask(0x51, "203724c8"), Verb.FILE_DELETE, "Clear File", "File (0x37) instance 200", ""),
    (
        ask(0x4B, "20a12401"),
        Verb.FIRMWARE_UPDATE,
        "Firmware service 0x4B",
        "Non-volatile storage (firmware) (0xA1) instance 1",
        "",
    ),
    (
        ask(0x0E, "20a124013001"),
        Verb.READ,
        "Get Attribute Single",
        "Non-volatile storage (firmware) (0xA1) instance 1 attribute 1",
        "",
    ),
    (ask(0x04, "208b2401"), Verb.TIME_SYNC, "Set Attribute List", "Wall Clock Time (0x8B) instance 1", ""),
    (
        ask(0x10, "20f524013003"),
        Verb.CONFIGURE,
        "Set Attribute Single",
        "TCP/IP Interface (0xF5) instance 1 attribute 3",
        "",
    ),
    (ask(0x10, "200424643003"), Verb.WRITE, "Set Attribute Single", "Assembly (0x04) instance 100 attribute 3", ""),
    (
        ask(0x4B, "210001032401"),
        Verb.UNKNOWN,
        "Object-specific service 0x4B of class 0x301",
        "class 0x301 instance 1",
        "",
    ),
    (ask(0x53, "20392401", b"\0"), Verb.MODE_CHANGE, "Mode Change", "Safety Supervisor (0x39) instance 1", ""),
    (ask(0x54, "20392401"), Verb.RESTART, "Safety Reset", "Safety Supervisor (0x39) instance 1", ""),
    (ask(0x55, "20392401"), Verb.CONFIGURE, "Reset Password", "Safety Supervisor (0x39) instance 1", ""),
    (ask(0x50, "20442401", bytes(6)), Verb.WRITE, "Write Holding Registers", "Modbus (0x44) instance 1", ""),
    (ask(0x4E, "20442401", bytes(4)), Verb.READ, "Read Holding Registers", "Modbus (0x44) instance 1", ""),
    (
        ask(0x4C, "20422401", bytes(8)),
        Verb.WRITE,
        "Set Axis Attributes List",
        "Motion Device Axis (0x42) instance 1",
        "",
    ),
    (ask(0x4F, "20422401"), Verb.OPERATE, "Run Motor Test", "Motion Device Axis (0x42) instance 1", ""),
    (ask(0x4D, "205d2401"), Verb.CONFIGURE, "End Config", "CIP Security (0x5D) instance 1", ""),
    (ask(0x4D, "205e2401"), Verb.CONFIGURE, "Apply Config", "EtherNet/IP Security (0x5E) instance 1", ""),
    (ask(0x4B, "205f2401"), Verb.CONFIGURE, "Create CSR", "Certificate Management (0x5F) instance 1", ""),
    (ask(0x4F, "20f32401"), Verb.CONFIGURE, "Change Start", "Connection Configuration (0xF3) instance 1", ""),
    (ask(0x4C, "20f62401"), Verb.DIAGNOSE, "Get and Clear", "Ethernet Link (0xF6) instance 1", ""),
    (ask(0x5C, "20062401"), Verb.SESSION, "Concurrent Forward Open", "Connection Manager (0x06) instance 1", ""),
    (ask(0x35, "20012401"), Verb.UNKNOWN, "Vendor-specific service 0x35", "Identity (0x01) instance 1", ""),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[2]} {c[3]}" for c in REQUESTS])
def test_a_service_is_named_with_its_class_however_it_is_carried(case):
    cip, verb, name, where, detail = case
    for raw, unit in (
        (unit_data(cip), ""),
        (rr(cip), ""),
        (rr(routed(cip)), "slot 0"),
        (unit_data(routed(cip, b"\1\5")), "slot 5"),
    ):
        found = only(raw)
        assert (found.verb, found.function, found.object, found.unit) == (verb, name, where, unit)
        assert (found.kind, found.code, found.detail) == (Kind.REQUEST, f"0x{cip[0]:02X}", detail)


def test_the_same_code_means_other_things_in_other_classes():
    assert only(rr(ask(0x52, "206b25000100"))).function == "Read Tag Fragmented"
    assert only(rr(routed(ask(0x0E, "20012401")))).function == "Get Attribute Single"
    assert only(rr(ask(0x4E, "20062401", bytes(12)))).function == "Forward Close"
    assert only(rr(ask(0x4E, "91045075 6d70"))).function == "Read Modify Write Tag"


def test_a_longer_route_is_taken_apart_but_names_no_slot():
    route = b"\x01\x03\x12\x0910.20.1.9\0\1\0"
    found = only(rr(routed(ask(0x07, "208e2401"), route)))
    assert (found.verb, found.unit) == (Verb.STOP, "")


def test_services_of_a_multiple_service_packet():
    inner = [ask(0x0E, "20012401"), ask(0x07, "208e2401"), ask(0x4D, "91045075 6d70", b"\xc4\0\1\0abcd")]
    starts = [8 + sum(map(len, inner[:n])) for n in range(3)]
    packet = ask(0x0A, "20022401", struct.pack("<4H", 3, *starts) + b"".join(inner))
    for raw in (unit_data(packet), rr(routed(packet))):
        assert [r.verb for r in rows(raw)] == [Verb.READ, Verb.STOP, Verb.WRITE]
    with pytest.raises(Malformed):
        rows(unit_data(ask(0x0A, "20022401", struct.pack("<3H", 2, 50, 6) + bytes(60))))


def several(*inner: bytes) -> bytes:
    starts = [2 + 2 * len(inner) + sum(map(len, inner[:n])) for n in range(len(inner))]
    return ask(0x0A, "20022401", struct.pack(f"<{1 + len(starts)}H", len(inner), *starts) + b"".join(inner))


@pytest.mark.parametrize(
    "carry", [unit_data, rr, lambda cip: rr(routed(cip)), lambda cip: rr(routed(cip, b"\1\3\2\2"))]
)
def test_services_of_a_multiple_service_packet_are_kept_apart_and_values_are_not(carry):
    def of(tag: str = "91045075 6d70", value: bytes = b"abcd", reset: int = 0, command: str = "80 01") -> tuple:
        write = ask(0x4D, tag, b"\xc4\0\1\0" + value)
        return key(
            "enip",
            carry(several(write, ask(0x05, "20012401", bytes((reset,))), ask(0x4B, "20672401", pccc(0x0F, command)))),
        )

    assert of() == of(value=b"efgh")
    assert len({of(), of(tag="91045075 6d71"), of(tag="208e2401"), of(reset=1), of(command="80 06")}) == 5
    read = ask(0x4C, "91045075 6d70", b"\1\0")
    assert key("enip", carry(several(read))) != key("enip", carry(several(read, read)))
    hidden = [several(routed(ask(code, "208e2401"))) for code in (6, 7)]
    assert key("enip", carry(hidden[0])) != key("enip", carry(hidden[1]))


def test_a_wrapper_hides_nothing_however_its_path_is_written():
    stop = ask(0x07, "208e2401")
    send = struct.pack("<BBH", 5, 9, len(stop)) + stop + b"\1\0\1\0"
    several = struct.pack("<2H", 1, 4) + stop
    mode = pccc(0x0F, "80 01")
    for tail in ("2401", "25000100", "260001000000"):
        for service, number, data in ((0x52, 0x06, send), (0x0A, 0x02, several), (0x4B, 0x67, mode)):
            for where in (f"20{number:02x}{tail}", f"2100{number:02x}00{tail}"):
                for carried in (unit_data, lambda cip: rr(routed(cip))):
                    if service == 0x52 and carried is not unit_data:
                        continue
                    found = only(carried(ask(service, where, data)))
                    assert (found.verb, found.unit) == (
                        Verb.STOP,
                        "slot 0" if carried is not unit_data or service == 0x52 else "",
                    )
                    other = data.replace(b"\x07\x02\x20\x8e", b"\x06\x02\x20\x8e").replace(b"\x80\x01", b"\x80\x06")
                    assert key("enip", carried(ask(service, where, data))) != key(
                        "enip", carried(ask(service, where, other))
                    )


def test_wrappers_within_a_multiple_service_packet():
    inner = [ask(0x4B, "20672401", pccc(0x0F, "80 01")), routed(ask(0x07, "208e2401"), b"\1\5")]
    packet = ask(0x0A, "20022401", struct.pack("<3H", 2, 6, 6 + len(inner[0])) + b"".join(inner))
    assert [(r.verb, r.unit) for r in rows(unit_data(packet))] == [(Verb.STOP, ""), (Verb.STOP, "slot 5")]


STOP, WRITE, READ = ask(0x07, "208e2401"), ask(0x4D, "91045075 6d70", b"\xc4\0\1\0abcd"), ask(0x0E, "20012401")
# CIP volume 1: 3-5.5.4 (0x52: priority, ticks, size, message, pad, words of the route, 0, route), 5-2 (0x0A: number,
# offsets from there, services). By hand, so that no helper of ours is believed.
SEND_IN_SEND = bytes.fromhex("5202 20062401 0509 1400  5202 20062401 0509 0600 0702208e2401 0100 0105  0100 0100")
PACKET_IN_PACKET = bytes.fromhex("0a02 20022401 0100 0400  0a02 20022401 0200 0600 0c00  0e0220012401 0702208e2401")
PACKET_IN_SEND = bytes.fromhex("5202 20062401 0509 1000  0a02 20022401 0100 0400 0702208e2401  0100 0103")
SEND_IN_PACKET = bytes.fromhex("0a02 20022401 0100 0400  5202 20062401 0509 0600 0702208e2401 0100 0105")


def in_layers(cip: bytes, *wrap) -> bytes:
    for layer in wrap:
        cip = layer(cip)
    return cip


NESTED = [
    (SEND_IN_SEND, [(Verb.STOP, "slot 5")]),
    (PACKET_IN_PACKET, [(Verb.READ, ""), (Verb.STOP, "")]),
    (SEND_IN_PACKET, [(Verb.STOP, "slot 5")]),
    (in_layers(STOP, routed, several, routed, several), [(Verb.STOP, "slot 0")]),
    (in_layers(STOP, *[routed] * 4), [(Verb.STOP, "slot 0")]),
    (in_layers(WRITE, *[several] * 4), [(Verb.WRITE, "")]),
    (
        several(several(READ, WRITE), routed(several(STOP, READ), b"\1\7"), READ),
        [
            *((Verb.READ, ""), (Verb.WRITE, ""), (Verb.STOP, "slot 7"), (Verb.READ, "slot 7"), (Verb.READ, "")),
        ],
    ),
    (in_layers(STOP, *[routed] * 5), [(Verb.UNKNOWN, "slot 0")]),
    (in_layers(STOP, *[several] * 5), [(Verb.UNKNOWN, "")]),
    (several(READ, in_layers(STOP, *[several] * 4)), [(Verb.READ, ""), (Verb.UNKNOWN, "")]),
    (in_layers(STOP, *[routed] * 9), [(Verb.UNKNOWN, "slot 0")]),
    (in_layers(ask(0x4B, "20672401", pccc(0x0F, "80 01")), routed, several, routed, several), [(Verb.STOP, "slot 0")]),
    (several(*[READ] * 256, STOP), [*[(Verb.READ, "")] * 256, (Verb.UNKNOWN, "")]),
    (several(READ, b"\7"), [(Verb.READ, ""), (Verb.UNKNOWN, "")]),
]


@pytest.mark.parametrize(("cip", "wanted"), NESTED)
@pytest.mark.parametrize("carry", [unit_data, rr])
def test_requests_within_requests_are_told_or_may_do_anything(carry, cip, wanted):
    assert [(r.verb, r.unit) for r in rows(carry(cip))] == wanted


@pytest.mark.parametrize("cip", [n for n, wanted in NESTED if (wanted[-1][0] is Verb.STOP)])
@pytest.mark.parametrize("carry", [unit_data, rr, lambda cip: rr(routed(cip))])
def test_what_differs_within_is_another_message(carry, cip):
    start = cip.replace(b"\x07\x02\x20\x8e", b"\x06\x02\x20\x8e").replace(b"\x80\x01", b"\x80\x06")
    assert key("enip", carry(cip)) != key("enip", carry(start))


@pytest.mark.parametrize("port", [44818, 4242])
@pytest.mark.parametrize("cip", [SEND_IN_SEND, PACKET_IN_PACKET, SEND_IN_PACKET, PACKET_IN_SEND])
def test_a_nested_stop_is_recognised_on_any_port(tmp_path, cip, port):
    with Wire(tmp_path / "nested.pcap") as wire:
        connection = wire.tcp("10.20.10.66", "10.20.10.20", port)
        for context in range(3):
            connection.client(rr(cip, context=context))
            connection.server(rr(bytes((cip[0] | 0x80, 0, 0, 0)), context=context))
        connection.close()
    result, understood = understand_capture(tmp_path / "nested.pcap")
    assert set(understood.spoken.values()) == {("enip",)}
    assert not understood.malformed
    assert Verb.STOP in {r.verb for found in understood.rows.values() for r in found if isinstance(r, Operation)}
    assert result.messages


PCCC = [
    ("a2 02 07 89 00 00", Verb.READ, "Protected Typed Logical Read with Three Address Fields", "N7:0", ""),
    ("aa 02 07 89 05 00 1234", Verb.WRITE, "Protected Typed Logical Write with Three Address Fields", "N7:5", ""),
    (
        "a2 50 02 22 00 00",
        Verb.PROGRAM_UPLOAD,
        "Protected Typed Logical Read with Three Address Fields",
        "ladder file 2:0",
        "",
    ),
    (
        "ab 02 01 a2 00 00 0100 0100",
        Verb.WRITE,
        "Protected Typed Logical Write with Mask",
        "input force file 1:0",
        "",
    ),
    (
        "aa 50 02 65 00 00",
        Verb.PROGRAM_DOWNLOAD,
        "Protected Typed Logical Write with Three Address Fields",
        "online editing file 2:0",
        "",
    ),
    (
        "aa 50 00 49 00 00",
        Verb.CONFIGURE,
        "Protected Typed Logical Write with Three Address Fields",
        "channel configuration file 0:0",
        "",
    ),
    (
        "aa 10 05 e4 00 00",
        Verb.TIME_SYNC,
        "Protected Typed Logical Write with Three Address Fields",
        "RTC function file 5:0",
        "",
    ),
    (
        "a2 02 02 24 00 00",
        Verb.READ,
        "Protected Typed Logical Read with Three Address Fields",
        "file type 0x24 2:0",
        "",
    ),
    ("80 01", Verb.STOP, "Change Mode", "", "program"),
    ("80 06", Verb.START, "Change Mode", "", "run"),
    ("80 07", Verb.MODE_CHANGE, "Change Mode", "", "test, continuous scan"),
    ("3a 00", Verb.STOP, "Set CPU Mode", "", "program"),
    ("3a 01", Verb.STOP, "Set CPU Mode", "", "program or test"),
    ("3a 02", Verb.START, "Set CPU Mode", "", "run"),
    ("3a 07", Verb.MODE_CHANGE, "Set CPU Mode", "", "no change, locked for others"),
    ("05", Verb.PROGRAM_DOWNLOAD, "Download Request", "", ""),
    ("06", Verb.PROGRAM_UPLOAD, "Upload", "", ""),
    ("07", Verb.STOP, "Shutdown", "", ""),
    ("08 00", Verb.PROGRAM_DOWNLOAD, "Physical Write", "", ""),
    ("0a", Verb.RESTART, "Restart Request", "", ""),
    ("50 00", Verb.PROGRAM_DOWNLOAD, "Download All Request", "", ""),
    ("53 00", Verb.PROGRAM_UPLOAD, "Upload All Request", "", ""),
    ("41", Verb.OPERATE, "Disable Forces", "", ""),
    ("fe", Verb.UNKNOWN, "PCCC command 0F:FE", "", ""),
]


@pytest.mark.parametrize("case", PCCC, ids=[c[0] for c in PCCC])
def test_pccc(case):
    function, verb, name, where, detail = case
    cip = ask(0x4B, "20672401", pccc(0x0F, function))
    for raw in (unit_data(cip), rr(cip), rr(routed(cip))):
        found = only(raw)
        assert (found.verb, found.function, found.object, found.detail) == (verb, name, where, detail)
        assert found.code == f"0F:{function[:2].upper()}"


OTHER_COMMANDS = [
    (0x03, "00 10 1234", Verb.PROGRAM_DOWNLOAD, "Physical Write"),
    (0x04, "00 10 04", Verb.PROGRAM_UPLOAD, "Physical Read"),
    (0x07, "00", Verb.OPERATE, "Disable Outputs"),
    (0x07, "01", Verb.OPERATE, "Enable Outputs"),
    (0x07, "03", Verb.START, "Enable PLC Scanning"),
    (0x07, "04", Verb.PROGRAM_DOWNLOAD, "Enter Download Mode"),
    (0x07, "05", Verb.MODE_CHANGE, "Exit Download/Upload Mode"),
    (0x07, "06", Verb.PROGRAM_UPLOAD, "Enter Upload Mode"),
    (0x0E, "01", Verb.STOP, "Set to Program Mode"),
    (0x0E, "02", Verb.START, "Set to Run Mode"),
]


@pytest.mark.parametrize("case", OTHER_COMMANDS, ids=[c[3] for c in OTHER_COMMANDS])
def test_pccc_of_older_controllers(case):
    command, data, verb, name = case
    found = only(rr(ask(0x4B, "20672401", pccc(command, data))))
    assert (found.verb, found.function) == (verb, name)


def test_a_multiple_pccc_command_is_taken_apart():
    def said(mode: str) -> bytes:
        return rr(
            ask(0x4B, "20672401", pccc(0x0F, f"88 03 06 a2 02 07 89 00 00 02 80 {mode} 08 aa 02 07 89 05 00 1234"))
        )

    assert [(r.verb, r.code, r.object) for r in rows(said("01"))] == [
        (Verb.READ, "0F:A2", "N7:0"),
        (Verb.STOP, "0F:80", ""),
        (Verb.WRITE, "0F:AA", "N7:5"),
    ]
    assert key("enip", said("01")) != key("enip", said("06"))
    with pytest.raises(Malformed):
        rows(rr(ask(0x4B, "20672401", pccc(0x0F, "88 02 06 a2 02 07 89 00 00 06"))))


def test_pccc_commands_beyond_what_is_read_may_be_anything():
    many = rows(rr(ask(0x4B, "20672401", pccc(0x0F, "88 42" + "01 41" * 65 + "02 80 01"))))
    assert [r.verb for r in many] == [Verb.OPERATE] * 64 + [Verb.UNKNOWN]


SETTING, CREATION = (0x10, "f5"), (0x08, "6d")  # an address of the TCP/IP Interface, a routine


@pytest.mark.parametrize(("service", "number"), [SETTING, CREATION])
@pytest.mark.parametrize(
    ("front", "whole"),
    [
        ("3404" + "00" * 8, True),
        ("3405" + "00" * 8 + "e0000000", True),  # with a serial number
        ("3407" + "00" * 8, False),
        ("e000", False),
        ("4301" * 24, False),
    ],
    ids=["key", "key with a serial number", "key of an unknown format", "reserved", "longer than what is read"],
)
def test_a_class_behind_what_is_not_understood_is_not_known(service, number, front, whole):
    found = only(rr(ask(service, f"{front}20{number}2401", bytes(8))))
    known = only(rr(ask(service, f"20{number}2401", bytes(8)))).verb
    assert found.verb is (known if whole else Verb.UNKNOWN)


def test_pccc_refusals():
    found = only(rr(b"\xcb\0\0\0" + pccc(0x4F, "", 0x60)), False)
    assert (found.kind, found.refusal) == (
        Kind.REFUSAL,
        "Function not allowed due to command protection selection (0x60)",
    )
    found = only(rr(b"\xcb\0\0\0" + pccc(0x4F, "0b", 0xF0)), False)
    assert found.refusal == "Access denied, privilege violation (0xF0)"
    for code, words in ((0x0F, "Histogram overflow"), (0x10, "No access"), (0x11, "Illegal data type")):
        found = only(rr(b"\xcb\0\0\0" + pccc(0x4F, f"{code:02x}", 0xF0)), False)
        assert found.refusal == f"{words} (0xF0)"
    assert only(rr(b"\xcb\0\0\0" + pccc(0x4F, "")), False).kind is Kind.RESPONSE


def test_answers_and_their_status():
    assert only(rr(b"\x87\0\0\0"), False).kind is Kind.RESPONSE
    found = only(rr(b"\x85\0\x0f\0"), False)
    assert (found.kind, found.refusal, found.verb) == (Kind.REFUSAL, "Privilege violation (0x0F)", Verb.RESTART)
    assert only(rr(b"\xd4\0\x01\x01\x00\x01"), False).refusal == "Connection failure (0x01:0x0100)"
    assert only(rr(b"\xcc\0\x06\0abc"), False).kind is Kind.RESPONSE
    assert only(rr(b"\xcc\0\0\0abc"), False).function == "Object-specific service 0x4C"
    found = only(encapsulated(0x6F, status=0x64), False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "Invalid session handle (0x64)")
    with pytest.raises(Malformed):
        rows(rr(b"\xd4\0\x01\x09\x00\x01"), False)


def test_connections_are_named_by_what_they_reach():
    body = struct.pack("<BBIIHHIB3xIHIHBB", 10, 14, 1, 2, 77, 1, 9, 0, 10000, 0x43F4, 10000, 0x43F4, 0xA3, 3)
    opened = only(rr(ask(0x54, "20062401", body + bytes.fromhex("0100 20022401"))))
    assert (opened.verb, opened.unit) == (Verb.SESSION, "slot 0")
    assert opened.detail.startswith("to Message Router (0x02) instance 1, transport class 3, originator Rockwell")
    safety = only(rr(ask(0x54, "20062401", body[:-2] + b"\1\5" + bytes.fromhex("5001 0000 20042464 2c01"))))
    assert safety.detail.endswith("CIP Safety")


IDENTITY = struct.pack("<HHHBBHIB", 1, 14, 55, 20, 11, 0x30, 0x51823F, 4) + b"L61B"
WANTED = {
    "vendor": "Rockwell Automation/Allen-Bradley",
    "model": "L61B",
    "firmware": "20.11",
    "serial": "0051823F",
    "role": "Programmable logic controller",
}


def test_identities():
    found = {r.field: r.value for r in rows(rr(b"\x81\0\0\0" + IDENTITY), False) if isinstance(r, Identity)}
    assert found == WANTED
    item = struct.pack("<H", 1) + struct.pack(">HH", 2, 44818) + bytes((10, 1, 2, 3)) + bytes(8) + IDENTITY + b"\3"
    answer = encapsulated(0x63, struct.pack("<HHH", 1, 12, len(item)) + item)
    found = {r.field: r.value for r in rows(answer, False) if isinstance(r, Identity)}
    assert found == {"ip": "10.1.2.3", **WANTED}
    assert not [r for r in rows(rr(b"\x81\0\0\0" + IDENTITY + b"abc"), False) if isinstance(r, Identity)]


def test_values_and_counters_are_no_part_of_the_key():
    write = ask(0x4D, "91045075 6d70", b"\xc4\0\1\0")
    one, two = unit_data(write + b"abcd", 1, 7), unit_data(write + b"efgh", 2, 8, session=9, context=4)
    assert key("enip", one) == key("enip", two)
    assert key("enip", one) != key("enip", unit_data(ask(0x4D, "91045075 6d71", b"\xc4\0\1\0abcd")))
    routed_one, routed_two = (rr(routed(write + v), context=n) for n, v in ((1, b"abcd"), (2, b"zzzz")))
    assert key("enip", routed_one) == key("enip", routed_two)
    assert key("enip", routed_one) != key("enip", rr(routed(write + b"abcd", b"\1\1")))
    other = IDENTITY[:8] + b"\x60\x10" + IDENTITY[10:]
    assert key("enip", rr(b"\x81\0\0\0" + IDENTITY)) == key("enip", rr(b"\x81\0\0\0" + other))
    for a, b in (("80 01", "80 06"), ("a2 02 07 89 00 00", "a2 02 07 89 01 00"), ("50", "53")):
        first, second = (rr(ask(0x4B, "20672401", pccc(0x0F, f))) for f in (a, b))
        assert key("enip", first) != key("enip", second)


def test_answers_find_their_requests():
    assert pair("enip", rr(ask(1, "20012401"), context=77)) == pair("enip", rr(b"\x81\0\0\0", context=77))
    assert pair("enip", unit_data(ask(1, "20012401"), 9, 1)) == pair("enip", unit_data(b"\x81\0\0\0", 9, 2))
    assert pair("enip", rr(ask(1, "20012401"), context=77)) == pair("enip", encapsulated(0x6F, status=1, context=77))


@pytest.mark.parametrize("raw", [b"", bytes(24), encapsulated(0x6F)[:20], rr(b"\1\x09\x20\x01")])
def test_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 44818)))


def read(name: str):
    return understand_capture(FOLDER / name)


@pytest.mark.parametrize("name", ["cpppo.pcap", "port_4418.pcap", "pycomm3.pcap", "built.pcap", "discovery.pcap"])
def test_recordings_are_recognised_on_any_port(name):
    _, understood = read(name)
    assert {n for names in understood.spoken.values() for n in names} == {"enip"}
    assert not understood.malformed
    assert not understood.defects


def test_http_on_the_port_is_http():
    _, understood = read("http_on_44818.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_a_recorded_conversation_with_cpppo():
    result, understood = read("cpppo.pcap")
    found = [(result.messages[i].count, r) for i, rs in understood.rows.items() for r in rs]
    tags = {r.object for _, r in found if isinstance(r, Operation) and r.function == "Write Tag"}
    assert tags == {"tag Recipe member 2", "tag Speed", "tag Batch member 0"}
    assert {r.value for _, r in found if isinstance(r, Identity) and r.field == "model"} == {"1756-L61/B LOGIX5561"}


@pytest.mark.parametrize(
    ("command", "items"),
    [
        (0x6F, "0200 b200 0600 0702208e2401 0000 0000"),  # the message before its address
        (0x6F, "0300 0000 0000 0080 0000 b200 0600 0702208e2401"),
        (0x6F, "0200 0000 0400 00000000 b200 0600 0702208e2401"),
        (0x70, "0200 b100 0800 0100 0702208e2401 a100 0400 07000000"),
    ],
)
def test_items_that_are_not_the_usual_ones_may_carry_anything(command, items):
    raw = encapsulated(command, bytes(6) + bytes.fromhex(items))
    assert only(raw).verb is Verb.UNKNOWN
    assert only(raw, False).kind is Kind.RESPONSE
