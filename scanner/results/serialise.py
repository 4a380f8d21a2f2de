"""Results to JSON and back, without loss. The form is published as ``results.schema.json``.

The JSON is the dataclasses of ``scanner.results.model``, field by field in their order, under a format number. It is
written row by row, a row to a line, so that large tables need no memory. Reading checks every field itself and names
the first that is wrong, so that a damaged or foreign file is one clear line.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from scanner.bounded import read_up_to
from scanner.errors import InputError, reason
from scanner.limits import limits
from scanner.results.decoding import Wrong, fields_of, reader_of, short
from scanner.results.model import Finding, FrameworkResult, ProblemRow, Results, RuleResult
from scanner.results.rows import Lazy
from scanner.results.texts import encoded
from scanner.wording import at_byte, at_line, said, verbatim

FORMAT = 3  # raised when a field changes its meaning or goes away; docs/results.md has its history

_FLOATS = (float, float | None)
_AT_ONCE = 4096  # characters that are written at one time
_KEY = "otaudit_results"
_DIGEST = "digest"
_BINDING = ("site", "profile", "complete", "inputs", "problems", "basis", "profile_use", "waivers")
_BLANK = "\x1f"  # stands for a space outside of texts, in which JSON has no control characters as they are
_NOT_COUNTED = f"{_BLANK}\n".encode()
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEX = re.compile("[0-9a-f]{64}")
ALTERED = said("was altered after otaudit wrote it: its digest does not fit")
_HINT = said("give a file that otaudit wrote with -o NAME.json")


def to_json(results: Results) -> str:
    """The results as JSON text ending in a newline; the same results give the same bytes in UTF-8."""
    return "".join(json_parts(results))


def json_parts(results: Results) -> Iterator[str]:
    """The text of ``to_json``, piece by piece."""
    digest = hashlib.sha256()
    for part in _together(_body(results)):
        try:
            written = part.encode()
        except UnicodeEncodeError:
            part = _escaped(part)  # noqa: PLW2901 - what is written is what is counted
            written = part.encode()
        digest.update(written.translate(None, _NOT_COUNTED))
        yield part.replace(_BLANK, " ")
    digest.update(b"}")
    yield f',\n "{_DIGEST}": "{digest.hexdigest()}"\n}}\n'


def verdict_digest(results: Results) -> str:
    """SHA-256 of what the verdicts are and were made of: inputs, facts, rules and options by their digests, and of each
    rule its verdict and how much it counted. Findings and tables, which follow from these, are not made for it; nor
    does the time of the run count, so whoever judges the same again gets the same.
    """
    rules = (*results.rules, *results.outside, *results.reach, *results.nursery)
    told = {
        "version": results.run.version,
        **{name: getattr(results, name) for name in _BINDING},
        "rules": [(rule.rule, rule.verdict, rule.severity, rule.coverage, rule.by_zone) for rule in rules],
        "requirements": [(f.framework, r.requirement, r.verdict) for f in results.frameworks for r in f.requirements],
    }
    return hashlib.sha256(_escaped(_line(told)).encode()).hexdigest()


def _together(parts: Iterator[str]) -> Iterator[str]:
    """The same in fewer parts, of a few lines each."""
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _AT_ONCE:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)


def _body(results: Results) -> Iterator[str]:
    """The text without its end; blanks outside of texts are ``_BLANK``."""
    yield f'{{\n{_BLANK}"{_KEY}":{_BLANK}{FORMAT}'
    for name, value in _encode(results).items():
        yield f',\n{_BLANK}"{name}":{_BLANK}'
        yield from _pieces(value, f"\n{_BLANK * 2}")


def _digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the document without white space, as ``json_parts`` counts it while it writes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(_escaped(text).encode()).hexdigest()


_OPEN = (RuleResult, FrameworkResult)  # objects of many rows: a field to a line, and each row to a line


class _Layout(enum.Enum):
    """How values of a class are laid out."""

    LINE = enum.auto()
    ROWS = enum.auto()
    OPEN = enum.auto()


@functools.cache
def _layout(cls: type) -> _Layout:
    if issubclass(cls, _OPEN):
        return _Layout.OPEN
    return _Layout.ROWS if issubclass(cls, Sequence) and not issubclass(cls, str) else _Layout.LINE


def _pieces(value: Any, margin: str) -> Iterator[str]:
    layout = _layout(value.__class__)
    if layout is _Layout.OPEN:
        lead = "{"
        for name, field in _encode(value).items():
            yield from _led(f'{lead}{margin}"{name}":{_BLANK}', field, margin)
            lead = ","
        yield margin[:-1] + "}"
    elif layout is _Layout.ROWS:
        lead = "["
        for item in value:
            yield from _led(lead + margin, item, margin)
            lead = ","
        yield margin[:-1] + "]" if lead == "," else "[]"
    elif isinstance(value, Finding) and isinstance(value.evidence, Lazy):
        yield from _inline(value)
    else:
        yield _line(value)


def _led(lead: str, value: Any, margin: str) -> Iterator[str] | tuple[str]:
    """The value behind ``lead``; most are one line, which is one piece."""
    if _layout(value.__class__) is _Layout.LINE and not isinstance(value, Finding):
        return (lead + _line(value),)
    return chain((lead,), _pieces(value, margin + _BLANK))


def _inline(value: Finding) -> Iterator[str]:
    """The line of a finding whose evidence is made when it is asked for, piece by piece."""
    lead = "{"
    for name, field in _encode(value).items():
        yield f'{lead}"{name}":{_BLANK}'
        lead = f",{_BLANK}"
        if isinstance(field, Lazy):
            yield "["
            for number, item in enumerate(field):
                yield f"{f',{_BLANK}' if number else ''}{_line(item)}"
            yield "]"
        else:
            yield _line(field)
    yield "}"


def _line(value: Any) -> str:
    return _ENCODER.encode(value)


def _escaped(text: str) -> str:
    """A file name that is not UTF-8 holds lone surrogates, which cannot be written as UTF-8 but can be escaped."""
    return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def from_json(text: str | bytes, source: str, *, altered: bool = False) -> Results:
    """The results in JSON text; ``source`` is its name in messages.

    InputError when it is damaged, something else, or was altered after otaudit wrote it. altered: take what was altered
    all the same, as results that say so among their problems and are not complete.
    """
    try:
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(source, said("is not a JSON file: not UTF-8 text"), at_byte(error.start), _HINT) from error
    except json.JSONDecodeError as error:
        place = at_line(error.lineno, error.colno)
        raise InputError(
            source, said("is not a JSON file, or is cut short: {error}", error=error.msg), place, _HINT
        ) from error
    except (RecursionError, ValueError) as error:  # nested thousands deep; a number of thousands of digits
        raise InputError(
            source,
            said("is not a results file: its JSON is nested too deeply, or has a number that is too long"),
            remedy=_HINT,
        ) from error
    if not isinstance(document, dict) or _KEY not in document:
        raise InputError(source, said("is JSON, but not saved results of otaudit"), remedy=_HINT)
    version = document.pop(_KEY)
    if version != FORMAT or isinstance(version, bool):
        remedy = said("use the otaudit version that wrote it, or scan the inputs again")
        raise InputError(
            source,
            said("has results format {format}, this otaudit reads {expected}", format=short(version), expected=FORMAT),
            remedy=remedy,
        )
    stated = document.pop(_DIGEST, None)
    try:
        results: Results = reader_of(Results)(document)
        _decode_digest(stated)
    except Wrong as wrong:
        place = verbatim(wrong.place.removeprefix(".") or "top level")
        raise InputError(source, said("is not valid as saved results: {what}", what=wrong.what), place, _HINT) from None
    if stated == _digest_of({_KEY: FORMAT, **document}):
        return results
    if not altered:
        remedy = said(
            "scan the inputs again; otaudit report --altered shows them all the same and says so in every report"
        )
        raise InputError(source, ALTERED, remedy=remedy)
    problem = ProblemRow(source, {}, {"en": ALTERED}, {"en": said("scan the inputs again")})
    return dataclasses.replace(results, complete=False, problems=(problem, *results.problems))


def load(path: Path, *, altered: bool = False) -> Results:
    """Read a saved results file; InputError when that cannot be done. ``altered``: see ``from_json``."""
    most = limits().results_bytes
    try:
        content = read_up_to(path, most)
    except OSError as error:
        raise InputError(str(path), said("cannot be read: {reason}", reason=reason(error))) from error
    if len(content) > most:
        raise InputError(
            str(path), said("results larger than {most:,} bytes", most=most), remedy=said("set --limit results-bytes")
        )
    return from_json(content, str(path), altered=altered)


def _decode_digest(stated: Any) -> None:
    if not isinstance(stated, str) or not _HEX.fullmatch(stated):
        raise Wrong("64 hexadecimal digits are expected", _DIGEST)


def _encode(value: Any) -> dict[str, Any]:
    """A dataclass as its fields; what they hold is encoded when it is written.

    Equal results are written alike: mappings in one order, and 3 as 3.0 where a number need not be whole.
    """
    made = {}
    for name, fraction in _written(value.__class__):
        held = getattr(value, name)
        kind = type(held)
        if kind is dict or kind is tuple:
            held = _normal(held)
        elif fraction and kind is int:
            held = float(held)
        made[name] = held
    return made


def _normal(value: Any) -> Any:
    if type(value) is dict:
        if {str}.issuperset(map(type, value.values())):
            return dict(sorted(value.items()))
        if all(isinstance(v, str) for v in value.values()):
            return encoded(value)
        return {k: _normal(v) for k, v in sorted(value.items())}
    if type(value) is tuple and value and type(value[0]) is dict:
        return [_normal(v) for v in value]
    return value


@functools.cache
def _written(cls: type) -> tuple[tuple[str, bool], ...]:
    """The names of its fields, and whether they hold numbers that need not be whole."""
    return tuple((name, hint in _FLOATS) for name, hint in fields_of(cls).items())


_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    separators=(f",{_BLANK}", f":{_BLANK}"),
    default=_encode,
)
