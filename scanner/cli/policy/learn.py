"""``otaudit policy learn``: from captures and inventories to a policy that people confirm."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import exclusions, processes, saved_facts
from scanner.cli._spoken import in_own_words, usage_error
from scanner.wording import Said, said

STDOUT = "-"


@click.command(name="learn", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory (CSV, YAML, JSON).")
@option("-o", "--output", default=STDOUT, metavar="FILE", help="Policy to write; - for standard output.")
@saved_facts
@exclusions
@option("--columns", metavar="FILE", help="YAML that maps inventory headers to otaudit's columns.")
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    output: str,
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    columns: str | None,
    jobs: int,
) -> None:
    """Learn zones, conduits and roles from what was seen; write them as a policy.

    Each INPUT is a capture, an inventory, or a folder of these. Policies among them are left out. Nothing that changes
    a controller is allowed by what is written: it is asked about.

    \b
    Exit status: 0  written
                 2  usage, or nothing to learn from
                 3  an input could not be read completely; the policy is written from the rest
    """  # noqa: D301 - click looks for the backspace itself
    if not inputs and not facts:
        raise usage_error(said("name at least one input (see {command})", command="otaudit policy learn --help"))
    with explain():
        text, sentences, whole = _learn(inputs, inventory, output, facts, exclude, columns, jobs)
        _write(text, output)
    if not general().quiet:
        for sentence in sentences:
            click.echo(in_own_words(sentence), err=True)
    sys.exit(0 if whole else INCOMPLETE)


def _learn(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    output: str,
    saved: tuple[str, ...],
    exclude: tuple[str, ...],
    columns: str | None,
    jobs: int,
) -> tuple[str, list[Said], bool]:
    """The policy, what to say of it, and whether all inputs were read."""
    from scanner.cli._inputs import columns_of, find, read
    from scanner.errors import DefinitionError, Problem
    from scanner.facts.enrich import enrich
    from scanner.inputs import InputKind
    from scanner.learn.policy import learn
    from scanner.learn.text import policy_text, summary

    found, problems, _ = find(inputs, inventory, facts=saved, exclude=exclude)
    given = {entry.path.resolve() for entry in found if entry.path is not None}
    if output != STDOUT and Path(output).resolve() in given:
        raise DefinitionError(Problem(output, said("is one of the inputs; a policy must not be written over it")))
    for entry in found:
        if entry.kind is InputKind.POLICY:
            what = said("is a policy and was left out: learning starts from what was seen")
            tell(Problem(entry.source, what))
    found = [entry for entry in found if entry.kind is not InputKind.POLICY]
    scan = read(found, problems, jobs=jobs, columns=columns_of(columns))
    facts = scan.facts
    if not facts["flows"].height:
        where = inputs[0] if len(inputs) == 1 else in_own_words(said("the inputs"))
        raise DefinitionError(Problem(where, said("show no conversation"), remedy=said("give a capture to learn from")))
    learned = learn(enrich(facts))
    return policy_text(learned, in_own_words), summary(learned), not scan.problems


def _write(text: str, output: str) -> None:
    from scanner.cli._writing import writing

    if output == STDOUT:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    with writing(output):
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(text, encoding="utf-8")


COMMAND = Command.of(command)
