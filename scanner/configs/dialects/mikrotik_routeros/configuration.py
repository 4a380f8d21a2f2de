"""A whole RouterOS configuration: its tree of lines for the report, and its menus for the dialect to ask.

Sources: RouterOS documentation (Configuration Management: export, compact and verbose, show-sensitive). Its first line
names the release. Nothing marks its end: one that has no menu of the system, which stands behind all others, is a part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.mikrotik_routeros.lines import (
    joined,
    menu_of,
    read_line,
    split_menu,
    without_prompt,
)
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry, RosMenu, RosValue
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_LINE, REMARK, Tree, decode, lines_of
from scanner.errors import InputError, Problem
from scanner.limits import limits
from scanner.wording import NOTHING, Said, at_line, said

MAX_COMMAND = 65_536  # characters of one command, with the lines that it goes on in
_HEADER = re.compile(r"# (?:.* by )?RouterOS (\d+)\.(\d+)\S*")
_VERSION = re.compile(r"RouterOS (\S+)")
_MODEL = re.compile(r"# model = (.+)")
_SHOWS = re.compile(
    r"/?(?:[a-z\d/ -]+[ /])?(?:export|print|quit)(?: [^=]*(?:file=\S*)?)?"
)  # what the terminal was told
_LAST = ("system", "tool", "user", "snmp")  # menus that stand behind all others


class RosDevice:
    """The menus of a configuration. asking: those that the topic being read asks for. release: major and minor."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.menus: dict[str, RosMenu] = {}
        self.asking: set[str] = set()
        self.of_node: dict[int, str] = {}  # the menu that each command is in
        self.nodes: list[tuple[Node, str]] = []
        self.version = self.model = ""
        self.release: tuple[int, int] | None = None

    def menu(self, path: str) -> RosMenu:
        """The menu at a path, which is noted."""
        self.asking.add(path)
        return self.menus.get(path) or RosMenu()

    def entries(self, *paths: str) -> list[RosEntry]:
        """The entries of these menus that are not switched off."""
        return [e for path in paths for e in self.menu(path).entries if not e.disabled]

    def since(self, major: int, minor: int = 0) -> bool | None:
        """The release is this one or later; None where the file names none."""
        return None if self.release is None else self.release >= (major, minor)


class _Reader:
    """The state of one pass over the lines."""

    def __init__(self, source: str, lines: Sequence[str], mask: Mask) -> None:
        self.mask = mask
        self.lines = lines
        self.root = Node(1, max(1, len(lines)), "", "")
        self.tree = Tree(source, self.root, source.rsplit("/", 1)[-1], "", len(lines), [], complete=False)
        self.device = RosDevice(self.tree)
        self.block = self.root
        self.menu = ""
        self.cut = 0
        self.second = 0

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        self.tree.problems.append(Problem(self.tree.source, what, at_line(line), remedy))

    def build(self) -> None:
        """Read all lines."""
        for line, end, text, whole in joined(self.lines):
            told = without_prompt(text.strip())
            if not told or _SHOWS.fullmatch(told):
                continue
            if told.startswith("#"):
                if self._comment(line, told):
                    break
                continue
            if len(told) > MAX_COMMAND:
                what = said("longer than {most:,} characters: the rest of the line was not read", most=MAX_COMMAND)
                self.problem(line, what)
                told = told[:MAX_COMMAND].rpartition(" ")[0]
            if not whole:
                self.cut = line
            self._command(line, end, told)

    def _comment(self, line: int, text: str) -> bool:
        """Keep what a comment says; whether another configuration begins here, which is not read."""
        if remark := REMARK.fullmatch(text):
            self.tree.remarks.append((line, remark[1].strip()))
        elif found := _HEADER.match(text):
            if self.device.release is not None and self.device.menus:
                self.problem(
                    line,
                    said("a second configuration begins here and was not read"),
                    said("give each device a file of its own"),
                )
                return True
            self.device.release = int(found[1]), int(found[2])
            version = _VERSION.search(text)
            self.device.version = version[1] if version else ""
            self.tree.about = Node(line, line, text[:MAX_LINE], text[:MAX_LINE].lower(), parent=self.root)
        elif (model := _MODEL.match(text)) and not self.device.model:
            self.device.model = model[1].strip()
        return False

    def _command(self, line: int, end: int, text: str) -> None:
        parts = split_menu(text)
        if parts is None:
            self._stray(line, end, text, self.block)
            return
        head, menu, rest = parts
        if head:
            self.menu, self.block = menu, self.root
            if not rest:
                opened = head.strip()[:MAX_LINE]
                node = Node(line, end, opened, f"/{menu}"[:MAX_LINE].lower(), parent=self.root)
                self.root.children.append(node)
                self.block = node
                self._note(node, menu)
                return
        lead = f"/{self.menu} "
        masked, secrets = self.mask(lead + rest, "")
        if not self.menu or not masked.startswith(lead):
            self._stray(line, end, text, self.block)
            return
        told = masked[len(lead) :]
        node = Node(line, end, (head + told)[:MAX_LINE], masked[:MAX_LINE].lower(), False, secrets, self.block)
        self.block.children.append(node)
        self.block.end = max(self.block.end, end)
        self._note(node, self.menu)
        command = read_line(told)
        values = {name: RosValue(value, node) for name, value in command.properties.items()}
        own = self.device.menus.setdefault(self.menu, RosMenu())
        node.understood = own.apply(command, node, values, secrets) and not command.words

    def _note(self, node: Node, menu: str) -> None:
        self.device.of_node[id(node)] = menu
        self.device.nodes.append((node, menu))

    def _stray(self, line: int, end: int, text: str, parent: Node) -> None:
        masked, secrets = self.mask(text[:MAX_LINE], "")
        parent.children.append(Node(line, end, masked, "", False, secrets, parent))


def parse(data: bytes, source: str, mask: Mask) -> RosDevice:
    """The menus of a configuration; InputError when it is no text, is too large or holds no command."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    reader = _Reader(source, lines[:most], mask)
    reader.build()
    tree, device = reader.tree, reader.device
    tree.encoding, tree.lines = encoding, len(lines)
    if len(lines) > most:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        reader.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    if not tree.root.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    first = tree.about or tree.root.children[0]
    tree.root.line, tree.root.end, tree.root.text = first.line, first.line, first.text
    _finish(reader, ended=text.endswith("\n"))
    identity = device.menus.get("system identity")
    if identity is not None and identity.whole.text("name"):
        tree.name = identity.whole.text("name")
    return device


def _finish(reader: _Reader, *, ended: bool) -> None:
    """Say what makes absence doubtful."""
    device, tree = reader.device, reader.tree
    remedy = said("export the whole configuration; what seems absent may be in the missing part")
    if reader.cut or not ended:
        what = said("the last line has no end: the configuration may be cut off")
        reader.problem(reader.cut or tree.lines, what, remedy)
    elif not any(menu_of(path).split()[0] in _LAST for path in device.menus if path):
        what = said("no '{command}': the configuration may be a part of one", command="/system")
        reader.problem(tree.lines, what, remedy)
    else:
        tree.complete = True
