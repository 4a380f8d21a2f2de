"""``otaudit scan``: inputs to reports."""

from __future__ import annotations

import copy
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, NOTHING_JUDGED, explain, tell
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import (
    chosen_dialects,
    country_database,
    exclusions,
    own_rules,
    processes,
    saved_facts,
    trusted_authorities,
)
from scanner.cli._spoken import usage_error
from scanner.gc_paused import lasting
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.cli._outputs import Outputs
    from scanner.engine.definitions.together import Definitions
    from scanner.results.model import Results
    from scanner.scan import Scan

REVIEWS = ("ignore", "report", "fail")
SEVERITIES = ("info", "low", "medium", "high", "critical", "never")


@click.command(name="scan", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...", type=click.Path())
@option(
    "-i",
    "--inventory",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Device inventory (Excel, OpenDocument, CSV, YAML, JSON).",
)
@option("-z", "--policy", multiple=True, metavar="FILE", type=click.Path(), help="Zones-and-conduits policy (YAML).")
@option(
    "--answers",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="What people answered about requirements (otaudit answers new).",
)
@option("-p", "--profile", default="default", metavar="NAME", show_default=True, help="Selection of rules.")
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Report; .html .xlsx .json .sarif .xml .txt .vex.json ..., NAME/ for CSV tables, - for stdout.",
)
@option("--format", "form", metavar="NAME", help="Format of outputs whose extension is ambiguous.")
@option("--fail-on", type=click.Choice(SEVERITIES), default="high", show_default=True, help="Exit 1 from here up.")
@option(
    "--review",
    type=click.Choice(REVIEWS),
    default="fail",
    show_default=True,
    help="What becomes of what was seen while nobody has said whether it is allowed.",
)
@option(
    "--baseline",
    metavar="RESULTS.json",
    type=click.Path(),
    help="Earlier results: what was there is shown as known, and only what is new fails.",
)
@own_rules
@option("--only-profile", is_flag=True, help="Let nothing count that the profile leaves out.")
@saved_facts
@exclusions
@chosen_dialects
@country_database
@trusted_authorities
@option("--columns", metavar="FILE", type=click.Path(), help="YAML that maps inventory headers to otaudit's columns.")
@option(
    "--save-facts",
    metavar="DIR",
    type=click.Path(),
    help="Save what was read, to judge again without the captures; next time only new and changed ones are read.",
)
@option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Who reads captures: this machine, or a Dask cluster.",
)
@option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster: tcp://HOST:8786.")
@option("--timings", is_flag=True, help="Say what each stage costs: elapsed time, processor time, memory.")
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    answers: tuple[str, ...],
    profile: str,
    output: tuple[str, ...],
    form: str | None,
    fail_on: str,
    review: str,
    baseline: str | None,
    rules: tuple[Path, ...],
    only_profile: bool,
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    dialects: tuple[str, ...],
    countries: str | None,
    trust: str | None,
    columns: str | None,
    save_facts: str | None,
    engine: str,
    scheduler: str | None,
    timings: bool,  # noqa: ARG001 - for whoever shows how far the work is
    jobs: int,
) -> None:
    """Judge captures, inventories, configurations and a policy; write reports.

    Each INPUT is a capture, an inventory, a policy, a device configuration, a file of answers, or a folder of these;
    each is recognised by its content. A single - is a capture on standard input.

    With --dialect a configuration is read as the user says, where its content does not tell or tells the wrong system.

    What matches --exclude, or a pattern in a folder's .otauditignore, is left out, and the results say so.

    With --baseline a finding is known when the same rule found the same subject with the same values; lines that moved,
    times and counts make nothing new. Only what is new counts for exit status 1. Passes that are lost for want of
    evidence are told.

    \b
    Exit status: 0  nothing fails or must be confirmed at or above --fail-on
                 1  something does
                 2  usage, rule or policy error: nothing was judged
                 3  an input could not be read completely; the reports say what is missing
                 4  nothing was judged: no input could be read, or none says anything
                 5  otaudit failed itself; a report that is missing for that reason is named
    Where several apply: 5 before 2 before 1 before 4 before 3 before 0.
    """  # noqa: D301 - click looks for the backspace itself
    clock, started = time.perf_counter(), datetime.now(UTC)
    if not inputs and not inventory and not policy and not facts:
        raise usage_error(said("name at least one input (see {command})", command="otaudit scan --help"))
    if (engine == "dask") != bool(scheduler):
        raise usage_error(said("--engine dask and --scheduler go together"))
    with explain():
        with lasting():
            from scanner.cli._inputs import How, beside, columns_of, find, read, spare_inputs
            from scanner.cli._outputs import open_outputs
            from scanner.cli._stages import stages
            from scanner.engine.definitions.together import load_definitions
            from scanner.results.comparing import compared
            from scanner.scan import judge_scan

            outputs = open_outputs(output, form)
            before = _baseline(baseline, outputs)
            definitions = load_definitions(rules)  # before anything is read, which may take long
            definitions.profile(profile)
        outputs.spare(Path(file.source) for file in definitions.own)
        found, problems, left_out = find(
            inputs, inventory, policy, facts, exclude, answers=answers, rules=rules, dialects=dialects
        )
        outputs.spare(entry.path for entry in found if entry.path is not None)
        outputs.spare(Path(file) for file in (countries, trust) if file)
        if save_facts:
            spare_inputs(save_facts, inputs, found)
        scan = read(found, problems, jobs=jobs, columns=columns_of(columns), how=How(_store(save_facts), scheduler))
        if scan.empty:
            _end_unread(outputs)
        scan.leave_out(left_out.records())
        beside(scan, countries, trust)
        options = _options(profile, review, columns, baseline, dialects, only_profile=only_profile)
        if save_facts:
            _save(scan, Path(save_facts), profile, options, definitions)
        with stages(found, reading=False) as watcher:
            results = judge_scan(
                scan,
                definitions=definitions,
                profile=profile,
                started=started,
                clock=clock,
                options=options,
                watcher=watcher,
            )
            results = _asked_for(results, review, only_profile=only_profile)
            if before:
                results = compared(results, _asked_for(before, review, only_profile=only_profile), *_known_by(baseline))
            outputs.write(results, watcher)
        outputs.show(results)
    sys.exit(outputs.status or _status(results, fail_on, review))


def _save(scan: Scan, folder: Path, profile: str, options: dict[str, str], definitions: Definitions) -> None:
    """Save the facts with what they are judged with."""
    from scanner.basis import made_with
    from scanner.facts.saved import save

    save(scan.facts, folder, made_with(profile, options, definitions.digests))


def _store(save_facts: str | None) -> Path | None:
    """Where what is read of captures is kept beside saved facts; DefinitionError when facts cannot be saved there."""
    if save_facts is None:
        return None
    from scanner.facts.saved import KEPT, may_be_saved

    may_be_saved(Path(save_facts))
    return Path(save_facts) / KEPT


def _end_unread(outputs: Outputs) -> NoReturn:
    """Nothing was read: a report of checks without evidence would say less than the lines that are told."""
    if outputs.chosen:
        tell(said("nothing could be read, so nothing was judged and no report was written"))
    sys.exit(NOTHING_JUDGED)


def _baseline(path: str | None, outputs: Outputs) -> Results | None:
    """The earlier results; DefinitionError when they cannot be had, since what is new could then not be told."""
    if path is None:
        return None
    from scanner.errors import DefinitionError, InputError
    from scanner.results.serialise import load

    outputs.spare([Path(path)])
    try:
        return load(Path(path))
    except InputError as error:
        raise DefinitionError(error.problem) from error


def _known_by(path: str | None) -> tuple[str, str]:
    """Name and digest of the earlier results."""
    from scanner.basis import file_digest

    return (path, file_digest(Path(path))) if path else ("", "")


def _options(
    profile: str,
    review: str,
    columns: str | None,
    baseline: str | None,
    dialects: tuple[str, ...],
    *,
    only_profile: bool,
) -> dict[str, str]:
    """What of the command line changes the results; inputs and what is left out of them are inputs of the results."""
    options = {"profile": profile, "review": review}
    for name, path in (("columns", columns), ("baseline", baseline)):
        if path:
            options[name] = f"SHA-256 {_known_by(path)[1]}"
    if dialects:
        options["dialect"] = " ".join(dialects)
    if only_profile:
        options["only-profile"] = "true"
    return options


def _asked_for(results: Results, review: str, *, only_profile: bool) -> Results:
    """The results without what the user does not want to see."""
    from dataclasses import replace

    from scanner.results.outcome import OnReview, without_reviews

    if only_profile:
        results = replace(results, outside=())
    return without_reviews(results) if OnReview(review) is OnReview.IGNORE else results


def _status(results: Results, fail_on: str, review: str) -> int:
    from scanner.results.model import Severity
    from scanner.results.outcome import OnReview, failing, judged_nothing, unfinished

    if fail_on != "never" and failing(results, Severity(fail_on), OnReview(review)):
        return FAILING
    if judged_nothing(results):
        return NOTHING_JUDGED
    return INCOMPLETE if unfinished(results) else 0


OPTIONS = tuple(map(copy.copy, command.params))  # before those of every command are added
COMMAND = Command.of(command)
