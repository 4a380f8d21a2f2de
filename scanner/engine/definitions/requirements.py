"""Requirements of a framework as its file lists them: what is asked, what can judge it, which rules give evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.engine.definitions.rules import EVIDENCE_FAMILY
from scanner.engine.language.checked_yaml import Collector
from scanner.engine.language.suggestions import expected
from scanner.engine.texts import as_text
from scanner.results.model import Text
from scanner.wording import said
from scanner.yaml_positions import Path

CONFIDENCE = ("V", "V2", "S", "D", "M")
CHECKED = ("V", "V2")
PEOPLE = "people"
JUDGES = ("capture", "inventory", "configuration", "output", "policy", PEOPLE)
_ASKED_ONLY = said("Not assessable from captures, inventories, configurations or a policy: manual.")
_KEYS = ("title", "level", "judged_by", "confidence", "rules", "question", "ask_for", "manual", "note", "same_as")


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    level: the lowest level at which it applies, one of the framework's ``levels``; empty when it has none.
    judged_by: what can judge it, of ``JUDGES``; ``people`` beside others where they judge the rest of it.
    confidence: how well the id was checked: V in one source with the text, V2 in two, S in a secondary source,
        D sources disagree (``note`` says how), M from memory.
    rules: ids of the rules that give evidence about it.
    question, ask_for: what people are asked who judge it, and what they should show; never empty.
    asked: the framework has a question of its own for it.
    same_as: in an overlay, the requirement of the base framework that asks the same; by default that of the same id.
    group: title of the class of the standard that it belongs to; empty where the framework has no classes.
    """

    id: str
    title: Text
    level: str = ""
    judged_by: tuple[str, ...] = ()
    confidence: str = "M"
    rules: tuple[str, ...] = ()
    question: Text = field(default_factory=dict)
    ask_for: Text = field(default_factory=dict)
    manual: Text = field(default_factory=dict)
    note: Text = field(default_factory=dict)
    same_as: str = ""
    group: Text = field(default_factory=dict)
    asked: bool = False

    @property
    def checked(self) -> bool:
        """The id and title were read in a source that carries them."""
        return self.confidence in CHECKED


def read_requirements(
    notes: Collector, levels: Sequence[str], usual: Text, rules: Mapping[str, str]
) -> dict[str, Requirement]:
    """All of a framework, class by class. usual: what stays manual. rules: id -> family of those that may be named."""
    entries = notes.mapping(("requirements",)) if notes.has(("requirements",)) else {}
    classes = _classes(notes, entries) if notes.has(("classes",)) else {}
    order = list({_first(title): None for title in classes.values()})
    found = [_read(notes, name, levels, usual, classes.get(_class_of(name, classes), {}), rules) for name in entries]
    found.sort(key=lambda r: order.index(_first(r.group)) if r.group else len(order))
    return {requirement.id: requirement for requirement in found}


def _first(text: Text) -> str:
    """Its first language; the texts of a file that have none in common are not of one class."""
    return next(iter(text.values()), "")


def _classes(notes: Collector, ids: Iterable[str]) -> dict[str, Text]:
    """Titles of the classes by the start of the ids in them; several starts may have one title."""
    classes = {start: notes.localised(("classes", start)) for start in notes.mapping(("classes",))}
    used = {name: _class_of(name, classes) for name in ids}
    for start in classes.keys() - used.values():
        notes.note(
            ("classes", start), said("no requirement is in class '{start}'", start=start), said("remove it"), key=True
        )
    for name, start in used.items():
        if not start:
            notes.note(
                ("requirements", name),
                said("'{name}' is in none of the classes", name=name),
                said("add its class"),
                key=True,
            )
    return classes


def _class_of(name: str, starts: Iterable[str]) -> str:
    """The longest start of an id, where the id goes on with no further letter or digit; empty when there is none."""
    fitting = (s for s in starts if name.startswith(s) and not name[len(s) : len(s) + 1].isalnum())
    return max(fitting, key=len, default="")


def _read(  # noqa: PLR0917 - what all requirements of a framework share
    notes: Collector, name: str, levels: Sequence[str], usual: Text, group: Text, rules: Mapping[str, str]
) -> Requirement:
    path: Path = ("requirements", name)
    notes.mapping(path, _KEYS, ("title", "judged_by", "confidence"))
    confidence = notes.word((*path, "confidence"), CONFIDENCE, "M")
    judged_by = notes.words((*path, "judged_by"), JUDGES)
    note = notes.localised((*path, "note"))
    if confidence == "D" and not note:
        notes.note(path, said("{name}: sources disagree but no note says how", name=name), said("add a note"))
    return Requirement(
        id=name,
        title=notes.localised((*path, "title")),
        level=notes.word((*path, "level"), levels) if notes.has((*path, "level")) else "",
        judged_by=judged_by,
        confidence=confidence,
        rules=_rules(notes, (*path, "rules"), rules),
        question=notes.localised((*path, "question")) or as_text(said("How is {requirement} met?", requirement=name)),
        ask_for=notes.localised((*path, "ask_for")) or as_text(said("Documents and records that show it")),
        manual=notes.localised((*path, "manual")) or (as_text(_ASKED_ONLY) if judged_by == (PEOPLE,) else usual),
        note=note,
        same_as=notes.text((*path, "same_as")) if notes.has((*path, "same_as")) else "",
        group=group,
        asked=notes.has((*path, "question")),
    )


def _rules(notes: Collector, path: Path, known: Mapping[str, str]) -> tuple[str, ...]:
    """The rules that give evidence; each must exist and judge the plant."""
    named = notes.words(path)
    for index, rule in enumerate(named):
        place = notes.item(path, index)
        if rule not in known:
            notes.note(place, said("unknown rule '{rule}'", rule=rule), expected(rule, known))
        elif known[rule] == EVIDENCE_FAMILY:
            notes.note(
                place,
                said("'{rule}' judges the evidence and says nothing about a requirement", rule=rule),
                said("remove it"),
            )
    for rule, times in Counter(named).items():
        if times > 1:
            notes.note(path, said("'{rule}' is named {times} times", rule=rule, times=times), said("name it once"))
    return tuple(dict.fromkeys(named))
