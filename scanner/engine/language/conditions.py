"""The ``condition`` line of a selection: names joined by and, or, not, parentheses and ``1 of`` / ``all of``.

Grammar, weakest first (Sigma specification 2.0, "Condition"):

    or   := and ("or" and)*
    and  := not ("and" not)*
    not  := "not" not | "(" or ")" | ("1" | "any" | "all") "of" (pattern | "them") | name
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from scanner.errors import WrongText
from scanner.wording import Said, said

_TOKEN = re.compile(r"\s*(\(|\)|[^\s()]+)")
_KEYWORDS = {"and", "or", "not", "of"}
_MAX_DEPTH = 40


class ConditionError(WrongText):
    """The condition is wrong; the text says what and the remedy says what was expected."""


class UnusedError(ConditionError):
    """The condition is right but for selections that it never uses, which are ``names``."""

    def __init__(self, names: Sequence[str]) -> None:
        what = said("the condition never uses '{unused}'", unused=names[0])
        super().__init__(what, said("use the selection or remove it"))
        self.names = tuple(names)


@dataclass(frozen=True)
class Name:
    """The selection of that name holds."""

    name: str


@dataclass(frozen=True)
class Negated:
    """The part does not hold."""

    part: Tree


@dataclass(frozen=True)
class Every:
    """All parts hold."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Some:
    """At least one part holds."""

    parts: tuple[Tree, ...]


Tree = Name | Negated | Every | Some


def chosen(names: Iterable[str], pattern: str) -> list[str]:
    """The names of selections that ``1 of`` and ``all of`` mean by a pattern, or by ``them``."""
    if pattern.lower() == "them":
        return [n for n in names if not n.startswith("_")]
    return [n for n in names if fnmatchcase(n, pattern)]


def parse_condition(text: str, names: Collection[str], suggest: Callable[[str], Said]) -> Tree:
    """The condition over the given selection names; ``suggest`` words the closest valid name. ConditionError if wrong.

    A selection that the condition never uses is an error (UnusedError): it would look like a test that is made.
    """
    parser = _Parser(_TOKEN.findall(text), list(names), suggest)
    tree = parser.alternatives(0)
    parser.finish()
    return tree


class _Parser:
    def __init__(self, tokens: list[str], names: list[str], suggest: Callable[[str], Said]) -> None:
        self._tokens = tokens
        self._names = names
        self._suggest = suggest
        self._at = 0
        self._used: set[str] = set()

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise ConditionError(
                said("'{token}' in the condition is out of place", token=self._tokens[self._at]),
                said("expected and, or"),
            )
        unused = [n for n in self._names if n not in self._used]
        if unused:
            raise UnusedError(unused)

    def _peek(self) -> str:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        if self._at >= len(self._tokens):
            raise ConditionError(said("the condition ends too early"), said("expected a selection name, not or ("))
        self._at += 1
        return self._tokens[self._at - 1]

    def alternatives(self, depth: int) -> Tree:
        parts = [self._conjunction(depth)]
        while self._peek() == "or":
            self._take()
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _conjunction(self, depth: int) -> Tree:
        parts = [self._negation(depth)]
        while self._peek() == "and":
            self._take()
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _negation(self, depth: int) -> Tree:
        if depth > _MAX_DEPTH:
            raise ConditionError(
                said("the condition is nested too deeply"), said("at most {most} levels", most=_MAX_DEPTH)
            )
        token = self._take()
        word = token.lower()
        if word == "not":
            return Negated(self._negation(depth + 1))
        if word == "(":
            inner = self.alternatives(depth + 1)
            if self._peek() != ")":
                raise ConditionError(said("a parenthesis of the condition is not closed"), said("expected )"))
            self._take()
            return inner
        if self._peek() == "of":
            return self._quantified(word)
        if word in _KEYWORDS or word == ")":
            raise ConditionError(
                said("'{token}' in the condition is out of place", token=token),
                said("expected a selection name, not or ("),
            )
        if token not in self._names:
            raise ConditionError(
                said("the condition names an unknown selection '{token}'", token=token), self._suggest(token)
            )
        self._used.add(token)
        return Name(token)

    def _quantified(self, quantity: str) -> Tree:
        if quantity not in ("1", "any", "all"):
            raise ConditionError(
                said("'{quantity} of' in the condition is not supported", quantity=quantity),
                said("expected '1 of' or 'all of'"),
            )
        self._take()  # "of"
        pattern = self._take()
        meant = chosen(self._names, pattern)
        if not meant:
            raise ConditionError(
                said("'{pattern}' in the condition matches no selection", pattern=pattern), self._suggest(pattern)
            )
        self._used.update(meant)
        parts = tuple(Name(n) for n in meant)
        return Every(parts) if quantity == "all" else Some(parts)
