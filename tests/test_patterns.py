"""No pattern of the program splits what it reads in ever more ways: a dozen equal lines must not hang a scan.

Each pattern is tried on texts that it fits in the beginning, which go on with many times the same.
"""

from __future__ import annotations

import pickle
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

_TIMES = 40  # which two ways each time make a trillion
_SECONDS = 20.0  # of processor time, for what takes microseconds
_MORE = (
    " ",
    "a",
    "0",
    "\n",
    " a\n",
    "a ",
    "a: ",
    "      - [a, 1]\n",
    "\t",
    "-",
    ".",
    ",",
    '"',
    "/",
    "&",
    "=",
    "A",
    "a,",
)
_COLLECT = """
import importlib, pickle, pkgutil, re, sys
found = {}
compiled = re.compile
def noted(pattern, flags=0):
    made = compiled(pattern, flags)
    found[made.pattern, made.flags] = sys._getframe(1).f_globals.get("__name__", "")
    return made
re.compile = noted
import scanner
for module in pkgutil.walk_packages(scanner.__path__, "scanner."):
    if not module.name.endswith("__main__") and ".kernel" not in module.name:
        importlib.import_module(module.name)
sys.stdout.buffer.write(pickle.dumps([(*key, name) for key, name in found.items() if name.startswith("scanner")]))
"""


def _text(part: Any, chance: random.Random) -> str:
    """Something that a parsed pattern fits, mostly."""
    return "".join(_piece(op, value, chance) for op, value in part)


def _piece(op: Any, value: Any, chance: random.Random) -> str:
    made = ""
    match str(op):
        case "LITERAL":
            made = chr(value)
        case "NOT_LITERAL" | "ANY" | "CATEGORY":
            made = "a"
        case "IN":
            made = _one_of(value, chance)
        case "BRANCH":
            made = _text(chance.choice(value[1]), chance)
        case "SUBPATTERN":
            made = _text(value[3], chance)
        case "ATOMIC_GROUP":
            made = _text(value, chance)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times = min(least + chance.randrange(2), 30 if most is codes.MAXREPEAT else most)
            made = "".join(_text(inner, chance) for _ in range(times))
    return made


def _one_of(members: Any, chance: random.Random) -> str:
    named = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}
    found = [
        chr(value) if str(op) == "LITERAL" else chr(value[0]) if str(op) == "RANGE" else named.get(str(value), "a")
        for op, value in members
        if str(op) != "NEGATE"
    ]
    return "a" if str(members[0][0]) == "NEGATE" else chance.choice(found)


def _texts(pattern: str, flags: int) -> Iterator[str]:
    chance = random.Random(len(pattern))  # noqa: S311 - the same texts in every run
    parsed = parser.parse(pattern, flags)
    for _ in range(3):
        fits = _text(parsed, chance)
        for at in {0, len(fits), *(chance.randrange(len(fits) + 1) for _ in range(4))}:
            yield from (fits[:at] + more * _TIMES + "\1" for more in _MORE)


def _stop(*_: object) -> None:
    raise TimeoutError


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer of processor time")
def test_patterns_have_one_way_to_read_what_repeats_itself() -> None:
    collected = subprocess.run([sys.executable, "-c", _COLLECT], check=True, stdout=subprocess.PIPE).stdout
    patterns = pickle.loads(collected)  # noqa: S301 - our own
    assert len(patterns) > 500
    before = signal.signal(signal.SIGVTALRM, _stop)
    endless = []
    try:
        for pattern, flags, name in patterns:
            raw = isinstance(pattern, bytes)
            shown = pattern.decode("latin-1") if raw else pattern
            compiled = re.compile(pattern, flags)
            signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS)
            try:
                for text in _texts(shown, flags & ~re.UNICODE if raw else flags):
                    tried: Any = text.encode("latin-1", "replace") if raw else text
                    compiled.search(tried)
                    compiled.fullmatch(tried)
            except TimeoutError:
                endless.append((name, shown))
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
    assert not endless
