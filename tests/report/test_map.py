"""The map: who is drawn, in which state, and that lines and boxes keep out of each other's way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.report._html.drawing import WIDTH, Map, draw
from scanner.report._html.limits import LIMITS
from scanner.report._html.traffic import Traffic, by_level, group_of, state_of, traffic
from scanner.results.model import Results, TrafficRow, ZoneRow
from tests.report import sample

SAMPLES = {
    "plant": sample.plant(),
    "empty": sample.empty(),
    "without policy": sample.without_policy(),
    **{f"{n} zones": sample.with_zones(n) for n in (1, 2, 3, 8, 15, 40)},
}


def drawn(results: Results) -> Map:
    return draw(traffic(results))


def row(source: str, target: str, *, packets: int = 1, allowed: bool | None = True) -> TrafficRow:
    return TrafficRow(source, target, ("modbus",), packets, packets, packets, allowed)


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("192.168.0.255", "192.168.0.0/24"),
        ("8.8.8.8", "internet"),
        ("203.0.113.9", "internet"),
        ("2001:db8::1", "internet"),
        ("2a00::1", "internet"),
        ("fe80::1", "fe80::/64"),
        ("fd00:1:2:3::9", "fd00:1:2:3::/64"),
        ("239.1.1.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "multicast"),
        ("00:0E:8c:11:22:33", "layer2"),
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("", ""),
    ],
)
def test_addresses_are_grouped(address: str, group: str) -> None:
    assert group_of(address) == group


@pytest.mark.parametrize(
    ("allowed", "packets", "state"),
    [(False, 5, "violating"), (False, 0, "violating"), (True, 5, "allowed"), (None, 5, "unknown"), (True, 0, "unused")],
)
def test_states(allowed: bool | None, packets: int, state: str) -> None:
    assert state_of(row("a", "b", packets=packets, allowed=allowed)) == state


def test_rows_of_one_pair_and_state_are_one_link() -> None:
    results = Results(
        **{**vars(sample.empty()), "zones": (ZoneRow("a", "A", 1, None, 0), ZoneRow("b", "B", 2, None, 0))}
    )
    rows = (row("a", "b"), row("a", "b", packets=4), row("a", "b", allowed=False), row("b", "a"), row("a", "a"))
    flows = traffic(Results(**{**vars(results), "traffic": rows}))
    assert [(x.source, x.target, x.state, x.packets) for x in flows.links] == [
        ("a", "b", "violating", 1),
        ("b", "a", "allowed", 1),
        ("a", "b", "allowed", 5),
    ]
    assert [x.state for x in flows.cells["a", "b"]] == ["violating", "allowed"]
    assert [x.packets for x in flows.cells["a", "a"]] == [1]


def test_zones_stand_by_level_from_the_top() -> None:
    drawing = drawn(sample.plant())
    levels = [band.level for band in drawing.bands]
    assert levels == [None, 4.0, 3.5, 3.0, 2.0, 1.0]
    heights = {box.end.id: box.y for box in drawing.boxes}
    assert heights[""] < heights["office"] < heights["edge"] < heights["site"] < heights["ops"] < heights["cell-fill"]
    assert heights["cell-fill"] == heights["cell-pack"] == heights["cell-cap"]


def test_a_zone_that_only_traffic_names_is_drawn() -> None:
    plant = sample.plant()
    flows = traffic(Results(**{**vars(plant), "traffic": (row("ops", "nowhere"),)}))
    assert "nowhere" in {e.id for e in flows.ends}
    assert drawn(Results(**{**vars(plant), "traffic": (row("ops", "nowhere"),)})).lines


def test_many_addresses_become_few_groups() -> None:
    rows = tuple(row(f"10.{n}.0.1", "10.0.0.1", packets=n + 1) for n in range(60))
    flows = traffic(Results(**{**vars(sample.empty()), "traffic": rows}))
    assert len(flows.ends) == 15
    assert {"others", "10.59.0.0/24"} <= {e.id for e in flows.ends}
    assert sum(link.packets for links in flows.cells.values() for link in links) == sum(r.packets for r in rows)


def _boxes_are_apart(drawing: Map) -> None:
    for i, a in enumerate(drawing.boxes):
        assert a.x >= 0
        assert a.x + a.width <= WIDTH
        assert a.y + a.height <= drawing.height
        for b in drawing.boxes[i + 1 :]:
            assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def _lines_are_clear_of_boxes(drawing: Map, flows: Traffic) -> None:
    """No point of a line lies inside a box; it touches the boxes of its two ends at their edges only."""
    assert len(drawing.lines) + drawing.hidden == len(flows.links)
    for line in drawing.lines:
        numbers = [float(v) for v in re.findall(r"-?[\d.]+", line.path)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        start = points[0]
        for i in range(1, len(points), 3):
            a, b, end = points[i : i + 3]
            for step in range(21):
                t = step / 20
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
                x, y = (sum(w * p[k] for w, p in zip(weights, (start, a, b, end), strict=True)) for k in (0, 1))
                assert -1 <= y <= drawing.height + 1
                for box in drawing.boxes:
                    inside = box.x + 1 < x < box.x + box.width - 1 and box.y + 1 < y < box.y + box.height - 1
                    assert not inside, (line.link.source, line.link.target, box.end.id)
            start = end


@pytest.mark.parametrize("name", SAMPLES)
def test_geometry(name: str) -> None:
    flows = traffic(SAMPLES[name])
    drawing = draw(flows)
    assert len(drawing.boxes) == len(flows.ends)
    _boxes_are_apart(drawing)
    _lines_are_clear_of_boxes(drawing, flows)


def test_violating_lines_are_numbered_in_order_and_their_numbers_apart() -> None:
    drawing = drawn(sample.plant())
    marked = [line for line in drawing.lines if line.number]
    assert [line.number for line in marked] == [1, 2, 3, 4]
    assert all(line.link.state == "violating" for line in marked)
    for i, a in enumerate(marked):
        for b in marked[i + 1 :]:
            assert abs(a.badge[0] - b.badge[0]) > 18 or abs(a.badge[1] - b.badge[1]) > 18


def test_a_cell_says_how_many_of_all_connections_are_forbidden() -> None:
    rows = (row("ops", "cell-fill", packets=50), row("ops", "cell-fill", packets=3, allowed=False))
    plant = Results(**{**vars(sample.plant()), "traffic": rows})
    cell = traffic(plant).cell("ops", "cell-fill")
    assert cell is not None
    assert (cell.state, cell.forbidden, cell.connections) == ("violating", 3, 53)
    assert traffic(plant).cell("cell-fill", "ops") is None


def test_zones_of_a_level_stand_in_natural_order() -> None:
    zones = tuple(ZoneRow(f"z{n}", f"Cell {n}", 1.0, None, 0) for n in (10, 2, 1, 12, 11))
    ends = traffic(Results(**{**vars(sample.empty()), "zones": zones})).ends
    assert [end.name for end in ends] == ["Cell 1", "Cell 2", "Cell 10", "Cell 11", "Cell 12"]


@pytest.mark.parametrize("count", [17, 40, 100, 300])
def test_many_zones_are_drawn_by_level_with_true_counts(count: int) -> None:
    results = sample.with_zones(count)
    flows = traffic(results)
    few = by_level(flows, LIMITS.boxes)
    drawing = draw(few)
    assert len(drawing.boxes) <= LIMITS.boxes
    assert drawing.height < 1500
    assert sum(end.zones for end in few.ends if end.kind in {"zone", "level"}) == count
    assert sum(end.devices or 0 for end in few.ends) == sum(zone.devices for zone in results.zones)
    for state in ("violating", "allowed", "unknown"):
        links = [x for cell in few.cells.values() for x in cell if x.state == state]
        rows = [r for r in results.traffic if state_of(r) == state]
        assert sum(x.connections for x in links) == sum(r.connections for r in rows) > 0
        assert sum(x.packets for x in links) == sum(r.packets for r in rows)
    drawn_states = {line.link.state for line in drawing.lines}
    assert {"violating", "allowed"} <= drawn_states, "what is allowed is seen beside what is not"
    listed = sum(x.link.connections for x in drawing.lines if x.number) + sum(x.connections for x in few.inside)
    forbidden = sum(r.connections for r in results.traffic if r.allowed is False and r.source != r.target)
    assert drawing.hidden or listed == forbidden, "every forbidden connection is in the list beside the map"


def test_few_zones_are_drawn_one_by_one() -> None:
    flows = traffic(sample.plant())
    assert by_level(flows, LIMITS.boxes) is flows


NAMES = st.sampled_from(["", "a", "b", "c", "d", "e", "f", "10.0.0.1", "10.0.1.1", "8.8.8.8", "ff02::1", "x\ny"])
ROWS = st.builds(row, NAMES, NAMES, packets=st.integers(0, 9), allowed=st.sampled_from([True, False, None]))
ZONES = st.lists(
    st.builds(
        ZoneRow,
        NAMES.filter(bool),
        st.text(max_size=40),
        st.none() | st.sampled_from([0.0, 1.0, 2.5, 5.0]),
        st.none() | st.integers(0, 4),
        st.integers(0, 99),
    ),
    max_size=9,
    unique_by=lambda z: z.zone,
)


@settings(max_examples=150, deadline=None)
@given(zones=ZONES, rows=st.lists(ROWS, max_size=30))
def test_any_traffic_can_be_drawn(zones: list[ZoneRow], rows: list[TrafficRow]) -> None:
    results = Results(**{**vars(sample.empty()), "zones": tuple(zones), "traffic": tuple(rows)})
    flows = traffic(results)
    drawing = draw(flows)
    _boxes_are_apart(drawing)
    _lines_are_clear_of_boxes(drawing, flows)
    assert sum(link.packets for links in flows.cells.values() for link in links) == sum(r.packets for r in rows)
