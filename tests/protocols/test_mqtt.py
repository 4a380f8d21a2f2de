"""MQTT: every packet, both ways of listing topics, refusals, and what makes up the key."""

from __future__ import annotations

import struct
from collections import Counter
from io import BytesIO

import pytest

from fixtures.record.mqtt import BIRTH, DEVICE, DEVICE_BIRTH, NODE, packet, payload, sparkplug, text
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.mqtt.mqtt import PROTOCOL
from tests.capture.files import pcap
from tests.capture.traffic import Talk
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told


def rows(raw: bytes, *, side: bool | None = True, port: int = 1883) -> list:
    message = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def connect(flags: int, *rest: bytes, name: bytes = b"MQTT", level: int = 4) -> bytes:
    properties = b"\0" if level == 5 else b""
    body = text(name) + bytes((level, flags)) + b"\0\x1e" + properties + text(b"gateway")
    return packet(0x10, body + b"".join(map(text, rest)))


@pytest.mark.parametrize(
    ("name", "level", "version"),
    [(b"MQIsdp", 3, "MQTT 3.1"), (b"MQTT", 4, "MQTT 3.1.1"), (b"MQTT", 0x84, "MQTT 3.1.1"), (b"MQTT", 5, "MQTT 5.0")],
)
def test_connect_tells_version_client_and_credentials_and_no_secret(name, level, version):
    found = rows(connect(0xC2, b"operator", b"never-shown", name=name, level=level))
    operation, session, identity = found
    assert isinstance(session, Session)
    assert (session.version, session.credentials, session.encrypted) == (version, "user-password", False)
    assert identity == Identity("name", "gateway")
    assert operation.detail == "client gateway, user name and password, the password is no known default"
    assert "never-shown" not in str(found)
    assert "operator" not in str(found)


def test_connect_without_user_and_with_a_will():
    operation, will, session, _ = rows(connect(0x26, b"plant/state", b"gone"))
    assert (operation.verb, operation.object) == (Verb.SESSION, "")
    assert (will.verb, will.function, will.object) == (Verb.WRITE, "CONNECT", "plant/state")
    assert operation.detail == "client gateway, will on plant/state (retained), no user name"
    assert (session.credentials, session.authenticated) == ("none", False)
    assert "gone" not in operation.detail


@pytest.mark.parametrize(
    ("code", "reason"),
    [(5, "Not authorized (5)"), (0x86, "Bad user name or password (134)"), (0xFE, "reason 254 (254)")],
)
def test_connack_refuses(code, reason):
    (found,) = rows(packet(0x20, bytes((0, code))), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, reason)
    (found,) = rows(packet(0x20, b"\0\0"), side=False)
    assert found.kind is Kind.RESPONSE


@pytest.mark.parametrize("properties", [b"", b"\0", b"\x02\x0b\x01"])
def test_subscriptions_of_both_versions(properties):
    found = rows(packet(0x82, b"\0\1" + properties + text(b"plant/#") + b"\1" + text(b"line/speed") + b"\0"))
    assert [(r.object, r.detail, r.verb) for r in found] == [
        ("plant/#", "wildcard", Verb.SUBSCRIBE),
        ("line/speed", "", Verb.SUBSCRIBE),
    ]
    found = rows(packet(0xA2, b"\0\1" + properties + text(b"plant/#")))
    assert [r.object for r in found] == ["plant/#"]


@pytest.mark.parametrize("codes", [b"\x80", b"\x80\x80", b"\0\x87", b"\x87"])
def test_a_refused_subscription(codes):
    (found,) = rows(packet(0x90, b"\0\1" + codes), side=False)
    assert found.kind is Kind.REFUSAL


@pytest.mark.parametrize("codes", [b"\1", b"\0\x80", b"\x80\1", b"\0\0\x87"])
def test_of_several_subscriptions_one_is_granted(codes):
    (found,) = rows(packet(0x90, b"\0\1" + codes), side=False)
    assert found.kind is Kind.RESPONSE


def test_publications_write_to_the_server_and_report_to_the_client():
    raw = packet(0x33, text(b"line/speed") + b"\0\1secret")
    (found,) = rows(raw)
    assert (found.verb, found.kind, found.object, found.detail) == (Verb.WRITE, Kind.REQUEST, "line/speed", "retained")
    (found,) = rows(raw, side=False)
    assert (found.verb, found.kind) == (Verb.REPORT, Kind.NOTICE)
    assert "secret" not in str(found)
    (found,) = rows(packet(0x30, text(b"line/speed") + b"secret"))
    assert (found.verb, found.kind) == (Verb.WRITE, Kind.UNCONFIRMED)  # which nothing answers


def test_what_is_published_to_the_broker_itself_configures_it():
    raw = packet(0x30, text(b"$CONTROL/dynamic-security/v1") + b'{"commands":[{"password":"never-shown"}]}')
    (found,) = rows(raw)
    assert (found.verb, found.object) == (Verb.CONFIGURE, "$CONTROL/dynamic-security/v1")
    assert "never-shown" not in str(found)
    assert rows(raw, side=False)[0].verb is Verb.REPORT


@pytest.mark.parametrize("size", [5, 300, 20000, 2_200_000])
def test_a_payload_is_not_in_the_key_and_its_topic_is(size):
    def of(topic: bytes, filling: bytes, flags: int = 0) -> tuple:
        return key("mqtt", packet(0x30 | flags, text(topic) + filling * size))

    assert of(b"a/b", b"1") == of(b"a/b", b"2")
    assert of(b"a/b", b"1") != of(b"a/c", b"1")
    assert of(b"a/b", b"1") != of(b"a/b", b"1", flags=1)


def test_subscriptions_pair_by_identifier():
    asked = packet(0x82, b"\0\7" + text(b"a") + b"\0")
    assert pair("mqtt", asked) == pair("mqtt", packet(0x90, b"\0\7\0")) != pair("mqtt", packet(0x90, b"\0\6\0"))
    assert key("mqtt", asked) == key("mqtt", packet(0x82, b"\0\6" + text(b"a") + b"\0"))


@pytest.mark.parametrize("first", [0x40, 0x50])
def test_a_receipt_is_of_what_the_other_side_published(first):
    for side, verb in ((False, Verb.WRITE), (True, Verb.REPORT)):
        (found,) = rows(packet(first, b"\0\1"), side=side)
        assert (found.verb, found.kind) == (verb, Kind.RESPONSE)
        (found,) = rows(packet(first, b"\0\1\x87\0"), side=side)
        assert (found.verb, found.kind, found.refusal) == (verb, Kind.REFUSAL, "Not authorized (135)")


def test_publications_of_both_sides_have_the_outcome_of_their_own_receipts():
    """Each side numbers what it publishes; in version 5 the server may refuse."""
    talk = Talk(server=("10.0.0.2", 1883))
    speed, alarm, recipe = (text(b"line/" + name) for name in (b"speed", b"alarm", b"recipe"))
    for back, raw in (
        (False, connect(2, level=5)),
        (True, packet(0x20, b"\0\0\0")),
        *((False, packet(0x32, speed + struct.pack(">H", n) + b"\0" + bytes((n,)) * n)) for n in range(1, 6)),
        (True, packet(0x32, alarm + b"\0\1\0on")),
        (False, packet(0x34, recipe + b"\0\x06\0a")),
        *((True, packet(0x40, struct.pack(">H", n))) for n in range(1, 4)),
        (True, packet(0x40, b"\0\4\x87\0")),
        (True, packet(0x50, b"\0\x06\x97\0")),
        (False, packet(0x40, b"\0\1")),
        (False, packet(0x30, speed + b"\0\x09")),
    ):
        talk.send(back, raw)
    frames = [(0, i, f) for i, f in enumerate(talk.frames)]
    result = read_capture(BytesIO(pcap(frames)), "x", framing_plan())
    assert len(result.messages) == 10  # and not 16: numbers and values make no other message
    outcome = ("count", "accepted", "refused", "unanswered", "unobserved")
    found = {
        (row["function"], row["object"], row["verb"]): tuple(row[c] for c in outcome)
        for *_, row in operation_rows(result, understand(result, protocols()))
    }
    assert found == {
        ("CONNECT", "", "session"): (1, 1, 0, 0, 0),
        ("PUBLISH", "line/speed", "write"): (6, 3, 1, 1, 1),
        ("PUBLISH", "line/recipe", "write"): (1, 0, 1, 0, 0),
        ("PUBLISH", "line/alarm", "report"): (1, 0, 0, 0, 1),
    }


@pytest.mark.parametrize("first", [0x00, 0x36, 0x11, 0x80, 0xF1])
def test_flags_that_do_not_exist_are_malformed(first):
    raw = packet(first, b"\0\0")
    with pytest.raises(Malformed, match="first byte"):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 1883)))


@pytest.mark.parametrize(
    ("raw", "believed"),
    [
        (connect(2), True),
        (packet(0x10, text(b"HTTP") + bytes(8)), False),
        (packet(0xC0, b""), False),
        (packet(0x30, text(b"plant/speed") + b"1"), True),
        (packet(0x30, text(b"speed") + b"1"), False),
        (packet(0x30, text(b"plant/#") + b"1"), False),
        (packet(0x30, text(b"plant/\xff\x01") + b"1"), False),
        (packet(0x82, b"\0\1" + text(b"a/#") + b"\1"), True),
        (packet(0x82, b"\0\1\0" + text(b"a/#") + b"\1"), True),
        (packet(0x82, b"\0\1" + text(b"a/#") + b"\1\0"), False),
        (packet(0xA2, b"\0\1" + text(b"a/#")), False),
        (b"\x82\x0c\x30\x0a\0\7a/speed1", False),  # a publication in a WebSocket frame
    ],
)
def test_away_from_its_ports_only_what_shows_itself_is_believed(raw, believed):
    assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 11883)) is believed
    assert not PROTOCOL.probe(Message(raw, len(raw), True, "udp", 11883))


def test_on_its_port_every_packet_is_believed():
    raw = packet(0xC0, b"")
    assert PROTOCOL.probe(Message(raw, 2, True, "tcp", 1883))
    assert not PROTOCOL.probe(Message(packet(0x10, text(b"HTTP") + bytes(8)), 16, True, "tcp", 1883))


def understood(name: str) -> list[tuple]:
    return [(c.server_port, m.count, row) for c, m, row in told(CAPTURES / "mqtt" / name)]


def test_a_connection_whose_start_is_missing_is_found_on_any_port():
    found = [
        (port, count, row.function, row.object)
        for port, count, row in understood("joined_on_11883.pcap")
        if isinstance(row, Operation) and port != 1883
    ]
    assert found == [
        (11883, 7, "PUBLISH", "plant/line1/speed"),
        (11884, 1, "SUBSCRIBE", "plant/+/alarm"),
        (11884, 1, "SUBSCRIBE", "#"),
        (11884, 4, "PUBLISH", "plant/line1/alarm"),
    ]
    assert {row.function for _, _, row in understood("http_on_1883.pcap") if isinstance(row, Operation)} == {
        "GET",
        "response",
    }


def test_enhanced_authentication():
    properties = b"\x15" + text(b"SCRAM-SHA-256") + b"\x16" + text(b"never-shown") + b"\x26" + text(b"a") + text(b"b")
    raw = packet(0x10, text(b"MQTT") + b"\x05\2\0\x1e" + bytes((len(properties),)) + properties + text(b"e"))
    operation, session, _ = rows(raw)
    assert operation.detail == "client e, no user name, enhanced authentication SCRAM-SHA-256"
    assert (session.credentials, session.authenticated) == ("enhanced", None)
    assert "never-shown" not in str(rows(raw))
    assert rows(packet(0xF0, b"\x18\0"))[0].detail == "Continue authentication"
    with pytest.raises(Malformed, match="property 127"):
        rows(packet(0x10, text(b"MQTT") + b"\x05\2\0\x1e\x01\x7f" + text(b"e")))


# --- Sparkplug B ----------------------------------------------------------------------------------------------------


def said(topic: bytes, body: bytes, *, side: bool | None = True, first: int = 0x30) -> list:
    return rows(packet(first, text(topic) + (b"\0\1" if first & 6 else b"") + body), side=side)


@pytest.mark.parametrize("properties", [b"", b"\0", b"\x02\x01\x00"])
def test_the_birth_of_an_edge_node_identifies_it(properties):
    operation, *identities = said(sparkplug(b"NBIRTH"), properties + payload(BIRTH))
    assert (operation.verb, operation.kind, operation.function) == (Verb.REPORT, Kind.NOTICE, "Sparkplug NBIRTH")
    assert (operation.unit, operation.object) == ("Line1-Edge", "spBv1.0/Plant 4/NBIRTH/Line1-Edge")
    assert identities == [
        Identity("name", "Line1-Edge"),
        Identity("vendor", "OnLogic"),
        Identity("model", "ML100G-40"),
        Identity("firmware", "2.7.1"),
        Identity("os", "Debian"),
    ]
    assert len(said(sparkplug(b"NBIRTH"), payload(BIRTH), side=False)) == 1  # the server is not the node


def test_the_birth_of_a_device_tells_of_the_device_not_of_its_node():
    operation, *identities = said(sparkplug(b"DBIRTH", device=DEVICE), payload(DEVICE_BIRTH))
    assert operation.unit == "Press-7"
    assert operation.detail == "birth of a device, vendor Schuler, firmware 5.01"
    assert identities == [Identity("name", "Line1-Edge")]


@pytest.mark.parametrize(
    ("names", "verb"),
    [
        ([b"Node Control/Rebirth"], Verb.IDENTIFY),
        ([b"Node Control/Reboot"], Verb.RESTART),
        ([b"Node Control/Rebirth", b"Node Control/Reboot"], Verb.RESTART),
        ([b"node control/Scan Rate"], Verb.CONFIGURE),
        ([b"Outputs/Valve", b"Node Control/Rebirth"], Verb.OPERATE),
        ([b""], Verb.OPERATE),
        ([], Verb.OPERATE),
    ],
)
def test_commands_by_their_metrics(names, verb):
    body = payload(dict.fromkeys(names, True))
    for first, before in ((0x30, b""), (0x32, b""), (0x32, b"\0")):
        (operation,) = said(sparkplug(b"NCMD"), before + body, first=first)
        assert (operation.verb, operation.kind) == (verb, Kind.REQUEST if first & 6 else Kind.UNCONFIRMED)
    assert all(name.decode() in operation.detail for name in names)
    (operation,) = said(sparkplug(b"NCMD"), body, side=False)
    assert (operation.verb, operation.kind) == (Verb.REPORT, Kind.NOTICE)


def test_values_are_not_shown_and_damaged_payloads_say_only_what_the_topic_does():
    found = said(sparkplug(b"DCMD", device=DEVICE), payload({b"Recipe": b"secret mixture"}))
    assert "secret mixture" not in str(found)
    assert found[0].detail == "command to a device, Recipe"
    for body in (b"", b"\xff" * 30, payload({b"Recipe": True})[:-3] + b"\x55", b"\x09\0"):
        assert said(sparkplug(b"NCMD"), body)[0].detail.startswith("command to an edge node")


@pytest.mark.parametrize(
    ("topic", "function"),
    [
        (b"spBv1.0/STATE/scada", "Sparkplug STATE"),
        (b"spBv1.0/g/NDATA/n", "Sparkplug NDATA"),
        (b"spBv1.0/g/NDATA/n/d", "PUBLISH"),
        (b"spBv1.0/g/DDATA/n", "PUBLISH"),
        (b"spBv1.0/g/NBIRTH/", "PUBLISH"),
        (b"spBv1.0/g/STATE/n", "PUBLISH"),
        (b"spAv1.0/g/NDATA/n", "PUBLISH"),
    ],
)
def test_topics(topic, function):
    assert said(topic, b"")[0].function == function


@pytest.mark.parametrize(
    ("word", "function"), [(b"ONLINE", "Sparkplug STATE"), (b"OFFLINE", "Sparkplug STATE"), (b"1", "PUBLISH")]
)
def test_the_state_of_version_2(word, function):
    assert said(b"STATE/scada", word)[0].function == function


@pytest.mark.parametrize("group", [b"g", b"Plant 4", b"x" * 40])
def test_commands_and_births_are_kept_apart_by_their_payload_and_data_is_not(group):
    def of(kind: bytes, name: bytes, filling: bytes = b"") -> tuple:
        metrics = {name: True, b"text": filling}
        return key("mqtt", packet(0x30, text(sparkplug(kind, group=group)) + payload(metrics)))

    for filling in (b"", bytes(300), bytes(20000)):
        assert of(b"NCMD", b"Node Control/Reboot", filling) != of(b"NCMD", b"Node Control/Reboox", filling)
        assert of(b"NBIRTH", b"a", filling) != of(b"NBIRTH", b"b", filling)
        assert of(b"NDATA", b"a", filling) == of(b"NDATA", b"b", filling)


@pytest.mark.parametrize("before", [b"", b"\0"])
@pytest.mark.parametrize("first", [0x30, 0x32])
def test_values_sequence_numbers_and_times_tell_no_commands_or_births_apart(before, first):
    def of(kind: bytes, n: int, **metrics: bytes | bool) -> tuple:
        numbered = text(sparkplug(kind)) + (bytes((0, n)) if first & 6 else b"")
        body = payload({name.encode(): value for name, value in metrics.items()})
        time, sequence = b"\x08" + bytes((0x80 | n, n)), b"\x18" + bytes((n,))
        return key("mqtt", packet(first, numbered + before + time + body + sequence))

    assert of(b"NCMD", 1, Setpoint=b"17") == of(b"NCMD", 2, Setpoint=b"a longer one") != of(b"NCMD", 1, Other=b"17")
    assert of(b"DCMD", 1, a=True, b=True) != of(b"DCMD", 1, a=True)
    assert of(b"NBIRTH", 1, a=True) == of(b"NBIRTH", 2, a=True) != of(b"NBIRTH", 2, b=True)
    assert of(b"NBIRTH", 1, Model=b"X1") != of(b"NBIRTH", 1, Model=b"X2")


def test_a_command_behind_a_very_long_group_is_not_read_as_one_of_many():
    topic = sparkplug(b"NCMD", group=b"x" * 41)
    (operation,) = said(topic, payload({b"Node Control/Reboot": True}))
    assert (operation.verb, operation.detail) == (Verb.OPERATE, "command to an edge node")
    assert case_of("mqtt", packet(0x30, text(topic) + b"1")) == case_of("mqtt", packet(0x30, text(b"a") + b"1"))


def test_a_capture_of_sparkplug():
    found = [
        (count, row.verb, row.function, row.unit)
        for _, count, row in understood("sparkplug.pcap")
        if isinstance(row, Operation) and row.function.startswith("Sparkplug")
    ]
    assert (20, Verb.REPORT, "Sparkplug NDATA", NODE.decode()) in found
    assert (20, Verb.REPORT, "Sparkplug DDATA", DEVICE.decode()) in found
    assert [f for f in found if f[1] is Verb.RESTART] == [(1, Verb.RESTART, "Sparkplug NCMD", "Line1-Edge")]
    assert len(found) == 15


def test_every_packet_has_a_row():
    for first in (0x62, 0x70):
        (found,) = rows(packet(first, b"\0\1"))
        assert (found.verb, found.kind) == (Verb.SESSION, Kind.NOTICE)
    for first in (0xC0, 0xD0, 0xE0):
        assert rows(packet(first, b""))[0].verb is Verb.SESSION
    assert rows(packet(0xF0, b"\x18\0"))[0].verb is Verb.AUTHENTICATE


def test_behind_a_connect_every_packet_is_read_on_any_port():
    talk = Talk(server=("10.0.0.2", 17501))
    exchange = [
        (False, connect(2)),
        (True, packet(0x20, b"\0\0")),
        (False, packet(0xC0, b"")),
        (True, packet(0xD0, b"")),
        (False, packet(0x32, text(b"speed") + b"\0\x07" + b"1")),
        (True, packet(0x40, b"\0\x07")),
        (False, packet(0xE0, b"")),
    ]
    for back, raw in exchange:
        talk.send(back, raw)
    again = Talk(client=("10.0.0.9", 40000), server=("10.0.0.2", 17501))
    again.send(False, connect(2)).send(True, packet(0x20, b"\0\0")).send(False, packet(0xC0, b""))
    frames = [(0, i, f) for i, f in enumerate([*talk.frames, *again.frames])]
    result = read_capture(BytesIO(pcap(frames)), "x", framing_plan())
    found = understand(result, protocols())
    functions = Counter(
        row.function
        for index, rows_ in found.rows.items()
        for row in rows_
        if isinstance(row, Operation)
        for _ in range(result.messages[index].count)
    )
    assert functions == {
        "CONNECT": 2,
        "CONNACK": 2,
        "PINGREQ": 2,
        "PINGRESP": 1,
        "PUBLISH": 1,
        "PUBACK": 1,
        "DISCONNECT": 1,
    }
    assert not any(c.lost_bytes or c.skipped_bytes for c in result.conversations)


def test_what_another_connection_shows_of_a_server_port_is_believed_of_one_that_was_joined():
    """Neither pings nor topics without levels show themselves; a stranger at that port stays one."""
    joined, stranger, opened = (Talk(client=("10.0.0.1", 40000 + n), server=("10.0.0.2", 17501)) for n in range(3))
    speed = packet(0x30, text(b"speed") + b"1")
    for _ in range(3):
        joined.send(False, packet(0xC0, b"")).send(True, packet(0xD0, b""))
    opened.send(False, connect(2)).send(True, packet(0x20, b"\0\0")).send(False, packet(0xC0, b""))
    early = len(joined.frames)
    for n in range(5):
        joined.send(False, speed).send(True, packet(0xD0, b""))
        stranger.send(False, b"speed %d\n" % n)
    frames = [*joined.frames[:early], *opened.frames, *stranger.frames, *joined.frames[early:]]
    result = read_capture(BytesIO(pcap([(0, i, f) for i, f in enumerate(frames)])), "x", framing_plan())
    found = understand(result, protocols())
    published = [
        result.messages[index].count
        for index, rows_ in found.rows.items()
        if any(isinstance(row, Operation) and row.function == "PUBLISH" for row in rows_)
    ]
    assert published == [5]
    assert sum(m.count for m in result.messages if m.protocol == "mqtt") == 19  # the pings of before were kept
