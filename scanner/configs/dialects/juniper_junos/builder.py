"""From the lines of a Junos configuration to its statements, with what ``deactivate``, ``delete`` and others do to
them.

Sources: Junos OS CLI User Guide (deactivate, delete, insert, rename, copy, replace, annotate, protect; "Understanding
how to load a configuration": ``replace:``, ``delete:``, ``inactive:``). What is inactive is as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.juniper_junos.attributes import paths_of
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.statements.builder import MAX_WORK, MOST_NESTED, Block, StatementBuilder, place_beside
from scanner.configs.statements.hidden_words import unquoted
from scanner.configs.statements.lexing import Piece, PieceKind, events, overwritten
from scanner.configs.statements.paths import MOST_DEEP
from scanner.configs.statements.statement import TreeStatement
from scanner.configs.tree import MAX_LINE, REMARK
from scanner.wording import said

_TAGS = ("inactive:", "active:", "protect:", "unprotect:", "replace:", "delete:", "merge:")
_CHANGED = re.compile(r"##?\s*Last (?:commit|changed)", re.IGNORECASE)


class JunosBuilder(StatementBuilder):
    """The state of one pass over the lines. second: the line of another device's configuration."""

    def __init__(self, source: str, lines: Sequence[str], mask: Mask) -> None:
        super().__init__(source, mask, len(lines))
        self.lines = [overwritten(line) for line in lines]
        self.about: Node | None = None
        self.statements = 0
        self.second = 0
        self.switched_off: set[tuple[str, ...]] = set()  # by ``deactivate``

    def build(self) -> None:
        """Read all lines."""
        for event in events(self.lines):
            if event.kind is PieceKind.PROMPT:
                self._prompt(event)
            elif event.kind is PieceKind.COMMENT:
                self._comment(event)
            elif event.kind is PieceKind.CLOSES:
                self.close(event.line)
            elif not self.cut_short(event):
                self.closed = False
                if event.kind is not PieceKind.STRAY and self._is_another(event):
                    break
                self._statement(event)
        self._take_away([list(path) for path in sorted(self.switched_off)])
        self.finish(len(self.lines))

    def _prompt(self, event: Piece) -> None:
        self.closed = len(self.blocks) == 1 and bool(self.commands or self.statements)
        if len(self.blocks) > 1:
            self.stray = self.stray or event.line

    def _comment(self, event: Piece) -> None:
        text = event.words[0] if event.words else ""
        if remark := REMARK.fullmatch(f"# {text.lstrip('#/* ')}"[:MAX_LINE]):
            self.remarks.append((event.line, remark[1].strip()))
        elif _CHANGED.match(text) and self.about is None:
            self.about = Node(event.line, event.end, text[:MAX_LINE], text[:MAX_LINE].lower(), parent=self.root)

    def _is_another(self, event: Piece) -> bool:
        """The configuration of another device begins here: it has a version of its own behind everything."""
        words = event.words[event.kind is PieceKind.COMMAND :]
        if len(self.blocks) > 1 or len(words) != 2 or words[0] != "version" or self.edit:
            return False
        if "version" in self.top.children and len(self.top.children) > 1:
            self.second = event.line
            what = said("a second configuration begins here and was not read")
            self.problem(event.line, what, said("give each device a file of its own"))
            return True
        return False

    def _statement(self, event: Piece) -> None:
        """A statement of the form in braces, or a command."""
        text = " ".join(event.words)
        owners, path = self.blocks[-1].owners, self.blocks[-1].path
        node = self.blocks[min(len(self.blocks) - 1, MOST_NESTED)].node
        if event.kind is PieceKind.STRAY:
            masked, secrets = self.mask(text[:MAX_LINE], "")
            self.node(event, masked, "", secrets, node)
            return
        if event.kind is PieceKind.COMMAND:
            self.commands += 1
            self._command(event)
            return
        self.statements += 1
        words, tags = list(event.words), []
        while words and words[0] in _TAGS:
            tags.append(words.pop(0))
        opens = event.kind is PieceKind.OPENS
        made, found = self._state(event, words, owners, path, node, opens=opens, tags=tags)
        if opens:
            longer = [*path, *found[0]] if found and len(path) <= MOST_DEEP else path
            if (len(longer) > MOST_DEEP or len(self.blocks) > MOST_NESTED) and owners:
                self.stray = self.stray or event.line
                owners = []
            gone = "inactive:" in tags or "delete:" in tags
            self.blocks.append(Block(made, longer, [] if gone else self._ends(owners, found)))

    def _ends(self, owners: list[TreeStatement], paths: list[list[str]]) -> list[TreeStatement]:
        """The statements that the paths lead to below the owners."""
        return [end for owner in owners for path in paths if (end := self.find(path, owner)) is not None]

    def _state(
        self,
        event: Piece,
        words: list[str],
        owners: list[TreeStatement],
        path: list[str],
        parent: Node,
        *,
        opens: bool = False,
        tags: Sequence[str] = (),
    ) -> tuple[Node, list[list[str]]]:
        """Put a statement among the others; the line, and the paths that it is below its block."""
        told, values, secrets = self.hidden.hide(path, words)
        shown = " ".join([*tags, told]) + (" {" if opens else ";")
        node = self.node(event, shown, " ".join([*path, told]), secrets, parent)
        node.understood = not words or not owners  # in a block that is inactive
        paths = paths_of(values, path) if values else []
        if "inactive:" in tags or "delete:" in tags:
            node.understood = True
            for owner in owners if "delete:" in tags else ():
                self._take_away(paths, owner)
            return node, paths
        for owner in owners:
            if "replace:" in tags:
                self._take_away(paths, owner)
            for each in paths:
                self.put(owner, each, node, secrets)
        return node, paths

    def _take_away(self, paths: Sequence[Sequence[str]], owner: TreeStatement | None = None) -> None:
        for path in paths:
            self.take_away(path, owner)

    # Commands

    def _command(self, event: Piece) -> None:
        verb, words = event.words[0], list(event.words[1:])
        if verb == "set" and words:
            self._set(event, words)
            return
        masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
        node = self.node(event, masked, masked, secrets, self.root)
        node.understood = True
        plain = [*self.edit, *(unquoted(w) for w in words)]
        if verb == "edit":
            self.edit = plain
        elif verb in ("top", "exit", "quit", "up"):
            steps = len(self.edit) if verb != "up" else int(words[0]) if words and words[0].isdecimal() else 1
            self.edit = self.edit[: max(0, len(self.edit) - max(1, steps))]
        elif verb in ("annotate", "protect", "unprotect"):
            pass
        elif verb in ("deactivate", "activate", "delete"):
            self._switch(verb, [tuple(path) for path in self._existing(plain)])
        elif verb in ("insert", "rename", "copy"):
            self._move(verb, plain, node)
        else:
            node.understood = False

    def _switch(self, verb: str, paths: list[tuple[str, ...]]) -> None:
        """What stands at the paths goes, or is switched off or on: what is set in it later is off as well."""
        if verb == "deactivate":
            self.switched_off.update(path for path in paths if self.find(path) is not None)
        elif verb == "activate":
            self.switched_off.difference_update(paths)
        else:
            gone = {each for each in self.switched_off if any(each[: len(path)] == path for path in paths)}
            self.switched_off -= gone
            self._take_away([list(path) for path in paths])

    def _existing(self, words: list[str]) -> list[list[str]]:
        """What a command names, as it is among the statements; secrets there have other words."""
        _, values, _ = self.hidden.hide((), words)
        return paths_of(values) if values else []

    def _set(self, event: Piece, words: list[str]) -> None:
        told, values, secrets = self.hidden.hide(self.edit, words)
        node = self.node(event, f"set {told}", " ".join([*self.edit, told]), secrets, self.root)
        for path in paths_of([*self.edit, *values]):
            self.put(self.top, path, node, secrets)

    def _move(self, verb: str, words: list[str], node: Node) -> None:
        """``insert A before|after B``, ``rename A to B``, ``copy A to B``: of entries of one table."""
        relation = next((w for w in ("before", "after", "to") if w in words), "")
        at = words.index(relation) if relation else -1
        first, second = words[:at], words[at + 1 :]
        here = self.find(first)
        if here is None or here.parent is None or not second:
            node.understood = False
            return
        self.work += sum(1 for _ in here.below()) + len(here.parent.children)
        name = second[-1]
        if verb == "insert":
            place = place_beside(here, name, after=relation == "after") if relation != "to" else None
            if place is not None:
                self.move_to(here, place)
            else:
                node.understood = name == here.word
        elif relation == "to" and name not in here.parent.children and self.work < MAX_WORK:
            if verb == "rename":
                self.rename(here, name)
            else:
                self.copy_as(here, name)
        else:
            node.understood = False
