"""What is said, in the language of a catalogue: sentence by sentence, arguments as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanner.wording.said import OPEN, TERM, Argument, pieces_of

_PLACES = re.compile(r"\{([^{}]*)\}")
_WIDE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # Chinese characters and punctuation
_MARK = re.compile("[\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True)
class Language:
    """One language. say: an English sentence in it, for its arguments, or what stands between two; labels: by key."""

    say: Callable[[str, Mapping[str, str]], str]
    labels: Mapping[str, str]


def rendered(text: str, language: Language) -> str:
    """The text in the language; a sentence that it does not have stays English."""
    return _rendered(pieces_of(text), language) if OPEN in text else language.say(text, {})


def _rendered(pieces: Sequence[str | Argument], language: Language) -> str:
    values = {p.name: _value(p, language) for p in pieces if isinstance(p, Argument)}
    if not values:
        return language.say("".join(map(str, pieces)), {})
    if "" in values or any(name.startswith(TERM) for name in values):
        return "".join(_value(p, language) if isinstance(p, Argument) else language.say(p, {}) for p in pieces)
    skeleton = "".join(f"{{{p.name}}}" if isinstance(p, Argument) else p for p in pieces)
    return _filled(language.say(skeleton, values), values)


def _value(argument: Argument, language: Language) -> str:
    if argument.name.startswith(TERM):
        return language.labels.get(argument.name.removeprefix(TERM), argument.value)
    return _rendered(argument.pieces, language) if argument.ours else argument.value


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """The sentence with its values, which are never read as sentences."""
    pieces = _PLACES.split(sentence)
    names = pieces[1::2]
    given = ["", *(values.get(name, f"{{{name}}}") for name in names), ""]
    literals = (_spaced(given[n], literal, given[n + 1]) for n, literal in enumerate(pieces[::2]))
    return "".join(part for pair in zip(literals, given[1:], strict=True) for part in pair)


def _spaced(before: str, literal: str, after: str) -> str:
    """Words between two values without a blank between Chinese characters or after Chinese punctuation."""
    if literal.startswith(" ") and _WIDE.match(before[-1:]) and _WIDE.match(literal[1:2]):
        literal = literal[1:]
    if literal.endswith(" ") and (_MARK.match(literal[-2:-1]) or (_WIDE.match(literal[-2:-1]) and _WIDE.match(after))):
        literal = literal[:-1]
    return literal
