"""Rules name only values that something emits: a rule about a function that no dissector knows would always pass.

Where a column takes any text, each value that a rule compares it with must occur among what the recorded captures and
configurations decode to, in the protocol (or setting) that the rule speaks of, or stand as a name in the dissectors.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from scanner.configs.settings import VOCABULARY
from scanner.engine.language.expressions import condition
from scanner.engine.language.modifiers import IsKnown, Like, Match, Refers, Regex, Wild
from scanner.engine.language.selections import And, Not, Or, Selection, Test
from scanner.inputs import find_inputs
from scanner.scan import read_inputs
from tests.packaged import rules

ROOT = Path(__file__).parents[2]
FREE = {  # columns whose words no vocabulary lists
    "operations": ("function", "code", "object", "detail", "unit"),
    "sessions": ("versions", "credentials", "detail", "ciphers", "certificate_key", "certificate_signature"),
    "settings": ("item", "setting", "value"),
}
SCOPE = {"operations": ("protocol",), "sessions": ("protocol",), "settings": ("category", "setting")}
UNRECORDED = {  # (rule, column) -> values that no fixture has, each with where it was looked up
    ("command-over-public-network", "object"): "mqtt.py tells the topic as it is",
    ("write-unauthorised", "object"): "mqtt.py tells the topic as it is",
    ("configuration-archived-in-clear", "value"): "tests/configs/twins: the dialects tell the address as it is",
    ("discovery-on-edge-port", "value"): "both of the documented values, comma-separated",
    ("dns-tunnel", "object"): "_dns_questions.py tells the domain that was asked about as it is",
    ("encrypted-name-service-used", "detail"): "tls.py tells the protocols of ALPN as they are offered",
    ("log-level-too-coarse", "value"): "tests/configs/twins: the dialects tell name or number as it is",
    ("model-file-in-clear", "object"): "names of files are told as they are",
    ("program-fetched-in-clear", "object"): "names of files are told as they are",
    ("snmpv3-weak-algorithm", "value"): "tests/configs/twins: the dialects tell the algorithm as it is",
    ("ssh-weak-algorithms-configured", "value"): "tests/configs/twins: the dialects tell the algorithms as they are",
    ("time-server-administered-remotely", "function"): "ntp.py puts the name of the mode behind NTP",
    ("web-management-old-tls", "value"): "tests/configs/twins: the dialects tell the version as it is",
    ("certificate-weak-key", "certificate_key"): "DSA: _x509.py names keys by the classes of cryptography",
    ("certificate-weak-key", "certificate_signature"): "MD5 and SHA-1: the names of cryptography's object identifiers",
    ("device-reset-or-silenced", "code"): "DNP3 15 and 16, Modbus 8:4 on serial lines: codes are told as numbers",
    ("dhcp-server-unlisted", "function"): "dhcp.py puts the name of the message (Offer, Ack, Nak) behind DHCP",
    ("no-remote-logging", "value"): "no: cisco_ios, of a negated 'logging on'",
    ("obsolete-service-version", "versions"): "SSH 1.x: ssh.py tells the number of the identification as it is",
    ("opcua-obsolete-policy", "detail"): "opcua.py tells the last part of the policy's URI",
    (
        "command-from-unsuited-device",
        "detail",
    ): "_cip.py tells the transport class as it was asked for; tests/adversarial opens one",
    ("proxy-in-control-zone", "function"): "_rows.py puts the protocol of an extended CONNECT behind CONNECT",
    ("mobile-core-peer-unlisted", "detail"): "diameter.py tells the application by its name",
    ("national-cryptography-not-used", "ciphers"): "cipher_suites.tsv has the suites of TLCP and RFC 8998",
    ("ssh-version-1-accepted", "value"): "1: cisco_ios tells the number of 'ip ssh version' as it is",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    problems: list[object] = []
    folders = [str(ROOT / "fixtures" / name) for name in ("captures", "configs", "plants")]
    found = list(find_inputs(folders, problems))  # type: ignore[arg-type]
    facts = read_inputs(found, jobs=1).facts
    return {name: facts[name] for name in FREE}


@cache
def words() -> frozenset[str]:
    """Every piece of text in the dissectors and dialects, in lower case."""
    found = set()
    for file in [*(ROOT / "scanner/protocols").rglob("*.py"), *(ROOT / "scanner/configs").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value.lower())
    for file in (ROOT / "scanner/protocols").rglob("*.tsv"):
        found |= {line.partition("\t")[2].lower() for line in file.read_text(encoding="utf-8").splitlines()}
    return frozenset(found)


def comparisons(selection: Selection, scope: tuple[Test, ...], table: str) -> Iterator[tuple[tuple[Test, ...], Test]]:
    """Each test on a free column, with the tests on protocol or setting that hold together with it."""
    match selection:
        case And(parts):
            scope += tuple(p for p in parts if isinstance(p, Test) and p.column in SCOPE[table])
            for part in parts:
                yield from comparisons(part, scope, table)
        case Or(parts):
            for part in parts:
                yield from comparisons(part, scope, table)
        case Not(part):
            yield from comparisons(part, scope, table)
        case Test(column) if column in FREE[table]:
            yield tuple(t for t in scope if t is not selection), selection


def documented(one: Match, scope: tuple[Test, ...]) -> bool:
    """The vocabulary of settings lists the value for every setting in scope."""
    if not isinstance(one, Like) or any(isinstance(piece, Wild) for piece in one.pieces):
        return False
    value = "".join(map(str, one.pieces))
    named = {
        p for test in scope if test.column == "setting" for m in test.matches if isinstance(m, Like) for p in m.pieces
    }
    texts = [text for (_, setting), text in VOCABULARY.items() if setting in named]
    return bool(texts) and any(value in re.split(r"[^\w-]+", text) for text in texts)


def emitted(one: Match, column: str, scope: tuple[Test, ...], table: str, tables: dict[str, pl.DataFrame]) -> bool:
    rows = tables[table]
    for test in (*scope, Test(column, (one,))):
        rows = rows.filter(condition(test, table, tables).fill_null(value=False))
    if rows.height:
        return True
    if not isinstance(one, Like):
        return False
    known = [p for p in one.pieces if not isinstance(p, Wild)]
    return bool(known) and all(any(p in word for word in words()) for p in known) and len("".join(known)) > 3


@pytest.mark.parametrize("name", [name for name, rule in rules().items() if rule.table in FREE])
def test_values_that_a_rule_names_are_emitted(name: str, tables: dict[str, pl.DataFrame]) -> None:
    rule = rules()[name]
    where = rule.where
    scope = (where,) if isinstance(where, Test) and where.column in SCOPE[rule.table] else ()
    if isinstance(where, And):
        scope = tuple(p for p in where.parts if isinstance(p, Test) and p.column in SCOPE[rule.table])
    missing = [
        f"{test.column}: {one}"
        for selection in (rule.where, rule.fail, rule.unknown_when)
        if selection is not None
        for own, test in comparisons(selection, () if selection is where else scope, rule.table)
        for one in test.matches
        if not isinstance(one, IsKnown | Refers)
        and (name, test.column) not in UNRECORDED
        and not (test.column == "value" and documented(one, own))
        and not emitted(one, test.column, own, rule.table, tables)
    ]
    assert not missing


@pytest.mark.parametrize(("name", "column"), UNRECORDED)
def test_exceptions_are_still_needed(name: str, column: str) -> None:
    selections = [s for s in (rules()[name].where, rules()[name].fail, rules()[name].unknown_when) if s is not None]
    assert any(t.column == column for s in selections for _, t in comparisons(s, (), rules()[name].table))


def test_a_function_that_no_dissector_knows_is_found(tables: dict[str, pl.DataFrame]) -> None:
    modbus = Test("protocol", (Like(("modbus",)),))
    assert emitted(Like(("write single coil",)), "function", (modbus,), "operations", tables)
    assert not emitted(Like(("write singel coil",)), "function", (modbus,), "operations", tables)
    assert not emitted(Like(("999",)), "code", (modbus,), "operations", tables)
    assert not emitted(Regex("^Wrote"), "function", (modbus,), "operations", tables)
