"""What the captures amount to together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scanner.engine.verdict.judged_facts import enriched
from scanner.facts.frames import Facts
from scanner.provenance import Provenance
from tests.engine.engine_cases import capture, case

START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def lasting(begin: float | None, end: float | None, **columns: Any) -> dict[str, Any]:
    times = [None if s is None else START + timedelta(seconds=s) for s in (begin, end)]
    return capture(first_time=times[0], last_time=times[1], duration=columns.pop("duration", None), **columns)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0),
        ([(0, 60)], 60),
        ([(0, 60), (60, 90)], 90),
        ([(0, 60), (30, 90)], 90),
        ([(0, 60), (10, 20)], 60),
        ([(0, 60), (10, 20), (50, 70)], 70),
        ([(100, 160), (0, 60)], 120),
        ([(0, 60), (0, 60)], 60),
        ([(0, None), (None, 60)], 0),
    ],
)
def test_time_is_counted_once(spans: list[tuple[float | None, float | None]], seconds: float) -> None:
    found = case(captures=[lasting(*span) for span in spans]).captured
    assert (found.duration, found.captures) == (seconds, len(spans))
    ends = [end for _, end in spans if end is not None]
    assert found.end == (START + timedelta(seconds=max(ends)) if ends else None)


def test_a_capture_without_times_has_the_length_that_it_states() -> None:
    assert case(captures=[lasting(None, None, duration=30.0), lasting(0, 60)]).captured.duration == 90


@pytest.mark.parametrize(
    ("rows", "packets", "share"),
    [
        ([], 0, 0),
        ([{"packets": 0, "not_understood_packets": 0}], 0, 0),
        ([{"packets": 100, "not_understood_packets": 30}, {"packets": 100, "not_understood_packets": None}], 200, 0.15),
    ],
)
def test_packets(rows: list[dict[str, Any]], packets: int, share: float) -> None:
    found = case(captures=[capture(**row) for row in rows]).captured
    assert (found.packets, found.not_understood_share) == (packets, share)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"complete": False}, ["plant.pcap: could not be read completely"]),
        ({"unread": "cut short"}, ["plant.pcap: cut short"]),
        ({"limits": ["flows: 9", "names: 2"]}, ["plant.pcap: flows: 9, names: 2"]),
        ({"limits": ["flows: 9"], "unread": "cut short"}, ["plant.pcap: cut short"]),
    ],
)
def test_what_was_not_read(change: dict[str, Any], said: list[str]) -> None:
    found = case(captures=[capture(**change)])
    assert [*found.captured.unread] == said


def test_an_input_that_could_not_be_read_at_all() -> None:
    inputs = (
        Provenance("a.pcap", "capture", 1, "", complete=False, notes=(("not read", "no capture"),)),
        Provenance("b.csv", "inventory", 1, "", complete=False),
        Provenance("c.pcap", "capture", 1, "ab", complete=False),
    )
    found = enriched(Facts(inputs=inputs), case(captures=[capture()]).tables)
    assert [*found.captured.unread] == ["a.pcap: no capture"]
    assert (found.incomplete("capture"), found.incomplete("inventory")) == (["a.pcap", "c.pcap"], ["b.csv"])
