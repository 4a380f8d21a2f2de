"""From the lines of commands and braces of a PAN-OS configuration to its statements.

Source: PAN-OS CLI Quick Start and CLI Reference (configure mode: set, delete, edit, move, rename, copy, show; the
default, set and xml output formats). A later command of the same setting replaces an earlier one; lists grow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.paloalto_panos.paths import canonical, paths_of
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask, Secret
from scanner.configs.statements.builder import MAX_WORK, MOST_NESTED, Block, StatementBuilder, place_beside
from scanner.configs.statements.hidden_words import unquoted
from scanner.configs.statements.lexing import Piece, PieceKind, events, overwritten
from scanner.configs.statements.statement import TreeStatement
from scanner.configs.tree import MAX_LINE, REMARK

_VERBS_WORDS = "set delete edit move rename copy up top exit quit configure commit run override show validate load save"
_VERBS = frozenset(_VERBS_WORDS.split())
_SAYS_NOTHING = ("exit", "quit", "configure", "commit", "run", "show", "validate", "save")


class PanosBuilder(StatementBuilder):
    """The statements so far, of any form. release: version of the configuration; merged: what Panorama adds is among
    the statements.
    """

    def __init__(self, source: str, mask: Mask, lines: int) -> None:
        super().__init__(source, mask, lines)
        self.release = ""
        self.merged = False

    def remark(self, line: int, text: str) -> None:
        """A comment, which may be one to otaudit."""
        if found := REMARK.fullmatch(f"# {text.lstrip('#/*!- ')}"[:MAX_LINE]):
            self.remarks.append((line, found[1].strip()))

    def put_last(self, path: Sequence[str], node: Node, secrets: Sequence[Secret]) -> None:
        """A statement that a line ends with. The last value of several is the one that counts."""
        end = self.put(self.top, path, node, secrets)
        if not end.children and end.parent is not None:
            end.parent.children[end.word] = end.parent.children.pop(end.word)

    def put_block(self, path: Sequence[str], node: Node) -> None:
        """A line that opens a block, in which others are."""
        found = self.find(canonical(path))
        if found is not None and path:
            found.ends.append(node)

    # Lines

    def build(self, lines: Sequence[str]) -> None:
        """Read all lines of commands or braces."""
        for event in events([overwritten(line) for line in lines], _VERBS):
            if event.kind is PieceKind.PROMPT:
                self.closed = len(self.blocks) == 1 and self.commands > 0
            elif event.kind is PieceKind.COMMENT:
                self.remark(event.line, event.words[0] if event.words else "")
            elif event.kind is PieceKind.CLOSES:
                self.close(event.line)
            elif event.kind is PieceKind.COMMAND:
                self._command(event)
            elif not self.cut_short(event):
                self._statement(event)
        self.finish(len(lines))

    def _statement(self, event: Piece) -> None:
        """A statement in braces; words at the margin that are none are not understood."""
        self.closed = False
        block = self.blocks[min(len(self.blocks) - 1, MOST_NESTED)]
        parent, path = block.node, block.path
        if event.kind is PieceKind.STRAY:
            masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
            self.node(event, masked, "", secrets, parent)
            return
        self.commands += 1
        opens = event.kind is PieceKind.OPENS
        if len(self.blocks) > MOST_NESTED:
            self.stray = self.stray or event.line
            if opens:
                self.blocks.append(block)
            return
        told, values, secrets = self.hidden.hide([quoted(w) for w in path], event.words)
        key = " ".join(canonical([*path, told]))
        node = self.node(event, told + (" {" if opens else ";"), key, secrets, parent)
        if opens:
            self.blocks.append(Block(node, [*path, *values]))
            if not values:
                node.understood = True
            else:
                self.put_last(canonical([*path, *values]), node, secrets)
            return
        for each in paths_of([*path, *values]):
            self.put_last(each, node, secrets)

    # Commands

    def _command(self, event: Piece) -> None:
        verb, words = event.words[0], list(event.words[1:])
        self.closed = False
        if verb in ("set", "override") and words:
            self._set(event, verb, words)
            return
        masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
        node = self.node(event, masked, masked, secrets, self.root)
        node.understood = True
        plain = [*self.edit, *(unquoted(w) for w in words)]
        if verb == "edit":
            self.edit = plain
        elif verb in ("up", "top"):
            steps = 1 if verb == "up" else len(self.edit)
            self.edit = self.edit[: max(0, len(self.edit) - steps)]
        elif verb == "delete" and words:
            for path in self._existing(plain):
                self.take_away(path)
        elif verb in ("move", "rename", "copy"):
            node.understood = self._move(verb, plain)
        else:
            node.understood = verb in _SAYS_NOTHING

    def _set(self, event: Piece, verb: str, words: list[str]) -> None:
        told, values, secrets = self.hidden.hide([quoted(w) for w in self.edit], words)
        key = " ".join(canonical([*self.edit, *told.split(" ")]))
        node = self.node(event, f"{verb} {told}", key, secrets, self.root)
        if not self.edit and values[:1] == ["cli"]:  # how the terminal shows things
            node.understood = True
            return
        self.commands += 1
        for path in paths_of([*self.edit, *values]):
            self.put_last(path, node, secrets)

    def _existing(self, words: list[str]) -> list[list[str]]:
        """What a command names, as it is among the statements; secrets there have other words."""
        _, values, _ = self.hidden.hide((), [quoted(w) for w in words])
        return paths_of(values) if values else []

    def _move(self, verb: str, words: list[str]) -> bool:
        """``move RULE top|bottom|before X|after X``, ``rename A to B``, ``copy A to B``: whether it was done."""
        relation = next((w for w in reversed(words) if w in ("before", "after", "top", "bottom", "to")), "")
        at = len(words) - 1 - words[::-1].index(relation) if relation else 0
        here = self.find(canonical(words[:at]))
        if here is None or here.parent is None or self.work > MAX_WORK:
            return False
        siblings = here.parent.children
        self.work += len(siblings)
        name = words[-1]
        if verb == "move":
            place = _place(here, relation, name)
            if place is not None:
                self.move_to(here, place)
            return place is not None
        if relation != "to" or name in siblings or at != len(words) - 2:
            return False
        if verb == "rename":
            self.rename(here, name)
        else:
            self.work += sum(1 for _ in here.below())
            self.copy_as(here, name)
        return True


def _place(here: TreeStatement, relation: str, name: str) -> int | None:
    """How many of the others are before a rule that is moved; None where that is not told."""
    if relation in ("before", "after"):
        return place_beside(here, name, after=relation == "after")
    return {"top": 0, "bottom": len(here.parent.children) - 1 if here.parent else 0}.get(relation)


def quoted(word: str) -> str:
    """A word as it stands in a command."""
    if not word or re.search(r'[\s"\[\]{};]', word):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return word
