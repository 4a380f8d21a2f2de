"""Rule files to rules. Every mistake in every file is told at once, with file, line, column and what was expected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as Named
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scanner.configs import reader
from scanner.configs.remedies import Commands, with_commands
from scanner.engine.definitions import attack_techniques as attack
from scanner.engine.definitions import files
from scanner.engine.definitions.boundaries import read_boundary
from scanner.engine.definitions.example_files import read_examples
from scanner.engine.definitions.files import NOT_FAMILIES, DefinitionFile, stem_of
from scanner.engine.definitions.frameworks import Framework, load_frameworks, mappings
from scanner.engine.definitions.rules import EVIDENCE_FAMILY, Minimum, ReviewCondition, Rule
from scanner.engine.definitions.sees import Sees
from scanner.engine.definitions.standing import KEYS as STANDING
from scanner.engine.definitions.standing import read_standing
from scanner.engine.language import message_template as templates
from scanner.engine.language import vocabulary
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.correlations import Measure, read_measures, with_measures
from scanner.engine.language.gatherings import read_gatherings, with_gathered
from scanner.engine.language.parameters import Parameter, Settings, read_parameters, with_values
from scanner.engine.language.paths import PathError, find_column
from scanner.engine.language.selections import Selection, columns_of, read_selection
from scanner.engine.language.suggestions import expected
from scanner.errors import DefinitionError, Problem, WrongText
from scanner.facts.schema import TABLES, Table
from scanner.results.model import Mapping, Severity, Text, Verdict
from scanner.wording import said, verbatim
from scanner.yaml_positions import Path as Place
from scanner.yaml_positions import load

REQUIRED = (
    "id",
    "title",
    "description",
    "severity",
    "needs",
    "subjects",
    "fail",
    "message",
    "rationale",
    "remediation",
    "examples",
)
KEYS = (
    *REQUIRED,
    "controls",
    "protocols",
    "remedy",
    "with",
    "correlate",
    "group_by",
    "minimum",
    "unknown_when",
    "review",
    "empty",
    "attack",
    "references",
    "boundary",
    "parameters",
    *STANDING,
)
Remedies = Named[str, tuple[Commands, ...]]  # by name
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GROUP_BY = {
    "captures": ("source",),
    "files": ("source",),
    "flows": ("client", "server", "transport", "server_port"),
    "operations": ("client", "server", "protocol", "verb"),
    "sessions": ("client", "server", "server_port", "protocol"),
    "malformed": ("client", "server", "protocol"),
    "publications": ("client", "server", "protocol", "object"),
    "state_changes": ("client", "server", "protocol", "object"),
    "related": ("client", "server", "protocol", "to_port"),
    "resolutions": ("client", "name", "address"),
    "subscriptions": ("address", "network_slice", "data_network"),
    "countries": ("address",),
    "certificate_chains": ("chain",),
    "authorities": ("source", "subject"),
    "exports": ("device", "destination", "protocol", "port"),
    "sightings": ("mac", "ip"),
    "addresses": ("ip", "vlan"),
    "identities": ("mac", "ip", "field"),
    "devices": ("device",),
    "observations": ("kind", "zone", "other_zone", "device"),
    "inventory": ("source", "row"),
    "advisories": ("source", "vulnerability", "product"),
    "known_exploited": ("source", "vulnerability"),
    "exposures": ("source", "row", "device", "advisory", "vulnerability"),
    "life_cycles": ("source", "product", "version"),
    "supported_assets": ("source", "row", "device"),
    "zones": ("zone",),
    "conduits": ("conduit",),
    "conduit_parts": ("conduit", "kind", "part"),
    "export_entries": ("entry",),
    "writers": ("source", "line"),
    "undecided": ("client", "server", "protocol"),
    "roles": ("role", "member"),
    "change_windows": ("window",),
    "answers": ("framework", "requirement", "zone"),
    "settings": ("device", "category", "item", "setting"),
    "acl_permits": ("device", "acl", "entry", "from_zone", "to_zone"),
    "forwarding": ("source",),
    "neighbours": ("device", "port", "neighbour"),
    "stations": ("device", "port", "mac"),
    "switch_ports": ("device", "port"),
    "cables": ("device", "port", "other_device"),
    "occupied_ports": ("device", "port"),
    "located_devices": ("mac",),
    "proofs": ("kind", "from_zone", "to_zone", "conduit", "service", "client", "server", "server_port"),
}


def load_rules(
    paths: Iterable[Path] | None = None,
    frameworks: Collection[Framework] | None = None,
    own: Iterable[DefinitionFile] = (),
    remedies: Remedies | None = None,
    *,
    packaged: Collection[Rule] | None = None,
    examples: bool = False,
) -> tuple[Rule, ...]:
    """The rules in the given files and folders, or the packaged ones, and those of the user; sorted by id.

    Raises DefinitionError with every mistake found. Folders named ``frameworks``, ``profiles``, ``remedies`` and
    ``drafts`` are left out. remedies: those that rules may name; by default those of the dialects.
    packaged: those that are known already, in place of their files.
    examples: read those of packaged rules too, which are tested with otaudit and which no verdict needs.
    """
    known = {f.id: f for f in (load_frameworks() if frameworks is None else frameworks)}
    rules = {rule.id: rule for rule in packaged or ()}
    problems: list[Problem] = []
    for file in chain(_files(paths) if packaged is None else (), own):
        try:
            rule = read_rule(
                file.content,
                file.source,
                file.folder,
                known,
                remedies,
                file.origin,
                in_nursery=file.in_nursery,
                examples=examples or paths is not None or bool(file.origin),
            )
        except DefinitionError as error:
            problems += error.problems
            continue
        if rule.id in rules:
            problems.append(
                Problem(
                    file.source,
                    said("rule '{rule}' is also defined in {source}", rule=rule.id, source=rules[rule.id].source),
                    remedy=said("give it another id"),
                )
            )
        rules[rule.id] = rule
    if problems:
        raise DefinitionError(*problems)
    named = mappings(known.values())
    return tuple(_mapped(rules[name], named.get(name, ())) for name in sorted(rules))


def _files(paths: Iterable[Path] | None) -> Iterator[DefinitionFile]:
    if paths is None:
        return (file for file in files.packaged() if file.folder not in NOT_FAMILIES)
    return files.named(paths)


def _mapped(rule: Rule, named: Iterable[Mapping]) -> Rule:
    """With the requirements that name it, after those that its own file names."""
    return replace(rule, mappings=tuple(dict.fromkeys((*rule.mappings, *named))))


def read_rule(  # noqa: PLR0917 - what a file is, and what it may name
    content: bytes | str,
    source: str,
    family: str,
    frameworks: dict[str, Framework],
    remedies: Remedies | None = None,
    origin: str = "",
    values: Settings = MappingProxyType({}),
    *,
    in_nursery: bool = False,
    examples: bool = True,
) -> Rule:
    """One rule from its YAML text; DefinitionError with every mistake in it. values: of parameters, if not default.

    examples: read them now; else when somebody asks the rule for them.
    """
    known = reader.remedies() if remedies is None else remedies
    notes = Collector(load(content, source))
    parameters = tuple(p.having(values.get(p.name, p.default)) for p in read_parameters(notes))
    if notes.problems:  # wherever they are used the rule would seem wrong that is not
        raise DefinitionError(*notes.problems)
    notes.document = with_values(notes, parameters)
    reading = _RuleReader(notes, source, family, frameworks, known)
    reading.in_nursery = in_nursery
    rule = reading.rule(parameters, examples=examples)
    if notes.problems or rule is None:
        raise DefinitionError(*notes.problems)
    again = partial(read_rule, content, source, family, frameworks, known, origin, in_nursery=in_nursery)
    return replace(rule, origin=origin, parameters=parameters, again=again)


def read_packaged(source: str, values: Settings = MappingProxyType({}), *, examples: bool = True) -> Rule:
    """A packaged rule, by the source that it names. values: of parameters, if not default."""
    file = files.packaged_file(source)
    none: dict[str, Framework] = {}  # frameworks name rules, and packaged rules name none
    return read_rule(
        file.content, source, file.folder, none, values=values, in_nursery=file.in_nursery, examples=examples
    )


class _RuleReader:
    """Reads one document part by part; a part that is wrong is noted and replaced by something harmless."""

    def __init__(
        self, notes: Collector, source: str, family: str, frameworks: dict[str, Framework], remedies: Remedies
    ) -> None:
        self.notes = notes
        self._source = source
        self._family = family
        self._frameworks = frameworks
        self._remedies = remedies
        self.in_nursery = False  # by where the file lies

    def rule(self, parameters: tuple[Parameter, ...], *, examples: bool) -> Rule | None:
        notes = self.notes
        data = notes.mapping((), KEYS, REQUIRED)
        if not data:
            return None
        stored = self._table()
        gatherings = read_gatherings(notes, stored) if stored and "with" in data else ()
        subjects = with_gathered(stored, gatherings) if stored else None
        measures = self._measures(subjects)
        table = with_measures(subjects, measures) if subjects else None
        fail = self._selection("fail", table)
        parts: dict[str, Any] = {
            "id": self._id(),
            "title": notes.localised(("title",)),
            "description": notes.localised(("description",)),
            "severity": Severity(notes.word(("severity",), tuple(Severity), Severity.MEDIUM)),
            "needs": self._needs(stored),
            "protocols": notes.words(("protocols",), vocabulary.protocol_names()) if "protocols" in data else (),
            "where": self._selection("subjects", subjects, "where"),
            "gather": gatherings,
            "correlate": measures,
            "unknown_when": self._selection("unknown_when", table),
            "review": self._review(table) if "review" in data else None,
            "group_by": self._group_by(stored),
            "message": self._message(table),
            "minimum": self._minimum(),
            "boundary": read_boundary(notes) if "boundary" in data else None,
            "empty": Verdict(notes.word(("empty",), ("not-applicable", "no-evidence"), "not-applicable")),
            "rationale": notes.localised(("rationale",)),
            "advice": (advice := notes.localised(("remediation",))),
            "commands": (commands := self._commands()),
            "remediation": with_commands(advice, commands),
            "mappings": tuple(self._mappings()),
            "attack": notes.words(("attack",), attack.TECHNIQUES),
            "references": self._references(),
            "read_examples": read_examples(notes, parameters) if examples and "examples" in data else None,
        }
        standing = read_standing(
            notes, self._family, stored.name if stored else "", counts=bool(measures), in_nursery=self.in_nursery
        )
        parts |= standing._asdict()
        self._check_used(measures, fail, parts)
        if notes.problems or table is None or fail is None:
            return None
        rule = Rule(family=self._family, source=self._source, table=table.name, fail=fail, **parts)
        self._check_needs(rule)
        return rule

    def _id(self) -> str:
        name = self.notes.text(("id",))
        if name and not _ID.fullmatch(name):
            self.notes.note(
                ("id",),
                said("'{name}' is not a rule id", name=name),
                said("expected lower-case words joined by hyphens"),
            )
        stem = stem_of(self._source)
        if name and name != stem:
            self.notes.note(
                ("id",),
                said("the id '{name}' is not the file name '{stem}'", name=name, stem=stem),
                said("rename one of them"),
            )
        return name

    def _table(self) -> Table | None:
        self.notes.mapping(("subjects",), ("table", "where"), ("table",))
        return TABLES.get(self.notes.word(("subjects", "table"), vocabulary.JUDGED))

    def _measures(self, table: Table | None) -> tuple[Measure, ...]:
        return read_measures(self.notes, table) if table and self.notes.has(("correlate",)) else ()

    def _check_used(self, measures: Iterable[Measure], fail: Selection | None, parts: dict[str, Any]) -> None:
        """A measure that nothing looks at would seem to be a test that is made."""
        if fail is None:
            return
        chosen = [fail, parts["unknown_when"], parts["review"].when if parts["review"] else None]
        used = {column for selection in chosen if selection for column in columns_of(selection)}
        self._check_gathered(used, parts)
        for measure in measures:
            if measure.name not in used:
                what = said("no condition uses '{name}'", name=measure.name)
                self.notes.note(("correlate", measure.name), what, said("use it under 'fail', or remove it"), key=True)

    def _check_gathered(self, used: set[str], parts: dict[str, Any]) -> None:
        """What is counted is for a condition; what is listed may be for the message alone."""
        used |= {*templates.placeholders(parts["message"].values())} if not self.notes.problems else set()
        used |= {*columns_of(parts["where"])} if parts["where"] else set()
        for measure in parts["correlate"]:
            used |= {n for s in (measure.where, *(s for _, s in measure.steps)) if s for n in columns_of(s)}
        for gathering in parts["gather"]:
            if gathering.name not in used:
                what = said("no condition uses '{name}'", name=gathering.name)
                self.notes.note(("with", gathering.name), what, said("use it under 'fail', or remove it"), key=True)

    def _check_needs(self, rule: Rule) -> None:
        """An input that nobody asks for would leave the rule without a verdict when it is not there."""
        for name in sorted(rule.related_tables):
            if TABLES[name].needs not in rule.inputs:
                what = said("table {table} is filled by the input '{needs}'", table=name, needs=TABLES[name].needs)
                self.notes.note(("needs",), what, said("add it to needs"))

    def _selection(self, *where: str | Table | None) -> Selection | None:
        path = tuple(step for step in where if isinstance(step, str))
        table = next((step for step in where if isinstance(step, Table)), None)
        if table is None or not self.notes.has(path):
            return None
        return read_selection(self.notes.value(path), path, table, self.notes)

    def _needs(self, table: Table | None) -> tuple[str, ...]:
        needs = self.notes.words(("needs",), vocabulary.INPUTS)
        if table and table.needs not in needs:
            self.notes.note(
                ("needs",),
                said("table {table} is filled by the input '{needs}'", table=table.name, needs=table.needs),
                said("add it to needs"),
            )
        return needs

    def _review(self, table: Table | None) -> ReviewCondition:
        notes, key = self.notes, "review"
        notes.mapping((key,), ("authority", "when", "severity", "title"), ("title",))
        severity = (key, "severity") if notes.has((key, "severity")) else ("severity",)
        return ReviewCondition(
            authority=notes.words((key, "authority"), vocabulary.INPUTS),
            when=self._selection(key, "when", table),
            severity=Severity(notes.word(severity, tuple(Severity), Severity.MEDIUM)),
            title=notes.localised((key, "title")),
        )

    def _commands(self) -> tuple[Commands, ...]:
        """Those of the systems whose dialects know the remedy."""
        if not self.notes.has(("remedy",)):
            return ()
        return self._remedies.get(self.notes.word(("remedy",), tuple(self._remedies)), ())

    def _group_by(self, table: Table | None) -> tuple[str, ...]:
        if table is None:
            return ()
        return self.notes.words(("group_by",), [c.name for c in table.columns]) or _GROUP_BY[table.name]

    def _message(self, table: Table | None) -> Text:
        message = self.notes.localised(("message",))
        known = [*(c.name for c in table.columns), *templates.ALWAYS] if table else []
        for language, template in message.items():
            path = ("message", language)
            try:
                names = templates.fields(template)
            except ValueError as error:
                what = error.what if isinstance(error, WrongText) else verbatim(str(error))
                remedy = said("expected plain column names in braces")
                self.notes.note(path, said("message: {what}", what=what), remedy)
                continue
            for name in names:
                if table and name not in known:
                    self._check_reached(table, name, known, path)
        return message

    def _check_reached(self, table: Table, name: str, known: list[str], path: Place) -> None:
        """The placeholder of a message leads to a column of another table."""
        try:
            find_column(table, name)
        except PathError as error:
            remedy = error.remedy if "." in name else expected(name, known)
            self.notes.note(path, said("message: there is no column '{column}'", column=name), remedy)

    def _minimum(self) -> Minimum:
        if not self.notes.has(("minimum",)):
            return Minimum()
        self.notes.mapping(("minimum",), ("subjects", "duration", "sees"))
        sees = self.notes.has(("minimum", "sees"))
        subjects = self.notes.number(("minimum", "subjects"), 1, float("inf"), whole=True)
        return Minimum(
            subjects=int(subjects or 1),
            duration=self.notes.number(("minimum", "duration"), 0, float("inf")),
            sees=frozenset(map(Sees, self.notes.words(("minimum", "sees"), tuple(Sees)))) if sees else None,
        )

    def _mappings(self) -> Iterator[Mapping]:
        notes = self.notes
        if notes.value(("controls",)) is None:
            return
        if self._family == EVIDENCE_FAMILY:
            notes.note(
                ("controls",),
                said("a check of the evidence says nothing about a control"),
                said("remove controls"),
                key=True,
            )
        for name in notes.mapping(("controls",)):
            framework = self._frameworks.get(name)
            if framework is None:
                remedy = expected(name, self._frameworks)
                notes.note(("controls", name), said("unknown framework '{name}'", name=name), remedy, key=True)
                continue
            for requirement in notes.words(("controls", name), framework.requirements.keys()):
                yield Mapping(name, requirement)

    def _references(self) -> tuple[str, ...]:
        references = self.notes.words(("references",))
        for index, reference in enumerate(references):
            if not re.match(r"https?://[^\s]+\Z", reference):
                self.notes.note(
                    ("references", index),
                    said("'{reference}' is not a web address", reference=reference),
                    said("expected https://..."),
                )
        return references
