"""What messages tell is summed up by side, protocol and what it says, in the order in which it was told first."""

from __future__ import annotations

import numpy as np

from scanner.facts.statements import Statements, by_side
from scanner.protocols.base import Beside, Identity, Session
from tests.facts.test_build import result

PLAIN, NAME = Session(credentials="none"), Identity("name", "PLC-1")


def statements(*pairs: tuple[int, int]) -> Statements[Beside]:
    message, row = np.array(pairs, np.int64).reshape(-1, 2).T
    return Statements(message, row, (NAME, PLAIN))


def test_one_kind_is_chosen() -> None:
    every = statements((0, 1), (1, 0), (1, 1), (2, 0))
    assert [*every.of(Session)] == [(0, PLAIN), (1, PLAIN)]
    assert [*every.of(Identity)] == [(1, NAME), (2, NAME)]
    assert [*every] == [(0, PLAIN), (1, NAME), (1, PLAIN), (2, NAME)]


def test_both_sides_are_summed_up() -> None:
    capture = result(("<a", 2), (">b", 1), ("<c", 3), (">d", 1))
    capture.messages.rows["first_time"] = [40, 20, 30, 10]
    capture.messages.rows["last_time"] = [90, 20, 60, 10]
    found = [*by_side(capture, statements((0, 1), (1, 1), (1, 0), (2, 1), (3, 1)))]
    assert [(f.conversation, f.protocol, f.from_client, f.row) for f in found] == [
        (0, "toy", False, PLAIN),
        (0, "toy", True, PLAIN),
        (0, "toy", True, NAME),
    ]
    first, second, third = (f.seen for f in found)
    assert (first.count, first.first_time, first.last_time, first.first_frame) == (5, 30, 90, 4)
    assert first.frames == [1, 2, 4, 5, 6]
    assert (second.count, second.first_time, second.first_frame, second.frames) == (2, 10, 7, [3, 7])
    assert (third.count, third.first_time, third.frames) == (1, 20, [3])


def test_nothing_told_is_nothing() -> None:
    assert [*by_side(result((">a", 1)), statements())] == []
