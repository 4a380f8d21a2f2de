"""POWERLINK version 1: cycle, polls, identification, net commands, channels; what is none of it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.powerlink_v1 import EVERYBODY, MANAGER, acyclic, cycle, identity, invite, poll
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.powerlink.powerlink_v1 import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

NAME = "powerlink-v1"


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, None, "ethernet", 0x3E3F, "00:60:65:02:00:01")


def padded(raw: bytes) -> bytes:
    return raw.ljust(46, b"\0")


def operations(raw: bytes) -> list[Operation]:
    return [row for row in PROTOCOL.dissect(sent(padded(raw))) if isinstance(row, Operation)]


@pytest.mark.parametrize(
    ("raw", "verb", "kind", "unit", "detail"),
    [
        (cycle(1), Verb.TIME_SYNC, Kind.NOTICE, "node 240", ""),
        (cycle(2), Verb.SESSION, Kind.NOTICE, "node 240", ""),
        (poll(3, 1, MANAGER, bytes(8)), Verb.REPORT, Kind.NOTICE, "node 1", "8 bytes, data valid"),
        (poll(4, EVERYBODY, 2, bytes(4), 0x1E), Verb.REPORT, Kind.NOTICE, "node 2", "4 bytes, data not valid, *"),
        (invite(3, 1), Verb.IDENTIFY, Kind.NOTICE, "node 3", ""),
        (invite(3, 255), Verb.SESSION, Kind.NOTICE, "node 3", ""),
        (identity(2), Verb.IDENTIFY, Kind.NOTICE, "node 2", ""),
        (acyclic(1, 255, bytes(3), 2), Verb.UNKNOWN, Kind.UNCONFIRMED, "node 2", ""),
        (b"\x81" + cycle(1)[1:], Verb.TIME_SYNC, Kind.NOTICE, "node 240", ""),
    ],
)
def test_services(raw: bytes, verb: Verb, kind: Kind, unit: str, detail: str) -> None:
    (row,) = operations(raw)
    assert (row.verb, row.kind, row.unit) == (verb, kind, unit)
    if detail.endswith("*"):
        assert str(row.detail) == detail[:-1] + "exception, warning, error"
    else:
        assert str(row.detail) == detail


def test_net_commands_and_channels() -> None:
    assert [(row.function, row.verb) for row in operations(cycle(2, 0, 9))][1:] == [("Net Command 9", Verb.UNKNOWN)]
    assert [row.function for row in operations(acyclic(1, 7, b""))] == ["ASnd channel 7"]
    assert "ASnd Generic Channel" in PROTOCOL.opaque


def test_who_nodes_are() -> None:
    rows = list(PROTOCOL.dissect(sent(padded(identity(2)))))
    assert {(row.field, row.value) for row in rows if isinstance(row, Identity)} == {
        ("hardware_revision", "revision 0x00010002"),
        ("firmware", "version 0x00020105"),
        ("model", "device variant 0x0000006C"),
    }
    assert Identity("role", "controller") in list(PROTOCOL.dissect(sent(cycle(1))))


def test_data_times_and_slots_are_in_no_key() -> None:
    assert key(NAME, cycle(1, 1)) == key(NAME, cycle(1, 2)) != key(NAME, cycle(1, 1, 1))
    assert key(NAME, poll(4, 255, 1, b"\1\2")) == key(NAME, poll(4, 255, 1, b"\3\4", 0x29))
    assert key(NAME, poll(4, 255, 1, b"\1\2")) != key(NAME, poll(4, 255, 1, b"\1\2", 3))
    assert key(NAME, poll(4, 255, 1, b"\1\2")) != key(NAME, poll(4, 255, 2, b"\1\2"))
    assert key(NAME, acyclic(1, 255, b"\1")) != key(NAME, acyclic(1, 7, b"\1"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\1\xff\xf0",
        cycle(1)[:45],
        b"\7" + cycle(1)[1:],
        cycle(1)[:1] + b"\1\1" + cycle(1)[3:],
        poll(3, 1, 240, b"\0")[:-1],
        acyclic(1, 255, b"\0\0")[:-1],
    ],
)
def test_what_is_none_is_malformed(raw: bytes) -> None:
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


@pytest.mark.parametrize("name", ["built.pcap", "built_vlan.pcap"])
def test_a_network(name: str) -> None:
    result, understood = understand_capture(CAPTURES / "powerlink_v1" / name)
    assert set(understood.spoken.values()) == {(NAME,)}
    rows = [columns for *_, columns in operation_rows(result, understood)]
    assert {row["function"] for row in rows if row["verb"] == "unknown-function"} == {"Net Command 1", "ASnd channel 7"}


@given(st.binary(max_size=60), st.integers(0, 60))
def test_anything_is_read(data: bytes, cut: int) -> None:
    for raw in (data, cycle(1)[:3] + data, poll(4, 255, 1, data)[:cut], identity(1)[:cut]):
        message = sent(raw, 60)
        if PROTOCOL.probe(message):
            with suppress(Malformed):
                list(PROTOCOL.dissect(message))
