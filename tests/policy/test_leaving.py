"""What the policy lets leave the plant: how it is read, and what its entries permit."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import DefinitionError, WrongText
from scanner.facts.homes import HomePorts
from scanner.policy.compare import compare
from scanner.policy.document import Policy, parse_policy
from scanner.policy.forms import amount
from scanner.policy.leaving import ExportPermission, Leaving
from tests.policy.test_audit import PROTOCOLS

HEAD = """\
otaudit_policy: 1
site: North
zones:
  - {id: cell, level: 1, data_grade: important, members: {subnets: [10.1.0.0/24]}}
  - {id: dmz, level: 3.5, members: {subnets: [10.3.0.0/24]}}
  - {id: office, level: 4, members: {subnets: [10.4.0.0/24]}}
  - {id: cloud, level: 5, members: {subnets: [20.49.0.0/16]}}
export:
"""


def read(entries: str, source: str = "p.yaml") -> Policy:
    return parse_policy(HEAD + entries, source, {*PROTOCOLS, "tls", "mqtt", "dns"})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{destinations: [cloud]}", "line 9, column 5: required key 'id' is missing"),
        ("{id: a, destination: [cloud]}", "unknown key 'destination'; did you mean 'destinations'?"),
        ("{id: a, destinations: [clowd]}", "line 9, column 28: there is no zone 'clowd'; did you mean 'cloud'?"),
        ("{id: a, destinations: [20.49.0.1/16]}", "'20.49.0.1/16' has host bits set"),
        ("{id: a, zones: [cel]}", "there is no zone 'cel'; did you mean 'cell'?"),
        ("{id: a, countries: [China]}", "a country by ISO 3166-1, as CN"),
        ("{id: a, countries: [cn]}", "a country by ISO 3166-1, as CN"),
        ("{id: a, providers: [Alibaba Clod]}", "unknown provider 'Alibaba Clod'; did you mean 'Alibaba Cloud'?"),
        ("{id: a, protocols: [mqqt]}", "unknown protocol 'mqqt'; did you mean 'mqtt'?"),
        ("{id: a, protocols: [tcp/70000]}", "its number is out of range"),
        ("{id: a, encrypted: maybe}", "encrypted: 'maybe' is not true or false"),
        ("{id: a, per_day: 500 MiB}", "line 9, column 22: '500 MiB' is no amount of data"),
        ("{id: a, per_day: 0}", "'0' is no amount of data"),
        ("{id: a, data_grade: secret}", "data_grade: 'secret' is not one of: general, important, core"),
        ("{id: a}\n  - {id: a}", "line 10, column 10: duplicate export entry id 'a'; first given in line 9"),
    ],
)
def test_mistakes_are_told_with_their_place(entry: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(f"  - {entry}\n")
    assert any(message in str(problem) for problem in caught.value.problems), caught.value.problems


def test_rows() -> None:
    policy = read(
        "  - {id: a, zones: [dmz], destinations: [cloud, 47.1.0.0/16], providers: [AWS], countries: [NO, CN],"
        " protocols: [TLS, tcp/8883], encrypted: true, per_day: 1.5 GB, data_grade: core, owner: IT, reason: r}\n"
    )
    assert policy.export_entries == (
        {
            "source": "p.yaml",
            "line": 9,
            "entry": "a",
            "zones": ["dmz"],
            "destinations": ["cloud", "47.1.0.0/16"],
            "providers": ["AWS"],
            "countries": ["NO", "CN"],
            "protocols": ["tls", "tcp/8883"],
            "encrypted": True,
            "bytes_per_day": 1_500_000_000,
            "data_grade": "core",
            "owner": "IT",
            "reason": "r",
        },
    )
    assert [(z["site"], z["data_grade"]) for z in policy.zones[:2]] == [("North", "important"), ("North", "")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(1, 1), ("1 B", 1), ("1kB", 1000), ("0.5 mb", 500_000), ("1000000 TB", 10**18), ("1.001 kB", 1001)],
)
def test_amounts(text: str | int, wanted: int) -> None:
    assert amount(text) == wanted


@given(st.text(max_size=20) | st.integers())
def test_an_amount_is_a_number_of_bytes_or_wrong(text: str | int) -> None:
    with contextlib.suppress(WrongText):
        assert 1 <= amount(text) <= 10**18


USUAL = Leaving("dmz", "20.49.1.1", "cloud", "tcp", 8883, "tls", True, False, "encrypted", "", ())


def asked(entries: str, **changed: Any) -> tuple[bool, bool | None, bool | None, str]:
    tables = read(entries).tables()
    permission = ExportPermission(tables["export_entries"], tables["zones"], HomePorts())
    answer = permission.judge(USUAL._replace(**changed))
    return answer.limited, answer.permitted, answer.graded, answer.entry


TO_CLOUD = "  - {id: a, destinations: [cloud], protocols: [tls], encrypted: true}\n"
CHINA = "  - {id: a, countries: [CN]}\n"
HUB = "  - {id: a, providers: [Microsoft Azure IoT Hub]}\n"
HUB_THERE = "  - {id: a, providers: [Microsoft Azure IoT Hub], destinations: [20.49.0.0/16]}\n"
AZURE = ("Microsoft Azure IoT Hub",)


@pytest.mark.parametrize(
    ("entries", "changed", "limited", "permitted"),
    [
        (TO_CLOUD, {}, True, True),
        (TO_CLOUD, {"destination_zone": ""}, True, False),
        (TO_CLOUD, {"protocol": "mqtt"}, True, False),
        (TO_CLOUD, {"protocol": ""}, True, False),
        (TO_CLOUD, {"guessed": True}, True, None),
        (TO_CLOUD, {"protection": "clear"}, True, False),
        (TO_CLOUD, {"protection": "partly"}, True, None),
        (TO_CLOUD, {"protection": "unknown"}, True, None),
        (TO_CLOUD, {"zone": ""}, True, None),  # whose it is nobody knows
        (TO_CLOUD, {"zone": "office"}, False, None),  # business, of which no entry speaks
        (TO_CLOUD.replace("id: a,", "id: a, zones: [office],"), {"zone": "office"}, True, True),
        (TO_CLOUD.replace("id: a,", "id: a, zones: [cell],"), {}, True, False),
        (TO_CLOUD.replace("id: a,", "id: a, zones: [cell],"), {"zone": ""}, True, None),
        (CHINA, {}, True, None),
        (CHINA, {"country": "CN"}, True, True),
        (CHINA, {"country": "US"}, True, False),
        (HUB, {}, True, None),
        (HUB, {"providers": AZURE}, True, None),  # anybody can ask for any name
        (HUB, {"providers": ("AWS",)}, True, False),
        (HUB_THERE, {"providers": AZURE}, True, True),
        (HUB_THERE, {"providers": (*AZURE, "AWS")}, True, None),
        (HUB_THERE, {"providers": ()}, True, None),
        (HUB_THERE, {"providers": AZURE, "destination": "20.50.0.1"}, True, False),
        (CHINA + "  - {id: b}\n", {"country": "US"}, True, True),
        ("  - {id: a, destinations: [2001:db8::/32]}\n", {}, True, False),
        ("  - {id: a, protocols: [any]}\n", {"protocol": "", "guessed": True}, True, True),
        ("  - {id: a, protocols: [tcp/8883]}\n", {"protocol": "", "guessed": True}, True, True),
    ],
)
def test_what_entries_permit(entries: str, changed: dict[str, Any], limited: bool, permitted: bool | None) -> None:
    assert asked(entries, **changed)[:2] == (limited, permitted)


@pytest.mark.parametrize(
    ("entries", "changed", "entry"),
    [
        (TO_CLOUD, {}, "a"),
        (TO_CLOUD + "  - {id: b}\n", {}, "a"),  # the first that permits it
        (TO_CLOUD + "  - {id: b}\n", {"protection": "clear"}, "b"),
        (TO_CLOUD + "  - {id: b}\n", {"protection": "unknown"}, ""),  # either
        (TO_CLOUD, {"protection": "clear"}, ""),
    ],
)
def test_what_it_counts_against(entries: str, changed: dict[str, Any], entry: str) -> None:
    assert asked(entries, **changed)[3] == entry


GRADED = "  - {id: a, destinations: [cloud], data_grade: important}\n"


@pytest.mark.parametrize(
    ("entries", "changed", "there", "graded"),
    [
        (TO_CLOUD, {}, "", True),  # nobody graded the DMZ
        (TO_CLOUD, {"zone": "cell"}, "", False),
        (GRADED, {"zone": "cell"}, "", True),
        (GRADED, {"zone": "cell", "destination_zone": ""}, "", False),
        (GRADED, {"zone": "cell"}, "general", True),  # the entry says so
        (TO_CLOUD, {"zone": "cell"}, "core", True),
        (TO_CLOUD, {"zone": "cell"}, "general", False),
        (CHINA.replace("[CN]", "[CN], data_grade: core"), {"zone": "cell"}, "", None),
    ],
)
def test_grades(entries: str, changed: dict[str, Any], there: str, graded: bool | None) -> None:
    tables = read(entries).tables()
    zones = [row | ({"data_grade": there} if row["zone"] == "cloud" else {}) for row in tables["zones"]]
    permission = ExportPermission(tables["export_entries"], zones, HomePorts())
    assert permission.judge(USUAL._replace(**changed)).graded is graded


def test_an_empty_list_lets_nothing_leave() -> None:
    policy = parse_policy(HEAD.replace("export:", "export: []"), "p.yaml", ())
    assert [(row["entry"], row["line"]) for row in policy.export_entries] == [("", 8)]
    permission = ExportPermission(policy.export_entries, policy.zones, HomePorts())
    assert permission.judge(USUAL) == (True, False, True, "", None)
    assert permission.judge(USUAL._replace(zone="cell")) == (True, False, False, "", None)
    assert permission.judge(USUAL._replace(zone="")).permitted is False
    assert not permission.judge(USUAL._replace(zone="office")).limited
    told = [str(difference) for difference in compare(read(TO_CLOUD).tables(), policy.tables())]
    assert told == ["+ export: nothing", "- export: a"]


def test_without_entries_nobody_says_where_graded_data_may_go() -> None:
    zones = read(CHINA).zones
    assert ExportPermission([], zones, {}).judge(USUAL._replace(zone="cell")) == (False, None, None, "", None)
    assert ExportPermission([], zones, {}).judge(USUAL) == (False, None, True, "", None)


def test_entries_speak_of_the_zones_of_their_own_file_and_a_file_without_zones_of_all() -> None:
    north, south = read(TO_CLOUD, "north.yaml"), read(CHINA, "south.yaml")
    zones = [*north.zones, *({**row, "zone": f"south-{row['zone']}"} for row in south.zones)]
    entries = [*north.export_entries, *south.export_entries]
    permission = ExportPermission(entries, zones, HomePorts())
    assert permission.judge(USUAL).entry == "a (north.yaml)"
    assert permission.judge(USUAL._replace(zone="south-dmz", country="CN")).entry == "a (south.yaml)"
    assert permission.judge(USUAL._replace(protection="clear")).permitted is False
    alone = [{**row, "source": "export.yaml"} for row in north.export_entries]
    assert ExportPermission(alone, zones, HomePorts()).judge(USUAL._replace(zone="south-dmz")).permitted


def test_what_a_change_means() -> None:
    old = read(TO_CLOUD).tables()
    new = parse_policy(
        HEAD.replace("important", "core") + TO_CLOUD.replace("encrypted: true", "per_day: 1 MB") + "  - {id: b}\n",
        "p.yaml",
        (),
    ).tables()
    assert [str(difference) for difference in compare(old, new)] == [
        "~ zone: cell: data grade was important, is core",
        "+ export: b",
        "~ export: a: encrypted was True, is False",
        "~ export: a: bytes_per_day was not given, is 1000000",
    ]
