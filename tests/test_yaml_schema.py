from __future__ import annotations

import pytest

from scanner.yaml_positions import load
from scanner.yaml_schema import violations

SCHEMA = {
    "type": "object",
    "required": ["name", "kind"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "description": "a display name"},
        "kind": {"enum": ["controller", "switch"]},
        "level": {"type": "number", "minimum": 0, "maximum": 5},
        "id": {"type": "string", "pattern": "^[a-z]+$", "description": "lower-case letters"},
        "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nkind: switch\n", []),
        (
            "nme: a\nkind: swich\n",
            [
                "x: line 1, column 1: required key 'name' is missing",
                "x: line 1, column 1: unknown key 'nme'; did you mean 'name'?",
                "x: line 2, column 7: kind: 'swich' is not one of: controller, switch; did you mean 'switch'?",
            ],
        ),
        ("name: 5\nkind: switch\n", ["x: line 1, column 7: name: '5' is not text; a display name"]),
        ("name: ''\nkind: switch\n", ["x: line 1, column 7: name: must not be empty; a display name"]),
        ('name: " \\u200b"\nkind: switch\n', ["x: line 1, column 7: name: must not be empty; a display name"]),
        ("name: a\nkind: switch\nlevel: 9\n", ["x: line 3, column 8: level: '9' is greater than 5"]),
        ("name: a\nkind: switch\nlevel: true\n", ["x: line 3, column 8: level: 'true' is not a number"]),
        (
            "name: a\nkind: switch\nid: A1\n",
            ["x: line 3, column 5: id: 'A1' does not have the expected form; expected lower-case letters"],
        ),
        ("name: a\nkind: switch\ntags: [a, [b]]\n", ["x: line 3, column 11: tags: a list is not text"]),
        ("name: a\nkind: switch\ntags: [a, a]\n", ["x: line 3, column 7: tags: the same value is given twice"]),
        (
            "name: a\nkind: switch\nzzz: 1\n",
            ["x: line 3, column 1: unknown key 'zzz'; expected one of: name, kind, level, id, tags"],
        ),
        ("- a\n", ["x: line 1, column 1: a list is not a mapping (key: value)"]),
        ("", ["x: line 1, column 1: an empty value is not a mapping (key: value)"]),
    ],
)
def test_violations_are_told_in_words(text: str, expected: list[str]) -> None:
    assert [str(p) for p in violations(load(text, "x"), SCHEMA)] == expected
