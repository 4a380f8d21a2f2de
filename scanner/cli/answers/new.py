"""``otaudit answers new``: the questionnaire of what no input has judged."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import exclusions, own_rules, processes, saved_facts
from scanner.cli._spoken import usage_error
from scanner.cli.answers._written import STDOUT, write_new
from scanner.wording import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.confirm.questionnaire import Question
    from scanner.engine.definitions.together import Definitions
    from scanner.inputs import Input
    from scanner.results.model import Results
    from scanner.scan import Scan

_USUAL = "default"  # profile
_MARK = b'"otaudit_results"'


@click.command(name="new", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="[INPUT/RESULTS]...", type=click.Path())
@option(
    "-p", "--profile", metavar="NAME", help="Profile whose frameworks are asked about; default, or that of the results."
)
@option("-o", "--output", default=STDOUT, show_default=True, metavar="FILE", help="File of answers, new; - for stdout.")
@option("-i", "--inventory", multiple=True, metavar="FILE", type=click.Path(), help="Device inventory.")
@option("-z", "--policy", multiple=True, metavar="FILE", type=click.Path(), help="Zones-and-conduits policy.")
@option("--answers", multiple=True, metavar="FILE", type=click.Path(), help="What people answered already.")
@own_rules
@saved_facts
@exclusions
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    profile: str | None,
    output: str,
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    answers: tuple[str, ...],
    rules: tuple[Path, ...],
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    jobs: int,
) -> None:
    """Write the questionnaire of the requirements that nothing has judged whole, with what was seen beside each.

    RESULTS are saved results (otaudit scan -o RESULTS.json); other INPUTs are scanned first. Without any, everything
    that the frameworks of the profile ask is a question. Fill it in, then give it to otaudit scan.

    \b
    Exit status: 0  written
                 2  usage, or a mistake in a policy, an answer or a profile
                 3  an input could not be read completely; what it would have judged is asked
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.cli._inputs import find, read
        from scanner.confirm.questionnaire import of_results, summary, text
        from scanner.engine.definitions.together import load_definitions

        definitions = load_definitions(rules)
        if profile:
            definitions.profile(profile)
        given = (*inventory, *policy, *answers, *facts)
        saved = [name for name in inputs if _is_results(name)]
        if saved and (len(saved) < len(inputs) or len(saved) > 1 or given):
            raise usage_error(said("give either one file of results, or inputs"))
        results, complete = None, True
        if saved:
            results = _loaded(saved[0], profile)
        elif inputs or given:
            found, problems, _ = find(inputs, inventory, policy, facts, exclude, answers=answers)
            scan = read(found, problems, jobs=jobs)
            complete = not scan.problems
            results = _judged(scan, found, definitions, profile or _USUAL)
        asked = of_results(results) if results else _all(definitions, profile or _USUAL)
        write_new(output, text(asked, general().language, results.site if results else ""))
        tell(summary(asked))
    sys.exit(0 if complete else INCOMPLETE)


def _is_results(name: str) -> bool:
    path = Path(name)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _MARK in file.read(200)


def _loaded(name: str, profile: str | None) -> Results:
    from scanner.results.serialise import load

    results = load(Path(name))
    if profile and profile != results.profile:
        raise usage_error(
            said("the results are of profile '{profile}'; leave out -p, or scan again", profile=results.profile)
        )
    return results


def _judged(scan: Scan, found: Sequence[Input], definitions: Definitions, profile: str) -> Results:
    from scanner.cli._stages import stages
    from scanner.scan import judge_scan

    clock, started = time.perf_counter(), datetime.now(UTC)
    with stages(found, reading=False) as watcher:
        return judge_scan(scan, definitions=definitions, profile=profile, started=started, clock=clock, watcher=watcher)


def _all(definitions: Definitions, profile: str) -> Sequence[Question]:
    """Everything that the frameworks of the profile ask: nothing was judged."""
    from scanner.confirm.questionnaire import questions
    from scanner.engine.definitions.frameworks import roll_up

    shown = definitions.profile(profile).shown(definitions.frameworks)
    return questions((roll_up(framework, ()) for framework in shown), ())


COMMAND = Command.of(command)
