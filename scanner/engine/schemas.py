"""JSON Schemas (draft 2020-12) for editors, of rules, profiles and frameworks: made from the words that readers know.

An editor tells with them what a key means, which values there are and what is misspelled, while somebody writes. What
several parts of a file say together, only otaudit tells. ``python -m scanner.docs`` writes them to ``docs/schemas/``,
``otaudit schemas`` anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from scanner.catalogues import languages
from scanner.engine.definitions.attack_techniques import TECHNIQUES
from scanner.engine.definitions.frameworks import SCALES
from scanner.engine.definitions.requirements import CONFIDENCE, JUDGES
from scanner.engine.definitions.rules import INTERNET, RuleState
from scanner.engine.definitions.sees import Sees
from scanner.engine.language import vocabulary
from scanner.engine.language.correlations import MeasureKind
from scanner.engine.language.modifiers import MODIFIERS, element
from scanner.engine.language.parameters import ParameterType
from scanner.facts.schema import TABLES, Column, Table
from scanner.results.model import Severity, Verdict
from scanner.results.ratings import Audience, Confidence

Schema = dict[str, Any]

FOLDER = Path("docs/schemas")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_STORED = (("policy", "scanner.policy"), ("answers", "scanner.answers"), ("results", "scanner.results"))
_MODIFIERS = rf"(\|({'|'.join(MODIFIERS)}))*"
_PARAMETER = {"type": "string", "pattern": r"\$[A-Za-z_]"}
_ID = {
    "type": "string",
    "pattern": r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "description": "As the file is called, without .yaml.",
}
_TYPES: Mapping[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "time": {"type": "string"},
}


def schemas() -> dict[str, Schema]:
    """Every schema by its name: rule, profile, framework, policy, answers, results."""
    found = {"rule": rule(), "profile": profile(), "framework": framework()}
    for name, package in _STORED:
        found[name] = json.loads(files(package).joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def written(schema: Schema) -> str:
    """As it is written to a file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def line(name: str, place: str) -> str:
    """The comment by which an editor knows the schema. place: the folder of the schemas, as seen from the file."""
    return f"# yaml-language-server: $schema={place}/{name}.schema.json"


def _document(name: str, what: str, properties: Mapping[str, Schema], required: Iterable[str], **more: Any) -> Schema:
    return {
        "$schema": _DRAFT,
        "$id": f"urn:otaudit:{name}",
        "title": f"otaudit {name}",
        "description": what,
        **_object(properties, required),
        **more,
    }


def _object(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _word(words: Iterable[str], what: str = "") -> Schema:
    return {"enum": list(words)} | ({"description": what} if what else {})


def _list(item: Schema, what: str = "") -> Schema:
    """One, or a list."""
    return {"anyOf": [item, {"type": "array", "items": item}]} | ({"description": what} if what else {})


def _text(what: str) -> Schema:
    return {"$ref": "#/$defs/text", "description": what}


_TEXT = {
    "type": "object",
    "properties": {language: {"type": "string", "minLength": 1} for language in languages()},
    "additionalProperties": False,
    "minProperties": 1,
    "description": "By language; in one or in several.",
}


# --- rules -------------------------------------------------------------------------------------------------------


def rule() -> Schema:
    """Of a rule file."""
    from scanner.engine.definitions.loader import REQUIRED

    tables = [TABLES[name] for name in vocabulary.JUDGED]
    return _document(
        "rule",
        "A rule of otaudit. docs/rules.md says what each part means.",
        {**_texts(), **_judging(), **_about()},
        REQUIRED,
        allOf=[_of_table(table) for table in tables],
        **{"$defs": {"text": _TEXT, "selection": _selection(r"[a-z][a-z0-9_.]*"), **_selections(tables), **_rows()}},
    )


def _texts() -> dict[str, Schema]:
    return {
        "id": _ID,
        "title": _text("What is wrong where it fails, in a line."),
        "description": _text("What must hold."),
        "message": _text("What a finding says, with {column} for what is in the rows; [, unit {unit}] only if known."),
        "rationale": _text("Why it matters."),
        "remediation": _text("What to do, on any system."),
        "remedy": {"type": "string", "description": "The commands for it, from the dialects that know it."},
        "references": _list({"type": "string", "pattern": "^https?://"}, "Further reading."),
    }


def _judging() -> dict[str, Schema]:
    selection = {"$ref": "#/$defs/selection"}
    return {
        "needs": _list(_word(vocabulary.INPUTS), "Inputs without which it says nothing."),
        "protocols": _list(_word(sorted(vocabulary.protocol_names())), "Dissectors that it depends on."),
        "subjects": _object(
            {
                "table": _word(vocabulary.JUDGED, "What it judges; docs/tables.md."),
                "where": selection | {"description": "Which rows; without it all."},
            },
            ["table"],
            description="Which rows of which table it judges.",
        ),
        "with": {
            "type": "object",
            "additionalProperties": _object(
                {"rows": {"type": "string"}, "where": selection, "list": {"type": "string"}}, ["rows"]
            ),
            "description": "Rows of other tables, counted or listed for each subject.",
        },
        "correlate": {"type": "object", "additionalProperties": _measure(), "description": "What is counted together."},
        "fail": selection | {"description": "When a subject fails."},
        "unknown_when": selection | {"description": "Subjects that cannot be judged."},
        "review": _object(
            {
                "title": _text("Of the result while it is a review, accusing nobody."),
                "authority": _list(_word(vocabulary.INPUTS), "Inputs that can say what is allowed."),
                "severity": _word(Severity),
                "when": selection,
            },
            ["title"],
            description="What a person must confirm, when nobody has said it.",
        ),
        "group_by": _list({"type": "string"}, "One finding for each combination of these columns."),
        "minimum": _object(
            {
                "subjects": {"anyOf": [{"type": "integer", "minimum": 1}, _PARAMETER]},
                "duration": {"anyOf": [{"type": "number", "minimum": 0}, _PARAMETER]},
                "sees": _list(_word(Sees)),
            },
            description="What must have been observed before silence is believed.",
        ),
        "boundary": {
            "anyOf": [
                {"const": "any"},
                _object({"one": _side(), "other": {"anyOf": [_side(), _word([INTERNET]), _sides()]}}, ["one", "other"]),
            ],
            "description": "Between which zones the traffic is that it judges.",
        },
        "empty": _word(["not-applicable", "no-evidence"], "The verdict without subjects."),
        "parameters": {"type": "object", "additionalProperties": _parameter(), "description": "What profiles may set."},
    }


def _side() -> Schema:
    return {"anyOf": [{"const": "any"}, {"$ref": "#/$defs/selection"}]}


def _sides() -> Schema:
    return {"type": "array", "items": {"anyOf": [_side(), _word([INTERNET])]}}


def _measure() -> Schema:
    selection = {"$ref": "#/$defs/selection"}
    properties = {
        "type": _word(MeasureKind),
        "group_by": _list({"type": "string"}),
        "timespan": {"type": "string"},
        "field": {"type": "string"},
        "where": selection,
        "events": {"type": "object", "additionalProperties": selection},
    }
    return _object(properties, ["type", "group_by"])


def _parameter() -> Schema:
    properties: dict[str, Schema] = {
        "type": _word(ParameterType),
        "default": {},
        "title": _text("What it is."),
        "at_least": {"type": ["number", "string"]},
        "at_most": {"type": ["number", "string"]},
        "one_of": {"type": "array"},
    }
    return _object(properties, ["type", "default"])


def _about() -> dict[str, Schema]:
    verdicts = [verdict.value for verdict in Verdict if verdict is not Verdict.ERROR]
    return {
        "severity": _word(Severity, "How much it matters where it fails."),
        "state": _word(RuleState, "What is in the nursery counts nowhere."),
        "confidence": _word(Confidence, "How sure it is that something is wrong where it fails."),
        "audience": _list(_word(Audience), "Whose work it is to put right what it finds."),
        "controls": {
            "type": "object",
            "additionalProperties": _list({"type": "string"}),
            "description": "Framework -> requirements that it gives evidence about.",
        },
        "attack": _list(_word(sorted(TECHNIQUES)), "Techniques of MITRE ATT&CK for ICS."),
        "examples": _object(
            {verdict: {"type": "array", "items": {"$ref": "#/$defs/example"}, "minItems": 1} for verdict in verdicts},
            description="Small cases that must give the verdict they stand under.",
        ),
    }


def _rows() -> dict[str, Schema]:
    """An example, whose rows name columns of the tables."""
    place = {"type": "string"}
    properties: dict[str, Schema] = {
        "name": {"type": "string"},
        "facts": _object({name: {"type": "array", "items": _row(table)} for name, table in TABLES.items()}),
        "inputs": {"anyOf": [_list(_word(vocabulary.INPUTS)), {"type": "null"}]},
        "parameters": {"type": "object"},
        **dict.fromkeys(("capture", "policy", "inventory", "configuration"), place),
    }
    return {"example": _object(properties)}


def _row(table: Table) -> Schema:
    columns = {column.name: _cell(column) for column in table.columns}
    return _object({**columns, "repeat": {"type": "integer", "minimum": 1}, "every": {"type": "string"}})


def _cell(column: Column) -> Schema:
    kind = element(column)
    one: list[Schema] = [dict(_TYPES[kind]), {"type": "null"}, {"type": "string", "pattern": r"[{$]"}]
    return {"description": column.meaning, **(_list({"anyOf": one}) if column.type != kind else {"anyOf": one})}


def _of_table(table: Table) -> Schema:
    """Where a rule judges this table and adds no columns to it, the columns that its selections may name."""
    chosen = {"$ref": f"#/$defs/of-{table.name}"}
    return {
        "if": {
            "properties": {"subjects": {"properties": {"table": {"const": table.name}}, "required": ["table"]}},
            "required": ["subjects"],
            "not": {"anyOf": [{"required": ["with"]}, {"required": ["correlate"]}]},
        },
        "then": {
            "properties": {
                "subjects": {"properties": {"where": chosen}},
                "fail": chosen,
                "unknown_when": chosen,
                "review": {"properties": {"when": chosen}},
            }
        },
    }


def _selections(tables: Iterable[Table]) -> dict[str, Schema]:
    """The selections over each table, and the words of its columns, which several share."""
    found: dict[str, Schema] = {}
    shared: dict[frozenset[str], str] = {}
    for table in tables:
        keys = "|".join(re.escape(column.name) for column in table.columns)
        words: dict[str, Schema] = {}
        for column in table.columns:
            known = vocabulary.words(table.name, column.name)
            if known and column.name != "transport":  # which may be any number, too
                name = shared.setdefault(known, f"words-{len(shared) + 1}")
                words[column.name] = {"$ref": f"#/$defs/{name}"}
        found[f"of-{table.name}"] = _selection(rf"({keys}|[a-z_]+(\.[a-z_]+)+)", words)
    for known, name in shared.items():
        listed = {"enum": [*sorted(known), "", None]}
        found[name] = _list({"anyOf": [listed, {"type": "string", "pattern": r"[*?$\\]"}]})
    return found


def _selection(keys: str, words: Mapping[str, Schema] | None = None) -> Schema:
    """A map, a list of maps, or named ones with a condition. keys: a pattern of columns. words: what they can hold."""
    patterns: dict[str, Schema] = {rf"^{keys}{_MODIFIERS}$": {}}
    patterns |= {rf"^{re.escape(name)}(\|all)?$": word for name, word in (words or {}).items()}
    one = {"type": "object", "patternProperties": patterns, "additionalProperties": False, "minProperties": 1}
    part = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    return {
        "if": {"type": "object", "required": ["condition"]},
        "then": {
            "properties": {"condition": {"type": "string", "minLength": 1}},
            "additionalProperties": part,
        },
        "else": part,
    }


# --- profiles and frameworks -------------------------------------------------------------------------------------


def profile() -> Schema:
    """Of a profile file."""
    selector = _object(
        {
            "families": _list({"type": "string"}),
            "ids": _list({"type": "string"}),
            "controls": {"type": "object", "additionalProperties": {"type": "string"}},
            "severity": _word(Severity, "All rules from this severity up."),
        }
    )
    named = {"type": "object", "additionalProperties": {"type": "object"}}
    return _document(
        "profile",
        "A profile of otaudit: which rules count, how severe they are, which frameworks the report shows.",
        {
            "id": _ID,
            "title": _text("Its name."),
            "description": _text("What it is for."),
            "extends": _list({"type": "string"}, "Profiles that it begins with."),
            "frameworks": _list({"type": "string"}, "Those that the report shows, in this order; without it all."),
            "select": selector | {"description": "Rules that meet any of these; without it all."},
            "exclude": selector | {"description": "Rules that do not count."},
            "severity": {"type": "object", "additionalProperties": _word(Severity), "description": "Rule -> severity."},
            "parameters": named | {"description": "Rule -> parameter -> value."},
            "minimum_duration": {"type": "number", "minimum": 0, "description": "Seconds of capture for any pass."},
        },
        ("id", "title", "description"),
        **{"$defs": {"text": _TEXT}},
    )


def framework() -> Schema:
    """Of a framework file."""
    requirement = _object(
        {
            "title": _text("What is asked, in our own words."),
            "level": {"type": "string", "description": "The lowest level at which it applies."},
            "judged_by": _list(_word(JUDGES), "What can judge it."),
            "confidence": _word(
                CONFIDENCE, "How well the id was checked: V and V2 read, S second hand, D disputed, M memory."
            ),
            "rules": _list({"type": "string"}, "Rules that give evidence about it."),
            "question": _text("What people are asked who judge it."),
            "ask_for": _text("What they should show."),
            "manual": _text("What stays manual."),
            "note": _text("How sources disagree."),
            "same_as": {"type": "string", "description": "In an overlay, the requirement that asks the same."},
        },
        ["title", "judged_by", "confidence"],
    )
    return _document(
        "framework",
        "A framework of otaudit: each requirement, what can judge it, and the rules that give evidence.",
        {
            "id": _ID,
            "title": _text("As people call it."),
            "edition": {"type": "string"},
            "source": _text("Where ids and titles were checked."),
            "levels": _list({"type": "string"}, "Lowest first."),
            "overlay_of": {
                "type": "string",
                "description": "A framework whose mappings count for the same requirements.",
            },
            "manual": _text("What stays manual of every requirement that does not say it."),
            "scale": _word(SCALES, "The words in which its assessors conclude."),
            "classes": {"type": "object", "additionalProperties": _text("Title of the class.")},
            "requirements": {"type": "object", "additionalProperties": requirement, "minProperties": 1},
        },
        ("id", "title", "edition", "source", "requirements"),
        **{"$defs": {"text": _TEXT}},
    )
