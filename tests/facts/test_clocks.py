"""Clocks of recordings are compared by conversations that both have whole, and by nothing else."""

from __future__ import annotations

import io

import pytest

from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.capture.polls import Polled, recorded
from tests.twins import Record, answers_only

DEVICES = [Polled(f"10.20.1.{n}", range(n, 60 + 3 * n), own_port=50000 + n) for n in range(11, 15)]
WHOLE = recorded(*DEVICES)


def later(records: list[Record], by: float) -> list[Record]:
    micros = round(by * 1_000_000)
    moments = [(s * 1_000_000 + f + micros, frame, wire) for s, f, frame, wire in records]
    return [(at // 1_000_000, at % 1_000_000, frame, wire) for at, frame, wire in moments]


def ahead(*recordings: list[Record]) -> list[tuple[float | None, str]]:
    """clock_ahead and clock_behind of each."""
    found = Facts()
    for number, records in enumerate(recordings):
        result = read_capture(io.BytesIO(pcap(records)), f"{number}.pcap", framing_plan())
        result.info.sha256 = f"{number:064x}"[::-1]
        found = found.merge(capture_facts(result, protocols()))
    rows = enrich(found)["captures"].sort("source").select("clock_ahead", "clock_behind").rows()
    return [(seconds and round(seconds, 3), name) for seconds, name in rows]


@pytest.mark.parametrize("by", [1.5, 3600.0, 0.004])
def test_one_clock_is_ahead(by: float) -> None:
    assert ahead(WHOLE, later(WHOLE, by)) == [(0.0, ""), (by, "0.pcap")]


def test_answers_alone_tell_it_too() -> None:
    answers = answers_only(WHOLE)
    assert ahead(answers, later(answers, 60)) == [(0.0, ""), (60.0, "0.pcap")]


def test_the_furthest_of_several_counts() -> None:
    assert ahead(WHOLE, later(WHOLE, 5), later(WHOLE, 7))[1:] == [(5.0, "0.pcap"), (7.0, "0.pcap")]


def test_one_recording_has_nothing_to_be_compared_with() -> None:
    assert ahead(WHOLE) == [(None, "")]


@pytest.mark.parametrize(
    "other",
    [
        later(recorded(*DEVICES[:2]), 5),  # two conversations
        later(WHOLE, 86_400),  # the next day
        recorded(*(Polled(d.server, range(7 + 5 * n, 67 + 5 * n), own_port=51000) for n, d in enumerate(DEVICES))),
        later(WHOLE[40:], 5),  # none of them whole
    ],
)
def test_what_is_not_the_same_is_not_compared(other: list[Record]) -> None:
    assert ahead(WHOLE, other) == [(None, ""), (None, "")]
