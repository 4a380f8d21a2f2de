"""From the lines of a configuration to its statements: what is alike in all systems that are written so.

A dialect says which words its commands begin with and what they do (``StatementBuilder`` carries out what they name).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask, Secret
from scanner.configs.statements.hidden_words import HiddenWords
from scanner.configs.statements.lexing import MOST_WORDS, Piece, PieceKind
from scanner.configs.statements.statement import TreeStatement, descend
from scanner.configs.tree import MAX_LINE
from scanner.errors import Problem
from scanner.wording import NOTHING, Said, at_line, said

MAX_WORK = 1_000_000  # statements looked at to carry out what commands and groups do to others
MOST_NESTED = 40  # blocks in blocks; what is deeper is not read


@dataclass(slots=True)
class Block:
    """One that is open: its line, its path, and the statements that lines in it are put below."""

    node: Node
    path: list[str] = field(default_factory=list)
    owners: list[TreeStatement] = field(default_factory=list)


class StatementBuilder:
    """The state of one pass over the lines.

    root: the lines; top: the statements. edit: where "edit" went. closed: a prompt stands behind everything. endless,
    stray: the lines of the first text without an end, and of the first brace without the other; 0 for none. work: how
    many statements were looked at.
    """

    def __init__(self, source: str, mask: Mask, lines: int) -> None:
        self.source, self.mask = source, mask
        self.root = Node(1, max(1, lines), "", "")
        self.top = TreeStatement("", self.root)
        self.blocks = [Block(self.root, [], [self.top])]
        self.edit: list[str] = []
        self.hidden = HiddenWords(mask)
        self.problems: list[Problem] = []
        self.remarks: list[tuple[int, str]] = []
        self.endless = self.stray = self.work = self.commands = 0
        self.closed = False

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        """Something of the file cannot be used."""
        self.problems.append(Problem(self.source, what, at_line(line), remedy))

    # Lines and blocks

    def node(self, event: Piece, text: str, key: str, secrets: tuple[Secret, ...], parent: Node) -> Node:
        """A line of the tree."""
        node = Node(event.line, event.end, text[:MAX_LINE], key[:MAX_LINE].lower(), False, secrets, parent)
        parent.children.append(node)
        return node

    def cut_short(self, event: Piece) -> bool:
        """Whether it says that something is not read, which is told."""
        if event.kind is PieceKind.ENDLESS:
            self.endless = self.endless or event.line
            what = said("opens a text or certificate that has no end")
            self.problem(event.line, what, said("check that the file is complete"))
        elif event.kind is PieceKind.CUT:
            what = said("longer than {most:,} words: the rest of the statement was not read", most=MOST_WORDS)
            self.problem(event.line, what)
        else:
            return False
        return True

    def close(self, line: int) -> None:
        """A brace closes."""
        if len(self.blocks) == 1:
            self.stray = self.stray or line
        else:
            self.blocks.pop().node.end = line

    def finish(self, lines: int) -> None:
        """The file ends; blocks that are open end with it, and the secrets are no longer needed."""
        if len(self.blocks) > 1:
            self.stray = self.stray or lines
        while len(self.blocks) > 1:
            self.blocks.pop().node.end = lines
        self.hidden.forget()

    # Statements

    def put(self, owner: TreeStatement, path: Sequence[str], node: Node, secrets: Sequence[Secret]) -> TreeStatement:
        """A statement that a line ends with, at a path below another."""
        end = descend(owner, path, node)
        end.ends.append(node)
        hidden = [word for word in path if word in self.hidden.stands_in]
        if hidden and secrets:
            at: TreeStatement | None = end
            while at is not None and at.word != hidden[-1]:
                at = at.parent
            if at is not None:
                at.secret = secrets[-1]
        return end

    def find(self, words: Sequence[str], owner: TreeStatement | None = None) -> TreeStatement | None:
        """What stands along the words; from the top where no other is named."""
        here: TreeStatement | None = owner or self.top
        for word in words:
            here = here.children.get(word) if here else None
        return here

    def take_away(self, path: Sequence[str], owner: TreeStatement | None = None) -> None:
        """It is as if it were not there. Its lines are known: they say nothing any more."""
        here = self.find(path, owner)
        if here is not None and here.parent is not None:
            for each in here.below():
                self.work += 1
                each.understand()
            del here.parent.children[here.word]

    def rename(self, here: TreeStatement, name: str) -> None:
        """Another word, at the same place among its siblings."""
        siblings = _siblings(here)
        renamed = {(name if word == here.word else word): each for word, each in siblings.items()}
        here.word = name
        _put_in_order(siblings, renamed.values())

    def copy_as(self, here: TreeStatement, name: str) -> None:
        """The same once more, under a word that its siblings do not have."""
        _siblings(here)[name] = copied(here, here.parent)
        _siblings(here)[name].word = name

    def move_to(self, here: TreeStatement, place: int) -> None:
        """So many of the others are before it."""
        siblings = _siblings(here)
        others = [each for each in siblings.values() if each is not here]
        others.insert(place, here)
        _put_in_order(siblings, others)


def place_beside(here: TreeStatement, name: str, *, after: bool) -> int | None:
    """How many of the others are before what stands before or after the sibling of that name; None: there is none."""
    names = [each.word for each in _siblings(here).values() if each is not here]
    return names.index(name) + after if name in names else None


def copied(statement: TreeStatement, parent: TreeStatement | None, inherited: int = 0) -> TreeStatement:
    """The statement with everything below it, below another."""
    copy = TreeStatement(statement.word, statement.node, parent, inherited)
    copy.ends, copy.secret = list(statement.ends), statement.secret
    for child in statement:
        copy.children[child.word] = copied(child, copy, inherited)
    return copy


def _siblings(here: TreeStatement) -> dict[str, TreeStatement]:
    """Those of a statement that is not the top, itself among them."""
    return here.parent.children if here.parent is not None else {}


def _put_in_order(siblings: dict[str, TreeStatement], every: Iterable[TreeStatement]) -> None:
    order = {each.word: each for each in every}
    siblings.clear()
    siblings.update(order)
