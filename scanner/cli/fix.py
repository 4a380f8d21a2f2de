"""``otaudit fix``: the fewest edits of policy and access lists that turn chosen failures into passes."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, NOTHING_JUDGED, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import chosen_dialects, exclusions, inventories, own_rules, policies, processes, saved_facts
from scanner.cli._spoken import usage_error
from scanner.errors import DefinitionError, Problem
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.engine.definitions.together import Definitions
    from scanner.facts.frames import Facts
    from scanner.fix.edits import TextEdit
    from scanner.fix.proposals import Editable
    from scanner.fix.search import Fix
    from scanner.inputs import Input
    from scanner.results.model import Results

_SHORTEST_ID = 6
_CHANGED = said("was changed by somebody else while it was judged: nothing is written")


@click.command(name="fix", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@inventories
@policies
@option("-p", "--profile", default="default", show_default=True, metavar="NAME", help="Selection of rules.")
@option("--rule", "named", multiple=True, metavar="RULE", help="Fix every failure of this rule.")
@option("--finding", "ids", multiple=True, metavar="ID", help="Fix this finding; the beginning of its id is enough.")
@option("--owner", default="", metavar="NAME", help="Who answers for conduits that are declared.")
@option("--reason", default="", metavar="TEXT", help="Why they exist.")
@option("--write", is_flag=True, help="Change the files; without it, what would change is only shown.")
@own_rules
@saved_facts
@exclusions
@chosen_dialects
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    profile: str,
    named: tuple[str, ...],
    ids: tuple[str, ...],
    owner: str,
    reason: str,
    write: bool,
    rules: tuple[Path, ...],
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    dialects: tuple[str, ...],
    jobs: int,
) -> None:
    """Propose the fewest edits that turn chosen failures into passes, and break nothing else.

    Traffic that no conduit allows becomes a conduit of its zones, service and clients; an entry of an access list is
    deleted where its lines are its own. Everything is judged again with the edits made. An edit is refused that leaves
    its finding, makes another, lets less be known, or allows more than what was chosen.

    The edits are printed as a unified diff; files are changed with --write alone. Whether a path is to be allowed is
    for people to decide: this says what allowing it would take.

    \b
    Exit status: 0  every chosen finding is fixed
                 1  some are not; it says why
                 2  usage, or a mistake in a policy
                 3  an input could not be read completely
                 4  nothing that fails was chosen
    """  # noqa: D301 - click looks for the backspace itself
    if not named and not ids:
        raise usage_error(said("choose findings: --rule RULE or --finding ID"))
    if any(len(name) < _SHORTEST_ID for name in ids):
        raise usage_error(said("the id of a finding needs {n} characters at least", n=_SHORTEST_ID))
    with explain():
        from scanner.cli._inputs import find, tell_problems
        from scanner.engine.definitions.together import load_definitions
        from scanner.fix.edits import diff
        from scanner.fix.proposals import NewConduits, chosen_findings, proposals
        from scanner.fix.search import smallest
        from scanner.results.comparing import COUNTING, rules_of

        definitions = load_definitions(rules)
        definitions.profile(profile)
        found, problems, _ = find(inputs, inventory, policy, facts, exclude, rules=rules, dialects=dialects)
        again = _Again(found, problems, definitions, profile, jobs)
        before = again(())
        tell_problems([*again.problems, *problems])
        chosen = chosen_findings(rules_of(before, COUNTING), named, ids)
        edits, refused = proposals(chosen, again.policies, again.configurations, NewConduits(owner, reason))
        made = smallest(before, chosen, edits, again, refused)
        texts = {edit.source: again.texts[edit.source] for edit in made.edits}
        _show(diff(texts, made.edits, again.policies))
        _tell(made)
        if write:
            again.write(made.edits)
    if not chosen:
        tell(said("no such finding fails"))
        sys.exit(NOTHING_JUDGED)
    sys.exit(FAILING if made.refused else INCOMPLETE if again.problems or problems else 0)


def _show(lines: Iterable[str]) -> None:
    """As ``patch`` needs them; on a terminal nothing that it would obey."""
    from scanner.report._words import printable

    terminal = sys.stdout is not None and sys.stdout.isatty()
    for line in lines:
        click.echo(printable(line) if terminal else _bytes(line))


def _text(data: bytes) -> str | None:
    """Lines as they lie there, whatever their bytes mean; None where a line feed is no byte."""
    return None if b"\0" in data else data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _tell(made: Fix) -> None:
    from scanner.wording.spoken import spoken

    for one in made.refused:
        about = spoken(one.chosen.finding.message.get("en", ""), general().language)
        tell(said("{finding} ({rule}): {why}", finding=about, rule=one.chosen.rule, why=one.why))
    if made.edits and not general().quiet:
        tell(said("findings fixed: {m}, by so many edits: {n}", n=len(made.edits), m=made.fixed))


class _Again:
    """Judges the inputs with edits made. What cannot be edited is read once."""

    def __init__(
        self, found: Sequence[Input], problems: Sequence[Problem], definitions: Definitions, profile: str, jobs: int
    ) -> None:
        """problems: with what lies beside the inputs, which may be of devices."""
        from scanner.inputs import InputKind
        from scanner.reach.unread import unread_devices
        from scanner.scan import read_inputs

        kinds = (InputKind.POLICY, InputKind.CONFIGURATION)
        self._editable = [entry for entry in found if entry.kind in kinds and entry.path is not None]
        self._rest = read_inputs([entry for entry in found if entry not in self._editable], jobs=jobs)
        if any(entry.kind is InputKind.CONFIGURATION for entry in found):
            self._rest.have_beside(unread_devices(problems))
        self._definitions, self._profile = definitions, profile
        self.problems = list(self._rest.problems)
        self.texts: dict[str, str] = {}
        for entry in self._editable:
            if entry.path is not None and entry.content is None:
                try:
                    text = _text(entry.path.read_bytes())
                except OSError:
                    continue  # it is judged as it is, and not edited
                if text is not None:
                    self.texts[entry.source] = text
        self.policies = {
            e.source: self.texts[e.source] for e in self._editable if e.kind is kinds[0] and e.source in self.texts
        }
        self.configurations: Mapping[str, Editable] = {}

    def __call__(self, edits: Collection[TextEdit]) -> Results:
        """The results with the edits made; DefinitionError where a policy is wrong then."""
        from scanner.fix.edits import by_source, edited
        from scanner.scan import Scan, judge_scan, read_inputs

        clock, started = time.perf_counter(), datetime.now(UTC)
        with tempfile.TemporaryDirectory(prefix="otaudit-fix-") as folder:
            entries = list(self._editable)
            for number, (source, own) in enumerate(by_source(edits).items()):
                path = Path(folder, str(number))
                path.write_bytes(_bytes(edited(self.texts[source], own)))
                entries = [replace(e, path=path) if e.source == source else e for e in entries]
            read = read_inputs(entries, jobs=1)
        scan = Scan([self._rest.facts, read.facts], [*self._rest.problems, *read.problems])
        if not edits:
            self.problems += read.problems
            self.configurations = _configurations(read.facts, self.texts)
        return judge_scan(scan, definitions=self._definitions, profile=self._profile, started=started, clock=clock)

    def write(self, edits: Collection[TextEdit]) -> None:
        """Change the files, all or none; DefinitionError where one cannot be written, or is no longer what was read."""
        from scanner.cli._writing import writing
        from scanner.fix.edits import by_source, edited
        from scanner.whole_files import write_all

        paths = {entry.source: entry.path for entry in self._editable}
        changed: dict[Path, list[bytes]] = {}
        for source, own in by_source(edits).items():
            path = paths[source]
            if path is None:
                continue
            with writing(source):
                if path.read_bytes() != _bytes(self.texts[source]):
                    raise DefinitionError(Problem(source, _CHANGED, remedy=said("run it again")))
            changed[path] = [_bytes(edited(self.texts[source], own))]
        with writing(", ".join(map(str, changed))):
            write_all(changed)


def _configurations(facts: Facts, texts: Mapping[str, str]) -> Mapping[str, Editable]:
    from scanner.fix.moves import overruled_denials
    from scanner.fix.proposals import Editable

    entries: dict[str, dict[int, int]] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in facts["settings"].to_dicts():
        if row["category"] == "acl":
            rows.setdefault(row["source"], []).append(row)
        if row["category"] == "acl" and row["setting"] == "entry":
            own = entries.setdefault(row["source"], {})
            own[row["line_start"]] = own.get(row["line_start"], 0) + 1
    return {
        given.source: Editable(
            dict(given.notes).get("dialect", ""),
            texts[given.source],
            entries.get(given.source, {}),
            overruled_denials(rows.get(given.source, ())),
            {
                row["line_start"]: row["item"].rpartition(" entry ")[0]
                for row in rows.get(given.source, ())
                if (row["setting"], row["value"]) == ("action", "permit")
            },
        )
        for given in facts.inputs
        if given.kind == "configuration" and given.source in texts
    }


COMMAND = Command.of(command)
