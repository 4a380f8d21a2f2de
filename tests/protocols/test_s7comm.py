"""S7comm and COTP: variables, programs, userdata, identities, refusals, and what is and is not part of the key."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.s7 import cotp
from scanner.protocols.s7.s7comm import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES, cut_by_length, streams

JOB, ACK, ACK_DATA, USERDATA = 1, 2, 3, 7


def tpkt(tpdu: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, 4 + len(tpdu)) + tpdu


def pdu(kind: int, parameters: bytes, data: bytes = b"", error: int = 0, reference: int = 1) -> bytes:
    head = struct.pack(">BBHHHH", 0x32, kind, 0, reference, len(parameters), len(data))
    extra = struct.pack(">H", error) if kind in (ACK, ACK_DATA) else b""
    return tpkt(b"\x02\xf0\x80" + head + extra + parameters + data)


def rows(raw: bytes, side: bool = True, protocol=PROTOCOL) -> list:
    message = Message(raw, len(raw), side, "tcp", 102)
    assert protocol.probe(message)
    return list(protocol.dissect(message))


def job(parameters: bytes, data: bytes = b"") -> list:
    return rows(pdu(JOB, parameters, data))


def answer(parameters: bytes, data: bytes = b"", error: int = 0) -> list:
    return rows(pdu(ACK_DATA, parameters, data, error), side=False)


def item(size: int, count: int, block: int, area: int, address: int) -> bytes:
    return struct.pack(">BBBBHHB", 0x12, 10, 0x10, size, count, block, area) + address.to_bytes(3, "big")


VARIABLES = [
    (item(1, 1, 1, 0x84, 3), "DB1.DBX0.3"),
    (item(2, 4, 1, 0x84, 80), "DB1.DBB10 x 4"),
    (item(4, 5, 10, 0x84, 160), "DB10.DBW20 x 5"),
    (item(8, 1, 10, 0x85, 320), "DI10.DID40"),
    (item(2, 4, 0, 0x83, 80), "MB10 x 4"),
    (item(1, 1, 0, 0x83, 80), "M10.0"),
    (item(4, 1, 0, 0x81, 16), "IW2"),
    (item(6, 1, 0, 0x82, 32), "QD4"),
    (item(2, 1, 0, 0x80, 8), "PB1"),
    (item(0x1D, 1, 0, 0x1D, 5), "T 5"),
    (item(0x1C, 3, 0, 0x1C, 7), "C 7 x 3"),
    (item(2, 1, 1, 0x99, 8), "area 0x99 B1"),
    (bytes.fromhex("120eb2ff0000005200000001 40000007"), "M symbol 0x00000001 path 7"),
    (bytes.fromhex("1212b2ff8a0e0001a1b2c3d42000000940000002"), "DB1 symbol 0xA1B2C3D4 path 9.2"),
    (bytes.fromhex("12088241000100027f03"), "NC channel 1 module 0x7F column 1 line 2 x 3"),
    (bytes.fromhex("120aa20000010002 03e80001"), "drive parameter 1000[1]"),
    (bytes.fromhex("120cb00204000100000800020010"), "DB1.DBB0 x 4, DB2.DBB16 x 8"),
    (bytes.fromhex("1204770102 03"), "item of syntax 0x77: 010203"),
]


@pytest.mark.parametrize(("specification", "expected"), VARIABLES, ids=[v[1] for v in VARIABLES])
def test_variables_are_named_as_engineers_write_them(specification, expected):
    (row,) = job(b"\x04\x01" + specification)
    assert (row.verb, row.function, row.code, row.object) == (Verb.READ, "Read Var", "0x04", expected)
    assert row.kind is Kind.REQUEST


def test_each_variable_is_an_operation_and_odd_items_are_filled():
    odd = bytes.fromhex("1205770102030400")  # five bytes and the fill byte
    found = job(b"\x05\x03" + item(4, 1, 1, 0x84, 0) + odd + item(4, 1, 2, 0x84, 0), b"\0" * 8)
    assert [(r.verb, r.object) for r in found] == [
        (Verb.WRITE, "DB1.DBW0"),
        (Verb.WRITE, "item of syntax 0x77: 01020304"),
        (Verb.WRITE, "DB2.DBW0"),
    ]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0x01, "Hardware error"),
        (0x03, "Access to the object not allowed"),
        (0x05, "Address out of range"),
        (0x06, "Data type not supported"),
        (0x07, "Data type inconsistent"),
        (0x0A, "Object does not exist"),
        (0x77, "Return code"),
    ],
)
def test_each_variable_is_accepted_or_refused_by_itself(code, text):
    good, bad = answer(b"\x05\x02", bytes((0xFF, code)))
    assert (good.kind, good.refusal) == (Kind.RESPONSE, "")
    assert (bad.kind, bad.refusal) == (Kind.REFUSAL, f"{text} (0x{code:02X})")


def test_return_codes_of_a_read_are_found_behind_data_of_any_length():
    data = bytes.fromhex("ff030001 01 00") + bytes.fromhex("ff040018 010203 00") + bytes.fromhex("ff090002 4142")
    found = answer(b"\x04\x04", data + bytes.fromhex("0a000000"))
    assert [r.refusal for r in found] == ["", "", "", "Object does not exist (0x0A)"]


BLOCK = b"\x09_0A00001P"
JOBS = [
    (b"\xf0\0\0\1\0\1\x01\xe0", Verb.SESSION, "Setup Communication", "", "PDU of 480 bytes"),
    (b"\x1a\0\1\0\0\0\0\0" + BLOCK + b"\x0d1000108000072", Verb.PROGRAM_DOWNLOAD, "Request Download", "DB1", ""),
    (b"\x1d\0\0\0\0\0\0\0\x09_0800035A", Verb.PROGRAM_UPLOAD, "Start Upload", "OB35", ""),
    (b"\x1e\0\0\0\0\0\0\7", Verb.PROGRAM_UPLOAD, "Upload", "", ""),
    (b"\x1f\0\0\0\0\0\0\7", Verb.PROGRAM_UPLOAD, "End Upload", "", ""),
    (b"\x29\0\0\0\0\0\x09P_PROGRAM", Verb.STOP, "PLC Stop", "P_PROGRAM", ""),
    (b"\x77\1", Verb.UNKNOWN, "Function 0x77", "", ""),
]
SERVICES = [
    (b"P_PROGRAM", b"", Verb.START, "PLC Start", "", "service P_PROGRAM, warm start"),
    (b"P_PROGRAM", b"C ", Verb.START, "PLC Start", "", "service P_PROGRAM, cold start"),
    (b"_INSE", b"\1\0000A00001P", Verb.PROGRAM_DOWNLOAD, "Insert Block", "DB1", "service _INSE"),
    (b"_DELE", b"\2\0000C00012B0E00003B", Verb.PROGRAM_DOWNLOAD, "Delete Block", "FC12, FB3", "service _DELE"),
    (b"_MODU", b"EP", Verb.PROGRAM_DOWNLOAD, "Copy RAM to ROM", "", "service _MODU"),
    (b"_GARB", b"", Verb.CONFIGURE, "Compress Memory", "", "service _GARB"),
    (b"_N_SELECT", b"\x03101\x03/XY", Verb.OPERATE, "NC Select Program", "/XY", "service _N_SELECT"),
    (b"_N_F_DELE", b"\x03101\x03/XY", Verb.FILE_DELETE, "NC Delete File", "/XY", "service _N_F_DELE"),
    (b"_N_NOVEL", b"", Verb.UNKNOWN, "PI Service", "", "service _N_NOVEL"),
]


@pytest.mark.parametrize("case", JOBS, ids=[j[2] for j in JOBS])
def test_jobs(case):
    parameters, *expected = case
    (row,) = job(parameters)
    assert [row.verb, row.function, row.object, row.detail] == expected
    assert (row.kind, row.code) == (Kind.REQUEST, f"0x{parameters[0]:02X}")


def service(name: bytes, argument: bytes) -> bytes:
    head = b"\x28\0\0\0\0\0\0\xfd" + struct.pack(">H", len(argument))
    return head + argument + bytes((len(name),)) + name


@pytest.mark.parametrize("case", SERVICES, ids=[s[5] for s in SERVICES])
def test_program_invocation_services(case):
    name, argument, *expected = case
    (row,) = job(service(name, argument))
    assert [row.verb, row.function, row.object, row.detail] == expected


def test_a_service_whose_lengths_are_wrong_is_still_known_by_its_name():
    (row,) = job(b"\x28\0\0\0\0\0\0\x08\0\x05\0" + b"41000011P_DELE")
    assert (row.function, row.object) == ("Delete Block", "")


def test_passwords_never_reach_a_row():
    found = job(service(b"_N_LOGIN_", b"\x03101\x07sesame!"))
    found += job(service(b"_N_NEWPWD", b"\x03101\x07sesame!\x011"))
    found += rows(pdu(USERDATA, request(5, 1), payload(b"sesame!!")))
    assert found[0].verb is Verb.AUTHENTICATE
    assert "sesame" not in repr(found)


def test_a_controller_fetching_the_blocks_of_a_download_is_not_a_download_by_the_controller():
    for raw, side in (
        (pdu(JOB, b"\x1b\0\0\0\0\0\0\0" + BLOCK), False),
        (pdu(ACK_DATA, b"\x1b\0", b"\0\2\0\xfbab"), True),
    ):
        (row,) = rows(raw, side)
        assert (row.kind, row.verb, row.function) == (Kind.NOTICE, Verb.PROGRAM_DOWNLOAD, "Download Block")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (0xD241, "Function not permitted at this protection level (0xD241)"),
        (0x8104, "Service not implemented, or a frame error (0x8104)"),
        (0x8499, "Service processing error (0x8499)"),
        (0x1234, "Error (0x1234)"),
    ],
)
def test_errors_refuse_with_words_and_number(error, text):
    (row,) = answer(b"\x29", error=error)
    assert (row.kind, row.verb, row.refusal) == (Kind.REFUSAL, Verb.STOP, text)
    (row,) = rows(pdu(ACK, b"", error=error), side=False)
    assert (row.kind, row.refusal) == (Kind.REFUSAL, text)


# --- userdata -------------------------------------------------------------------------------------------------------


def request(group: int, function: int) -> bytes:
    return bytes((0, 1, 0x12, 4, 0x11, 0x40 | group, function, 0))


def result(group: int, function: int, error: int = 0, kind: int = 0x80) -> bytes:
    return bytes((0, 1, 0x12, 8, 0x12, kind | group, function, 1, 0, 0)) + struct.pack(">H", error)


def payload(data: bytes = b"", code: int = 0xFF) -> bytes:
    return struct.pack(">BBH", code, 9, len(data)) + data


TIS = struct.pack(">HH", 2, 14) + b"\0\0" + struct.pack(">H", 2) + bytes.fromhex("01 02 0000 000a 70 05 0001 0014")
CYCLIC = b"\0\1\1\5" + item(2, 8, 1, 0x84, 0)
SZL = "CPU Functions: Read SZL"
ASKED = [
    ((4, 1), b"\0\x1c\0\1", Verb.IDENTIFY, SZL, "SZL 0x001C index 0x0001", "component identification"),
    ((4, 1), b"\4\x24\0\0", Verb.DIAGNOSE, SZL, "SZL 0x0424 index 0x0000", "operating modes"),
    ((4, 2), b"\x83\0HmiRtm  ", Verb.SUBSCRIBE, "CPU Functions: Message Service", "", ""),
    ((3, 1), b"", Verb.READ, "Block Functions: List Blocks", "", ""),
    ((3, 2), b"0A", Verb.READ, "Block Functions: List Blocks of Type", "DB blocks", ""),
    ((3, 3), b"0A00001A", Verb.READ, "Block Functions: Get Block Info", "DB1", ""),
    ((5, 1), b"12345678", Verb.AUTHENTICATE, "Security: PLC Password", "", ""),
    ((5, 2), b"", Verb.SESSION, "Security: Cancel PLC Password", "", ""),
    ((7, 1), b"", Verb.READ, "Time Functions: Read Clock", "", ""),
    ((7, 2), bytes(10), Verb.TIME_SYNC, "Time Functions: Set Clock", "", ""),
    ((2, 1), CYCLIC, Verb.SUBSCRIBE, "Cyclic Services: Cyclic Transfer", "DB1.DBB0 x 8", "every 5 s"),
    ((1, 2), TIS, Verb.READ, "Programmer Commands: Variable Status", "MB10 x 2, DB1.DBX20.5", ""),
    ((1, 8), TIS, Verb.WRITE, "Programmer Commands: Modify Variable", "MB10 x 2, DB1.DBX20.5", ""),
    ((1, 9), TIS, Verb.WRITE, "Programmer Commands: Force", "MB10 x 2, DB1.DBX20.5", ""),
    ((1, 12), b"", Verb.RESTART, "Programmer Commands: Memory Reset", "", ""),
    ((6, 9), b"\x12\6\x13\0\0\0\0\7", Verb.WRITE, "PBC BSEND: BSEND", "R_ID 0x00000007", ""),
    ((63, 1), b"", Verb.PROGRAM_DOWNLOAD, "NC Programming: NC Request Download", "", ""),
    ((33, 9), b"", Verb.UNKNOWN, "Group 33: function 9", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", ASKED, ids=[f"{a[0][0]}:{a[0][1]}" for a in ASKED])
def test_userdata_requests(case):
    (group, function), data, *expected = case
    row = rows(pdu(USERDATA, request(group, function), payload(data)))[0]
    assert [row.verb, row.function, row.object, row.detail] == expected
    assert (row.kind, row.code) == (Kind.REQUEST, f"{group}:{function}")
    assert row.verb in PROTOCOL.verbs


def test_userdata_answers_accept_and_refuse():
    (good,) = rows(pdu(USERDATA, result(7, 2), payload(code=0x0A)), side=False)
    assert (good.kind, good.verb) == (Kind.RESPONSE, Verb.TIME_SYNC)
    (bad,) = rows(pdu(USERDATA, result(7, 2, 0xDC01), payload(code=0x0A)), side=False)
    assert (bad.kind, bad.refusal) == (Kind.REFUSAL, "Error in date or time (0xDC01)")


def test_a_login_is_a_session_and_only_an_accepted_one_authenticates():
    assert Session(credentials="user-password", detail="S7 protection level password") in rows(
        pdu(USERDATA, request(5, 1), payload(bytes(8)))
    )
    assert Session(authenticated=True) in rows(pdu(USERDATA, result(5, 1), payload()), side=False)
    refused = rows(pdu(USERDATA, result(5, 1, 0xD602), payload()), side=False)
    assert [type(r) for r in refused] == [Operation]
    assert refused[0].refusal == "Wrong password (0xD602)"


def test_indications_are_notices():
    (row,) = rows(pdu(USERDATA, result(4, 18, kind=0), payload(bytes(8))), side=False)
    assert (row.kind, row.verb, row.function) == (Kind.NOTICE, Verb.REPORT, "CPU Functions: ALARM_S Indication")
    (row,) = rows(pdu(USERDATA, b"\1\1\x12\4\1\2\0\0"), side=False)
    assert (row.kind, row.function, row.detail) == (Kind.NOTICE, "Mode Transition", "mode RUN")


def szl(identifier: int, size: int, records: list[bytes]) -> bytes:
    return payload(struct.pack(">HHHH", identifier, 0, size, len(records)) + b"".join(records))


def identity(data: bytes) -> dict[str, str]:
    found = rows(pdu(USERDATA, result(4, 1), data), side=False)
    return {r.field: r.value for r in found if isinstance(r, Identity)}


def test_module_identification():
    records = [(1, b"6ES7 315-2EH14-0AB0 ", 4, 1), (6, b"6ES7 315-2EH14-0AB0 ", 4, 1), (7, b" " * 20, 0x5603, 0x0206)]
    packed = [struct.pack(">H20sHHH", n, text, 0xC0, a, b) for n, text, a, b in records]
    expected = {"order_number": "6ES7 315-2EH14-0AB0", "vendor": "Siemens", "hardware_revision": "4"}
    assert identity(szl(0x0011, 28, packed)) == {**expected, "firmware": "V3.2.6"}
    assert identity(szl(0x0111, 28, packed[:1])) == {"order_number": "6ES7 315-2EH14-0AB0", "vendor": "Siemens"}


TEXTS = {1: b"LINE2", 2: b"CPU", 3: b"PLANT", 4: b"Original Siemens Equipment", 5: b"S C-1", 7: b"CPU 315-2 PN/DP"}


def test_component_identification_in_one_part_and_in_two():
    texts = {**TEXTS, 6: b"", 8: b"MMC 1", 9: b"\0*\xf6"}
    records = [struct.pack(">H", n) + texts[n].ljust(32, b"\0") for n in sorted(texts)]
    whole = szl(0x001C, 34, records)
    expected = {"name": "LINE2", "vendor": "Siemens", "serial": "S C-1", "model": "CPU 315-2 PN/DP"}
    assert identity(whole) == expected
    first, second = whole[4:200], whole[200:]
    assert identity(payload(first)) == {k: expected[k] for k in ("name", "vendor", "serial")}
    assert identity(payload(second)) == {"model": "CPU 315-2 PN/DP"}


def test_other_lists_are_no_identities():
    assert identity(szl(0x00A0, 20, [bytes(20)] * 3)) == {}
    assert identity(payload(bytes(range(68)))) == {}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (tpkt(b"\x02\xf0\x80\x72\x01\0\0\0\0\0\0\0\0\0"), "no S7 PDU"),
        (tpkt(b"\x02\xf0\x80\x32"), "no S7 PDU"),
        (pdu(5, b"\4\1") + b"\0", "ROSCTR 5"),
        (pdu(JOB, b"\4\1" + item(2, 1, 1, 0x84, 0))[:-2], "parameters and data need"),
        (pdu(JOB, b"\4\1" + item(2, 1, 1, 0x84, 0)[:-1]), "item 1 of 1 is cut short"),
        (pdu(JOB, b"\4\1\x13\x02\x10\0"), "variable specification 0x13"),
        (pdu(JOB, b""), "without parameters"),
        (pdu(JOB, b"\4"), "without item count"),
        (pdu(JOB, b"\x28\0\0\0\0\0\0\xfd\0\x09\0"), "cut short"),
        (pdu(JOB, b"\x1d\0\0\0\0\0\0\0\x09_08"), "cut short"),
        (pdu(ACK_DATA, b"\4\2", bytes.fromhex("ff030001 01 00")), "2 items announced"),
        (pdu(USERDATA, b"\0\1\x12"), "userdata parameters"),
        (pdu(USERDATA, b"\1\1"), "without a mode"),
    ],
)
def test_what_breaks_the_protocol_is_malformed(raw, words):
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 102)))


def test_a_message_cut_by_the_snap_length_gives_what_is_there():
    raw = pdu(JOB, b"\4\2" + item(2, 1, 1, 0x84, 0) + item(2, 1, 2, 0x84, 0))
    (row,) = PROTOCOL.dissect(Message(raw[:-3], len(raw), True, "tcp", 102))
    assert row.object == "DB1.DBB0"


# --- keys -----------------------------------------------------------------------------------------------------------

ONE = item(4, 1, 1, 0x84, 0)
SAME = [
    (pdu(JOB, b"\5\1" + ONE, b"\0\4\0\x10ab", reference=1), pdu(JOB, b"\5\1" + ONE, b"\0\4\0\x10cd", reference=2)),
    (pdu(ACK_DATA, b"\4\1", b"\xff\4\0\x10ab"), pdu(ACK_DATA, b"\4\1", b"\xff\4\0\x10cd")),
    (pdu(JOB, b"\x1e\0\0\0\0\0\0\7"), pdu(JOB, b"\x1e\0\0\0\0\0\0\x08")),
    (pdu(ACK_DATA, b"\x1e\0", b"\0\2\0\xfbab"), pdu(ACK_DATA, b"\x1e\0", b"\0\2\0\xfbcd")),
    (pdu(USERDATA, request(7, 2), payload(b"A" * 10)), pdu(USERDATA, request(7, 2), payload(b"B" * 10))),
    (pdu(USERDATA, request(5, 1), payload(b"A" * 8)), pdu(USERDATA, request(5, 1), payload(b"B" * 8))),
    (pdu(USERDATA, result(7, 1), payload(b"A" * 10)), pdu(USERDATA, result(7, 1), payload(b"B" * 10))),
    (pdu(USERDATA, result(2, 1, kind=0), payload(b"A")), pdu(USERDATA, result(2, 1, kind=0), payload(b"B"))),
    (pdu(USERDATA, result(4, 1), szl(0xA0, 20, [b"A" * 20])), pdu(USERDATA, result(4, 1), szl(0xA0, 20, [b"B" * 20]))),
]
OTHER = [
    (pdu(JOB, b"\5\1" + ONE, b"\0\4\0\x10ab"), pdu(JOB, b"\5\1" + item(4, 1, 1, 0x84, 8), b"\0\4\0\x10ab")),
    (pdu(JOB, b"\4\1" + ONE), pdu(JOB, b"\4\1" + item(4, 2, 1, 0x84, 0))),
    (pdu(ACK_DATA, b"\4\1", b"\xff\4\0\x10ab"), pdu(ACK_DATA, b"\4\1", b"\x05\0\0\0")),
    (pdu(ACK_DATA, b"\5\2", b"\xff\xff"), pdu(ACK_DATA, b"\5\2", b"\xff\x05")),
    (pdu(ACK_DATA, b"\4\2", b"\xff\4\0\x10ab\xff\4\0\x10ab"), pdu(ACK_DATA, b"\4\2", b"\xff\4\0\x10ab\5\0\0\0")),
    (pdu(ACK_DATA, b"\x29"), pdu(ACK_DATA, b"\x29", error=0xD241)),
    (pdu(JOB, service(b"P_PROGRAM", b"")), pdu(JOB, service(b"P_PROGRAM", b"C "))),
    (pdu(USERDATA, request(4, 1), payload(b"\0\x11\0\0")), pdu(USERDATA, request(4, 1), payload(b"\0\x1c\0\0"))),
    (pdu(USERDATA, request(1, 8), payload(TIS)), pdu(USERDATA, request(1, 8), payload(TIS[:-1] + b"\x15"))),
    (pdu(USERDATA, result(5, 1)), pdu(USERDATA, result(5, 1, 0xD602))),
    (pdu(USERDATA, result(4, 1), szl(0x11, 28, [b"A" * 28])), pdu(USERDATA, result(4, 1), szl(0x11, 28, [b"B" * 28]))),
    (pdu(USERDATA, b"\1\1\x12\4\1\2\0\0"), pdu(USERDATA, b"\1\1\x12\4\1\0\0\0")),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_values_do_not_make_a_message_another(one, two):
    assert key("tpkt", one) == key("tpkt", two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_addresses_codes_and_identities_make_a_message_another(one, two):
    assert key("tpkt", one) != key("tpkt", two)


def test_the_pdu_reference_pairs():
    assert (
        pair("tpkt", pdu(JOB, b"\x29", reference=9)) == pair("tpkt", pdu(ACK_DATA, b"\x29", reference=9)) == b"\0\x09"
    )


# --- COTP -----------------------------------------------------------------------------------------------------------

PARAMETERS = b"\xc0\1\x0a\xc1\2\1\0\xc2\2\1\x02"
CR, CC = tpkt(b"\x11\xe0\0\0\0\1\0" + PARAMETERS), tpkt(b"\x11\xd0\0\1\0\2\0" + PARAMETERS)


def test_a_connection_names_rack_and_slot():
    (ask,) = rows(CR, protocol=cotp.PROTOCOL)
    assert (ask.kind, ask.verb, ask.unit) == (Kind.REQUEST, Verb.SESSION, "rack 0 slot 2")
    assert ask.detail == "class 0, TSAP 01.00 to 01.02, programming device, TPDU size 1024"
    (confirm,) = rows(CC, side=False, protocol=cotp.PROTOCOL)
    assert (confirm.kind, confirm.function) == (Kind.RESPONSE, "Connection Confirm")


def test_tsaps_of_others_are_not_racks():
    raw = tpkt(b"\x1c\xe0\0\0\0\1\0\xc1\2\6\x20\xc2\x10SIMATIC-ROOT-HMI")
    (row,) = rows(raw, protocol=cotp.PROTOCOL)
    assert (row.unit, row.detail) == ("", "class 0, TSAP 06.20 to SIMATIC-ROOT-HMI")
    (mms,) = rows(tpkt(b"\x0e\xe0\0\0\0\1\0\xc1\2\0\2\xc2\2\2\0"), protocol=cotp.PROTOCOL)
    assert mms.unit == ""


def test_a_disconnect_without_reference_refuses_the_connection():
    (refused,) = rows(tpkt(b"\6\x80\0\1\0\0\3"), side=False, protocol=cotp.PROTOCOL)
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "address unknown")
    (closed,) = rows(tpkt(b"\6\x80\0\1\0\2\x80"), side=False, protocol=cotp.PROTOCOL)
    assert (closed.kind, closed.detail) == (Kind.NOTICE, "normal disconnect")
    (error,) = rows(tpkt(b"\4\x70\0\1\2"), side=False, protocol=cotp.PROTOCOL)
    assert (error.kind, error.detail) == (Kind.NOTICE, "invalid TPDU type")


def test_references_are_not_part_of_a_connection():
    assert key("tpkt", CR) == key("tpkt", CR[:8] + b"\7\7" + CR[10:])
    assert key("tpkt", CR) != key("tpkt", CR[:-1] + b"\3")


def test_data_belong_to_the_protocol_above():
    assert case_of("tpkt", pdu(JOB, b"\x29")).protocol == "s7comm"
    assert case_of("tpkt", CR).protocol == "cotp"
    assert not cotp.PROTOCOL.probe(Message(pdu(JOB, b"\x29"), 20, True, "tcp", 102))


# --- recordings -----------------------------------------------------------------------------------------------------


def recorded(name: str) -> list[tuple[bool, list]]:
    found = []
    for talk in streams(CAPTURES / "s7comm" / name).values():
        for side, data in cut_by_length(talk, 2, 2, 0):
            if data[5:8] == b"\xf0\x80\x32":
                try:
                    found.append((side, list(PROTOCOL.dissect(Message(data, len(data), side, "tcp", 102)))))
                except Malformed as problem:
                    found.append((side, [str(problem)]))
    return found


def test_a_recorded_conversation_of_snap7():
    found = recorded("snap7.pcap")
    assert [r for _, r in found if isinstance(r[0], str)] == [["a variable job without item count"]]  # its client's
    verbs = Counter(r.verb for side, rows in found for r in rows if side and isinstance(r, Operation))
    assert verbs[Verb.STOP] == 1
    assert verbs[Verb.START] == 2
    assert verbs[Verb.PROGRAM_UPLOAD] == 3
    assert verbs[Verb.TIME_SYNC] == 1
    assert verbs[Verb.AUTHENTICATE] == 1
    names = {r.object for _, rows in found for r in rows if isinstance(r, Operation)}
    assert {"DB1.DBB0 x 16", "MB10 x 4", "IB0 x 2", "T 5", "C 5 x 2", "DB99.DBB0 x 4"} <= names
    assert Identity("order_number", "6ES7 315-2EH14-0AB0") in [r for _, rows in found for r in rows]
    assert "example" not in repr(found)  # the password of the recording


def test_built_exchanges_all_hold():
    assert not [r for _, r in recorded("built.pcap") if isinstance(r[0], str)]
