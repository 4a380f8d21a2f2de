"""Configurations in XML: lines, blocks and text as they stand, and nothing that hostile files could do."""

from __future__ import annotations

import time

import pytest

from scanner.configs import xml_tree
from scanner.configs.secrets import MASK, UNTOLD, Masked
from scanner.configs.xml_tree import XmlElement, parse_xml
from scanner.errors import InputError

TEXT = '<?xml version="1.0"?>\n<a>\n  <b x="1">one\n  two</b>\n  <c/>\n  <d><![CDATA[<e>&]]></d>\n</a>\n'


def mask(line: str, _: str) -> Masked:
    return (f"<b>{MASK}</b>", (UNTOLD,)) if "hidden" in line else (line, ())


def parse(text: str | bytes) -> tuple[list[str], XmlElement]:
    tree, outermost = parse_xml(
        text if isinstance(text, bytes) else text.encode(), "x", mask, lambda path: path != ("a", "n")
    )
    return [str(p) for p in tree.problems], outermost


def test_every_element_has_its_lines_and_its_text() -> None:
    _, outermost = parse(TEXT)
    found = [(e.tag, e.text, e.node.line, e.node.end, e.node.text) for e in outermost.walk()]
    assert found == [
        ("a", "", 2, 7, "<a>"),
        ("b", "one two", 3, 4, "<b …>one two</b>"),
        ("c", "", 5, 5, "<c/>"),
        ("d", "<e>&", 6, 6, "<d><e>&</d>"),
    ]
    assert outermost.children[0].attributes == {"x": "1"}


def test_what_is_masked_or_not_kept_is_nowhere() -> None:
    _, outermost = parse("<a><b>hidden-one</b><n>not-kept</n></a>")
    assert [(e.given, e.text, e.node.text) for e in outermost.children] == [
        (True, "", f"<b>{MASK}</b>"),
        (True, "", "<n>…</n>"),
    ]


@pytest.mark.parametrize("rest", ["<c>2", "</c></a>", "&x;</a>", "<\x01/></a>"])
def test_what_stands_before_the_damage_is_read(rest: str) -> None:
    problems, outermost = parse("<a><b>1</b>" + rest)
    assert len(problems) == 1
    assert outermost.children[0].text == "1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no XML",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>" * (xml_tree.MAX_DEPTH + 2),
        b"\x00<a/>",
    ],
)
def test_what_is_refused(text: str | bytes) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_elements_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_tree, "MAX_ELEMENTS", 10)
    with pytest.raises(InputError):
        parse("<a>" + "<b/>" * 10 + "</a>")


def test_time_grows_with_the_file_alone() -> None:
    began = time.perf_counter()
    parse("<a>\n" + "<b>1</b>\n" * 100_000 + "<c>" + "x" * 5_000_000 + "</c></a>")
    assert time.perf_counter() - began < 20
