"""From the lines of a Junos configuration to its statements, with what ``deactivate``, ``delete`` and others do to
them.

Sources: Junos OS CLI User Guide (deactivate, delete, insert, rename, copy, replace, annotate, protect; "Understanding
how to load a configuration": ``replace:``, ``delete:``, ``inactive:``). What is inactive is as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.juniper_junos.attributes import paths_of
from scanner.configs.dialects.juniper_junos.lexing import MOST_WORDS, Piece, PieceKind, events, overwritten
from scanner.configs.dialects.juniper_junos.statements import JunosStatement, descend
from scanner.configs.hidden_words import HiddenWords, unquoted
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask, Secret
from scanner.configs.statement_paths import MOST_DEEP
from scanner.configs.tree import MAX_LINE, REMARK
from scanner.errors import Problem
from scanner.wording import NOTHING, Said, at_line, said

MAX_WORK = 1_000_000  # statements looked at to carry out what commands and groups do to others
_NESTED = 40  # blocks in blocks; what is deeper is not read
_TAGS = ("inactive:", "active:", "protect:", "unprotect:", "replace:", "delete:", "merge:")
_CHANGED = re.compile(r"##?\s*Last (?:commit|changed)", re.IGNORECASE)


class Builder:
    """The state of one pass over the lines.

    root: the lines; top: the statements. closed: a prompt stands behind the configuration.
    """

    def __init__(self, source: str, lines: Sequence[str], mask: Mask) -> None:
        self.source, self.mask = source, mask
        self.lines = [overwritten(line) for line in lines]
        self.root = Node(1, max(1, len(lines)), "", "")
        self.top = JunosStatement("", self.root)
        self.blocks: list[tuple[Node, list[JunosStatement], list[str]]] = [(self.root, [self.top], [])]
        self.edit: list[str] = []  # where "edit" went
        self.problems: list[Problem] = []
        self.remarks: list[tuple[int, str]] = []
        self.about: Node | None = None
        self.endless = 0
        self.stray = 0
        self.work = 0
        self.commands = self.statements = 0
        self.closed = False
        self.second = 0  # line of another device's configuration
        self.hidden = HiddenWords(mask)

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        """Something of the file cannot be used."""
        self.problems.append(Problem(self.source, what, at_line(line), remedy))

    def build(self) -> None:
        """Read all lines."""
        for event in events(self.lines):
            if event.kind is PieceKind.PROMPT:
                self._prompt(event)
            elif event.kind is PieceKind.COMMENT:
                self._comment(event)
            elif event.kind is PieceKind.ENDLESS:
                self.endless = self.endless or event.line
                what = said("opens a text or certificate that has no end")
                self.problem(event.line, what, said("check that the file is complete"))
            elif event.kind is PieceKind.CUT:
                what = said("longer than {most:,} words: the rest of the statement was not read", most=MOST_WORDS)
                self.problem(event.line, what)
            elif event.kind is PieceKind.CLOSES:
                self._close(event.line)
            else:
                self.closed = False
                if event.kind is not PieceKind.STRAY and self._is_another(event):
                    break
                self._statement(event)
        if len(self.blocks) > 1:
            self.stray = self.stray or len(self.lines)
        while len(self.blocks) > 1:
            self.blocks.pop()[0].end = len(self.lines)
        self.hidden.forget()

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

    def _close(self, line: int) -> None:
        if len(self.blocks) == 1:
            self.stray = self.stray or line
            return
        self.blocks.pop()[0].end = line

    def _statement(self, event: Piece) -> None:
        """A statement of the form in braces, or a command."""
        text = " ".join(event.words)
        _, owners, path = self.blocks[-1]
        node = self.blocks[min(len(self.blocks) - 1, _NESTED)][0]
        if event.kind is PieceKind.STRAY:
            masked, secrets = self.mask(text[:MAX_LINE], "")
            self._node(event, masked, "", secrets, node)
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
            if (len(longer) > MOST_DEEP or len(self.blocks) > _NESTED) and owners:
                self.stray = self.stray or event.line
                owners = []
            gone = "inactive:" in tags or "delete:" in tags
            self.blocks.append((made, [] if gone else self._ends(owners, found), longer))

    def _ends(self, owners: list[JunosStatement], paths: list[list[str]]) -> list[JunosStatement]:
        """The statements that the paths lead to below the owners."""
        found = []
        for owner in owners:
            for path in paths:
                here: JunosStatement | None = owner
                for word in path:
                    here = here.children.get(word) if here else None
                if here is not None:
                    found.append(here)
        return found

    def _state(
        self,
        event: Piece,
        words: list[str],
        owners: list[JunosStatement],
        path: list[str],
        parent: Node,
        *,
        opens: bool = False,
        tags: Sequence[str] = (),
    ) -> tuple[Node, list[list[str]]]:
        """Put a statement among the others; the line, and the paths that it is below its block."""
        told, values, secrets = self.hidden.hide(path, words)
        shown = " ".join([*tags, told]) + (" {" if opens else ";")
        node = self._node(event, shown, " ".join([*path, told]), secrets, parent)
        node.understood = not words or not owners  # in a block that is inactive
        paths = paths_of(values, path) if values else []
        if "inactive:" in tags or "delete:" in tags:
            node.understood = True
            for owner in owners if "delete:" in tags else ():
                self._take_away(owner, paths)
            return node, paths
        for owner in owners:
            if "replace:" in tags:
                self._take_away(owner, paths)
            for each in paths:
                self._put(owner, each, node, secrets)
        return node, paths

    def _put(self, owner: JunosStatement, path: list[str], node: Node, secrets: Sequence[Secret]) -> None:
        end = descend(owner, path, node)
        end.ends.append(node)
        hidden = [word for word in path if word in self.hidden.stands_in]
        if hidden and secrets:
            at: JunosStatement | None = end
            while at is not None and at.word != hidden[-1]:
                at = at.parent
            if at is not None:
                at.secret = secrets[-1]

    def _take_away(self, owner: JunosStatement, paths: list[list[str]]) -> None:
        for path in paths:
            here: JunosStatement | None = owner
            for word in path:
                here = here.children.get(word) if here else None
            if here is not None and here.parent is not None:
                self._forget(here)
                del here.parent.children[here.word]

    def _forget(self, statement: JunosStatement) -> None:
        """Its lines are known: they say nothing any more."""
        for each in statement.below():
            self.work += 1
            each.understand()

    def _node(self, event: Piece, text: str, key: str, secrets: tuple[Secret, ...], parent: Node) -> Node:
        node = Node(event.line, event.end, text[:MAX_LINE], key[:MAX_LINE].lower(), False, secrets, parent)
        parent.children.append(node)
        return node

    # Commands

    def _command(self, event: Piece) -> None:
        verb, words = event.words[0], list(event.words[1:])
        if verb == "set" and words:
            self._set(event, words)
            return
        masked, secrets = self.mask(" ".join(event.words)[:MAX_LINE], "")
        node = self._node(event, masked, masked, secrets, self.root)
        node.understood = True
        plain = [*self.edit, *(unquoted(w) for w in words)]
        if verb == "edit":
            self.edit = plain
        elif verb in ("top", "exit", "quit", "up"):
            steps = len(self.edit) if verb != "up" else int(words[0]) if words and words[0].isdecimal() else 1
            self.edit = self.edit[: max(0, len(self.edit) - max(1, steps))]
        elif verb in ("annotate", "protect", "unprotect", "activate"):
            pass
        elif verb in ("deactivate", "delete"):
            self._take_away(self.top, self._existing(plain))
        elif verb in ("insert", "rename", "copy"):
            self._move(verb, plain, node)
        else:
            node.understood = False

    def _existing(self, words: list[str]) -> list[list[str]]:
        """What a command names, as it is among the statements; secrets there have other words."""
        _, values, _ = self.hidden.hide((), words)
        return paths_of(values) if values else []

    def _set(self, event: Piece, words: list[str]) -> None:
        told, values, secrets = self.hidden.hide(self.edit, words)
        node = self._node(event, f"set {told}", " ".join([*self.edit, told]), secrets, self.root)
        for path in paths_of([*self.edit, *values]):
            self._put(self.top, path, node, secrets)

    def _move(self, verb: str, words: list[str], node: Node) -> None:
        """``insert A before|after B``, ``rename A to B``, ``copy A to B``: of entries of one table."""
        relation = next((w for w in ("before", "after", "to") if w in words), "")
        at = words.index(relation) if relation else -1
        first, second = words[:at], words[at + 1 :]
        here = self._find(first)
        if here is None or here.parent is None or not second:
            node.understood = False
            return
        self.work += sum(1 for _ in here.below()) + len(here.parent.children)
        name = second[-1]
        siblings = here.parent.children
        if verb == "insert":
            if name not in siblings or name == here.word or relation == "to":
                node.understood = name == here.word
                return
            others = [s for s in siblings.values() if s is not here]
            place = [s.word for s in others].index(name) + (relation == "after")
            others.insert(place, here)
            siblings.clear()
            siblings.update({s.word: s for s in others})
        elif relation == "to" and name not in siblings and self.work < MAX_WORK:
            if verb == "rename":
                renamed = {(name if w == here.word else w): s for w, s in siblings.items()}
                here.word = name
                siblings.clear()
                siblings.update(renamed)
            else:
                siblings[name] = copied(here, here.parent)
                siblings[name].word = name
        else:
            node.understood = False

    def _find(self, words: Sequence[str]) -> JunosStatement | None:
        here: JunosStatement | None = self.top
        for word in words:
            here = here.children.get(word) if here else None
        return here


def copied(statement: JunosStatement, parent: JunosStatement | None, inherited: int = 0) -> JunosStatement:
    """The statement with everything below it, below another."""
    copy = JunosStatement(statement.word, statement.node, parent, inherited)
    copy.ends, copy.secret = list(statement.ends), statement.secret
    for child in statement:
        copy.children[child.word] = copied(child, copy, inherited)
    return copy
