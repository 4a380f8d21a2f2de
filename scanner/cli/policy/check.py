"""``otaudit policy check``: what deserves attention in policies."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, explain, tell
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules, saved_facts
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.errors import Problem
    from scanner.policy.audit import Remark, Subject

_TABLES = (
    *("zones", "conduits", "export_entries", "writers", "undecided", "roles", "change_windows", "waivers", "decisions"),
    "inventory",
)


@click.command(name="check", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="POLICY... [INPUT]...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; says whom names mean.")
@own_rules
@saved_facts
@option("--json", "as_json", is_flag=True, help="Remarks as JSON.")
def command(
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    rules: tuple[Path, ...],
    facts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what deserves attention in policies that are formally right.

    Overlaps, gaps, shadowed and too wide conduits, names that mean nobody, policies that contradict each other, expired
    waivers and decisions. With captures as further INPUTs, or saved facts, also conduits and zones in which nothing was
    seen, and decisions about nothing that was seen.

    \b
    Exit status: 0  no errors (warnings and notes do not count)
                 1  errors: the policy contradicts itself or cannot mean what it says
                 2  usage error, or a policy that is formally wrong
                 3  an input could not be read
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.policy.audit import RemarkSeverity, audit

        subject, problems = _read(inputs, inventory, facts, rules)
        remarks = audit(subject)
        for problem in problems:
            tell(problem)
        _write(remarks, as_json=as_json)
        if any(remark.severity is RemarkSeverity.ERROR for remark in remarks):
            sys.exit(FAILING)
        sys.exit(INCOMPLETE if problems else 0)


def _read(
    inputs: tuple[str, ...], inventory: tuple[str, ...], saved: tuple[str, ...], folders: tuple[Path, ...]
) -> tuple[Subject, list[Problem]]:
    from scanner.engine.definitions.together import load_definitions
    from scanner.engine.definitions.waivers import read_waivers
    from scanner.engine.verdict.decisions import read_decisions, unmatched
    from scanner.errors import DefinitionError, Problem
    from scanner.facts.enrich import enrich
    from scanner.inputs import Input, InputKind, find_inputs
    from scanner.policy.audit import CapturedFacts, Subject
    from scanner.scan import read_inputs

    problems: list[Problem] = []
    found = [
        *find_inputs(inputs, problems),
        *(Input(InputKind.INVENTORY, name, Path(name)) for name in inventory),
        *(Input(InputKind.FACTS, name, Path(name)) for name in saved),
    ]
    scan = read_inputs(found)
    facts = scan.facts
    if all(entry.kind != "policy" for entry in facts.inputs):
        told = problems + scan.problems
        none = Problem(
            inputs[0], said("no policy was given"), remedy=said("name at least one policy (otaudit_policy: 1)")
        )
        raise DefinitionError(*(told or [none]))
    rules = load_definitions(folders).rules if facts["decisions"].height or facts["waivers"].height else ()
    read_waivers(facts["waivers"], rules)  # an unknown rule or column is a mistake as it is to a scan
    decisions = read_decisions(facts["decisions"], rules)
    seen = None
    if facts.has("capture"):
        tables = enrich(facts)
        devices = tables["devices"].select("name", "mac", "zone", "public").to_dicts()
        unused = {(d.source, d.line) for d in unmatched(decisions, facts, rules)}
        rows = [row for row in facts["decisions"].to_dicts() if (row["source"], row["line"]) in unused]
        seen = CapturedFacts(devices, tables["zones"].to_dicts(), tables["conduits"].to_dicts(), rows)
    tables_of = {name: facts[name].to_dicts() for name in _TABLES}
    subject = Subject(tables_of, datetime.now(UTC).date(), facts.has("inventory"), seen)
    return subject, problems + scan.problems


def _write(remarks: list[Remark], *, as_json: bool) -> None:
    from scanner.policy.audit import RemarkSeverity
    from scanner.report._words import one_line, printable

    if as_json:
        rows = [remark._asdict() for remark in remarks]
        click.echo(json.dumps({"otaudit_policy_check": 1, "remarks": rows}, ensure_ascii=False, indent=1))
        return
    for remark in remarks:
        click.echo(one_line(printable(str(remark))))
    counts = Counter(remark.severity for remark in remarks)
    click.echo(", ".join(f"{counts[s]:,} {s}{'' if counts[s] == 1 else 's'}" for s in RemarkSeverity))


COMMAND = Command.of(command)
