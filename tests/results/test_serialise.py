"""Results keep everything through JSON; whatever is not saved results is one clear line."""

from __future__ import annotations

import dataclasses
import enum
import json
import typing
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scanner.errors import InputError
from scanner.results import model
from scanner.results.model import Results, ZoneRow
from scanner.results.serialise import FORMAT, from_json, load, to_json, verdict_digest
from tests.report import sample

SCHEMA = json.loads(files("scanner.results").joinpath("results.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

SAMPLES = {
    "plant": sample.plant(),
    "hostile": sample.hostile(),
    "empty": sample.empty(),
    "clean": sample.clean_plant(),
    "without policy": sample.without_policy(),
    "zones without level": sample.with_zones(15),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_round_trip(name: str) -> None:
    results = SAMPLES[name]
    text = to_json(results)
    again = from_json(text.encode("utf-8"), "x.json")
    assert again == results
    assert to_json(again) == text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_published_schema_holds(name: str) -> None:
    errors = list(VALIDATOR.iter_errors(json.loads(to_json(SAMPLES[name]))))
    assert errors == []


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["otaudit_results"]["const"] == FORMAT


def test_the_schema_names_every_field_of_the_model_and_says_what_it_means() -> None:
    classes = [c for c in vars(model).values() if isinstance(c, type) and dataclasses.is_dataclass(c)]
    for cls in classes:
        definition = SCHEMA if cls is Results else SCHEMA["$defs"][cls.__name__]
        names = [f.name for f in dataclasses.fields(cls)]
        assert [n for n in definition["properties"] if n not in {"otaudit_results", "digest"}] == names
        assert [n for n in definition["required"] if n not in {"otaudit_results", "digest"}] == names
        assert definition["additionalProperties"] is False
        assert all(p.get("description") for p in definition["properties"].values()), cls.__name__
    for words in (model.Verdict, model.Severity, model.Status):
        assert SCHEMA["$defs"][words.__name__]["enum"] == [w.value for w in words]


def test_keys_have_one_order_whatever_the_order_they_were_made_in() -> None:
    results = sample.plant()
    swapped = sample.map_texts(results, lambda _p, text: text)
    first = swapped.rules[0]
    turned = dataclasses.replace(first, title=dict(reversed(first.title.items())))
    swapped = dataclasses.replace(swapped, rules=(turned, *swapped.rules[1:]))
    assert to_json(swapped) == to_json(results)


def _but(**changes: Any) -> Results:
    plant = sample.plant()
    return dataclasses.replace(plant, **{name: change(getattr(plant, name)) for name, change in changes.items()})


OTHER_VERDICTS = {
    "verdict": _but(rules=lambda held: (dataclasses.replace(held[0], verdict=model.Verdict.ERROR), *held[1:])),
    "count": _but(rules=lambda r: (dataclasses.replace(r[0], coverage=model.Coverage(subjects=77)), *r[1:])),
    "outside": _but(outside=lambda held: (*held, sample.plant().rules[0])),
    "input": _but(inputs=lambda held: (dataclasses.replace(held[0], sha256="0" * 64), *held[1:])),
    "facts": _but(basis=lambda held: dataclasses.replace(held, tables={"flows": "0" * 64})),
    "rules": _but(basis=lambda held: dataclasses.replace(held, rules="0" * 64)),
    "program": _but(run=lambda held: dataclasses.replace(held, version="0.0.0")),
    "complete": _but(complete=lambda held: not held),
}
SAME_VERDICTS = {
    "time of the run": _but(run=lambda held: model.Run("2099-01-01T00:00:00Z", 77.0, held.version)),
    "saved and read again": from_json(to_json(sample.plant()), "results.json"),
}


@pytest.mark.parametrize("name", OTHER_VERDICTS)
def test_other_verdicts_have_another_digest(name: str) -> None:
    assert verdict_digest(OTHER_VERDICTS[name]) != verdict_digest(sample.plant())


@pytest.mark.parametrize("name", SAME_VERDICTS)
def test_the_same_verdicts_have_one_digest(name: str) -> None:
    assert verdict_digest(SAME_VERDICTS[name]) == verdict_digest(sample.plant())


def test_numbers_that_are_equal_are_written_alike() -> None:
    with_int = dataclasses.replace(sample.empty(), zones=(ZoneRow("z", "", 3, None, 0),))
    with_float = dataclasses.replace(sample.empty(), zones=(ZoneRow("z", "", 3.0, None, 0),))
    assert to_json(with_int) == to_json(with_float)
    assert '"level": 3.0' in to_json(with_int)


@pytest.mark.parametrize("level", [float("nan"), float("inf")])
def test_no_number_that_json_does_not_have(level: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json(dataclasses.replace(sample.empty(), zones=(ZoneRow("z", "", level, None, 0),)))


def test_a_file_name_that_is_not_utf8_survives() -> None:
    odd = b"captures/\xff\xfe.pcap".decode("utf-8", "surrogateescape")
    results = dataclasses.replace(sample.empty(), site=odd)
    assert from_json(to_json(results).encode("utf-8"), "x").site == odd


GOOD = json.loads(to_json(sample.plant()))


def _with(path: str, value: Any) -> str:
    document = json.loads(json.dumps(GOOD))
    *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    place: Any = document
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document)


BAD = {
    "empty": ("", "line 1, column 1"),
    "text": ("hello", "line 1, column 1"),
    "cut short": (to_json(sample.plant())[:5000], "cut short"),
    "a list": ("[]", "not saved results of otaudit"),
    "a SARIF log": ('{"version": "2.1.0", "runs": []}', "not saved results of otaudit"),
    "deep": ("[" * 100_000, "not"),
    "a number of many digits": ('{"otaudit_results": ' + "9" * 10_000 + "}", "nested too deeply, or has a number"),
    "another format": (_with("otaudit_results", 99), "results format 99, this otaudit reads 3"),
    "a format that is no number": (_with("otaudit_results", True), "results format true"),
    "not there": (_with("rules", ...), "top level: is not valid as saved results: the field rules is missing"),
    "missing deep": (_with("rules/0/findings/0/evidence/0/port", ...), "rules[0].findings[0].evidence[0]"),
    "unknown": (_with("rules/0/colour", "red"), 'there is no field "colour"'),
    "text for number": (_with("inputs/1/size", "12"), "inputs[1].size: is not valid as saved results: a whole number"),
    "true for number": (_with("inputs/1/size", True), "a whole number is expected, not true"),
    "fraction": (_with("inputs/1/size", 1.5), "a whole number is expected, not 1.5"),
    "number for truth": (_with("complete", 1), "true or false is expected, not 1"),
    "number for text": (_with("rules/0/title/en", 5), "rules[0].title.en"),
    "null for text": (_with("site", None), "site: is not valid as saved results: text is expected, not null"),
    "object for list": (_with("devices", {}), "devices: is not valid as saved results: a list is expected"),
    "list for object": (_with("run", []), "run: is not valid as saved results: an object is expected"),
    "list for texts": (_with("rules/0/title", ["x"]), "an object of texts is expected"),
    "a verdict that is none": (_with("rules/0/verdict", "ok"), "one of fail, review, pass"),
    "infinite": (_with("run/seconds", float("inf")), "run.seconds"),
    "a name of many lines": (_with("rules/0/title", {"a\nb": 5}), 'rules[0].title."a\\nb"'),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_saved_results_is_one_clear_line(name: str) -> None:
    text, told = BAD[name]
    with pytest.raises(InputError) as caught:
        from_json(text, "old.json")
    message = str(caught.value)
    assert message.startswith("old.json: ")
    assert told in message
    assert "\n" not in message
    assert len(message) < 400


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(InputError, match="not UTF-8"):
        from_json(b'{"a": "\xff\xfe\xfa"}', "old.json")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.json: cannot be read: No such file"):
        load(tmp_path / "nothing.json")
    (tmp_path / "r.json").write_text(to_json(sample.plant()), encoding="utf-8")
    assert load(tmp_path / "r.json") == sample.plant()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in items for p in _paths(v, (*path, k)))]


PATHS = _paths(GOOD)[1:]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(0, 10),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), junk=JUNK)
def test_the_reader_and_the_schema_agree_on_damaged_results(seed: int, junk: Any) -> None:
    path = PATHS[seed % len(PATHS)]
    document = json.loads(json.dumps(GOOD))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = junk
    text = json.dumps(document)
    # JSON Schema calls 3.0 an integer and does not see the difference that Python's types make.
    if isinstance(junk, float) and junk.is_integer():
        return
    valid = VALIDATOR.is_valid(json.loads(text))
    try:
        from_json(text, "x", altered=True)
        read = True
    except InputError:
        read = False
    assert read == valid, path


def _model(hint: Any) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (tuple, Sequence):
        return st.lists(_model(arguments[0]), max_size=2).map(tuple)
    if origin is dict:
        (_, item) = typing.get_args(hint)
        return st.dictionaries(st.text(max_size=3), _model(item), max_size=2)
    if arguments:  # or None
        return st.none() | _model(arguments[0])
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{f.name: _model(hints[f.name]) for f in dataclasses.fields(hint)})
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(list(hint))
    return {
        str: st.text(max_size=6),
        int: st.integers(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
    }[hint]


@settings(max_examples=150, deadline=None)
@given(results=_model(Results))
def test_any_results_survive(results: Results) -> None:
    read = from_json(to_json(results).encode("utf-8"), "x")
    assert read == results
    assert verdict_digest(read) == verdict_digest(results)
