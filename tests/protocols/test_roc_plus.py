"""ROC Plus: opcodes and what they touch, logins without their passwords, files, errors."""

from __future__ import annotations

import io

import pytest

from fixtures.record import roc_plus as made
from scanner.capture.read import read_capture
from scanner.facts.dissection import claimed
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Session, Verb
from scanner.protocols.roc_plus.roc_plus import PROTOCOL
from tests.capture.files import pcap
from tests.capture.traffic import Talk
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows


def rows(data: bytes, from_client: bool | None = True) -> list:
    message = Message(data, len(data), from_client, "tcp", 4000)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def recorded(name: str) -> list[tuple[int, list]]:
    result = read_capture(CAPTURES / "roc_plus" / name, name, framing_plan())
    found = []
    for index, protocol, message in claimed(result):
        assert protocol == "roc-plus"
        if message.data[4] == 9:  # which does not exist
            continue
        assert PROTOCOL.probe(message)
        found.append((result.messages[index].count, list(PROTOCOL.dissect(message))))
    return found


@pytest.mark.parametrize("name", ["tcp.pcap", "udp.pcap"])
def test_a_host_asks(name):
    asked = [
        (n, r.verb.value, r.code, r.object, r.detail)
        for n, found in recorded(name)
        for r in found[:1]
        if r.kind is Kind.REQUEST
    ]
    assert asked == [
        (1, "identify", "6", "", ""),
        (1, "authenticate", "17", "", "login of LOI"),
        (1, "authenticate", "17", "", "session key request"),
        (1, "authenticate", "17", "", "enhanced login of OPERATOR7"),
        (1, "read", "7", "", ""),
        (1, "time-sync", "8", "", ""),
        (2, "read", "180", "TLP 103.0.10, TLP 91.0.2", ""),
        (2, "write", "181", "TLP 103.0.10", ""),
        (1, "write", "181", "TLP 103.0.10", "first of 2 parameters"),
        (1, "write", "166", "TLP 101.2.4-6", ""),
        (1, "read", "167", "TLP 101.2.4", ""),
        (1, "read", "10", "table 1 location 0-4", ""),
        (1, "write", "11", "table 1 location 0", ""),
        (1, "read", "118", "", ""),
        (1, "file-write", "203", "/flash/data/flow.cfg", "open to create"),
        (1, "file-write", "203", "", "write"),
        (1, "file-delete", "203", "/flash/data/old.cfg", "delete"),
        (1, "file-read", "203", "/flash/data", "read directory"),
        (1, "write", "24", "2:1 to 5:1", "Write Parameters"),
        (1, "read", "205", "network 1 node 1", "Request Parameters"),
        (1, "write", "205", "network 1 node 2", "Write Parameters"),
        (1, "read", "206", "", ""),
        (1, "read", "135", "history segment 1 point 4", ""),
        (1, "write", "181", "TLP 91.0.2", ""),
    ]


def test_the_unit_says_what_it_is():
    found = [r for _, rows in recorded("tcp.pcap") for r in rows]
    assert [(r.field, r.value) for r in found if isinstance(r, Identity)] == [
        ("vendor", "Emerson"),
        ("model", "ROC800"),
    ]
    assert {r.detail for r in found if isinstance(r, Session)} == {"login", "enhanced login"}
    answer = next(r for r in found if getattr(r, "detail", "").startswith("run mode"))
    assert (answer.kind, answer.unit, answer.detail) == (Kind.RESPONSE, "240:240", "run mode, security access mode 2")


def test_errors_refuse():
    refusals = [r for _, rows in recorded("tcp.pcap") for r in rows if getattr(r, "refusal", "")]
    assert [(r.refusal, r.verb, r.detail) for r in refusals] == [
        ("Security error (20)", Verb.WRITE, "Write Parameters"),
        ("Invalid Opcode request (1)", Verb.UNKNOWN, "Opcode 9"),
    ]


def test_an_alarm_signal_is_reported():
    reports = [(n, r.code, r.kind) for n, rows in recorded("tcp.pcap") for r in rows[:1] if r.verb is Verb.REPORT]
    assert reports == [(1, "224", Kind.NOTICE), (1, "225", Kind.NOTICE)]


def test_modbus_on_its_port_is_modbus():
    name = "modbus_on_4000.pcap"
    result = read_capture(CAPTURES / "roc_plus" / name, name, framing_plan())
    assert {m.protocol for m in result.messages} == {"modbus"}


def test_values_and_passwords_make_no_other_message():
    def write(value: bytes) -> bytes:
        return made.message(181, made.parameters((103, 0, 10), values=value))

    assert key("roc-plus", write(b"\1\2\3\4")) == key("roc-plus", write(b"\4\3\2\1"))
    logins = [made.message(17, b"LOI" + word + b"\5") for word in (b"\1\2", b"\3\4")]
    assert key("roc-plus", logins[0]) == key("roc-plus", logins[1])
    assert "1234" not in str(rows(made.message(17, b"LOI" + (1234).to_bytes(2, "little") + b"\5")))
    reads = [made.message(180, made.parameters((103, 0, n))) for n in (1, 2)]
    assert key("roc-plus", reads[0]) != key("roc-plus", reads[1])


def test_messages_as_seen_in_the_field():
    """Their checksums were not computed by the code under test."""
    for text in ("0102030406003a2f", "0102030407003bbf", "0102030408071e2d0c0f0307e8890d"):
        assert rows(bytes.fromhex(text))[0].unit == "1:2"


GOOD = made.message(180, made.parameters((103, 0, 10)))


@pytest.mark.parametrize("data", [b"", GOOD[:5], GOOD[:-1], GOOD[:5] + b"\x7f" + GOOD[6:], GOOD[:7] + b"\0" + GOOD[8:]])
def test_what_is_none(data):
    message = Message(data, len(data), True, "tcp", 4000)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_a_message_that_is_not_whole_proves_nothing():
    """Text of a terminal on the port may begin as a message does; the checksum, which tells, is not there."""
    raw = made.message(180, made.parameters((103, 0, 10)))
    assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 4000))
    assert not PROTOCOL.probe(Message(raw[:-1], len(raw), True, "tcp", 4000))
    assert not PROTOCOL.probe(Message(raw[:-1] + bytes((raw[-1] ^ 1,)), len(raw), True, "tcp", 4000))


@pytest.mark.parametrize("opcode", [9, 126, 200])
def test_an_opcode_that_nobody_knows_may_do_anything(opcode):
    talk = Talk(server=("10.0.0.2", 4000))
    for asked in (7, opcode, 7):
        talk.send(False, made.message(asked, b"\1\2"))
        talk.send(True, made.message(asked, answer=True))
    frames = [(1000, 1000 * i, frame, len(frame)) for i, frame in enumerate(talk.frames)]
    result = read_capture(io.BytesIO(pcap(frames)), "test", framing_plan())
    found = [(r["verb"], r["code"]) for _, _, _, r in operation_rows(result, understand(result, protocols()))]
    assert sorted(found) == [("read", "7"), ("unknown-function", str(opcode))]
