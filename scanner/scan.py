"""The pipeline on one page: inputs to facts, facts to results."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

import scanner
from scanner.basis import basis
from scanner.engine.definitions.together import Definitions, load_definitions
from scanner.engine.judge import judge
from scanner.errors import DefinitionError, InputError, Problem, failed
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import AUTHORITIES, COUNTRIES, FORWARDING
from scanner.given_back import give_back
from scanner.inputs import Input, InputKind
from scanner.policy.together import contradictions
from scanner.pool import Watcher, read_side_by_side
from scanner.provenance import Provenance, unread
from scanner.reading import Reading, read_text_input
from scanner.results.model import Results, Run
from scanner.wording import said

ReadCaptures = Callable[[Sequence[Input], int, Watcher], Mapping[Input, Reading | Problem]]


@dataclass
class Scan:
    """What was read: facts, and every input or part of one that could not be used."""

    read: list[Facts] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    mistakes: list[Problem] = field(default_factory=list)  # in policies: nothing may be judged
    _facts: Facts | None = None  # of all that was read; None once something comes that is not in them

    @property
    def facts(self) -> Facts:
        """All of them together; they are joined once, however many inputs there are."""
        if self._facts is None:
            self._facts = Facts().merge(*self.read)
            self.read = [self._facts]
            give_back(self._facts.tables)
        return self._facts

    def _add(self, facts: Facts) -> None:
        self.read.append(facts)
        self._facts = None

    def leave_out(self, records: Iterable[Provenance]) -> None:
        """What was left out on request goes to the results as inputs of their own; nothing is missing by it."""
        self._add(Facts(inputs=tuple(records)))

    def locate(self, database: Path) -> None:
        """Add the countries of the addresses that were seen, as a database has them; or why it says none."""
        from scanner.countries import read_countries  # few scans are given a database

        source = str(database)
        try:
            found = read_countries(database, source, _ends(self.facts))
        except InputError as error:
            self.problems.append(error.problem)
            self.leave_out([unread(source, COUNTRIES.name, 0, error.problem.here)])
            return
        rows = [{"source": source, "address": a, "country": code} for a, code in sorted(found.countries.items())]
        given = Provenance(source, COUNTRIES.name, found.size, found.sha256)
        self._add(Facts({COUNTRIES.name: frame(COUNTRIES, rows)}, (given,)))

    def trust(self, store: Path) -> None:
        """Add the authorities that the user trusts; or why there are none."""
        from scanner.trust import read_store  # few scans are given one

        source = str(store)
        try:
            found = read_store(store, source)
        except InputError as error:
            self.problems.append(error.problem)
            self.leave_out([unread(source, AUTHORITIES.name, 0, error.problem.here)])
            return
        rows = [
            {"source": source, "subject": subject, "certificate": base64.b64encode(der).decode()}
            for der, subject in found.authorities
        ]
        if found.unread:
            self.problems.append(Problem(source, said("{n} of its certificates cannot be read", n=found.unread)))
        given = Provenance(source, AUTHORITIES.name, found.size, found.sha256, not found.unread)
        self._add(Facts({AUTHORITIES.name: frame(AUTHORITIES, rows)}, (given,)))

    def have_beside(self, sources: Iterable[str]) -> None:
        """Files beside configurations that were not read and may be of devices: these may join any networks."""
        rows = [{"source": source} for source in sources]
        if rows:
            self._add(Facts({FORWARDING.name: frame(FORWARDING, rows)}))

    def take(self, entry: Input, read: Callable[[], Reading]) -> None:
        """Add what ``read`` gives; or why it gives nothing, and the input as one that was not read."""
        try:
            reading = read()
        except InputError as error:
            self._lose(entry, error.problem)
        except DefinitionError as error:
            self.mistakes += error.problems
        except Exception as error:  # noqa: BLE001 - the last boundary: an input that ends otaudit ends no other
            self._lose(entry, failed(entry.source, error).problem)
        else:
            self.keep(entry, reading)

    def keep(self, entry: Input, outcome: Reading | Problem) -> None:
        """Add what was read of an input, or why it was not read."""
        if isinstance(outcome, Problem):
            self._lose(entry, outcome)
        else:
            self._add(outcome.facts)
            self.problems += outcome.problems

    def _lose(self, entry: Input, problem: Problem) -> None:
        self.problems.append(problem)
        if entry.kind is not InputKind.FACTS:  # which may hold anything
            self.leave_out([unread(entry.source, entry.kind.value, entry.size(), problem.here)])

    @property
    def empty(self) -> bool:
        """No input could be read."""
        return all(given.unread for given in self.facts.inputs)


def _ends(facts: Facts) -> set[str]:
    """The IP addresses between which anything was sent."""
    routed = facts["flows"].filter(pl.col("transport") != "ethernet")
    return {end for name in ("client", "server") for end in routed[name].unique() if end}


def read_inputs(
    inputs: Sequence[Input],
    *,
    jobs: int = 0,
    columns: Mapping[str, str] | None = None,
    watcher: Watcher | None = None,
    captures_read: ReadCaptures = read_side_by_side,
) -> Scan:
    """Read every input; one that cannot be used becomes a problem and the others are still read.

    jobs: processes for captures, 0 for as many as there are processors. captures_read: how captures are read.
    DefinitionError when a policy is wrong.
    """
    scan = Scan()
    watcher = watcher or Watcher()
    for entry in inputs:
        if entry.kind is not InputKind.CAPTURE:
            scan.take(entry, partial(read_text_input, entry, columns))
    if scan.mistakes:
        raise DefinitionError(*scan.mistakes)
    captures = [entry for entry in inputs if entry.kind is InputKind.CAPTURE]
    read = captures_read(captures, jobs, watcher)
    for entry in captures:  # in the order given, so that messages do not depend on which was read first
        scan.keep(entry, read[entry])
    return scan


def judge_scan(
    scan: Scan,
    *,
    profile: str,
    started: datetime,
    clock: float,
    definitions: Definitions | None = None,
    options: Mapping[str, str] | None = None,
    watcher: Watcher | None = None,
) -> Results:
    """The verdicts of the rules that the profile selects. ``clock``: time.perf_counter() at the start.

    definitions: by default the packaged ones.
    options: those of the command that change what the results say; the results carry them on.
    DefinitionError when the profile or a waiver is wrong, or policies contradict each other.
    """
    if mistakes := contradictions(scan.facts.tables):
        raise DefinitionError(*mistakes)
    definitions = definitions or load_definitions()
    frameworks, chosen = definitions.frameworks, definitions.profile(profile)
    rules = chosen.tuned(definitions.rules)
    stage = (watcher or Watcher()).stage
    results = judge(scan.facts, rules, chosen, frameworks, today=started.date(), problems=scan.problems, stage=stage)
    give_back(scan.facts.tables)
    made_with = basis(scan.facts, profile, options or {}, definitions.digests)
    seconds = round(time.perf_counter() - clock, 3)
    return replace(
        results, basis=made_with, run=Run(started.isoformat(timespec="seconds"), seconds, scanner.__version__)
    )
