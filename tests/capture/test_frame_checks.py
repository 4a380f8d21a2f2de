"""Frames that end with their check sequence though the file does not say so."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

from scanner.capture.files.containers import open_capture
from scanner.capture.files.frame_checks import FRAMES
from tests.capture.files import enhanced, interface, pcap, section

ETHERNET, WITH_SUM = 1, 1 | 4 << 16
PLAIN = [bytes(12) + b"\x88\x92" + bytes((n,)) * 46 for n in range(4)]
SUMMED = [frame + struct.pack("<I", zlib.crc32(frame)) for frame in PLAIN]


def links(data: bytes) -> list[int]:
    with open_capture(io.BytesIO(data), "x") as source:
        return [row[4] for chunk in source.chunks() for row in chunk.index.rows()]


def written(frames: list[bytes], kept: int = 262144, link: int = ETHERNET) -> bytes:
    return pcap([(1700000000, 0, frame[:kept], len(frame)) for frame in frames], network=link)


@pytest.mark.parametrize(
    ("frames", "kept", "want"),
    [
        (SUMMED, 262144, WITH_SUM),
        (SUMMED[:1], 262144, WITH_SUM),
        (PLAIN, 262144, ETHERNET),
        ([*SUMMED, PLAIN[0]], 262144, ETHERNET),  # chance, or somebody's doing
        ([SUMMED[0] + bytes(40), *SUMMED], 64, WITH_SUM),  # the first was cut and shows no sum
        (SUMMED, 60, ETHERNET),
        ([frame[10:] + struct.pack("<I", zlib.crc32(frame[10:])) for frame in PLAIN], 262144, ETHERNET),  # too short
    ],
)
def test_the_first_frames_tell(frames, kept, want):
    assert set(links(written(frames, kept))) == {want}


def test_later_frames_are_as_the_first():
    assert set(links(written([*SUMMED * FRAMES, *PLAIN]))) == {WITH_SUM}


def test_other_links_have_their_own_ways():
    assert set(links(written(SUMMED, link=113))) == {113}


def test_each_interface_is_its_own():
    frames = [enhanced(frame, number=number) for n in range(4) for number, frame in ((0, SUMMED[n]), (1, PLAIN[n]))]
    assert links(section() + interface() + interface() + b"".join(frames)) == [WITH_SUM, ETHERNET] * 4
