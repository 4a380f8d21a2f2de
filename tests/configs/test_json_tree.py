"""Configurations in JSON: what is cut short is read as far as it goes, and nothing is kept of what is not read."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs import json_tree
from scanner.configs.json_tree import MAX_JSON_DEPTH, JsonMember, parse_json
from scanner.configs.reader import masker, read
from scanner.configs.settings import LEAVES_OPEN, UNKNOWN
from scanner.errors import InputError
from tests.configs.dialect_cases import FIXTURES, read_lines

_GOOD = (FIXTURES / "as4630" / "good.cfg").read_bytes()


def _parse(text: str) -> JsonMember:
    return parse_json(text.encode(), "a", masker("sonic").mask, lambda path: path[0] != "SECRET")[1]


def _plain(member: JsonMember) -> object:
    """The values, as ``json`` gives them of objects, lists of texts and texts."""
    if member.members or not (member.text or member.items):
        return {key: _plain(inner) for key, inner in member.members.items()}
    return member.items or member.text


_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda text: not re.search("(?i)key|pass|secret|community|token|psk|pin|auth|pwd|pmk", text)
)
_TREE = st.recursive(
    st.one_of(_TEXT, st.lists(_TEXT, min_size=1, max_size=3)),
    lambda inner: st.dictionaries(_TEXT, inner, min_size=1, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_TEXT, _TREE, min_size=1, max_size=4), st.sampled_from([None, 1, 4]))
@settings(max_examples=300, deadline=None)
def test_it_says_what_json_says(data: dict[str, object], indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    tree, top = parse_json(text.encode(), "a", lambda line, _: (line, ()), lambda _: True)
    assert _plain(top) == json.loads(text)
    assert tree.complete


@pytest.mark.parametrize("cut", range(0, len(_GOOD), 397))
def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(cut: int) -> None:
    try:
        configuration = read(_GOOD[:cut], "a", "sonic")
    except InputError:
        assert cut < 400
        return
    assert configuration.problems
    assert not [r for r in configuration.rows if not r["present"] and r["value"] not in (UNKNOWN, "unknown")]


def test_of_two_members_of_one_name_the_last_counts_and_the_first_is_not_understood() -> None:
    lines = '"SYSLOG_SERVER": {"10.0.0.9": {}},\n"SYSLOG_SERVER": {"10.0.0.8": {}}'
    configuration = read_lines("sonic", lines)
    told = [r["value"] for r in configuration.rows if r["setting"] == "remote_hosts"]
    assert told == ["10.0.0.8"]
    assert "logging" in dict(configuration.notes)[LEAVES_OPEN]


def test_nothing_is_kept_of_what_is_not_read() -> None:
    text = '{"SECRET": {"hunter2": {"x": "hunter3", "y": ["hunter4"]}}, "OPEN": {"a": "b"}}'
    tree, top = parse_json(text.encode(), "a", masker("sonic").mask, lambda path: path[0] != "SECRET")
    assert "hunter" not in repr(tree)
    assert top.members["SECRET"].given
    assert top.members["OPEN"].members["a"].text == "b"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"a"', '{"a": }', '{"a": 1} {"b": 2}x', '{"a" 1}', '{"a": "\n"}', "\ufeff{}"]
)
def test_what_is_no_json_object_is_refused_or_told(text: str) -> None:
    try:
        tree, _ = parse_json(text.encode(), "a", masker("sonic").mask, lambda _: True)
    except InputError:
        return
    assert not tree.complete
    assert tree.problems


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError):
        _parse('{"a": ' * (MAX_JSON_DEPTH + 1) + "1" + "}" * (MAX_JSON_DEPTH + 1))
    monkeypatch.setattr(json_tree, "MAX_MEMBERS", 50)
    with pytest.raises(InputError):
        _parse("{" + ",".join(f'"k{i}": 1' for i in range(51)) + "}")
    with pytest.raises(InputError):
        _parse('{"a": [' + ",".join("1" for _ in range(51)) + "]}")
    assert _parse('{"a": ' + "[" * 20 + "]" * 20 + "}").members["a"].items == []


def test_a_part_of_a_configuration_and_a_table_that_nobody_knows_leave_everything_open() -> None:
    part = read(b'{"ACL_TABLE": {}, "ACL_RULE": {}, "VLAN": {}, "SYSLOG_SERVER": {}}', "a")
    assert part.problems
    assert {r["value"] for r in part.rows if r["setting"] == "remote_hosts"} == {UNKNOWN}
    unknown = read_lines("sonic", '"WIZARDRY": {"a": {"b": "c"}}')
    assert [str(p.what) for p in unknown.problems] == ["not understood: lines 5"]
