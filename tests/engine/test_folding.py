"""Reads of very many things are one row of the results that names them; changes, and few things, keep their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine import observed
from scanner.engine.folding import MOST_CHANGED, MOST_OBJECTS
from scanner.results.model import Refusal
from scanner.spans import MOST_FILTERS, MOST_SPANS, spans
from tests.engine.engine_cases import capture, case

START = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        (["register 1-10", "register 11", "register 20", "status"], "register 1-11, 20; status (4)"),
        (["register 5-9", "register 1-6", "register 2"], "register 1-9 (3)"),
        (["", "coil 1"], "coil 1 (2)"),
        (["Tank0007", "Tank0008"], "Tank0007-8 (2)"),
        (["Tank08", "Tank1"], "Tank08; Tank1 (2)"),
        (["0", "2"], "0, 2 (2)"),
        ([f"IOA {10 * n}" for n in range(100)], f"IOA {', '.join(str(10 * n) for n in range(15))}, …, 990 (100)"),
        ([f"topic/{'x' * n}" for n in range(1, 30)], None),
        (["DB1.DBB0 x 16", "DB1.DBB16 x 16", "DB1.DBB17 x 16"], "DB1.DBB0, 16-17 x 16 (3)"),
        ([f"DB{n}.DBX0.0" for n in range(1, 9)], "DB1-8.DBX0.0 (8)"),
        (["av 1 name", "av 2 name", "av 3", "bv 9 name"], "av 1-2 name; av 3; bv 9 name (4)"),
        (["coil 1-4 (3)", "coil 1-4 (4)"], "coil 1-4 (3); coil 1-4 (4) (2)"),
        (["0x10", "0x11", "2a", "3a", "2024-11-30"], "0x10-11; 2024-11-30; 2a; 3a (5)"),
        ([f"{'1.' * 9}{n}" for n in (1, 2)], "1.1.1.1.1.1.1.1.1.1; 1.1.1.1.1.1.1.1.1.2 (2)"),
    ],
)
def test_what_is_touched_is_named_by_its_ranges(objects: list[str], found: str | None) -> None:
    told = spans(objects)
    assert told == found if found else (told.count(";") == MOST_SPANS and told.endswith(f"({len(objects)})"))


@given(st.sets(st.integers(0, 2000), min_size=1))
def test_ranges_hold_the_numbers_that_were_there_and_no_other(numbers: set[int]) -> None:
    told = spans(f"coil {n}" for n in numbers)
    parts = told.removeprefix("coil ").rpartition(" (")[0].split(", ")
    shown = [tuple(map(int, part.split("-"))) for part in parts if part != "…"]
    held = {n for first, *last in shown for n in range(first, (last or [first])[0] + 1)}
    assert held <= numbers
    assert "…" in told or held == numbers
    assert {min(numbers), max(numbers)} <= held


def _operations(verb: str, count: int) -> list[dict[str, object]]:
    return [
        {
            "capture": "c0ffee",
            "client": "10.0.0.1",
            "server": "10.0.0.2",
            "transport": "tcp",
            "server_port": 502,
            "protocol": "modbus",
            "verb": verb,
            "function": "Read",
            "object": f"holding register {10 * n}-{10 * n + 9}",
            "detail": "",
            "unit": "",
            "seen_as": "request",
            "count": 2,
            "accepted": 1,
            "refused": 1,
            "refusals": ["Illegal Data Address"],
            "refusal_counts": [1],
            "frames": [n + 1, n + 5000],
            "first_time": START + timedelta(seconds=n),
            "last_time": START + timedelta(seconds=2 * n),
        }
        for n in reversed(range(count))
    ]


def test_a_poll_whose_address_moves_is_one_row() -> None:
    many = MOST_OBJECTS + 1
    (row,) = observed.operations(case(captures=[capture()], operations=_operations("read", many)))
    assert row.object == f"holding register 0-{10 * many - 1} ({many})"
    assert (row.count, row.accepted, row.refused) == (2 * many, many, many)
    assert row.refusals == (Refusal("Illegal Data Address", many),)
    assert row.seen.frames[:3] == (1, 2, 3)
    assert (row.seen.first_time, row.seen.last_time) == ("2026-01-01T08:00:00Z", "2026-01-01T08:00:32Z")


def test_it_stands_where_the_first_of_its_reads_stood() -> None:
    polls = _operations("read", MOST_OBJECTS + 1)
    others = [
        polls[0] | {"function": name, "first_time": START + timedelta(seconds=second)}
        for name, second in (("Before", -1), ("Amid", 5), ("After", 900))
    ]
    found = observed.operations(case(captures=[capture()], operations=[*polls, *others]))
    assert [row.function for row in found] == ["Before", "Read", "Amid", "After"]


@pytest.mark.parametrize(("verb", "count"), [("read", MOST_OBJECTS), ("write", MOST_CHANGED), ("stop", MOST_CHANGED)])
def test_few_things_and_changes_keep_their_rows(verb: str, count: int) -> None:
    rows = observed.operations(case(captures=[capture()], operations=_operations(verb, count)))
    assert len(rows) == count
    assert {row.count for row in rows} == {2}


@pytest.mark.parametrize("verb", ["write", "stop"])
def test_very_many_changes_are_one_row(verb: str) -> None:
    (row,) = observed.operations(case(captures=[capture()], operations=_operations(verb, MOST_CHANGED + 1)))
    assert row.object == f"holding register 0-{10 * MOST_CHANGED + 9} ({MOST_CHANGED + 1})"


def test_many_units_are_one_row_as_well() -> None:
    rows = _operations("read", 2 * MOST_OBJECTS)
    for number, row in enumerate(rows):
        row["unit"] = str(number)
    (row,) = observed.operations(case(captures=[capture()], operations=rows))
    assert row.unit == f"0-{2 * MOST_OBJECTS - 1} ({2 * MOST_OBJECTS})"


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (1, 'ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && http.request.uri == "/0"'),
        (2, 'ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && ((http.request.uri == "/0") || (http.request.uri == "/1"))'),
        (MOST_FILTERS + 1, "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && tcp.port == 502"),
    ],
)
def test_what_is_shown_by_other_filters_is_one_row_as_well(filters: int, told: str) -> None:
    rows = _operations("read", MOST_OBJECTS + 1)
    for number, row in enumerate(rows):
        row["filter"] = f'http.request.uri == "/{number % filters}"'
    (found,) = observed.operations(case(captures=[capture()], operations=rows))
    assert found.seen.filter == told


def test_what_differs_otherwise_is_not_folded() -> None:
    rows = _operations("read", 2 * MOST_OBJECTS)
    for number, row in enumerate(rows):
        row["detail"] = str(number % 2)
    found = observed.operations(case(captures=[capture()], operations=rows))
    assert len(found) == 2 * MOST_OBJECTS
