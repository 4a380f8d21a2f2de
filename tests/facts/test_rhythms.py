"""What is usual in a conversation and how far it was from it: silences, late answers, bursts, other systems, loops."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.record import wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.capture.polls import MASTER, Polled, frame, recorded
from tests.twins import Record

DEVICE, OTHER, THIRD = "10.20.1.11", "10.20.1.12", "10.20.1.13"
HALF_AN_HOUR = range(1, 1800)


def facts(*recordings: list[Record]) -> Facts:
    found = Facts()
    for number, records in enumerate(recordings):
        result = read_capture(io.BytesIO(pcap(records)), f"{number}.pcap", framing_plan())
        result.info.sha256 = f"{number:064x}"[::-1]
        found = found.merge(capture_facts(result, protocols()))
    return found


def flows(*recordings: list[Record]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (row["client"], row["server"]): row
        for row in enrich(facts(*recordings))["flows"].to_dicts()
        if row["capture"].startswith("0")
    }


def silence(*recordings: list[Record], client: str = MASTER) -> tuple[float, str, bool | None]:
    row = flows(*recordings)[client, DEVICE]
    assert row["polls"]
    return 30.0 * round(row["silence"] / 30), row["silent"], row["silence_ended_elsewhere"]


def without(seconds: Iterable[int], gone: range) -> list[int]:
    return [second for second in seconds if second not in gone]


# --- silence ---


def test_polled_to_the_end_there_is_none() -> None:
    row = flows(recorded(Polled(DEVICE, HALF_AN_HOUR), Polled(OTHER, HALF_AN_HOUR)))[MASTER, DEVICE]
    assert (row["polls"], row["silence"], row["silent"]) == (1799, 0.0, "")


def test_a_device_is_polled_no_longer_while_another_is() -> None:
    ended = Polled(DEVICE, range(1, 900))
    assert silence(recorded(ended, Polled(OTHER, HALF_AN_HOUR))) == (900.0, "server", False)


def test_a_device_does_not_answer_any_more() -> None:
    dead = Polled(DEVICE, HALF_AN_HOUR, answers=lambda second: 0.002 if second < 900 else None)
    assert silence(recorded(dead, Polled(OTHER, HALF_AN_HOUR))) == (900.0, "server", False)


def test_answers_that_were_not_captured_are_no_silence() -> None:
    """The client acknowledges what the recording does not have."""
    away = recorded(Polled(DEVICE, HALF_AN_HOUR), Polled(OTHER, HALF_AN_HOUR))
    source = bytes(int(part) for part in DEVICE.split("."))
    kept = [one for one in away if one[0] < wire.START + 900 or one[2][26:30] != source]
    assert silence(kept)[0] == 0.0


def test_a_master_that_has_gone() -> None:
    gone, there = Polled(DEVICE, range(1, 900)), Polled(DEVICE, HALF_AN_HOUR, client="10.20.10.11")
    assert silence(recorded(gone, there)) == (900.0, "client", False)


def test_both_are_there_and_one_polls_no_longer() -> None:
    other = Polled(DEVICE, HALF_AN_HOUR, client="10.20.10.11")
    ended = Polled(DEVICE, range(1, 900))
    assert silence(recorded(ended, other, Polled(OTHER, HALF_AN_HOUR))) == (900.0, "polls", False)


def test_neither_is_seen_elsewhere() -> None:
    ended = Polled(DEVICE, range(1, 900))
    others = Polled(OTHER, HALF_AN_HOUR, client="10.20.10.11")
    assert silence(recorded(ended, others)) == (900.0, "unknown", False)


def test_a_recording_that_ends_knows_of_none() -> None:
    assert silence(recorded(Polled(DEVICE, range(1, 900)), Polled(OTHER, range(1, 900))))[0] == 0.0


def test_a_recording_with_a_gap_knows_of_none() -> None:
    paused = without(HALF_AN_HOUR, range(700, 950))
    assert silence(recorded(Polled(DEVICE, paused), Polled(OTHER, paused)))[1] in ("", "unknown")


def test_a_device_that_comes_back() -> None:
    paused = Polled(DEVICE, without(HALF_AN_HOUR, range(700, 1200)))
    assert silence(recorded(paused, Polled(OTHER, HALF_AN_HOUR))) == (480.0, "server", False)


def test_a_device_that_is_gone_more_than_once() -> None:
    paused = Polled(DEVICE, without(without(HALF_AN_HOUR, range(500, 800)), range(1600, 1900)))
    assert silence(recorded(paused, Polled(OTHER, HALF_AN_HOUR))) == (300.0, "server", False)


def test_polls_now_and_then_have_no_rhythm() -> None:
    now_and_then = [*range(1, 300, 2), *range(600, 900, 2), *range(1400, 1600, 2)]
    row = flows(recorded(Polled(DEVICE, now_and_then), Polled(OTHER, HALF_AN_HOUR)))[MASTER, DEVICE]
    assert not row["silence"]


def test_a_device_that_is_asked_once_a_minute_has_a_slower_one() -> None:
    slow = Polled(DEVICE, range(1, 7200, 60))
    assert silence(recorded(slow, Polled(OTHER, range(1, 7200))))[0] == 0.0


def test_a_standby_takes_over() -> None:
    ended, standby = Polled(DEVICE, range(1, 900)), Polled(DEVICE, range(902, 1800), client="10.20.10.11")
    assert silence(recorded(ended, standby, Polled(OTHER, HALF_AN_HOUR)))[2] is True


def test_a_spare_device_takes_over() -> None:
    ended, spare = Polled(DEVICE, range(1, 900)), Polled(THIRD, range(902, 1800), own_port=50001)
    assert silence(recorded(ended, spare, Polled(OTHER, HALF_AN_HOUR)))[2] is True


def test_it_goes_on_in_another_recording() -> None:
    one = recorded(Polled(DEVICE, range(1, 900)), Polled(OTHER, HALF_AN_HOUR))
    two = recorded(Polled(DEVICE, range(900, 1800), own_port=50001))
    assert silence(one, two)[2] is True


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 600), max_size=120, unique=True), st.lists(st.integers(1, 600), max_size=120, unique=True)
)
def test_silence_is_never_longer_than_the_recording(one: list[int], two: list[int]) -> None:
    records = recorded(Polled(DEVICE, sorted(one)), Polled(OTHER, sorted(two)))
    for row in flows(records).values() if records else ():
        assert row["silence"] is None or 0 <= row["silence"] <= 601


# --- answers ---


def answers(device: Polled) -> tuple[int | None, float | None]:
    row = flows(recorded(device, Polled(OTHER, HALF_AN_HOUR)))[device.client, device.server]
    return row["answers_compared"], row["answer_times"]


def test_answers_that_are_always_alike() -> None:
    assert answers(Polled(DEVICE, HALF_AN_HOUR)) == (1785, 0.5)


def test_answers_that_become_slow() -> None:
    compared, times = answers(Polled(DEVICE, HALF_AN_HOUR, answers=lambda s: 0.002 if s < 900 else 0.2))
    assert (compared, times) == (1785, 64.0)


def test_answers_that_are_slow_for_twenty_seconds() -> None:
    assert answers(Polled(DEVICE, HALF_AN_HOUR, answers=lambda s: 0.2 if 900 < s < 930 else 0.002))[1] == 64.0


def test_a_late_answer_now_and_then_is_usual() -> None:
    assert answers(Polled(DEVICE, HALF_AN_HOUR, answers=lambda s: 0.2 if s % 4 == 0 else 0.002))[1] == 0.5


def test_always_slow_is_usual() -> None:
    assert answers(Polled(DEVICE, HALF_AN_HOUR, answers=lambda _: 0.3))[1] == 0.5


def test_too_few_answers() -> None:
    assert answers(Polled(DEVICE, range(1, 100))) == (None, None)


# --- times to live ---


def ttls(device: Polled) -> tuple[list[int], list[int]]:
    row = flows(recorded(device, Polled(OTHER, HALF_AN_HOUR)))[device.client, device.server]
    return row["client_ttls"], row["server_ttls"]


@pytest.mark.parametrize(
    ("device", "client", "server"),
    [
        (Polled(DEVICE, range(1, 90), ttl=lambda s: 30 if s != 50 else 128), [], [30, 128]),
        (Polled(DEVICE, range(1, 90), client_ttl=lambda s: 127 if s < 50 else 63), [127, 63], []),
        (Polled(DEVICE, range(1, 90), ttl=lambda s: 62 + s % 2), [], []),  # two ways
        (Polled(DEVICE, range(1, 90), ttl=lambda s: 64 if s < 50 else 57), [], []),  # another way
        (Polled(DEVICE, range(1, 90), ttl=lambda s: 32 + s % 2), [], []),  # at the edge between two values
    ],
)
def test_only_another_system_begins_with_another_value(device: Polled, client: list[int], server: list[int]) -> None:
    assert ttls(device) == (client, server)


def test_what_carries_nothing_says_nothing() -> None:
    """A stack, or a firewall in front of it, may give its resets another time to live."""
    reset = wire.tcp_segment((DEVICE, 502), (MASTER, 50000), seq=9000, ack=1000, flags=wire.RST)
    records = [*recorded(Polled(DEVICE, range(1, 90))), frame(100.0, DEVICE, MASTER, 6, reset, hops=255)]
    assert flows(records)[MASTER, DEVICE]["server_ttls"] == []


def test_what_lies_on_layer_2_has_none() -> None:
    """Whatever the IP packets between its frames have."""
    macs = bytes(5) + b"\1\2\0\0\0\0\1"
    goose = [(one[0], one[1] + 1, macs + b"\x88\xa4" + bytes(46), 60) for one in recorded(Polled(DEVICE, range(1, 40)))]
    both = sorted([*goose, *recorded(Polled(DEVICE, range(1, 40), ttl=lambda s: 64 if s % 2 else 60))])
    rows = flows(both, recorded(Polled(OTHER, range(1, 3), ttl=lambda _: 255))).values()
    assert all(row["client_ttls"] == row["server_ttls"] == [] for row in rows)


# --- loops ---


def looped(hops: Iterable[int], every: float = 0.001, identifiers: Iterable[int] = ()) -> int:
    body = wire.udp_datagram((MASTER, 40000), (DEVICE, 47808), b"\x81\x0b\0\x0c\1\x20\xff\xff\0\xff\x10\x08")
    numbers = iter(identifiers)
    records = [
        frame(1 + n * every, MASTER, DEVICE, 17, body, identifier=next(numbers, 7), hops=left)
        for n, left in enumerate(hops)
    ]
    found: int = flows(records)[MASTER, DEVICE]["looped"]
    return found


def test_a_packet_that_comes_round() -> None:
    assert looped(range(64, 0, -2)) == 1


@pytest.mark.parametrize(
    ("hops", "every", "identifiers"),
    [
        ((64, 63), 0.001, ()),  # both sides of a router
        ((64, 63, 62), 0.001, ()),  # three places of a recording
        ((64,) * 9, 0.001, ()),  # a mirror that has every frame nine times
        (range(1, 30), 0.01, ()),  # traceroute
        (range(64, 0, -2), 0.001, range(1, 40)),  # different packets
        (range(64, 0, -2), 2.0, ()),  # seconds apart
    ],
)
def test_what_does_not_come_round(hops: Iterable[int], every: float, identifiers: Iterable[int]) -> None:
    assert looped(hops, every, identifiers) == 0


# --- retransmissions ---


def repeated(seconds: range, times: int) -> dict[str, Any]:
    records = recorded(Polled(DEVICE, HALF_AN_HOUR))
    again = [one for one in records if one[0] - wire.START in seconds and len(one[2]) > 60]
    shifted = [
        (s, f + 100 + n, data[:18] + (40_000 + n).to_bytes(2, "big") + data[20:], *rest)  # a packet of its own
        for s, f, data, *rest in again
        for n in range(times)
    ]
    return flows(sorted([*records, *shifted], key=lambda one: one[:2]))[MASTER, DEVICE]  # type: ignore[arg-type]


def test_a_minute_with_many_retransmissions() -> None:
    row = repeated(range(900, 950), 2)
    assert row["retransmissions_minute"] == row["retransmissions"] > 60
    assert row["retransmissions_times"] == row["retransmissions"]
    assert (row["retransmissions_minute_time"].hour, row["retransmissions_minute_time"].minute) == (8, 15)


def test_as_many_in_every_minute() -> None:
    assert repeated(HALF_AN_HOUR, 1)["retransmissions_times"] < 1.2
