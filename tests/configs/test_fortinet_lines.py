"""A line of FortiOS that is not understood leaves open what its table is about: no rule on that passes for its sake."""

from __future__ import annotations

import pytest

from scanner.configs.dialects.fortinet_fortios import reading as fortinet_fortios
from scanner.configs.dialects.fortinet_fortios.blocks import parse
from scanner.configs.dialects.fortinet_fortios.tables import Device
from scanner.configs.reader import masker
from scanner.configs.settings import Sheet
from scanner.configs.understood import misspelt
from tests.configs.dialect_cases import FIXTURES, read

NAME = "fortinet-fortios"
GOOD, BAD = ((FIXTURES / "fgt60f" / f"{story}.cfg").read_text(encoding="utf-8") for story in ("good", "bad"))
LINES = BAD.split("\n")


def evidence() -> list[int]:
    """Numbers of the lines from which a setting was taken, and of those that open the blocks around them."""
    taken = {r["line_start"] for r in read(NAME, BAD.encode()).rows}
    opened = {i for i, line in enumerate(LINES, 1) if line.split()[:1] == ["config"]}
    return sorted(i for i in taken | opened if LINES[i - 1].split()[:1] in (["set"], ["config"]))


@pytest.mark.parametrize("number", evidence(), ids=lambda n: f"{n}-{LINES[n - 1].split()[1]}")
def test_every_line_that_a_verdict_rests_on_leaves_things_open_when_it_is_garbled(number: int) -> None:
    verb, word, *_ = LINES[number - 1].split()
    garbled = [word + "q"] if len(word) < 4 else [word + "q", word[:2] + "q" + word[2:], word[:1] + word[2:]]
    whole = [f"{LINES[number - 1]}q"] if verb == "config" else []
    for other in (*(LINES[number - 1].replace(word, w, 1) for w in garbled), *whole):
        lines = [*LINES[: number - 1], other, *LINES[number:]]
        found = read(NAME, "\n".join(lines).encode())
        told = [p.place for p in found.problems if p.what.startswith("not understood: ")]
        changed = {_plain(r) for r in found.rows} ^ {_plain(r) for r in read(NAME, BAD.encode()).rows}
        left_open = set(dict(found.notes).get("leaves open", "").split(", ")) | {"binding"}  # which no rule judges
        assert told or {category for category, *_ in changed} <= left_open, other


def _plain(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[column] for column in ("category", "item", "setting", "value"))


@pytest.mark.parametrize(
    ("table", "categories"),
    [
        ("config system ntp", "time"),
        ("config firewall policy", "acl"),
        ("config log syslogd setting", "logging"),
        ("config system password-policy", "password-policy"),
    ],
)
def test_a_key_that_nobody_knows_leaves_open_what_its_table_is_about(table: str, categories: str) -> None:
    found = read(NAME, GOOD.replace(table, f"{table}\n    set frobnicate 3", 1).encode())
    assert found.problems == ()
    assert dict(found.notes)["leaves open"] == categories
    found = read(NAME, GOOD.replace(table, f"{table}\n    unset frobnicate", 1).encode())
    assert "leaves open" not in dict(found.notes)


def test_every_topic_tells_settings_of_the_categories_that_it_names() -> None:
    for story in (GOOD, BAD):
        device = Device(parse(story.encode(), "x", masker(NAME).mask))
        for topic, categories in fortinet_fortios._TOPICS:
            sheet = Sheet(device.tree, NAME)
            topic(device, sheet)
            assert {r["category"] for r in sheet.rows} <= set(categories), topic.__name__


@pytest.mark.parametrize("line", ["config log \x01\x02", "config log " + "é#%" * 200, "frobnicate", "config global x"])
def test_garbage_leaves_everything_open(line: str) -> None:
    found = read(NAME, BAD.replace("config log eventfilter", line).encode())
    assert any(p.what.startswith("not understood: ") for p in found.problems)


def test_what_is_known_and_what_is_taken_back_leave_nothing_open() -> None:
    assert read(NAME, GOOD.encode()).problems == ()
    more = "    set gui-theme jade\n    unset frobnicate\n    set hostname"
    assert read(NAME, GOOD.replace("    set hostname", more, 1).encode()).problems == ()


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        ("server", False),
        ("servers", False),
        ("server2", False),
        ("serverq", True),
        ("srver", True),
        ("sevrer", True),
        ("sarver", True),
        ("serving", False),
        ("ipq", True),
        ("id", False),
    ],
)
def test_what_is_misspelt(word: str, wrong: bool) -> None:
    assert misspelt(word, ["server", "ip"]) is wrong
