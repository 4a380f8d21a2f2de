"""DTLS: handshake messages from fragments in any order, again, overlapping, with hostile lengths; an old version."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.tls._dtls_fragments import MAX_JOINED, MOST_OPEN, Fragments
from tests.protocols.test_tls import der, vector

WHOLE = bytes(range(200))


@given(st.data())
def test_any_order_and_overlap_gives_the_message(data: st.DataObject) -> None:
    message = data.draw(st.binary(min_size=1, max_size=300))
    cuts = sorted({0, len(message), *data.draw(st.lists(st.integers(0, len(message)), max_size=8))})
    parts = [(a, max(b, data.draw(st.integers(b, len(message))))) for a, b in pairwise(cuts)]
    fragments = Fragments()
    begins, found = zip(
        *(fragments.add(1, len(message), a, message[a:b]) for a, b in data.draw(st.permutations(parts))), strict=True
    )
    assert message in found
    assert {one for one in found if one is not None} == {message}
    assert begins == (True, *[False] * (len(parts) - 1))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1 << 24), st.integers(0, 1 << 24), st.binary(max_size=40))))
def test_whatever_is_claimed_little_is_kept(parts: list[tuple[int, int, int, bytes]]) -> None:
    fragments = Fragments()
    for key, total, offset, body in parts:
        _, joined = fragments.add(key, total, offset, body)
        assert joined is None or len(joined) == total
    assert sum(len(one.data) for one in fragments._open.values()) <= 4 * MAX_JOINED


def test_contradictions_are_never_joined() -> None:
    fragments = Fragments()
    assert fragments.add(1, 200, 0, WHOLE[:100]) == (True, None)
    assert fragments.add(1, 200, 90, b"\xff" * 110) == (False, None)
    assert fragments.add(1, 200, 100, WHOLE[100:]) == (False, None)
    assert fragments.add(2, 200, 0, WHOLE[:100]) == (True, None)
    assert fragments.add(2, 150, 100, WHOLE[100:150]) == (False, None)
    assert fragments.add(2, 200, 100, WHOLE[100:]) == (False, None)


def test_another_message_of_the_same_number_is_another_one() -> None:
    fragments = Fragments()
    for body in (WHOLE, WHOLE[::-1]):
        assert fragments.add(1, 200, 0, body[:100]) == (True, None)
        assert fragments.add(1, 200, 100, body[100:]) == (False, body)
        assert fragments.add(1, 200, 50, body[50:100]) == (False, None)


def test_the_oldest_is_forgotten() -> None:
    fragments = Fragments()
    for key in range(MOST_OPEN + 1):
        fragments.add(key, 200, 0, WHOLE[:100])
    assert fragments.add(0, 200, 100, WHOLE[100:]) == (True, None)
    assert fragments.add(MOST_OPEN, 200, 100, WHOLE[100:]) == (False, WHOLE)


CERTIFICATE = der(subject="leaf")
BODY = vector(3, vector(3, CERTIFICATE) + vector(3, bytes(900)))


def fragment(offset: int, body: bytes, number: int = 1, total: int = len(BODY), kind: int = 11) -> bytes:
    header = bytes((kind,)) + total.to_bytes(3, "big") + struct.pack(">H", number) + offset.to_bytes(3, "big")
    content = header + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHHHIH", 22, 0xFEFD, 0, 0, number, len(content)) + content


def hello(kind: int) -> bytes:
    chosen = b"\xc0\x2b\0" if kind == 2 else b"\0" + struct.pack(">HH", 2, 0xC02B) + b"\1\0"
    body = b"\xfe\xfd" + bytes(range(32)) + b"\0" + chosen
    return fragment(0, body, 0, len(body), kind)


def told(path: Path, parts: Sequence[bytes], version: bytes = b"\xfe\xfd") -> dict[str, Any]:
    with Wire(path) as wire:
        talk = wire.udp("10.20.0.10", "10.20.0.40", 15684)
        for say, part in ((talk.client, hello(1)), (talk.server, hello(2)), *((talk.server, part) for part in parts)):
            say(part.replace(b"\xfe\xfd", version))
    result = read_capture(path, path.name, framing_plan())
    return capture_facts(result, protocols())["sessions"].row(0, named=True)


FIRST, SECOND, THIRD = fragment(0, BODY[:400]), fragment(400, BODY[400:800]), fragment(800, BODY[800:])


@pytest.mark.parametrize(
    ("parts", "subject"),
    [
        ([fragment(0, BODY)], "CN=leaf"),
        ([FIRST, SECOND, THIRD], "CN=leaf"),
        ([THIRD, FIRST, SECOND], "CN=leaf"),
        ([FIRST, THIRD, fragment(300, BODY[300:900])], "CN=leaf"),
        ([FIRST, FIRST, SECOND, THIRD, THIRD], "CN=leaf"),
        ([FIRST, THIRD], ""),
        ([FIRST, fragment(400, bytes(400), 2), THIRD], ""),  # of another message
        ([FIRST, fragment(300, b"\xff" * 500), SECOND, THIRD], ""),
        ([fragment(0, BODY[:400], total=0xFFFFFF), SECOND, THIRD], ""),
    ],
)
def test_certificates_in_fragments(tmp_path: Path, parts: Sequence[bytes], subject: str) -> None:
    found = told(tmp_path / "d.pcap", parts)
    assert found["certificate_subject"] == subject
    assert ("certificate_subject" in found["unread"]) == (not subject)


def cut(record: bytes, *bounds: int) -> list[bytes]:
    """The handshake message of a record in fragments."""
    kind, number, body = record[13], int.from_bytes(record[17:19], "big"), record[25:]
    return [fragment(a, body[a:b], number, len(body), kind) for a, b in pairwise((0, *bounds, len(body)))]


def together(*records: bytes) -> bytes:
    """The handshake messages of the records in one."""
    content = b"".join(record[13:] for record in records)
    return records[0][:11] + struct.pack(">H", len(content)) + content


ASKS, CHOOSES = cut(hello(1), 20), cut(hello(2), 10, 36)
LEAF = fragment(0, BODY)
HELLOS = ["ciphers", "ciphers_offered", "ja4", "server_names", "versions", "versions_offered"]


@pytest.mark.parametrize(
    ("connections", "missing"),
    [
        ([(ASKS, CHOOSES)], []),
        ([(ASKS[::-1], CHOOSES[::-1])], []),
        ([(ASKS * 2, [*CHOOSES, CHOOSES[1]])], []),
        ([(ASKS, CHOOSES[:2])], ["ciphers", "versions"]),
        ([(ASKS[:1], CHOOSES[1:])], HELLOS),
        ([(ASKS, CHOOSES), (ASKS, CHOOSES[1:])], ["ciphers", "versions"]),
        ([(ASKS[1:], CHOOSES[:1]), (ASKS, CHOOSES)], HELLOS),
        ([([hello(1)], [hello(2), CHOOSES[0]])], ["ciphers", "versions"]),
    ],
    ids=["whole", "backwards", "again", "no end", "parts", "once lost", "lost before", "and another one"],
)
def test_hellos_in_fragments(tmp_path: Path, connections: Sequence[Any], missing: list[str]) -> None:
    found = session(tmp_path / "d.pcap", connections)
    assert sorted(found["unread"]) == missing
    if "ciphers" not in missing or len(connections) > 1:
        assert (found["versions"], found["ciphers"]) == (["DTLS 1.2"], ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"])


@pytest.mark.parametrize(
    ("records", "subject", "unread"),
    [
        ([together(hello(2), LEAF)], "CN=leaf", False),
        ([together(hello(2), FIRST), SECOND, THIRD], "", True),
        ([together(CHOOSES[0], CHOOSES[1]), together(CHOOSES[2], FIRST), together(THIRD, SECOND)], "CN=leaf", False),
    ],
)
def test_several_messages_in_a_record(tmp_path: Path, records: list[bytes], subject: str, unread: bool) -> None:
    found = session(tmp_path / "d.pcap", [([hello(1)], records)])
    assert found["ciphers"] == ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
    assert found["certificate_subject"] == subject
    assert ("certificate_subject" in found["unread"]) == unread


def session(path: Path, connections: Sequence[tuple[Sequence[bytes], Sequence[bytes]]]) -> dict[str, Any]:
    """The session of all that clients and servers say."""
    with Wire(path) as wire:
        for asked, answered in connections:
            talk = wire.udp("10.20.0.10", "10.20.0.40", 15684)
            for record in asked:
                talk.client(record)
            for record in answered:
                talk.server(record)
    result = read_capture(path, path.name, framing_plan())
    return capture_facts(result, protocols())["sessions"].row(0, named=True)


def test_the_version_before_dtls_1_0(tmp_path: Path) -> None:
    """As OpenSSL wrote it before 0.9.8f, and AnyConnect after that."""
    found = told(tmp_path / "d.pcap", [], b"\1\0")
    assert (found["protocol"], found["versions"], found["ciphers"]) == (
        "dtls",
        ["DTLS 1.0"],
        ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
    )


PRIME = b"\xff" * 64
EXCHANGE = b"".join(struct.pack(">H", len(part)) + part for part in (PRIME, b"\2", PRIME, bytes(256)))


@pytest.mark.parametrize(
    ("bounds", "lost", "told"),
    [((), -1, True), ((30,), -1, True), ((30, 200), 2, False), ((90, 200), 2, False), ((30,), 0, False)],
)
def test_key_exchanges_in_fragments(tmp_path: Path, bounds: Sequence[int], lost: int, told: bool) -> None:
    parts = [fragment(a, EXCHANGE[a:b], 2, len(EXCHANGE), 12) for a, b in pairwise((0, *bounds, len(EXCHANGE)))]
    found = session(tmp_path / "d.pcap", [([hello(1)], [hello(2), *(p for i, p in enumerate(parts) if i != lost)])])
    assert ("512" in found["detail"]) == told
    assert ("detail" in found["unread"]) == (not told)
