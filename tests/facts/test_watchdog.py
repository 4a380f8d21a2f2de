"""One message that takes for ever is ended and counted; the ones before and after it are understood."""

from __future__ import annotations

import itertools

import pytest

from scanner.facts.watchdog import TookTooLong, Watchdog


def test_endless_work_on_one_message_is_ended_and_the_next_goes_on() -> None:
    ended = []
    with Watchdog(seconds=0.05) as watchdog:
        for message in range(3):
            watchdog.message = message
            try:
                if message == 1:
                    for _ in itertools.count():
                        pass
            except TookTooLong:
                ended.append(message)
    assert ended == [1]


def test_many_short_messages_are_left_alone() -> None:
    with Watchdog(seconds=0.05) as watchdog:
        for message in range(2_000_000):
            watchdog.message = message


def test_the_time_of_all_messages_is_spent_where_that_of_each_is_not() -> None:
    with Watchdog(seconds=60, total=0.05) as watchdog:
        assert not watchdog.spent
        for message in itertools.count():
            watchdog.message = message
            if watchdog.spent:
                break
    assert message


@pytest.mark.parametrize("count", [0, 3])
def test_nothing_is_raised_afterwards(count: int) -> None:
    with Watchdog(seconds=0.01) as watchdog:
        watchdog.message = count
    assert sum(range(100_000)) == 4_999_950_000
