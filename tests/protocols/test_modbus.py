"""Modbus: every function, both directions, exceptions, identification, and what is and is not part of the key."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.modbus._functions import FUNCTIONS
from scanner.protocols.modbus.modbus import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES, cut_by_length, streams


def adu(pdu: str | bytes, unit: int = 1, transaction: int = 7) -> bytes:
    raw = bytes.fromhex(pdu) if isinstance(pdu, str) else pdu
    return struct.pack(">HHHB", transaction, 0, len(raw) + 1, unit) + raw


def rows(pdu: str | bytes, side: bool | None = True, port: int = 502) -> list:
    data = adu(pdu)
    return list(PROTOCOL.dissect(Message(data, len(data), side, "tcp", port)))


LONG = "PDU of 6 bytes breaks the specification"
CANOPEN = "Encapsulated Interface Transport: CANopen General Reference"
BLOCK = "memory block 0x13 byte 0-99"
REQUESTS = [
    ("01 0000 000a", Verb.READ, "Read Coils", "1", "coil 0-9", ""),
    ("02 0010 0001", Verb.READ, "Read Discrete Inputs", "2", "discrete input 16", ""),
    ("03 0028 000a", Verb.READ, "Read Holding Registers", "3", "holding register 40-49", ""),
    ("03 0028 0000", Verb.READ, "Read Holding Registers", "3", "holding register 40", "quantity 0 is outside 1-125"),
    ("04 ffff 0002", Verb.READ, "Read Input Registers", "4", "input register 65535-65536", "runs past address 65535"),
    ("04 0000 007d", Verb.READ, "Read Input Registers", "4", "input register 0-124", ""),
    ("05 0003 ff00", Verb.WRITE, "Write Single Coil", "5", "coil 3", ""),
    ("06 0028 04d2", Verb.WRITE, "Write Single Register", "6", "holding register 40", ""),
    ("06 0028 04d2 00", Verb.WRITE, "Write Single Register", "6", "holding register 40", LONG),
    ("07", Verb.DIAGNOSE, "Read Exception Status", "7", "", ""),
    ("08 0000 a537", Verb.DIAGNOSE, "Diagnostics: Return Query Data", "8:0", "", ""),
    ("08 0001 ff00", Verb.RESTART, "Diagnostics: Restart Communications Option", "8:1", "", "clears the event log"),
    ("08 0003 2300", Verb.CONFIGURE, "Diagnostics: Change ASCII Input Delimiter", "8:3", "", ""),
    ("08 0004 0000", Verb.MODE_CHANGE, "Diagnostics: Force Listen Only Mode", "8:4", "", ""),
    ("08 000a 0000", Verb.DIAGNOSE, "Diagnostics: Clear Counters and Diagnostic Register", "8:10", "", ""),
    ("08 0099 0000", Verb.UNKNOWN, "Diagnostics: sub-function 153", "8:153", "", ""),
    ("0b", Verb.DIAGNOSE, "Get Comm Event Counter", "11", "", ""),
    ("0c", Verb.DIAGNOSE, "Get Comm Event Log", "12", "", ""),
    ("0f 0013 000a 02 cd01", Verb.WRITE, "Write Multiple Coils", "15", "coil 19-28", ""),
    ("10 0001 0002 04 000a0102", Verb.WRITE, "Write Multiple Registers", "16", "holding register 1-2", ""),
    ("11", Verb.IDENTIFY, "Report Server ID", "17", "", ""),
    ("13", Verb.RESTART, "Reset Communication Link", "19", "", ""),
    ("14 07 06 0004 0001 0002", Verb.FILE_READ, "Read File Record", "20", "file 4 record 1-2", ""),
    ("15 09 06 0004 0007 0001 06af", Verb.FILE_WRITE, "Write File Record", "21", "file 4 record 7", ""),
    ("16 0004 00f2 0025", Verb.WRITE, "Mask Write Register", "22", "holding register 4", ""),
    ("18 04de", Verb.READ, "Read FIFO Queue", "24", "FIFO at holding register 1246", ""),
    ("2b 0d 40 00 01 1018 01", Verb.UNKNOWN, CANOPEN, "43:13", "", ""),
    ("2b 0e 01 00", Verb.IDENTIFY, "Read Device Identification", "43:14", "basic identification", ""),
    ("2b 0e 04 05", Verb.IDENTIFY, "Read Device Identification", "43:14", "specific object identification", "object 5"),
    ("41 01 02", Verb.UNKNOWN, "User-Defined Function 65", "65", "", ""),
    ("6e", Verb.UNKNOWN, "User-Defined Function 110", "110", "", ""),
    ("28 00", Verb.UNKNOWN, "Program Concept", "40", "", ""),
    ("29 00", Verb.UNKNOWN, "Reserved Function 41", "41", "", ""),
    ("7d 01 0000", Verb.FIRMWARE_UPDATE, "Firmware Replacement", "125", "", ""),
    ("7e 01", Verb.UNKNOWN, "Program 584/984", "126", "", ""),
    ("32", Verb.UNKNOWN, "Undefined Function 50", "50", "", ""),
    ("5a 00 02", Verb.IDENTIFY, "UMAS (Schneider): read controller identity", "90:0x02", "", ""),
    ("5a 01 40 ff00", Verb.START, "UMAS (Schneider): start controller", "90:0x40", "", ""),
    ("5a 01 41 ff00", Verb.STOP, "UMAS (Schneider): stop controller", "90:0x41", "", ""),
    ("5a 01 31 0001", Verb.PROGRAM_DOWNLOAD, "UMAS (Schneider): program block to controller", "90:0x31", "", ""),
    ("5a 01 34 0001", Verb.PROGRAM_UPLOAD, "UMAS (Schneider): program block from controller", "90:0x34", "", ""),
    ("5a 00 20 00 1300 0000 0000 6400", Verb.READ, "UMAS (Schneider): read memory block", "90:0x20", BLOCK, ""),
]  # fmt: skip


@pytest.mark.parametrize("case", REQUESTS, ids=[r[3] for r in REQUESTS])
def test_a_request_says_what_is_touched(case):
    pdu, *expected = case
    (row,) = rows(pdu)
    assert [row.verb, row.function, row.code, row.object, row.detail] == expected
    assert row.kind is Kind.REQUEST
    assert row.unit == "1"
    assert row.verb in PROTOCOL.verbs


RESPONSES = ["01 02 cd6b", "02 01 ff", "03 04 00010002", "04 02 000a", "05 0003 ff00", "06 0028 04d2", "07 6d"]
RESPONSES += ["08 0000 a537", "0b ffff 0108", "0c 08 0000 0108 0121 2000", "0f 0013 000a", "10 0001 0002"]
RESPONSES += ["11 03 11 ff 41", "14 06 05 06 0dfe 0020", "15 09 06 0004 0007 0001 06af", "16 0004 00f2 0025"]
RESPONSES += ["17 04 00fe0acd", "18 0006 0002 01b8 1284", "2b 0d 00", "2b 0e 01 01 00 00 00", "5a 01 fe 00"]


@pytest.mark.parametrize("pdu", RESPONSES, ids=[r[:2] for r in RESPONSES])
def test_an_answer_repeats_the_function_and_no_address(pdu):
    row = rows(pdu, side=False)[0]
    assert row.kind is Kind.RESPONSE
    assert row.refusal == ""


def test_every_specified_function_is_tried_both_ways():
    asked = {int(r[0].split()[0], 16) for r in REQUESTS} | {23}
    answered = {int(r.split()[0], 16) for r in RESPONSES}
    old = {9, 10, 13, 14, 18, 19}  # never published beyond their names
    assert set(FUNCTIONS) - old <= asked
    assert set(FUNCTIONS) - old <= answered


def test_reading_and_writing_in_one_request_are_two_operations():
    read, write = rows("17 0003 0006 000e 0003 06 00ff00ff00ff")
    assert (read.verb, read.object) == (Verb.READ, "holding register 3-8")
    assert (write.verb, write.object) == (Verb.WRITE, "holding register 14-16")


def test_several_file_records_are_several_operations():
    assert [r.object for r in rows("14 0e 06 0004 0001 0002 06 0003 0009 0001")] == [
        "file 4 record 1-2",
        "file 3 record 9",
    ]


def test_of_several_file_records_written_the_first_is_told():
    one, two = (f"15 12 06 0004 0007 0001 06af 06 {file} 0009 0001 0001" for file in ("0005", "0006"))
    (row,) = rows(one)
    assert (row.object, row.detail) == ("file 4 record 7", "further records behind it")
    assert rows(one) == rows(two)
    assert key("modbus", adu(one)) == key("modbus", adu(two)) != key("modbus", adu("15 09 06 0004 0007 0001 06af"))


EXCEPTIONS = {1: "Illegal Function", 2: "Illegal Data Address", 3: "Illegal Data Value", 4: "Server Device Failure"}
EXCEPTIONS |= {6: "Server Device Busy", 7: "Negative Acknowledge", 8: "Memory Parity Error", 9: "Exception"}
EXCEPTIONS |= {10: "Gateway Path Unavailable", 11: "Gateway Target Device Failed to Respond"}


@pytest.mark.parametrize(("number", "name"), EXCEPTIONS.items())
def test_an_exception_refuses_with_its_reason(number, name):
    (row,) = rows(bytes((0x90, number)), side=False)
    assert (row.kind, row.function, row.verb) == (Kind.REFUSAL, "Write Multiple Registers", Verb.WRITE)
    assert row.refusal == f"{name} ({number})"
    assert row.filter == f"modbus.func_code == 16 && modbus.exception_code == {number}"


def test_exception_acknowledge_is_no_refusal():
    (row,) = rows("90 05", side=False)
    assert (row.kind, row.refusal, row.detail) == (Kind.RESPONSE, "", "Acknowledge (5)")


def test_umas_refuses_in_its_own_way():
    (row,) = rows("5a 01 fd 81", side=False)
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "UMAS error 0x81")


def test_umas_asks_for_what_it_names():
    found = [
        (r.verb.value, r.code, r.object, r.detail)
        for side, rows in recorded("umas.pcap")
        for r in rows
        if side and isinstance(r, Operation)
    ]
    variables = "block 0x34 byte 16, block 0x34 byte 260"
    assert found[:6] == [
        ("identify", "90:0x02", "", ""),
        ("session", "90:0x01", "", ""),
        ("session", "90:0x10", "", "by ENG-07"),
        ("session", "90:0x10", "", "by ENG-07"),
        ("session", "90:0x12", "", ""),
        ("authenticate", "90:0x6E", "", ""),
    ]
    assert (
        found[6:9]
        == found[9:12]
        == [
            ("read", "90:0x22", variables, ""),
            ("write", "90:0x23", "block 0x34 byte 16", "first of 2 variables"),
            ("write", "90:0x21", "", ""),
        ]
    )
    verbs = ["read", "write", "write", "configure", "restart", "program-download", "mode-change", "unknown", "unknown"]
    assert [f[0] for f in found[12:21]] == verbs
    assert found[21:] == [
        ("read", "90:0x26", "record type 0xDD02", ""),
        ("stop", "90:0x41", "", "signed"),
        ("unknown", "90:0x38", "", ""),
    ]


def test_umas_identifies_controller_and_configurator():
    found = [r for _, rows in recorded("umas.pcap") for r in rows]
    assert [(r.field, r.value) for r in found if isinstance(r, Identity)] == [
        ("vendor", "Schneider Electric"),
        ("model", "140 CPU 000 00"),
        ("firmware", "2.70"),
        ("hostname", "ENG-07"),
        ("hostname", "ENG-07"),
    ]
    assert [(r.authenticated, r.detail) for r in found if isinstance(r, Session)] == [(True, "UMAS requests signed")]


def test_umas_data_that_only_resemble_an_identity_are_none():
    good = bytes.fromhex("5a00fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000") + b"\x04ABCD\x01" + bytes(8)
    assert len(rows(good, side=False)) == 4
    for other in (good[:-1], good + b"\0", good.replace(b"ABCD", b"AB\x01D"), good[:23] + b"\1" + good[24:]):
        assert len(rows(other, side=False)) == 1


def test_umas_session_keys_are_in_no_row():
    for first, second in (("5a 2c 41 ff00", "5a 2d 41 ff00"), ("5a 2c fe 2c", "5a 2d fe 2d")):
        assert key("modbus", adu(first)) == key("modbus", adu(second))
        assert rows(first) == rows(second)


def test_broadcast_writes_are_marked():
    data = adu("06 0001 0001", unit=0)
    (row,) = PROTOCOL.dissect(Message(data, len(data), True, "tcp", 502))
    assert (row.unit, row.detail) == ("0", "unit 0: broadcast behind a gateway")


@pytest.mark.parametrize(
    ("pdu", "side", "kind"),
    [
        ("03 0028 000a", None, Kind.REQUEST),
        ("03 04 00010002", None, Kind.RESPONSE),
        ("03 0028 000a", False, Kind.REQUEST),  # the conversation's ends are swapped
        ("03 04 00010002", True, Kind.RESPONSE),
        ("10 0001 0002 04 000a0102", False, Kind.REQUEST),
        ("10 0001 0002", True, Kind.RESPONSE),
        ("01 03 cd6b05", False, Kind.RESPONSE),  # as long as a request: the side decides
        ("01 03cd 6b05", True, Kind.REQUEST),
    ],
)
def test_length_tells_request_from_response_before_the_side_does(pdu, side, kind):
    assert rows(pdu, side=side)[0].kind is kind


def test_identification_becomes_identities():
    objects = {
        0: b"Maker",
        1: b"PC-1",
        2: b"V2.1",
        3: b"http://x",
        4: b"Product",
        5: b"Model 5",
        6: b"Line 2",
        0x80: b"x",
    }
    body = b"".join(bytes((n, len(t))) + t for n, t in objects.items())
    found = {r.field: r.value for r in rows(b"\x2b\x0e\3\x83\xff\1" + bytes((len(objects),)) + body, side=False)[1:]}
    assert found == {
        "vendor": "Maker",
        "order_number": "PC-1",
        "firmware": "V2.1",
        "name": "Line 2",
        "model": "Model 5",
    }


def test_more_follows_is_said():
    operation = rows(b"\x2b\x0e\1\x81\xff\2\1\0\1M", side=False)[0]
    assert operation.detail == "more follows"


def test_binary_identification_is_no_identity():
    found = rows(b"\x2b\x0e\1\x81\0\0\1\0\3\1\2\3", side=False)
    assert [type(r) for r in found] == [Operation]


def test_server_id_names_the_device():
    assert Identity("model", "ACME 12") in rows(b"\x11\x09\1\xffACME 12", side=False)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("0007 0001 0006 01 03 0028 000a", "protocol identifier"),
        ("0007 0000 0007 01 03 0028 000a", "MBAP length"),
        ("0007 0000 0002 01 00", "function code 0"),
        ("0007 0000 0003 01 80 01", "function code 0"),
        ("0007 0000 0002 01 03", "cut short"),
        ("0007 0000 0002 01 83", "cut short"),
        ("0007 0000", "too few"),
        ("0007 0000 000b 01 2b 0e 01 01 00 00 01 00 05 41", "cut short"),
        ("0007 0000 0005 01 2b 0e 09 00", "read device id code"),
    ],
)
def test_what_breaks_the_specification_is_malformed(data, words):
    raw = bytes.fromhex(data)
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 502)))


@pytest.mark.parametrize(
    ("pdu", "port", "expected"),
    [
        ("03 0028 000a", 1502, True),
        ("03 0028 000a 00", 1502, False),  # a wrong length is believed on port 502 only
        ("03 0028 000a 00", 502, True),
        ("83 02", 1502, True),
        ("83 99", 1502, False),
        ("7d 01", 1502, False),
        ("41 01", 1502, False),  # anybody's message could look like a user-defined function
        ("41 01", 502, True),
    ],
)
def test_away_from_its_port_only_published_functions_are_modbus(pdu, port, expected):
    data = adu(pdu)
    assert PROTOCOL.probe(Message(data, len(data), True, "tcp", port)) is expected


SAME = [  # other values, transaction: still the same message
    ("03 04 00010002", "03 04 ffffffff"),
    ("05 0003 ff00", "05 0003 0000"),
    ("06 0028 04d2", "06 0028 0000"),
    ("0f 0013 000a 02 cd01", "0f 0013 000a 02 0000"),
    ("10 0001 0002 04 000a0102", "10 0001 0002 04 ffffffff"),
    ("15 09 06 0004 0007 0001 06af", "15 09 06 0004 0007 0001 ffff"),
    ("16 0004 00f2 0025", "16 0004 0000 ffff"),
    ("17 0003 0006 000e 0003 06 00ff00ff00ff", "17 0003 0006 000e 0003 06 000000000000"),
    ("17 04 00fe0acd", "17 04 12345678"),
    ("18 0006 0002 01b8 1284", "18 0006 0002 0000 0000"),
    ("5a 01 31 0001 0100 0400 dead", "5a 02 31 0001 0200 0400 beef"),
    ("5a 01 23 00000001", "5a 01 23 00000002"),
    ("5a 01 23 aabbccdd 01 02 3400 0000 1000 0500", "5a 02 23 aabbccdd 01 02 3400 0000 1000 0600"),
    ("5a 00 10 434c0000 02 4142", "5a 00 10 01020304 02 4142"),
]
OTHER = [  # another address, function, quantity, code: not the same
    ("03 0028 000a", "03 0029 000a"),
    ("03 0028 000a", "03 0028 000b"),
    ("03 0028 000a", "04 0028 000a"),
    ("05 0003 ff00", "05 0004 ff00"),
    ("10 0001 0002 04 000a0102", "10 0002 0002 04 000a0102"),
    ("14 07 06 0004 0001 0002", "14 07 06 0005 0001 0002"),
    ("15 09 06 0004 0007 0001 06af", "15 09 06 0004 0008 0001 06af"),
    ("17 0003 0006 000e 0003 06 00ff00ff00ff", "17 0003 0006 000f 0003 06 00ff00ff00ff"),
    ("83 02", "83 03"),
    ("08 0001 ff00", "08 0001 0000"),
    ("08 0001 0000", "08 0004 0000"),
    ("2b 0e 01 00", "2b 0e 02 00"),
    ("2b 0e 01 81 00 00 01 00 01 41", "2b 0e 01 81 00 00 01 00 01 42"),
    ("5a 01 40 ff00", "5a 01 41 ff00"),
    ("5a 01 23 aabbccdd 01 02 3400 0000 1000 0500", "5a 01 23 aabbccdd 01 02 3400 0000 1200 0500"),
    ("5a 01 fd 81", "5a 01 fd 83"),
    ("5a 00 20 00 1300 0000 0000 6400", "5a 00 20 00 1400 0000 0000 6400"),
]


@pytest.mark.parametrize(("one", "two"), SAME, ids=[s[0][:5] for s in SAME])
def test_values_do_not_make_a_message_another(one, two):
    assert key("modbus", adu(one, transaction=1)) == key("modbus", adu(two, transaction=2))


@pytest.mark.parametrize(("one", "two"), OTHER, ids=[o[0][:5] for o in OTHER])
def test_addresses_and_codes_make_a_message_another(one, two):
    assert key("modbus", adu(one)) != key("modbus", adu(two))


def test_an_answer_as_long_as_a_request_is_told_by_its_sender():
    one, two = adu("01 03 00ff12", transaction=1), adu("01 03 0a0000", transaction=2)
    assert key("modbus", one, from_client=False) == key("modbus", two, from_client=False)
    assert key("modbus", one) != key("modbus", two)
    assert key("modbus", adu("01 0300 0011"), from_client=True) != key("modbus", adu("01 0300 0012"), from_client=True)


def test_the_unit_makes_a_message_another():
    assert key("modbus", adu("03 0028 000a", unit=1)) != key("modbus", adu("03 0028 000a", unit=2))


def test_the_transaction_pairs():
    assert pair("modbus", adu("03 0028 000a", transaction=9)) == pair("modbus", adu("83 02", transaction=9))
    assert pair("modbus", adu("03 0028 000a", transaction=9)) != pair("modbus", adu("83 02", transaction=8))


def recorded(name: str) -> list[tuple[bool, list]]:
    found = []
    for talk in streams(CAPTURES / "modbus" / name).values():
        for side, data in cut_by_length(talk, 4, 2, 6):
            try:
                found.append((side, list(PROTOCOL.dissect(Message(data, len(data), side, "tcp", 502)))))
            except Malformed as problem:
                found.append((side, [str(problem)]))
    return found


def test_a_recorded_conversation_of_pymodbus():
    found = recorded("tcp.pcap")
    assert [r for _, r in found if isinstance(r[0], str)] == [
        ["function code 0 is not allowed"]
    ]  # its server's mistake
    asked = Counter(r.code for side, rows in found for r in rows if side and isinstance(r, Operation))
    expected = {"1": 8, "2": 1, "3": 8, "4": 1, "5": 2, "6": 7, "7": 1, "11": 1, "12": 1, "15": 1, "16": 2, "17": 1}
    expected |= {"20": 1, "22": 1, "23": 2, "24": 1, "43:14": 4}
    expected |= {f"8:{n}": 1 for n in (0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20)}
    assert asked == expected
    refused = Counter(r.refusal for _, rows in found for r in rows if isinstance(r, Operation) and r.refusal)
    assert refused["Illegal Data Address (2)"] == 2
    identity = {(r.field, r.value) for _, rows in found for r in rows if isinstance(r, Identity)}
    assert {("vendor", "Example Controls"), ("model", "EC-7021/8DI"), ("firmware", "2.14.3")} <= identity


def test_built_exchanges_all_hold():
    assert not [r for _, r in recorded("built.pcap") if isinstance(r[0], str)]
