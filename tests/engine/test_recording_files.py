"""In which file of a recording a frame is, and which number it has there."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.verdict.recording_files import Files
from scanner.facts.frames import frame
from scanner.facts.schema import CAPTURES, FILES

RING = [("ring_2.pcap", 100, 50), ("ring_1.pcap", 0, 100), ("ring_3.pcap", 150, 10)]


def files(*rows: tuple[str, int, int], capture: str = "r", **more: Any) -> Files:
    given = [{"capture": capture, "source": s, "frames_before": b, "packets": p} for s, b, p in rows]
    captures = [{"capture": "r", "source": "ring_1.pcap"}, {"capture": "one", "source": "one.pcap"}]
    return Files.of(frame(CAPTURES, captures), frame(FILES, [*given, *more.get("besides", ())]))


@pytest.mark.parametrize(
    ("frames", "source", "there"),
    [
        ([1], "ring_1.pcap", (1,)),
        ([100], "ring_1.pcap", (100,)),
        ([101], "ring_2.pcap", (1,)),
        ([150], "ring_2.pcap", (50,)),
        ([151, 160], "ring_3.pcap", (1, 10)),
        ([9999], "ring_3.pcap", (9849,)),
        ([99, 100, 101, 151], "ring_1.pcap", (99, 100)),
        ([101, 99], "ring_2.pcap", (1,)),
        ([0, 101], "ring_2.pcap", (1,)),
        ([0], "ring_1.pcap", (0,)),
        ([], "ring_1.pcap", ()),
    ],
)
def test_frames_of_a_ring(frames: list[int], source: str, there: tuple[int, ...]) -> None:
    ring = files(*RING)
    assert ring.at("r", frames) == (source, there)
    if len(frames) == 1:
        assert ring.one("r", frames[0]) == (source, there[0])
    assert ring.one("r", 0) == ("ring_1.pcap", 0)


def test_a_recording_of_one_file() -> None:
    alone = {"capture": "one", "source": "one.pcap", "frames_before": 0, "packets": 9}
    ring = files(*RING, besides=[alone])
    assert (ring.several("r"), ring.several("one"), ring.several("unknown")) == (True, False, False)
    assert ring.at("one", [7, 9]) == ("one.pcap", (7, 9))
    assert ring.one("one", 7) == ("one.pcap", 7)
    assert ring.at("unknown", [7]) == ("unknown", (7,))


def test_a_file_that_was_given_twice_and_an_empty_one() -> None:
    assert files(*RING, ("copy.pcap", 100, 50)).one("r", 101) in {("ring_2.pcap", 1), ("copy.pcap", 1)}
    assert files(*RING, ("copy.pcap", 100, 50)).one("r", 151) == ("ring_3.pcap", 1)
    assert files(*RING, ("empty.pcap", 100, 0)).one("r", 101) == ("ring_2.pcap", 1)
