"""The block tree of an indented device configuration: every line keeps its number, its text and its block.

The tree knows no vendor: a ``Grammar`` says what a comment, a separator, a negation, a banner and the end of the
configuration look like. Secrets are masked line by line before a node exists, so nothing that comes later can leak one.
Memory and time are bounded by ``scanner.limits`` and ``MAX_LINE``; reaching one is a problem, not a silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.configs.grammar import NOTHING_ASIDE, Grammar
from scanner.configs.half_words import in_full
from scanner.configs.nodes import Node, every, given, last
from scanner.configs.replay import replay
from scanner.configs.secrets import MASK, Mask
from scanner.errors import InputError, Problem
from scanner.limits import limits
from scanner.wording import NOTHING, Said, at_byte, at_line, said

MAX_LINE = 4_096  # characters; the longest lines that devices print are VLAN lists of some hundred
MAX_OPAQUE = 2_000  # lines of one banner or certificate
MAX_DEPTH = 16  # blocks in blocks; devices use at most six
REMARK = re.compile(r"[!#;]\s*otaudit\s*:(.*)", re.IGNORECASE)
_HEADING = re.compile(r"(?:Building|Current) configuration|Using \d+ out of|version \d", re.IGNORECASE)
_RULED = re.compile(r"[-=*_~`]{3}")  # above what somebody put behind a configuration
MAX_UNCLOSED = 20  # banners without an end before banners are no longer looked for


@dataclass
class Tree:
    """A parsed configuration. ``root`` has the top-level commands as children and points at the line with the name."""

    source: str
    root: Node
    name: str  # of the device, else of the file
    encoding: str
    lines: int
    problems: list[Problem]
    complete: bool  # the last line of a complete configuration was there
    about: Node | None = None  # the comment that ``Grammar.about`` matches
    remarks: list[tuple[int, str]] = field(default_factory=list)  # comments to otaudit, by line
    endless: int = 0  # line of the first text that has no end: whatever follows may be part of it
    aside: re.Pattern[str] = NOTHING_ASIDE
    open: set[str] = field(default_factory=set)  # categories of settings that lines may set which are not understood
    _index: dict[str, list[Node]] = field(default_factory=dict, repr=False)

    def all(self, command: str) -> list[Node]:
        """Top-level commands that begin with these words, negated ones too, in file order."""
        if not self._index:
            for node in self.root.children:
                self._index.setdefault(node.key.split(" ", 1)[0], []).append(node)
        return every(self._index.get(command.split(" ", 1)[0], []), command)

    def leave_out(self, commands: Sequence[str]) -> None:
        """Take away what begins with these words, at the top and within interfaces."""
        if commands:
            for block in (self.root, *self.all("interface")):
                block.children = [n for n in block.children if not any(map(n.is_, commands))]
            self._index = {}

    def given(self, *commands: str) -> Iterator[tuple[Node, list[str]]]:
        """Top-level commands that begin with these words and are not negated, each with the words behind."""
        for command in commands:
            yield from given(self.all(command), command)

    def last(self, *commands: str) -> Node | None:
        """The last of these top-level commands, negated or not."""
        found = [n for command in commands for n in self.all(command)]
        return max(found, key=lambda n: n.line, default=None)

    def exact(self, *commands: str) -> Node | None:
        """The last top-level command that is exactly one of these, negated or not."""
        found = [n for command in commands for n in self.all(command) if n.key == command]
        return max(found, key=lambda n: n.line, default=None)


def remark(content: str) -> str:
    """What a comment of XML, without its marks, says to otaudit."""
    found = REMARK.fullmatch(f"# {content.strip()}"[:MAX_LINE])
    return found[1].strip() if found else ""


def decode(data: bytes, source: str) -> tuple[str, str]:
    """Text and encoding. UTF-8, UTF-16 with a byte order mark, GB18030, else Latin-1; InputError if it is no text."""
    most = limits().configuration_bytes
    if len(data) > most:
        raise InputError(
            source,
            said("larger than {bytes:,} bytes", bytes=most),
            remedy=said("a device configuration is text of a few MiB at most: export it again"),
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            pass
    if b"\x00" in data:
        raise InputError(
            source,
            said("binary, not a text configuration"),
            place=at_byte(data.index(0)),
            remedy=said("export it as text, for example with 'show running-config' or 'display current-configuration'"),
        )
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if all(len(run) % 2 == 0 for run in _HIGH.findall(data)):  # Chinese characters in common use are two high bytes
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1"), "latin-1"


_HIGH = re.compile(rb"[\x80-\xff]+")
_PAGER = re.compile(
    r"^\s*(?P<mark><)?(?P<dashes>-+)\s*More\s*-+>?(?P<keys>, next page: Space, next line: Enter, quit: Control-C)?"
    r"(?P<gone>[ \r]*\r|\[\d+D +\[\d+D)?",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(\x08)|([^\x1b\x08]+)")


def lines_of(text: str) -> list[str]:
    """Lines as a terminal would show them: pager prompts overwritten, no cursor movement, no carriage return."""
    lines = text.split("\n")
    if "\x1b" in text or "\x08" in text:
        lines = [_shown(line) if "\x1b" in line or "\x08" in line else line for line in lines]
    if "More" in text or "MORE" in text:
        lines = [_behind_pager(line) if "More" in line or "MORE" in line else line for line in lines]
    return [line.rstrip("\r") for line in lines]


def _behind_pager(line: str) -> str:
    """A line without the prompt of a pager in front of it, and without the blanks that it was overwritten with.

    Where a log was kept without control characters, the blanks are all that tells: ASA writes 14, VRP 42, Comware 16,
    the others 8 behind the blank of their prompt. ArubaOS-Switch, whose prompt names its keys, moves the cursor.
    """
    found = _PAGER.match(line)
    if found is None:
        return line
    rest = line[found.end() :]
    if found["gone"] or found["keys"]:
        return rest
    widths = (14,) if found["mark"] else (42, 16) if len(found["dashes"]) > 3 else (9, 1)
    return next((rest[width:] for width in widths if rest.startswith(" " * width)), rest)


def _shown(line: str) -> str:
    """A line with backspaces and cursor movements carried out."""
    cells: list[str] = []
    at = 0
    for count, action, back, text in _CONTROL.findall(line[: 4 * MAX_LINE]):
        if back or action == "D":
            steps = int(count) if count.isdecimal() and len(count) < 6 else 1
            at = max(0, at - steps)
        elif text:
            cells[at : at + len(text)] = text
            at += len(text)
    return "".join(cells)


class _Builder:
    """The state of one pass over the lines."""

    def __init__(self, source: str, grammar: Grammar, lines: list[str], mask: Mask) -> None:
        self.source = source
        self.mask = mask
        self.grammar = grammar
        self.lines = lines
        self.root = Node(1, len(lines), "", "")
        self.stack: list[tuple[int, Node]] = [(-1, self.root)]
        self.problems: list[Problem] = []
        self.complete = False
        self.flat = bool(grammar.closing) or not any(line[:1] in (" ", "\t") and line.strip() for line in lines)
        self.about: Node | None = None
        self.remarks: list[tuple[int, str]] = []
        self.raw: dict[int, str] = {}  # commands with a secret, as long as the tree is built
        self.named = ""  # the line that names the device
        self.heading = 0  # the last line since then that only stands above a configuration
        self.unclosed = 0
        self.endless = 0
        self.long = 0
        self.within = False  # a block was opened and not left, where a line leaves it

    def problem(self, line: int, what: Said, remedy: Said = NOTHING) -> None:
        self.problems.append(Problem(self.source, what, at_line(line), remedy))

    def build(self) -> None:
        """Read all lines up to the end of the configuration."""
        grammar = self.grammar
        end, prompt = grammar.end, grammar.prompt
        i, count = 0, len(self.lines)
        while i < count:
            raw = self.lines[i]
            i += 1
            text = raw.strip()
            if not text:
                continue
            first = text[0]
            if first in grammar.comments:
                if self._is_heading_of_another(text):
                    i -= 1
                    break
                self._comment(i, text, raw)
                continue
            text = self._cut(i, text)
            if self._is_closing(text, raw):
                continue
            indent = 0 if grammar.closing else self._indent(raw)
            if indent == 0:
                if text.lower() == end:
                    self.complete = True
                    if not grammar.goes_on:
                        break
                if first in "<[" or prompt.match(text):
                    self.heading = i
                    continue
                if self._is_another(i, text):
                    i -= 1
                    break
            i = self._add(i, indent, text)
        self._look_past(i)

    def _comment(self, i: int, text: str, raw: str) -> None:
        """A line that is no command: it separates blocks, speaks to otaudit, or tells of the software."""
        if text == self.grammar.separator and (raw[0] == text[0] or self.flat):
            del self.stack[1:]
        elif remark := REMARK.fullmatch(text[:MAX_LINE]):
            self.remarks.append((i, remark[1].strip()))
        elif self.grammar.about.match(text):
            self.heading = i
            self.about = self.about or Node(i, i, text[:MAX_LINE], text[:MAX_LINE].lower(), parent=self.root)

    def _is_heading_of_another(self, text: str) -> bool:
        return self.grammar.once and self.about is not None and self.grammar.about.match(text) is not None

    def _is_closing(self, text: str, raw: str) -> bool:
        """A line that ends a block and says nothing else; the block is closed."""
        word = text.lower()
        if word == self.grammar.closing:
            self._close()
        elif word == self.grammar.leaves:
            self._leave(self._indent(raw))
        else:
            return False
        return True

    def _close(self) -> None:
        """A line that closes the block; outside of all, the configuration, unless more follows."""
        self.complete = len(self.stack) == 1 or not self.grammar.header.match(self.stack[1][1].text)
        del self.stack[1:]

    def _leave(self, indent: int) -> None:
        """A line that leaves the block whose lines have its indentation; at the margin, all."""
        while len(self.stack) > 1 and (self.flat or self.stack[-1][0] >= indent):
            self.stack.pop()
        del self.stack[max(1, len(self.stack) - 1) :]
        self.within = self.within and len(self.stack) > 1

    def _has_all(self) -> bool:
        """The commands of every configuration are there, its last line is whole, and its last block was left."""
        keys = {node.key for node in self.root.children} | {node.key.split(" ", 1)[0] for node in self.root.children}
        final = self.lines[-1].strip() if self.lines else ""
        ended = not final or self.grammar.prompt.match(final) is not None
        return ended and not self.within and keys.issuperset(self.grammar.present)

    def _breaks_off(self) -> bool:
        """The last line is a command without its end, as in the middle of one; the last prompt of a session has none.
        Or nothing stands behind the block that others follow.
        """
        final = self.lines[-1].strip() if self.lines else ""
        following = [node for node in self.root.children if node.key != self.grammar.end]
        ended = max((node.line for node in self.root.children if node.key == self.grammar.end), default=0)
        return bool(final and not self.grammar.prompt.match(final)) or all(node.line < ended for node in following)

    def _is_another(self, i: int, text: str) -> bool:
        """The configuration of another device begins here or shortly before; what stood there is left out."""
        if _HEADING.match(text):
            self.heading = i
        if not text.lower().startswith(self.grammar.name + " "):
            return False
        named = text.split(maxsplit=1)[1]
        if not self.named or self.named == named:
            self.named, self.heading = named, 0
            return False
        if self.heading:
            self.root.children = [n for n in self.root.children if n.line < self.heading]
        return True

    def _cut(self, line: int, text: str) -> str:
        self.long += len(text) > MAX_LINE
        if self.long == 1 and len(text) > MAX_LINE:
            what = said("longer than {most:,} characters: the rest of the line was not read", most=MAX_LINE)
            self.problem(line, what)
        return text[:MAX_LINE]

    def _indent(self, raw: str) -> int:
        if "\t" in raw:
            raw = raw.expandtabs(8)
        return len(raw) - len(raw.lstrip())

    def _add(self, i: int, indent: int, text: str) -> int:
        """Add the command on line ``i``; the number of the last line it takes."""
        if self.grammar.closing:
            self.complete = False
        if self.grammar.words:
            text = in_full(text, self.grammar.words, self.grammar.negation)
        if self.flat:
            indent = self._flat_indent(text)
        negation = self.grammar.negation if text.lower().startswith(self.grammar.negation) else ""
        found = self.grammar.inline.fullmatch(text, len(negation))
        if found is None:
            if indent == 0:
                self.within = bool(self.grammar.leaves) and self.grammar.header.match(text) is not None
            return self._put(i, indent, text)
        self._put(i, indent, found["block"])
        until = self._put(i, indent + 1, negation + found["inside"])
        while self.stack[-1][0] >= indent:  # nothing that follows stands in it
            self.stack.pop()
        return until

    def _put(self, i: int, indent: int, text: str) -> int:
        stack = self.stack
        while indent <= stack[-1][0]:
            stack.pop()
        parent = stack[-1][1]
        until = i
        if text.split(" ", 1)[0].lower() in self.grammar.opaque_words:
            until, text = self._opaque(i, text)
        masked, secrets = self.mask(text, parent.key)
        key = masked.lower()
        negated = key.startswith(self.grammar.negation)
        if negated:
            key = key[len(self.grammar.negation) :].lstrip()
        if "  " in key or "\t" in key:
            key = " ".join(key.split())
        if MASK in key:
            self.raw[i] = " ".join(text.split()[negated:])
        node = Node(i, until, masked, key, negated, secrets, parent)
        parent.children.append(node)
        for _, block in stack[1:]:
            block.end = until
        if len(stack) <= MAX_DEPTH:
            stack.append((indent, node))
        return until

    def _flat_indent(self, text: str) -> int:
        """Where indentation was lost: 0 for a block header and what is certainly global, else 1 inside a block."""
        if self.grammar.header.match(text) or self.grammar.top.match(text) or len(self.stack) == 1:
            return 0
        return 1 if self.grammar.header.match(self.stack[1][1].text) else 0

    def _opaque(self, i: int, text: str) -> tuple[int, str]:
        """Skip a banner, certificate or key that opens on line ``i``: its last line and the text to keep."""
        for opaque in self.grammar.opaque:
            if not (found := opaque.start.match(text)):
                continue
            if opaque.end is None:
                rest = found.group("rest")
                mark = "^C" if rest[:2] == "^C" else rest[0]
                kept = text[: found.start("rest")] + "<text>"
                if mark in rest[len(mark) :]:
                    return i, kept
                return self._skip(i, re.compile(r".*?" + re.escape(mark))), kept
            return self._skip(i, opaque.end), text
        return i, text

    def _skip(self, i: int, end: re.Pattern[str]) -> int:
        """The number of the next line that ends the text opened on line ``i``; ``i`` if none does."""
        if self.unclosed < MAX_UNCLOSED:
            for j in range(i, min(i + MAX_OPAQUE, len(self.lines))):
                if end.match(self.lines[j].strip()):
                    return j + 1
            self.unclosed += 1
            self.endless = self.endless or i
            what = said("opens a text or certificate that has no end")
            self.problem(i, what, said("check that the file is complete"))
        return i

    def _look_past(self, i: int) -> None:
        """Say what of the file was not read, and what makes absence doubtful."""
        if self.grammar.leaves:
            self.complete = self._has_all()
        if self.grammar.leaves and not self.complete:
            what = said("it lacks what every configuration has, or ends within a block or a line: it may be cut off")
            remedy = said("export the whole configuration; what seems absent may be in the missing part")
            self.problem(len(self.lines), what, remedy)
        elif not self.complete:
            self.problem(
                len(self.lines),
                said("no final '{command}': the configuration may be cut off", command=self.grammar.end),
                said("export the whole configuration; what seems absent may be in the missing part"),
            )
        elif self.grammar.goes_on and self._breaks_off():
            self.complete = False
            what = said(
                "it ends in '{command}' or in the middle of a line: the configuration may be cut off",
                command=self.grammar.end,
            )
            remedy = said("export the whole configuration; what seems absent may be in the missing part")
            self.problem(len(self.lines), what, remedy)
        again = self.grammar.name + " "
        for j in range(i, len(self.lines)):
            if self.lines[j].lstrip().startswith(again):
                what = said("a second configuration begins here and was not read")
                self.problem(j + 1, what, said("give each device a file of its own"))
                break
        else:
            self._look_after(i)
        if self.flat and not self.grammar.closing and any(n.children for n in self.root.children):
            what = said("indentation is lost: blocks were rebuilt from their first lines")
            self.problem(1, what, said("export it again; what seems absent may be in another block"))
            self.complete = False

    def _look_after(self, i: int) -> None:
        """Say that commands stand behind the last line: what was appended, or what an early last line hides. What the
        next prompt or ruled line begins is an output of its own.
        """
        grammar = self.grammar
        for j in range(i, len(self.lines)):
            text = self.lines[j].strip()[:MAX_LINE]
            if text[:1] in grammar.comments:
                continue
            if text[0] in "<[" or grammar.prompt.match(text) or _RULED.match(text):
                break
            if grammar.header.match(text) or grammar.top.match(text):
                what = said("commands behind the last '{command}' were not read", command=grammar.end)
                self.problem(j + 1, what, said("give each device a file of its own"))
                break


def parse(data: bytes, source: str, grammar: Grammar, mask: Mask) -> Tree:
    """Parse a configuration; InputError when it is no text, is too large or holds no command. ``mask``: its secrets."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    cut = len(lines) > most
    builder = _Builder(source, grammar, lines[:most], mask)
    builder.build()
    if stopped := replay(builder.root, grammar, builder.raw):
        what = said("the blocks from here on mean too many ports or lines: each was read by itself")
        builder.problem(stopped, what, said("export the configuration as the device saves it"))
    if cut:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        builder.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    root = builder.root
    if not root.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    tree = Tree(source, root, source.rsplit("/", 1)[-1], encoding, len(lines), builder.problems, builder.complete)
    tree.about, tree.remarks, tree.endless = builder.about, builder.remarks, builder.endless
    tree.aside = grammar.aside
    inside = [n for block in tree.all(grammar.within) for n in block.children] if grammar.within else root.children
    named = last(inside, grammar.name)
    if named is not None and (words := named.after(grammar.name)):
        tree.name = words[0].strip('"')
    header = named or root.children[0]
    root.line, root.end, root.text = header.line, header.end, header.text
    return tree
