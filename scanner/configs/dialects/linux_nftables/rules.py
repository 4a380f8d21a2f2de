"""The statements of a chain as rules: what each matches, and what it does.

Source: nft(8), "Expressions", "Statements", "Verdict statements". A rule ends with its verdict; a verdict map is as
many rules as it has elements, which exclude one another.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.configs.chains import netfilter_words as words_of
from scanner.configs.chains.interface_names import InterfaceNames, spans_outside
from scanner.configs.chains.model import ANY_STATE, INCOMING, OUTGOING, ChainRule, Does, Match, Tracking
from scanner.configs.chains.narrowing import Narrowing
from scanner.configs.dialects.linux_nftables.blocks import NftTable, Statement, elements_of
from scanner.configs.dialects.linux_nftables.expressions import selector_of
from scanner.configs.dialects.linux_nftables.statements import verdict_at, without_effect
from scanner.configs.dialects.linux_nftables.tokens import Token
from scanner.configs.dialects.linux_nftables.values import (
    ADDRESS,
    INTERFACE,
    OTHER,
    PROTOCOL,
    STATE,
    STATUS,
    NftSelector,
    parts_of,
    spans_of,
)
from scanner.configs.dialects.linux_nftables.variables import Variables
from scanner.configs.wildcards import inverse, number, spans_with_holes
from scanner.packet_sets import (
    DESTINATION,
    PORT,
    SOURCE,
    SOURCE_PORT,
    Box,
    Span,
    TooManyBoxes,
)
from scanner.packet_sets import PROTOCOL as PROTOCOLS

MOST_ELEMENTS = 5_000  # of a set that is calculated with
MOST_CASES = 400  # elements of a concatenation, or of a verdict map
_DIMENSIONS = {
    "source": SOURCE,
    "destination": DESTINATION,
    "protocol": PROTOCOLS,
    "source_port": SOURCE_PORT,
    "port": PORT,
    "incoming": INCOMING,
    "outgoing": OUTGOING,
}
_SAME = ("==", "eq", "")
_OPERATORS = ("==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge")
_ORDER = {"lt": "<", "gt": ">", "le": "<=", "ge": ">="}


@dataclass
class Nameable:
    """What the rules of a table may name. used: sets that some rule names; missing: those that are not there."""

    table: NftTable
    names: InterfaceNames
    variables: Variables
    tracking: Tracking
    used: set[str] = field(default_factory=set)


@dataclass
class _Rule:
    """One rule while it is read, for one version of IP."""

    left: Narrowing
    version: int
    does: Does = Does.GO_ON
    target: str = ""
    logs: bool = False
    understood: bool = True
    branches: list[tuple[list[list[Token]], list[Token]]] | None = None  # of a verdict map: key and verdict
    keys: list[NftSelector] = field(default_factory=list)


class _Reading:
    """Reads the words of one rule."""

    def __init__(self, words: list[Token], rule: _Rule, known: Nameable) -> None:
        self.words = words
        self.rule = rule
        self.known = known
        self.at = 0

    def text(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.words[at].text if at < len(self.words) and not self.words[at].quoted else ""

    def all(self) -> None:
        """Every word, in its order."""
        while self.at < len(self.words):
            begin = self.at
            self._one()
            if self.at <= begin:
                self.at = begin + 1

    def narrow(self, keys: list[NftSelector], value: list[Token]) -> None:
        """To one value."""
        if len(keys) == 1 and keys[0].kind == STATE:
            self._states("", value, _plain([value]))
        else:
            self._apply(keys, "", [Token("{", 0), *value, Token("}", 0)], _plain([value]))

    def _one(self) -> None:
        if verdict := verdict_at(self.words, self.at):
            self.rule.understood = self.rule.understood and not any(w.text == "{" for w in self.words[self.at :])
            self.rule.does, self.rule.target, self.at = verdict
            return
        if effect := without_effect(self.words, self.at):
            self.at, logs, narrows = effect
            self.rule.logs = self.rule.logs or logs
            if narrows:
                self.rule.left.unclear(narrows)
            return
        keys = self._keys()
        if not keys:
            self._lost(self.text() or "?")
            self._value()
            return
        self._condition(keys)

    def _lost(self, word: str) -> None:
        self.rule.understood = False
        self.rule.left.unclear(word, untold=True)

    def _keys(self) -> list[NftSelector]:
        """The selectors of an expression, several of a concatenation."""
        found: list[NftSelector] = []
        while self.at < len(self.words):
            one = selector_of(self.words, self.at)
            if one is None:
                break
            found.append(one[0])
            self.at = one[1]
            if self.text() != ".":
                break
            self.at += 1
        return found

    def _condition(self, keys: list[NftSelector]) -> None:
        begin = self.at
        operator = self.text() if self.text() in _OPERATORS else ""
        self.at += bool(operator)
        if self.text() == "set":  # it changes the packet and narrows nothing
            self.at += 1
            self._value()
            while (
                self.at < len(self.words) and not verdict_at(self.words, self.at) and self.text() in ("map", "offset")
            ):
                self.at += 1
                self._value()
            return
        if self.text() == "vmap":
            self.at += 1
            self._branches(keys)
            return
        if self.text() == "&" or (keys[0].kind == "flags" and not operator):
            self.at = begin
            self._bits(keys[0])
            return
        mapped = self.text() == "map"
        words = self._value()
        said = " ".join(w.text for w in words)
        if mapped:
            self._lost(said)
        else:
            self._apply(keys, _ORDER.get(operator, operator), words, f"{operator} {said}".strip())

    def _value(self) -> list[Token]:
        """The value that begins here: a set in braces or by name, words with commas, a single word."""
        if self.text() == "{":
            depth, begin = 0, self.at
            while self.at < len(self.words):
                depth += {"{": 1, "}": -1}.get(self.text(), 0)
                self.at += 1
                if depth == 0:
                    break
            return self.words[begin : self.at]
        if self.text() in ("@", "$"):
            self.at += 2
            return self.words[self.at - 2 : self.at]
        begin = self.at
        self.at += 1
        while self.text() in (",", "|", ".") and self.at + 1 < len(self.words):
            self.at += 3 if self.text(1) in ("@", "$") else 2
        return self.words[begin : self.at]

    def _bits(self, key: NftSelector) -> None:
        """``tcp flags & (fin|syn) == syn``, ``tcp flags syn``, ``tcp flags syn / fin,syn``, ``ip saddr & 255.0.255.0 ==
        10.0.1.0``, ``meta mark & 1 == 1``.
        """
        rest: list[Token] = []
        while self.at < len(self.words) and (
            self.words[self.at].text in _SIGNS or (not rest or rest[-1].text in _SIGNS)
        ):
            if (rest and self.words[self.at].text == "{") or verdict_at(self.words, self.at):
                break
            rest.append(self.words[self.at])
            self.at += 1
        said = "".join(w.text for w in rest)
        found = _flags(said) if key.kind == "flags" else None
        if key.version not in (0, self.rule.version):
            self.rule.left.nothing()
            return
        for span in key.protocols:
            self.rule.left.to(PROTOCOLS, [span])
        masked = _masked(said) if key.kind == ADDRESS and key.version == 4 else None
        if masked is not None:
            self.rule.left.to(_DIMENSIONS[key.dimension], masked, but="!=" in said)
        elif found is None:
            self.rule.left.unclear(f"{key.kind} {said}", untold=key.kind == ADDRESS)
        else:
            self.rule.left.to_states(*found)

    def _apply(self, keys: list[NftSelector], operator: str, words: list[Token], said: str) -> None:
        left, version = self.rule.left, self.rule.version
        if any(key.version not in (0, version) for key in keys):
            left.nothing()
            return
        for key in keys:
            if key.protocols:
                left.to(PROTOCOLS, key.protocols)
        if len(keys) == 1 and keys[0].kind == STATE:
            self._states(operator, words, said)
            return
        if any(key.kind == PROTOCOL and key.version == 6 for key in keys):  # extension headers may stand before it
            left.unclear(f"nexthdr {said}")
            if operator in ("!=", "ne"):
                return
        if [key.kind for key in keys] == [STATUS] and self._redirected(operator, words):
            return
        if any(key.kind in (STATUS, OTHER, "flags") for key in keys):
            self._understand(keys, words)
            left.unclear(f"{keys[0].kind} {said}", untold=any(k.kind == ADDRESS for k in keys))
            return
        elements = self._elements(words)
        if elements is None or len(elements) > MOST_ELEMENTS:
            left.unclear(said, untold=any(k.kind == ADDRESS for k in keys))
            return
        if len(keys) == 1:
            self._single(keys[0], operator, elements, said)
        else:
            self._several(keys, operator, elements, said)

    def _redirected(self, operator: str, words: Sequence[Token]) -> bool:
        """Where no destinations are changed, it is settled whether one was; False: it is not."""
        if self.known.tracking.redirects or [w.text for w in words] != ["dnat"]:
            return False
        but = operator in ("!=", "ne")
        if operator and operator not in (*_SAME, "!=", "ne"):
            return False
        self.rule.left.also(f"status {'!= ' * but}dnat")
        if not but:
            self.rule.left.to_states((), ())
        return True

    def _understand(self, keys: Sequence[NftSelector], words: Sequence[Token]) -> None:
        """A set that it names is used."""
        if len(words) > 1 and words[0].text == "@" and keys:
            self.known.used.add(words[1].text)

    def _elements(self, words: list[Token]) -> list[list[Token]] | None:
        """The values, one by one; None where they are not in the file, or come and go."""
        if words and words[0].text == "@" and not words[0].quoted:
            name = words[1].text if len(words) > 1 else ""
            self.known.used.add(name)
            own = self.known.table.sets.get(name)
            if own is None or {"timeout", "dynamic"} & set(own.flags):
                return None
            if len(own.elements) > MOST_ELEMENTS:
                return None
            return [_without_extras(self.known.variables.expand(e)) for e in own.elements]
        if words and words[0].text == "$":
            self.rule.understood = False
            return None
        return elements_of(words)

    def _single(self, key: NftSelector, operator: str, elements: list[list[Token]], said: str) -> None:
        left = self.rule.left
        spans: list[Span] = []
        for element in elements:
            found = spans_of(key, element, self.rule.version, self.known.names)
            if found is None:
                self._lost(said)
                return
            spans += found
        if operator in ("<", ">", "<=", ">="):
            spans = _ordered(operator, spans)
            if not spans:
                self._lost(said)
                return
        but = operator in ("!=", "ne")
        if not key.dimension:  # the version of IP
            if bool(spans) is but:
                left.nothing()
        elif key.kind == INTERFACE:
            word = f"{'not-' * but}{'in' if key.dimension == 'incoming' else 'out'} {_plain(elements)}"
            left.on(_DIMENSIONS[key.dimension], spans, word, but=but)
        else:
            left.to(_DIMENSIONS[key.dimension], spans, but=but)

    def _several(self, keys: list[NftSelector], operator: str, elements: list[list[Token]], said: str) -> None:
        boxes = self._boxes(keys, elements)
        if boxes is None or operator not in (*_SAME, "!=", "ne"):
            self.rule.left.unclear(said, untold=True)
            return
        self.rule.left.to_cases(boxes, boxes, but=operator in ("!=", "ne"))
        self.rule.left.also(said)

    def _boxes(self, keys: list[NftSelector], elements: list[list[Token]]) -> list[Box] | None:
        if len(elements) > MOST_CASES or len({key.dimension for key in keys}) < len(keys):
            return None
        boxes: list[Box] = []
        for element in elements:
            parts = parts_of(element)
            if len(parts) != len(keys):
                return None
            cases: list[dict[str, Span]] = [{}]
            for key, part in zip(keys, parts, strict=True):
                spans = spans_of(key, part, self.rule.version, self.known.names)
                if spans is None or not key.dimension:
                    return None
                cases = [{**case, key.dimension: span} for case in cases for span in spans]
            boxes += [self.rule.left.box(**case) for case in cases]
        return boxes

    def _states(self, operator: str, words: list[Token], said: str) -> None:
        elements = self._elements(words) if words and words[0].text in ("{", "@") else elements_of(words)
        names = [w.text for element in elements or () for w in element if w.text != "|"]
        found = words_of.states(names) if elements is not None else None
        if found is None:
            self._lost(said)
        elif self.known.tracking.untracked:
            self.rule.left.unclear(f"state {said}")
        else:
            spans = spans_outside(found, ANY_STATE) if operator in ("!=", "ne") else found
            self.rule.left.to_states(spans, spans)

    def _branches(self, keys: list[NftSelector]) -> None:
        words = self._value()
        self.rule.keys = keys
        if words and words[0].text == "@" and len(words) > 1:
            self.known.used.add(words[1].text)
            own = self.known.table.sets.get(words[1].text)
            elements = None if own is None or {"timeout", "dynamic"} & set(own.flags) else own.elements
        else:
            elements = elements_of(words)
        if elements is None or len(elements) > MOST_CASES:
            self.rule.does = Does.UNTOLD
            self.rule.left.unclear("vmap", untold=True)
            return
        self.rule.branches = []
        for element in elements:
            key, verdict = _key_and_verdict(self.known.variables.expand(element))
            self.rule.branches.append((parts_of(_without_extras(key)), verdict))


_SIGNS = frozenset(("&", "|", "(", ")", "==", "!=", "/", ",", "^", "!"))


def _plain(elements: Sequence[Sequence[Token]]) -> str:
    return ",".join("".join(w.text for w in element) for element in elements)


def _ordered(operator: str, spans: Sequence[Span]) -> list[Span]:
    """The values below or above the only one."""
    if len(spans) != 1 or spans[0][0] != spans[0][1]:
        return []
    value, most = spans[0][0], (1 << 128) - 1
    low, high = {"<": (0, value - 1), "<=": (0, value), ">": (value + 1, most), ">=": (value, most)}[operator]
    return [(low, high)] if low <= high else []


def _without_extras(words: Sequence[Token]) -> list[Token]:
    """An element without its comment, counter and times."""
    for at, word in enumerate(words):
        if word.text in ("comment", "counter", "timeout", "expires", "limit", "quota", "last") and not word.quoted:
            return list(words[:at])
    return list(words)


def _key_and_verdict(words: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    at = next((n for n, w in enumerate(words) if w.text == ":" and not w.quoted), len(words))
    return list(words[:at]), list(words[at + 1 :])


def _masked(said: str) -> list[Span] | None:
    """The addresses of ``& MASK == BASE`` or ``& MASK != BASE``; None when that is not understood."""
    mask, sign, base = said.removeprefix("&").partition("!=" if "!=" in said else "==")
    own = inverse(mask)
    return (
        spans_with_holes(base, own) if sign and own != mask and (number(base) or 0) & (number(own) or 0) == 0 else None
    )


def _flags(said: str) -> tuple[list[Span], list[Span]] | None:
    """(certainly, at most) of what is behind ``tcp flags``; None when it is not understood."""
    but = "!=" in said
    plain = said.replace("(", "").replace(")", "")
    if "&" in plain:
        mask, _, wanted = plain.removeprefix("&").partition("!=" if but else "==")
    elif "/" in plain:
        wanted, _, mask = plain.removeprefix("!=").removeprefix("==").partition("/")
    else:
        return None
    bits = words_of.flags(mask), 0 if wanted in ("0", "0x0") else words_of.flags(wanted)
    if bits[0] is None or bits[1] is None:
        return None
    return words_of.flagged(bits[0], bits[1], but=but)


def rules_of(statement: Statement, number: int, versions: Sequence[int], known: Nameable) -> Iterator[ChainRule]:
    """The rules of a statement: one, or one for each element of a verdict map."""
    words = known.variables.expand(statement.words)
    read: dict[int, _Rule] = {}
    for version in versions:
        rule = _Rule(Narrowing(version, known.names), version)
        _Reading(words, rule, known).all()
        statement.node.understood = statement.node.understood and rule.understood
        read[version] = rule
    first = read[versions[0]]
    if first.branches is None:
        yield _made(statement, str(number), read, first.does, first.target)
        return
    for count, (_, verdict) in enumerate(first.branches):
        found = verdict_at(verdict, 0)
        does, target = (found[0], found[1]) if found else (Does.UNTOLD, "")
        branches = {v: _branch(rule, known, count) for v, rule in read.items()}
        yield _made(statement, f"{number}.{count + 1}", branches, does, target)


def _branch(whole: _Rule, known: Nameable, count: int) -> _Rule:
    """The rule with the key of one element of its verdict map."""
    rule = replace(whole, left=copy.deepcopy(whole.left))
    parts = whole.branches[count][0] if whole.branches and count < len(whole.branches) else []
    joined: list[Token] = []
    for part in parts:
        joined += [*([Token(".", 0)] if joined else []), *part]
    _Reading([], rule, known).narrow(whole.keys, joined)
    return rule


def _made(statement: Statement, name: str, read: Mapping[int, _Rule], does: Does, target: str) -> ChainRule:
    matches, words, ports = {}, {}, {}
    for version, rule in read.items():
        left = rule.left
        try:
            match = left.match()
        except TooManyBoxes:
            left.unclear("many", untold=True)
            match = Match((), (left.box(),))
        if left.empty and len(read) > 1:  # it is about the other version of IP alone
            continue
        matches[version], words[version], ports[version] = match, left.words(), left.port_count()
    logs = any(rule.logs for rule in read.values())
    return ChainRule(statement.node, name, does, matches, words, target, logs, ports)
