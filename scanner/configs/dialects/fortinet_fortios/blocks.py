"""The tree of a FortiOS configuration: ``config PATH``, ``edit NAME``, ``set KEY VALUES``, ``next``, ``end``.

Sources: FortiOS 5.2 to 7.6 CLI references ("Using the CLI": command syntax, subcommands, entering values). Blocks are
closed by words, not by indentation; a value in double quotes may have several lines, a quote in it follows a backslash.
What is given again goes on where it was: a block that is opened twice is one, a later ``set`` replaces an earlier one,
and ``unset``, ``delete``, ``purge``, ``move``, ``rename`` and ``clone`` are carried out, as in scripts.
"""

from __future__ import annotations

import re

from scanner.configs.nodes import Node, walk
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_DEPTH, MAX_OPAQUE, MAX_UNCLOSED, REMARK, Tree, decode, lines_of
from scanner.errors import InputError, Problem
from scanner.limits import limits
from scanner.wording import NOTHING, Said, at_line, said

MAX_VALUES = 65_536  # characters of a command: a group of addresses is one line, however many members it has
MAX_WORK = 5_000_000  # entries looked at to carry out what a script does to tables
_QUOTES = re.compile(r'\\.|"', re.DOTALL)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|(\S+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_HEADER = re.compile(r"#config-version=", re.IGNORECASE)
_ONE_DOMAIN = re.compile(r"#global_vdom=0\b", re.IGNORECASE)  # in the header of what an administrator of a domain saves
_PROMPT = re.compile(r"[\w.-]+(?: \([^)]*\))? [#$](?: |$)")
_SETS = ("set", "append", "select", "unselect", "clear")
_TAIL = "config router multicast"  # stands last in what the device saves, in every release


def words_of(text: str) -> list[str]:
    """The words of a command without their quotes."""
    return [_ESCAPED.sub(r"\1", quoted) if quoted else single or bare for quoted, single, bare in _VALUE.findall(text)]


def name_of(edit: Node) -> str:
    """The name of an entry of a table."""
    words = words_of(edit.text[len("edit") :])
    return words[0] if words else ""


def parse(data: bytes, source: str, mask: Mask) -> Tree:
    """The blocks of a configuration; InputError when it is no text, is too large or holds no command."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    builder = _Builder(source, lines[:most], mask)
    builder.build()
    if len(lines) > most:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        builder.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    root = builder.root
    if not root.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    first = builder.about or root.children[0]
    root.line, root.end, root.text = first.line, first.line, first.text
    name = source.rsplit("/", 1)[-1]
    tree = Tree(source, root, name, encoding, len(lines), builder.problems, builder.complete)
    tree.about, tree.remarks, tree.endless = builder.about, builder.remarks, builder.endless
    return tree


class _Builder:
    """The state of one pass over the lines."""

    def __init__(self, source: str, lines: list[str], mask: Mask) -> None:
        self.source, self.lines, self.mask = source, lines, mask
        self.root = Node(1, max(1, len(lines)), "", "")
        self.stack = [self.root]
        self.paths = [""]  # of the tables on the stack, for the masking of secrets
        self.inside: dict[int, dict[str, Node]] = {}  # blocks, by what opens each of the blocks in them
        self.opened = [self.root]  # kept, so that no other block gets the number of one that was taken away
        self.problems: list[Problem] = []
        self.remarks: list[tuple[int, str]] = []
        self.about: Node | None = None
        self.endless = 0
        self.one_domain = 0  # the line that says so
        self.unclosed = 0
        self.stray = 0  # a line that closes a block which was not open
        self.work = 0
        self.complete = False

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        self.problems.append(Problem(self.source, what, at_line(line), remedy))

    def build(self) -> None:
        """Read all lines."""
        i = 0
        while i < len(self.lines):
            first, text = i + 1, self.lines[i].strip()
            i += 1
            if not text:
                continue
            if text[0] == "#":
                if self._starts_another(first, text):
                    break
                continue
            if len(text) > MAX_VALUES:
                what = said("longer than {most:,} characters: the rest of the line was not read", most=MAX_VALUES)
                self.problem(first, what)
                text = text[:MAX_VALUES].rpartition(" ")[0]
            elif _open(text):
                i, text = self._text(i, text)
            self._command(first, i, text)
        self._finish()

    def _starts_another(self, line: int, text: str) -> bool:
        """Keep what a comment says; whether it begins the configuration of another device, which is not read."""
        if remark := REMARK.fullmatch(text):
            self.remarks.append((line, remark[1].strip()))
        elif _HEADER.match(text):
            if self.about or any(n.key.startswith("config ") for n in self.root.children):
                what = said("a second configuration begins here and was not read")
                self.problem(line, what, said("give each device a file of its own"))
                return True
            self.about = Node(line, line, text[:MAX_VALUES], text[:MAX_VALUES].lower(), parent=self.root)
        elif _ONE_DOMAIN.match(text):
            self.one_domain = line
        return False

    def _text(self, i: int, text: str) -> tuple[int, str]:
        """A value of several lines, opened on line ``i``: its last line, and the command without it."""
        opened = text[: text.rindex('"')] if text.count('"') == 1 else text[: _last_quote(text)]
        if self.unclosed < MAX_UNCLOSED:
            for j in range(i, min(i + MAX_OPAQUE, len(self.lines))):
                if _open(self.lines[j]):
                    return j + 1, f'{opened}"<text>"'
            self.unclosed += 1
            self.endless = self.endless or i
            what = said("opens a text or certificate that has no end")
            self.problem(i, what, said("check that the file is complete"))
        return i, f'{opened}"<text>"'

    def _command(self, line: int, end: int, text: str) -> None:
        verb, _, rest = text.partition(" ")
        verb, rest = verb.lower(), rest.strip()
        top = self.stack[-1]
        if verb == "config" and rest:
            self._open("config", line, text, " ".join(words_of(rest)).lower())
        elif verb == "edit" and rest and top is not self.root:
            if self._in_entry:
                self._close(line)
            self._open("edit", line, text, (words_of(rest) or [""])[0])
        elif verb == "next" and not rest:
            if self._in_entry:
                self._close(line)
            else:
                self.stray = self.stray or line
        elif verb in ("end", "abort") and not rest:
            self._end(line)
        elif verb in _SETS and rest and top is not self.root:
            self._set(line, end, text)
        elif verb == "unset" and rest and top is not self.root:
            top.children.append(Node(line, end, text, rest.lower(), negated=True, parent=top))
        elif verb in ("delete", "purge", "move", "rename", "clone") and top is not self.root:
            self._change(verb, words_of(rest), line)
        elif top is not self.root or not _PROMPT.match(text):
            masked, secrets = self.mask(text, self.paths[-1])
            top.children.append(Node(line, end, masked, masked.lower(), secrets=secrets, parent=top))

    @property
    def _in_entry(self) -> bool:
        return self.stack[-1].text[:5].lower() == "edit "

    def _open(self, kind: str, line: int, text: str, name: str) -> None:
        """Open a block, the same as before where it was open already; below the deepest one nothing is kept."""
        parent = self.stack[-1]
        here = self.paths[-1]
        path = here if kind == "edit" else f"{here} {name}" if here else f"config {name}"
        key = f"{kind} {name}"
        inside = self.inside.setdefault(id(parent), {})
        node = inside.get(key)
        if node is None:
            node = Node(line, line, text, key.lower(), parent=parent)
            self.opened.append(node)
            parent.children.append(node)
            inside[key] = node
        if len(self.stack) > MAX_DEPTH:
            node = Node(line, line, text, key.lower(), parent=parent)
            self.opened.append(node)
        self.stack.append(node)
        self.paths.append("" if path in ("config global", "config vdom") else path)

    def _close(self, line: int) -> None:
        self.stack.pop().end = line
        self.paths.pop()

    def _end(self, line: int) -> None:
        """Close the table, and the entry that is open in it."""
        if self._in_entry:
            self._close(line)
        if len(self.stack) > 1:
            self._close(line)
        else:
            self.stray = self.stray or line

    def _set(self, line: int, end: int, text: str) -> None:
        masked, secrets = self.mask(text, self.paths[-1])
        key = masked.partition(" ")[2].strip().lower()
        top = self.stack[-1]
        top.children.append(Node(line, end, masked, key, secrets=secrets, parent=top))

    def _change(self, verb: str, words: list[str], line: int) -> None:
        """Carry out what a script does to entries of a table."""
        table = self.stack[-1]
        inside = self.inside.setdefault(id(table), {})
        self.work += len(table.children)
        if self.work > MAX_WORK:
            if not self.stray:
                what = said("more entries are moved, copied and deleted than can be followed: these are as they were")
                self.problem(line, what, said("export the configuration as the device saves it"))
            self.stray = self.stray or line
            return
        node = inside.get(f"edit {words[0]}") if words else None
        other = inside.get(f"edit {words[2]}") if len(words) == 3 else None
        if verb == "purge":
            table.children = [n for n in table.children if not n.key.startswith("edit ")]
            inside.clear()
        elif node is None:
            return
        elif verb == "delete":
            table.children = [n for n in table.children if n is not node]
            del inside[f"edit {words[0]}"]
        elif verb == "move" and other is not None and other is not node:
            others = [n for n in table.children if n is not node]
            at = next(i for i, n in enumerate(others) if n is other) + (words[1].lower() == "after")
            table.children = [*others[:at], node, *others[at:]]
        elif verb in ("rename", "clone") and len(words) == 3 and other is None:
            if verb == "rename":
                del inside[f"edit {words[0]}"]
            else:
                self.work += sum(1 for _ in walk(node))
                node = _copy(node, table, line)
                self.opened.append(node)
                table.children.append(node)
            quoted = words[2].replace("\\", "\\\\").replace('"', '\\"')
            node.text, node.key = f'edit "{quoted}"', f"edit {words[2]}".lower()
            inside[f"edit {words[2]}"] = node

    def _finish(self) -> None:
        """Say what makes absence doubtful."""
        for _ in self.stack[1:]:
            self.stack.pop().end = len(self.lines)
            self.stray = self.stray or len(self.lines)
        self.complete = not self.stray and not self.one_domain and self._is_whole()
        if self.one_domain:
            what = said("a backup of one virtual domain: what holds for the whole device is not in it")
            self.problem(self.one_domain, what, said("save the configuration of the whole device"))
        if self.stray and self.work <= MAX_WORK:
            what = said("blocks are not closed as they were opened: the configuration may be cut off")
            self.problem(self.stray, what, said("export the whole configuration; what seems absent may be missing"))
        elif not self.complete and not self.stray and not self.one_domain:
            what = said("no final '{command}': the configuration may be cut off", command=_TAIL)
            remedy = said("export the whole configuration; what seems absent may be in the missing part")
            self.problem(len(self.lines), what, remedy)

    def _is_whole(self) -> bool:
        """The block that stands last in a backup is there, in each virtual domain that has any."""
        scopes = [self.root]
        for node in self.root.children:
            if node.key == "config vdom":
                scopes = [edit for edit in node.children if edit.children] or scopes
        return all(any(n.key == _TAIL for n in scope.children) for scope in scopes)


def _open(text: str) -> bool:
    """A value in double quotes goes on behind the text."""
    return [found[0] for found in _QUOTES.finditer(text)].count('"') % 2 == 1


def _last_quote(text: str) -> int:
    """Where the value that goes on begins."""
    return [found.start() for found in _QUOTES.finditer(text) if found[0] == '"'][-1]


def _copy(node: Node, parent: Node, line: int) -> Node:
    copy = Node(line, line, node.text, node.key, node.negated, node.secrets, parent)
    copy.children = [_copy(child, copy, line) for child in node.children]
    return copy
