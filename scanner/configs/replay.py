"""What is left when commands are given one after the other: people write scripts, and devices save what came of them.

A block that is opened again goes on; a port or line that several blocks name has what all of them say, later lines
last. A negated command takes away what it names, and a reset what was ever said of it. What devices save is as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.configs.grammar import Grammar
from scanner.configs.headers import Unit
from scanner.configs.nodes import Node, walk
from scanner.configs.secrets import MASK

MAX_COPIES = 100_000  # ports and lines that blocks mean, and commands that are copied for them
MAX_WORDS = 32  # by which a later command may name one, without naming all of it
_LISTED = re.compile(r"[\d,-]+")  # a list: to take one from it does not take all away


def replay(root: Node, grammar: Grammar, raw: Mapping[int, str]) -> int:
    """Leave in the tree what holds in the end; the first line that was too much work and stays as it is, else 0.

    raw: the commands with a secret as they were written, by line.
    """
    work = _Replay(grammar, raw)
    root.children = work.left(root.children, root)
    return work.stopped


class _Replay:
    def __init__(self, grammar: Grammar, raw: Mapping[int, str]) -> None:
        self.grammar = grammar
        self.raw = raw
        self.copies = 0
        self.stopped = 0  # the line at which there were too many

    def left(self, nodes: list[Node], parent: Node) -> list[Node]:
        nodes = self._merged(self._standing(self._apart(nodes)))
        for node in nodes:
            node.parent = parent
            if node.children:
                node.children = self.left(node.children, node)
        return nodes

    def _apart(self, nodes: list[Node]) -> list[Node]:
        """Blocks of several ports as blocks of one each."""
        found: list[Node] = []
        for node in nodes:
            units = self._apart_into(node)
            if units and self._may(len(units) * _size(node), node):
                found += [self._block(unit.text, [node]) for unit in units]
            else:
                found.append(node)
        return found

    def _apart_into(self, node: Node) -> Sequence[Unit]:
        """What the block is several blocks of."""
        units = self._units(node)
        if not units:
            return self._members(node)
        return units if len(units) > 1 and units[0].place < 0 and not node.negated else ()

    def _members(self, node: Node) -> Sequence[Unit]:
        """The ports that lines of a block name, where others say something of them; without these it is left alone."""
        member = self.grammar.member
        named = [n.text for n in node.children if member and n.is_(member) and not n.negated]
        if not named or len(named) == len(node.children):
            return ()
        node.children = [n for n in node.children if not n.is_(member)]
        text = " ".join(line.partition(" ")[2] for line in named)
        return self._meant(f"{node.text.split()[0]} {member} {text}", node)

    def _units(self, node: Node) -> Sequence[Unit]:
        return self._meant(node.text[len(self.grammar.negation) :] if node.negated else node.text, node)

    def _meant(self, text: str, node: Node) -> Sequence[Unit]:
        units = () if self.stopped else self.grammar.units(text)
        return units if len(units) < 2 or self._may(len(units), node) else ()

    def _may(self, copies: int, node: Node) -> bool:
        """There may be so many more; from the first time that there may not, nothing is copied."""
        self.copies += copies
        if self.copies > MAX_COPIES and not self.stopped:
            self.stopped = node.line
        return not self.stopped

    def _block(self, text: str, blocks: Sequence[Node]) -> Node:
        """A block with what several say, at the place of the first."""
        children = [_copy(child) for block in blocks for child in block.children]
        return replace(blocks[0], text=text, key=" ".join(text.lower().split()), children=children)

    def _standing(self, nodes: list[Node]) -> list[Node]:
        """Without what later commands take away."""
        goals = {key for n in nodes if n.negated or self._resets(n) for key in self._keys(n)}
        if not goals:
            return nodes
        named: dict[str, list[Node]] = {}
        gone: set[int] = set()
        for node in nodes:
            if node.negated or self._resets(node):
                taken = [n for key in self._keys(node) for n in named.pop(key, ())]
                gone.update(map(id, taken))
                if taken and not node.negated:
                    gone.add(id(node))
            if not self._resets(node):
                for key in self._begins(node) & goals:
                    named.setdefault(key, []).append(node)
        return [n for n in nodes if id(n) not in gone]

    def _resets(self, node: Node) -> bool:
        return bool(self.grammar.reset) and node.key.startswith(self.grammar.reset)

    def _keys(self, node: Node) -> list[str]:
        """What a negated command or a reset names."""
        if MASK in node.key:
            return [self.raw.get(node.line, node.key)]
        if not self._resets(node):
            return [unit.key for unit in self._units(node)] or [node.key]
        rest = node.text[len(self.grammar.reset) :].strip()
        return [unit.key for unit in self._meant(rest, node)] or [node.key[len(self.grammar.reset) :].strip()]

    def _begins(self, node: Node) -> set[str]:
        """By what the command can be named: itself, and its first words."""
        found = {unit.key for unit in self._units(node)}
        for text in (node.key, self.raw.get(node.line, "") if MASK in node.key else ""):
            words = text.partition(MASK)[0].split() if MASK in text else text.split()
            found.update(_beginnings(words))
            if short := self._short(" ".join(words)):
                found.update(_beginnings(short.split()))
        return found

    def _short(self, text: str) -> str:
        """The command without the words that need not be said to take it away; empty where it has none."""
        kept, count = self.grammar.left_out.subn("", text)
        return kept if count else ""

    def _merged(self, nodes: list[Node]) -> list[Node]:
        """Blocks that are opened again as one, ports and lines apart where not all of them are."""
        blocks = {id(n): self._named(n) for n in nodes if self._opens(n)}
        speakers: dict[str, list[Node]] = {}
        for node in nodes:
            for unit in blocks.get(id(node), ()):
                speakers.setdefault(unit.key, []).append(node)
        if all(len(several) == 1 for several in speakers.values()):
            return nodes
        sizes = {id(n): _size(n) for n in nodes if id(n) in blocks}
        found: list[Node] = []
        for node in nodes:
            units = blocks.get(id(node), ())
            own = [u for u in units if speakers[u.key][0] is node]
            parts = list(_together(own, speakers))
            copies = sum(sizes[id(block)] for _, several in parts for block in several)
            if all(len(speakers[u.key]) == 1 for u in units) or not self._may(copies, node):
                found.append(node)
            else:
                found += (self._block(text, several) for text, several in parts)
        return found

    def _opens(self, node: Node) -> bool:
        if node.negated or MASK in node.key:
            return False
        return bool(node.children) or self.grammar.header.match(node.text) is not None

    def _named(self, node: Node) -> Sequence[Unit]:
        return self._units(node) or (Unit(node.text, node.key),)


def _size(node: Node) -> int:
    return sum(1 for _ in walk(node))


def _copy(node: Node) -> Node:
    return replace(node, children=[_copy(child) for child in node.children])


def _beginnings(words: Sequence[str]) -> Iterator[str]:
    for count in (n for n in range(1, len(words) + 1) if n <= MAX_WORDS or n == len(words)):
        after = words[count] if count < len(words) else ""
        if _LISTED.fullmatch(words[count - 1]) and (after == "to" or _LISTED.fullmatch(after)):
            continue
        yield " ".join(words[:count])


def _together(units: Iterable[Unit], speakers: Mapping[str, list[Node]]) -> Iterator[tuple[str, list[Node]]]:
    """Neighbouring lines of which the same blocks speak, as one header, with these blocks."""
    first: Unit | None = None
    last: Unit | None = None
    for unit in units:
        if first and last and 0 <= last.place == unit.place - 1 and speakers[first.key] == speakers[unit.key]:
            last = unit
            continue
        if first and last:
            yield _written(first, last), speakers[first.key]
        first = last = unit
    if first and last:
        yield _written(first, last), speakers[first.key]


def _written(first: Unit, last: Unit) -> str:
    return first.text if first is last else f"{first.text} {last.place}"
