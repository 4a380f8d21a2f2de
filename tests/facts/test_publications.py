"""Publications: who publishes what, how messages follow each other, what only looks like a second publisher."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.goose import GROUP, TRIP, Spdu, number
from fixtures.record.sv import Asdu
from fixtures.record.sv import frame as samples
from fixtures.record.wire import udp_datagram
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.facts.publications import MOST_OTHERS
from scanner.facts.saved import load, save
from scanner.limits.capture import Limits
from scanner.protocols import all_framings, cases, framing_plan, protocols
from scanner.wording import plain
from tests.capture.files import pcap
from tests.capture.frames import ethernet, ipv4
from tests.capture.parts import Parts

BREAKER, STRANGER = "02:00:00:00:61:01", "02:00:00:00:66:66"
GOOSE, SV = 0x88B8, 0x88BA
START, MS = 1_800_000_000, 1_000_000


class Sent(NamedTuple):
    """One frame: when, in ms since the start, from whom, in which VLAN (-1 none)."""

    at: float
    payload: bytes
    source: str = BREAKER
    vlan: int = -1
    ethertype: int = GOOSE

    def frame(self) -> bytes:
        macs = bytes.fromhex((GROUP + self.source).replace(":", ""))
        tag = b"" if self.vlan < 0 else struct.pack(">HH", 0x8100, self.vlan)
        return macs + tag + struct.pack(">H", self.ethertype) + self.payload


def goose(at: float, state: int, sequence: int, *, source: str = BREAKER, vlan: int = -1, **more: Any) -> Sent:
    return Sent(at, replace(TRIP, state=state, sequence=sequence, **more).frame(), source, vlan)


def sampled(at: float, counter: int, count: int = 1, **more: Any) -> Sent:
    return Sent(at, samples(*(Asdu("MU01", counter + i) for i in range(count)), **more), ethertype=SV)


def written(sent: Sequence[Sent]) -> io.BytesIO:
    moments = [(divmod(START * 1000 * MS + round(s.at * MS), 1000 * MS), s.frame()) for s in sent]
    return io.BytesIO(pcap([(*moment, frame) for moment, frame in moments], nanoseconds=True))


def facts(sent: Sequence[Sent], limits: Limits = Limits()) -> Facts:  # noqa: B008 - immutable
    return capture_facts(read_capture(written(sent), "x.pcap", framing_plan(), limits=limits), protocols())


def published(sent: Sequence[Sent]) -> list[dict[str, Any]]:
    return facts(sent)["publications"].sort("client", "vlan").to_dicts()


def only(sent: Sequence[Sent]) -> dict[str, Any]:
    (row,) = published(sent)
    return row


STEADY = [goose(1000 * n, 5, 10 + n) for n in range(10)]
CHANGE = [goose(at, 6, n) for n, at in enumerate((9500, 9502, 9506, 9514, 9530, 10530, 11530))]
NOTHING = {
    "copies": 0,
    "late": 0,
    "state_changes": 0,
    "states_skipped": 0,
    "begun_anew": 0,
    "set_back": 0,
    "alternations": 0,
    "gaps": 0,
    "missing": 0,
    "repeated": 0,
    "expired": 0,
    "expired_missing": 0,
    "ended": None,
    "other_publishers": [],
}


def twice(sent: Sequence[Sent], later: float) -> list[Sent]:
    """Every frame once more, ``later`` ms afterwards, as it comes by the other LAN."""
    return sorted([*sent, *(s._replace(at=s.at + later) for s in sent)], key=lambda s: s.at)


@pytest.mark.parametrize(
    ("sent", "differs"),
    [
        pytest.param(STEADY, {"count": 10, "repetition": "1000 ms"}, id="steady"),
        pytest.param(
            STEADY + CHANGE,
            {"count": 17, "state_changes": 1, "last_state": 6, "repetition": "2, 4, 8, 16 … 1000 ms"},
            id="a change",
        ),
        pytest.param([*STEADY, goose(10_000, 6, 1), goose(11_000, 6, 2)], {"state_changes": 1}, id="begins with 1"),
        pytest.param(
            [*STEADY, goose(9500, 8, 0), goose(9510, 8, 1)],
            {"state_changes": 1, "states_skipped": 2, "gaps": 1, "missing": 1},
            id="states left out",
        ),
        pytest.param(
            [*STEADY, goose(12_000, 1, 0), goose(12_010, 1, 1), goose(13_000, 2, 0)],
            {"state_changes": 2, "begun_anew": 1, "first_state": 5, "last_state": 2},
            id="starts anew",
        ),
        pytest.param(
            [*STEADY, goose(12_000, 3, 0), goose(12_010, 3, 1), goose(13_000, 4, 0)],
            {"state_changes": 2, "set_back": 1},
            id="old messages",
        ),
        pytest.param(twice(STEADY + CHANGE, 0.002), {"state_changes": 1, "copies": 17}, id="PRP"),
        pytest.param(twice(STEADY + CHANGE, 7), {"state_changes": 1, "copies": 17}, id="PRP, one LAN slow"),
        pytest.param([s for s in STEADY if s.at != 4000], {"gaps": 1, "missing": 1}, id="one is missing"),
        pytest.param(
            [*STEADY[:4], STEADY[5]._replace(at=4000), STEADY[4]._replace(at=4001), *STEADY[6:]],
            {"gaps": 1, "missing": 0, "late": 1},
            id="two change places",
        ),
        pytest.param([*STEADY, STEADY[4]._replace(at=9400)], {"repeated": 1}, id="one comes again"),
        pytest.param([*STEADY, STEADY[9]._replace(at=9400)], {"repeated": 1}, id="the last comes again"),
        pytest.param(
            sorted([*STEADY, *(goose(1000 * n + 300, 5, 700 + n) for n in range(5))]),
            {"alternations": 9, "gaps": 1, "missing": 689},
            id="another series of the same state",
        ),
        pytest.param(
            sorted([*STEADY, *(goose(1000 * n + 300, 90, n) for n in range(5))]),
            {"alternations": 9, "state_changes": 10, "states_skipped": 84, "set_back": 5, "gaps": 1, "missing": 1},
            id="another series of a higher state",
        ),
        pytest.param(
            [*STEADY[:5], *(s._replace(at=s.at + 3500) for s in STEADY[5:])], {"expired": 1}, id="comes too late"
        ),
        pytest.param(
            [*STEADY[:2], *STEADY[8:]],
            {"gaps": 1, "missing": 6, "expired_missing": 1},
            id="comes too late, some missing",
        ),
        pytest.param([*STEADY[:4], sampled(9000, 7)], {"ended": 6.0}, id="falls silent"),
        pytest.param([goose(1000 * n, 5, 2**32 - 4 + n if n < 4 else n - 3) for n in range(9)], {}, id="32 bits"),
    ],
)
def test_how_messages_follow_each_other(sent, differs):
    found = next(row for row in published(sent) if row["protocol"] == "goose")
    assert {name: found[name] for name in NOTHING | differs} == NOTHING | differs
    assert found["count"] + found["copies"] + found["late"] == sum(s.ethertype == GOOSE for s in sent)


RATE = 0.25  # ms


def stream(*counters: int, step: float = RATE) -> list[Sent]:
    return [sampled(n * step, counter) for n, counter in enumerate(counters)]


@pytest.mark.parametrize(
    ("sent", "differs"),
    [
        pytest.param(
            stream(*(n % 4000 for n in range(3000, 9000))), {"samples_in_a_round": 4000}, id="round and round"
        ),
        pytest.param(
            [sampled(2 * n * RATE, 2 * n % 4000, 2) for n in range(3000)],
            {"samples_in_a_round": 4000, "samples": 2},
            id="two in a message",
        ),
        pytest.param(stream(*range(9), *range(12, 20)), {"gaps": 1, "missing": 3}, id="three missing"),
        pytest.param(
            stream(*(n % 4000 for n in range(3900, 8200) if not 7990 <= n < 8010)),
            {"samples_in_a_round": 4000, "gaps": 1, "missing": 20},
            id="missing over the end of the round",
        ),
        pytest.param(
            twice(stream(*(n % 4000 for n in range(3500, 4600))), 1.1),
            {"samples_in_a_round": 4000, "copies": 1100},
            id="PRP",
        ),
        pytest.param(
            stream(*(n % 4000 for n in range(3000, 5500)), *range(700, 900)),
            {"samples_in_a_round": 4000, "set_back": 1},
            id="old samples",
        ),
        pytest.param(
            sorted([*stream(*range(2000)), *(sampled(100 + n * RATE + 0.1, 1200 + n) for n in range(9))]),
            {"alternations": 17, "gaps": 1, "missing": 799},
            id="another series",
        ),
    ],
)
def test_how_samples_follow_each_other(sent, differs):
    nothing = {name: value for name, value in NOTHING.items() if "state" not in name and "expired" not in name}
    nothing["begun_anew"] = None
    found = only(sent)
    assert {name: found[name] for name in nothing | differs} == nothing | differs
    assert (found["first_state"], found["state_changes"], found["expired"]) == (None, None, None)
    assert found["count"] + found["copies"] + found["late"] == len(sent)


@pytest.mark.parametrize(
    ("other", "seen"),
    [
        pytest.param({"source": STRANGER}, True, id="another device"),
        pytest.param({"source": STRANGER, "vlan": 0}, True, id="another device, without VLAN but with a priority"),
        pytest.param({"source": STRANGER, "identifier": "other"}, True, id="which calls itself something else"),
        pytest.param({"source": STRANGER, "vlan": 7}, False, id="in another VLAN"),
        pytest.param({"source": STRANGER, "simulated": True}, False, id="a test set that says so"),
        pytest.param({"source": STRANGER, "appid": 9}, False, id="another APPID"),
        pytest.param({"source": STRANGER, "reference": "X/LLN0$GO$y"}, False, id="another control block"),
        pytest.param({"vlan": 7}, False, id="the same, seen in two VLANs"),
        pytest.param({}, False, id="the same"),
    ],
)
def test_who_else_publishes_a_control_block(other, seen):
    sent = sorted([*STEADY, *(goose(1000 * n + 500, 5, 10 + n, **other) for n in range(3))])
    found = {row["client"]: row["other_publishers"] for row in published(sent)}
    assert found[BREAKER] == ([STRANGER] if seen else [])
    assert found.get(STRANGER, []) == ([BREAKER] if seen else [])


def test_of_many_publishers_each_names_the_first():
    """A flood of them is no square of their number."""
    strangers = [f"02:00:00:00:01:{n:02x}" for n in range(MOST_OTHERS + 5)]
    rows = published([goose(n, 5, n, source=source) for n, source in enumerate(strangers)])
    first = strangers[: MOST_OTHERS + 1]
    named = {row["client"]: row["other_publishers"] for row in rows}
    assert named == {one: [other for other in first if other != one][:MOST_OTHERS] for one in strangers}


def test_over_ip_publishers_are_told_by_their_address():
    def datagram(source: str, port: int, sequence: int) -> bytes:
        data = Spdu(replace(TRIP, state=5, sequence=sequence).apdu(), number=sequence).datagram()
        target = "239.1.1.1"
        return ethernet(0x0800, ipv4(17, udp_datagram((source, port), (target, 102), data), source, target))

    frames = [
        *(datagram("10.0.0.1", 5000, n) for n in range(5)),
        *(datagram("10.0.0.1", 5001, n) for n in range(5, 9)),  # it may send from any port
        *(datagram("10.0.0.2", 5000, n) for n in range(3)),
    ]
    content = io.BytesIO(pcap([(START + n, 0, frame) for n, frame in enumerate(frames)]))
    found = capture_facts(read_capture(content, "x", framing_plan()), protocols())["publications"]
    rows = found.sort("client").select("client", "function", "count", "gaps", "other_publishers").rows()
    assert rows == [("10.0.0.1", "R-GOOSE", 9, 0, ["10.0.0.2"]), ("10.0.0.2", "R-GOOSE", 3, 0, ["10.0.0.1"])]


def test_what_a_publication_says_of_itself():
    more = {"identifier": "a name", "revision": 7, "commissioning": True}
    found = only(
        [goose(0, 5, 1, **more), goose(9, 5, 2, **more | {"revision": 8, "test": True}), goose(90, 5, 3, **more)]
    )
    said = (
        "unit",
        "object",
        "data_set",
        "identifier",
        "revisions",
        "test",
        "needs_commissioning",
        "simulated",
        "signed",
    )
    assert [found[name] for name in said] == [
        *("APPID 0x0001", TRIP.reference, TRIP.data_set, "a name", [7, 8], True, True, False, False)
    ]
    assert (found["shortest_interval"], found["longest_interval"]) == (0.009, 0.081)
    assert (found["shortest_lifetime"], found["longest_lifetime"]) == (4, 4)
    assert (found["client"], found["server"], found["frames"]) == (BREAKER, GROUP, [1, 2, 3])


def test_the_message_that_came_too_late():
    late = [s._replace(at=s.at + 3500) for s in STEADY[5:]]
    found = only([*STEADY[:5], *late])
    assert found["expired_frame"] == 6
    assert found["expired_time"].timestamp() == START + 8.5


def test_changes_have_their_time():
    sent = [*STEADY, *CHANGE, goose(13_000, 9, 4), goose(14_000, 1, 0), goose(15_000, 7, 3), goose(16_000, 3, 9)]
    found = facts(sent)["state_changes"].sort("time")
    assert set(found["object"]) == {TRIP.reference}
    assert set(found["client"]) == {BREAKER}
    at = (pl.col("time").dt.timestamp("ms") - START * 1000).alias("at")
    assert found.select("previous_state", "state", "sequence", "kind", "frame", at).rows() == [
        (5, 6, 0, "next state", 11, 9500),
        (6, 9, 4, "states skipped", 18, 13_000),
        (9, 1, 0, "begun anew", 19, 14_000),
        (1, 7, 3, "states skipped", 20, 15_000),
        (7, 3, 9, "set back", 21, 16_000),
    ]


def test_changes_are_counted_beyond_those_that_are_kept():
    sent = [goose(200 * n, 5 + n, 0) for n in range(60)]
    found = facts(sent, Limits(changes_each=10))
    assert found["publications"]["state_changes"].to_list() == [59]
    assert found["state_changes"]["state"].sort().to_list() == list(range(6, 16))
    assert found["captures"]["complete"].all()
    few = facts([*sent, *(goose(200 * n + 1, 5 + n, 0, source=STRANGER) for n in range(60))], Limits(changes=15))
    assert few["state_changes"].height == 15


def test_more_publications_than_can_be_followed_are_a_limit():
    found = facts([goose(n, 5, 0, reference=f"P/LLN0$GO$g{n}") for n in range(40)], Limits(series=30))
    assert found["publications"].height == 40
    assert found["publications"]["count"].sum() == 40
    assert found["publications"]["state_changes"].null_count() == 10
    assert [plain(text) for text in found["captures"]["limits"][0]] == ["numbered series: 10"]


def test_a_series_goes_on_in_the_next_capture():
    reader = Parts(all_framings(), cases())
    sent = STEADY + CHANGE
    edge = START * 1000 * MS + round(sent[10].at * MS)
    first = capture_facts(reader.read(written(sent[:10]), "1.pcap", edge), protocols())
    second = capture_facts(reader.read(written(sent[10:]), "2.pcap"), protocols())
    (one,), (two,) = (f["publications"].to_dicts() for f in (first, second))
    assert (one["count"], one["state_changes"], one["last_state"]) == (10, 0, 5)
    assert (two["count"], two["state_changes"], two["first_state"], two["missing"]) == (7, 1, 6, 0)
    assert second["state_changes"].select("previous_state", "state", "frame").rows() == [(5, 6, 1)]


def test_numbers_beyond_all_measure(tmp_path: Path):
    huge = (1 << 64) - 1

    def odd(sequence: int) -> bytes:
        apdu = replace(TRIP, state=huge, ttl=huge, revision=(1 << 70) - 1, sequence=sequence).frame()
        return apdu.replace(number(0x8A, 2), b"\x8a\x00")

    found = facts([Sent(1000 * n, odd(huge - n)) for n in range(3)])
    save(found, tmp_path / "facts")
    assert load(tmp_path / "facts")["publications"].height == found["publications"].height


NUMBERS = st.sampled_from([0, 1, 2, 3, 5, 6, 7, 100, 2**32 - 1, 2**32])
PAUSES = st.sampled_from([0, 0.01, 40, 101, 1000, 5000])


@given(st.lists(st.tuples(NUMBERS, NUMBERS, PAUSES), max_size=40))
def test_every_message_is_counted_once(sent):
    at, frames = 0.0, []
    for state, sequence, pause in sent:
        at += pause
        frames.append(goose(at, state, sequence))
    found = facts(frames)
    (row,) = found["publications"].to_dicts() or [{"count": 0, "copies": 0, "late": 0, "state_changes": 0}]
    assert row["count"] + row["copies"] + row["late"] == len(frames)
    changed = found["state_changes"].filter(pl.col("state") != pl.col("previous_state"))
    assert changed.height == (row["state_changes"] or 0)
    assert all(v >= 0 for v in row.values() if isinstance(v, int) and v != row.get("vlan"))


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 3, 60, 2000, 3998, 3999, 65535]), PAUSES), max_size=40))
def test_every_sample_is_counted_once(sent):
    at, frames = 0.0, []
    for counter, pause in sent:
        at += pause
        frames.append(sampled(at, counter))
    for row in published(frames):
        assert row["count"] + row["copies"] + row["late"] == len(frames)
        assert all(v >= 0 for v in row.values() if isinstance(v, int) and v != row["vlan"])
