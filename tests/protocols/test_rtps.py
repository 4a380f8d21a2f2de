"""RTPS: participants, topics, data, what protects it; what makes up the key."""

from __future__ import annotations

import struct

import pytest

from fixtures.record import rtps as made
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.rtps.rtps import PLAIN, PROTOCOL, UNKNOWN
from scanner.wording import plain
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture


def rows(data: bytes, port: int = 7410) -> list:
    message = Message(data, len(data), None, "udp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def operations(name: str) -> list[tuple[int, Operation]]:
    result, _ = understand_capture(CAPTURES / "rtps" / name)
    assert {m.protocol for m in result.messages} == {"rtps"}
    return [(m.count, row) for _, m, row in told(CAPTURES / "rtps" / name) if isinstance(row, Operation)]


def sessions(name: str) -> set[tuple]:
    return {
        (row.get("encrypted"), row.get("authenticated"), plain(row["detail"]))
        for _, _, row in session_rows(*understand_capture(CAPTURES / "rtps" / name))
    }


def test_a_robot_and_a_panel_of_cyclone():
    found = operations("cyclone.pcap")
    assert {(r.verb, r.function, r.object, r.detail.rpartition(" ")[0]) for _, r in found if "topic" in r.object} == {
        (Verb.REPORT, "Publication", "topic rt/joint_states", "type plant::msg::Joint, writer"),
        (Verb.SUBSCRIBE, "Subscription", "topic rt/joint_states", "type plant::msg::Joint, reader"),
    }
    named = {(r.object, r.detail) for _, r in found if r.function == "Participant" and r.object}
    assert named == {("domain 0", "robot, python"), ("domain 0", "panel, python")}
    published = [(count, r.object) for count, r in found if r.function == "Data" and r.object.startswith("writer")]
    assert published
    assert {thing for _, thing in published} == {
        f"writer {r.detail.rpartition(' ')[2]}" for _, r in found if r.function == "Publication" and r.object
    }
    assert sum(count for count, _ in published) >= 6
    _, understood = understand_capture(CAPTURES / "rtps" / "cyclone.pcap")
    assert {(r.field, r.value) for g in understood.rows.values() for r in g if isinstance(r, Identity)} == {
        ("software", "Eclipse Cyclone DDS"),
        ("hostname", "robot-cell"),
    }
    assert (False, False, PLAIN) in sessions("cyclone.pcap")
    assert (False, False, "participant without DDS Security") in sessions("cyclone.pcap")


@pytest.mark.parametrize("name", ["secured_messages.pcap", "secured_data.pcap"])
def test_domains_of_cyclone_with_dds_security(name):
    assert {(encrypted, proven) for encrypted, proven, _ in sessions(name)} == {(True, True)}
    whole = "message encrypted, AES256-GCM"
    assert any(whole in detail.split("; ") for _, _, detail in sessions(name)) == (name == "secured_messages.pcap")
    found = operations(name)
    assert {r.detail for _, r in found if r.function == "Participant" and r.object} == {"ddsperf, DDS Security"}
    assert Verb.AUTHENTICATE in {r.verb for _, r in found}
    if name == "secured_data.pcap":
        assert not [r for _, r in found if r.object.startswith(("topic", "writer"))]


def test_what_was_built():
    plain = [(count, r.function, r.object, r.detail) for count, r in operations("built.pcap")]
    joint = "type sensor_msgs::msg::dds_::JointState_"
    assert plain == [
        (3, "Participant", "", "arm"),
        (3, "Participant", "domain 5", "DDS Security"),
        (3, "Publication", "topic rt/joint_states", f"{joint}, writer 00000103"),
        (3, "Subscription", "topic rt/joint_states", f"{joint}, reader 00000104"),
        (3, "Subscription", "topic rq/set_speedRequest", f"{joint}, reader 00000204"),
        (3, "Data", "writer 00000103", ""),
        (3, "Heartbeat", "writer 00000103", ""),
        (3, "Data", "writer 00000103", ""),
        (3, "Data", "writer 00000203", ""),
        (3, "Data", "writer 00000303", ""),
        (3, "AckNack", "writer 00000103", ""),
        (3, "Data fragment", "writer 00000103", ""),
        (3, "Secured message", "", "AES128-GCM"),
        (3, "Data", "writer 00000103", ""),
        (3, "Secured submessage", "", "AES256-GCM"),
        (3, "Data", "writer 00000103", ""),
        (3, "Vendor's submessage 0x80", "", ""),
        (3, "Data", "authentication of participants", ""),
        (3, "Participant", "", "leaves"),
        (3, "Publication", "", "withdrawn"),
        (3, "Ping", "", ""),
    ]
    assert {r.kind for _, r in operations("built.pcap")} == {Kind.NOTICE}
    elsewhere = [(count, r.function, r.object, r.detail) for count, r in operations("port_30000.pcap")]
    assert elsewhere == plain


def test_a_domain_that_only_the_port_of_discovery_tells():
    assert {r.object for _, r in operations("discovery.pcap")} == {"domain 0", "domain 1"}


def test_another_protocol_on_its_port():
    result, _ = understand_capture(CAPTURES / "rtps" / "syslog_on_7400.pcap")
    assert {m.protocol for m in result.messages} <= {"syslog"}


def protection(*submessages: bytes) -> list[tuple]:
    found = rows(made.message(*submessages))
    return [(r.encrypted, r.authenticated, r.detail) for r in found if isinstance(r, Session)]


OPEN = made.data(made.WRITER, made.sample(b"abcd"))


@pytest.mark.parametrize(
    ("submessages", "told"),
    [
        ((OPEN,), [(False, False, PLAIN)]),
        ((made.data(made.WRITER, made.sample(b"abcd", 0)),), [(False, False, PLAIN)]),
        ((made.data(made.WRITER, made.sample(b"abcd", 0, 4)),), [(None, None, UNKNOWN)]),
        ((made.data(made.WRITER, made.sample(b"abcd"), flags=0x15),), [(None, None, UNKNOWN)]),
        ((made.data(made.WRITER, made.sample(b"abcd"), qos=made.STAMP),), [(None, None, UNKNOWN)]),
        ((made.prefix(0x31, 3), OPEN, made.postfix(0x32)), [(False, True, "submessage signed, AES256-GMAC")]),
        (
            (made.prefix(0x31, 3), OPEN, made.postfix(0x32), OPEN),
            [(False, True, "submessage signed, AES256-GMAC"), (False, False, PLAIN)],
        ),
        (
            (made.prefix(0x33, 1), OPEN, OPEN, made.postfix(0x34)),
            [(False, True, "message signed, AES128-GMAC")],
        ),
        ((made.prefix(0x33, 0),), [(False, False, "message neither signed nor encrypted")]),
        ((made.prefix(0x33, 9),), [(None, None, "message protected, transformation 9")]),
        ((made.heartbeat(made.WRITER, 1),), []),
        ((made.participant(made.TOKEN),), []),
    ],
)
def test_protection(submessages, told):
    assert protection(*submessages) == told


def test_a_participant_cut_off_is_not_said_to_be_without_security():
    raw = made.message(made.participant(made.HOST, made.TOKEN))
    found = list(PROTOCOL.dissect(Message(raw[:-20], len(raw), None, "udp", 7410)))
    assert [r.value for r in found if isinstance(r, Identity)] == ["RTI Connext DDS", "robot-cell"]
    assert not [r for r in found if isinstance(r, Session)]


@pytest.mark.parametrize("index", range(len(made.messages(1))))
def test_numbers_times_and_samples_are_no_meaning(index):
    one, two = (made.messages(turn)[index] for turn in (1, 2))
    assert key("rtps", one) == key("rtps", two)


def test_what_is_meaning():
    raws = made.messages(1)
    assert len({key("rtps", raw) for raw in raws}) == len(raws)
    other = made.message(made.time(), OPEN, guid=bytes(12))
    assert key("rtps", other) != key("rtps", made.message(made.time(), OPEN))


GOOD = made.message(OPEN)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RTPS\x02\x03\x01\x01",
        GOOD[:20],
        GOOD[:22],
        GOOD[:-1],
        b"RTPX" + GOOD[4:],
        GOOD[:4] + b"\1" + GOOD[5:],
        GOOD[:20] + b"\x05" + GOOD[21:],
        GOOD[:22] + b"\xff\xff" + GOOD[24:],
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), None, "udp", 7410)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
    assert not PROTOCOL.probe(Message(GOOD, len(GOOD), None, "tcp", 7410))


@pytest.mark.parametrize(
    "payload",
    [b"", made.sample(b"abcd"), made.listed((5, made.string("t")))[:-4], struct.pack(">HHHH", 3, 0, 5, 0xFFFF)],
)
def test_announcements_that_are_no_parameter_lists(payload):
    raw = made.message(made.data(made.PUBLICATIONS, payload))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), None, "udp", 7410)))


def test_the_last_submessage_may_leave_its_length_out():
    raw = made.message(made.time(), OPEN[:2] + bytes(2) + OPEN[4:])
    assert [r.object for r in rows(raw) if isinstance(r, Operation)] == ["writer 00000103"]
