"""Tables, chains, sets and maps of a ruleset, as ``nft list ruleset`` prints them or a file for ``nft -f`` has them.

Source: nft(8). Commands are carried out in their order: ``flush ruleset``, ``delete table`` and the like take back what
stood before. Files that are included are not there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.configs.dialects.linux_nftables.tokens import LINE_END, MAX_WORDS, Token, tokens
from scanner.configs.dialects.linux_nftables.variables import Variables
from scanner.configs.linux.outputs import HostOutputs, host_outputs
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_LINE, REMARK, Tree, decode, lines_of
from scanner.errors import InputError, Problem
from scanner.limits import limits
from scanner.wording import Said, at_line, said

FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_PROMPT = re.compile(
    r"(?:[^#$>\s]{1,80}[^#$>]{0,80}[#$>] ?)?(?:sudo )?(?:/\S+/)?nft (?:-\w+ )*list (?:ruleset|tables?)\b"
)
_COMMAND = re.compile(r"(?:add|insert|create|define|redefine|flush|delete|destroy|reset|include)\s\S")
_ASIDE = re.compile(r'"[^"]*"|#.*')
_OBJECTS = ("counter", "quota", "limit", "ct", "secmark", "synproxy", "tunnel")


@dataclass(eq=False)
class Statement:
    """One statement: its words, without the line end, and where it stands. block: what stands in braces behind it."""

    node: Node
    words: list[Token]


@dataclass(eq=False)
class NftChain:
    """One chain. hook: the words of its line, empty for one without."""

    name: str
    node: Node
    hook: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    rules: list[Statement] = field(default_factory=list)


@dataclass(eq=False)
class NftSet:
    """A set or map. kinds: its types, of the parts of a concatenation; elements: the words between commas."""

    name: str
    node: Node
    is_map: bool
    kinds: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    elements: list[list[Token]] = field(default_factory=list)


@dataclass(eq=False)
class NftTable:
    """One table."""

    family: str
    name: str
    node: Node
    dormant: bool = False
    chains: dict[str, NftChain] = field(default_factory=dict)
    sets: dict[str, NftSet] = field(default_factory=dict)


@dataclass
class NftFile:
    """Everything in a file."""

    tree: Tree
    tables: dict[tuple[str, str], NftTable] = field(default_factory=dict)
    variables: Variables = field(default_factory=Variables)
    whole: bool = False  # it takes back all that was there before
    host: HostOutputs = field(default_factory=HostOutputs)


class _Reader:
    """The state of one pass over the words."""

    def __init__(self, source: str, lines: list[str], mask: Mask) -> None:
        self.lines = lines
        self.mask = mask
        self.root = Node(1, len(lines), "", "")
        self.tree = Tree(source, self.root, source.rsplit("/", 1)[-1], "", len(lines), [], complete=True)
        self.file = NftFile(self.tree)
        self.words: list[Token] = []
        self.at = 0

    def problem(self, line: int, what: Said, remedy: Said) -> None:
        self.tree.problems.append(Problem(self.tree.source, what, at_line(line), remedy))

    def node(self, line: int, parent: Node, *, understood: bool = False) -> Node:
        text = self.lines[line - 1].strip()[:MAX_LINE] if 0 < line <= len(self.lines) else ""
        masked, secrets = self.mask(text, parent.key)
        node = Node(line, line, masked, " ".join(masked.lower().split()), secrets=secrets, parent=parent)
        node.understood = understood
        parent.children.append(node)
        return node

    def statement(self) -> list[Token]:
        """The next words up to a line end or semicolon outside of braces, or an opening brace of a block."""
        found: list[Token] = []
        depth = 0
        while self.at < len(self.words):
            word = self.words[self.at]
            sign = "" if word.quoted else word.text
            if sign == "{":
                depth += 1
            elif sign == "}":
                if depth == 0:
                    break
                depth -= 1
            elif sign in (LINE_END, ";") and depth == 0:
                self.at += 1
                break
            if sign != LINE_END:
                found.append(word)
            self.at += 1
            if sign == "{" and depth == 1 and _opens_block(found):
                break
        if depth and not _opens_block(found):
            self.unfinished()
        return found

    def unfinished(self) -> None:
        if not self.tree.complete:
            return
        self.tree.complete = False
        what = said("the configuration ends before it is whole")
        remedy = said("export the whole configuration; what seems absent may be in the missing part")
        self.problem(len(self.lines), what, remedy)

    def closes(self) -> bool:
        """A closing brace is next, which is taken; the end of the file closes whatever is open."""
        while (
            self.at < len(self.words) and self.words[self.at].text in (LINE_END, ";") and not self.words[self.at].quoted
        ):
            self.at += 1
        if self.at >= len(self.words):
            self.unfinished()
            return True
        if self.words[self.at].text == "}" and not self.words[self.at].quoted:
            self.at += 1
            return True
        return False

    def read(self, text: str) -> NftFile:
        self.words = tokens(text)
        if len(self.words) >= MAX_WORDS:
            self.problem(
                self.words[-1].line,
                said("only a part of the file was read"),
                said("check that this is one configuration"),
            )
        while self.at < len(self.words):
            if self.words[self.at].text in (LINE_END, ";", "}") and not self.words[self.at].quoted:
                stray = self.words[self.at]
                if stray.text == "}":
                    self.node(stray.line, self.root)
                self.at += 1
                continue
            self._command(self.statement())
        return self.file

    def _command(self, words: list[Token]) -> None:
        if not words:
            return
        texts = [w.text for w in words]
        if texts[0] in ("add", "create", "insert", "replace") and len(texts) > 1:
            self._add(words)
        elif texts[0] == "table":
            self._table(words)
        elif self._defined(words, self.root):
            return
        elif texts[0] in ("flush", "delete", "destroy", "reset") and self._take_back(texts):
            self.node(words[0].line, self.root, understood=True)
        else:
            self.node(words[0].line, self.root)
            self._skip_block(words)

    def _take_back(self, texts: Sequence[str]) -> bool:
        tables = self.file.tables
        if texts[1:2] == ["ruleset"]:
            self.file.whole = self.file.whole or len(texts) == 2
            for key in [k for k in tables if len(texts) < 3 or k[0] == texts[2]]:
                del tables[key]
            return True
        if texts[1:2] == ["table"]:
            key, rest = _named(texts[2:])
            if texts[0] == "flush":
                for chain in tables[key].chains.values() if key in tables else ():
                    chain.rules.clear()
            else:
                tables.pop(key, None)
            return not rest
        if texts[1:2] == ["chain"] and texts[0] == "flush":
            key, rest = _named(texts[2:-1])
            if key in tables and texts[-1] in tables[key].chains:
                tables[key].chains[texts[-1]].rules.clear()
            return not rest
        if texts[1:2] in (["set"], ["map"]) and texts[0] != "reset":
            key, rest = _named(texts[2:-1])
            if key in tables and texts[-1] in tables[key].sets:
                if texts[0] == "flush":
                    tables[key].sets[texts[-1]].elements.clear()
                else:
                    del tables[key].sets[texts[-1]]
            return not rest
        return texts[0] == "reset"

    def _skip_block(self, words: Sequence[Token]) -> None:
        """Past the end of a block that the words open."""
        depth = int(bool(words) and words[-1].text == "{" and not words[-1].quoted)
        while depth and self.at < len(self.words):
            word = self.words[self.at]
            if not word.quoted:
                depth += {"{": 1, "}": -1}.get(word.text, 0)
            self.at += 1
        if depth:
            self.unfinished()

    def _defined(self, words: list[Token], parent: Node) -> bool:
        """The statement gives a variable its value, or includes a file."""
        texts = [w.text for w in words]
        if texts[0] in ("define", "redefine") and texts[2:3] == ["="] and len(texts) > 3:
            self.node(words[0].line, parent, understood=True)
            self.file.variables.define(texts[1], words[3:])
            return True
        if texts[0] == "include":
            node = self.node(words[0].line, parent)
            what = said("includes another file, which is not here")
            self.problem(node.line, what, said("save the whole ruleset: nft list ruleset"))
        return texts[0] == "include"

    def _table(self, words: list[Token]) -> None:
        key, rest = _named([w.text for w in words[1:]])
        node = self.node(words[0].line, self.root, understood=True)
        table = self.file.tables.setdefault(key, NftTable(*key, node))
        if rest == ["{"]:
            while not self.closes():
                inner = self.statement()
                if inner:
                    self._in_table(table, node, inner)
            node.end = self.words[self.at - 1].line
        elif rest:
            node.understood = False

    def _in_table(self, table: NftTable, parent: Node, words: list[Token]) -> None:
        kind = words[0].text
        name = words[1].text if len(words) > 1 else ""
        block = words[-1].text == "{" and not words[-1].quoted
        if self._defined(words, parent):
            return
        if kind == "chain" and block:
            self._chain(table, parent, words[0].line, name)
        elif kind in ("set", "map") and block:
            self._set(table, parent, words[0].line, name, is_map=kind == "map")
        elif kind == "flags":
            self.node(words[0].line, parent, understood=True)
            table.dormant = table.dormant or any(w.text == "dormant" for w in words)
        elif kind in ("comment", "flowtable", *_OBJECTS):
            self.node(words[0].line, parent, understood=True)
            self._skip_block(words)
        else:
            self.node(words[0].line, parent)
            self._skip_block(words)

    def _chain(self, table: NftTable, parent: Node, line: int, name: str) -> None:
        node = self.node(line, parent, understood=True)
        chain = table.chains.setdefault(name, NftChain(name, node))
        while not self.closes():
            words = self.statement()
            if words:
                self._in_chain(chain, node, words)
        node.end = self.words[self.at - 1].line

    def _in_chain(self, chain: NftChain, parent: Node, words: list[Token]) -> None:
        texts = [w.text for w in words]
        if self._defined(words, parent):
            if texts[0] == "include":  # rules that nobody sees
                chain.rules.append(Statement(parent.children[-1], words))
            return
        node = self.node(words[0].line, parent, understood=True)
        if texts[0] == "type" and "hook" in texts:
            chain.hook = {a: b for a, b in itertools.pairwise(texts) if a in ("type", "hook", "device")}
        elif texts[0] == "policy" and len(texts) > 1:
            chain.policy = " ".join(texts[1:])
        elif texts[0] == "comment" or (texts[0] == "flags" and texts[1:] == ["offload"]):
            return
        else:
            chain.rules.append(Statement(node, words))

    def _set(self, table: NftTable, parent: Node, line: int, name: str, *, is_map: bool) -> None:
        node = self.node(line, parent, understood=True)
        own = table.sets.setdefault(name, NftSet(name, node, is_map))
        while not self.closes():
            words = self.statement()
            if words:
                self._in_set(own, node, words)
        node.end = self.words[self.at - 1].line

    def _in_set(self, own: NftSet, parent: Node, words: list[Token]) -> None:
        texts = [w.text for w in words]
        node = self.node(words[0].line, parent, understood=True)
        if texts[0] in ("type", "typeof"):
            before = texts[1 : texts.index(":")] if ":" in texts else texts[1:]
            own.kinds = [" ".join(part) for part in _split(before, ".")]
        elif texts[0] in ("flags", "timeout"):
            own.flags += [t for t in texts if t != ","]
        elif texts[0] == "elements" and texts[1:2] == ["="]:
            own.elements += elements_of(words[2:])
        elif texts[0] not in ("size", "gc-interval", "auto-merge", "policy", "counter", "comment"):
            node.understood = False

    def _add(self, words: list[Token]) -> None:
        """``add rule ip filter input …`` and its like."""
        texts = [w.text for w in words]
        verb, what = texts[0], texts[1]
        if what == "table":
            self._table(words[1:])
            return
        skip = 0 if what in ("rule", "chain", "set", "map", "element") else 1  # "add ip filter input …" is a rule
        start = 2 - skip
        family = texts[start] if texts[start : start + 1] and texts[start] in FAMILIES else "ip"
        start += texts[start : start + 1] == [family]
        if len(texts) < start + 2:
            self.node(words[0].line, self.root)
            self._skip_block(words)
            return
        key = (family, texts[start])
        node = self.node(words[0].line, self.root, understood=True)
        table = self.file.tables.setdefault(key, NftTable(*key, node))
        name, rest = texts[start + 1], words[start + 2 :]
        if what == "chain":
            self._added_chain(table, node, name, rest)
        elif what in ("set", "map"):
            self._added_set(table, node, name, rest, is_map=what == "map")
        elif what == "element":
            own = table.sets.setdefault(name, NftSet(name, node, is_map=False))
            own.elements += elements_of(rest)
        elif verb == "add" and (not rest or rest[0].text not in ("index", "position", "handle")):
            table.chains.setdefault(name, NftChain(name, node)).rules.append(Statement(node, rest))
        elif verb == "insert" and (not rest or rest[0].text not in ("index", "position", "handle")):
            table.chains.setdefault(name, NftChain(name, node)).rules.insert(0, Statement(node, rest))
        else:
            node.understood = False

    def _added_chain(self, table: NftTable, node: Node, name: str, rest: Sequence[Token]) -> None:
        chain = table.chains.setdefault(name, NftChain(name, node))
        if rest and rest[0].text == "{":
            while not self.closes():
                words = self.statement()
                if words:
                    self._in_chain(chain, node, words)

    def _added_set(self, table: NftTable, node: Node, name: str, rest: Sequence[Token], *, is_map: bool) -> None:
        own = table.sets.setdefault(name, NftSet(name, node, is_map))
        if rest and rest[0].text == "{":
            while not self.closes():
                words = self.statement()
                if words:
                    self._in_set(own, node, words)


def _opens_block(words: Sequence[Token]) -> bool:
    """The last word opens a block of statements, and no set of values."""
    if not words or words[-1].text != "{" or words[-1].quoted:
        return False
    texts = [w.text for w in words]
    if texts[0] in ("add", "create"):
        return texts[1:2] in (["chain"], ["set"], ["map"], ["table"], ["flowtable"]) and texts.count("{") == 1
    if texts[0] == "ct":
        return len(texts) == 4 and texts[1] in ("helper", "timeout", "expectation")
    if texts[0] == "table":
        return len(texts) in (3, 4)
    return texts[0] in ("chain", "set", "map", "flowtable", *_OBJECTS) and len(texts) == 3


def _named(texts: Sequence[str]) -> tuple[tuple[str, str], list[str]]:
    """Family and name of a table, and what follows."""
    if texts and texts[0] in FAMILIES and len(texts) > 1:
        return (texts[0], texts[1]), list(texts[2:])
    return ("ip", texts[0] if texts else ""), list(texts[1:])


def _split(texts: Sequence[str], sign: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for text in texts:
        if text == sign:
            found.append([])
        else:
            found[-1].append(text)
    return found


def elements_of(words: Sequence[Token]) -> list[list[Token]]:
    """What stands between the commas of braces; braces in braces are part of the outer ones."""
    found: list[list[Token]] = [[]]
    for word in words:
        if not word.quoted and word.text in ("{", "}", LINE_END):
            continue
        if not word.quoted and word.text == ",":
            found.append([])
        else:
            found[-1].append(word)
    return [element for element in found if element]


def _outside_tables(lines: list[str]) -> Iterator[tuple[int, str]]:
    depth = 0
    for number, line in enumerate(lines, 1):
        plain = _ASIDE.sub("", line) if depth or "{" in line else line
        if not depth and "{" not in plain:
            yield number, line
        depth = max(0, depth + plain.count("{") - plain.count("}"))


def parse(data: bytes, source: str, mask: Mask) -> NftFile:
    """The tables of a file; InputError when it is no text or has none."""
    text, encoding = decode(data, source)
    lines = lines_of(text)
    most = limits().configuration_lines
    kept = lines[:most]
    reader = _Reader(source, kept, mask)
    if len(lines) > most:
        remedy = said("check that this is one configuration, or set --limit configuration-lines")
        reader.problem(most, said("only the first {most:,} lines were read", most=most), remedy)
    for number, line in enumerate(kept, 1):
        if remark := REMARK.fullmatch(line.strip()[:MAX_LINE]):
            reader.tree.remarks.append((number, remark[1].strip()))
    host = reader.file.host = host_outputs(_outside_tables(kept))
    for number in sorted(host.lines):
        reader.node(number, reader.root, understood=True)
        kept[number - 1] = ""
    file = reader.read("\n".join("" if _PROMPT.match(line.strip()) else line for line in kept))
    last = next((line.strip() for line in reversed(kept) if line.strip()), "") if host.lines else lines[-1].strip()
    ends = not last or last[-1] in "};#$>" or last[0] == "#"  # or is a prompt
    if not ends and not (host.lines and _COMMAND.match(last)):  # a command on which outputs follow is whole
        reader.unfinished()
    if not file.tables:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    reader.tree.encoding, reader.tree.lines = encoding, len(lines)
    first = next(iter(file.tables.values())).node
    reader.root.line, reader.root.end, reader.root.text = first.line, first.line, first.text
    return file
