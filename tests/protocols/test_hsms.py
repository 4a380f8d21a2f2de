"""HSMS with SECS-II: equipment commanded and loaded without a log-in, refusals, and where nothing is believed."""

from __future__ import annotations

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.secs._items import acknowledgement, names
from scanner.protocols.secs.hsms import FUNCTIONS, PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def item(kind: int, content: bytes) -> bytes:
    return bytes((kind << 2 | 1, len(content))) + content


def listed(*items: bytes) -> bytes:
    return bytes((1, len(items))) + b"".join(items)


def text(name: bytes) -> bytes:
    return item(0o20, name)


def sent(stream: int, function: int, body: bytes = b"", kind: int = 0, wait: int = 0x80) -> bytes:
    header = bytes((0, 0, stream | wait if not kind else stream, function, 0, kind)) + b"\0\0\0\7"
    return (len(header) + len(body)).to_bytes(4, "big") + header + body


def message(raw: bytes, length: int | None = None, *, from_client: bool = True) -> Message:
    return Message(raw, len(raw) if length is None else length, from_client, "tcp", 5000)


def operation(raw: bytes, length: int | None = None) -> Operation:
    return next(row for row in PROTOCOL.dissect(message(raw, length)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["session.pcap", "port_15000.pcap"])
def test_a_session(name):
    result, understood = understand_capture(CAPTURES / "hsms" / name)
    assert set(understood.spoken.values()) == {("hsms",)}
    assert not understood.malformed
    rows = [c for *_, c in operation_rows(result, understood)]
    found = [(c["verb"], c["code"], c["object"], c["accepted"], c["refusals"]) for c in rows if c["verb"] != "session"]
    assert found == [
        ("identify", "S1F1", "", 1, []),
        ("mode-change", "S1F17", "", 1, []),
        ("read", "S1F11", "", 1, []),
        ("configure", "S2F15", "20", 1, []),
        ("program-download", "S7F3", "RECIPE-7", 1, []),
        ("file-delete", "S7F17", "RECIPE-7", 0, ["code 1"]),
        ("operate", "S2F41", "START", 1, []),
        ("operate", "S2F41", "FLY", 0, ["code 1"]),
    ]


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "hsms" / "http_on_5000.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_commands_by_name():
    number = item(0o54, bytes(4))
    assert operation(sent(2, 49, listed(number, text(b""), text(b"PP-SELECT"), listed()))).object == "PP-SELECT"
    assert operation(sent(16, 5, listed(number, text(b"JOB1"), text(b"ABORT"), listed()))).object == "ABORT"
    assert operation(sent(2, 21, item(0o51, b"\7"))).object == "7"
    long = sent(2, 41, listed(text(b"A" * 80)))
    unread = operation(long[:40], len(long))
    assert (unread.verb, unread.object) == (Verb.OPERATE, "")


@pytest.mark.parametrize(("code", "kind"), [(0, Kind.RESPONSE), (4, Kind.RESPONSE), (2, Kind.REFUSAL)])
def test_answers_to_commands(code, kind):
    assert operation(sent(2, 42, listed(item(0o10, bytes((code,))), listed()), wait=0)).kind is kind


def test_answers_to_reads_refuse_nothing():
    assert operation(sent(1, 4, item(0o10, b"\5"), wait=0)).kind is Kind.RESPONSE


def test_what_nobody_answers_and_what_nobody_knows():
    assert operation(sent(6, 11, listed(), wait=0)).kind is Kind.NOTICE
    assert operation(sent(2, 41, listed(text(b"STOP"), listed()), wait=0)).kind is Kind.UNCONFIRMED
    assert operation(sent(64, 1)).verb is Verb.UNKNOWN
    aborted = operation(sent(2, 0, wait=0))
    assert (aborted.kind, aborted.refusal) == (Kind.REFUSAL, "aborted")


def test_control_messages():
    assert operation(sent(0, 0, kind=1)).kind is Kind.REQUEST
    assert operation(sent(0, 2, kind=2)).refusal == "2 connection not ready"
    assert operation(sent(0, 1, kind=7)).refusal == "reason 1"
    assert operation(sent(0, 0, kind=9)).kind is Kind.NOTICE


def test_only_equipment_says_who_it_is():
    who = listed(text(b"ETCH-300"), text(b"R4.2"))
    for raw in (sent(1, 2, who, wait=0), sent(1, 14, listed(item(0o10, b"\0"), who), wait=0)):
        rows = [r for r in PROTOCOL.dissect(message(raw)) if isinstance(r, Identity)]
        assert [(r.field, r.value) for r in rows] == [("model", "ETCH-300"), ("software", "R4.2")]
    assert not any(isinstance(r, Identity) for r in PROTOCOL.dissect(message(sent(1, 2, listed(), wait=0))))


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", sent(1, 1)[:13], sent(1, 1) + b"x", sent(1, 1, kind=4) + b"x", sent(0, 0, kind=8)),
        sent(0, 0, b"1", kind=1),
        *(sent(1, 3, b"\x40\1\2\3\4"), sent(1, 3, b"\x41\x09" + bytes(5)), sent(1, 3, b"\1\xff" + bytes(9))),
    ],
)  # fmt: skip
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


def test_items_are_read_as_far_as_they_go():
    assert names(listed(text(b"a"), item(0o30, b"\xff" * 8), item(0o44, bytes(4)), text(b"b")), 0, 99, 3) == [
        "a",
        "-1",
        "",
    ]
    assert names(b"\1\xff\1\xff", 0, 4, 3) == []
    assert acknowledgement(b"\x01\2\x21\1\3", 0) == acknowledgement(b"\x21\1\3", 0) == 3
    assert acknowledgement(b"\x21\1", 0) is acknowledgement(b"\x41\1a", 0) is None


def test_what_looks_like_it_on_another_port_is_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.40.10", "10.20.40.20", 15001)
        for _ in range(3):
            way.client(sent(2, 41, listed(text(b"START"), listed())))
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken


def test_the_table_has_primary_messages():
    assert all(code & 1 and 0 < code >> 8 < 128 for code in FUNCTIONS)
