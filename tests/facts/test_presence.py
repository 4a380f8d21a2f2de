"""For how long something was seen: by hand, on slots of ten seconds in which the capture had traffic all the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from scanner.facts.frames import frame
from scanner.facts.presence import Presence, recordings
from scanner.facts.schema import CAPTURES, FLOWS

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
SLOTS = 64
LENGTH = 10.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def recorded(name: str = "c", begin: float = 0.0, **columns: Any) -> dict[str, Any]:
    length = columns.get("slot_seconds", LENGTH)
    usual = {
        "capture": name,
        "source": f"{name}.pcap",
        "first_time": at(begin),
        "last_time": at(begin + SLOTS * length),
        "slot_seconds": length,
        "slot_activity": [round(length * 1e6)] * SLOTS,
    }
    return usual | columns


def flow(slots: Iterable[int], capture: str = "c", begin: float = 0.0, length: float = LENGTH) -> dict[str, Any]:
    """A conversation with packets all through these slots."""
    slots = sorted(slots)
    occupied = np.zeros(SLOTS, np.uint8)
    occupied[slots] = 1
    packed = np.packbits(occupied, bitorder="little").tobytes().hex()
    first, last = (at(begin + n * length) for n in (slots[0], slots[-1] + 1))
    return {"capture": capture, "slots": packed, "first_time": first, "last_time": last}


def seconds(
    flows: Sequence[dict[str, Any]], *captures: dict[str, Any], groups: Sequence[int] | None = None
) -> list[float]:
    groups = groups or [0] * len(flows)
    presence = Presence(frame(FLOWS, flows), frame(CAPTURES, captures or [recorded()]))
    rows = np.arange(len(flows))
    return [round(s, 3) for s in presence.seconds(rows, np.array(groups, np.int64), max(groups) + 1)]


@pytest.mark.parametrize(
    ("slots", "wanted"),
    [
        ({30}, 10),  # one slot, and nothing around it
        ({30, 31}, 20),
        (range(64), 640),
        ({20, 30, 40}, 30),  # two silences are no rhythm
        ({20, 25, 30, 35}, 160),  # three are; what is before and after is longer
        ({20, 25, 30, 39}, 200),  # up to twice as long as the third
        ({20, 25, 30, 40}, 120),  # and no longer
        ({20, 22, 24, 26, 63}, 80),
        ({20, 21, 22}, 30),
        ({20, 21, 23}, 30),
        ({20, 21, 23, 24}, 50),  # a slot without packets among four with some
        ({8, 13, 18, 23}, 240),  # 80 s before the first, no longer than the silences may be
        ({9, 14, 19, 24}, 160),
        ({40, 45, 50, 55}, 240),  # 80 s after the last
        ({39, 44, 49, 54}, 160),
    ],
)
def test_silence_counts_where_it_belongs_to_a_rhythm(slots: Iterable[int], wanted: float) -> None:
    assert seconds([flow(slots)]) == [wanted]


def test_no_silence_counts_beyond_five_minutes() -> None:
    def kept(length: float) -> float:
        capture = recorded(slot_seconds=length)
        return seconds([flow({10, 21, 32, 43}, length=length)], capture)[0]

    assert kept(30.0) == 44 * 30  # silences of 300 s, and as much before
    assert kept(30.2) == pytest.approx(4 * 30.2, abs=0.01)


def test_nothing_counts_in_which_the_capture_had_no_traffic() -> None:
    activity = [10_000_000] * 20 + [0, 0, 0, 2_000_000] + [10_000_000] * 40
    capture = recorded(slot_activity=activity)
    assert seconds([flow({15, 19, 24, 28})], capture) == [50 + 2 + 50]
    assert seconds([flow({3})], recorded(slot_activity=[500_000] * 64)) == [0.5]


def test_packets_at_the_edges_of_their_slots_are_no_longer_apart() -> None:
    short = flow({30, 31}) | {"first_time": at(309.5), "last_time": at(310.5)}
    assert seconds([short]) == [1.0]


def test_conversations_of_a_group_are_seen_together() -> None:
    flows = [flow({20, 30}), flow({25, 35}), flow({50})]
    assert seconds(flows, groups=[0, 0, 1]) == [160, 10]
    assert seconds(flows, groups=[2, 2, 0]) == [10, 0, 160]
    assert seconds([flow({20}), flow({21}, capture="unknown")]) == [10], "a capture that is not listed"
    assert seconds([flow({20}, capture="unknown")], groups=[1]) == [0, 0]


def test_captures_that_follow_one_another_add_up_and_others_do_not() -> None:
    flows = [flow(range(10), "a"), flow(range(30), "b")]
    one, two = recorded("a"), recorded("b")
    assert seconds(flows, one, two) == [300], "at the same time the one that saw most counts"
    assert seconds(flows, one, recorded("b", begin=639.5)) == [400], "within a second it follows"
    assert seconds(flows, one, recorded("b", begin=638.5)) == [300]
    inside = recorded("c", begin=10, last_time=at(20))
    assert seconds([*flows, flow({0}, "c")], one, inside, recorded("b", begin=100)) == [310], "one after the other"
    assert seconds([*flows, flow({0}, "c")], one, inside, recorded("b", begin=15)) == [300]
    assert seconds([*flows, flow({0}, "c")], one, recorded("b", begin=640), recorded("c", begin=1300)) == [410]


def test_short_and_long_rows_of_slots_lie_side_by_side() -> None:
    short = flow({0}) | {"slots": "01"}
    assert seconds([short, flow({40})], groups=[0, 1]) == [10, 10]
    nothing = pl.DataFrame(schema=frame(FLOWS, []).schema)
    assert list(Presence(nothing, frame(CAPTURES, [])).seconds(np.zeros(0, np.int64), np.zeros(0, np.int64), 2)) == [
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("files", "same"),
    [
        ([("ring_001.pcap", 0, 60), ("ring_002.pcap", 60, 120)], True),
        ([("ring_002.pcap", 60, 120), ("ring_001.pcap", 0, 60)], True),
        ([("ring_001.pcap", 0, 60), ("ring_002.pcap", 59.5, 120)], True),
        ([("ring_001.pcap", 0, 60), ("ring_002.pcap", 58.5, 120)], False),
        ([("ring_001.pcap", 0, 60), ("cell_002.pcap", 60, 120)], False),
        ([("ring_001.pcap", 0, 60), ("ring_002.pcap", 4000, 4100)], True),
    ],
)
def test_files_of_one_name_that_follow_one_another_are_one_recording(
    files: list[tuple[str, float, float]], same: bool
) -> None:
    captures = [{"capture": n, "source": n, "first_time": at(a), "last_time": at(b)} for n, a, b in files]
    found = recordings(frame(CAPTURES, captures))
    assert (len(set(found.values())) == 1) is same
    assert set(found.values()) == set(range(len(set(found.values()))))


def test_two_taps_that_record_in_turns_are_two_recordings() -> None:
    files = [("tap_1.pcap", 0, 60), ("tap_2.pcap", 10, 70), ("tap_3.pcap", 60, 120), ("tap_4.pcap", 70, 130)]
    captures = [{"capture": n, "source": n, "first_time": at(a), "last_time": at(b)} for n, a, b in files]
    assert recordings(frame(CAPTURES, captures)) == {"tap_1.pcap": 0, "tap_2.pcap": 1, "tap_3.pcap": 0, "tap_4.pcap": 1}
