"""What RGOS alone needs: text without its indentation, ports of ranges, keys of reversible passwords."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.configs.dialects.ruijie_rgos.grammar import GRAMMAR, units
from scanner.configs.dialects.ruijie_rgos.release import Release, release
from scanner.configs.dialects.ruijie_rgos.secrets import decode_type_7
from scanner.configs.reader import masker
from scanner.configs.tree import parse
from tests.configs.dialect_cases import FIXTURES, read


def told(data: bytes) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    rows = read("ruijie-rgos", data).rows
    return {(r["category"], r["item"], r["setting"]): (r["value"], r["present"], r["line_start"]) for r in rows}


@pytest.mark.parametrize("story", ["good", "bad"])
def test_lost_indentation_changes_nothing_but_what_seems_absent(story: str) -> None:
    data = (FIXTURES / "s5760" / f"{story}.cfg").read_bytes()
    flat = told(b"\n".join(line.strip() for line in data.split(b"\n")))
    whole = told(data)
    assert flat.keys() == whole.keys()
    changed = {key: flat[key][0] for key in flat if flat[key] != whole[key]}
    assert changed.pop(("system", "device", "complete")) == "no"
    assert set(changed.values()) == {"unknown-default"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("interface GigabitEthernet 0/1", ["gigabitethernet0/1"]),
        ("interface gi 0/1", ["gigabitethernet0/1"]),
        ("interface te 0/25", ["tengigabitethernet0/25"]),
        ("interface ag 1", ["aggregateport1"]),
        ("interface range gi 0/1-2,0/5", ["gigabitethernet0/1", "gigabitethernet0/2", "gigabitethernet0/5"]),
        (
            "interface range gi 0/1 - 2 , te 0/25",
            ["gigabitethernet0/1", "gigabitethernet0/2", "tengigabitethernet0/25"],
        ),
        ("interface range VLAN 10-11", ["vlan10", "vlan11"]),
        ("interface range gi 0/1-9999999", []),
        ("line vty 0 1", ["vty 0", "vty 1"]),
        ("vlan range 1-4", []),
    ],
)
def test_ports_of_a_header(text: str, keys: list[str]) -> None:
    assert [unit.key.partition(" ")[2] for unit in units(text)] == keys


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("version RGOS 10.4(3b19)p3 Release(180891)", Release(10, 4)),
        ("version S29_RGOS 11.4(1)B12P11", Release(11, 4)),
        ("version 11.0(4)B13P2", Release(11, 0)),
        ("version AC_RGOS 11.9(6)W2B1, Release(10162720)", Release(11, 9, other=True)),
        ("version N8000-R_RGOS 12.8(3)B0801", Release(12, 8)),
        ("version EG_RGOS 11.1(3)B1", Release(11, 1, other=True)),
        ("router rip\n version 2", Release()),
        ("hostname b", Release()),
    ],
)
def test_release(line: str, expected: Release) -> None:
    tree = parse(f"{line}\nhostname a\n".encode(), "a.cfg", GRAMMAR, masker("ruijie-rgos").mask)
    assert release(tree) == expected


@pytest.mark.parametrize(
    ("code", "clear"),
    [
        ("024456320b12", "guest"),
        ("035122110c37060f444074", "ruijie@123"),
        ("100132564a3d11031e527d46", None),  # the constant is not known so far
        ("02ff", None),  # nothing that anybody could type
        ("$10$3a0$MhtTR6EpwN9VjQ==$", None),
        ("02445", None),
        ("", None),
    ],
)
def test_reversible_passwords(code: str, clear: str | None) -> None:
    assert decode_type_7(code) == clear
