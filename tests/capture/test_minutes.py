"""How often messages came in one minute: of each its own busiest, and the busiest of all of its kind."""

from __future__ import annotations

import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.framing.language import Byte, Case, Framing, Range, Whole
from scanner.framing.plan import compile_descriptors
from tests.capture.files import pcap
from tests.capture.traffic import udp

DATAGRAMS = Framing("datagrams", Whole(), ports={"udp": (502,)}, confirmations=1)
KINDS = (Case("a", when=(Byte(0, 1),), key=(Range(0, 2),)), Case("b", when=(Byte(0, 2),), key=(Range(0, 2),)))
Sent = list[tuple[int, bytes]]  # seconds since 1970 and message


def capture(sent: Sent) -> CaptureResult:
    """Each datagram has an identification of its own, so that those of one moment are no copies."""
    frames = [(second, udp(False, message), number) for number, (second, message) in enumerate(sent, 1)]
    records = [(second, 0, frame[:18] + number.to_bytes(2, "big") + frame[20:]) for second, frame, number in frames]
    return read_capture(io.BytesIO(pcap(records)), "test", compile_descriptors((DATAGRAMS,), {"datagrams": KINDS}))


def told(result: CaptureResult) -> dict[bytes, dict[int, int]]:
    """Of each message how often it was seen in which minutes."""
    rows = result.messages.rows
    return {
        message.data: {minute: count for minute, count in zip(minutes, counts, strict=True) if count}
        for message, minutes, counts in zip(
            result.messages, rows["minutes"].tolist(), rows["in_minutes"].tolist(), strict=True
        )
    }


def truth(sent: Sent) -> Counter[tuple[bytes, int]]:
    return Counter((message, second // 60) for second, message in sent)


messages = st.tuples(st.integers(1, 2), st.integers(0, 4)).map(bytes)
seconds = st.integers(6000, 6600)


@given(st.lists(st.tuples(seconds, messages), min_size=1, max_size=80))
def test_in_the_order_of_time_the_busiest_minutes_are_exact(sent: Sent) -> None:
    sent.sort(key=lambda one: one[0])
    found, true = told(capture(sent)), truth(sent)
    kinds: Counter[tuple[int, int]] = Counter()
    for (message, minute), count in true.items():
        kinds[message[0], minute] += count
    for message, minutes in found.items():
        assert all(true[message, minute] == count for minute, count in minutes.items())
        assert max(minutes.values()) == max(count for (other, _), count in true.items() if other == message)
    for kind in {message[0] for message in found}:
        sums: Counter[int] = Counter()
        for message, minutes in found.items():
            if message[0] == kind:
                sums.update(minutes)
        assert max(sums.values()) == max(count for (other, _), count in kinds.items() if other == kind)


@given(st.lists(st.tuples(seconds, messages), min_size=1, max_size=80))
def test_whatever_the_order_never_more_is_told_than_there_was(sent: Sent) -> None:
    true = truth(sent)
    for message, minutes in told(capture(sent)).items():
        assert minutes
        assert all(count <= true[message, minute] for minute, count in minutes.items())


def test_a_short_burst_in_a_long_capture_is_not_averaged_away() -> None:
    calm = [(6000 + 60 * i, b"\1\0") for i in range(1000)]
    burst = [(6000 + 60 * 500 + i // 10, bytes((1, 1 + i % 200))) for i in range(600)]
    found = told(capture(sorted(calm + burst)))
    assert sum(minutes.get(600, 0) for minutes in found.values()) == 601
    assert found[b"\1\5"] == {600: 3}


def test_without_times_nothing_is_told() -> None:
    assert told(capture([(0, b"\1\0")] * 50)) == {b"\1\0": {}}
