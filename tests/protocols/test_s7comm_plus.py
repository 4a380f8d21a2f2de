"""S7comm-plus: what is asked by object, class and attribute; who opens a session; integrity part and TLS; the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import s7comm_plus as made
from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.s7 import _s7comm_plus_pdu as pdus
from scanner.protocols.s7._s7comm_plus_values import texts
from scanner.protocols.s7.s7comm_plus import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows

DATA_BLOCK = made.address(0x8A0E0002, 2550, 10, checksum=0xABC39AE6)


def asked(function: int, body: bytes, version: int = 2, digest: bytes = b"", sequence: int = 9) -> bytes:
    tail = made.vlq(7) + (b"" if digest and version == 2 else bytes(4))
    return made.pdu(version, made.request(function, sequence, body) + tail, digest=digest)


def answered(function: int, body: bytes, version: int = 2) -> bytes:
    return made.pdu(version, made.response(function, 9, body) + bytes(4))


def rows(data: bytes, from_client: bool = True) -> list:
    message = Message(data, len(data), from_client, "tcp", 102)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def recorded(name: str) -> list[tuple[int, list]]:
    """(count, rows) of the messages of a capture."""
    result = read_capture(CAPTURES / "s7comm_plus" / name, name, framing_plan())
    found = []
    for index, protocol, message in claimed(result):
        if protocol == "s7comm-plus":
            assert PROTOCOL.probe(message)
            found.append((result.messages[index].count, list(PROTOCOL.dissect(message))))
    return found


def operations(name: str) -> list[tuple]:
    return [
        (count, r.verb.value, r.function, r.object, r.detail, r.refusal)
        for count, found in recorded(name)
        for r in found
        if isinstance(r, Operation) and r.kind is Kind.REQUEST
    ]


def test_a_panel_reads_and_writes():
    assert operations("panel.pcap") == [
        (1, "session", "CreateObject", "server session", "in server sessions", ""),
        (1, "session", "SetMultiVariables", "session", "ServerSessionVersion, SessionKey", ""),
        (2, "read", "GetMultiVariables", "DB2 member 2550.10", "", ""),
        (3, "write", "SetMultiVariables", "DB2 member 2550", "", ""),
        (2, "write", "SetMultiVariables", "bit memory", "", ""),
        (1, "read", "GetMultiVariables", "DB2 member 2550.10, bit memory member 3.122.1.7", "", ""),
        (1, "write", "SetMultiVariables", "DB2 member 2550", "first of 2 variables", ""),
        (1, "session", "DeleteObject", "session", "", ""),
    ]


def test_an_engineering_station_browses_loads_stops_and_starts():
    plain = [o[1:5] for o in operations("station.pcap")]
    unit = "CPU execution unit"
    assert plain == [
        ("session", "CreateObject", "server session", "in server sessions"),
        ("session", "SetMultiVariables", "session", "ServerSessionVersion"),
        ("program-upload", "Explore", "PLC program", "attribute 2453, name, BlockNumber, BodyDescription, Code"),
        ("read", "GetVarSubStreamed", "CPU (common)", "CPUProtectionLevel"),
        ("program-upload", "GetVarSubStreamed", "OB1", "BodyDescription"),
        ("authenticate", "SetVarSubStreamed", "session", "Legitimate"),
        ("read", "GetMultiVariables", unit, "attribute 2237, attribute 3688, attribute 3687"),
        ("read", "GetLink", "", ""),
        ("session", "BeginSequence", "", ""),
        ("program-download", "CreateObject", "OB1", "in PLC program"),
        ("program-download", "CreateObject", "DB5", "in PLC program"),
        ("program-download", "DeleteObject", "FC7", ""),
        ("session", "EndSequence", "", ""),
        ("stop", "SetVariable", unit, "OperatingStateREQ: STOP"),
        ("start", "SetVariable", unit, "OperatingStateREQ: RUN"),
        ("restart", "SetVariable", unit, "OperatingStateREQ: reset of retentive memory"),
        ("mode-change", "SetVariable", unit, "OperatingStateREQ: another state"),
        ("time-sync", "SetVariable", "CPU (common)", "SystemTime"),
        ("operate", "Invoke", "", ""),
        ("unknown", "Function 0x0577", "", ""),
    ]


def test_version_3_with_a_subscription():
    found = recorded("version3.pcap")
    assert [o[:5] for o in operations("version3.pcap")][1:] == [
        (1, "subscribe", "CreateObject", "subscription", "in dynamic object"),
        (5, "subscribe", "SetVariable", "subscription", "SubscriptionCreditLimit"),
        (1, "read", "GetMultiVariables", "DB9 member 9", ""),
        (1, "write", "SetMultiVariables", "DB9 member 9", ""),
        (1, "read", "GetMultiVariables", "CPU", "name"),
    ]
    reports = [(n, r.verb, r.kind) for n, rows in found for r in rows if getattr(r, "function", "") == "Notification"]
    assert reports == [(5, Verb.REPORT, Kind.NOTICE)]
    assert Session(version="V3", encrypted=False, detail="messages with integrity part") in [
        r for _, f in found for r in f
    ]


def test_the_ends_of_a_session_say_who_they_are():
    found = [r for _, rows in recorded("panel.pcap") for r in rows if isinstance(r, Identity)]
    assert [(r.field, r.value) for r in found] == [
        ("hostname", "PANEL-7"),
        ("software", "RUNTIME"),
        ("vendor", "Siemens"),
        ("order_number", "6ES7 511-1AK00-0AB0"),
        ("firmware", "V1.0"),
        ("software", "OMSP.REL.EXAMPLE"),
    ]
    details = {r.detail for _, rows in recorded("panel.pcap") for r in rows if isinstance(r, Session)}
    assert details == {
        "session of HMI USER",
        "the controller asks the client to prove a key",
        "messages with integrity part",
    }
    station = {r for _, rows in recorded("station.pcap") for r in rows if isinstance(r, Session)}
    assert Session(version="V2", encrypted=False, detail="messages without integrity part") in station


def test_a_description_is_no_host_name():
    """An OPC server of SIMATIC NET puts ':::"OPC Server_1"::VM/' where others put the name of their computer."""
    for host, expected in (("PANEL-7", ["PANEL-7"]), (':::"OPC Server_1"::VM/', []), ("", [])):
        body = struct.pack(">I", 285) + b"\0\4\0" + bytes(4) + made.created(211, 287, made.text(298, host))
        found = rows(made.pdu(1, made.request(made.CREATE, 1, body) + bytes(4)))
        assert [r.value for r in found if isinstance(r, Identity)] == expected


def test_a_long_program_is_one_download_and_its_parts_say_nothing():
    found = recorded("station.pcap")
    assert sum(1 for _, rows in found for r in rows if isinstance(r, Operation) and r.object == "OB1") == 2
    assert [n for n, rows in found if not rows] == [2, 1, 1]  # two parts, a counting event, a keep-alive
    event = next(r for _, rows in found for r in rows if getattr(r, "function", "") == "System Event")
    assert (event.verb, event.detail) == (Verb.SESSION, "LOGOUT")


def test_a_real_client_and_server():
    for name in ("library_v1.pcap", "port_1102.pcap"):
        found = operations(name)
        assert (2, "write", "SetMultiVariables", "DB1 member 2550", "", "") in found
        assert (1, "read", "Explore", "CPU execution unit", "", "") in found
        assert (1, "read", "GetMultiVariables", "DB1 member 2550.3.0.4, DB2 member 2550.3.0.2", "", "") in found


def test_tls_inside_cotp_is_a_secured_session():
    found = recorded("library_tls.pcap")
    sessions = [r for _, rows in found for r in rows if isinstance(r, Session)]
    assert Session(encrypted=True, detail="TLS inside COTP") in sessions
    assert [s.version for s in sessions if s.cipher] == ["TLS 1.3"]
    functions = [r.function for _, rows in found for r in rows if isinstance(r, Operation)]
    assert functions[:4] == ["InitSSL", "InitSSL", "ClientHello", "ServerHello"]
    assert {*functions[4:]} == {"Secured message"}


@pytest.mark.parametrize(
    ("code", "words"),
    [(-100, "ServiceAccessDenied (-100)"), (-351, "IntegrityError (-351)"), (-9999, "return code (-9999)")],
)
def test_a_negative_return_value_refuses(code, words):
    (row,) = rows(answered(made.SET_MULTI, made.failure(code)), False)
    assert (row.kind, row.refusal, row.verb, row.code) == (Kind.REFUSAL, words, Verb.WRITE, "0x0542")


def test_a_remark_is_no_refusal():
    (row,) = rows(answered(made.SET_MULTI, b"\x13"), False)
    assert (row.kind, row.refusal) == (Kind.RESPONSE, "")
    assert row.detail == "WarningServiceExecutedWithPartialError (19)"


def test_values_counters_and_digests_make_no_other_message():
    """The same variable with other values, in every layout."""
    for version, digests in ((2, (b"", b"")), (2, (b"\1" * 32, b"\2" * 32)), (3, (b"\1" * 32, b"\2" * 32))):
        kinds = set()
        for sequence, (value, digest) in enumerate(zip((b"\x05", b"\x06"), digests, strict=True), start=9):
            body = bytes(4) + b"\1\5" + DATA_BLOCK + b"\1\0\x0a" + value + b"\0" + made.QUALIFIER
            kinds.add(key("tpkt", asked(made.SET_MULTI, body, version, digest, sequence)))
        assert len(kinds) == 1
        other = bytes(4) + b"\1\5" + made.address(0x8A0E0003, 2550, 10, checksum=0xABC39AE6) + b"\1\0\x0a\5\0"
        assert key("tpkt", asked(made.SET_MULTI, other + made.QUALIFIER, version, digests[0])) not in kinds


def test_every_operating_state_is_another_message():
    def request(state: int) -> bytes:
        return asked(made.SET, struct.pack(">I", 52) + b"\1\x90\x77\0\x08" + bytes((state,)) + made.QUALIFIER + b"\0")

    assert len({key("tpkt", request(state)) for state in (1, 2, 3, 4)}) == 4


def test_an_answer_repeats_the_sequence_number():
    assert pair("tpkt", asked(made.GET_MULTI, bytes(4) + b"\1\5" + DATA_BLOCK)) == struct.pack(">H", 9)
    assert pair("tpkt", answered(made.GET_MULTI, b"\0")) == struct.pack(">H", 9)


@pytest.mark.parametrize("size", range(6))
def test_the_class_is_found_behind_an_integrity_identifier_of_any_size(size):
    identifier = b"\x81" * (size - 1) + b"\x01" if size else b""
    body = struct.pack(">I", 3) + b"\0\4\0" + bytes(4) + identifier + made.created(0x8A0E0005, 2574)
    row = rows(asked(made.CREATE, body))[0]
    assert (row.verb, row.object) == (Verb.PROGRAM_DOWNLOAD, "DB5")


def test_a_length_field_in_the_place_of_a_digest_is_no_digest():
    """The 37th octet from the end is 0x20 by chance; messages without digest have four zero octets at their end."""
    data = asked(made.GET_SUB, struct.pack(">I", 50) + b"\x20\4\1" + made.vlq(3451) + made.QUALIFIER)
    assert data[-37] == 0x20
    operation, session = rows(data)
    assert (operation.object, operation.detail) == ("CPU (common)", "CPUProtectionLevel")
    assert session.detail == "messages without integrity part"


def test_other_protocols_over_tpkt_are_not_its_own():
    s7 = bytes.fromhex("0300001902f08032010000050000080000f0000008000803c0")
    mms = bytes.fromhex("0300001f02f0800100010061123010020103a00ba009a10702010282020080")
    for data in (s7, mms):
        assert case_of("tpkt", data).protocol != "s7comm-plus"
        assert not PROTOCOL.probe(Message(data, len(data), True, "tcp", 102))


GOOD = asked(made.GET_MULTI, bytes(4) + b"\1\5" + DATA_BLOCK + made.QUALIFIER)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:10],
        GOOD[:8] + b"\x04" + GOOD[9:],  # no such version
        GOOD[:9] + b"\x01\x00" + GOOD[11:],  # longer than its packet
        GOOD + b"\0",
        made.pdu(3, bytes(20))[:11] + b"\x10" + made.pdu(3, bytes(20))[12:],  # a digest of sixteen octets
        bytes.fromhex("0300001002f0801703030009000000"),  # a TLS record beyond the packet
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 102)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_requests_are_joined_to_their_answers():
    result = read_capture(CAPTURES / "s7comm_plus" / "panel.pcap", "panel.pcap", framing_plan())
    found = [columns for _, _, _, columns in operation_rows(result, understand(result, protocols()))]
    writes = [o for o in found if o["seen_as"] == "request" and o["object"] == "DB2 member 2550" and not o["detail"]]
    assert [(o["count"], o["accepted"], o["refusals"]) for o in writes] == [(3, 2, ["ServiceAccessDenied (-100)"])]


@pytest.mark.parametrize("kind", [0x00, 0x01, 0x0F])
def test_an_array_that_claims_more_members_than_there_are_atoms_costs_nothing(kind: int) -> None:
    assert texts(bytes([0xA3, 1, 0x10, kind, *[0xFF] * 8, 0x00])) in ({}, {1: b""})


@pytest.mark.parametrize("function", [0x0401, 0x0A01, 0x7F7F])
def test_a_function_that_nobody_knows_may_do_anything(function: int) -> None:
    data = asked(function, bytes(20))
    row = next(r for r in rows(data) if isinstance(r, Operation))
    assert PROTOCOL.meant(row).verb is Verb.UNKNOWN_FUNCTION
    other = case_of("tpkt", data)
    assert other is not None
    assert other.protocol == "s7comm-plus"
    assert key("tpkt", data) != key("tpkt", asked(function ^ 0x0100, bytes(20)))


def written(*attributes: int, rid: int = 52) -> bytes:
    """A SetMultiVariables of attributes of an object, each an octet that is 1."""
    count = bytes((len(attributes),))
    values = b"".join(made.vlq(n) + b"\0\x08\1" for n in range(1, len(attributes) + 1))
    body = struct.pack(">I", rid) + count * 2 + b"".join(map(made.vlq, attributes)) + values + b"\0"
    return asked(made.SET_MULTI, body + made.QUALIFIER)


@pytest.mark.parametrize("cut", [False, True])
def test_what_does_not_hold_the_end_of_a_message_does_not_say_whether_it_is_signed(cut: bool) -> None:
    data = made.pdu(2, made.request(made.CREATE, 9, struct.pack(">I", 3) + b"\0\4\0" + bytes(900)), trailer=cut)
    message = Message(data[:600] if cut else data, len(data), True, "tcp", 102)
    session = next(row for row in PROTOCOL.dissect(message) if isinstance(row, Session))
    assert (session.version, session.detail) == ("V2", "")


SESSION = 0x388
WRITES = {
    "a state": (written(2167), "stop", "OperatingStateREQ: STOP"),
    "a state behind a clock": (written(2421, 2167), "mode-change", "SystemTime, OperatingStateREQ"),
    "a code behind a state": (written(2167, 2580), "mode-change", "OperatingStateREQ, Code"),
    "a reset behind a name": (written(233, 387), "restart", "name, RootMemoryReset"),
    "a session's version of the CPU": (written(306, 5000), "write", "ServerSessionVersion, attribute 5000"),
    "a session's own": (written(306, 5000, rid=SESSION), "session", "ServerSessionVersion, attribute 5000"),
    "the key of a session": (written(1830, rid=SESSION), "authenticate", "SessionKey"),
    "numbers of one octet": (
        written(5, 6, 7, 2167),
        "mode-change",
        "attribute 5, attribute 6, attribute 7, OperatingStateREQ",
    ),
    "a number of three octets": (written(20000, 2167), "unknown-function", "attribute 20000 and more"),
    "nine": (written(*[233] * 8, 2167), "unknown-function", ", ".join(["name"] * 8) + " and more"),
    "nine of which one is grave": (
        written(*[233] * 7, 388, 233),
        "restart",
        ", ".join(["name"] * 7) + ", RootReset and more",
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_of_several_attributes_the_gravest_says_what_a_write_does(name: str) -> None:
    data, verb, detail = WRITES[name]
    row = PROTOCOL.meant(rows(data)[0])
    assert (row.verb, row.detail) == (verb, detail)


def test_every_attribute_that_is_told_apart_makes_another_message() -> None:
    for place in range(pdus.MOST_ATTRIBUTES):
        one = [233] * pdus.MOST_ATTRIBUTES
        other = [*one[:place], 234, *one[place + 1 :]]
        assert key("tpkt", written(*one)) != key("tpkt", written(*other))


def test_the_first_of_several_items_of_a_set_variable() -> None:
    body = struct.pack(">I", 52) + b"\2" + made.vlq(233) + b"\0\x08\1" + made.vlq(2167) + b"\0\x08\1"
    row = PROTOCOL.meant(rows(asked(made.SET, body + made.QUALIFIER))[0])
    assert (row.verb, row.detail) == (Verb.UNKNOWN_FUNCTION, "name and more")
