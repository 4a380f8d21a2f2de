"""``otaudit scan``: inputs to reports."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._errors import FAILING, INCOMPLETE, explain, tell

if TYPE_CHECKING:
    from scanner.errors import Problem
    from scanner.inputs import Input
    from scanner.results.model import Results
    from scanner.scan import Watcher

MOST_TOLD = 50  # problems
REVIEWS = ("ignore", "report", "fail")
SEVERITIES = ("info", "low", "medium", "high", "critical", "never")


@click.command(name="scan")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory (CSV, YAML, JSON).")
@click.option("-z", "--policy", multiple=True, metavar="FILE", help="Zones-and-conduits policy (YAML).")
@click.option("-p", "--profile", default="default", metavar="NAME", show_default=True, help="Selection of rules.")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="Report; .html .json .sarif .xml, - for stdout.")
@click.option("--format", "form", metavar="NAME", help="Format of outputs whose extension does not tell.")
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="high", show_default=True, help="Exit 1 from here up."
)
@click.option(
    "--review",
    type=click.Choice(REVIEWS),
    default="fail",
    show_default=True,
    help="What becomes of what was seen while nobody has said whether it is allowed.",
)
@click.option("--only-profile", is_flag=True, help="Let nothing count that the profile leaves out.")
@click.option("--columns", metavar="FILE", help="YAML that maps inventory headers to otaudit's columns.")
@click.option("--save-facts", metavar="DIR", help="Save what was read, to judge again without the captures.")
@click.option(
    "--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes for captures; 0: all processors."
)
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    profile: str,
    output: tuple[str, ...],
    form: str | None,
    fail_on: str,
    review: str,
    only_profile: bool,
    columns: str | None,
    save_facts: str | None,
    jobs: int,
) -> None:
    """Judge captures, inventories, configurations and a policy; write reports.

    Each INPUT is a capture, an inventory, a policy, a device configuration, a folder of these, or a folder of saved
    facts; what it is is recognised by its content. A single - is a capture on standard input.

    \b
    Exit status: 0  nothing fails or must be confirmed at or above --fail-on
                 1  something does
                 2  usage, rule or policy error: nothing was judged
                 3  an input could not be read in whole; the reports say what is missing
    """  # noqa: D301 - click looks for the backspace itself
    clock, started = time.perf_counter(), datetime.now(UTC)
    if not inputs and not inventory and not policy:
        raise click.UsageError("name at least one input (see otaudit scan --help)")
    with explain():
        from scanner.cli._outputs import open_outputs
        from scanner.scan import judge_scan, read_inputs

        outputs = open_outputs(output, form)
        found, problems = _find(inputs, inventory, policy)
        outputs.spare(entry.path for entry in found if entry.path is not None)
        with _progress(found) as watcher:
            scan = read_inputs(found, jobs=jobs, columns=_columns(columns), watcher=watcher)
        scan.problems += problems  # what was to be read weighs more than what lay beside it
        _tell(scan.problems)
        if save_facts:
            scan.facts.save(Path(save_facts))
        results = judge_scan(scan, profile=profile, started=started, clock=clock)
        results = _asked_for(results, review, only_profile=only_profile)
        outputs.write(results)
    sys.exit(_status(results, fail_on, review))


def _find(
    inputs: tuple[str, ...], inventory: tuple[str, ...], policy: tuple[str, ...]
) -> tuple[list[Input], list[Problem]]:
    from scanner.errors import DefinitionError, InputError
    from scanner.inputs import Input, Kind, find_inputs

    problems: list[Problem] = []
    found = list(find_inputs([i for i in inputs if i != "-"], problems))
    if "-" in inputs:
        found.append(Input(Kind.CAPTURE, "standard input", stream=sys.stdin.buffer))
    found += [Input(Kind.INVENTORY, name, Path(name)) for name in inventory]
    for name in policy:
        if not Path(name).is_file():
            what = "is a folder, not a file" if Path(name).is_dir() else "no such file"
            raise DefinitionError(InputError(name, what, remedy="check the path of the policy").problem)
        found.append(Input(Kind.POLICY, name, Path(name)))
    return found, problems


def _tell(problems: list[Problem]) -> None:
    """One line for each problem on standard error; of very many the first, and how many more there are."""
    for problem in problems[:MOST_TOLD]:
        tell(problem)
    if len(problems) > MOST_TOLD:
        tell(f"{len(problems) - MOST_TOLD:,} more inputs with problems are in the reports")


def _columns(path: str | None) -> dict[str, str] | None:
    if path is None:
        return None
    from scanner.assets.columns import read_columns

    return dict(read_columns(Path(path)))


@contextmanager
def _progress(found: list[Input]) -> Iterator[Watcher | None]:
    """A progress bar for captures on a terminal, nothing in a pipe."""
    from scanner.inputs import Kind

    if not sys.stderr.isatty() or all(entry.kind is not Kind.CAPTURE for entry in found):
        yield None
        return
    from scanner.cli._progress import progress

    with progress(found) as watcher:
        yield watcher


def _asked_for(results: Results, review: str, *, only_profile: bool) -> Results:
    """The results without what the user does not want to see."""
    from dataclasses import replace

    from scanner.results.outcome import Reviews, without_reviews

    if only_profile:
        results = replace(results, outside=())
    return without_reviews(results) if Reviews(review) is Reviews.IGNORE else results


def _status(results: Results, fail_on: str, review: str) -> int:
    from scanner.results.model import Severity
    from scanner.results.outcome import Reviews, failing, unfinished

    if fail_on != "never" and failing(results, Severity(fail_on), Reviews(review)):
        return FAILING
    return INCOMPLETE if unfinished(results) else 0
