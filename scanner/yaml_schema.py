"""Checks a YAML document against a JSON Schema (draft 2020-12) and tells every violation with its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from scanner.errors import Problem
from scanner.nearest import closest, expected
from scanner.wording import NOTHING, Said, kept, said, verbatim
from scanner.yaml_positions import Document, Path

_TYPES = {
    "object": said("a mapping (key: value)"),
    "array": said("a list"),
    "string": said("text"),
    "integer": said("a whole number"),
    "number": said("a number"),
    "boolean": said("true or false"),
    "null": said("nothing"),
}


def violations(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Every violation, in the order of the text. A schema's ``description`` says what is expected: it is a sentence of
    the catalogue.
    """
    found = {
        (document.position(path, key=key), problem)
        for error in _validator()(schema).iter_errors(document.data)
        for path, key, problem in _problems(document, error)
    }
    return [problem for _, problem in sorted(found, key=lambda f: (f[0], str(f[1])))]


def is_blank(text: str) -> bool:
    """Nothing of the text can be seen: it is empty, or spaces, joiners and characters of no width."""
    return not any(c.isprintable() and not c.isspace() for c in text)


@cache
def _validator() -> Any:
    """Of draft 2020-12, and blank text is empty: a reason of one space is none."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def least(validator: Any, length: int, value: Any, _schema: Any) -> Iterator[Any]:
        if validator.is_type(value, "string") and (len(value) < length or (length and is_blank(value))):
            yield ValidationError("too short")

    made: Any = extend  # it has no types
    return made(Draft202012Validator, {"minLength": least})


def _problems(document: Document, error: Any) -> Iterator[tuple[Path, bool, Problem]]:
    """The problems of one violation: an unknown key is one problem a key."""
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                place = (*path, key)
                what = said("unknown key '{key}'", key=_short(key))
                yield place, True, document.problem(place, what, _below(key, known) or expected(key, known), key=True)
        return
    what, remedy = _of_quoted(error) or _sentences(error)
    names = [step for step in path if isinstance(step, str)]
    if names and error.validator != "required":
        what = said("{key}: {what}", key=names[-1], what=what)  # say what the message speaks of
    yield path, False, document.problem(path, what, remedy)


def _below(key: Any, known: Mapping[str, Any]) -> Said:
    """Under which of the known keys it stands, where one key alone holds it."""
    holding = [
        name for name, schema in known.items() if isinstance(schema, dict) and key in schema.get("properties", ())
    ]
    return said("it stands under '{key}'", key=holding[0]) if len(holding) == 1 else NOTHING


def _of_quoted(error: Any) -> tuple[Said, Said] | None:
    """Of a number in quotes where the number itself is expected; None of anything else."""
    value, wanted = error.instance, error.validator_value
    allowed = wanted if error.validator == "enum" else [wanted] if error.validator == "const" else []
    if isinstance(value, str) and value in map(str, allowed) and value not in allowed:
        return said("{value} is text in quotes", value=_shown(value)), said("write the number without quotes")
    return None


def _sentences(error: Any) -> tuple[Said, Said]:  # noqa: PLR0911 - one return a keyword
    """What is wrong and what was expected."""
    value, wanted = error.instance, error.validator_value
    described = kept(str(error.schema.get("description", ""))) if isinstance(error.schema, dict) else NOTHING
    shown = _shown(value)
    match error.validator:
        case "required":
            missing = ", ".join(f"'{w}'" for w in wanted if w not in value)
            return said("required key {keys} is missing", keys=missing), described
        case "type":
            kinds = [_TYPES[k] for k in ([wanted] if isinstance(wanted, str) else wanted)]
            what = said("{value} is not {type}", value=shown, type=kinds[0])
            for kind in kinds[1:]:
                what = said("{first} or {last}", first=what, last=kind)
            return what, described
        case "enum":
            words = [str(w) for w in wanted if w is not None]
            what = said("{value} is not one of: {words}", value=shown, words=", ".join(words))
            return what, closest(str(value), words)
        case "const":
            return said("{value} is not '{expected}'", value=shown, expected=wanted), described
        case "pattern":
            form = described or verbatim(str(wanted))
            return said("{value} does not have the expected form", value=shown), said("expected {form}", form=form)
        case "minItems" | "minLength" | "minProperties":
            return said("must not be empty"), described
        case "uniqueItems":
            return said("the same value is given twice"), NOTHING
        case "minimum":
            return said("{value} is less than {least}", value=shown, least=wanted), described
        case "maximum":
            return said("{value} is greater than {most}", value=shown, most=wanted), described
        case "maxItems" | "maxLength" | "maxProperties":
            return said("longer than {most}", most=wanted), described
        case _:
            return said("{value} is not as expected", value=shown), described


def _shown(value: Any) -> Said:
    if isinstance(value, dict):
        return said("a mapping")
    if isinstance(value, list):
        return said("a list")
    if value is None:
        return said("an empty value")
    return said("'{value}'", value=_short(value))


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return text if len(text) <= 60 else text[:57] + "..."
