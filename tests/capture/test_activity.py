"""When conversations were busy: every count is true of its stretch, and bursts keep their second."""

from __future__ import annotations

import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.read import read_capture
from scanner.capture.result import Conversation
from scanner.facts.activity import activity, icmp_names
from scanner.framing.language import Framing, Whole
from scanner.framing.plan import compile_descriptors
from scanner.limits.capture import Limits
from tests.capture.files import pcap
from tests.capture.traffic import udp

START = 1_767_254_400
FRAMING = Framing("datagrams", Whole(), ports={"udp": (502,)}, confirmations=1)
Sent = list[tuple[int, bool]]  # seconds after START, and whether the server answers


def conversation(sent: Sent, limits: Limits = Limits()) -> Conversation:  # noqa: B008 - immutable
    records = [(START + second, 0, udp(answer, b"x")) for second, answer in sent]
    result = read_capture(
        io.BytesIO(pcap(records)), "test", compile_descriptors((FRAMING,), {"datagrams": ()}), limits=limits
    )
    (found,) = result.conversations
    return found


def holds_truth(found: Conversation, sent: Sent) -> bool:
    """Nothing is lost or counted twice, and every stretch has what was in its seconds."""
    rows = found.activity
    if rows is None:
        return len({second for second, _ in sent}) == 1 or found.first_time < found.last_time
    true = Counter((START + second, answer) for second, answer in sent)
    for row in rows:
        for name, answer in (("client_packets", False), ("server_packets", True)):
            within = sum(true[second, answer] for second in range(row["start"], row["end"] + 1))
            peak = max(true[second, answer] for second in range(row["start"], row["end"] + 1))
            minutes = Counter[int]()
            for second in range(row["start"], row["end"] + 1):
                minutes[second // 60] += true[second, answer]
            if within != row[name] or peak != row[f"{name}_peak"] or max(minutes.values()) != row[f"{name}_minute"]:
                return False
    return sum(rows["client_packets"]) == found.client_packets and sum(rows["server_packets"]) == found.server_packets


seconds = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=300)


@given(seconds)
def test_in_the_order_of_time_every_count_is_true(sent: Sent) -> None:
    sent = [(0, False), *sorted(sent)]
    found = conversation(sent)
    assert holds_truth(found, sent)
    assert found.activity is None or len(found.activity) <= 65


@given(seconds)
def test_with_no_room_it_is_one_stretch(sent: Sent) -> None:
    found = conversation([(0, False), *sorted(sent)], Limits(stretches=1))
    assert found.activity is None


@given(seconds, st.sampled_from([8, 12, 40]))
def test_with_little_room_every_count_is_true(sent: Sent, room: int) -> None:
    sent = [(0, False), *sorted(sent)]
    assert holds_truth(conversation(sent, Limits(stretches=room)), sent)


@given(seconds)
def test_out_of_order_nothing_is_lost(sent: Sent) -> None:
    found = conversation([(0, False), *sent])
    if found.activity is not None:
        assert sum(found.activity["client_packets"]) == found.client_packets


def test_a_burst_among_an_hour_of_polling_keeps_its_second() -> None:
    polling = [(second, answer) for second in range(3600) for answer in (False, True)]
    burst = [(1800, False)] * 500
    rows = conversation(sorted(polling + burst)).activity
    (busiest,) = rows[rows["start"] == START + 1800]
    assert (busiest["end"], busiest["client_packets"]) == (START + 1800, 501)
    assert sorted(set(rows["client_packets_peak"].tolist())) == [1, 501]  # and the rest is told exactly
    quiet = rows[rows["client_packets_peak"] == 1]
    assert max(quiet["client_packets_minute"]) == 60


def test_days_of_one_packet_a_minute_are_told_as_such() -> None:
    rows = conversation([(60 * n + n % 50, False) for n in range(3000)]).activity
    assert max(rows["client_packets_minute"]) == 1


def test_a_slow_beginning_of_many_bursts_keeps_the_highest() -> None:
    sent = [(7 * n, False) for n in range(400) for _ in range(1 + n % 13)] + [(1500, False)] * 900
    rows = conversation(sorted(sent)).activity
    assert len(rows) <= 65
    (busiest,) = rows[rows["client_packets_peak"] >= 900]
    assert busiest["start"] == busiest["end"]


def test_columns_of_several_conversations() -> None:
    long = conversation([(0, False), (5, True)])
    columns = activity([conversation([(0, False)]), long, conversation([(1, False)])])
    assert columns["activity_starts"].to_list() == [[], [START, START + 5], []]
    assert columns["activity_width"].to_list() == [[], [1, 1], []]
    assert columns["activity_client_packets"].to_list() == [[], [1, 0], []]
    assert columns["activity_server_packets"].to_list() == [[], [0, 1], []]
    assert columns["activity_connections"].to_list() == [[], [1, 0], []]
    assert activity([])["activity_starts"].to_list() == []


def test_kinds_of_icmp() -> None:
    assert icmp_names({8, 5, 42}, version_6=False) == ["redirect", "echo request", "type 42"]
    assert icmp_names({135, 134, 189}, version_6=True) == [
        "router advertisement",
        "neighbour solicitation",
        "unreachable",
    ]
