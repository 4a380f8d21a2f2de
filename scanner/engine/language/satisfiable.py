"""Whether any row could meet a selection: whether its tests contradict each other, or what columns can hold.

A selection becomes its branches, each a list of tests that must all hold; what is left of a column after all tests is a
set of words, a range of numbers, or anything. What is not understood here could always be met: a contradiction that is
told is one, and not every one is told.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.addresses import Network, is_within
from scanner.configs.setting_values import VALUES
from scanner.configs.settings import UNKNOWN, VOCABULARY
from scanner.engine.language import vocabulary
from scanner.engine.language.modifiers import Compare, InNetwork, IsKnown, Like, Match, Pieces, compiled, element
from scanner.engine.language.selections import And, Not, Or, Selection, Test
from scanner.engine.language.session_fields import never_filled
from scanner.facts.schema import TABLES, Column, Table
from scanner.protocols import PROTOCOLS, protocols
from scanner.protocols.base import Publication, Verb
from scanner.yaml_positions import Path

_MOST_BRANCHES = 4000  # of one selection; one with more is taken for possible
_LEVELS, _SHARES, _PORTS = (0.0, 5.0), (0.0, 1.0), (0.0, 65_535.0)
_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("level", "client_level", "server_level"), _LEVELS),
    **dict.fromkeys(("one_sided_share", "recognised_share", "port_share"), _SHARES),
    **dict.fromkeys(vocabulary.SUMMED, (0.0, float("inf"))),
    "server_port": _PORTS,
    "vlan": (-1.0, 4095.0),
    "sl_t": (0.0, 4.0),
    "duration": (0.0, float("inf")),
}
_TURNED = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}


@dataclass(frozen=True)
class Atom:
    """One test of a branch: the value matches, or does not."""

    column: str
    match: Match
    positive: bool
    path: Path


@dataclass(frozen=True)
class Impossible:
    """What no row can have: a column, or two of them together, and the test that leaves nothing."""

    columns: tuple[str, ...]
    path: Path


def conflict(selection: Selection, table: Table) -> Impossible | None:
    """Why no row can meet it: of the last branch; None when one could, or when that is not known."""
    found: Impossible | None = None
    try:
        for branch in branches(selection):
            found = _contradiction(branch, table)
            if found is None:
                return None
    except TooManyBranchesError:
        return None
    return found


def left_open(selection: Selection) -> bool:
    """A setting whose value is left to the release may meet it. What depends on its number is then unknown."""
    table = TABLES["settings"]
    try:
        each = branches(And((selection, Test("value", (Like((UNKNOWN,)),)))))
    except TooManyBranchesError:
        return False
    return any(
        not any(atom.column == "number" for atom in branch) and _contradiction(branch, table) is None for branch in each
    )


class TooManyBranchesError(Exception):
    """More than anybody writes by hand."""


def branches(selection: Selection, *, positive: bool = True) -> list[tuple[Atom, ...]]:
    """The ways in which it can hold, or not hold. None at all: it cannot, since it is an empty choice."""
    match selection:
        case Test(column, matches, every, path):
            atoms: list[list[tuple[Atom, ...]]] = [[(Atom(column, m, positive, path),)] for m in matches]
            return _all(atoms) if every is positive else _any(atoms)
        case And(parts) | Or(parts):
            each = [branches(part, positive=positive) for part in parts]
            return _all(each) if isinstance(selection, And) is positive else _any(each)
        case Not(part):
            return branches(part, positive=not positive)


def _any(each: Iterable[list[tuple[Atom, ...]]]) -> list[tuple[Atom, ...]]:
    found = [branch for one in each for branch in one]
    if len(found) > _MOST_BRANCHES:
        raise TooManyBranchesError
    return found


def _all(each: Iterable[list[tuple[Atom, ...]]]) -> list[tuple[Atom, ...]]:
    found: list[tuple[Atom, ...]] = [()]
    for one in each:
        if len(found) * len(one) > _MOST_BRANCHES:
            raise TooManyBranchesError
        found = [(*branch, *more) for branch in found for more in one]
    return found


def _contradiction(branch: Sequence[Atom], table: Table) -> Impossible | None:
    columns = {column.name: column for column in table.columns}
    left: dict[str, _Left] = {}
    for atom in branch:
        if atom.column not in columns:
            continue
        column = columns[atom.column]
        state = left.setdefault(atom.column, _Left.of(table, column))
        state.narrow(atom)
        if state.nothing:
            return Impossible((atom.column,), atom.path)
    return _together(left, table.name, branch)


def _together(left: dict[str, _Left], table: str, branch: Sequence[Atom]) -> Impossible | None:
    """Two columns that no row has so together: a verb of a protocol, a setting of a category."""
    for first, second, pairs in _pairs(table):
        if first in left and second in left:
            one, other = left[first].words, left[second].words
            if one is not None and other is not None and not any(a in one and b in other for a, b in pairs):
                path = next(atom.path for atom in reversed(branch) if atom.column in {first, second})
                return Impossible((first, second), path)
    if table == "settings":
        return _unsaid(left, branch)
    return _unfilled(left, branch) if table == "sessions" else None


def _unsaid(left: dict[str, _Left], branch: Sequence[Atom]) -> Impossible | None:
    """A value that no dialect gives any of the settings."""
    if "value" not in left:
        return None
    meant = [pair for pair in VOCABULARY if all(map(_allows, (left.get("category"), left.get("setting")), pair))]
    if not meant or not VALUES.keys() >= set(meant):
        return None
    if any(left["value"].leaves(word) for pair in meant for word in VALUES[pair]):
        return None
    path = next(atom.path for atom in reversed(branch) if atom.column in {"category", "setting", "value"})
    return Impossible(("setting", "value"), path)


def _allows(state: _Left | None, word: str) -> bool:
    return state is None or state.leaves(word)


def _unfilled(left: dict[str, _Left], branch: Sequence[Atom]) -> Impossible | None:
    """A column that must be known, of protocols none of which fills it."""
    spoken = left["protocol"].words if "protocol" in left else None
    if not spoken or "" in spoken:
        return None
    empty = frozenset.intersection(*map(never_filled, spoken))
    for name in sorted(empty & left.keys()):
        if not left[name].unknown:
            path = next(atom.path for atom in reversed(branch) if atom.column in {"protocol", name})
            return Impossible(("protocol", name), path)
    return None


def _pairs(table: str) -> Iterator[tuple[str, str, Iterable[tuple[str, str]]]]:
    if table == "operations":
        known = ((p.name, verb.value) for p in protocols().values() for verb in p.verbs)
        derived = ((p.name, Verb.UNKNOWN_FUNCTION.value) for p in protocols().values() if p.industrial)
        yield "protocol", "verb", {*known, *derived}
    if table == "settings":
        yield "category", "setting", VOCABULARY.keys()


@dataclass
class _Left:
    """What a column can still hold. words: None is anything. A list meets tests one by one, by different elements."""

    listed: bool
    text: bool
    whole: bool
    words: frozenset[str] | None = None
    unknown: bool = True  # it can be unknown
    known: bool = True  # it can be known
    low: float = float("-inf")
    high: float = float("inf")
    without: set[Any] = field(default_factory=set)
    networks: list[Network] = field(default_factory=list)
    patterns: list[tuple[Pieces, bool]] = field(default_factory=list)
    bools: set[bool] = field(default_factory=lambda: {True, False})
    after: datetime | None = None
    before: datetime | None = None
    nothing: bool = False

    @classmethod
    def of(cls, table: Table, column: Column) -> _Left:
        kind, listed = element(column), column.type.startswith("list")
        words = vocabulary.words(table.name, column.name)
        if column.name == "transport":
            words = frozenset()  # ip-<number>, too
        if table.name in {"publications", "state_changes"} and column.name == "protocol":
            words = _publishers()
        if table.name == "settings" and column.name == "setting":
            words = frozenset(setting for _, setting in VOCABULARY)
        low, high = _RANGES.get(column.name, (float("-inf"), float("inf")))
        if table.name == "observations" or not column.type.startswith(("int", "float")):
            low, high = float("-inf"), float("inf")
        whole, text = kind == "int", kind == "str"
        return cls(listed, text, whole, frozenset({*words, ""}) if words else None, low=low, high=high)

    def narrow(self, atom: Atom) -> None:
        """By one more test."""
        match = atom.match
        if isinstance(match, IsKnown):
            self._is_known(match.wanted is atom.positive)
        elif self.listed:
            self._of_list(atom)
        elif isinstance(match, Like):
            self._like(match, positive=atom.positive)
        elif isinstance(match, InNetwork):
            self._network(match.network, positive=atom.positive)
        elif isinstance(match, Compare):
            self._is_known(True)
            self._compare(match, positive=atom.positive)
        self.nothing |= not self._something()

    def _something(self) -> bool:
        return (
            (self.known or self.unknown)
            and self.words != frozenset()
            and (not self.known or (self.low <= self.high and bool(self.bools)))
            and not (self.after and self.before and self.after > self.before)
            and not (self.low == self.high and self.low in self.without)
        )

    def leaves(self, word: str) -> bool:
        """The word is still possible, of a column that holds words."""
        lower = word.lower()
        among = self.words is None or lower in {w.lower() for w in self.words}
        return (
            among
            and lower not in {str(w).lower() for w in self.without}
            and all(bool(compiled(p).fullmatch(lower)) is wanted for p, wanted in self.patterns)
        )

    def _is_known(self, known: bool) -> None:
        if known:
            self.unknown = False
        else:
            self.known = False
        if self.text and not self.listed and self.words is not None:
            self.words = self.words - {""} if known else self.words & {""}
        elif self.text and not self.listed and not known:
            self.words = frozenset({""})
        elif self.text and not self.listed:
            self.without.add("")

    def _of_list(self, atom: Atom) -> None:
        if atom.positive:
            self._is_known(True)
            if isinstance(atom.match, Like) and self.words is not None:
                like = compiled(atom.match.pieces)
                if not any(word and like.fullmatch(word) for word in self.words):
                    self.nothing = True

    def _like(self, match: Like, *, positive: bool) -> None:
        literal = match.pieces[0] if len(match.pieces) == 1 and isinstance(match.pieces[0], str) else None
        like = compiled(match.pieces)
        if self.words is not None:
            self.words = frozenset(w for w in self.words if bool(like.fullmatch(w.lower())) is positive)
        elif literal is not None and positive:
            self.words = frozenset({literal}) - {str(w) for w in self.without}
        elif literal is not None:
            self.without.add(literal)
        if literal is None:
            starts = [_begins(pieces) for pieces, wanted in self.patterns if wanted and positive]
            mine = _begins(match.pieces)
            self.nothing |= any(not (mine.startswith(start) or start.startswith(mine)) for start in starts)
            self.patterns.append((match.pieces, positive))
        if self.words is not None:
            self.words = frozenset(
                w
                for w in self.words
                if all(bool(compiled(p).fullmatch(w.lower())) is held for p, held in self.patterns)
            )
        if self.words is not None and self.networks:
            self.words = frozenset(w for w in self.words if all(is_within(w, n) for n in self.networks))

    def _network(self, network: Network, *, positive: bool) -> None:
        if self.words is not None:
            self.words = frozenset(w for w in self.words if is_within(w, network) is positive)
        if positive:
            self.nothing |= not all(network.overlaps(other) for other in self.networks)
            self.networks.append(network)

    def _compare(self, match: Compare, *, positive: bool) -> None:
        value, order = match.value, match.order
        if isinstance(value, bool):
            self.bools &= {value if positive else not value}
        elif isinstance(value, datetime):
            self._moment(value, order if positive else _TURNED.get(order, ""))
        elif isinstance(value, int | float):
            self._number(float(value), order if positive else _TURNED.get(order, "ne"))

    def _number(self, value: float, order: str) -> None:
        step = 1.0 if self.whole else 0.0
        least = value + step if self.whole and value == int(value) else value
        most = value - step if self.whole and value == int(value) else value
        match order:
            case "eq":
                self.low, self.high = max(self.low, value), min(self.high, value)
            case "ne":
                self.without.add(value)
            case "gte":
                self.low = max(self.low, value)
            case "lte":
                self.high = min(self.high, value)
            case "gt":
                self.low = max(self.low, least)
                self.nothing |= not self.whole and self.high <= value
            case "lt":
                self.high = min(self.high, most)
                self.nothing |= not self.whole and self.low >= value

    def _moment(self, value: datetime, order: str) -> None:
        if order in {"gt", "gte", "eq"}:
            self.after = max(self.after, value) if self.after else value
        if order in {"lt", "lte", "eq"}:
            self.before = min(self.before, value) if self.before else value


@functools.cache
def _publishers() -> frozenset[str]:
    """Protocols whose dissectors make publications."""
    modules = ((p.name, sys.modules[p.dissect.__module__]) for p in PROTOCOLS.all().values())
    return frozenset(name for name, module in modules if getattr(module, "Publication", None) is Publication)


def _begins(pieces: Pieces) -> str:
    """The text with which whatever fits the pattern begins."""
    return pieces[0] if isinstance(pieces[0], str) else ""
