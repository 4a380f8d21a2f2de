"""POWERLINK: the cycle, commands, identification, SDO over ASnd and UDP, what is no POWERLINK."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.powerlink import (
    ASND,
    CN1,
    CN2,
    MN,
    NMT_REQUEST,
    SDO,
    STOPPED,
    asnd,
    at,
    command,
    identification,
    numbered,
    preq,
    pres,
    sdo,
    soa,
    soc,
    status,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.powerlink.powerlink import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "powerlink"
UDP = bytes((ASND, 0, 0, SDO))


def rows(raw: bytes, transport: str = "ethernet") -> list:
    message = Message(raw, len(raw), None, transport, 0x88AB, "00:60:65:00:00:01")
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def one(raw: bytes) -> Operation:
    return next(r for r in rows(raw.ljust(46, b"\0")) if isinstance(r, Operation))


def capture(name: str) -> tuple:
    return understand_capture(FOLDER / name)


@pytest.mark.parametrize(
    ("raw", "verb", "unit", "detail"),
    [
        (soc(), Verb.TIME_SYNC, "node 240 (MN)", ""),
        (preq(CN1, bytes(20)), Verb.REPORT, "node 1", "20 bytes, PDO version 1.2, data valid"),
        (
            pres(CN2, bytes(6), STOPPED, ready=False),
            Verb.REPORT,
            "node 2",
            "NMT_CS_STOPPED, 6 bytes, PDO version 1.2, data not valid",
        ),
        (soa(0), Verb.SESSION, "", "NMT_MS_OPERATIONAL, EPL version 2.0"),
        (soa(1, 3), Verb.IDENTIFY, "node 3", "NMT_MS_OPERATIONAL, EPL version 2.0"),
        (soa(2, 3), Verb.DIAGNOSE, "node 3", "NMT_MS_OPERATIONAL, EPL version 2.0"),
        (soa(6, 3), Verb.TIME_SYNC, "node 3", "NMT_MS_OPERATIONAL, EPL version 2.0"),
        (soa(0xA0, 3), Verb.UNKNOWN, "node 3", "NMT_MS_OPERATIONAL, EPL version 2.0"),
    ],
)
def test_the_cycle(raw, verb, unit, detail):
    operation = one(raw)
    assert (operation.verb, operation.unit, operation.detail) == (verb, unit, detail)
    usual = Kind.UNCONFIRMED if verb is Verb.UNKNOWN else Kind.NOTICE
    assert operation.kind is (Kind.REQUEST if raw[0] == 5 and raw[6] in (1, 2, 6) else usual)


def test_who_starts_cycles_is_the_controller():
    assert Identity("role", "controller") in rows(soc())
    assert Identity("role", "controller") in rows(soa())
    assert all(isinstance(r, Operation) for r in rows(pres(CN1, b"")))


@pytest.mark.parametrize(
    ("number", "function", "verb"),
    [
        (0x21, "NMTStartNode", Verb.START),
        (0x22, "NMTStopNode", Verb.STOP),
        (0x23, "NMTEnterPreOperational2", Verb.MODE_CHANGE),
        (0x24, "NMTEnableReadyToOperate", Verb.MODE_CHANGE),
        (0x28, "NMTResetNode", Verb.RESTART),
        (0x29, "NMTResetCommunication", Verb.RESTART),
        (0x2A, "NMTResetConfiguration", Verb.RESTART),
        (0x2B, "NMTSwReset", Verb.RESTART),
        (0x2D, "NMTDNA", Verb.CONFIGURE),
        (0x63, "NMTFlushArpEntry", Verb.CONFIGURE),
        (0xFE, "NMT command 0xFE", Verb.UNKNOWN),
    ],
)
def test_commands(number, function, verb):
    operation = one(command(number, CN2))
    assert (operation.function, operation.verb, operation.unit) == (function, verb, "node 2")
    assert (operation.kind, operation.code) == (Kind.UNCONFIRMED, f"0x{number:02X}")
    assert operation.filter == f"epl.asnd.nmtcommand.cid == {number}"
    asked = one(asnd(CN1, MN, NMT_REQUEST, bytes((number, CN2))))
    assert (asked.function, asked.verb, asked.unit) == (f"NMTRequest: {function}", verb, "node 2")


def test_a_command_to_a_list_of_nodes():
    operation = one(command(0x42, 255, bytes((0b1000_0010, 1)) + bytes(30)))
    assert (operation.function, operation.verb, operation.unit) == ("NMTStopNodeEx", Verb.STOP, "nodes 1, 7, 8")
    assert one(command(0x42, 255, bytes(32))).unit == "no node"


def test_what_is_published_asks_for_nothing():
    assert one(command(0x94, 255, bytes(32))).kind is Kind.NOTICE
    assert one(command(0xB0, 255, bytes(6))).verb is Verb.TIME_SYNC


def test_identification():
    operation, *identities = rows(identification(CN1, "press-axis-1"))
    assert (operation.kind, operation.verb, operation.unit) == (Kind.RESPONSE, Verb.IDENTIFY, "node 1")
    assert operation.detail == (
        "NMT_CS_PRE_OPERATIONAL_1, EPL version 2.0, device profile 402, SDO by UDP, SDO by ASnd"
    )
    assert {(i.field, i.value) for i in identities} == {
        ("vendor", "B&R"),
        ("order_number", "product code 0x00001F2B"),
        ("hardware_revision", "revision 0x00020001"),
        ("serial", "168"),
        ("ip", "192.168.100.1"),
        ("hostname", "press-axis-1"),
    }
    assert {i.mac for i in identities} == {"00:60:65:00:00:01"}


def test_what_is_not_set_identifies_nothing():
    raw = bytearray(identification(MN, ""))
    raw[30:46], raw[70:74] = bytes(16), bytes(4)
    assert [r for r in rows(bytes(raw)) if isinstance(r, Identity)] == [
        Identity("role", "controller", mac="00:60:65:00:00:01")
    ]


def test_status():
    assert one(status(CN1)).detail == "NMT_CS_PRE_OPERATIONAL_1"
    assert one(status(CN1, STOPPED, 0x8245)).detail == "NMT_CS_STOPPED, error code 0x8245"


@pytest.mark.parametrize(
    ("raw", "verb", "touched"),
    [
        (sdo(1, at(0x1006, 0, bytes(4))), Verb.CONFIGURE, "0x1006:0 NMT_CycleLen_U32"),
        (sdo(1, at(0x1F50, 1, bytes(40)), part=1), Verb.FIRMWARE_UPDATE, "0x1F50:1 PDL_DownloadProgData_ADOM"),
        (sdo(1, at(0x1F9E, 0, b"\x28")), Verb.RESTART, "0x1F9E:0 NMT_ResetCmd_U8"),
        (sdo(1, at(0x1F9F, 1, b"\x22")), Verb.MODE_CHANGE, "0x1F9F:1 NMT_RequestCmd_REC"),
        (sdo(1, at(0x6040, 0, b"\x0f\0")), Verb.OPERATE, "0x6040:0 controlword"),
        (sdo(1, at(0x2000, 2, b"\0")), Verb.WRITE, "0x2000:2"),
        (sdo(2, at(0x1018, 4)), Verb.IDENTIFY, "0x1018:4 NMT_IdentityObject_REC, serial number"),
        (sdo(2, at(0x6041, 0)), Verb.READ, "0x6041:0 statusword"),
        (sdo(4, at(0x1018, 0)), Verb.IDENTIFY, "0x1018 NMT_IdentityObject_REC"),
        (sdo(5, b"axis.position\0\0\0"), Verb.WRITE, "axis.position"),
        (sdo(0x20, b"/firmware/acp10.br"), Verb.FILE_WRITE, "/firmware/acp10.br"),
        (sdo(0x21, b"log.txt"), Verb.FILE_READ, "log.txt"),
        (sdo(0x31, struct.pack("<I", 12) + at(0x1A00, 1, bytes(4))), Verb.CONFIGURE, "0x1A00:1 TxPDO mapping"),
        (sdo(0x70, bytes(4)), Verb.SESSION, ""),
        (sdo(0x55, bytes(4)), Verb.UNKNOWN, ""),
    ],
)
def test_what_an_sdo_asks(raw, verb, touched):
    operation = one(asnd(MN, CN1, SDO, raw))
    assert (operation.kind, operation.verb, operation.object) == (Kind.REQUEST, verb, touched)
    assert operation.unit == "node 1"


def test_how_an_sdo_is_answered():
    assert one(asnd(CN1, MN, SDO, sdo(1, answer=True))).kind is Kind.RESPONSE
    refused = one(asnd(CN1, MN, SDO, sdo(2, struct.pack("<I", 0x06020000), answer=True, abort=True)))
    assert (refused.kind, refused.verb) == (Kind.REFUSAL, Verb.READ)
    assert refused.refusal == "Object does not exist in the object dictionary (0x06020000)"
    given_up = one(asnd(MN, CN1, SDO, sdo(1, struct.pack("<I", 0x05040000), abort=True)))
    assert (given_up.kind, given_up.detail) == (Kind.NOTICE, "aborted: SDO protocol timeout (0x05040000)")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\0\1", "initialise"),
        (b"\1\1", "initialise, answered"),
        (b"\1\2", "connected"),
        (b"\6\2", "acknowledge"),
        (b"\6\7", "acknowledge wanted"),
        (b"\x0a\x0a", "acknowledge"),
        (b"\0\0", "close"),
        (b"\7\5", "receive 3, send 1"),
    ],
)
def test_the_sequence_layer_alone(head, words):
    assert one(asnd(MN, CN1, SDO, head + bytes(2))).detail == words


def test_values_sequences_and_times_make_no_other_message():
    for make in (soc, lambda n: preq(CN1, bytes((n,)) * 8), lambda n: pres(CN1, bytes((n,)) * 8)):
        assert len({key("powerlink", make(n)) for n in range(40)}) == 1
    writes = [asnd(MN, CN1, SDO, numbered(sdo(1, at(0x6040, 0, bytes((n, 0)))), n, n)) for n in range(30)]
    assert len({key("powerlink", raw) for raw in writes}) == 1
    reads = [asnd(CN1, MN, SDO, numbered(sdo(2, bytes((n, 0, 0, 0)), answer=True), n, n)) for n in range(30)]
    assert len({key("powerlink", raw) for raw in reads}) == 1


def test_what_makes_another_message():
    distinct = [
        preq(CN1, bytes(8)),
        preq(CN2, bytes(8)),
        preq(CN1, bytes(8), ready=False),
        pres(CN1, bytes(8)),
        pres(CN1, bytes(8), STOPPED),
        command(0x21, CN1),
        command(0x22, CN1),
        command(0x42, 255, b"\2" + bytes(31)),
        command(0x42, 255, b"\4" + bytes(31)),
        command(0x62, CN1, b"a".ljust(32, b"\0")),
        command(0x62, CN1, b"b".ljust(32, b"\0")),
        asnd(MN, CN1, SDO, sdo(1, at(0x1006, 0))),
        asnd(MN, CN1, SDO, sdo(1, at(0x1006, 1))),
        asnd(MN, CN1, SDO, sdo(2, at(0x1006, 1))),
        asnd(CN1, MN, SDO, sdo(2, bytes(4), answer=True, abort=True)),
        asnd(CN1, MN, SDO, sdo(2, b"\1\0\0\0", answer=True, abort=True)),
        asnd(MN, CN1, SDO, sdo(0x20, b"a.br")),
        asnd(MN, CN1, SDO, sdo(0x20, b"b.br")),
    ]
    assert len({key("powerlink", raw.ljust(60, b"\0")) for raw in distinct}) == len(distinct)


def test_an_answer_finds_its_request_by_the_transaction():
    request, answer = UDP + sdo(2, at(0x1008, 0), transaction=9), UDP + sdo(2, b"x", answer=True, transaction=9)
    assert pair("powerlink-udp", request) == pair("powerlink-udp", answer) == b"\x09"
    result, understood = capture("routed.pcap")
    found = {understood.rows[p.request][0].object: understood.rows[p.response][0].refusal for p in result.pairings}
    assert found == {
        "0x1008:0 NMT_ManufactDevName_VS": "",
        "0x1F9F:1 NMT_RequestCmd_REC": "",
        "0x1018:4 NMT_IdentityObject_REC, serial number": "Attempt to write a read only object (0x06010002)",
    }


def test_cycles_are_few_messages():
    result, understood = capture("cycles.pcap")
    assert sorted(m.count for m in result.messages) == [10, 10, 50, 50, 60, 60, 60, 60]
    assert len(understood.rows) == 8


def test_over_udp_it_is_said():
    _, understood = capture("routed.pcap")
    assert understood.spoken == {0: ("powerlink",)}
    assert all("over UDP, which is routed" in r.detail for found in understood.rows.values() for r in found)


def test_strangers():
    result, understood = capture("strangers.pcap")
    assert result.info.packets == 4
    assert understood.spoken == {}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        soc()[:20],
        b"\2" + soc()[1:],  # no such message
        bytes((1, 255, CN1)) + bytes(40),  # only the managing node starts cycles
        bytes((6, 1, 0, 4)) + bytes(40),  # from nowhere
        asnd(MN, CN1, 9, bytes(40)),  # no such service
        identification(CN1, "x")[:60],
        asnd(MN, CN1, SDO, bytes(2)),
        asnd(MN, CN1, SDO, sdo(2, b"\x18")),
    ],
)
def test_what_is_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), None, "ethernet", 0x88AB)))


@pytest.mark.parametrize("raw", [b"", UDP[:3], bytes((ASND, 1, 0, SDO)) + bytes(8), bytes((5, 0, 0, 5)) + bytes(8)])
def test_what_is_none_over_udp(raw):
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "udp", 3819))
