"""What commands that read inputs share: finding and reading them, and telling what could not be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli._errors import tell
from scanner.cli._general import general
from scanner.cli._plugins import broken_readers
from scanner.errors import DefinitionError, InputError, Problem
from scanner.exclusions import Exclusions
from scanner.inputs import Input, InputKind, find_inputs
from scanner.urls import find_urls, is_url
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.configs.chosen import ChosenDialects
    from scanner.scan import ReadCaptures, Scan

MOST_TOLD = 50  # problems


def find(
    inputs: tuple[str, ...],
    inventory: tuple[str, ...] = (),
    policy: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    *,
    answers: tuple[str, ...] = (),
    rules: tuple[Path, ...] = (),
    dialects: tuple[str, ...] = (),
) -> tuple[list[Input], list[Problem], Exclusions]:
    """The inputs that a command names, what of its folders could not be used, and what of them is left out.

    rules: folders of rules, which are no inputs where they lie in one. dialects: what ``--dialect`` was given.
    """
    problems = broken_readers()
    exclusions = Exclusions(exclude, frozenset(folder.resolve() for folder in rules))
    here = [i for i in inputs if i != "-" and not is_url(i)]
    found = list(find_inputs(here, problems, exclusions, _chosen(dialects)))
    found += [entry for i in inputs if is_url(i) for entry in find_urls(i, problems)]
    if not general().quiet:
        for line in exclusions.lines(each=general().verbose):
            tell(line)
    if "-" in inputs and sys.stdin is None:
        problems.append(Problem("standard input", said("is closed"), remedy=said("pipe a capture into it")))
    elif "-" in inputs:
        found.append(Input(InputKind.CAPTURE, "standard input", stream=sys.stdin.buffer))
    found += [Input(InputKind.INVENTORY, name, Path(name)) for name in inventory]
    for name in policy:
        _must_be_file(name, said("check the path of the policy"))
        found.append(Input(InputKind.POLICY, name, Path(name)))
    already = {entry.path.resolve() for entry in found if entry.kind is InputKind.ANSWERS and entry.path}
    for name in answers:
        _must_be_file(name, said("check the path of the answers"))
        if Path(name).resolve() not in already:  # it may lie in a folder that is scanned
            found.append(Input(InputKind.ANSWERS, name, Path(name)))
    found += [Input(InputKind.FACTS, name, Path(name)) for name in facts]
    return found, problems, exclusions


def _chosen(dialects: tuple[str, ...]) -> ChosenDialects | None:
    """The dialects that the user names; DefinitionError for one that is not read."""
    if not dialects:
        return None
    from scanner.configs.chosen import chosen_dialects

    return chosen_dialects(dialects)


def _must_be_file(name: str, remedy: Said) -> None:
    """DefinitionError when there is no such file: nothing is judged without what was meant to be obeyed."""
    if not Path(name).is_file():
        what = said("is a folder, not a file") if Path(name).is_dir() else said("no such file")
        raise DefinitionError(InputError(name, what, remedy=remedy).problem)


def spare_inputs(folder: str, inputs: tuple[str, ...], found: list[Input]) -> None:
    """DefinitionError when facts would be saved among the inputs, where the next scan would stumble over them."""
    place = Path(folder).resolve()
    given = [Path(name).resolve() for name in inputs if name != "-" and Path(name).is_dir()]
    inside = [path for path in given if place == path or path in place.parents]
    held = [entry.path for entry in found if entry.path is not None and place in entry.path.resolve().parents]
    if inside or held:
        what = said("is part of the inputs; facts must not be saved there")
        raise DefinitionError(Problem(folder, what, remedy=said("choose a folder beside them")))


def read(
    found: Sequence[Input],
    problems: list[Problem],
    *,
    jobs: int = 0,
    columns: Mapping[str, str] | None = None,
    how: How | None = None,
) -> Scan:
    """The inputs read, and shown how far that is. What could not be used is told, with the problems of finding them."""
    from scanner.cli._stages import stages
    from scanner.scan import read_inputs

    with stages(found, reading=True) as watcher, _reader(how or How(), found) as captures_read:
        scan = read_inputs(found, jobs=jobs, columns=columns, watcher=watcher, **captures_read)
    scan.problems += problems  # what was to be read weighs more than what lay beside it
    if problems and any(entry.kind is InputKind.CONFIGURATION for entry in found):
        from scanner.reach.unread import unread_devices

        broken = broken_readers()
        scan.have_beside(unread_devices(p for p in problems if p not in broken))
    tell_problems(scan.problems)
    return scan


@dataclass(frozen=True)
class How:
    """How captures are read. kept: the folder with what was read before; scheduler: of a cluster, which comes first."""

    kept: Path | None = None
    scheduler: str | None = None


@contextmanager
def _reader(how: How, found: Sequence[Input]) -> Iterator[dict[str, ReadCaptures]]:
    """How captures are read when it is not as usual. What of the store could not be used is told at the end."""
    if not any(entry.kind is InputKind.CAPTURE for entry in found):
        yield {}
        return
    if how.scheduler:
        from scanner.fleet.cluster import read_on_cluster

        address = how.scheduler
        yield {"captures_read": lambda captures, _, watcher: read_on_cluster(address, captures, watcher)}
        return
    if how.kept is None:
        yield {}
        return
    from scanner.store import known
    from scanner.store.reading import read_through
    from scanner.store.store import Store

    store = Store(how.kept, known.handed_over())
    yield {"captures_read": partial(read_through, store)}
    tell_problems(store.problems)


def beside(scan: Scan, countries: str | None, authorities: str | None) -> None:
    """What the user gives beside inputs: where addresses are, and whose certificates are trusted; DefinitionError when
    there is no such file.
    """
    before = len(scan.problems)
    if countries:
        _must_be_file(countries, said("check the path of the database"))
        scan.locate(Path(countries))
    if authorities:
        _must_be_file(authorities, said("check the path of the certificates"))
        scan.trust(Path(authorities))
    tell_problems(scan.problems[before:])


def tell_problems(problems: list[Problem]) -> None:
    """One line for each problem on standard error; of very many the first, and how many more there are."""
    for problem in problems[:MOST_TOLD]:
        tell(problem)
    if len(problems) > MOST_TOLD:
        tell(said("{n:,} more inputs with problems are in the reports", n=len(problems) - MOST_TOLD))


def columns_of(path: str | None) -> dict[str, str] | None:
    """The user's mapping of inventory headers, None when the file is not given."""
    if path is None:
        return None
    from scanner.assets.columns import read_columns

    return dict(read_columns(Path(path)))
