"""For how long places were seen, and whose boundary, of packets made for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fixtures.record.wire import STEP, Wire, ipv4, udp_datagram
from scanner.facts import observations as observations_of
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.scan import read_inputs

ROUTER = "54:8a:ba:00:00:01"
POLICY = """\
otaudit_policy: 1
site: Test
zones:
  - {id: office, level: 4, members: {subnets: [10.4.0.0/24]}}
  - {id: sup, level: 3, members: {subnets: [10.3.0.0/24]}}
  - {id: one, level: 1, members: {subnets: [10.1.1.0/24]}}
  - {id: two, level: 1, members: {subnets: [10.1.2.0/24]}}
"""
SCADA, ENG, PLC, OTHER = "10.3.0.5", "10.3.0.6", "10.1.1.5", "10.1.2.5"


def mac(ip: str) -> str:
    return "02:00:" + ":".join(f"{int(part):02x}" for part in ip.split("."))


@dataclass
class Tap:
    """Packets with their times; ``routed`` ones have the router's MAC in place of the first address's."""

    folder: Path
    packets: list[tuple[float, str, str, str, str]] = field(default_factory=list)

    def talk(self, a: str, b: str, start: float, end: float, step: float = 1.0, *, routed: bool = False) -> Tap:
        """A question and its answer every ``step`` seconds."""
        mine, its = ROUTER if routed else mac(a), mac(b)
        at = start
        while at <= end:
            self.packets += [(at, a, b, mine, its), (at + 0.01, b, a, its, mine)]
            at += step
        return self

    def observed(self, *kinds: str) -> dict[tuple[str, str], dict[str, object]]:
        path = self.folder / "tap.pcap"
        asked = {(a, b) for _, a, b, _, _ in self.packets[::2]}
        with Wire(path) as wire:
            clock = 0.0
            for at, a, b, source, target in sorted(self.packets):
                wire.pause(at - clock)
                clock = at + STEP
                ends = ((a, 40000), (b, 502)) if (a, b) in asked else ((a, 502), (b, 40000))
                wire.ethernet(source, target, 0x0800, ipv4(a, b, 17, udp_datagram(*ends, b"question")))
        (self.folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
        table = enrich(read_inputs(list(find_inputs([str(self.folder)], []))).facts)["observations"]
        rows = table.filter(pl.col("kind").is_in(kinds or ("zone",))).to_dicts()
        return {(row["zone"], row["other_zone"]): row for row in rows}


def seconds(tap: Tap, zone: str = "one") -> float:
    return float(str(tap.observed()[zone, ""]["seconds"]))


def test_talk_counts_and_nothing_that_comes_an_hour_later(tmp_path: Path) -> None:
    tap = Tap(tmp_path).talk(PLC, "10.1.1.6", 0, 0.1, 0.002)
    assert seconds(tap) < 1
    assert seconds(tap.talk(PLC, "10.1.1.6", 3600, 3600)) < 2, "one question an hour later adds nothing"


@pytest.mark.parametrize("step", [0.5, 10, 60, 150])
def test_silence_counts_where_it_is_the_rhythm(tmp_path: Path, step: float) -> None:
    assert seconds(Tap(tmp_path).talk(PLC, "10.1.1.6", 0, 900, step)) == pytest.approx(900, abs=step + 5)


def test_two_frames_make_no_rhythm(tmp_path: Path) -> None:
    tap = Tap(tmp_path).talk(SCADA, "10.3.0.9", 0, 900)
    assert seconds(tap.talk(PLC, "10.1.1.6", 100, 800, 350)) < 15


def test_a_zone_that_was_not_seen_has_a_row(tmp_path: Path) -> None:
    rows = Tap(tmp_path).talk(PLC, "10.1.1.6", 0, 100).observed()
    assert {zone: row["seconds"] > 0 for (zone, _), row in rows.items()} == {  # type: ignore[operator]
        "office": False, "sup": False, "one": True, "two": False,
    }  # fmt: skip
    assert rows["one", ""]["boundary"] == "", "two devices of one cell show no boundary"


def test_the_port_of_one_device_shows_the_boundary_of_its_zone_alone(tmp_path: Path) -> None:
    tap = Tap(tmp_path).talk(SCADA, PLC, 0, 100).talk(SCADA, OTHER, 0, 100)
    assert {zone: row["boundary"] for (zone, _), row in tap.observed().items()} == {
        "office": "", "sup": "crossing", "one": "", "two": "",
    }  # fmt: skip
    tap.talk(ENG, PLC, 0, 100)
    assert {zone for (zone, _), row in tap.observed().items() if row["boundary"]} == {"sup", "one", "two"}


def test_frames_of_a_router_show_where_the_tap_lies(tmp_path: Path) -> None:
    tap = Tap(tmp_path).talk(SCADA, PLC, 0, 100, routed=True).talk(ENG, PLC, 0, 100, routed=True)
    assert tap.observed()["one", ""]["boundary"] == "routed"
    tap.talk(SCADA, OTHER, 0, 100, routed=True).talk("10.4.0.5", "10.4.0.6", 0, 100)
    rows = tap.observed()
    assert (rows["two", ""]["boundary"], rows["office", ""]["boundary"]) == ("routed", "router")


@pytest.mark.parametrize("until", [90, 110])
def test_any_of_several_recordings_may_show_a_boundary(tmp_path: Path, until: float) -> None:
    """Made at the same time at two places."""
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    Tap(folders[0]).talk(PLC, "10.1.1.6", 0, until).observed()
    Tap(folders[1]).talk(SCADA, PLC, 0, 100).talk(SCADA, OTHER, 0, 100).observed()
    inputs = [str(tmp_path / "a" / "tap.pcap"), str(tmp_path / "b" / "tap.pcap"), str(folders[0] / "policy.yaml")]
    rows = enrich(read_inputs(list(find_inputs(inputs, []))).facts)["observations"]
    seen = rows.filter((pl.col("kind") == "zone") & (pl.col("zone") == "sup"))
    assert seen["boundary"].to_list() == ["crossing"]


def test_what_a_router_passes_on_to_a_group_shows_nothing_of_its_senders_zone(tmp_path: Path) -> None:
    tap = Tap(tmp_path).talk(SCADA, ENG, 0, 100)
    tap.packets += [
        (float(at), ip, "239.1.1.1", ROUTER, "01:00:5e:01:01:01") for at in range(100) for ip in (PLC, OTHER)
    ]
    tap.packets += [(float(at), "10.4.0.9", "239.1.1.1", mac("10.4.0.9"), "01:00:5e:01:01:01") for at in range(100)]
    heard = {zone: float(str(row["any_seconds"])) > 90 for (zone, _), row in tap.observed().items()}
    assert heard == {"office": True, "sup": True, "one": False, "two": False}


def test_both_sides_may_be_conversations_of_their_own(tmp_path: Path) -> None:
    tap = Tap(tmp_path)
    tap.packets = [(at / 10, PLC, "10.1.1.6", mac(PLC), mac("10.1.1.6")) for at in range(1000)]
    assert tap.observed()["one", ""]["both_sides"] is False


@pytest.mark.parametrize("zones", [[], ["plant"], ["office", "", "Zürich", "a", "B", "office"]])
def test_where_nothing_was_recorded_zones_are_unseen_as_they_are_beside_an_empty_capture(zones: list[str]) -> None:
    tables = enrich(Facts())
    flows = tables["flows"].with_columns(group=pl.lit(value=False))
    asked = (flows, tables["captures"])
    whole = observations_of._observed(*asked, list(dict.fromkeys(zones)), {}, {})
    assert_frame_equal(observations_of.observations(*asked, zones, {}, {}), whole)
