"""PROFINET IO context manager: services, records, refusals, what devices say of themselves, what is not PROFINET."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from fixtures.record import profinet_io as built
from fixtures.record.profinet_io import CONTROLLER, DEVICE, INTRUDER, STATION, Pdu, arguments, record
from fixtures.record.wire import Wire, mac_of
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Verb
from scanner.protocols.profinet._names import read_verb, record_name, status_name, write_verb
from scanner.protocols.profinet.profinet_io import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "profinet_io"


def operations(name: str) -> list[tuple]:
    result, meaning = understand_capture(FOLDER / name)
    return sorted(
        (
            result.conversations[c].client,
            row["verb"],
            row["function"],
            row["unit"],
            row["object"],
            row["count"],
            row["accepted"],
            tuple(row["refusals"]),
        )
        for c, protocol, _, row in operation_rows(result, meaning)
        if protocol == "profinet-io"
    )


def identities(name: str) -> dict[str, set[tuple[str, str]]]:
    result, meaning = understand_capture(FOLDER / name)
    found: dict[str, set[tuple[str, str]]] = {}
    for index, rows in meaning.rows.items():
        message = result.messages[index]
        conversation = result.conversations[message.conversation]
        for row in rows:
            if isinstance(row, Identity):
                sender = conversation.client if message.from_client else conversation.server
                found.setdefault(sender, set()).add((row.field, row.value))
    return found


DIAGNOSIS = "Diagnosis, Maintenance, Qualified and Status for one subslot (0x800C)"


@pytest.mark.parametrize("name", ["startup.pcap", "startup_vlan.pcap"])
def test_a_connection_from_connect_to_release(name):
    slot0, slot1, slot2 = "slot 0 subslot 0x0001", "slot 1 subslot 0x0001", "slot 2 subslot 0x0001"
    assert operations(name) == sorted(
        [
            (CONTROLLER, "session", "Connect", "", "Phoenix Contact device 0x0001", 1, 1, ()),
            (CONTROLLER, "diagnose", "ModuleDiffBlock", "", "", 1, 0, ()),
            (CONTROLLER, "configure", "Write", "slot 0 subslot 0x8000", "PDInterfaceAdjust (0x8071)", 1, 1, ()),
            (CONTROLLER, "write", "Write", slot1, "user record 0x0001", 1, 1, ()),
            (CONTROLLER, "write", "Write", slot2, "user record 0x0001", 1, 1, ()),
            (CONTROLLER, "session", "Control: PrmEnd", "", "", 1, 1, ()),
            (DEVICE, "session", "Control: ApplicationReady", "", "", 1, 1, ()),
            (CONTROLLER, "identify", "Read", slot0, "I&M0 (0xAFF0)", 1, 1, ()),
            (CONTROLLER, "identify", "Read", slot2, "I&M0 (0xAFF0)", 1, 1, ()),
            (CONTROLLER, "identify", "I&M0", slot2, "module", 1, 0, ()),
            (CONTROLLER, "diagnose", "Read", "slot 0 subslot 0x8001", DIAGNOSIS, 20, 20, ()),
            (CONTROLLER, "session", "Release", "", "", 1, 1, ()),
        ]
    )


def test_who_is_connected():
    assert identities("startup.pcap") == {
        CONTROLLER: {
            ("mac", mac_of(CONTROLLER)),
            ("profinet_name", "press-plc"),
            ("vendor", "Siemens"),
            ("role", "controller"),
        },
        DEVICE: {
            ("mac", mac_of(DEVICE)),
            ("profinet_name", "press-io-1"),
            ("vendor", "Phoenix Contact"),
            ("role", "io_device"),
            ("order_number", "2703981"),
            ("serial", "1212343421"),
            ("hardware_revision", "2"),
            ("firmware", "V1.2.3"),
        },
    }


def test_a_module_is_described_but_is_not_the_device():
    _, meaning = understand_capture(FOLDER / "startup.pcap")
    (notice,) = [r for rows in meaning.rows.values() for r in rows if getattr(r, "function", "") == "I&M0"]
    assert notice.kind is Kind.NOTICE
    assert notice.detail == (
        "Phoenix Contact, order number 2861632, serial number 1234509876, hardware revision 1, firmware V2.0.1"
    )


def test_interference_and_what_refuses_it():
    slot0, slot1, slot2 = "slot 0 subslot 0x0001", "slot 1 subslot 0x0001", "slot 2 subslot 0x0001"
    interface = "slot 0 subslot 0x8000"
    denied = "IODWriteRes, access: access denied (0xDF80B600)"
    assert operations("interference.pcap") == sorted(
        [
            (STATION, "identify", "ept_lookup", "", "", 1, 1, ()),
            (STATION, "identify", "Read Implicit", slot0, "I&M0FilterData (0xF840)", 1, 1, ()),
            (STATION, "identify", "Read", "slot 0 subslot 0x0000", "PDRealData (0xF841)", 1, 1, ()),
            (STATION, "identify", "Read", interface, "PDInterfaceDataReal (0x8080)", 1, 1, ()),
            (STATION, "configure", "Write", slot0, "I&M1 (0xAFF1)", 1, 1, ()),
            (STATION, "read", "Write", slot0, "PROFIenergy ServiceRecord (0x80A0)", 3, 3, ()),
            (STATION, "read", "Write", slot1, "PROFIdrive parameter access, local (0xB02E)", 3, 3, ()),
            (STATION, "write", "Write", slot1, "PROFIdrive parameter access, local (0xB02E)", 3, 3, ()),
            (STATION, "configure", "Write", interface, "CombinedObjectContainer (0x80B0)", 1, 1, ()),
            (STATION, "configure", "Write", interface, "PDInterfaceAdjust (0x8071)", 1, 1, ()),
            (STATION, "operate", "Write", slot0, "PROFIenergy ServiceRecord (0x80A0)", 1, 1, ()),
            (
                *(INTRUDER, "session", "Connect", "", "Phoenix Contact device 0x0001", 1, 0),
                ("IODConnectRes, CMRPC, out of AR resources (0xDB814004)",),
            ),
            (INTRUDER, "write", "Write", slot1, "user record 0x0001", 2, 0, (denied, INVALID)),
            (INTRUDER, "configure", "Write", interface, "PDInterfaceAdjust (0x8071)", 1, 1, ()),
            (INTRUDER, "write", "Write", slot2, "user record 0x0001", 1, 1, ()),
            (
                *(INTRUDER, "identify", "Read", "slot 9 subslot 0x0001"),
                *("RealIdentificationData for one subslot (0x8001)", 1, 0),
                ("IODReadRes, access: invalid slot/subslot (0xDE80B200)",),
            ),
            (INTRUDER, "diagnose", "Read", slot0, "LogData (0xF830)", 1, 0, ("nca_unk_if (0x1C010003)",)),
            (INTRUDER, "write", "Write", slot1, "user record 0x0002", 1, 0, ()),
            (INTRUDER, "session", "Nocall", "", "", 1, 0, ()),
        ]
    )


INVALID = "IODWriteRes, access: invalid index (0xDF80B000)"


def test_what_the_endpoint_mapper_and_the_interface_tell():
    assert identities("interference.pcap")[DEVICE] == {
        ("profinet_name", "press-io-1"),
        ("mac", mac_of(DEVICE)),
        ("ip", DEVICE),
        ("vendor", "Phoenix Contact"),
        ("model", "AXL F BK PN"),
        ("order_number", "2703981"),
        ("hardware_revision", "2"),
        ("firmware", "V1.2.3"),
    }


def test_details_of_connections_and_of_names_written():
    _, meaning = understand_capture(FOLDER / "interference.pcap")
    details = {r.detail for rows in meaning.rows.values() for r in rows if getattr(r, "detail", "")}
    assert details == {
        "IO supervisor or device access AR, initiator laptop, supervisor takeover allowed",
        'function tag "press line 3", location tag "hall 2"',
        "Query_Measurement",
        "Start_Pause",
        "read parameter 930[0] of drive object 0",
        "change parameter 1120[0] of drive object 0",
    }
    _, meaning = understand_capture(FOLDER / "startup.pcap")
    (detail,) = [
        r.detail for rows in meaning.rows.values() for r in rows if getattr(r, "function", "") == "Connect" and r.detail
    ]
    assert detail == (
        "IO controller AR, initiator press-plc, input RT_CLASS_2 44 bytes every 4 ms FrameID 0x8001, output RT_CLASS_2"
        " 40 bytes every 4 ms, modules expected in 3 slots"
    )


def test_nobody_logs_in():
    result, meaning = understand_capture(FOLDER / "startup.pcap")
    ((_, protocol, columns),) = session_rows(result, meaning)
    assert protocol == "profinet-io"
    assert (columns["credentials"], columns["authenticated"], columns["encrypted"]) == (["none"], False, False)


def test_fragments_away_from_the_port():
    slot1 = "slot 1 subslot 0x0001"
    assert operations("fragments_port_50123.pcap") == sorted(
        [
            (CONTROLLER, "configure", "Write", "slot 0 subslot 0x8000", "PDInterfaceAdjust (0x8071)", 1, 1, ()),
            (CONTROLLER, "write", "Write", slot1, "user record 0x0001", 1, 1, ()),
            (CONTROLLER, "session", "Fragment acknowledgement", "", "", 1, 0, ()),
            (CONTROLLER, "session", "Write, further fragment", "", "", 1, 0, ()),
        ]
    )
    _, meaning = understand_capture(FOLDER / "fragments_port_50123.pcap")
    details = [r.detail for rows in meaning.rows.values() for r in rows if getattr(r, "kind", "") is Kind.REQUEST]
    assert details == ["", "further records are not shown"]


# --- one message ------------------------------------------------------------------------------------------------------


def message(raw: bytes, port: int = 34964, transport: str = "udp") -> Message:
    return Message(raw, len(raw), True, transport, port)


def read(little: bool = True, **more) -> bytes:
    body = arguments(record(0x0009, 3, 1, 0x0010, 64), little=little)
    return Pdu(0, built.READ, body, little=little, **more).raw()


def rows(raw: bytes, **more) -> list:
    assert PROTOCOL.probe(message(raw, **more))
    return list(PROTOCOL.dissect(message(raw, **more)))


@pytest.mark.parametrize("little", [True, False])
def test_either_byte_order(little):
    (row,) = rows(read(little))
    assert (row.verb, row.code, row.unit, row.object) == (Verb.READ, "2", "slot 3 subslot 0x0001", "user record 0x0010")
    assert row.filter == "pn_io.opnum == 2 && pn_io.index == 0x0010"


def test_an_answer_finds_its_request_in_the_other_byte_order():
    asked, said = read(little=True, sequence=0x01020304), read(little=False, sequence=0x01020304)
    assert pair("profinet-io", asked) == pair("profinet-io", said)
    assert pair("profinet-io", asked) != pair("profinet-io", read(little=False, sequence=0x01020305))


def test_calls_and_connections_make_no_other_message():
    first = key("profinet-io", read())
    assert key("profinet-io", read(sequence=7)) == first
    changed = read().replace(built.RELATION, bytes(range(16)))
    assert changed != read()
    assert key("profinet-io", changed) == first


def test_record_data_are_no_part_of_the_key():
    def written(data: bytes) -> bytes:
        return Pdu(0, built.WRITE, arguments(record(0x0008, 3, 1, 0x0010, len(data)) + data)).raw()

    assert key("profinet-io", written(b"\1\2")) == key("profinet-io", written(b"\3\4"))


@pytest.mark.parametrize(
    ("index", "name", "reads", "writes"),
    [
        (0x0000, "user record 0x0000", Verb.READ, Verb.WRITE),
        (0x7FFF, "user record 0x7FFF", Verb.READ, Verb.WRITE),
        (0x8000, "ExpectedIdentificationData for one subslot", Verb.IDENTIFY, Verb.CONFIGURE),
        (0x800A, "Diagnosis in channel coding for one subslot", Verb.DIAGNOSE, Verb.CONFIGURE),
        (0x8052, "PDInterfaceMrpDataAdjust", Verb.READ, Verb.CONFIGURE),
        (0x80A0, "PROFIenergy ServiceRecord", Verb.READ, Verb.OPERATE),
        (0x9000, "record 0x9000", Verb.READ, Verb.CONFIGURE),
        (0xAFF0, "I&M0", Verb.IDENTIFY, Verb.CONFIGURE),
        (0xAFFF, "I&M15", Verb.IDENTIFY, Verb.CONFIGURE),
        (0xB02E, "PROFIdrive parameter access, local", Verb.READ, Verb.WRITE),
        (0xB050, "profile record 0xB050", Verb.READ, Verb.CONFIGURE),
        (0xC001, "RealIdentificationData for one slot", Verb.IDENTIFY, Verb.CONFIGURE),
        (0xE00C, "Diagnosis, Maintenance, Qualified and Status for one AR", Verb.DIAGNOSE, Verb.CONFIGURE),
        (0xE040, "WriteMultiple", Verb.READ, Verb.CONFIGURE),
        (0xF000, "RealIdentificationData for one API", Verb.IDENTIFY, Verb.CONFIGURE),
        (0xF830, "LogData", Verb.DIAGNOSE, Verb.CONFIGURE),
        (0xF883, "AssetManagementData", Verb.IDENTIFY, Verb.CONFIGURE),
    ],
)
def test_records_have_names_and_verbs(index, name, reads, writes):
    assert (record_name(index), read_verb(index), write_verb(index)) == (name, reads, writes)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("00000000", ""),
        ("DF80B600", "IODWriteRes, access: access denied (0xDF80B600)"),
        ("DB810104", "IODConnectRes, faulty ARBlockReq (0xDB810104)"),
        ("DB814006", "IODConnectRes, CMRPC, state conflict (0xDB814006)"),
        ("CF81FD05", "RTA error, RTA_ERR_CLS_PROTOCOL, AR consumer watchdog expired (0xCF81FD05)"),
        ("DE820102", "IODReadRes, manufacturer specific (0xDE820102)"),
        ("01020304", "ErrorCode 0x01 (0x01020304)"),
        ("DE80EE00", "IODReadRes, ErrorCode1 0xEE (0xDE80EE00)"),
        ("DE81F0F0", "IODReadRes, ErrorCode1 240 (0xDE81F0F0)"),
    ],
)
def test_errors_have_names(status, words):
    assert status_name(*bytes.fromhex(status)) == words


def test_a_written_record_may_be_refused_in_its_header_alone():
    body = arguments(record(0x8008, 1, 1, 0x0010, 0, 0xDF80B700), status=0)
    (row,) = rows(Pdu(2, built.WRITE, body).raw())
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "IODWriteRes, access: invalid range (0xDF80B700)")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("io-1", True),
        ("a", True),
        ("press.line-3", True),
        ("00-1b-1b-01-02-03", False),
        ("SCALANCE X208, S/N 4711", False),
        ("-io", False),
        ("", False),
    ],
)
def test_a_chassis_identifier_is_a_name_only_when_it_looks_like_one(name, found):
    data = built.interface_data(name, DEVICE)
    raw = Pdu(2, built.READ, arguments(record(0x8009, 0, 0x8000, 0x8080, len(data)) + data, status=0)).raw()
    names = [r.value for r in rows(raw) if isinstance(r, Identity) and r.field == "profinet_name"]
    assert names == ([name] if found else [])


def test_interface_data_cut_short_are_not_read():
    data = built.interface_data("io-1", DEVICE)[:-6]
    raw = Pdu(2, built.READ, arguments(record(0x8009, 0, 0x8000, 0x8080, len(data)) + data, status=0)).raw()
    assert [r for r in rows(raw) if isinstance(r, Identity)] == []


def test_every_record_of_a_container_is_shown():
    data = built.content(0x8071, bytes(12)) + built.content(0x8052, bytes(9)) + built.content(0x802F, bytes(8))
    whole = arguments(record(0x0008, 0, 0x8000, 0x80B0, len(data)) + data)
    assert [(r.verb.value, r.object) for r in rows(Pdu(0, built.WRITE, whole).raw())] == [
        ("configure", "CombinedObjectContainer (0x80B0)"),
        ("configure", "PDInterfaceAdjust (0x8071)"),
        ("configure", "PDInterfaceMrpDataAdjust (0x8052)"),
        ("configure", "PDPortDataAdjust (0x802F)"),
    ]


def test_other_interfaces_and_ports():
    raw = read()
    assert PROTOCOL.probe(message(raw, port=40000))
    assert not PROTOCOL.probe(message(raw, transport="tcp"))
    assert not PROTOCOL.probe(message(raw.replace(built.ON_DEVICE.bytes_le, bytes(16))))
    mapper = Pdu(0, 2, bytes(40), interface=built.MAPPER).raw()
    assert PROTOCOL.probe(message(mapper))
    assert not PROTOCOL.probe(message(mapper, port=135))


def test_another_protocol_on_the_port_is_not_profinet(tmp_path):
    with Wire(tmp_path / "dns.pcap") as wire:
        talk = wire.udp(CONTROLLER, DEVICE, 34964)
        for number in range(4):
            question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + b"\5plant\4test\0\0\1\0\1"
            talk.client(question)
            talk.server(question[:2] + b"\x81\x80" + question[4:])
    _, meaning = understand_capture(tmp_path / "dns.pcap")
    assert "profinet-io" not in {name for names in meaning.spoken.values() for name in names}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        read()[:79],
        b"\5" + read()[1:],
        read()[:1] + b"\x0b" + read()[2:],
        read()[:4] + b"\x20" + read()[5:],
        read()[:4] + b"\x12" + read()[5:],
        read()[:120],
        Pdu(0, built.CONNECT, arguments(b"")).raw(),
        Pdu(0, built.CONNECT, arguments(record(0x0009, 1, 1, 1, 1))).raw(),
        Pdu(0, built.CONTROL, arguments(b"")).raw(),
        Pdu(2, built.READ, b"\0\0").raw(),
        Pdu(3, built.READ, b"\0\0").raw(),
        Pdu(0, built.READ, arguments(built.control(0x0110, 1))).raw(),
    ],
)
def test_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


def test_a_length_that_cannot_be_ends_the_search_for_records():
    asked, _ = built.multiple(0, 0, 0)
    endless = asked[:100] + b"\xff\xff\xff\xff" + asked[104:]
    assert asked != endless
    (row,) = rows(Pdu(0, built.WRITE, arguments(endless)).raw())
    assert row.object == "PDInterfaceAdjust (0x8071)"


def test_a_datagram_cut_by_the_snap_length_still_says_what_it_is():
    raw = read()
    (row,) = PROTOCOL.dissect(replace(message(raw), data=raw[:140]))
    assert row.object == "user record 0x0010"


DRIVE_REQUESTS = [
    ("07 01 00 01 10 01 03a2 0000", Verb.READ, "read parameter 930[0] of drive object 0"),
    ("07 02 02 03 10 01 03a2 0001", Verb.WRITE, "change parameter 930[1] of drive object 2 and 2 more"),
    ("07 09 00 01 10 01 03a2 0000", Verb.WRITE, "request 9 parameter 930[0] of drive object 0"),
    ("07 01 00", Verb.WRITE, ""),
]
ENERGY_REQUESTS = [
    ("0800 0006 0100 03 01 01 00", Verb.READ, "Query_Modes"),
    ("0800 000a 0100 01 01 00 00 000007d0", Verb.OPERATE, "Start_Pause"),
    ("0800 0006 0100 11 01 00 00", Verb.WRITE, "Reset_Energy_Meter"),
    ("0800 0006 0100 d0 01 00 00", Verb.OPERATE, "service 0xD0"),
    ("0801 0006 0100 03 01 01 00", Verb.OPERATE, ""),
]
PROFILES = [(0xB02F, *r) for r in DRIVE_REQUESTS] + [(0x80A0, *r) for r in ENERGY_REQUESTS]


@pytest.mark.parametrize(("index", "data", "verb", "detail"), PROFILES, ids=[f"{p[0]:X} {p[1]}" for p in PROFILES])
def test_a_request_of_a_profile_is_what_it_asks_for(index, data, verb, detail):
    raw = bytes.fromhex(data)

    def asked(content: bytes) -> bytes:
        body = arguments(record(0x0008, 1, 1, index, len(content)) + content)
        return Pdu(built.REQUEST, built.WRITE, body).raw()

    def rows(content: bytes) -> list:
        pdu = asked(content)
        return list(PROTOCOL.dissect(Message(pdu, len(pdu), True, "udp", 34964)))

    (row,) = rows(raw)
    assert (row.verb, row.detail) == (verb, detail)
    again = bytes((raw[0] + 1 if index == 0xB02F else raw[0], *raw[1:]))
    assert key("profinet-io", asked(raw)) == key("profinet-io", asked(again + (b"\1\2" if detail else b"")))
    several = record(0x0008, 1, 1, index, len(raw)) + raw + bytes(-len(raw) % 4)
    body = record(0x0008, 0xFFFF, 0xFFFF, 0xE040, len(several), api=0xFFFFFFFF) + several
    pdu = Pdu(built.REQUEST, built.WRITE, arguments(body)).raw()
    (row,) = PROTOCOL.dissect(Message(pdu, len(pdu), True, "udp", 34964))
    assert (row.verb, row.detail) == (verb, detail)


def test_reading_and_changing_a_drive_are_not_one_message():
    def asked(request: int, number: int) -> bytes:
        content = struct.pack(">BBBBBBHH", 1, request, 0, 1, 0x10, 1, number, 0)
        return Pdu(built.REQUEST, built.WRITE, arguments(record(0x0008, 1, 1, 0xB02E, 10) + content)).raw()

    assert len({key("profinet-io", asked(*ask)) for ask in ((1, 930), (2, 930), (1, 931))}) == 3
