"""What the tests of all dialects ask of one: ``tests/configs/dialects/<dialect>.yaml``.

samples: small configurations in the dialect, that no other may claim. For a dialect that is read also:
stories: its folders below ``fixtures/configs``, each with good.cfg and bad.cfg and the settings that they give.
around: what makes a whole configuration of a few lines, put in place of {}.
words: words of which hypothesis makes lines that must not make it fail.
settings: lines (config) and the one row expected: category, item, setting, value, and whether it is set explicitly.
masked: line and what is left of it. harmless: lines that stay. in_blocks: line, first line of its block, what is left.
kept: line and what may be known of its secret. secrets: every position that holds one, as {0} and {1}.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from scanner.configs.dialect import Dialect
from scanner.configs.reader import DIALECTS, masker
from scanner.configs.settings import Configuration

FOLDER = Path(__file__).parent / "dialects"
FIXTURES = Path(__file__).parents[2] / "fixtures" / "configs"
READ = [name for name, dialect in DIALECTS.all().items() if dialect.read]


def dialect(name: str) -> Dialect:
    return DIALECTS.all()[name]


@functools.cache
def cases(name: str) -> dict[str, Any]:
    """The cases of a dialect; those that its file leaves out are empty."""
    file = FOLDER / f"{name.replace('-', '_')}.yaml"
    assert file.is_file(), f"write {file.name}: samples that no other dialect may claim"
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    lists = ("stories", "settings", "masked", "harmless", "in_blocks", "kept")
    return dict.fromkeys(lists, ()) | {"words": "", "secrets": "", "around": "{}"} | found


def pairs(part: str) -> list[tuple[str, Any]]:
    """Each case of a part, with its dialect."""
    return [(name, case) for name in READ for case in cases(name)[part]]


def called(value: object) -> str:
    """A case in the name of its test."""
    case = value.get("config") or value.get("line") if isinstance(value, dict) else value
    return str(case[0] if isinstance(case, list) else case).replace("\n", " / ")[:60]


def read(name: str, data: bytes, source: str = "sw1.cfg") -> Configuration:
    """The settings, by that dialect and no other."""
    reading = dialect(name).read
    assert reading
    return reading(data, source, masker(name).mask)


def read_lines(name: str, text: str) -> Configuration:
    """The settings of a few lines."""
    return read(name, cases(name)["around"].replace("{}", text).encode())
