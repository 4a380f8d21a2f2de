"""DNS on ports of its own: a question that is nothing else, to the last byte, and what looks almost like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Message, Operation
from scanner.protocols.internet.dns import PROTOCOL
from tests.protocols.test_long_names import question
from tests.protocols.understanding import understand_capture

OPT = bytes.fromhex("00 0029 04d0 00000000 0000")
COOKIE = bytes.fromhex("00 0029 04d0 00000000 000c 000a 0008 0102030405060708")
PLAIN = question("www.example.com", 1)
GOOD = {
    "a question": PLAIN,
    "of a long name": question(f"{'a' * 60}.{'b+/=' * 15}.t.example.com"),
    "with EDNS": PLAIN[:11] + b"\1" + PLAIN[12:] + OPT,
    "with a cookie": PLAIN[:11] + b"\1" + PLAIN[12:] + COOKIE,
    "a whole zone, as name servers of Microsoft ask": question("example.com", 252) + b"MS",
    "not recursive, checking disabled": PLAIN[:2] + b"\0\x10" + PLAIN[4:],
}
OTHERS = {
    "more behind it": PLAIN + b"\0",
    "what is for zones alone": PLAIN + b"MS",
    "less": PLAIN[:-1],
    "no class of its own": PLAIN[:-1] + b"\7",
    "no type of its own": question("www.example.com", 500),
    "a name of NetBIOS": question("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 32),
    "bytes for a name": PLAIN.replace(b"www", b"\1\2\3"),
    "an answer": PLAIN[:2] + b"\x81\x80" + PLAIN[4:],
    "two questions": PLAIN[:5] + b"\2" + PLAIN[6:],
    "an additional record that is none": PLAIN[:11] + b"\1" + PLAIN[12:],
    "EDNS cut short": PLAIN[:11] + b"\1" + PLAIN[12:] + COOKIE[:-1],
    "the root alone": PLAIN[:12] + b"\0\0\1\0\1",
    "nothing": b"",
}


def sent(data: bytes) -> Message:
    return Message(data, len(data), from_client=True, transport="udp", port=5335)


def spoken(folder: Path, data: bytes, answer: bytes | None) -> object:
    path = folder / "c.pcap"
    with Wire(path) as wire:
        association = wire.udp("10.20.1.5", "203.0.113.9", 5335)
        association.client(data)
        if answer is not None:
            association.server(answer)
    return understand_capture(path)[1].spoken


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("name", GOOD)
def test_a_question_is_recognised_on_any_port(name: str, answered: bool, tmp_path: Path) -> None:
    data = GOOD[name]
    assert PROTOCOL.probe(sent(data))
    assert PROTOCOL.proof
    assert PROTOCOL.proof(sent(data))
    answer = data[:2] + b"\x81\x80" + data[4:] if answered else None
    assert spoken(tmp_path, data, answer) == {0: ("dns",)}


@pytest.mark.parametrize("name", OTHERS)
def test_what_looks_almost_like_one_is_not(name: str, tmp_path: Path) -> None:
    assert PROTOCOL.proof
    assert not PROTOCOL.proof(sent(OTHERS[name]))
    assert spoken(tmp_path, OTHERS[name], None) == {}


RECORD = b"\x05plant\x05local\0" + b"\0\x21\0\1\0\0\0\x78\0\4\1\2\3\4"
ANSWER = b"\0\0\x84\0\0\0\0\2\0\0\0\0" + RECORD + b"\xc0\x0c" + RECORD[13:]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ANSWER, True),
        (ANSWER[:7] + b"\1" + ANSWER[8:], False),
        (ANSWER + b"\0", False),
        (ANSWER[:-1], False),
        (ANSWER.replace(b"\xc0\x0c", b"\xc0\x80"), False),  # a pointer ahead
        (ANSWER.replace(b"plant", b"pl\0nt"), False),
        (ANSWER[:6] + b"\xff\xff" + ANSWER[8:], False),
    ],
)
def test_records_to_the_last_byte_prove_an_answer(data: bytes, told: bool) -> None:
    assert PROTOCOL.proof
    assert PROTOCOL.proof(Message(data, len(data), from_client=True, transport="udp", port=5353)) is told


def test_multicast_answers_alone_are_dns(tmp_path: Path) -> None:
    path = tmp_path / "c.pcap"
    with Wire(path) as wire:
        wire.udp("10.20.1.5", "224.0.0.251", 5353).client(ANSWER)
    assert understand_capture(path)[1].spoken == {0: ("dns",)}


@pytest.mark.parametrize(
    ("name", "domain", "system"),
    [
        ("100.3001.156.2.1.oid-res.org", "oid-res.org", "OID (ORS)"),
        ("1.4.1.OID-Res.org", "oid-res.org", "OID (ORS)"),
        ("5.0.6.1.3.gtin.gs1.id.onsepc.com", "onsepc.com", "GS1 (ONS)"),
    ],
)
def test_identifiers_of_things_are_named(name: str, domain: str, system: str) -> None:
    asked, told = (row for row in PROTOCOL.dissect(sent(question(name, 35))) if isinstance(row, Operation))
    assert (asked.function, told.function) == ("Query", "Identifier resolution")
    assert (told.object, told.detail, told.verb) == (domain, system, asked.verb)


@pytest.mark.parametrize("name", ["oid-res.org.example.com", "noid-res.org", "www.example.com", "org"])
def test_other_names_are_no_identifiers(name: str) -> None:
    assert [row.function for row in PROTOCOL.dissect(sent(question(name, 35))) if isinstance(row, Operation)] == [
        "Query"
    ]
