"""Every format: what a file of it gives, that no other format claims it, and that nothing of it is lost in silence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.assets.inventory import HEAD
from scanner.assets.readers import INVENTORIES, read, recognises, resembling
from scanner.errors import InputError
from scanner.facts.frames import frame
from scanner.facts.schema import INVENTORY

CASES = yaml.safe_load((Path(__file__).parent / "formats.yaml").read_text(encoding="utf-8"))
NAMES = [f"{number}-{case['format']}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_a_file_gives(case: dict[str, Any]) -> None:
    data = case["text"].encode()
    choice = resembling(data[:HEAD], data)
    assert choice.best is INVENTORIES.get(case["format"]), [(form.name, found) for form, found in choice.ranked]
    found = read(data, "a")
    assert [
        {key: row.get(key) for key in wanted} for row, wanted in zip(found.rows, case["rows"], strict=True)
    ] == case["rows"]
    assert [str(problem) for problem in found.problems] == [f"a: {text}" for text in case.get("problems", ())]
    assert set(case.get("kept", ())) <= set(found.kept)
    assert set(case.get("dropped", ())) <= set(found.dropped)
    assert [text for text in case.get("never", ()) if text in str(found)] == []
    assert frame(INVENTORY, found.rows).height == len(found.rows)
    named = {*found.used, *found.kept, *found.dropped}
    assert {key for row in found.rows if row["extra"] for key in json.loads(row["extra"])} <= named


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_file_cut_anywhere_is_an_inventory_or_one_clear_line(case: dict[str, Any]) -> None:
    data = case["text"].encode()
    form = INVENTORIES.all()[case["format"]]
    for end in range(0, len(data), max(1, len(data) // 40)):
        recognises(data[:end])
        with contextlib.suppress(InputError):
            form.read(data[:end], "a", None)


@settings(max_examples=60)
@given(st.sampled_from(CASES), st.data())
def test_a_damaged_file_is_an_inventory_or_one_clear_line(case: dict[str, Any], draw: st.DataObject) -> None:
    data = bytearray(case["text"].encode())
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=8)):
        data[at] = draw.draw(st.sampled_from(b'<>"{}[]:,\x00\xff aA0\n'))
    recognises(bytes(data))
    with contextlib.suppress(InputError):
        INVENTORIES.all()[case["format"]].read(bytes(data), "a", None)


BOMB = '<!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><nmaprun><host>&b;</host></nmaprun>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "a: XML that declares entities, which no export does; export it again"),
        ('<!DOCTYPE r SYSTEM "file:///etc/passwd"><nmaprun><host/></nmaprun>', "a: no host that answered"),
        ("<nmaprun>" + "<a>" * 500 + "</a>" * 500 + "</nmaprun>", "a: XML elements nested more than 200 deep"),
        ("<nmaprun><host>", "a: not valid XML: no element found"),
        ('<nmaprun><host><status state="down"/></host></nmaprun>', "a: no host that answered"),
        ("<CAEXFile><InstanceHierarchy/></CAEXFile>", "a: an AutomationML file without devices"),
        ('<RSLogix5000Content><Controller Use="Context"/></RSLogix5000Content>', "a: a part of a Logix project"),
        (
            '{"bomFormat": "CycloneDX", "components": [{"type": "library", "name": "x"}]}',
            "a: a bill of materials of programs, which lists no device",
        ),
        ('{"_meta": {"hostvars": {}}}', "a: no hosts in it"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text.encode(), "a")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>10.0.0.1</body></html>",
        "<project><modules><module>core</module></modules></project>",
        "[section]\nkey = value\n",
        "[metadata]\nname = otaudit\n",
        "alpha\nbeta\ngamma\n",
        "Hosts are listed elsewhere.\nSee 10.0.0.1 for details of it.\n",
        "all: false\nhosts: none\n",
        "a.example.org\nnot a host\n",
    ],
)
def test_nothing_else_is_claimed(text: str) -> None:
    data = text.encode()
    assert [form.name for form, found in resembling(data, data).ranked if found.score >= 0.5] == []


@pytest.mark.parametrize("pattern", ["h-[0:99999][0:99999]", "h-[0:9998][0:9998]", "h-[0:9998][0:9998][2:1]"])
def test_an_ansible_range_that_means_too_many_hosts_costs_one_line(pattern: str) -> None:
    text = f"[a]\n{pattern} ansible_host=x\nplc-1 ansible_host=10.0.0.1\n"
    found = read(text.encode(), "a")
    assert [row["name"] for row in found.rows] == ["plc-1"]
    assert [problem.place for problem in found.problems] == ["line 2"]


def test_many_ansible_ranges_cost_no_more_than_one() -> None:
    lines = ["h-[0:8999]"] * 5_000 + ["h-[0:9999][0:9999]"] * 1_000 + ["plc-1"]
    found = read("\n".join(["[a:vars]", "ansible_user=x", "[a]", *lines]).encode(), "a")
    assert len(found.rows) == 9_001
    assert found.rows[-1]["name"] == "plc-1"
    assert found.problems
