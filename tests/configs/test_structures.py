"""Structures by their names: what is asked of kinds and lines, and what there may be too many of."""

from __future__ import annotations

import time

import pytest

from scanner.configs import structures
from tests.configs.dialect_cases import read


def told(lines: str, dialect: str = "cisco-ios") -> dict[tuple[str, str], str]:
    rows = read(dialect, f"hostname a\n{lines}end\n".encode()).rows
    return {(r["item"], r["setting"]): r["value"] for r in rows if r["category"] == "structure"}


def test_uses_name_their_places() -> None:
    found = told("class-map C\npolicy-map P\n class C\ninterface Vlan1\n service-policy input P\n")
    assert found["class-map C", "used"] == "policy-map P / class C"
    assert found["policy-map P", "used"] == "interface Vlan1 / service-policy input P"
    assert found["class-map C", "defined"] == found["policy-map P", "defined"] == "yes"


def test_several_names_in_one_line() -> None:
    lines = "route-map R permit 10\n match ip address prefix-list A B\nip prefix-list A seq 5 permit 10.0.0.0/8\n"
    assert told(lines)["prefix-list A", "defined"] == "yes"
    assert told(lines)["prefix-list B", "defined"] == "no"


def test_what_is_taken_back_uses_and_defines_nothing() -> None:
    assert told("no route-map R\n") == {}
    assert told("router bgp 1\n no neighbor 10.0.0.1 route-map R in\n") == {}


def test_a_line_elsewhere_is_no_use() -> None:
    assert ("class-map C", "defined") not in told("zone security Z\n class C\n")


def test_lines_of_structures_stay_not_understood() -> None:
    lines = "interface Vlan1\n ip authentication key-chain eigrp 1 K\n"
    with_use = dict(read("cisco-ios", f"hostname a\n{lines}end\n".encode()).notes)
    assert told(lines)["key chain K", "defined"] == "no"
    assert with_use["understood"]


def test_blocks_that_were_lost() -> None:
    lines = "route-map R permit 10\nmatch ip address prefix-list A\nip prefix-list A seq 5 permit 10.0.0.0/8\n"
    assert told(lines)["prefix-list A", "defined"] == "yes"


def test_too_many_uses_leave_nothing_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structures, "MAX_USES", 3)
    uses = "".join(f" neighbor 10.0.0.{n} route-map R{n} in\n" for n in range(9))
    found = told(f"route-map R8 permit 10\nroute-map X permit 10\nrouter bgp 1\n{uses}")
    assert found["route-map X", "used"] == found["route-map R8", "used"] == "mentioned"


def test_many_structures_take_no_long() -> None:
    lines = "".join(f"ip prefix-list P{n} seq 5 permit 10.0.0.0/8\nclass-map C{n}\n match any\n" for n in range(5_000))
    begun = time.process_time()
    assert len(told(lines)) == 10_000
    assert time.process_time() - begun < 20
