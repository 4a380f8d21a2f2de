from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.engine.language.conditions import ConditionError, Every, Name, Negated, Some, Tree, parse_condition

NAMES = ("a", "b", "sel_1", "sel_2", "_hidden")
A, B, S1, S2, HIDDEN = map(Name, NAMES)


def parse(text: str, names: tuple[str, ...] = NAMES) -> Tree:
    used = tuple(n for n in names if n in text.replace("(", " ").replace(")", " ").split())
    return parse_condition(text, used or names, lambda _: "closest")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("not a", Negated(A)),
        ("not not a", Negated(Negated(A))),
        ("a and b", Every((A, B))),
        ("a or b and sel_1", Some((A, Every((B, S1))))),
        ("(a or b) and sel_1", Every((Some((A, B)), S1))),
        ("not a and b", Every((Negated(A), B))),
        ("not (a and b)", Negated(Every((A, B)))),
        ("a AND NOT b", Every((A, Negated(B)))),
        ("a OR b", Some((A, B))),
    ],
)
def test_precedence(text: str, tree: Tree) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 of sel_*", Some((S1, S2))),
        ("any of sel_*", Some((S1, S2))),
        ("all of sel_*", Every((S1, S2))),
        ("not 1 of sel_*", Negated(Some((S1, S2)))),
    ],
)
def test_quantities(text: str, tree: Tree) -> None:
    assert parse_condition(text, ("sel_1", "sel_2"), lambda _: "") == tree


def test_them_leaves_out_names_that_begin_with_an_underscore() -> None:
    assert parse_condition("1 of them and _hidden", NAMES, lambda _: "") == Every((Some((A, B, S1, S2)), HIDDEN))
    assert parse_condition("all of them or not _hidden", NAMES, lambda _: "") == Some(
        (Every((A, B, S1, S2)), Negated(HIDDEN))
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a and", "ends too early"),
        ("and a", "'and' in the condition is out of place"),
        ("a b", "'b' in the condition is out of place"),
        ("(a", "not closed"),
        ("a)", "')' in the condition is out of place"),
        ("a and c", "unknown selection 'c'"),
        ("2 of them", "'2 of' in the condition is not supported"),
        ("1 of x*", "'x*' in the condition matches no selection"),
        ("1 of", "ends too early"),
        ("a or or b", "'or' in the condition is out of place"),
        ("a", "never uses 'b'"),
        ("not " * 60 + "a", "nested too deeply"),
        ("(" * 60 + "a" + ")" * 60, "nested too deeply"),
    ],
)
def test_mistakes(text: str, what: str) -> None:
    with pytest.raises(ConditionError) as error:
        parse_condition(text, ("a", "b"), lambda _: "closest")
    assert what in error.value.what


def test_the_closest_name_is_suggested() -> None:
    with pytest.raises(ConditionError) as error:
        parse_condition("selction", ("selection",), lambda word: f"closest to {word}")
    assert error.value.remedy == "closest to selction"


TREES = st.recursive(
    st.sampled_from([A, B, S1]),
    lambda inner: st.one_of(
        inner.map(Negated),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Every(tuple(p))),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Some(tuple(p))),
    ),
    max_leaves=8,
)


def spelled(tree: Tree) -> str:
    match tree:
        case Name(name):
            return name
        case Negated(part):
            return f"not ({spelled(part)})"
        case Every(parts):
            return " and ".join(f"({spelled(p)})" for p in parts)
        case Some(parts):
            return " or ".join(f"({spelled(p)})" for p in parts)


@settings(deadline=None)  # the machine may be busy
@given(TREES)
def test_what_is_written_is_what_is_read(tree: Tree) -> None:
    assert parse(spelled(tree)) == tree


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet="ab()ofnt1* andorl", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(ConditionError):
        parse_condition(text, ("a", "b"), lambda _: "")
