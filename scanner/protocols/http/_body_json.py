"""Which bytes of JSON count, as states: the names of members and, of what is called by name, what that name is.

RFC 8259, JSON-RPC 2.0. Strings behind a brace or a comma are names, those behind a colon values, of which counts
whether they are empty. Where something is called (``method``, ``params``), the method and every ``name`` count as well;
of an answer nothing does, unless it lists ``tools``: then every text. A name that hides its letters in escapes may be
any of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.framing.language import State, Step
from scanner.framing.spelling import letters_after

ASKED, ANSWERED = "asked json", "answered json"  # where each begins
_CALLED, _TEXTS = "called json", "any json"


class _Word(NamedTuple):
    """A name behind which it goes on as other JSON; counts: so does its value."""

    then: str
    counts: bool


def _json(of: str, words: Mapping[str, _Word], *, take: bool = True, texts: bool = False) -> dict[str, State]:
    """texts: every value counts."""
    begins = (
        (b'"', Step(f"{of} string", take)),
        (b":", Step(f"{of} value", take)),
        (b"{[", Step(f"{of} name", take)),
    )
    return {
        f"{of} name": State(Step(f"{of} name", take=False), begins),
        **_names(of, words, take=take),
        **_values(of, take=take, texts=texts),
    }


def _names(of: str, words: Mapping[str, _Word], *, take: bool) -> dict[str, State]:
    hides = (b"\\", Step(f"{of} escape", take))
    found = {
        f"{of} string, other": State(Step(f"{of} string, other", take), ((b'"', Step(f"{of} name", take)), hides)),
        f"{of} escape": State(Step(f"{of} string, other", take), ((b"u", Step(f"{of} escape u", take)),)),
        f"{of} escape u": State(Step(f"{of} string, other", take), ((b"0", Step(f"{of} escape u0", take)),)),
        f"{of} escape u0": State(Step(f"{of} string, other", take), ((b"0", Step(f"{_TEXTS} string, other", take)),)),
    }
    for begun, letters in letters_after(words).items():
        word = words.get(begun, _Word(of, counts=False))
        after = f"{of} name, {begun}" if word.counts else f"{word.then} name"
        more = ((letter.encode(), Step(f"{of} string {begun}{letter}", take)) for letter in letters)
        ends = (b'"', Step(after, take))
        found[f"{of} string {begun}".rstrip()] = State(Step(f"{of} string, other", take), (*more, ends, hides))
        if word.counts:
            value = f"{of} value, {begun}"
            found[after] = State(Step(after, take=False), ((b":", Step(value)), (b'"', Step(f"{of} string"))))
            found[value] = State(
                Step(value, take=False),
                ((b'"', Step(f"{word.then} counted")), (b"{[,", Step(f"{word.then} name"))),
            )
    return found


def _values(of: str, *, take: bool, texts: bool) -> dict[str, State]:
    text, escaped = Step(f"{of} text", texts), Step(f"{of} text, escaped", texts)
    return {
        f"{of} value": State(
            Step(f"{of} value", take=False),
            (
                (b'"', Step(f"{of} text begins", take)),
                (b"{[,", Step(f"{of} name", take)),
                (b"ntf", Step(f"{of} value", take)),
            ),
        ),
        f"{of} text begins": State(text, ((b'"', Step(f"{of} value", take)), (b"\\", escaped))),
        f"{of} text": State(text, ((b'"', Step(f"{of} value", texts)), (b"\\", escaped))),
        f"{of} text, escaped": State(text),
        f"{of} counted": State(
            Step(f"{of} counted"), ((b'"', Step(f"{of} value")), (b"\\", Step(f"{of} counted, escaped")))
        ),
        f"{of} counted, escaped": State(Step(f"{of} counted")),
    }


STATES = {
    **_json(ASKED, {"method": _Word(_CALLED, counts=True), "params": _Word(_CALLED, counts=False)}),
    **_json(_CALLED, {"method": _Word(_CALLED, counts=True), "name": _Word(_CALLED, counts=True)}),
    **_json(_TEXTS, {}, texts=True),
    **_json(ANSWERED, {"tools": _Word(_TEXTS, counts=False)}, take=False),
}
