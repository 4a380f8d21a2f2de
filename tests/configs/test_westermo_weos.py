"""What a line of WeOS that nobody knows leaves open, and where one configuration ends."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.configs.settings import LEAVES_OPEN
from tests.configs.dialect_cases import FIXTURES, read_lines

GOOD = (FIXTURES / "lynx210" / "good.cfg").read_text("utf-8")


@pytest.mark.parametrize(
    ("block", "category"),
    [
        ("aaa", "account"),
        ("system", "time"),
        ("iface vlan99 inet static", "line"),
        ("snmp-server", "snmp"),
        ("ntp", "time"),
        ("logging", "logging"),
        ("web", "management"),
        ("tunnel", "vpn"),
        ("router ospf", "routing"),
    ],
)
def test_a_line_leaves_open_what_its_block_is_about(block: str, category: str) -> None:
    notes = dict(read_lines("westermo-weos", f"{block}\n        wizardry\n        end").notes)
    assert category in notes[LEAVES_OPEN].split(", ")


def test_a_block_that_nobody_knows_leaves_everything_open() -> None:
    problems = read_lines("westermo-weos", "wizardry\n        telnet\n        end").problems
    assert [str(p.what) for p in problems] == ["not understood: lines 15, 16"]


def test_packet_filters_are_not_read() -> None:
    notes = dict(
        read_lines(
            "westermo-weos", "ip\n        firewall\n                enable\n                end\n        end"
        ).notes
    )
    assert "acl" in notes[LEAVES_OPEN]


def test_whole_files_leave_nothing_open() -> None:
    for name in ("good.cfg", "bad.cfg"):
        notes = dict(reader.read((FIXTURES / "lynx210" / name).read_bytes(), name).notes)
        assert LEAVES_OPEN not in notes
        assert str(notes["understood"]).startswith("100 %")


@pytest.mark.parametrize("until", ["\nweb\n", "\nlogging\n", "        ssl-port"])
def test_a_file_that_lacks_its_end_is_incomplete(until: str) -> None:
    cut = reader.read(GOOD[: GOOD.index(until)].encode() + b"\n", "x.cfg")
    assert cut.problems
    assert ("complete", "no") in {(r["setting"], r["value"]) for r in cut.rows}


def test_weos_5_is_not_read_as_weos_4() -> None:
    assert not reader.recognises(GOOD.replace("v4.32.3", "v5.20.1").encode())
