from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import DefinitionError
from scanner.nearest import closest
from scanner.yaml_positions import MAX_DEPTH, Position, load


def mistakes(text: str | bytes, **limits: int) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load(text, "p.yaml", **limits)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:11:22:33:44:55", "10:11:22:33:44:55"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("2026-01-01", "2026-01-01"),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("3.5", 3.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".nan", ".nan"),
        ("9" * 5000, "9" * 5000),
        ("~", None),
        ("'42'", "42"),
        ("!!str 42", "42"),
        ("!!int '42'", 42),
        ("! 42", "42"),
        ("[]", []),
        ("{}", {}),
        ("", None),
        ("\ufeffa", "a"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    data = load(text, "x").data
    assert data == value
    assert type(data) is type(value)


def test_keep_text_leaves_leading_zeros() -> None:
    assert load("a: 0042\nb: true\nc: ~", "x", keep_text=True).data == {"a": "0042", "b": "true", "c": None}


def test_keys_are_text() -> None:
    assert load("1: a\ntrue: b\n", "x").data == {"1": "a", "true": "b"}


def test_positions() -> None:
    doc = load("a:\n  b: [1, two]\n  ü: {c: 3}\n", "x")
    assert doc.position(("a", "b", 1)) == Position(2, 10)
    assert doc.position(("a", "b")) == Position(2, 6)
    assert doc.position(("a", "b"), key=True) == Position(2, 3)
    assert doc.position(("a", "ü", "c"), key=True) == Position(3, 7)
    assert doc.position(("a", "b", 7)) == Position(2, 3), "the nearest part that exists"
    assert doc.position(("z",)) == Position(1, 1)
    assert str(doc.problem(("a", "b", 0), "bad", "mend it")) == "x: line 2, column 7: bad; mend it"


def test_aliases_share_value_and_place() -> None:
    doc = load("a: &n [1]\nb: *n\n", "x")
    assert doc.data == {"a": [1], "b": [1]}
    assert doc.position(("b", 0)) == Position(1, 8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "p.yaml: line 3, column 1: duplicate key 'a'; first given in line 1"),
        ("a: 1\n<<: {b: 1}\n", "p.yaml: line 2, column 1: merge keys (<<) are not supported; write the keys out"),
        ("a: !!python/name:os.system x\n", "line 1, column 4: tag tag:yaml.org,2002:python/name:os.system is not"),
        ("a: !!int x\n", "p.yaml: line 1, column 4: 'x' is not of type int"),
        ("a: !x [1]\n", "p.yaml: line 1, column 4: tag !x is not supported; remove the tag"),
        ("? [a]\n: 1\n", "p.yaml: line 1, column 3: a mapping key must be plain text"),
        ("a: *b\n", "p.yaml: line 1, column 4: unknown alias *b"),
        ("a: &a [*a]\n", "p.yaml: line 1, column 8: unknown alias *a"),
        ("a: 1\n---\nb: 1\n", "p.yaml: line 2, column 1: a second YAML document"),
        ("a:\n\tb: 1\n", "p.yaml: line 2, column 1: YAML syntax: found character that cannot start any token"),
        ("a:\n\tb: 1\n", "for the next token; indent with spaces, not tabs"),
        ("a:\n @b: 1\n", "p.yaml: line 2, column 2: YAML syntax"),
        ("a: b: c\n", "put text that holds ': ' in quotes"),
        ("a: [1\n", "p.yaml: line 2, column 1: YAML syntax"),
        ("a: \x00\n", "p.yaml"),
        (b"a: \xff\n", "p.yaml: line 1, byte 3: not UTF-8 text; save the file as UTF-8"),
        ("[" * 500, f"nested deeper than {MAX_DEPTH} levels"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str | bytes, message: str) -> None:
    assert any(message in m for m in mistakes(text)), mistakes(text)


def test_all_mistakes_are_told() -> None:
    assert len(mistakes("a: 1\na: 2\nb: *x\n<<: 1\nc: [\n")) == 4


def test_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    assert "more than 200,000 values" in mistakes("\n".join(lines))[0]


def test_size_is_limited() -> None:
    assert mistakes(b"a" * 11, max_bytes=10) == ["p.yaml: larger than 10 bytes; split it"]


def test_closest() -> None:
    assert closest("progam-download", ["program-download", "read"]) == "did you mean 'program-download'?"
    assert closest("zzz", ["program-download", "read"]) == ""


@given(st.binary(max_size=300) | st.text(max_size=300) | st.text("a:-[]{}&*!|>'\"\n\t ,#?<%@0", max_size=120))
def test_random_text_raises_nothing_else(content: str | bytes) -> None:
    with contextlib.suppress(DefinitionError):
        load(content, "x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: é\nb: c\x07d\n", "line 2, column 5: YAML syntax: control characters are not allowed; remove the"),
        ("a: b\n\0", "line 2, column 1: YAML syntax: control characters are not allowed; save the file as UTF-8"),
        ("a: b".encode("utf-16-le"), "line 1, column 2: YAML syntax: control characters are not allowed; save the"),
        ("a: 1\nb: @c\n", "line 2, column 4: YAML syntax: found character that cannot start any token"),
        ("a: @c\n", "put text that begins with @, ` or % in quotes"),
        ('a: 1\nb: "c\nd: e\n', "line 2, column 4: YAML syntax: found unexpected end of stream"),
        ('b: "c\n', "close the quotes that open there"),
    ],
)
def test_where_text_ceases_to_be_yaml_is_told_with_what_to_do(text: str | bytes, told: str) -> None:
    (mistake,) = mistakes(text)
    assert told in mistake
