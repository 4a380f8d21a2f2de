"""Parameters of rules: how they are declared, put in, bounded, and what a mistake is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.definitions.rules import Rule
from scanner.engine.examples import run_example
from scanner.engine.language.modifiers import Compare
from scanner.engine.language.moments import Relative
from scanner.engine.language.parameters import Parameter, ParameterType, WrongValue, fitting, used
from scanner.engine.language.selections import And, Test
from scanner.errors import DefinitionError
from tests.engine.engine_cases import RULE, changed, rule

MOST = "{type: count, default: 5, at_least: 1, at_most: 10000, title: {en: Writes, zh: 写入}}"


def with_parameter(fail: str, parameters: str, *more: tuple[str, str]) -> str:
    return changed(("fail: {allowed: false}\n", f"fail: {{{fail}}}\nparameters: {{{parameters}}}\n"), *more)


def parts_of(read: Rule) -> list[Test]:
    parts = read.fail.parts if isinstance(read.fail, And) else (read.fail,)
    return [part for part in parts if isinstance(part, Test)]


def value(read: Rule, number: int = -1) -> object:
    found = parts_of(read)[number].matches[0]
    assert isinstance(found, Compare)
    return found.value


def problems(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as error:
        rule(text)
    return [str(p) for p in error.value.problems]


def test_the_default_and_another_value_stand_where_the_name_stands() -> None:
    read = rule(with_parameter("allowed: false, count|gte: $most", f"most: {MOST}"))
    assert (value(read), read.values) == (5, {"most": 5})
    assert (value(read.tuned({"most": 7})), read.tuned({"most": 7}).values) == (7, {"most": 7})
    assert value(read.tuned({"most": 7}).tuned({"most": 9})) == 9
    assert read.tuned({"most": 5}) is read, "nothing differs"
    assert read.tuned({"most": 7}) == rule(with_parameter("allowed: false, count|gte: $most", f"most: {MOST}")).tuned(
        {"most": 7}
    )


def test_texts_say_the_value_in_their_language() -> None:
    read = rule(
        with_parameter(
            "allowed: false, count|gte: $most",
            f"most: {MOST}",
            ("{count} times", "{count} times, {$most:write is/writes are} enough"),
            ("{count} 次", "{count} 次，以 {$most} 次为限"),
            ("en: Writes follow the policy., zh: 写入符合策略。", '"en": "Up to {$most}.", "zh": "不超过 {$most}。"'),
        )
    )
    assert read.message["en"].endswith("5 writes are enough")
    assert read.tuned({"most": 1}).message["en"].endswith("1 write is enough")
    assert read.message["zh"].endswith("以 5 次为限")
    assert read.tuned({"most": 10000}).description == {"en": "Up to 10,000.", "zh": "不超过 10,000。"}


def test_a_duration_is_what_its_place_asks_for() -> None:
    text = with_parameter(
        "allowed: false, many|gte: 3, first_time|older-than: $long, last_time|before: today + $long",
        "long: {type: duration, default: 600s}",
        (
            "group_by: [client, server]\n",
            "group_by: [client, server]\nminimum: {duration: $long}\ncorrelate: {many: $many}\n".replace(
                "$many", "{type: event_count, group_by: [client], timespan: $long}"
            ),
        ),
        ("en: Because.", '"en": "{$long}"'),
        ("zh: 原因。", '"zh": "{$long}"'),
    )
    read = rule(text)
    assert (read.values, read.correlate[0].timespan, read.minimum.duration) == ({"long": "10m"}, 600, 600)
    assert (value(read, 2), value(read, 3)) == (Relative("today", -600), Relative("today", 600))
    assert read.rationale == {"en": "10 minutes", "zh": "10 分钟"}
    later = read.tuned({"long": "1d"})
    assert (later.correlate[0].timespan, value(later, 3)) == (86400, Relative("today", 86400))
    assert later.rationale == {"en": "1 day", "zh": "1 天"}


@pytest.mark.parametrize(("value", "said"), [("true", "yes"), ("false", "no")])
def test_texts_say_truths_in_words(value: str, said: str) -> None:
    read = rule(
        with_parameter(
            "allowed: $most",
            f"most: {{type: truth, default: {value}}}",
            ("en: Writes follow the policy., zh: 写入符合策略。", '"en": "Allowed: {$most}.", "zh": "{$most}"'),
        )
    )
    assert read.description["en"] == f"Allowed: {said}."
    assert read.description["zh"] == {"yes": "是", "no": "否"}[said]


def test_lists_texts_and_truths() -> None:
    read = rule(
        with_parameter(
            "verb: $verbs, protocol: $one, allowed: $said, object: $$most",
            "verbs: {type: texts, default: [write, operate]}, said: {type: truth, default: false}, "
            "one: {type: text, default: modbus, one_of: [modbus, s7comm]}",
        )
    )
    found = {test.column: test for test in parts_of(read)}
    assert len(found["verb"].matches) == 2
    assert value(read, 2) is False
    assert "'$most'" in str(found["object"].matches), "two dollars are one, and no parameter"
    assert len({t.column: t for t in parts_of(read.tuned({"verbs": ("stop",)}))}["verb"].matches) == 1


def test_results_show_values_as_a_profile_would_write_them() -> None:
    read = rule(
        with_parameter(
            "verb: $verbs, allowed: $said, count|gte: $most, client_level|gt: $level",
            "verbs: {type: texts, default: [write, operate]}, said: {type: truth, default: false}, "
            "most: {type: count, default: 5}, level: {type: number, default: 3}",
        )
    )
    tuned = read.tuned({"said": True, "verbs": ("stop",), "level": 2.5})
    assert {p.parameter: (p.value, p.default) for p in used(tuned.parameters)} == {
        "verbs": ("[stop]", "[write, operate]"),
        "said": ("true", "false"),
        "most": ("5", "5"),
        "level": ("2.5", "3"),
    }


def test_what_a_parameter_says_is_never_read_as_a_template() -> None:
    read = rule(
        with_parameter("client: $who", "who: {type: text, default: '{server}[x]'}", ("{client} wrote", "{$who} wrote"))
    )
    assert read.message["en"].startswith("{{server}}(x) wrote")


def test_an_example_may_set_parameters() -> None:
    case = "{parameters: {most: 9}, facts: {operations: [{verb: write, allowed: false, count: 9}]}}"
    read = rule(
        with_parameter(
            "allowed: false, count|gte: $most",
            "most: {type: count, default: 10}",
            ("{facts: {operations: [{verb: write, allowed: false}]}}", case),
        )
    )
    assert run_example(read, read.examples[0]).verdict == "fail"


@pytest.mark.parametrize(
    ("fail", "parameters", "wanted"),
    [
        ("count|gte: $mots", f"most: {MOST}", "line 9, column 19: unknown parameter '$mots'; did you mean 'most'?"),
        ("count|gte: 5", f"most: {MOST}", "line 10, column 14: nothing that selects uses 'most'; write $most there"),
        ("protocol: $most", f"most: {MOST}", "line 9, column 18: column 'protocol' is text and cannot equal the number 5"),  # noqa: E501
        ("verb: $verb", "verb: {type: text, default: wriet}", "line 9, column 14: 'wriet' is not a value of column 'verb'; did you mean 'write'?"),  # noqa: E501
        ("verb: [$verbs, read]", "verbs: {type: texts, default: [write]}", "parameter 'verbs' is a list already; write it without brackets"),  # noqa: E501
        ("count|gte: $most", "most: {type: cuont, default: 5}", "line 10, column 27: type: unknown word 'cuont'; did you mean 'count'?"),  # noqa: E501
        ("count|gte: $most", "most: {type: count, default: 0.5}", "default: '0.5' is not a whole number"),
        ("count|gte: $most", "most: {type: count, default: true}", "default: true is not a whole number"),
        ("count|gte: $most", "most: {type: count, default: -1}", "default: '-1' is not a whole number"),
        ("count|gte: $most", "most: {type: count, default: 5, at_most: 4}", "default: 5 is out of bounds; expected at most 4"),  # noqa: E501
        ("count|gte: $most", "most: {type: count, default: 5, at_least: 9, at_most: 4}", "is less than at_least"),
        ("count|gte: $most", "most: {type: count, default: 5, one_of: [6, 7]}", "default: '5' is not one of the values"),  # noqa: E501
        ("count|gte: $most", "most: {type: count, default: 5, one_of: 6}", "one_of: is not a list of values"),
        ("count|gte: $most", "most: {type: count}", "most: key 'default' is missing"),
        ("client: $most", "most: {type: text, default: a, at_least: 1}", "text has no bounds; use one_of"),
        ("count|gte: $most", "most: {type: duration, default: 5}", "default: '5' is not a duration; expected a number and s, m"),  # noqa: E501
        ("count|gte: $most", "Most: {type: count, default: 5}", "'Most' is not a valid name for a parameter"),
        ("count|gte: $most", f"most: {MOST}, unused: {MOST}", "nothing that selects uses 'unused'"),
        ("client: $most, last_time|before: today + $most", "most: {type: text, default: a}", "parameter 'most' is not a duration"),  # noqa: E501
    ],
)  # fmt: skip
def test_mistakes(fail: str, parameters: str, wanted: str) -> None:
    found = problems(with_parameter(fail, parameters))
    assert any(wanted in problem for problem in found), found


def test_a_name_without_any_parameters() -> None:
    found = problems(changed(("fail: {allowed: false}", "fail: {client: $who}")))
    assert "declare it under 'parameters', or write $$who for the text itself" in found[0]
    found = problems(changed(("{count} times", "{$count} times")))
    assert "unknown parameter '$count'" in found[0]


def test_a_wrong_value_in_an_example() -> None:
    text = with_parameter("count|gte: $most", f"most: {MOST}").replace(
        "{facts: {operations: [{verb: read}]}}", "{parameters: {most: 20000}, facts: {operations: [{verb: read}]}}"
    )
    assert "most: 20000 is out of bounds; expected 1 to 10000" in problems(text)[0]


def test_a_value_that_does_not_fit_the_column_is_told_when_it_is_set() -> None:
    read = rule(with_parameter("verb: $verb", "verb: {type: text, default: write}"))
    with pytest.raises(DefinitionError, match="'wriet' is not a value of column 'verb'"):
        read.tuned({"verb": "wriet"})


@given(st.integers(1, 999_999_999))
def test_equal_durations_are_written_alike(seconds: int) -> None:
    parameter = Parameter("long", ParameterType.DURATION, "", "", {})
    written = fitting(parameter, f"{seconds}s")
    assert fitting(parameter, written) == written
    if seconds % 60 == 0:
        assert fitting(parameter, f"{seconds // 60}m") == written


def fits(kind: ParameterType, value: object) -> bool:
    try:
        fitting(Parameter("any", kind, "", "", {}), value)
    except WrongValue as error:
        return not error.what
    return True


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.lists(st.text())),
)
def test_a_value_is_of_one_kind(value: object) -> None:
    kinds = {kind for kind in ParameterType if fits(kind, value)}
    assert len(kinds - {ParameterType.COUNT, ParameterType.DURATION}) <= 1
    assert ParameterType.TRUTH not in kinds or isinstance(value, bool)


def test_the_small_rule_has_none() -> None:
    assert rule(RULE).parameters == ()
