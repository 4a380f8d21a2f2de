"""``otaudit rules list``: which rules there are, and of saved results what they came to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.cli._spoken import usage_error
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.engine.definitions.rules import Rule
    from scanner.engine.definitions.together import Definitions

VERDICTS = ("fail", "review", "pass", "not-applicable", "no-evidence", "waived", "error")


@click.command(name="list", cls=SpokenCommand)
@own_rules
@option("--family", "families", multiple=True, metavar="NAME", help="Only rules of this family.")
@option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="ID",
    help="Only rules that say something about it; in --json which requirements.",
)
@option("--results", metavar="FILE.json", type=click.Path(path_type=Path), help="Saved results: say the verdicts.")
@option(
    "--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Only rules of this verdict in --results."
)
@option("--json", "as_json", is_flag=True, help="Everything about them as JSON.")
def command(  # noqa: PLR0917 - one for each option
    rules: tuple[Path, ...],
    families: tuple[str, ...],
    frameworks: tuple[str, ...],
    results: Path | None,
    verdicts: tuple[str, ...],
    as_json: bool,
) -> None:
    """One line for each rule: severity, id, title; with --results the verdict first.

    Where an option is given several times, a rule meets it that meets any of them.
    """
    if verdicts and not results:
        raise usage_error(said("--verdict asks for verdicts; name saved results with --results"))
    with explain():
        from scanner.engine.definitions.together import load_definitions

        definitions = load_definitions(rules)
        _check(frameworks, [f.id for f in definitions.frameworks], said("framework"))
        _check(families, sorted({rule.family for rule in definitions.rules}), said("family"))
        came_to = _verdicts(results) if results else {}
        chosen = [
            rule
            for rule in definitions.rules
            if (not families or rule.family in families)
            and (not frameworks or any(_requirements(rule, definitions, frameworks).values()))
            and (not verdicts or came_to.get(rule.id) in verdicts)
        ]
    if as_json:
        rows = [_row(rule, definitions, frameworks, came_to) for rule in chosen]
        click.echo(json.dumps({"otaudit_rules_list": 1, "rules": rows}, ensure_ascii=False, indent=1))
        return
    for line in _lines(chosen, came_to, with_verdicts=bool(results)):
        click.echo(line)


def _check(given: Iterable[str], known: Iterable[str], what: Said) -> None:
    from scanner.nearest import closest

    for name in given:
        if name not in known:
            near = closest(name, known) or said("there are {names}", names=", ".join(known))
            raise LookupError(said("there is no {what} '{name}'; {near}", what=what, name=name, near=near))


def _verdicts(results: Path) -> dict[str, str]:
    """Rule id -> its verdict. What the profile left out has one only where it weighs."""
    from scanner.results.serialise import load

    loaded = load(results)
    return {r.rule: r.verdict.value for r in (*loaded.nursery, *loaded.outside, *loaded.reach, *loaded.rules)}


def _requirements(rule: Rule, definitions: Definitions, frameworks: Iterable[str]) -> dict[str, list[str]]:
    """Framework -> requirements that the rule gives evidence about, directly or by overlay."""
    from scanner.engine.definitions.frameworks import evidenced

    found = {f.id: evidenced(f, rule.mappings) for f in definitions.frameworks if not frameworks or f.id in frameworks}
    return {name: ids for name, ids in found.items() if ids}


def _row(rule: Rule, definitions: Definitions, frameworks: Iterable[str], came_to: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": rule.id,
        "title": rule.title,
        "family": rule.family,
        "severity": rule.severity.value,
        "state": rule.state.value,
        "confidence": rule.confidence.value,
        "audience": rule.audience,
        "table": rule.table,
        "needs": rule.needs,
        "controls": _requirements(rule, definitions, frameworks),
        "attack": rule.attack,
        "origin": rule.origin,
        "file": rule.source,
    }
    return row | ({"verdict": came_to.get(rule.id)} if came_to else {})


def _lines(rules: Iterable[Rule], came_to: dict[str, str], *, with_verdicts: bool) -> Iterator[str]:
    from scanner.report._words import one_line, picked, printable

    for rule in rules:
        verdict = f"{came_to.get(rule.id, '-'):<15}" if with_verdicts else ""
        marks = "".join(f" ({mark})" for mark in (rule.origin, "nursery" if rule.in_nursery else "") if mark)
        title = picked(rule.title, general().language)
        yield f"{verdict}{rule.severity.value:<9} {rule.id:<45} {one_line(printable(title + marks))}"


COMMAND = Command.of(command)
