"""Which bytes of JSON count, as states: the names of members and, of what is called by name, what that name is.

RFC 8259, JSON-RPC 2.0. Strings behind a brace or a comma are names, those behind a colon values, of which counts
whether they are empty; behind names as users and passwords have them known ones count as well. Where something is
called (``method``, ``params``), the method and every ``name`` count; of an answer nothing does, unless it lists
``tools``: then every text. A name that hides its letters in escapes may be any of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.framing.language import State, Step
from scanner.framing.spelling import FOUND, letters_after
from scanner.framing.text_states import leave
from scanner.protocols.http._log_in_fields import HELD, NODES

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
        **_names(of, words, take=take, log_ins=take and not texts),
        **_values(of, take=take, texts=texts),
    }


def _names(of: str, words: Mapping[str, _Word], *, take: bool, log_ins: bool) -> dict[str, State]:
    """A name is compared with ``words`` and searched for those of ``log_ins`` at once: a state is how much was read of
    either, of the first nothing (None) once it can be none of them.
    """
    hides = (b"\\", Step(f"{of} escape", take))
    other = _within(of, None, HELD if log_ins else "")
    found = {
        f"{of} escape": State(Step(other, take), ((b"u", Step(f"{of} escape u", take)),)),
        f"{of} escape u": State(Step(other, take), ((b"0", Step(f"{of} escape u0", take)),)),
        f"{of} escape u0": State(Step(other, take), ((b"0", Step(f"{_TEXTS} string, other", take)),)),
    }
    follows = letters_after(words)
    due: list[tuple[str | None, str]] = [("", ""), (None, ""), *([(None, HELD)] if log_ins else ())]
    seen = set(due)
    for begun, node in due:
        steps = []
        own = dict.fromkeys(follows[begun], node) if begun is not None else {}
        searched = NODES.get(node, {}) if log_ins else {}
        for letter in sorted({*own, *searched}):
            then = searched.get(letter, HELD if node == HELD else "")
            state = (f"{begun}{letter}" if letter in own else None, HELD if then == FOUND else then)
            if state not in seen:
                seen.add(state)
                due.append(state)
            both = letter if letter in own else letter + letter.upper()
            steps.append((both.encode(), Step(_within(of, *state), take)))
            if letter in own and letter in searched:
                steps.append((letter.upper().encode(), Step(_within(of, None, state[1]), take)))
        word = words.get(begun or "", _Word(of, counts=False))
        behind = f"{of} name, {begun}" if word.counts else f"{of} held" if node == HELD and begun not in words else ""
        ends = (b'"', Step(behind or f"{word.then} name", take))
        rest = Step(_within(of, None, HELD if node == HELD else ""), take)
        found[_within(of, begun, node)] = State(rest, (*steps, ends, hides))
    for name, word in words.items():
        if word.counts:
            behind, value = f"{of} name, {name}", f"{of} value, {name}"
            found[behind] = State(Step(behind, take=False), ((b":", Step(value)), (b'"', Step(f"{of} string"))))
            found[value] = State(
                Step(value, take=False),
                ((b'"', Step(f"{word.then} counted")), (b"{[,", Step(f"{word.then} name"))),
            )
    return found | (_of_log_in(of) if log_ins else {})


def _within(of: str, begun: str | None, node: str) -> str:
    """The state in which so much of a name was read."""
    if begun is None:
        return f"{of} string, {node or 'other'}"
    return f"{of} string {begun}, {node}" if begun else f"{of} string"


def _of_log_in(of: str) -> dict[str, State]:
    """What stands behind a name of a log-in."""
    held, word = f"{of} held", f"{of} word"
    opens = (b"{[", Step(f"{of} name"))
    value = (b'"', Step(word))
    comma = (b",", Step(f"{of} name"))
    number = (b"0123456789", Step(f"{of} number"))
    ends, escaped, quoted = (b'"', Step(f"{of} value")), leave(f"{word}, escaped"), f"{word}, quoted"
    hides = (b"\\", leave(quoted))
    return {
        held: State(leave(held), ((b":", Step(f"{held} value")), (b'"', Step(f"{of} string")), opens)),
        f"{held} value": State(leave(f"{held} value"), (value, opens, comma, (b"ntf", Step(f"{of} value")), number)),
        f"{of} number": State(leave(f"{of} value"), (number, opens, comma)),
        word: State(leave(word), (ends, hides), word=True),
        escaped.to: State(escaped, (ends, hides), word=True, escaped=True),
        quoted: State(escaped, word=True, escaped=True),
    }


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
