"""From the lines of commands and braces of a PAN-OS configuration to its statements.

Source: PAN-OS CLI Quick Start and CLI Reference (configure mode: set, delete, edit, move, rename, copy, show; the
default, set and xml output formats). A later command of the same setting replaces an earlier one; lists grow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.juniper_junos.builder import copied
from scanner.configs.dialects.juniper_junos.lexing import MOST_WORDS, Piece, PieceKind, events, overwritten
from scanner.configs.dialects.juniper_junos.statements import JunosStatement as Statement
from scanner.configs.dialects.juniper_junos.statements import descend
from scanner.configs.dialects.paloalto_panos.paths import canonical, paths_of
from scanner.configs.hidden_words import HiddenWords, unquoted
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask, Secret
from scanner.configs.tree import MAX_LINE, REMARK
from scanner.errors import Problem
from scanner.wording import NOTHING, Said, at_line, said

MAX_WORK = 1_000_000  # statements looked at to carry out what commands do to others
_NESTED = 40  # blocks in blocks; what is deeper is not read
_VERBS_WORDS = "set delete edit move rename copy up top exit quit configure commit run override show validate load save"
_VERBS = frozenset(_VERBS_WORDS.split())
_SAYS_NOTHING = ("exit", "quit", "configure", "commit", "run", "show", "validate", "save")


class PanosBuilder:
    """The statements so far. root: the lines; top: the statements. closed: a prompt stands behind everything."""

    def __init__(self, source: str, mask: Mask, lines: int) -> None:
        self.source, self.mask = source, mask
        self.root = Node(1, max(1, lines), "", "")
        self.top = Statement("", self.root)
        self.hidden = HiddenWords(mask)
        self.problems: list[Problem] = []
        self.remarks: list[tuple[int, str]] = []
        self.release = ""  # version of the configuration
        self.merged = False  # what Panorama adds is among the statements
        self.endless = self.stray = self.work = 0
        self.closed = False
        self.commands = 0
        self._edit: list[str] = []  # where "edit" went
        self._blocks: list[tuple[Node, list[str]]] = [(self.root, [])]

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        """Something of the file cannot be used."""
        self.problems.append(Problem(self.source, what, at_line(line), remedy))

    def remark(self, line: int, text: str) -> None:
        """A comment, which may be one to otaudit."""
        if found := REMARK.fullmatch(f"# {text.lstrip('#/*!- ')}"[:MAX_LINE]):
            self.remarks.append((line, found[1].strip()))

    def put(self, path: Sequence[str], node: Node, secrets: Sequence[Secret]) -> None:
        """A statement that a line ends with. The last value of several is the one that counts."""
        end = descend(self.top, path, node)
        if not end.children and end.parent is not None:
            end.parent.children[end.word] = end.parent.children.pop(end.word)
        end.ends.append(node)
        hidden = [word for word in path if word in self.hidden.stands_in]
        if hidden and secrets:
            at: Statement | None = end
            while at is not None and at.word != hidden[-1]:
                at = at.parent
            if at is not None:
                at.secret = secrets[-1]

    def put_block(self, path: Sequence[str], node: Node) -> None:
        """A line that opens a block, in which others are."""
        found = self._find(canonical(path))
        if found is not None and path:
            found.ends.append(node)

    # Lines

    def build(self, lines: Sequence[str]) -> None:
        """Read all lines of commands or braces."""
        for event in events([overwritten(line) for line in lines], _VERBS):
            if event.kind is PieceKind.PROMPT:
                self.closed = len(self._blocks) == 1 and self.commands > 0
            elif event.kind is PieceKind.COMMENT:
                self.remark(event.line, event.words[0] if event.words else "")
            elif event.kind is PieceKind.ENDLESS:
                self.endless = self.endless or event.line
                what = said("opens a text or certificate that has no end")
                self.problem(event.line, what, said("check that the file is complete"))
            elif event.kind is PieceKind.CUT:
                what = said("longer than {most:,} words: the rest of the statement was not read", most=MOST_WORDS)
                self.problem(event.line, what)
            elif event.kind is PieceKind.CLOSES:
                self._close(event.line)
            elif event.kind is PieceKind.COMMAND:
                self._command(event)
            else:
                self._statement(event)
        if len(self._blocks) > 1:
            self.stray = self.stray or len(lines)
        while len(self._blocks) > 1:
            self._blocks.pop()[0].end = len(lines)
        self.hidden.forget()

    def _close(self, line: int) -> None:
        if len(self._blocks) == 1:
            self.stray = self.stray or line
            return
        self._blocks.pop()[0].end = line

    def _node(self, event: Piece, text: str, key: str, secrets: tuple[Secret, ...], parent: Node) -> Node:
        node = Node(event.line, event.end, text[:MAX_LINE], key[:MAX_LINE].lower(), False, secrets, parent)
        parent.children.append(node)
        return node

    def _statement(self, event: Piece) -> None:
        """A statement in braces; words at the margin that are none are not understood."""
        self.closed = False
        parent, path = self._blocks[min(len(self._blocks) - 1, _NESTED)]
        if event.kind is PieceKind.STRAY:
            masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
            self._node(event, masked, "", secrets, parent)
            return
        self.commands += 1
        opens = event.kind is PieceKind.OPENS
        if len(self._blocks) > _NESTED:
            self.stray = self.stray or event.line
            if opens:
                self._blocks.append((parent, path))
            return
        told, values, secrets = self.hidden.hide([quoted(w) for w in path], event.words)
        key = " ".join(canonical([*path, told]))
        node = self._node(event, told + (" {" if opens else ";"), key, secrets, parent)
        if opens:
            self._blocks.append((node, [*path, *values]))
            if not values:
                node.understood = True
            else:
                self.put(canonical([*path, *values]), node, secrets)
            return
        for each in paths_of([*path, *values]):
            self.put(each, node, secrets)

    # Commands

    def _command(self, event: Piece) -> None:
        verb, words = event.words[0], list(event.words[1:])
        self.closed = False
        if verb in ("set", "override") and words:
            self._set(event, verb, words)
            return
        masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
        node = self._node(event, masked, masked, secrets, self.root)
        node.understood = True
        plain = [*self._edit, *(unquoted(w) for w in words)]
        if verb == "edit":
            self._edit = plain
        elif verb in ("up", "top"):
            steps = 1 if verb == "up" else len(self._edit)
            self._edit = self._edit[: max(0, len(self._edit) - steps)]
        elif verb == "delete" and words:
            for path in self._existing(plain):
                self._take_away(path)
        elif verb in ("move", "rename", "copy"):
            node.understood = self._move(verb, plain)
        else:
            node.understood = verb in _SAYS_NOTHING

    def _set(self, event: Piece, verb: str, words: list[str]) -> None:
        told, values, secrets = self.hidden.hide([quoted(w) for w in self._edit], words)
        key = " ".join(canonical([*self._edit, *told.split(" ")]))
        node = self._node(event, f"{verb} {told}", key, secrets, self.root)
        if not self._edit and values[:1] == ["cli"]:  # how the terminal shows things
            node.understood = True
            return
        self.commands += 1
        for path in paths_of([*self._edit, *values]):
            self.put(path, node, secrets)

    def _existing(self, words: list[str]) -> list[list[str]]:
        """What a command names, as it is among the statements; secrets there have other words."""
        _, values, _ = self.hidden.hide((), [quoted(w) for w in words])
        return paths_of(values) if values else []

    def _find(self, words: Sequence[str]) -> Statement | None:
        here: Statement | None = self.top
        for word in words:
            here = here.children.get(word) if here else None
        return here

    def _take_away(self, path: Sequence[str]) -> None:
        """Its lines are known: they say nothing any more."""
        here = self._find(path)
        if here is not None and here.parent is not None:
            for each in here.below():
                each.understand()
            del here.parent.children[here.word]

    def _move(self, verb: str, words: list[str]) -> bool:
        """``move RULE top|bottom|before X|after X``, ``rename A to B``, ``copy A to B``: whether it was done."""
        relation = next((w for w in reversed(words) if w in ("before", "after", "top", "bottom", "to")), "")
        at = len(words) - 1 - words[::-1].index(relation) if relation else 0
        here = self._find(canonical(words[:at]))
        if here is None or here.parent is None or self.work > MAX_WORK:
            return False
        siblings = here.parent.children
        self.work += len(siblings)
        name = words[-1]
        if verb == "move":
            return relation != "to" and _moved(here, siblings, relation, name)
        if relation != "to" or name in siblings or at != len(words) - 2:
            return False
        if verb == "rename":
            renamed = {(name if w == here.word else w): s for w, s in siblings.items()}
            here.word = name
            siblings.clear()
            siblings.update(renamed)
        else:
            self.work += sum(1 for _ in here.below())
            siblings[name] = copied(here, here.parent)
            siblings[name].word = name
        return True


def _moved(here: Statement, siblings: dict[str, Statement], relation: str, name: str) -> bool:
    others = [s for s in siblings.values() if s is not here]
    if relation in ("before", "after"):
        names = [s.word for s in others]
        if name not in names:
            return False
        place = names.index(name) + (relation == "after")
    else:
        place = 0 if relation == "top" else len(others)
    others.insert(place, here)
    siblings.clear()
    siblings.update({s.word: s for s in others})
    return True


def quoted(word: str) -> str:
    """A word as it stands in a command."""
    if not word or re.search(r'[\s"\[\]{};]', word):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return word
