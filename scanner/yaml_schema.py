"""Checks a YAML document against a JSON Schema (draft 2020-12) and tells every violation with its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.errors import Problem
from scanner.nearest import closest
from scanner.yaml_positions import Document, Path

_TYPES = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def violations(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Every violation, in the order of the text. A schema's ``description`` says what is expected in words."""
    from jsonschema import Draft202012Validator

    found = {
        (document.position(path, key=key), problem)
        for error in Draft202012Validator(schema).iter_errors(document.data)
        for path, key, problem in _told(document, error)
    }
    return [problem for _, problem in sorted(found, key=lambda f: (f[0], str(f[1])))]


def _told(document: Document, error: Any) -> Iterator[tuple[Path, bool, Problem]]:
    """The problems of one violation: an unknown key is one problem a key."""
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                expected = closest(key, known) or f"expected one of: {', '.join(known)}"
                place = (*path, key)
                yield place, True, document.problem(place, f"unknown key '{_short(key)}'", expected, key=True)
        return
    what, remedy = _words(error)
    names = [step for step in path if isinstance(step, str)]
    if names and error.validator != "required":
        what = f"{names[-1]}: {what}"  # say what the message speaks of
    yield path, False, document.problem(path, what, remedy)


def _words(error: Any) -> tuple[str, str]:  # noqa: PLR0911 - one return a keyword
    """What is wrong and what was expected."""
    value, wanted = error.instance, error.validator_value
    described = str(error.schema.get("description", "")) if isinstance(error.schema, dict) else ""
    match error.validator:
        case "required":
            missing = [w for w in wanted if w not in value]
            return f"required key {', '.join(repr(m) for m in missing)} is missing", described
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            words = " or ".join(_TYPES.get(k, k) for k in kinds)
            return f"{_shown(value)} is not {words}", described
        case "enum":
            words = ", ".join(str(w) for w in wanted)
            return f"{_shown(value)} is not one of: {words}", closest(str(value), [str(w) for w in wanted])
        case "const":
            return f"{_shown(value)} is not {wanted!r}", described
        case "pattern":
            return f"{_shown(value)} does not have the expected form", f"expected {described or wanted}"
        case "minItems" | "minLength" | "minProperties":
            return "must not be empty", described
        case "uniqueItems":
            return "the same value is given twice", ""
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            return f"{_shown(value)} is not {bound} {wanted}", described
        case "maxItems" | "maxLength" | "maxProperties":
            return f"longer than {wanted}", described
        case _:
            return f"{_shown(value)} is not as expected", described


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "an empty value"
    return f"'{_short(value)}'"


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return text if len(text) <= 60 else text[:57] + "..."
