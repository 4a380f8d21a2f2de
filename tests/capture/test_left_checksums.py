"""Packets that were captured at their sender, whose adapter is still to make the checksums (segmentation offload)."""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanner.inputs import find_inputs
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.capture.frames import checksum
from tests.twins import TCP, Form, Record, behind_decoys, from_client, is_ip, midway, records

RECORDING = Path("fixtures/captures/modbus/umas.pcap")


def left(frame: bytes) -> bytes:
    """With the sum of the pseudo header in the place of the checksum."""
    packet = frame[14 : 14 + int.from_bytes(frame[16:18], "big")]
    pseudo = packet[12:20] + struct.pack(">HH", TCP, len(packet) - 20)
    return frame[:50] + struct.pack(">H", checksum(pseudo) ^ 0xFFFF) + frame[52:]


def at_the_client(all_records: list[Record]) -> list[Record]:
    sides = zip(all_records, from_client(all_records), strict=True)
    return [(*r[:2], left(r[2]), r[3]) if own and is_ip(r[2]) and r[2][23] == TCP else r for r, own in sides]


def with_a_wrong_sum(frame: bytes) -> bytes:
    """Other bytes, and a checksum that neither sender nor adapter makes."""
    at, end = 34 + 4 * (frame[46] >> 4), 14 + int.from_bytes(frame[16:18], "big")
    return frame[:50] + b"\x12\x34" + frame[52:at] + bytes(b ^ 0x5A for b in frame[at:end]) + frame[end:]


def told(all_records: list[Record]) -> list[tuple[object, ...]]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.pcap").write_bytes(pcap(all_records))
        facts = read_inputs(list(find_inputs([folder], [])), jobs=1).facts
    return sorted(facts["operations"].select("protocol", "function", "object", "seen_as", "count").iter_rows())


@pytest.mark.parametrize("form", [list, midway], ids=["whole", "midway"])
def test_decoys_hide_nothing_of_a_capture_at_the_sender(form: Form) -> None:
    plain = form(at_the_client(records(RECORDING)))
    assert told(plain)
    assert told(behind_decoys(with_a_wrong_sum)(plain)) == told(plain)
