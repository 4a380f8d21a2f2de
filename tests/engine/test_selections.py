from __future__ import annotations

import pytest

from scanner.engine.language.modifiers import Compare, InNetwork, InZone, IsKnown, Like, Refers, Regex, Wild, pattern
from scanner.engine.language.selections import And, Not, Or, Test, columns_of, possible_words
from tests.engine.engine_cases import selection, wrong


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", ("plain",)),
        ("UPPER", ("upper",)),
        ("", ("",)),
        ("a*b", ("a", Wild.MANY, "b")),
        ("*", (Wild.MANY,)),
        ("a?", ("a", Wild.ONE)),
        (r"a\*b", ("a*b",)),
        (r"a\?b", ("a?b",)),
        (r"a\\b", (r"a\b",)),
        (r"a\\*", ("a\\", Wild.MANY)),
        (r"a\\\*", (r"a\*",)),
        (r"c:\temp", (r"c:\temp",)),
        ("a\\", ("a\\",)),
    ],
)
def test_wildcards_and_escapes(text: str, pieces: tuple[object, ...]) -> None:
    assert pattern(text) == pieces


@pytest.mark.parametrize(
    ("text", "table", "tree"),
    [
        ("{client: 10.0.0.5}", "flows", Test("client", (Like(("10.0.0.5",)),))),
        ("{client: [a, b]}", "flows", Test("client", (Like(("a",)), Like(("b",))))),
        ("{client|startswith: '10.'}", "flows", Test("client", (Like(("10.", Wild.MANY)),))),
        ("{client|endswith: '.5'}", "flows", Test("client", (Like((Wild.MANY, ".5")),))),
        ("{object|contains|all: [a, b]}", "operations", Test(
            "object", (Like((Wild.MANY, "a", Wild.MANY)), Like((Wild.MANY, "b", Wild.MANY))), every=True)),
        ("{object|re: '^DB[0-9]+$'}", "operations", Test("object", (Regex("^DB[0-9]+$"),))),
        ("{client|in-zone: 'Cell-*'}", "flows", Test("client", (InZone(("cell-", Wild.MANY)),))),
        ("{server_port: 502}", "flows", Test("server_port", (Compare("eq", 502),))),
        ("{duration|gte: 60}", "captures", Test("duration", (Compare("gte", 60),))),
        ("{allowed: false}", "flows", Test("allowed", (Compare("eq", False),))),
        ("{allowed: null}", "flows", Test("allowed", (IsKnown(wanted=False),))),
        ("{client_zone|exists: true}", "flows", Test("client_zone", (IsKnown(wanted=True),))),
        ("{client_zone|fieldref: server_zone}", "flows", Test("client_zone", (Refers("eq", "server_zone"),))),
        ("{refused|gt|fieldref: accepted}", "operations", Test("refused", (Refers("gt", "accepted"),))),
        ("{client: a, server: b}", "flows", And((Test("client", (Like(("a",)),)), Test("server", (Like(("b",)),))))),
        ("[{client: a}, {server: b}]", "flows", Or((Test("client", (Like(("a",)),)), Test("server", (Like(("b",)),))))),
        ("{x: {client: a}, condition: not x}", "flows", Not(Test("client", (Like(("a",)),)))),
        ("{x: [{client: a}, {client: b}], condition: x}", "flows", Or(
            (Test("client", (Like(("a",)),)), Test("client", (Like(("b",)),))))),
    ],
)  # fmt: skip
def test_what_is_read(text: str, table: str, tree: object) -> None:
    assert selection(text, table) == tree


def test_networks_and_times_are_read() -> None:
    network = selection("{client|cidr: [10.0.0.0/8, 'fd00::/8']}", "flows")
    assert [str(m.network) for m in network.matches if isinstance(m, InNetwork)] == ["10.0.0.0/8", "fd00::/8"]
    time = selection("{first_time|lt: 2026-01-01}", "flows")
    assert [m.value.isoformat() for m in time.matches] == ["2026-01-01T00:00:00+00:00"]


@pytest.mark.parametrize(
    ("text", "table", "problems"),
    [
        ("{clint: a}", "flows", ["line 1, column 2: table flows has no column 'clint'; did you mean 'client'?"]),
        ("{client|contain: a}", "flows", ["line 1, column 2: unknown modifier 'contain'; did you mean 'contains'?"]),
        ("{verb: wirte}", "operations", ["line 1, column 8: 'wirte' is not a value of column 'verb'", "'write'?"]),
        ("{verb: [read, 'wr?te', 'x*']}", "operations", ["column 24: 'x*' is not a value of column 'verb'"]),
        ("{client_roles: [hmi, enginering_station]}", "flows", ["did you mean 'engineering_station'?"]),
        ("{protocol: modbuss}", "flows", ["did you mean 'modbus'?"]),
        ("{code: 16}", "operations", ["'code' is text and cannot equal the number 16; put the value in quotes: '16'"]),
        ("{code: [x, [y]]}", "operations", ["cannot equal a list"]),
        ("{code: true}", "operations", ["'code' is text and cannot equal true"]),
        ("{server_port: '502'}", "flows", ["is a whole number and cannot be compared with the text '502'"]),
        ("{server_port: true}", "flows", ["cannot be compared with true"]),
        ("{server_port: 1.5}", "flows", ["cannot be compared with the number 1.5"]),
        ("{allowed: 'no'}", "flows", ["'allowed' is true or false and cannot be compared with the text 'no'"]),
        ("{client|gt: 5}", "flows", ["modifier 'gt' does not fit column 'client', which is text"]),
        ("{server_port|contains: 5}", "flows", ["modifier 'contains' does not fit column 'server_port'"]),
        ("{client|cidr: 10.0.0.1/8}", "flows", ["'10.0.0.1/8' is not an IP network"]),
        ("{client|re: '(a'}", "flows", ["column 13: regular expression '(a' is wrong"]),
        ("{client|re: '(?=a)'}", "flows", ["regular expression '(?=a)' is wrong"]),
        ("{client|contains|startswith: a}", "flows", ["modifiers contains and startswith cannot be combined"]),
        ("{client|cidr|fieldref: server}", "flows", ["modifiers cidr and fieldref cannot be combined"]),
        ("{client|fieldref: servr}", "flows", ["'fieldref' names no column of table flows", "did you mean 'server'?"]),
        ("{client|fieldref: vlan}", "flows", ["column 'client' is text, column 'vlan' is a whole number"]),
        ("{client|fieldref: client_roles}", "flows", ["cannot compare with the list column 'client_roles'"]),
        ("{client|exists: yes}", "flows", ["'exists' compares with the text 'yes'"]),
        ("{client: []}", "flows", ["an empty list of values never matches"]),
        ("{client|contains: ''}", "flows", ["'contains' with empty text always holds"]),
        ("{client|re: ''}", "flows", ["'re' with empty text always holds"]),
        ("{client|contains: null}", "flows", ["'contains' compares with nothing"]),
        ("{client_roles: ''}", "flows", ["is a list and has no empty element; use null for an empty list"]),
        ("{first_time|before: today - 90}", "flows", ["'today - 90' is not a time; expected today or captured"]),
        ("{first_time|older-than: soon}", "flows", ["the text 'soon' is not a duration; expected a number and s, m"]),
        ("{client|before: today}", "flows", ["modifier 'before' does not fit column 'client', which is text"]),
        ("{count|older-than: 5d}", "operations", ["modifier 'older-than' does not fit column 'count'"]),
        ("{first_time|older-then: 5d}", "flows", ["unknown modifier 'older-then'; did you mean 'older-than'?"]),
        ("{first_time|gt: yesterday}", "flows", ["'yesterday' is not a time; expected today or captured"]),
        ("{client: {a: b}}", "flows", ["named selections without a condition"]),
        ("{a: {client: x}}", "flows", ["named selections without a condition"]),
        ("{a: {client: x}, condition: b}", "flows", ["column 29: the condition names an unknown selection 'b'"]),
        ("{a: {client: x}, b: {client: y}, condition: a}", "flows", ["the condition never uses 'b'"]),
        ("{a: {client: x}, condition: [a]}", "flows", ["the condition is not text"]),
        ("{a: [x, y], condition: a}", "flows", ["not a selection"]),
        ("[]", "flows", ["not a selection"]),
        ("just text", "flows", ["not a selection"]),
        ("null", "flows", ["not a selection"]),
        ("{clint: a, verb: b}", "flows", ["'clint'", "'verb'"]),
        ("{a: {clint: x}, b: {severr: y}, condition: a or c}", "flows", ["'clint'", "'severr'", "'c'"]),
        ("{allowed|fieldref: ''}", "operations", ["'fieldref' names no column of table operations: the text ''"]),
    ],
)  # fmt: skip
def test_every_mistake_is_told(text: str, table: str, problems: list[str]) -> None:
    told = "\n".join(wrong(text, table))
    for problem in problems:
        assert problem in told


def test_columns_of_a_selection() -> None:
    tree = selection("{a: {client|fieldref: server}, b: [{vlan: 1}, {tunnel: gre}], condition: a and not b}", "flows")
    assert set(columns_of(tree)) == {"client", "server", "vlan", "tunnel"}


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("{protocol: modbus}", {"modbus"}),
        ("{protocol: [modbus, tls]}", {"modbus", "tls"}),
        ("{protocol|startswith: profinet}", {"profinet-dcp", "profinet-rt"}),
        ("{protocol: modbus, verb: read}", {"modbus"}),
        ("[{protocol: modbus}, {verb: read}]", {"modbus", "tls", "profinet-dcp", "profinet-rt"}),
        ("{a: {protocol: modbus}, condition: not a}", {"modbus", "tls", "profinet-dcp", "profinet-rt"}),
        ("{protocol|re: mod}", {"modbus", "tls", "profinet-dcp", "profinet-rt"}),
    ],
)
def test_protocols_that_a_scope_admits(text: str, possible: set[str]) -> None:
    words = frozenset({"modbus", "tls", "profinet-dcp", "profinet-rt"})
    assert possible_words(selection(text, "operations"), "protocol", words) == possible
