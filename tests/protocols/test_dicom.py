"""DICOM: associations with and without a log-in, pictures stored and looked for, on any port; no row has a password."""

from __future__ import annotations

import struct

import pytest

from fixtures.record.dicom import (
    ANSWER,
    CT,
    ECHO,
    FINDS,
    STORE,
    association,
    command,
    data,
    element,
    identity,
    pdu,
)
from fixtures.record.wire import Wire
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.health.dicom import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "tcp", 104)


def operation(raw: bytes, length: int | None = None) -> Operation:
    return next(row for row in PROTOCOL.dissect(sent(raw, length)) if isinstance(row, Operation))


def credentials(raw: bytes, length: int | None = None) -> set[str]:
    rows = PROTOCOL.dissect(sent(raw, length))
    return {row.credentials or "".join(row.unread) for row in rows if isinstance(row, Session)} - {""}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("session.pcap", "none"),
        ("log_in_port_11113.pcap", "user-password"),
        ("kerberos_port_11113.pcap", "ticket"),
    ],
)
def test_an_association(name, kind):
    result, understood = understand_capture(CAPTURES / "dicom" / name)
    assert set(understood.spoken.values()) == {("dicom",)}
    assert not understood.malformed
    rows = [c for *_, c in operation_rows(result, understood)]
    found = {c["code"]: c for c in rows}
    assert (found["1"]["object"], found["1"]["accepted"]) == ("ARCHIVE", 1)
    stored = found["0x0001"]
    assert (stored["verb"], stored["object"], stored["count"], stored["accepted"]) == ("file-write", "CT", 2, 1)
    assert stored["refusals"] == ["0xa700"]
    assert found["0x0030"]["accepted"] == 1
    assert found["0x0020"]["object"] == "Study Root Find"
    assert found["5"]["accepted"] == 1
    seen = [row for _, _, row in told(CAPTURES / "dicom" / name)]
    assert {row.credentials for row in seen if isinstance(row, Session) and row.credentials} == {kind}
    assert "secret" not in repr(seen)
    assert "engineer" not in repr(seen)


def test_a_title_that_nobody_knows():
    result, understood = understand_capture(CAPTURES / "dicom" / "rejected.pcap")
    (row,) = [c for *_, c in operation_rows(result, understood)]
    assert row["refusals"] == ["calling AE title not recognised"]


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "dicom" / "http_on_104.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_log_ins():
    for number, kind in ((1, "user-id"), (2, "user-password"), (3, "ticket"), (4, "bearer"), (9, "other")):
        assert credentials(association(1, identity(number))) == {kind}
    raw = association(1, identity(2))
    assert credentials(raw[:100], len(raw)) == {"credentials"}
    assert credentials(association(1)) == {"none"}


def test_commands():
    moved = operation(
        pdu(4, struct.pack(">IBB", 38, 1, 3) + element(0x0100, b"\x21\0") + element(0x0600, b"THIEF ") + bytes(4))
    )
    assert (moved.function, str(moved.detail)) == ("C-MOVE", "to THIEF")
    assert operation(command(FINDS | ANSWER, CT, 1, 0xFF00)).kind is Kind.NOTICE
    assert operation(command(STORE | ANSWER, CT, 1, 0xB000)).kind is Kind.RESPONSE
    assert operation(command(STORE | ANSWER, CT, 1, 0xA700)).refusal == "0xa700"
    assert operation(command(0x0150, CT, 1)).verb is Verb.FILE_DELETE
    assert operation(command(0x0999, CT, 1)).verb is Verb.UNKNOWN
    assert operation(pdu(7, b"\0\0\2\6")).kind is Kind.NOTICE
    assert not [r for r in PROTOCOL.dissect(sent(data(50))) if isinstance(r, Operation)]


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", command(ECHO, CT, 1)[:5], command(ECHO, CT, 1) + b"x", pdu(8, bytes(4)), pdu(5, bytes(5))),
        b"\4\1" + command(ECHO, CT, 1)[2:],
        pdu(1, bytes(40)),
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


def test_commands_without_an_association_are_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.59.10", "10.20.59.20", 11114)
        for number in range(3):
            way.client(command(STORE, CT, number))
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
