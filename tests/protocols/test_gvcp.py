"""GigE Vision: cameras are found, taken, set and moved; what only looks like it is none."""

from __future__ import annotations

import pytest

from fixtures.record.gvcp import DISCOVER, EVENT, READ, WRITE, answer, command, device, registers
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Related, Verb
from scanner.protocols.vision.gvcp import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, understand_capture


def message(raw: bytes, length: int | None = None, *, from_client: bool = True) -> Message:
    return Message(raw, len(raw) if length is None else length, from_client, "udp", 3956)


def operation(raw: bytes) -> Operation:
    return next(row for row in PROTOCOL.dissect(message(raw)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["session.pcap", "port_13956.pcap"])
def test_a_session(name):
    result, understood = understand_capture(CAPTURES / "gvcp" / name)
    assert not understood.malformed
    found = [(c["verb"], c["object"], c["accepted"], c["refusals"]) for *_, c in operation_rows(result, understood)]
    taken = [row for row in found if row[0] in ("write", "configure", "operate", "subscribe")]
    assert taken == [
        ("subscribe", "stream channel destination address", 1, []),
        ("subscribe", "stream channel port", 1, []),
        ("write", "register 0x0000a100, register 0x0000a104", 1, []),
        ("configure", "user-defined name", 1, []),
        ("configure", "register 0x00000000", 0, ["0x8004 write protect"]),
        ("operate", "", 1, []),
    ]
    assert "set" not in repr(found)


def test_an_address_given_by_force():
    result, understood = understand_capture(CAPTURES / "gvcp" / "force_ip.pcap")
    (found,) = (c for *_, c in operation_rows(result, understood))
    assert (found["verb"], found["function"], found["accepted"]) == ("configure", "Force IP", 1)


def test_a_camera_says_who_it_is():
    rows = list(PROTOCOL.dissect(message(answer(DISCOVER, 1, device()), from_client=False)))
    assert {(r.field, r.value) for r in rows if isinstance(r, Identity)} == {
        *(("vendor", "Example Vision"), ("model", "EV-500"), ("firmware", "1.4.2"), ("serial", "SN0045")),
        *(("name", "cam-fill"), ("mac", "02:00:00:00:00:45"), ("role", "camera")),
    }


def test_the_strongest_of_several_registers_counts():
    both = operation(command(WRITE, 1, registers((0x0A00, 2), (0x064C, 1), (0xA000, 1))))
    assert (both.verb, both.object) == (Verb.CONFIGURE, "persistent IP address")
    many = operation(command(WRITE, 1, registers(*((0xA000 + 4 * n, 1) for n in range(5)))))
    assert many.object.endswith(", …")


def test_who_opens_a_stream_is_its_target():
    rows = PROTOCOL.dissect(message(command(WRITE, 1, registers((0x0D40, 50123)))))
    (agreed,) = (row for row in rows if isinstance(row, Related))
    assert agreed.port == 50123
    closed = PROTOCOL.dissect(message(command(WRITE, 1, registers((0x0D00, 0)))))
    assert not any(isinstance(row, Related) for row in closed)


def test_a_command_without_an_answer_is_unconfirmed():
    assert operation(command(0x100, 1, bytes(12), flags=0)).kind is Kind.UNCONFIRMED
    assert operation(command(EVENT, 1, bytes(16), flags=0)).kind is Kind.NOTICE


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"\x42\1\0\2\0\0\0", command(READ, 1, b"123"), command(DISCOVER, 1, b"1234"), command(0x99, 1)),
        *(command(DISCOVER, 1) + b"x", answer(DISCOVER, 1, b"1234"), answer(READ, 1, b"", 0x4242), answer(0x70, 1)),
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


def test_what_was_cut_short_is_read_as_far_as_it_goes():
    raw = answer(DISCOVER, 1, device())
    rows = list(PROTOCOL.dissect(message(raw[:120], len(raw))))
    assert {r.field for r in rows if isinstance(r, Identity)} == {"vendor", "mac", "role", "model"}


def test_one_datagram_away_from_the_port_is_nothing(tmp_path):
    _, understood = understand_capture(written(tmp_path / "x.pcap", [(True, command(DISCOVER, 1))], 13957))
    assert not understood.spoken
