"""Sigma rules as rules of otaudit: what is written judges what Sigma means, and what cannot be said is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.definitions.loader import read_rule
from scanner.engine.examples import run_example
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.expressions import condition
from scanner.engine.language.selections import Selection, read_selection
from scanner.engine.sigma.mapping import known, log_source
from scanner.engine.sigma.reading import CannotMapError, SigmaDocument, documents
from scanner.engine.sigma.selecting import selection
from scanner.engine.sigma.writing import Written, written
from scanner.errors import DefinitionError, Problem
from scanner.facts.schema import TABLES
from scanner.yaml_positions import load
from tests.engine.engine_cases import tables
from tests.engine.sigma_cases import EXPECTED, NUMBERS, Event, made, reference, rule


def results(text: str) -> list[Written | Problem]:
    read = list(documents(text.encode(), "rules.yml"))
    told = [p for one in read if isinstance(one, DefinitionError) for p in one.problems]
    return [*told, *written(one for one in read if isinstance(one, SigmaDocument))]


def one(text: str) -> dict[str, Any]:
    (found,) = results(text)
    assert isinstance(found, Written), str(found)
    held: dict[str, Any] = yaml.safe_load(found.text)
    return held


def told(text: str) -> str:
    (found,) = results(text)
    assert isinstance(found, Problem), found
    return str(found)


# --- the same events as pySigma ---


def selected(text: str) -> Selection | None:
    """The selection of the rule; None when it cannot be said."""
    (sigma,) = (d for d in documents(text.encode(), "") if isinstance(d, SigmaDocument))
    source = log_source(sigma.data["logsource"])
    assert source
    try:
        found = selection(sigma, source)
    except CannotMapError:
        return None
    notes = Collector(load(yaml.safe_dump(found), ""))
    return read_selection(notes.value(()), (), TABLES["operations"], notes)


def agree(text: str, events: list[Event], wanted: list[bool]) -> None:
    """Each event matches here as it does there, unless here it is not known or the rule is not written."""
    ours = selected(text)
    if ours is None:
        return
    known_tables = tables(operations=events)
    held = known_tables["operations"].select(_=condition(ours, "operations", known_tables))["_"].to_list()
    assert [h for h in held if h is not None] == [w for w, h in zip(wanted, held, strict=True) if h is not None]


RECORDED = json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_enough_was_recorded() -> None:
    assert len(RECORDED) > 150
    assert {match for case in RECORDED for match in case["matches"]} == {True, False}
    assert sum(selected(rule(case["detection"])) is not None for case in RECORDED) > 150


@pytest.mark.parametrize("number", range(len(RECORDED)))
def test_events_match_as_pysigma_says(number: int) -> None:
    case = RECORDED[number]
    agree(rule(case["detection"]), case["events"], case["matches"])


@given(st.integers(0, 10**9))
def test_events_match_as_pysigma_says_now(number: int) -> None:
    """Where it is installed; what it refuses is no rule."""
    pytest.importorskip("sigma")
    held, events = made(number)
    try:
        wanted = reference(rule(held), events)
    except Exception:  # noqa: BLE001
        return
    agree(rule(held), events, wanted)


# --- what is written ---

RDP = """\
title: RDP from elsewhere
id: 1fc0809e-06bf-4de3-ad52-25e5263b7623
author: Somebody
license: DRL 1.1
description: "Sessions {from} outside."
references: [https://example.org/a]
tags: [attack.t0822, attack.t9999]
level: high
falsepositives: [Maintenance]
logsource: {product: zeek, service: rdp, definition: whatever}
detection:
    inside: {id.orig_h|cidr: [10.0.0.0/8, 'fd00::/8']}
    unused: {id.resp_p: 3389}
    condition: not inside
"""


def test_a_rule() -> None:
    (found,) = results(RDP)
    assert isinstance(found, Written)
    assert found.name == "sigma/sigma-rdp-from-elsewhere.yaml"
    assert found.text.startswith(
        "# Made from the Sigma rule 1fc0809e-06bf-4de3-ad52-25e5263b7623, by Somebody, under DRL 1.1.\n"
    )
    held = yaml.safe_load(found.text)
    assert held["subjects"] == {"table": "flows", "where": {"protocol": "rdp"}}
    assert held["fail"] == {"inside": {"client|cidr": ["10.0.0.0/8", "fd00::/8"]}, "condition": "not inside"}
    assert (held["severity"], held["state"], held["attack"]) == ("high", "nursery", ["T0822"])
    assert held["description"] == {"en": "Sessions (from) outside."}


@pytest.mark.parametrize(
    ("logsource", "detection", "fail"),
    [
        ("category: firewall", "{dst_port: [21, '23']}", {"server_port": [21, 23]}),
        ("category: network_connection", "{DestinationIp|startswith: '10.'}", {"server|startswith": "10."}),
        ("product: zeek, service: ssl", "{version: [TLSv10, SSLv3]}", {"versions": ["TLS 1.0", "SSL 3.0"]}),
        ("product: zeek, service: ssl", "{server_name|endswith: .example}", {"server_names|endswith": ".example"}),
        ("product: zeek, service: http", "{method: PUT}", {"function": "PUT"}),
        (
            "product: zeek, service: conn",
            "{service: ssl, orig_bytes|gte: 9}",
            {"protocol": "tls", "client_bytes|gte": 9},
        ),
        ("category: webserver", r"{cs-uri-stem|re|i: 'a+\.cgi'}", {"object|re": r"(?i)a+\.cgi"}),
        (
            "product: otaudit, service: settings",
            "{setting: telnet, value: true}",
            {"setting": "telnet", "value": "true"},
        ),
        ("product: otaudit, service: operations", "{object: $name}", {"object": "$$name"}),
    ],
)
def test_fields_and_values(logsource: str, detection: str, fail: dict[str, Any]) -> None:
    text = f"title: T\nlogsource: {{{logsource}}}\ndetection: {{s: {detection}, condition: s}}\n"
    assert one(text)["fail"]["s"] == fail


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("service: rdp", "service: kerberos", 11, "log source product: zeek, service: kerberos"),
        ("{id.orig_h|cidr", "{cookie|cidr", 12, "field 'cookie': names that clients state are not kept"),
        ("{id.orig_h|cidr", "{orig|cidr", 12, "field 'orig' has no counterpart"),
        ("id.orig_h|cidr: [10.0.0.0/8, 'fd00::/8']", "id.orig_h|base64offset|contains: x", 12, "encoded text"),
        ("id.orig_h|cidr", "id.orig_h|windash", 12, "command lines"),
        ("id.orig_h|cidr", "id.orig_h|neq", 12, "modifier 'neq' has no counterpart"),
        ("{id.orig_h|cidr: [10.0.0.0/8, 'fd00::/8']}", "[word, other]", 12, "keywords"),
        ("not inside", "inside | count() by id.orig_h > 5", 14, "correlations since Sigma 2.0"),
        ("not inside", "not outside", 14, "unknown selection 'outside'"),
        ("not inside", "2 of them", 14, "'2 of' in the condition is not supported"),
        ("condition: not", "timeframe: 5m\n    condition: not", 14, "belongs to an aggregation"),
        ("[10.0.0.0/8, 'fd00::/8']", "[10.0.0.0/40]", 11, "is not an IP network"),
        ("id.orig_h|cidr: [10.0.0.0/8, 'fd00::/8']", "id.resp_p: http", 12, "'http' cannot be in column 'server_port'"),
        ("id.orig_h|cidr: [10.0.0.0/8, 'fd00::/8']", "id.orig_h|re: '(?<=a)b'", 11, "regular expression"),
        ("condition: not inside", "conditions: not inside", 11, "it has no condition"),
    ],
)
def test_what_cannot_be_said_is_told_with_its_place(old: str, new: str, line: int, why: str) -> None:
    assert old in RDP
    text = told(RDP.replace(old, new))
    assert why in text
    if line != 11:
        assert f"rules.yml: line {line}, " in text
    assert "'RDP from elsewhere' is not written" in text


def test_every_mapped_field_is_a_column() -> None:
    for _, source in known().values():
        columns = {c.name: c for c in TABLES[source.table].columns}
        assert {f.column for f in source.fields.values()} <= columns.keys()
        assert not source.fields.keys() & source.absent.keys()


# --- correlations ---

GUESSES = """\
title: Log-in
name: login
logsource: {product: zeek, service: conn}
detection: {s: {service: ssh}, condition: s}
---
title: Web
name: web
logsource: {product: zeek, service: conn}
detection: {s: {service: http, id.resp_p: 80}, t: {service: ssl}, condition: 1 of them}
---
title: Together
correlation: %s
level: medium
"""


@pytest.mark.parametrize(
    ("correlation", "measure", "fail"),
    [
        (
            "{type: event_count, rules: [login], group-by: [id.orig_h], timespan: 5m, condition: {gte: 10}}",
            {"type": "event_count", "group_by": ["client"], "timespan": "5m"},
            {"correlated|gte": 10},
        ),
        (
            "{rules: login, type: value_count, group-by: id.orig_h, timespan: 1h,condition: {gt: 3, field: id.resp_h}}",
            {"type": "value_count", "group_by": ["client"], "timespan": "1h", "field": "server"},
            {"correlated|gt": 3},
        ),
        (
            "{type: value_sum, rules: login, group-by: id.orig_h, timespan: 1h,condition: {gte: 9, field: orig_bytes}}",
            {"type": "value_sum", "group_by": ["client"], "timespan": "1h", "field": "client_bytes"},
            {"correlated|gte": 9},
        ),
    ],
)
def test_counts(correlation: str, measure: dict[str, Any], fail: dict[str, Any]) -> None:
    found = results(GUESSES % correlation)
    held = [yaml.safe_load(w.text) for w in found if isinstance(w, Written)]
    assert [h["id"] for h in held] == ["sigma-web", "sigma-together"], [str(f) for f in found]
    where = held[1]["correlate"]["correlated"].pop("where")
    assert where == {"s": {"protocol": "ssh"}, "condition": "s"}
    assert held[1]["correlate"]["correlated"] == measure
    assert held[1]["fail"]["enough"] == fail


def test_events_of_several_rules() -> None:
    text = "{type: event_count, rules: [login, web], group-by: [id.orig_h], timespan: 5m, condition: {gte: 2}}"
    (found,) = results(GUESSES % text)
    assert isinstance(found, Written), str(found)
    where = yaml.safe_load(found.text)["correlate"]["correlated"]["where"]
    assert where["condition"] == "(login_s) or ((web_s or web_t))"
    assert where["web_t"] == {"protocol": "tls"}


@pytest.mark.parametrize("kind", ["temporal", "temporal_ordered"])
def test_sequences(kind: str) -> None:
    who = "{who: {login: id.orig_h, web: id.orig_h}}"
    text = f"{{type: {kind}, rules: [login, web], group-by: [who], timespan: 1m, aliases: {who}}}"
    (found,) = results(GUESSES % text)
    assert isinstance(found, Written), str(found)
    ours = read_rule(found.text, found.name, "sigma", {})
    assert [name for name, _ in ours.correlate[0].steps] == ["login", "web"]
    assert ours.correlate[0].group_by == ("client",)
    assert {run_example(ours, e).verdict is e.verdict for e in ours.examples} == {True}


@pytest.mark.parametrize(
    ("correlation", "why"),
    [
        ("{type: value_percentile, rules: [login], timespan: 5m}", "correlations of type 'value_percentile'"),
        ("{type: event_count, rules: [logout], timespan: 5m, condition: {gte: 3}}", "there is no rule 'logout'"),
        ("{type: event_count, rules: [login], timespan: 5M, condition: {gte: 3}}", "'5M' is no span of time"),
        ("{type: event_count, rules: [login], timespan: 5m}", "it has no condition"),
        ("{type: event_count, rules: [login], timespan: 5m, condition: {neq: 3}}", "'neq' has no counterpart"),
        ("{type: event_count, rules: [login], group-by: [user], timespan: 5m, condition: {gte: 3}}", "field 'user'"),
        ("{type: temporal, rules: [login], timespan: 5m}", "one event is no sequence"),
        ("{type: temporal, rules: [login, web], timespan: 5m, condition: {gte: 1}}", "how many of the events"),
        ("[event_count]", "is not a mapping"),
    ],
)
def test_correlations_that_cannot_be_said(correlation: str, why: str) -> None:
    problems = [str(p) for p in results(GUESSES % correlation) if isinstance(p, Problem)]
    assert len(problems) == 1
    assert why in problems[0]
    assert "line 1" in problems[0]


@pytest.mark.parametrize("text", ["a: [", "- x\n- y", "", "---\n---\n", "title: x", "\0", "a: &a [*a]"])
def test_what_is_no_sigma_rule_is_told(text: str) -> None:
    assert not [r for r in results(text) if isinstance(r, Written)]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda c: (
            st.lists(c, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "rules", "condition", "selection", "dst_port|re", "src_ip", "timespan", "group-by"]
                ),
                c,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_any_shape_is_written_or_told(part: Any) -> None:
    for held in (
        {"title": "x", "logsource": {"category": "firewall"}, "detection": part},
        {"title": "x", "correlation": part},
    ):
        results(json.dumps(held))


@pytest.mark.parametrize("regex", ["((a{1000}){1000}){1000}", "(a+)+$", "[^a-z]{3}b|c", r"(?P<x>a)(?P=x)", "a{0}"])
def test_regular_expressions_of_any_kind_end(regex: str) -> None:
    held = {
        "title": "x",
        "logsource": {"category": "webserver"},
        "detection": {"s": {"cs-uri-stem|re": regex}, "condition": "s"},
    }
    assert len(results(json.dumps(held))) == 1


def test_many_selections_that_nothing_names() -> None:
    named = {f"s{n}": {"dst_port": 23} for n in range(5_000)}
    held = {"title": "x", "logsource": {"category": "firewall"}, "detection": {**named, "condition": "s7 or 1 of s42*"}}
    (found,) = results(json.dumps(held))
    assert isinstance(found, Written)
    assert len(yaml.safe_load(found.text)["fail"]) == 1 + 1 + 111


def test_numbers_of_the_cases_are_columns() -> None:
    assert {TABLES["operations"].column(name).type for name in NUMBERS} == {"int"}
    assert Path(EXPECTED).stat().st_size < 400_000
