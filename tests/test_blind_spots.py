"""Taking evidence away never makes a violation vanish: what failed or was for review then fails, is for review or has
no evidence, whatever was lost, cut, hidden or put in its place.
"""

from __future__ import annotations

import struct
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from scanner.engine.judge import judge
from scanner.inputs import find_inputs
from scanner.results.model import Verdict
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.capture.frames import A, ethernet
from tests.capture.frames import ipv4 as packet_of
from tests.conformance.changes import TODAY, judging
from tests.twins import (
    TCP,
    UDP,
    Form,
    Record,
    answers_only,
    cut_short,
    from_client,
    in_fragments,
    is_ip,
    lossy,
    records,
    requests_only,
    summed,
)

ROOT = Path(__file__).parents[1]
RECORDINGS = ("modbus/umas", "s7comm/snap7", "fins/client_udp")
BAD = (Verdict.FAIL, Verdict.REVIEW)
CALM = (Verdict.PASS, Verdict.NOT_APPLICABLE)
HEADER = {TCP: lambda frame: 34 + 4 * (frame[46] >> 4), UDP: lambda _: 42}


def payload(frame: bytes) -> tuple[int, int]:
    """Where the transport's payload begins and ends."""
    end = 14 + int.from_bytes(frame[16:18], "big")
    return (HEADER[frame[23]](frame), end) if is_ip(frame) else (end, end)


def asks(all_records: list[Record]) -> list[bool]:
    """Of each record, whether it carries a client's payload."""
    clients = from_client(all_records)
    return [
        c and is_ip(r[2]) and payload(r[2])[0] < payload(r[2])[1] for r, c in zip(all_records, clients, strict=True)
    ]


def cut_out(all_records: list[Record]) -> list[Record]:
    """Without the middle third of what clients ask."""
    asking = [i for i, a in enumerate(asks(all_records)) if a]
    gone = {*asking[len(asking) // 3 : 2 * len(asking) // 3 + 1]}
    return [r for i, r in enumerate(all_records) if i not in gone]


def decoyed(kind: str) -> Form:
    """Before each request in TCP one with other bytes, which the server does not take: its checksum is wrong, its time
    to live runs out, or for a reason that no capture shows.
    """

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for record, asking in zip(all_records, asks(all_records), strict=True):
            seconds, fraction, frame, _ = record
            if asking and frame[23] == TCP:
                start, end = payload(frame)
                junk = bytearray(frame[:start] + bytes(b ^ 0x5A for b in frame[start:end]))
                junk[22] = 1 if kind == "time to live" else junk[22]
                decoy = bytearray(summed(bytes(junk)))
                decoy[50] ^= 0xFF if kind == "checksum" else 0
                found.append((seconds, fraction, bytes(decoy), len(decoy)))
            found.append(record)
        return found

    return form


def overlapping(all_records: list[Record]) -> list[Record]:
    """In fragments, before the first of which another one comes for its place."""
    found = []
    for record in all_records:
        parts = in_fragments(24)([record])
        if len(parts) > 1:
            seconds, fraction, frame, wire = parts[0]
            found.append((seconds, fraction, frame[:42] + bytes(b ^ 0x5A for b in frame[42:]), wire))
        found += parts
    return found


def wrapped(protocol: int) -> Form:
    """All of it as the payload of another IP protocol, as good as encrypted."""

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for seconds, fraction, frame, _ in all_records:
            source, target = (str(IPv4Address(frame[at : at + 4])) for at in (26, 30))
            body = struct.pack(">II", 7, 9) + bytes(b ^ 0xA5 for b in frame[14:])
            packet = frame[:12] + b"\x08\0" + packet_of(protocol, body, source, target)
            found.append((seconds, fraction, packet, len(packet)))
        return found

    return form


def in_clear(kind: str) -> Form:
    """In ESP without encryption between the same two, from router to router or from host to host; or in a mesh."""

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for seconds, fraction, frame, _ in all_records:
            packet = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
            if kind == "mesh":
                packet = bytes.fromhex("020000000002 020000000001 4305 400f3201 0200000000aa") + frame
            elif is_ip(frame):
                following, body = (4, packet) if kind == "tunnel" else (frame[23], packet[20:])
                padding = -(len(body) + 2) % 4
                trailer = bytes(range(1, padding + 1)) + bytes((padding, following)) + b"\x5a\x3c" * 6
                source, target = (str(IPv4Address(frame[at : at + 4])) for at in (26, 30))
                packet = frame[:14] + packet_of(50, struct.pack(">II", 0xC0FFEE, 9) + body + trailer, source, target)
            else:
                packet = frame
            found.append((seconds, fraction, packet, len(packet)))
        return found

    return form


def diluted(all_records: list[Record]) -> list[Record]:
    """Cut short, beside many small frames that are whole."""
    seconds, fraction, _, _ = all_records[-1]
    arp = struct.pack(">HHBBH6sI6sI", 1, 0x0800, 6, 4, 1, A.to_bytes(6, "big"), 0x0A000001, bytes(6), 0x0A000002)
    frame = ethernet(0x0806, arp + bytes(18), A, 0xFFFFFFFFFFFF)
    return cut_short(60)(all_records) + [(seconds, fraction, frame, len(frame))] * 2000


FORMS: dict[str, Form] = {
    "answers only": answers_only,
    "requests only": requests_only,
    "requests cut out": cut_out,
    "5 % of frames lost": lossy(0.05),
    "30 % of frames lost": lossy(0.3),
    "cut after 60 bytes": cut_short(60),
    "cut after 60 bytes, beside small frames": diluted,
    "decoys with wrong checksums": decoyed("checksum"),
    "decoys that do not arrive": decoyed("time to live"),
    "decoys of which nothing tells": decoyed("none"),
    "overlapping fragments": overlapping,
    "in ESP": wrapped(50),
    "in L2TPv3": wrapped(115),
    "in OSPF": wrapped(89),
    "in ESP without encryption": in_clear("tunnel"),
    "in ESP without encryption, from host to host": in_clear("transport"),
    "in a mesh": in_clear("mesh"),
}
SEEN_ALL_THE_SAME = (
    *("decoys with wrong checksums", "decoys that do not arrive"),
    *("in ESP without encryption", "in ESP without encryption, from host to host", "in a mesh"),
)


def verdicts(all_records: list[Record]) -> dict[str, Verdict]:
    """What each rule says, as if the recording had gone on for an hour."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "twin.pcap"
        path.write_bytes(pcap(all_records))
        facts = read_inputs(list(find_inputs([str(path)], [])), jobs=1).facts
    hour = pl.col("first_time") + pl.duration(hours=1, time_unit="ns")
    facts.tables["captures"] = facts["captures"].with_columns(last_time=hour, duration=pl.lit(3600.0))
    results = judge(facts, *judging(), today=TODAY)
    return {rule.rule: rule.verdict for rule in (*results.rules, *results.outside)}


@cache
def whole(name: str) -> tuple[list[Record], frozenset[str]]:
    """The recording with right checksums, and the rules that object to it."""
    found = []
    for seconds, fraction, frame, _ in records(ROOT / "fixtures" / "captures" / f"{name}.pcap"):
        right = summed(frame)
        found.append((seconds, fraction, right, len(right)))
    return found, frozenset(rule for rule, verdict in verdicts(found).items() if verdict in BAD)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RECORDINGS)
def test_what_is_taken_away_is_no_proof_of_absence(name, form):
    all_records, bad = whole(name)
    assert bad
    found = verdicts(FORMS[form](all_records))
    assert [rule for rule in sorted(bad) if found.get(rule) in CALM] == []
    if form in SEEN_ALL_THE_SAME:
        assert [rule for rule in sorted(bad) if found.get(rule) not in BAD] == []
