"""State-changing operations in other forms: seen, or said to be out of sight. The table of ``docs/limits.md`` is this.

``python -m tests.test_twins`` prints the table.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanner.engine.judge import judge
from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.results.model import Verdict
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.conformance.changes import CHANGING, TODAY, evidence, judging, status
from tests.twins import ANY_LAYER, IP_ONLY, Form, Record, records

ROOT = Path(__file__).parents[1]
RECORDINGS = (
    *("s7comm/snap7", "modbus/umas", "enip/pycomm3", "dnp3/tcp", "iec104/built", "mms/program", "codesys_v2/session"),
    *("ge_srtp/tcp", "smb/impacket_smb2", "fins/client_udp", "bacnet/bacpypes3", "tristation/session"),
    "profinet/dcp_commissioning",
)
FORMS: dict[str, Form] = ANY_LAYER | IP_ONLY
SILENT = (Verdict.PASS, Verdict.NOT_APPLICABLE)
Said = frozenset[tuple[str, str, str]]


def read(all_records: list[Record]) -> Facts:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "twin.pcap"
        path.write_bytes(pcap(all_records))
        return read_inputs(list(find_inputs([str(path)], [])), jobs=1).facts


def said(facts: Facts) -> Said:
    """(protocol, verb, function) of what changes a controller."""
    operations = facts["operations"]
    changing = operations.filter(operations["verb"].is_in(CHANGING))
    return frozenset(changing.select("protocol", "verb", "function").iter_rows())


@cache
def recording(name: str) -> tuple[list[Record], Said, dict[str, frozenset[str]]]:
    """The records, what changes a controller there, and which rules say so by verb."""
    whole = records(ROOT / "fixtures" / "captures" / f"{name}.pcap")
    facts = read(whole)
    return whole, said(facts), evidence(facts)


def forms(name: str) -> dict[str, Form]:
    return ANY_LAYER if name.startswith("profinet/") else FORMS


@cache
def outcome(name: str, form: str) -> str:
    """``all``, or ``n of m`` of the operations; ``silent`` when some are missing and nothing says so."""
    whole, expected, rules_of = recording(name)
    facts = read(FORMS[form](whole))
    found = said(facts) & expected
    if found == expected:
        return "all"
    results = judge(facts, *judging(), today=TODAY)
    verdicts = {rule.rule: rule.verdict for rule in results.rules}
    hushed = any(verdicts[rule] in SILENT for _, verb, _ in expected - found for rule in rules_of[verb])
    if (results.complete and hushed) or (found and status(results) != 1):
        return "silent"
    return f"{len(found)} of {len(expected)}"


def table() -> list[str]:
    """A row for each form: how many of the recordings are seen in whole, in part, and not at all."""
    rows = []
    for form in FORMS:
        found = [outcome(name, form) for name in RECORDINGS if form in forms(name)]
        none = sum(o.startswith("0 ") for o in found)
        seen = found.count("all")
        rows.append(f"| {form} | {len(found)} | {seen} | {len(found) - seen - none} | {none} |")
    return rows


@pytest.mark.parametrize("name", RECORDINGS)
def test_nothing_vanishes_in_silence(name):
    assert recording(name)[1]
    assert [form for form in forms(name) if outcome(name, form) == "silent"] == []


LOSSLESS = sorted(FORMS.keys() - {"answers only", "5 % of frames lost", "cut after 96 bytes", "cut after 60 bytes"})


@pytest.mark.parametrize("form", LOSSLESS)
def test_everything_is_seen_where_all_of_the_requests_are(form):
    names = [n for n in RECORDINGS if form in forms(n)]
    assert {name: outcome(name, form) for name in names} == dict.fromkeys(names, "all")


def test_the_page_has_the_table():
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| [^|]+ \| \d+ \| \d+ \| \d+ \| \d+ \|$", page, re.MULTILINE) == table()


if __name__ == "__main__":
    sys.stdout.writelines(f"{row}\n" for row in table())
