"""PTP: grandmasters, profiles, who may ask, who changes what, what is no PTP."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.record.ptp import (
    ANNOUNCE,
    BOUNDARY_CLOCK,
    DELAY_REQ,
    DELAY_RESP,
    DESCRIPTION,
    FOLLOW_UP,
    GRANDMASTER,
    HEADER,
    MASTER_CLOCK,
    PDELAY_REQ,
    PDELAY_RESP,
    PDELAY_RESP_FOLLOW_UP,
    POWER_PROFILE,
    POWER_PROFILE_2017,
    SYNC,
    Header,
    announce,
    management,
    signaling,
    timing,
    tlv,
    unicast,
    version_1,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.ptp.ptp import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture

MASTER, BOUNDARY = "020000.fffe.001501", "020000.fffe.001502"


def sent(data: bytes, length: int | None = None, transport: str = "udp") -> Message:
    return Message(data, len(data) if length is None else length, True, transport, 320)


def rows(data: bytes) -> tuple[list[Operation], list[tuple[str, str]], Session]:
    assert PROTOCOL.probe(sent(data))
    found = list(PROTOCOL.dissect(sent(data)))
    (session,) = (r for r in found if isinstance(r, Session))
    return (
        [r for r in found if isinstance(r, Operation)],
        [(r.field, r.value) for r in found if isinstance(r, Identity)],
        session,
    )


def test_a_grandmaster_of_the_power_profile():
    (operation,), facts, session = rows(announce(replace(HEADER, domain=254), tlvs=tlv(3, POWER_PROFILE)))
    assert operation == Operation(
        Verb.TIME_SYNC,
        "Announce",
        Kind.NOTICE,
        "0xB",
        "domain 254",
        f"grandmaster {MASTER}",
        "priority 128/128, class 6, accuracy 100 ns, time source GNSS, itself, IEEE C37.238-2011 power profile",
        filter="ptp.v2.messagetype == 11",
    )
    assert facts == [("role", "time_server")]
    assert session == Session(
        version="PTPv2.0", encrypted=False, authenticated=False, detail="unauthenticated messages"
    )


def test_a_boundary_clock_is_no_source_of_time():
    (operation,), facts, _ = rows(announce(Header(BOUNDARY_CLOCK), removed=2, tlvs=tlv(3, POWER_PROFILE_2017)))
    assert operation.object == f"grandmaster {MASTER}"
    assert operation.detail == (
        "priority 128/128, class 6, accuracy 100 ns, time source GNSS, 2 steps removed, "
        f"from clock {BOUNDARY}, time not traceable, IEEE C37.238-2017 power profile"
    )
    assert facts == []


@pytest.mark.parametrize(
    "header",
    [replace(HEADER, minor=1), replace(HEADER, flags=0x803C)],
    ids=["AUTHENTICATION TLV of 2019", "security flag of 2008"],
)
def test_authenticated(header):
    extra = tlv(0x8009, bytes(26)) if header.minor else b""
    for data in (announce(header, tlvs=extra), timing(SYNC, header, tlvs=extra)):
        _, _, session = rows(data)
        assert (session.version, session.authenticated, session.detail) == (
            f"PTPv2.{header.minor}",
            True,
            "authenticated messages",
        )


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        (SYNC, "Sync"),
        (DELAY_REQ, "Delay_Req"),
        (PDELAY_REQ, "Pdelay_Req"),
        (PDELAY_RESP, "Pdelay_Resp"),
        (FOLLOW_UP, "Follow_Up"),
        (DELAY_RESP, "Delay_Resp"),
        (PDELAY_RESP_FOLLOW_UP, "Pdelay_Resp_Follow_Up"),
    ],
)
def test_cyclic_messages(kind, function):
    first = timing(kind)
    (operation,), facts, _ = rows(first)
    assert (operation.verb, operation.function, operation.kind) == (Verb.TIME_SYNC, function, Kind.NOTICE)
    assert (operation.code, operation.unit, operation.object) == (f"0x{kind:X}", "domain 0", f"clock {MASTER}")
    assert facts == []
    later = replace(HEADER, sequence=9, correction=1 << 30)
    assert key("ptp", timing(kind, later)) == key("ptp", first)
    assert key("ptp", timing(kind, replace(HEADER, domain=3))) != key("ptp", first)
    assert key("ptp", timing(kind, replace(HEADER, clock=BOUNDARY_CLOCK))) != key("ptp", first)


def test_what_makes_another_announce():
    first = key("ptp", announce())
    assert key("ptp", announce(replace(HEADER, sequence=7))) == first
    for other in (
        announce(priority=1),
        announce(kind=248),
        announce(grandmaster=BOUNDARY_CLOCK),
        announce(removed=1),
        announce(tlvs=tlv(3, POWER_PROFILE)),
        announce(replace(HEADER, flags=0)),
    ):
        assert key("ptp", other) != first


def test_gptp():
    (operation,), _, _ = rows(timing(FOLLOW_UP, Header(sdo=1), tlvs=tlv(3, bytes.fromhex("0080c2000001") + bytes(22))))
    assert (operation.unit, operation.detail) == ("gPTP domain 0", "IEEE 802.1AS follow-up information")


STATION = Header(clock=bytes.fromhex("020000fffe001588"), sequence=5)


@pytest.mark.parametrize(
    ("asked", "verb", "function", "object_", "detail"),
    [
        ((0, 0x2001, b""), Verb.READ, "Management GET", "CURRENT_DATA_SET", "every clock"),
        ((0, 0x0001, b""), Verb.IDENTIFY, "Management GET", "CLOCK_DESCRIPTION", "every clock"),
        ((1, 0x2005, b"\x0a\0"), Verb.CONFIGURE, "Management SET", "PRIORITY1", "every clock, to 10"),
        ((1, 0x200B, b"\xfd\0"), Verb.CONFIGURE, "Management SET", "LOG_SYNC_INTERVAL", "every clock, to -3"),
        ((1, 0x200F, bytes(10)), Verb.CONFIGURE, "Management SET", "TIME", "every clock"),
        ((3, 0x0005, b"\0\0"), Verb.RESTART, "Management COMMAND", "INITIALIZE", "every clock"),
        ((3, 0x200E, b""), Verb.CONFIGURE, "Management COMMAND", "DISABLE_PORT", "every clock"),
        ((0, 0x7777, b""), Verb.READ, "Management GET", "management id 0x7777", "every clock"),
    ],
)
def test_management(asked, verb, function, object_, detail):
    action, number, value = asked
    (operation,), facts, _ = rows(management(STATION, action, number, value))
    assert operation == Operation(
        verb,
        function,
        Kind.REQUEST,
        f"0xD:{action}",
        "domain 0",
        object_,
        detail,
        filter=f"ptp.v2.mm.action == {action} && ptp.v2.mm.managementId == {number}",
    )
    assert facts == []


def test_a_clock_describes_itself():
    (operation,), facts, _ = rows(management(HEADER, 2, 1, DESCRIPTION, STATION.clock))
    assert (operation.kind, operation.object, operation.detail) == (
        Kind.RESPONSE,
        "CLOCK_DESCRIPTION",
        f"by clock {MASTER}",
    )
    assert facts == [
        ("vendor", "Example Time"),
        ("model", "GM-100"),
        ("serial", "SN-77"),
        ("hardware_revision", "B2"),
        ("firmware", "4.1.0"),
        ("name", "clock-hall-1"),
    ]


def test_a_refusal():
    (operation,), _, _ = rows(management(HEADER, 2, 0x2005, target=STATION.clock, error=5))
    assert (operation.kind, operation.object, operation.refusal) == (Kind.REFUSAL, "PRIORITY1", "NOT_SETABLE (5)")


def test_answers_repeat_who_asked():
    asked = management(STATION, 1, 0x2005, b"\1\0", MASTER_CLOCK)
    told = management(replace(HEADER, sequence=5), 2, 0x2005, b"\1\0", STATION.clock)
    refused = management(replace(HEADER, sequence=5), 2, 0x2005, target=STATION.clock, error=5)
    assert pair("ptp", asked) == pair("ptp", told) == pair("ptp", refused)
    assert pair("ptp", management(replace(HEADER, sequence=6), 2, 0x2005, b"\1\0", STATION.clock)) != pair("ptp", told)


def test_unicast_negotiation():
    operations, _, _ = rows(signaling(STATION, unicast(4, ANNOUNCE), unicast(4, SYNC)))
    assert [(o.verb, o.function, o.kind, o.object) for o in operations] == [
        (Verb.SUBSCRIBE, "Request unicast transmission", Kind.REQUEST, "Announce messages"),
        (Verb.SUBSCRIBE, "Request unicast transmission", Kind.REQUEST, "Sync messages"),
    ]
    operations, _, _ = rows(signaling(HEADER, unicast(5, ANNOUNCE), unicast(5, SYNC, 0)))
    assert [(o.kind, o.refusal) for o in operations] == [(Kind.RESPONSE, ""), (Kind.REFUSAL, "granted for no time")]
    (operation,), _, _ = rows(signaling(STATION, unicast(6, ANNOUNCE)))
    assert (operation.function, operation.kind) == ("Cancel unicast transmission", Kind.NOTICE)
    (operation,), _, _ = rows(signaling(STATION, tlv(0x8001, b"\0\0")))
    assert (operation.function, operation.detail) == ("Signaling", "L1 sync")


def test_requests_and_answers_in_a_capture():
    result = read_capture(CAPTURES / "ptp" / "negotiated.pcap", "negotiated.pcap", framing_plan())
    found = [
        (columns["function"], columns["object"], columns["accepted"], columns["refused"], columns["refusals"])
        for _, _, _, columns in operation_rows(result, understand(result, protocols()))
        if columns["seen_as"] == "request"
    ]
    assert found == [
        ("Request unicast transmission", "Announce messages", 1, 0, []),
        ("Request unicast transmission", "Sync messages", 0, 1, ["granted for no time"]),
        ("Management GET", "DEFAULT_DATA_SET", 1, 0, []),
        ("Management SET", "PRIORITY1", 1, 0, []),
        ("Management SET", "LOG_SYNC_INTERVAL", 0, 1, ["NOT_SUPPORTED (6)"]),
    ]


def test_version_1():
    (operation,), facts, session = rows(version_1(0))
    assert operation == Operation(
        Verb.TIME_SYNC,
        "Sync",
        Kind.NOTICE,
        "0",
        "subdomain _DFLT",
        f"grandmaster {GRANDMASTER}",
        "stratum 1, clock GPS, itself, preferred",
        filter="ptp.controlfield == 0",
    )
    assert facts == [("role", "time_server")]
    assert session == Session(version="PTPv1", encrypted=False, authenticated=False, detail="unauthenticated messages")
    assert [o.object for o in rows(version_1(2))[0]] == [f"clock {GRANDMASTER}"]
    for control in (0, 1, 2, 3):
        assert key("ptp", version_1(control)) == key("ptp", version_1(control, sequence=7))
    for number, verb, function in (
        (1, Verb.IDENTIFY, "PTP_MM_OBTAIN_IDENTITY"),
        (6, Verb.CONFIGURE, "PTP_MM_SET_DESIGNATED_PREFERRED_MASTER"),
        (27, Verb.CONFIGURE, "PTP_MM_SET_TIME"),
        (3, Verb.RESTART, "PTP_MM_INITIALIZE_CLOCK"),
        (200, Verb.CONFIGURE, "management message key 200"),
    ):
        (operation,), _, _ = rows(version_1(4, key=number))
        assert (operation.verb, operation.function, operation.code, operation.object) == (
            verb,
            function,
            f"4:{number}",
            "every clock",
        )


@pytest.mark.parametrize(("name", "vlan"), [("built.pcap", -1), ("built_vlan.pcap", 15)])
def test_counts_in_a_capture(name, vlan):
    result = read_capture(CAPTURES / "ptp" / name, name, framing_plan())
    assert [m.count for m in result.messages] == [3] * 9 + [1] * 8
    assert {c.vlan for c in result.conversations} == {vlan}
    assert set(understand(result, protocols()).spoken.values()) == {("ptp",)}


def recorded(name: str) -> list[Operation]:
    _result, understood = understand_capture(CAPTURES / "ptp" / name)
    assert not understood.defects
    return [r for found in understood.rows.values() for r in found if isinstance(r, Operation)]


def units(name: str) -> set[tuple[str, str]]:
    """Of each operation its protocol and unit: a clock joins the groups of PTP by IGMP."""
    return {(m.protocol, row.unit) for _, m, row in told(CAPTURES / "ptp" / name) if isinstance(row, Operation)}


def test_linuxptp():
    found = recorded("linuxptp_ethernet.pcap")
    assert {o.object for o in found if o.function == "Announce"} == {
        "grandmaster 020000.fffe.004c01",
        "grandmaster 020000.fffe.004c02",
    }
    assert {"Sync", "Follow_Up", "Delay_Req", "Delay_Resp"} <= {o.function for o in found}
    assert [(o.object, o.refusal) for o in found if o.kind is Kind.REFUSAL] == [("PRIORITY1", "NOT_SUPPORTED (6)")]
    assert units("linuxptp_udp.pcap") == {("ptp", "domain 3"), ("igmp", "")}
    gptp = recorded("linuxptp_gptp.pcap")
    assert units("linuxptp_gptp.pcap") == {("ptp", "gPTP domain 0"), ("igmp", "")}
    assert {"Pdelay_Req", "Pdelay_Resp", "Pdelay_Resp_Follow_Up"} <= {o.function for o in gptp}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        announce()[:33],
        announce()[:60],
        announce(tlvs=b"\0\3\0\x20\0\0"),  # a TLV beyond the message
        b"\x04" + announce()[1:],  # a type that is not
        announce()[:1] + b"\x03" + announce()[2:],  # a version that is not
        announce()[:2] + b"\x02\0" + announce()[4:],  # longer than its frame
        announce()[:2] + b"\0\x28" + announce()[4:],  # shorter than its type
        management(HEADER, 9, 1),
        management(HEADER, 0, 1)[:48].replace(b"\0\x36", b"\0\x30", 1),
        version_1(0)[:123],
        version_1(9),
    ],
)
def test_what_is_no_ptp(data):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(GRANDMASTER, "01:1b:19:00:00:00", 0x88F7, b"\x0b\x02\xff\xff" + announce()[4:])
        wire.udp("192.0.2.1", "192.0.2.2", 4319).client(announce())
        wire.udp("192.0.2.1", "192.0.2.3", 319).client(b"\x16\x03\x01" + bytes(60))
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
