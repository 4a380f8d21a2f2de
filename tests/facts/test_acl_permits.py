"""Between which zones access lists permit traffic."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.facts.acl_permits import own_ranges
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES

ZONES = [
    {"zone": "plant", "level": 3.0, "subnets": ["10.20.0.0/16"]},
    {"zone": "cell", "level": 1.0, "subnets": ["10.20.1.0/24"]},
    {"zone": "office", "level": 4.0, "subnets": ["10.9.0.0/16"]},
]


def permits(
    *entries: str, bound: str = "interface Vlan9 in", zones: list[dict[str, Any]] | None = None
) -> list[tuple[Any, ...]]:
    """entries: action, source and destination."""
    rows = [{"item": "acl 1", "setting": "bound", "value": bound}]
    for number, entry in enumerate(entries):
        parts = zip(("action", "source", "destination"), entry.split(" "), strict=True)
        rows += [{"item": f"acl 1 entry {number}", "setting": setting, "value": value} for setting, value in parts]
    usual = {"source": "a.cfg", "device": "sw1", "category": "acl"}
    tables = {
        "settings": frame(TABLES["settings"], [usual | row for row in rows]),
        "zones": frame(TABLES["zones"], ZONES if zones is None else zones),
    }
    found = enrich(Facts(tables))["acl_permits"]
    return list(found.select("entry", "from_zone", "to_zone", "certain", "denied_before", "filters").iter_rows())


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("permit 10.9.1.0/24 10.20.1.5", [("office", "cell", True)]),
        ("permit 10.9.1.0/24 10.20.0.0/16", [("office", "plant", True), ("office", "cell", True)]),
        ("permit 10.20.1.0/24 10.20.1.9", []),  # inside one zone
        ("permit 10.20.1.0/24 10.20.5.9", [("cell", "plant", True)]),  # the smaller network is not the larger one's
        ("permit 10.9.1.0/24 8.8.8.8", []),
        ("permit any 10.20.1.5", [("plant", "cell", False), ("office", "cell", False)]),
        ("permit any any", [("", "", False)]),
        ("permit group 10.20.1.5", [("", "", False)]),
        ("deny 10.9.1.0/24 10.20.1.5", []),
    ],
)
def test_an_entry(entry: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert [row[1:4] for row in permits(entry)] == wanted


def test_a_denial_before_it_is_told() -> None:
    found = permits("permit 10.9.0.1 10.20.1.5", "deny 10.9.0.0/16 10.20.0.0/16", "permit 10.9.0.2 10.20.1.5")
    assert [(row[0], row[4]) for row in found] == [("0", False), ("2", True)]


@pytest.mark.parametrize(
    ("bound", "filters"),
    [
        ("interface Vlan9 in", True),
        ("line vty 0 4 in, vlan 7", True),
        ("all interfaces", True),
        ("line vty 0 4 in", False),
        ("absent", False),
    ],
)
def test_whether_the_list_filters_what_passes(bound: str, filters: bool) -> None:
    assert permits("permit 10.9.0.1 10.20.1.5", bound=bound)[0][5] is filters


def test_without_zones_there_is_nothing_between_them() -> None:
    assert permits("permit 10.9.1.0/24 10.20.1.5", zones=[]) == []


def test_an_address_may_be_a_member_by_other_means() -> None:
    zones = [*ZONES, {"zone": "line", "level": 1.0, "vlans": [7]}]
    assert permits("permit 10.9.1.0/24 10.77.0.5", zones=zones) == [("0", "", "", False, False, True)]
    assert permits("permit 10.9.1.0/24 10.20.1.5", zones=zones)[0][1:3] == ("office", "cell")
    assert permits("permit 10.9.1.0/24 8.8.8.8", zones=zones) == []
    assert permits("permit 10.9.1.0/24 10.77.0.5") == []


def test_what_a_network_holds_of_a_zone_is_certain_whoever_has_the_rest() -> None:
    zones = [*ZONES, {"zone": "line", "level": 1.0, "vlans": [7]}]
    rest, office = permits("permit 10.8.0.0/15 10.20.1.5", zones=zones)
    assert (rest[1:4], office[1:4]) == (("", "", False), ("office", "cell", True))
    assert [row[1:4] for row in permits("permit any 10.77.0.5", zones=zones)] == [("", "", False)]


def test_a_network_that_holds_the_internet_is_nobodys_own() -> None:
    zones = frame(TABLES["zones"], [{"zone": "rest", "level": 3.0, "subnets": ["0.0.0.0/0"]}, *ZONES])
    assert "rest" not in own_ranges(zones)
