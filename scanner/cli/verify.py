"""``otaudit verify``: whether saved results, their inputs and what judged them are still what they were."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.results.model import InputRecord, Results

_NO_FILES = ("exclusion", "not-examined")


@click.command(name="verify", cls=SpokenCommand)
@click.argument("results", metavar="RESULTS.json", type=click.Path())
@click.argument("inputs", nargs=-1, metavar="[INPUT]...", type=click.Path())
@option("--facts", metavar="DIR", type=click.Path(), help="Facts that the same scan saved.")
@own_rules
def command(results: str, inputs: tuple[str, ...], facts: str | None, rules: tuple[Path, ...]) -> None:
    """Compare saved results with the digests in them.

    Looked at are the results themselves, every input (below INPUT whatever it is called there, otherwise under the name
    in the results), saved facts, the rules, frameworks and profile of this otaudit, all that the profile extends, the
    values that rules were judged with, and the definitions of --rules. The digests
    show accidents and careless edits; who can write a file can compute its digest anew, so results that must stand up
    are to be signed.

    \b
    Exit status: 0  everything fits
                 1  something does not
                 2  usage error
                 3  nothing contradicts, but an input is not there to be compared, or the results cannot be read
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.results.serialise import ALTERED, load, verdict_digest

        loaded = load(Path(results), altered=True)
        altered = any(p.source == results and p.what == {"en": ALTERED} for p in loaded.problems[:1])
        wrong = [f"{results}: {ALTERED}"] if altered else []
        missing: list[str] = []
        _compare_inputs(loaded, inputs, wrong, missing)
        wrong += _judged_otherwise(loaded)
        wrong += _other_values(loaded, rules)
        _compare_own(loaded, rules, wrong, missing)
        wrong += _other_facts(loaded, facts)
    for line in (*wrong, *missing):
        click.echo(line)
    if not general().quiet:
        if not (wrong or missing):
            click.echo(f"{results}: everything fits")
        click.echo(f"SHA-256 of the verdicts, as on the page that is signed: {verdict_digest(loaded)}")
    sys.exit(FAILING if wrong else INCOMPLETE if missing else 0)


def _compare_inputs(loaded: Results, inputs: tuple[str, ...], wrong: list[str], missing: list[str]) -> None:
    found = dict(_digests(inputs)) if inputs else {}
    there = set(found.values())
    for record in loaded.inputs:
        if record.kind in _NO_FILES or not record.sha256 or record.sha256 in there:
            continue
        path = _place(record, inputs, found)
        if path is None:
            missing.append(f"{record.source}: is not there, so it was not compared (SHA-256 {record.sha256})")
        elif found.get(path) != record.sha256 and _digest(path) != record.sha256:
            wrong.append(f"{path}: is not the file that was examined as {record.source} (SHA-256 {record.sha256})")


def _place(record: InputRecord, inputs: tuple[str, ...], found: dict[Path, str]) -> Path | None:
    """The file that bears the input's name."""
    path = Path(record.source)
    if inputs:
        return next((p for p in found if p == path), None) or next((p for p in found if p.name == path.name), None)
    return path if path.is_file() else None


def _digests(inputs: Iterable[str]) -> Iterator[tuple[Path, str]]:
    from scanner.errors import InputError

    for name in inputs:
        path = Path(name)
        if not path.exists():
            raise InputError(name, said("no such file or folder"), remedy=said("check the path"))
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                yield file, _digest(file)


def _digest(path: Path) -> str:
    from scanner.basis import file_digest
    from scanner.errors import InputError, reason

    try:
        return file_digest(path)
    except OSError as error:
        raise InputError(str(path), said("cannot be read: {reason}", reason=reason(error))) from error


def _judged_otherwise(loaded: Results) -> Iterator[str]:
    """What of this otaudit is not what judged."""
    import scanner
    from scanner.basis import frameworks_digest, profile_digest, rules_digest

    made_with = loaded.basis
    if loaded.run.version != scanner.__version__:
        yield f"otaudit {loaded.run.version} made the results; this is {scanner.__version__}"
    named = made_with.options.get("profile", loaded.profile)
    now = {
        "rules": rules_digest(),
        "frameworks": frameworks_digest(),
        f"profile {named}": profile_digest(named, made_with.own),
    }
    then = (made_with.rules, made_with.frameworks, made_with.profile)
    for (name, digest), before in zip(now.items(), then, strict=True):
        if digest != before:
            yield f"{name}: not what judged (SHA-256 {before or 'unknown'})"

    for extended in loaded.profile_use.chain[:-1]:
        if extended.source not in made_with.own and _profile_digest(extended.source) != extended.sha256:
            yield f"profile {extended.profile}: not what judged (SHA-256 {extended.sha256})"


def _profile_digest(source: str) -> str:
    """Of a profile that another extends, by the file that results name; empty when it is not there."""
    from scanner.basis import profile_digest

    packaged = source.removeprefix("rules/profiles/").removesuffix(".yaml")
    return profile_digest(packaged if "/" not in packaged and packaged != source else source)


def _other_values(loaded: Results, folders: tuple[Path, ...]) -> Iterator[str]:
    """Parameters with which this otaudit would judge otherwise. What cannot be read is told by its digest."""
    from scanner.engine.definitions.together import load_definitions
    from scanner.engine.language.parameters import shown
    from scanner.errors import DefinitionError

    try:
        definitions = load_definitions(folders)
        profile = definitions.profile(loaded.basis.options.get("profile", loaded.profile))
    except DefinitionError:
        return
    now = {rule.id: {n: shown(v) for n, v in rule.values.items()} for rule in profile.tuned(definitions.rules)}
    for result in (*loaded.rules, *loaded.outside, *loaded.reach):
        then = {used.parameter: used.value for used in result.parameters}
        for name in sorted(then.keys() | now.get(result.rule, then).keys()):
            before, after = then.get(name), now.get(result.rule, then).get(name)
            if before != after:
                yield f"rule {result.rule}: parameter {name} was {before or 'unknown'}, is {after or 'unknown'}"


def _compare_own(loaded: Results, folders: tuple[Path, ...], wrong: list[str], missing: list[str]) -> None:
    """Definitions that the user brought to the scan."""
    from scanner.engine.definitions.files import own

    then = loaded.basis.own
    if not folders:
        missing += [f"{name}: is not otaudit's own; compare it with --rules (SHA-256 {then[name]})" for name in then]
        return
    now = {f"{file.origin}/{file.name}": file.digest for file in own(folders)}
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            missing.append(f"{name}: is not there, so it was not compared (SHA-256 {then[name]})")
        elif name not in then:
            wrong.append(f"{name}: was not there when it was judged")
        elif then[name] != now[name]:
            wrong.append(f"{name}: not what judged (SHA-256 {then[name]})")


def _other_facts(loaded: Results, folder: str | None) -> Iterator[str]:
    if folder is None:
        return
    from scanner.facts.saved import digests

    then, now = loaded.basis.tables, digests(Path(folder))
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield f"{folder}: table {name} is not the one that was judged"


COMMAND = Command.of(command)
