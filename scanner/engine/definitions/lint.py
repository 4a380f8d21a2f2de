"""What is wrong with a rule although everything in it exists: it can never match, fail or pass, or its findings have
other ids in every run.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.settings import UNKNOWN
from scanner.engine.definitions.rules import Rule
from scanner.engine.language import message_template as templates
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.modifiers import IsKnown
from scanner.engine.language.parameters import with_values
from scanner.engine.language.satisfiable import Impossible, TooManyBranchesError, branches, conflict, left_open
from scanner.engine.language.selections import And, Not, Selection, possible_words, read_selection
from scanner.errors import Problem
from scanner.facts.schema import TABLES, Table
from scanner.wording import NOTHING, Said, joined, said
from scanner.yaml_positions import Path, load

_WHERE, _FAIL, _UNKNOWN = ("subjects", "where"), ("fail",), ("unknown_when",)
_CHANGING = ("capture", "frames", "filter", "first_time", "last_time", "activity_starts", "text")
"""Columns that differ from run to run, or whenever something else in a file is moved."""


def lint(rule: Rule, content: bytes) -> list[Problem]:
    """Every mistake in a rule that was read without one. content: its file."""
    return _Lint(rule, content).problems()


class _Lint:
    def __init__(self, rule: Rule, content: bytes) -> None:
        self._rule = rule
        self._notes = Collector(load(content, rule.source))
        self._notes.document = with_values(self._notes, rule.parameters)
        self._table = rule.schema
        self._subjects = rule.where or And(())
        self._failing = And((self._subjects, rule.fail))

    def problems(self) -> list[Problem]:
        """All of them."""
        if self._each_selection():
            return self._notes.problems  # what follows from them is said with them
        self._together()
        self._protocols()
        self._grouping()
        self._messages()
        return self._notes.problems

    def _each_selection(self) -> bool:
        """Selections that no row meets, whatever the others say."""
        for path, table in self._places():
            selection = read_selection(self._notes.value(path), path, table, self._notes)
            if selection and (found := conflict(selection, table)):
                self._never(found, path)
        return bool(self._notes.problems)

    def _places(self) -> Iterator[tuple[Path, Table]]:
        """Every selection, named ones one by one, with the table that it is about."""
        places: tuple[tuple[Path, Table], ...] = (
            (_WHERE, self._table),
            (_FAIL, self._table),
            (_UNKNOWN, self._table),
            (("review", "when"), self._table),
            (("boundary", "one"), TABLES["zones"]),
            (("boundary", "other"), TABLES["zones"]),
            *((("correlate", measure.name, "where"), self._table) for measure in self._rule.correlate),
            *((("with", g.name, "where"), TABLES[g.end.table]) for g in self._rule.gather),
        )
        for path, table in places:
            value = self._notes.value(path)
            if isinstance(value, dict) and "condition" in value:
                yield from (((*path, name), table) for name in value if name != "condition")
            elif isinstance(value, dict):
                yield path, table
            elif isinstance(value, list):
                yield from (((*path, n), table) for n, part in enumerate(value) if isinstance(part, dict))

    def _never(self, found: Impossible, path: Path) -> None:
        name = path[-1] if isinstance(path[-1], str) else path[0]
        what = said("'{name}' can never hold: {why}", name=name, why=_why(found))
        self._notes.note(found.path, what, said("correct the value, or remove the selection"), key=True)

    def _together(self) -> None:
        if found := conflict(self._subjects, self._table):
            what = said("no row can ever be a subject: {why}", why=_why(found))
            self._note(found.path, what, said("make 'where' choose what there can be"))
            return
        if found := conflict(self._failing, self._table):
            what = said("no subject can ever fail: {why} among the subjects", why=_why(found))
            self._note(found.path, what, said("make 'fail' ask for what subjects can have"))
            return
        unknown = self._rule.unknown_when
        if unknown and conflict(And((self._failing, Not(unknown))), self._table):
            what = said("no subject can ever fail: 'unknown_when' holds for all that would")
            self._note(_UNKNOWN, what, said("narrow it"))
        passes = And((self._subjects, Not(self._rule.fail), *([Not(unknown)] if unknown else [])))
        if not self._rule.correlate and conflict(passes, self._table):
            what = said("every subject fails, so the rule can never pass")
            self._note(_FAIL, what, said("choose subjects in 'where' of which some are right"))
        if self._table.name == "settings" and left_open(passes):
            what = said("a setting that is left to the release ({value}) would pass", value=UNKNOWN)
            self._note(_UNKNOWN if unknown else _FAIL, what, said("name it under 'unknown_when'"))

    def _protocols(self) -> None:
        rule = self._rule
        if not rule.protocols or not rule.where or "protocol" not in {c.name for c in self._table.columns}:
            return
        named = frozenset(rule.protocols)
        for name in sorted(named - possible_words(rule.where, "protocol", named)):
            number = rule.protocols.index(name)
            what = said("no subject is of the protocol '{protocol}'", protocol=name)
            self._note(self._notes.item(("protocols",), number), what, said("remove it, or let 'where' choose it"))

    def _grouping(self) -> None:
        for number, name in enumerate(self._rule.group_by):
            of_file = name == "capture" and self._rule.table in {"captures", "files"}  # which have nothing else
            if name in _CHANGING and not of_file and self._notes.has(("group_by",)):
                what = said("findings by '{column}' have another id in every run", column=name)
                remedy = said("group by what stays the same: {columns}", columns="client, server, device")
                self._note(self._notes.item(("group_by",), number), what, remedy)

    def _messages(self) -> None:
        """Columns that are empty in every row that fails; within square brackets they are left out."""
        empty = self._always_empty(self._failing)
        for language, template in self._rule.message.items():
            outside = templates.required(template)
            for name in sorted(empty & set(outside)):
                what = said("message: '{column}' is unknown in every row that fails", column=name)
                self._note(("message", language), what, said("leave it out"))

    def _always_empty(self, selection: Selection) -> set[str]:
        if conflict(selection, self._table) is not None:
            return set()
        try:
            each = branches(selection)
        except TooManyBranchesError:
            return set()
        empty = [
            {a.column for a in branch if isinstance(a.match, IsKnown) and a.match.wanted is not a.positive}
            for branch in each
        ]
        return set.intersection(*empty) if empty else set()

    def _note(self, path: Path, what: Said, remedy: Said = NOTHING) -> None:
        self._notes.note(path, what, remedy, key=len(path) > 1 or path in (_FAIL, _UNKNOWN))


def _why(found: Impossible) -> Said:
    if len(found.columns) > 1:
        return said("no row has such {columns} together", columns=joined(map(_quoted, found.columns), " / "))
    return said("no row has such a '{column}'", column=found.columns[0])


def _quoted(name: str) -> Said:
    return said("'{name}'", name=name)
