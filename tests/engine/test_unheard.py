"""Rules about devices do not pass beside devices that were spoken with and never heard."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.engine.verdict.unheard import unheard
from tests.engine.engine_cases import case, changed, rule


def about(table: str = "devices", fail: str = "{vendor: x}", needs: str = "[capture]") -> Any:
    return rule(
        changed(
            ("needs: [capture, policy]", f"needs: {needs}"),
            ("  table: operations\n  where: {verb: write}", f"  table: {table}"),
            ("fail: {allowed: false}", f"fail: {fail}"),
            ("group_by: [client, server]", "group_by: [vendor]" if table != "identities" else "group_by: [ip]"),
            ("operations: [{verb: write, allowed: false}]", f"{table}: []"),
            ("operations: [{verb: write, allowed: true}]", f"{table}: []"),
            ("operations: [{verb: read}]", f"{table}: []"),
            ("{client} wrote to {server} {count} times", "{subjects} times"),
            ("{client} 向 {server} 写入 {count} 次", "{subjects} 次"),
        )
    )


DEVICES = about()
TALK = {"transport": "tcp", "client": "10.0.0.1", "server": "10.0.0.2", "client_bytes": 40, "server_bytes": 40}
TALK |= {"client_packets": 4, "server_packets": 4, "server_port": 502, "protocol": "modbus", "vlan": 0}
SILENT = TALK | {"server": "10.0.0.3", "server_packets": 0, "server_bytes": 0}
UDP = TALK | {"transport": "udp", "client": "10.0.0.4", "client_packets": 0, "client_bytes": 0}
ANSWER = {"transport": "udp", "client": "10.0.0.4", "server": "10.0.0.2", "server_port": 502, "seen_as": "response"}
ANSWER |= {"protocol": "modbus", "vlan": 0}


def named(*flows: dict[str, Any], given: Any = DEVICES, **facts: Any) -> str:
    doubts = list(unheard(given, case(flows=list(flows), **facts)))
    assert len(doubts) <= 1
    return " ".join(d.text for d in doubts).partition(", of which")[0].removeprefix("others spoke with ")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, "10.0.0.3"),
        ({"server_packets": 1}, ""),
        ({"client_bytes": 0, "server_missing": 1}, ""),  # nobody said anything to it
        ({"transport": "udp"}, ""),  # nobody needs to have the address
        ({"server": "224.0.0.9"}, ""),
        ({"server": "8.8.8.8"}, ""),
        ({"server": "02:00:00:00:00:09"}, "02:00:00:00:00:09"),
        ({"server": "10.0.0.1"}, ""),  # which sends elsewhere
        ({"copy": True}, ""),
    ],
)
def test_who_was_spoken_with_and_never_heard(change: dict[str, Any], wanted: str) -> None:
    assert named(TALK, SILENT | change) == wanted


@pytest.mark.parametrize(
    ("flow", "answers", "wanted"),
    [
        (UDP, [2], "10.0.0.4"),
        (UDP, [1], ""),  # it was asked for before the capture began
        (UDP, [], ""),
        (UDP | {"transport": "tcp"}, [], "10.0.0.4"),
        (UDP | {"transport": "tcp", "server_bytes": 0, "client_missing": 5}, [], ""),
        (UDP | {"client_packets": 1}, [2], ""),
    ],
)
def test_who_asked_and_was_not_heard(flow: dict[str, Any], answers: list[int], wanted: str) -> None:
    assert named(TALK, flow, operations=[ANSWER | {"count": n} for n in answers]) == wanted


def test_only_rules_about_devices_in_captures() -> None:
    assert named(TALK, SILENT, given=about("identities", "{value: x}")) == "10.0.0.3"
    assert named(TALK, SILENT, given=rule()) == ""
    listed = about("inventory", "{vendor: x}", "[inventory]")
    assert named(TALK, SILENT, given=listed) == ""


MANY = [TALK | {"client": f"10.0.7.{n}"} for n in range(8)]  # with the server and the silent one: 10 addresses


@pytest.mark.parametrize(
    ("fail", "zone", "devices", "wanted"),
    [
        ("{vendor: x}", "cell", [], "10.0.0.3"),
        ("{zone: ''}", "cell", [], ""),  # what the policy says of an address it says of whoever has it
        ("{zone: ''}", "", [], "10.0.0.3"),
        ("{zone: '', vendor: x}", "cell", [], "10.0.0.3"),
        ("{listed: false}", "cell", [], "10.0.0.3"),
        ("{listed: false}", "cell", [{"device": "d", "listed": True, "ips": ["10.0.0.3"]}], ""),
        ("{listed: false}", "cell", [{"device": "d", "listed": False, "ips": ["10.0.0.3"]}], "10.0.0.3"),
        ("{listed: false}", "cell", [{"device": "d", "listed": True, "ips": ["10.0.0.9"]}], "10.0.0.3"),
    ],
)
def test_what_is_known_of_an_address_without_its_packets(fail: str, zone: str, devices: Any, wanted: str) -> None:
    silent = SILENT | {"server_zone": zone}
    assert named(*MANY, silent, given=about(fail=fail), devices=devices) == wanted
    others = [silent | {"server": f"10.0.8.{n}"} for n in range(3)]
    assert named(*MANY, silent, *others, given=about(fail=fail), devices=devices) != "", (
        "where so many were not heard, those that others have not spoken with were not heard, either"
    )


@pytest.mark.parametrize(("heard", "wanted"), [(2, ""), (1, "10.0.0.3")])
def test_one_address_in_five_is_not_yet_a_mirror_of_one_direction(heard: int, wanted: str) -> None:
    """Beside the clients the server sent something, and who spoke with the silent one."""
    assert named(*MANY[:heard], SILENT | {"server_zone": "cell"}, given=about(fail="{zone: ''}")) == wanted


def test_the_busiest_are_named_and_the_others_counted() -> None:
    flows = [SILENT | {"server": f"10.0.8.{n}", "client_bytes": 100 + n} for n in range(5)]
    assert named(*flows) == "10.0.8.4, 10.0.8.3, 10.0.8.2 and 2 addresses more"
