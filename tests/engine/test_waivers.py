from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from scanner.engine.definitions.waivers import Waiver, read_waivers, split
from scanner.errors import DefinitionError
from scanner.facts.frames import Facts
from scanner.provenance import Provenance
from tests.engine.engine_cases import TODAY, rule, tables

RULES = [rule()]
ROW = {
    "client": "10.0.0.5",
    "server": "10.0.1.5",
    "server_port": 502,
    "function": "Write Single Coil",
    "client_mac": "00:1b:1b:00:00:05",
    "client_roles": ["hmi", "SCADA_server"],
    "first_time": datetime(2026, 1, 31, 8, tzinfo=UTC),
    "allowed": False,
}


def row(**columns: Any) -> dict[str, Any]:
    usual = {"source": "policy.yaml", "line": 9, "rule": "writes-are-allowed", "match": "{}", "reason": "Agreed"}
    return usual | {"approved_by": "Head"} | columns


def read(*rows: dict[str, Any]) -> list[Waiver]:
    return read_waivers(tables(waivers=list(rows))["waivers"], RULES)


@pytest.mark.parametrize(
    ("match", "covered"),
    [
        ({}, True),
        ({"client": "10.0.0.5"}, True),
        ({"client": "10.0.0.6"}, False),
        ({"client": "10.0.0.5", "server": "10.0.1.5"}, True),
        ({"client": "10.0.0.5", "server": "10.0.1.6"}, False),
        ({"server_port": 502}, True),
        ({"server_port": "502"}, True),
        ({"server_port": 503}, False),
        ({"client_roles": "scada_server"}, True),
        ({"client_roles": "switch"}, False),
        ({"allowed": False}, True),
        ({"allowed": True}, False),
        ({"client": "10.0.0.0/24"}, True),
        ({"client": "10.0.1.0/24"}, False),
        ({"client": "fd00::/8"}, False),
        ({"client": "10.0.0.*"}, True),
        ({"client": "10.0.1.*"}, False),
        ({"client": "10.0.?.5"}, True),
        ({"client": ["10.0.9.9", "10.0.0.0/30"]}, False),
        ({"client": ["10.0.9.9", "10.0.0.0/29"]}, True),
        ({"server_port": [501, 502]}, True),
        ({"function": "write single *"}, True),
        ({"function": "write multiple *"}, False),
        ({"function": "write single \\*"}, False),
        ({"client_roles": "scada_*"}, True),
        ({"server_port": "0502"}, True),
        ({"client_mac": "00-1B-1B-00-00-05"}, True),
        ({"client_mac": "001b.1b00.0005"}, True),
        ({"client_mac": "00-1B-1B-00-00-06"}, False),
        ({"first_time": "2026-01-31 08:00:00"}, True),
        ({"first_time": "2026-01-31 08:00:00 UTC"}, True),  # as findings show it
        ({"first_time": "2026-01-31T16:00:00+08:00"}, True),
        ({"first_time": "2026-01-31 08:00:01"}, False),
    ],
)
def test_what_a_waiver_covers(match: dict[str, Any], covered: bool) -> None:
    (waiver,) = read(row(match=json.dumps(match)))
    failing, waived, expired = split([ROW], [waiver], TODAY)
    assert (failing, list(waived.values()), expired) == (([], [[ROW]], []) if covered else ([ROW], [], []))


def test_an_ipv6_address_is_meant_without_its_zone_index() -> None:
    (waiver,) = read(row(match='{"client": "FE80:0::5%eth0"}'))
    assert waiver.covers(ROW | {"client": "fe80::5"})
    assert not waiver.covers(ROW | {"client": "fe80::6"})


@pytest.mark.parametrize(
    ("until", "holds"), [("", True), ("2026-05-01", True), ("2026-04-30", False), ("2027-01-01", True)]
)
def test_the_last_day_counts(until: str, holds: bool) -> None:
    (waiver,) = read(row(until=until))
    failing, _, expired = split([ROW], [waiver], date(2026, 5, 1))
    assert (not failing) is holds
    assert expired == ([] if holds else [waiver])


def test_a_valid_waiver_wins_over_an_expired_one() -> None:
    waivers = read(row(until="2026-01-01"), row(line=20))
    failing, waived, expired = split([ROW], waivers, TODAY)
    assert (failing, list(waived), expired) == ([], [waivers[1]], [])


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        (
            {"rule": "writes-allowed"},
            "policy.yaml: line 9: waiver for unknown rule 'writes-allowed'; did you mean 'writes-are-allowed'?",
        ),
        ({"match": '{"cilent": "a"}'}, "its subjects have no column 'cilent'; did you mean 'client'?"),
        ({"match": '{"client": "10.0.0.5/24"}'}, "client can never be '10.0.0.5/24'; did you mean '10.0.0.0/24'?"),
        ({"match": '{"client": "10.0.0/24"}'}, "client can never be '10.0.0/24'; expected for example 10.0.0.0/8"),
        (
            {"match": '{"client": "HMI-1"}'},
            "client can never be 'HMI-1'; expected an address, a network such as",
        ),
        ({"match": '{"client": "HMI-*"}'}, "client can never be 'HMI-*'; expected an address"),
        ({"match": '{"verb": "wrote*"}'}, "verb can never be 'wrote*'"),
        ({"match": '{"server_port": [502, "x"]}'}, "server_port can never be 'x'; expected a number"),
        ({"match": '{"first_time": "today"}'}, "first_time can never be 'today'; expected a time such as"),
        ({"match": '{"first_time": "0001-01-01T00:00:00+23:59"}'}, "expected a time such as"),
        ({"match": '{"server_port": []}'}, "an empty list covers nothing"),
        ({"match": '{"verb": true}'}, "verb can never be 'true'; expected text"),
        ({"review_on": "soon"}, "'soon' is not a date; expected for example 2026-12-31"),
        ({"match": '{"server_port": "modbus"}'}, "server_port can never be 'modbus'; expected a number"),
        ({"match": '{"verb": "writes"}'}, "verb can never be 'writes'; did you mean 'write'?"),
        ({"match": '{"industrial": "perhaps"}'}, "expected true or false"),
        ({"until": "31.12.2026"}, "'31.12.2026' is not a date; expected for example 2026-12-31"),
    ],
)
def test_mistakes(columns: dict[str, Any], wanted: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read(row(**columns))
    assert wanted in str(error.value)


def test_every_wrong_waiver_is_told() -> None:
    with pytest.raises(DefinitionError) as error:
        read(row(rule="a"), row(rule="b", line=10), row(until="x", line=11))
    assert len(error.value.problems) == 3


@pytest.mark.parametrize(
    ("match", "wide"),
    [
        ({}, True),
        ({"client": "*"}, True),
        ({"client": "0.0.0.0/0"}, True),
        ({"client": "10.0.0.0/7"}, True),
        ({"client": "10.0.0.0/8"}, False),
        ({"client": "::/0"}, True),
        ({"client": "2001:db8::/32"}, False),
        ({"client": "*", "server": "10.0.1.5"}, False),
        ({"client": ["10.0.0.5", "*.*"]}, True),  # every IPv4 address
        ({"client": "?*.*"}, True),
        ({"client": "*:*"}, True),  # every IPv6 address
        ({"client": "*.5"}, False),
        ({"function": "**"}, True),
        ({"function": "*.*"}, False),
    ],
)
def test_a_wide_waiver_is_known(match: dict[str, Any], wide: bool) -> None:
    (waiver,) = read(row(match=json.dumps(match)))
    assert waiver.wide is wide


def test_measure_and_review_are_told() -> None:
    (waiver,) = read(row(review_on="2026-05-01", compensating_measure="a firewall in front", until="2027-01-01"))
    assert waiver.text == (
        "Agreed (approved by Head, until 2027-01-01, compensating measure: a firewall in front, "
        "to be reviewed on 2026-05-01)"
    )
    assert (waiver.due(date(2026, 4, 30)), waiver.due(date(2026, 5, 1))) == (False, True)


def test_waivers_alone_are_no_policy() -> None:
    """Who accepts a deviation does not say who may do what: nothing fails for want of a role or a zone."""
    given = {"inputs": (Provenance("waivers.yaml", "policy", 1, "0" * 64),)}
    alone = Facts(tables(waivers=[row()]), **given)
    assert not alone.has("policy")
    assert Facts(tables(waivers=[row()], roles=[{"role": "hmi", "member": "10.0.0.5"}]), **given).has("policy")
