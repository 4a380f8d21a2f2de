"""Every line of the stories without its last words, and files that end where no saved configuration does."""

from __future__ import annotations

import pytest

from scanner.errors import InputError
from tests.configs.dialect_cases import FIXTURES, READ, cases, read

_TREES = ("opnsense", "pfsense", "sonic")  # XML and JSON, which have no lines
_LINES = [(name, story) for name in READ if name not in _TREES for story in cases(name)["stories"]]


@pytest.mark.parametrize(("dialect", "story"), _LINES)
@pytest.mark.parametrize("words", range(1, 7))
def test_commands_without_their_last_words_are_no_defect(dialect: str, story: str, words: int) -> None:
    lines = (FIXTURES / story / "good.cfg").read_text(encoding="utf-8").split("\n")
    for keep in range(3):  # a command that is cut, among those that are not
        cut = [_first(line, words) if number % 3 == keep else line for number, line in enumerate(lines)]
        try:
            read(dialect, "\n".join(cut).encode())
        except InputError:
            continue


def _first(line: str, words: int) -> str:
    return line[: len(line) - len(line.lstrip())] + " ".join(line.split()[:words])


_NEXUS = (FIXTURES / "nexus9300" / "good.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "end",
    ["line vty\n", "line vty", "  access-class VTY in\n", "boot nxos bootflash:/nxos", "router bg", "logging lev"],
)
def test_a_cut_nexus_is_no_whole_one(end: str) -> None:
    found = read("cisco-nxos", _NEXUS[: _NEXUS.rindex(end) + len(end)].encode())
    assert any("may be cut off" in str(problem.what) for problem in found.problems)
    values = {(row["category"], row["setting"]): row["value"] for row in found.rows}
    assert values["system", "complete"] == "no"


@pytest.mark.parametrize("end", ["", "DC-AGG1# ", "\nDC-AGG1#", "\r\n"])
def test_a_whole_nexus_is(end: str) -> None:
    assert read("cisco-nxos", (_NEXUS.rstrip("\n") + "\n" + end).encode()).problems == ()


_PROCURVE = (FIXTURES / "hp2930f" / "good.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "end",
    [
        "   tagged Trk1\n",
        'vlan 666\n   name "PARKING"\n',
        "activate prov",
        "no tftp client",
        "router ospf\n",
        "   area backbone\n",
    ],
)
def test_a_cut_procurve_is_no_whole_one(end: str) -> None:
    found = read("hp-procurve", _PROCURVE[: _PROCURVE.rindex(end) + len(end)].encode())
    assert any("it may be cut off" in str(problem.what) for problem in found.problems)
    values = {(row["category"], row["setting"]): row["value"] for row in found.rows}
    assert values["system", "complete"] == "no"


@pytest.mark.parametrize("gone", ['hostname "PAINT-SW-1"\n', 'vlan 1\n   name "DEFAULT_VLAN"\n'])
def test_what_every_procurve_has_is_missed(gone: str) -> None:
    assert read("hp-procurve", _PROCURVE.replace(gone, "").encode()).problems


@pytest.mark.parametrize("end", ["", "PAINT-SW-1# ", "PAINT-SW-1(config)# exit", "\nHP Switch#", "\r\n"])
def test_a_whole_procurve_is(end: str) -> None:
    assert read("hp-procurve", (_PROCURVE.rstrip("\n") + "\n" + end).encode()).problems == ()


def test_old_releases_leave_blocks_at_the_margin() -> None:
    text = _PROCURVE.replace("\n   exit\n", "\nexit\n")
    assert read("hp-procurve", text.encode()).rows == read("hp-procurve", _PROCURVE.encode()).rows
