"""Writes a minute: of one operation, of a client and a server, and over the files of one recording."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.rates import writes_per_minute
from scanner.facts.schema import TABLES
from scanner.protocols import all_framings, cases, protocols
from tests.capture.files import pcap
from tests.capture.parts import Parts
from tests.capture.traffic import modbus, udp

START = 1_800_000_000  # begins a minute
Sent = Sequence[tuple[float, bytes]]  # seconds since START, Modbus PDU from the client


def write(register: int, function: int = 6) -> bytes:
    return bytes((function, *register.to_bytes(2, "big"), 0, 1))


def sweep(registers: int, first: float, each: float, number: int) -> list[tuple[float, bytes]]:
    """``number`` writes, ``each`` seconds apart, to one register after the other."""
    return [(first + i * each, write(i % registers)) for i in range(number)]


def recorded(*files: Sent, answered: bool = False, asked: bool = True) -> Facts:
    """Captures one after the other, as the files of one folder are."""
    reader, number, parts = Parts(all_framings(), cases()), 0, []
    for place, sent in enumerate(files):
        records = []
        for when, pdu in sent:
            moment = (START + int(when), round(when % 1 * 1e6))
            number += 1
            records += [(*moment, udp(False, modbus(number & 0xFFFF, pdu)))] if asked else []
            records += [(*moment, udp(True, modbus(number & 0xFFFF, pdu)))] if answered else []
        following = files[place + 1][0][0] if place + 1 < len(files) else -START
        result = reader.read(io.BytesIO(pcap(records)), f"{place}.pcap", next_time=int((START + following) * 1e9))
        parts.append(capture_facts(result, protocols()))
    return reduce(Facts.merge, parts)


def told(facts: Facts) -> pl.DataFrame:
    return enrich(facts)["operations"]


def test_a_sweep_of_registers_is_one_flood() -> None:
    calm = [(60.0 * i, write(9999)) for i in range(300)]
    table = told(recorded(sorted(calm + sweep(500, 60 * 150, 0.01, 3000)), answered=True))
    assert table.height == 501
    assert set(table["writes_busiest_minute"]) == set(table["writes_per_minute"]) == {3001}
    assert set(table["writes_busiest_time"].cast(pl.Int64)) == {(START + 60 * 150) * 10**9}
    assert dict(table.select("object", "busiest_minute").rows())["holding register 7"] == 6
    assert dict(table.select("object", "busiest_minute").rows())["holding register 9999"] == 1


def test_reads_are_no_writes() -> None:
    reads = [(i * 0.01, bytes((3, 0, i % 50, 0, 1))) for i in range(3000)]
    table = told(recorded(sorted(reads + sweep(5, 10, 1, 20))))
    by_verb = table.select("verb", "writes_per_minute", "writes_busiest_minute").unique().rows()
    assert sorted(by_verb, key=str) == [("read", None, None), ("write", 20, 20)]


def test_answers_alone_count_and_those_of_requests_do_not() -> None:
    (both,) = set(told(recorded(sweep(9, 0, 0.1, 300), answered=True))["writes_per_minute"])
    (alone,) = set(told(recorded(sweep(9, 0, 0.1, 300), answered=True, asked=False))["writes_per_minute"])
    assert (both, alone) == (300, 300)


def test_without_times_nothing_is_told() -> None:
    table = told(recorded([(-START, write(i % 5)) for i in range(100)]))
    assert (table["count"].sum(), table["busiest_minute"].null_count()) == (100, 5)
    assert table["writes_per_minute"].null_count() == table["writes_busiest_time"].null_count() == 5


@settings(max_examples=20)
@given(st.lists(st.integers(1, 1199), max_size=3, unique=True))
def test_a_steady_flood_cut_into_files_anywhere_is_as_fast(cuts: list[int]) -> None:
    flood = sweep(40, 0, 0.1, 1200)  # two whole minutes
    edges = [0, *sorted(cuts), len(flood)]
    table = told(recorded(*(flood[low:high] for low, high in pairwise(edges))))
    assert set(table["writes_per_minute"]) == {600}


def test_what_two_captures_saw_at_once_is_not_added() -> None:
    first, second = recorded(sweep(40, 0, 0.1, 600)), recorded(sweep(41, 0.05, 0.1, 590))
    assert set(told(first.merge(second))["writes_per_minute"]) == {600}


@pytest.mark.parametrize(("began", "wanted"), [(20, 9), (19, 5), (40, 9)])
def test_parts_of_a_minute_that_touch_are_added(began: int, wanted: int) -> None:
    """began: the second file, in seconds, where the first ended after twenty."""
    minute = datetime.fromtimestamp(START, UTC)
    ends = {"client": "10.0.0.1", "server": "10.0.0.2", "protocol": "modbus", "writes_busiest_time": minute}
    rows = [
        ends
        | {"capture": name, "writes_busiest_minute": number, "first_time": minute + timedelta(seconds=first)}
        | {"last_time": minute + timedelta(seconds=last)}
        for name, number, first, last in (("a", 5, 0, 20), ("b", 4, began, 59))
    ]
    assert writes_per_minute(frame(TABLES["operations"], rows, derived=True)).to_list() == [wanted, wanted]


@pytest.mark.parametrize("function", [5, 6])
def test_no_more_is_told_than_there_was(function: int) -> None:
    sent: list[Any] = [(i * 7.3 % 600, write(i * i % 23, function)) for i in range(900)]
    sent.sort()
    table = told(recorded(sent))
    true = pl.DataFrame({"minute": [int(when) // 60 for when, _ in sent]})["minute"].value_counts()["count"].max()
    assert set(table["writes_per_minute"]) == {true}
    assert (table["busiest_minute"] <= table["count"]).all()
