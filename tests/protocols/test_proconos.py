"""ProConOS: what the runtime says of itself, requests that are not known, keys."""

from __future__ import annotations

import pytest

from fixtures.record.proconos import INFORMATION, OTHER, START, STATE, STOP, information, request
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.vendors.proconos import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def rows(raw: bytes, *, side: bool = True, port: int = 20547) -> list:
    message = Message(raw, len(raw), side, "tcp", port)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def test_the_request():
    (found,) = rows(INFORMATION)
    assert found == Operation(
        Verb.IDENTIFY,
        "Get runtime information",
        Kind.REQUEST,
        "0x000b",
        filter="tcp.payload[0:4] == cc:01:00:0b",
    )
    (found,) = rows(OTHER)
    assert (found.verb, found.function, found.code) == (Verb.UNKNOWN, "Request", "0x005b")


def test_published_requests():
    """As phoenix_command sends them, checksums included."""
    assert (request(0x0B, 2), STOP) == (INFORMATION, bytes.fromhex("cc010001400e00004c07"))
    assert request(4, 14) == bytes.fromhex("cc010004400e00001821")
    assert request(0x0F, 7) == bytes.fromhex("cc01000f40070000eafa") == STATE
    found = rows(STATE + OTHER + STOP + START)
    assert [(r.verb, r.function, r.filter) for r in found] == [
        (Verb.DIAGNOSE, "Get state", "tcp.payload[0:4] == cc:01:00:0f"),
        (Verb.UNKNOWN, "Request", "tcp.payload[10:4] == cc:01:00:5b"),
        (Verb.STOP, "Stop", "tcp.payload[48:4] == cc:01:00:01"),
        (Verb.START, "Cold start", "tcp.payload[58:4] == cc:01:00:04"),
    ]


def test_the_answer():
    operation, *identities = rows(information(), side=False)
    assert (operation.verb, operation.kind) == (Verb.IDENTIFY, Kind.RESPONSE)
    assert operation.detail == "project QuickMix, boot project BootMix, source code Exist"
    assert identities == [
        Identity("software", "ProConOS V4.2.0214 Oct 28 2011"),
        Identity("model", "V3.95A.6 Mar 9 2012"),
    ]
    (found,) = rows(b"\xcc\0" + bytes(range(40)), side=False)
    assert (found.verb, found.function, found.kind) == (Verb.UNKNOWN, "Answer", Kind.RESPONSE)


def test_an_answer_cut_short_tells_what_is_there():
    operation, *identities = rows(information()[:60], side=False)
    assert operation.detail == ""
    assert identities == [Identity("software", "ProConOS V4.2.0214 Oct 28 2011"), Identity("model", "V3.95A.6 Mar")]


@pytest.mark.parametrize("raw", [b"\xcd" + INFORMATION[1:], b"\xcc\2" + INFORMATION[2:], INFORMATION[:7], b""])
def test_what_is_no_frame_is_malformed(raw):
    message = Message(raw, len(raw), True, "tcp", 20547)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def test_away_from_the_port_only_what_is_known_is_believed():
    for raw, believed in (
        (INFORMATION, True),
        (information(), True),
        (OTHER, True),
        (STOP[:-1] + b"\0", False),
        (b"\xcc\0" + bytes(40), False),
    ):
        assert PROTOCOL.probe(Message(raw, len(raw), True, "tcp", 5000)) is believed


def test_the_key():
    assert key("proconos", STATE) == key("proconos", request(0x0F, 99)) != key("proconos", INFORMATION)
    assert key("proconos", STATE + STOP) != key("proconos", STATE + START)
    assert key("proconos", information()) != key("proconos", information(kind="ADAM5510KW 1.24"))
    assert key("proconos", b"\xcc\0" + bytes(40)) == key("proconos", b"\xcc\0" + bytes(range(40)))


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "proconos" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["function"], c["count"], c["accepted"], c["unanswered"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "proconos"
    ]


def test_captures():
    assert operations("information.pcap") == [("Get runtime information", 2, 1, 1), ("Request", 1, 1, 0)]
    assert operations("port_20548.pcap") == [("Get runtime information", 1, 1, 0)]
    assert operations("http_on_20547.pcap") == []
