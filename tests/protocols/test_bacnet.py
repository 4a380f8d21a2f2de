"""BACnet: services by name and object, identities and whose they are, outcomes, keys and pairs, other link layers."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from fixtures.record.bacnet import (
    AO3,
    AV1,
    DEVICE_7,
    FILE_1,
    MSTP,
    PASSWORD,
    PROGRAM_1,
    SERVED,
    ack,
    broadcast,
    bvll,
    confirmed,
    error,
    identifier,
    npdu,
    station_of,
    text,
    unconfirmed,
    unicast,
)
from scanner.facts.sessions import session_rows
from scanner.protocols.bacnet.bacnet import PROTOCOL
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "bacnet"


def rows(raw: bytes, transport: str = "udp") -> list:
    message = Message(raw, len(raw), None, transport, 0xBAC0)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def only(raw: bytes) -> Operation:
    (row,) = [r for r in rows(raw) if isinstance(r, Operation)]
    assert row.verb in PROTOCOL.verbs
    return row


def identities(raw: bytes) -> dict[str, str]:
    return {r.field: r.value for r in rows(raw) if isinstance(r, Identity)}


REQUESTS = [
    (12, f"0c{AV1}1955", Verb.READ, "ReadProperty", "analog-value 1 present-value", ""),
    (12, f"0c{DEVICE_7}1979", Verb.IDENTIFY, "ReadProperty", "device 7 vendor-name", ""),
    (12, f"0c{DEVICE_7}194c2905", Verb.READ, "ReadProperty", "device 7 object-list", ""),
    (14, f"0c{DEVICE_7}1e091c094d1f", Verb.IDENTIFY, "ReadPropertyMultiple", "device 7 description, object-name", ""),
    (
        14,
        f"0c{AV1}1e0955190109571f0c{AO3}1e096f1f",
        Verb.READ,
        "ReadPropertyMultiple",
        "analog-value 1 present-value[1], priority-array; analog-output 3 status-flags",
        "",
    ),
    (15, f"0c{AO3}19553e44420000003f4908", Verb.WRITE, "WriteProperty", "analog-output 3 present-value", "priority 8"),
    (15, f"0c{AO3}19553e44420000003f", Verb.WRITE, "WriteProperty", "analog-output 3 present-value", ""),
    (15, f"0c{AO3}19513e113f", Verb.WRITE, "WriteProperty", "analog-output 3 out-of-service", ""),
    (
        15,
        f"0c{identifier(56, 1)}1a01903e6504010203043f",
        Verb.CONFIGURE,
        "WriteProperty",
        "network-port 1 ip-address",
        "",
    ),
    (15, f"0c{PROGRAM_1}195a3e91033f", Verb.STOP, "WriteProperty", "program 1 program-change", "halt"),
    (15, f"0c{PROGRAM_1}195a3e91013f", Verb.PROGRAM_DOWNLOAD, "WriteProperty", "program 1 program-change", "load"),
    (
        16,
        f"0c{AO3}1e09552e44420000002f1f",
        Verb.WRITE,
        "WritePropertyMultiple",
        "analog-output 3 present-value",
        "first in the list",
    ),
    (20, "0900", Verb.RESTART, "ReinitializeDevice", "", "coldstart, without password"),
    (
        20,
        "0904" + text(PASSWORD, 0x18),
        Verb.PROGRAM_DOWNLOAD,
        "ReinitializeDevice",
        "",
        "start-restore, with password",
    ),
    (20, "0902", Verb.PROGRAM_UPLOAD, "ReinitializeDevice", "", "start-backup, without password"),
    (20, "0907", Verb.CONFIGURE, "ReinitializeDevice", "", "activate-changes, without password"),
    (
        17,
        "09051901" + text(PASSWORD, 0x28),
        Verb.MODE_CHANGE,
        "DeviceCommunicationControl",
        "",
        "disable, for 5 minutes, with password",
    ),
    (
        17,
        "1902",
        Verb.MODE_CHANGE,
        "DeviceCommunicationControl",
        "",
        "disable-initiation, without end, without password",
    ),
    (6, f"c4{FILE_1}0e310021640f", Verb.FILE_READ, "AtomicReadFile", "file 1", "stream"),
    (
        7,
        f"c4{FILE_1}1e310021016504001122331f",
        Verb.FILE_WRITE,
        "AtomicWriteFile",
        "file 1",
        "records",
    ),
    (10, "0e09020f", Verb.CONFIGURE, "CreateObject", "analog-value", ""),
    (10, f"0e1c{AV1}0f", Verb.CONFIGURE, "CreateObject", "analog-value 1", ""),
    (11, f"c4{AV1}", Verb.CONFIGURE, "DeleteObject", "analog-value 1", ""),
    (8, f"0c{identifier(15, 1)}19663e3f", Verb.CONFIGURE, "AddListElement", "notification-class 1 recipient-list", ""),
    (
        9,
        f"0c{identifier(15, 1)}19663e3f",
        Verb.CONFIGURE,
        "RemoveListElement",
        "notification-class 1 recipient-list",
        "",
    ),
    (
        27,
        f"0901{text('panel', 0x18)}29043c{identifier(21, 2)}",
        Verb.OPERATE,
        "LifeSafetyOperation",
        "life-safety-point 2",
        'reset, by "panel"',
    ),
    (
        27,
        f"0901{text('p', 0x18)}2901",
        Verb.OPERATE,
        "LifeSafetyOperation",
        "all life safety objects",
        'silence, by "p"',
    ),
    (0, f"0a01001c{AV1}29023e19003f", Verb.OPERATE, "AcknowledgeAlarm", "analog-value 1", "offnormal"),
    (5, f"09011c{AV1}2901393c", Verb.SUBSCRIBE, "SubscribeCOV", "analog-value 1", ""),
    (5, f"09011c{AV1}", Verb.SUBSCRIBE, "SubscribeCOV", "analog-value 1", "cancelled"),
    (1, f"09071c{DEVICE_7}2c{AV1}39004e4f", Verb.REPORT, "ConfirmedCOVNotification", "analog-value 1", "of device 7"),
    (18, "0a01041905", Verb.UNKNOWN, "ConfirmedPrivateTransfer", "BACnet Stack at SourceForge service 5", ""),
    (26, f"0c{identifier(20, 1)}1983", Verb.READ, "ReadRange", "trend-log 1 log-buffer", ""),
    (24, "", Verb.AUTHENTICATE, "Authenticate", "", ""),
    (99, "00", Verb.UNKNOWN, "Confirmed service 99", "", ""),
    (20, "19", Verb.RESTART, "ReinitializeDevice", "", "parameters break the specification"),
    (15, "0900", Verb.WRITE, "WriteProperty", "", ""),
]


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{c[0]} {c[4]} {c[5]}" for c in REQUESTS])
def test_confirmed_requests_however_they_are_carried(case):
    service, parameters, verb, name, where, detail = case
    message = confirmed(service, 9, parameters)
    for raw, unit in ((unicast(message), ""), (unicast(message, to=MSTP), "network 2001 station 5")):
        found = only(raw)
        assert (found.verb, found.function, found.object, found.detail) == (verb, name, where, detail)
        assert (found.kind, found.code, found.unit) == (Kind.REQUEST, f"confirmed {service}", unit)
    below_llc = rows(npdu(message), "ethernet")
    assert below_llc[0] == only(unicast(message))


UNCONFIRMED = [
    (8, "", Verb.IDENTIFY, "Who-Is", Kind.REQUEST, "all devices", ""),
    (8, "09641a07d0", Verb.IDENTIFY, "Who-Is", Kind.REQUEST, "devices 100-2000", ""),
    (0, f"c4{DEVICE_7}2205c49103210a", Verb.IDENTIFY, "I-Am", Kind.RESPONSE, "device 7", "Schneider Electric"),
    (7, f"2c{AV1}", Verb.IDENTIFY, "Who-Has", Kind.REQUEST, "analog-value 1", "all devices"),
    (7, "0900190a" + text("valve", 0x38), Verb.IDENTIFY, "Who-Has", Kind.REQUEST, '"valve"', "devices 0-10"),
    (
        1,
        f"c4{DEVICE_7}c4{AV1}" + text("valve"),
        Verb.IDENTIFY,
        "I-Have",
        Kind.RESPONSE,
        "analog-value 1",
        'of device 7, "valve"',
    ),
    (6, "a47c010101b408000000", Verb.TIME_SYNC, "TimeSynchronization", Kind.UNCONFIRMED, "", ""),
    (9, "a47c010101b408000000", Verb.TIME_SYNC, "UTCTimeSynchronization", Kind.UNCONFIRMED, "", ""),
    (
        2,
        f"0a01001c{DEVICE_7}2c{AV1}39004e4f",
        Verb.REPORT,
        "UnconfirmedCOVNotification",
        Kind.NOTICE,
        "analog-value 1",
        "of device 7",
    ),
    (10, "0901190a2e2f", Verb.WRITE, "WriteGroup", Kind.UNCONFIRMED, "", ""),
    (
        14,
        "210a" + text("AX") + text("S1") + f"c4{DEVICE_7}",
        Verb.CONFIGURE,
        "You-Are",
        Kind.UNCONFIRMED,
        "device 7",
        "Schneider Electric, AX, S1",
    ),
    (8, "09", Verb.IDENTIFY, "Who-Is", Kind.REQUEST, "", "parameters break the specification"),
]


@pytest.mark.parametrize("case", UNCONFIRMED, ids=[f"{c[3]} {c[5]}" for c in UNCONFIRMED])
def test_unconfirmed_requests(case):
    service, parameters, verb, name, kind, where, detail = case
    found = only(broadcast(unconfirmed(service, parameters)))
    assert (found.verb, found.function, found.kind) == (verb, name, kind)
    assert (found.object, found.detail, found.code) == (where, detail, f"unconfirmed {service}")


NETWORK = [
    (b"\x00", Verb.IDENTIFY, "Who-Is-Router-To-Network", "all networks"),
    (b"\x01\x00\x05\x07\xd1", Verb.IDENTIFY, "I-Am-Router-To-Network", "network 5, network 2001"),
    (b"\x06\x00", Verb.CONFIGURE, "Initialize-Routing-Table", ""),
    (b"\x06\x01\x07\xd1\x02\x00", Verb.CONFIGURE, "Initialize-Routing-Table", "network 2001 at port 2"),
    (b"\x08\x07\xd1\x0a", Verb.CONFIGURE, "Establish-Connection-To-Network", "network 2001"),
    (b"\x11" + bytes(9), Verb.CONFIGURE, "Set-Master-Key", ""),
    (b"\x80\x00\x0a", Verb.UNKNOWN, "Proprietary network message of Schneider Electric", ""),
]


@pytest.mark.parametrize("case", NETWORK, ids=[f"{c[2]} {c[3]}" for c in NETWORK])
def test_network_messages(case):
    raw, verb, name, where = case
    found = only(unicast(raw, network=True))
    assert (found.verb, found.function, found.object) == (verb, name, where)
    assert found.code == f"network 0x{raw[0]:02X}"


LINK = [
    (
        0x01,
        bytes((10, 20, 0, 72, 0xBA, 0xC0, 255, 255, 255, 255)),
        Verb.CONFIGURE,
        "10.20.0.72:47808 mask 255.255.255.255",
    ),
    (0x01, b"", Verb.CONFIGURE, "empty table"),
    (0x05, b"\x01\x2c", Verb.SESSION, ""),
    (0x08, bytes((10, 20, 0, 73, 0xBA, 0xC0)), Verb.CONFIGURE, "10.20.0.73:47808"),
    (0x07, bytes((10, 20, 0, 73, 0xBA, 0xC0, 1, 44, 0, 9)), Verb.READ, "10.20.0.73:47808 for 300 s"),
]


@pytest.mark.parametrize(("function", "data", "verb", "where"), LINK)
def test_messages_to_bbmds(function, data, verb, where):
    found = only(bvll(function, data))
    assert (found.verb, found.object, found.code) == (verb, where, f"BVLC 0x{function:02X}")
    assert found.filter == f"bvlc.function == 0x{function:02x}"


REFUSALS = [
    (error(15, 1, 2, 40), "property: write-access-denied (2:40)"),
    (error(10, 1, 1, 24, "1900"), "object: object-identifier-already-exists (1:24)"),
    (error(99, 1, 99, 200), "class 99: certificate-expired (99:200)"),
    (b"\x50\x01\x0f\x91\x02", "error that breaks the specification"),
    (b"\x60\x01\x09", "reject: unrecognized-service (9)"),
    (b"\x60\x01\x63", "reject: reason 99"),
    (b"\x71\x01\x04", "abort: segmentation-not-supported (4)"),
]


@pytest.mark.parametrize(("answer", "refusal"), REFUSALS)
def test_refusals(answer, refusal):
    found = only(unicast(answer))
    assert (found.kind, found.refusal) == (Kind.REFUSAL, refusal)


def test_a_client_that_gives_up_is_not_refused():
    assert only(unicast(b"\x70\x01\x0a")).kind is Kind.NOTICE


def test_identity_of_a_device():
    answer = ack(14, 1, SERVED)
    wanted = {
        "name": "AHU-7",
        "vendor": "Vendor & Sons",
        "model": "AX-500",
        "firmware": "3.1.7",
        "software": "app 9",
        "serial": "SN 0815",
    }
    assert identities(unicast(answer)) == wanted
    assert only(unicast(answer)).object == "device 7"
    cut = identities(unicast(answer[:90]))
    assert cut
    assert cut.items() <= wanted.items()
    assert identities(unicast(ack(12, 1, f"0c{DEVICE_7}19783e210a3f"))) == {"vendor": "Schneider Electric"}
    assert identities(unicast(ack(12, 1, f"0c{DEVICE_7}1a01743e{text('S1')}3f"))) == {"serial": "S1"}
    assert identities(unicast(ack(12, 1, f"0c{AV1}194d3e{text('setpoint')}3f"))) == {}
    utf16 = "75 09 04 0041 0048 0055 0037"
    assert identities(unicast(ack(12, 1, f"0c{DEVICE_7}194d3e{utf16}3f"))) == {"name": "AHU7"}


def test_what_a_routed_device_says_is_not_said_of_the_router():
    i_am = unconfirmed(0, f"c4{DEVICE_7}2205c49103210a")
    (told,) = [r for r in rows(unicast(i_am)) if isinstance(r, Identity)]
    assert (told.field, told.value, told.ip) == ("vendor", "Schneider Electric", "")
    behind = rows(unicast(i_am, source=MSTP))
    assert [type(r) for r in behind] == [Operation]
    assert (behind[0].unit, behind[0].detail) == ("network 2001 station 5", "Schneider Electric")
    model = rows(unicast(ack(12, 1, f"0c{DEVICE_7}19463e{text('AX')}3f"), source=MSTP))
    assert [type(r) for r in model] == [Operation]
    assert model[0].detail == "model AX"
    on_ip = station_of(9, bytes((10, 30, 0, 5, 0xBA, 0xC0)))
    (told,) = [r for r in rows(unicast(i_am, source=on_ip)) if isinstance(r, Identity)]
    assert told.ip == "10.30.0.5"
    forwarded = bvll(0x04, bytes((10, 40, 0, 6, 0xBA, 0xC0)) + npdu(i_am))
    (told,) = [r for r in rows(forwarded) if isinstance(r, Identity)]
    assert told.ip == "10.40.0.6"


def test_sessions_say_how_little_protects_them():
    def session(raw: bytes) -> Session:
        return next(r for r in rows(raw) if isinstance(r, Session))

    plain = session(unicast(confirmed(12, 1, f"0c{AV1}1955")))
    assert (plain.credentials, plain.authenticated, plain.encrypted) == ("", False, False)
    assert session(unicast(confirmed(20, 1, "0900" + text(PASSWORD, 0x18)))).credentials == "user-password"
    assert session(unicast(confirmed(17, 1, "1901"))).credentials == "none"
    for raw, encrypted in ((bvll(0x0C, b"\x50" + bytes(40)), True), (bvll(0x0C, b"\x10" + bytes(40)), False)):
        secured = session(raw)
        assert (secured.authenticated, secured.encrypted) == (True, encrypted)


def test_values_counters_and_times_make_no_other_message():
    def same(*pairs: tuple[bytes, bytes]) -> list[bool]:
        return [key("bacnet", a) == key("bacnet", b) for a, b in pairs]

    write = f"0c{AO3}19553e44{{}}3f49{{}}"
    one, two, low = (
        confirmed(15, n, write.format(v, p))
        for n, v, p in ((1, "42000000", "08"), (2, "ffffffff", "08"), (3, "42000000", "01"))
    )
    for more in ({}, {"to": MSTP}, {"source": MSTP}, {"to": station_of(5, bytes(6)), "source": MSTP}):
        assert same((unicast(one, **more), unicast(two, **more))) == [True]
        assert same((unicast(one, **more), unicast(low, **more))) == [False]
    assert key("bacnet-ethernet", npdu(one)) == key("bacnet-ethernet", npdu(two))
    hop = unicast(one, to=MSTP)
    assert key("bacnet", hop.replace(MSTP + b"\xff", MSTP + b"\xfe")) == key("bacnet", hop)
    assert same(
        (notified(AV1, "01", "00000000"), notified(AV1, "02", "11111111")),
        (notified(AV1, "01", "00000000"), notified(AO3, "01", "00000000")),
        (unicast(ack(12, 1, f"0c{AV1}19553e44000000003f")), unicast(ack(12, 2, f"0c{AV1}19553e44111111113f"))),
        (named("A"), named("B")),
        (bvll(0x07, bytes(8) + b"\0\1"), bvll(0x07, bytes(8) + b"\0\2")),
        (bvll(0x05, b"\0\1"), bvll(0x05, b"\0\2")),
    ) == [True, False, True, False, True, False]


def notified(point: str, seconds: str, value: str) -> bytes:
    return broadcast(unconfirmed(2, f"09071c{DEVICE_7}2c{point}39{seconds}4e09552e44{value}2f4f"))


def named(name: str) -> bytes:
    return unicast(ack(12, 1, f"0c{DEVICE_7}194d3e{text(name)}3f"))


def test_answers_find_their_requests():
    ask = confirmed(12, 77, f"0c{AV1}1955")
    for answer in (ack(12, 77, f"0c{AV1}19553e3f"), error(12, 77, 1, 31), b"\x60\x4d\x09", b"\x71\x4d\x04"):
        for there, back in (
            ({}, {}),
            ({"to": MSTP}, {"source": MSTP}),
            ({"source": MSTP}, {"to": MSTP}),
            ({"to": MSTP, "source": station_of(9, bytes(6))}, {"to": station_of(9, bytes(6)), "source": MSTP}),
        ):
            assert pair("bacnet", unicast(ask, **there)) == pair("bacnet", unicast(answer, **back))
    assert pair("bacnet", unicast(ask, to=MSTP)) != pair(
        "bacnet", unicast(error(12, 77, 1, 31), source=station_of(2001, b"\6"))
    )
    kinds = [
        unicast(confirmed(12, 0x10, f"0c{AV1}1955")),
        unicast(confirmed(12, 0x81, f"0c{AV1}1955")),
        unicast(unconfirmed(8)),
        unicast(unconfirmed(7, f"2c{AV1}")),
        unicast(b"\x06\x00", network=True),
        bvll(0x05, b"\0\1"),
    ]
    assert len({pair("bacnet", raw) for raw in kinds}) == len(kinds)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x81\x0a\x00",
        b"\x81\x0a\x00\x05\x01",  # NPDU cut short
        unicast(unconfirmed(8))[:-1],  # length
        bvll(0x0A, b"\x02\x00\x10\x08"),  # version
        bvll(0x0A, b"\x01\x20\xff\xff\x09\x00"),  # address
        bvll(0x0A, b"\x01\x08\x00\x05\x00\x10\x08"),  # a source that is a broadcast
        unicast(b"\x90\x00\x00"),  # reserved type
        unicast(b"\x20\x05"),
        bvll(0x05, b"\x01"),
        b"\x83\x0a\x00\x04",
    ],
)
def test_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), None, "udp", 0xBAC0)))


def test_what_is_too_short_below_llc_is_no_bacnet():
    for raw in (b"\1", b"\1\0", struct.pack(">BBH", 1, 0x20, 5)):
        assert not PROTOCOL.probe(Message(raw, len(raw), None, "ethernet", 0x82))


# --- captures -------------------------------------------------------------------------------------------------------


def read(name: str) -> tuple:
    return understand_capture(FOLDER / name)


def operations(name: str) -> list[dict[str, Any]]:
    return [columns for _, _, _, columns in operation_rows(*read(name))]


RECORDED = sorted(p.name for p in FOLDER.glob("*.pcap") if p.name != "dns_on_47808.pcap")


@pytest.mark.parametrize("name", RECORDED)
def test_recordings_are_recognised_on_any_port(name):
    result, understood = read(name)
    assert set(understood.spoken) == set(range(len(result.conversations)))
    assert {n for names in understood.spoken.values() for n in names} == {"bacnet"}
    assert not understood.malformed
    assert not understood.defects


def test_dns_on_the_port_is_no_bacnet():
    _, understood = read("dns_on_47808.pcap")
    assert "bacnet" not in {n for names in understood.spoken.values() for n in names}


UNRECOGNISED = ["reject: unrecognized-service (9)"]
# capture, columns that pick one row of requests -> (count, accepted, refused, unanswered), refusals
OUTCOMES = [
    ("bacpypes3.pcap", {"object": "analog-value 1 present-value", "verb": "write"}, (5, 5, 0, 0), []),
    ("bacpypes3.pcap", {"object": "analog-output 2 present-value", "detail": "priority 8"}, (2, 2, 0, 0), []),
    ("bacpypes3.pcap", {"object": "device 4001 object-list"}, (3, 3, 0, 0), []),
    (
        "bacpypes3.pcap",
        {"object": "analog-value 99 present-value"},
        (1, 0, 1, 0),
        ["object: unknown-object (1:31)"],
    ),
    ("bacpypes3.pcap", {"function": "Who-Is"}, (1, 1, 0, 0), []),
    ("bacpypes3.pcap", {"verb": "restart"}, (1, 0, 1, 0), UNRECOGNISED),
    ("port_50800.pcap", {"verb": "write"}, (1, 1, 0, 0), []),
    ("services.pcap", {"verb": "restart", "detail": "coldstart, with password"}, (1, 1, 0, 0), []),
    ("services.pcap", {"verb": "file-write"}, (2, 2, 0, 0), []),
    ("services.pcap", {"detail": "enable, for 600 minutes, without password"}, (1, 0, 0, 1), []),
    ("routed.pcap", {"detail": "priority 1"}, (2, 2, 0, 0), []),
    ("routed.pcap", {"unit": "network 2001 station 6"}, (1, 0, 1, 0), ["object: unknown-object (1:31)"]),
    ("routed.pcap", {"object": "analog-value 1 present-value", "unit": "network 2001 station 5"}, (1, 1, 0, 0), []),
    ("routed.pcap", {"unit": "network 3 station 01:02"}, (1, 1, 0, 0), []),
    ("routed.pcap", {"detail": "network priority life safety"}, (1, 1, 0, 0), []),
    ("bbmd.pcap", {"function": "Read-Foreign-Device-Table"}, (2, 2, 0, 0), []),
    ("bbmd.pcap", {"function": "Register-Foreign-Device"}, (1, 1, 0, 0), []),
    (
        "bbmd.pcap",
        {"function": "Write-Broadcast-Distribution-Table"},
        (1, 0, 1, 0),
        ["Write-Broadcast-Distribution-Table NAK (0x0010)"],
    ),
    ("segments.pcap", {"verb": "file-write"}, (1, 1, 0, 0), []),
    ("segments.pcap", {"object": "analog-value 1 all"}, (1, 0, 1, 0), ["abort: segmentation-not-supported (4)"]),
    ("ipv6.pcap", {"verb": "write"}, (1, 0, 1, 0), ["property: write-access-denied (2:40)"]),
    ("ipv6.pcap", {"function": "Register-Foreign-Device"}, (1, 0, 1, 0), ["Register-Foreign-Device NAK (0x0090)"]),
    ("ethernet.pcap", {"verb": "stop"}, (1, 1, 0, 0), []),
    ("ethernet.pcap", {"unit": "network 2001 station 5", "verb": "read"}, (1, 1, 0, 0), []),
]


@pytest.mark.parametrize("case", OUTCOMES, ids=[f"{c[0]} {' '.join(c[1].values())}" for c in OUTCOMES])
def test_requests_have_their_outcomes(case):
    name, wanted, counts, refusals = case
    (row,) = [o for o in operations(name) if o["seen_as"] == "request" and wanted.items() <= o.items()]
    assert tuple(row[c] for c in ("count", "accepted", "refused", "unanswered")) == counts
    assert row["refusals"] == refusals


def test_broadcasts_are_not_said_to_be_unanswered():
    found = [o for o in operations("broadcasts.pcap") if o["function"] == "Who-Is"]
    assert [(o["unanswered"], o["unobserved"]) for o in found] == [(0, 1), (0, 1)]
    assert [o["count"] for o in operations("broadcasts.pcap") if o["function"] == "TimeSynchronization"] == [3]


def test_no_password_reaches_a_table():
    everything = ""
    for name in RECORDED:
        result, understood = read(name)
        everything += str(understood.rows) + str(operations(name)) + str(session_rows(result, understood))
    assert "with password" in everything
    assert PASSWORD not in everything
    assert PASSWORD.encode().hex() not in everything
