"""The tree of a configuration that is written in JSON (RFC 8259): every member keeps its line, its name and its block.

What is cut short is read as far as it goes, which ``json`` does not do. Secrets are masked member by member before a
node exists. Memory and time are bounded by ``scanner.limits``, ``MAX_JSON_DEPTH`` and ``MAX_MEMBERS``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable

from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_LINE, Tree, decode
from scanner.errors import InputError, Problem
from scanner.wording import at_line, said

MAX_JSON_DEPTH = 24  # objects in objects; configurations nest three
MAX_MEMBERS = 600_000  # of a configuration; one of a switch with 128 ports has some 10,000
_TOKEN = re.compile(r'[ \t\r\n]*("(?:[^"\\\n]|\\[^\n])*"|[{}\[\]:,]|[-+.\w]+)')
_UNSHOWN = "…"

Shown = Callable[[tuple[str, ...]], bool]  # whether the member at this path may be kept


class JsonMember:
    """One member of an object. text: its value, where that is no object or list, masked where it is a secret.

    items: the values of a list, as text. members: those of an object; of several of one name the last counts, as in
    Python. given: it has a value at all, kept or not.
    """

    __slots__ = ("given", "items", "key", "members", "node", "text")

    def __init__(self, key: str, node: Node) -> None:
        self.key = key
        self.node = node
        self.text = ""
        self.given = False
        self.items: list[str] = []
        self.members: dict[str, JsonMember] = {}


class _CutShortError(Exception):
    """The text ends, or is no JSON from here on."""


class _Reader:
    """The state of one pass over the text."""

    def __init__(self, source: str, text: str, mask: Mask, shown: Shown) -> None:
        self.source, self.text, self.mask, self.shown = source, text, mask, shown
        self.at = 0
        self.count = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.top = JsonMember("", Node(1, len(self.starts), "", ""))

    def line(self, at: int) -> int:
        return bisect_right(self.starts, at)

    def token(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise _CutShortError
        self.at = found.end()
        return found[1]

    def peek(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        return found[1] if found else ""

    def whole(self) -> None:
        """The outermost object, behind which nothing may stand."""
        if self.token() != "{":
            raise _CutShortError
        self._members(self.top, ())
        if self.text[self.at :].strip():
            raise _CutShortError

    def _members(self, owner: JsonMember, path: tuple[str, ...]) -> None:
        """What stands between braces, the first of which was read."""
        if self.peek() == "}":
            self.token()
            return
        while True:
            self._member(owner, path)
            mark = self.token()
            if mark == "}":
                return
            if mark != ",":
                raise _CutShortError

    def _member(self, owner: JsonMember, path: tuple[str, ...]) -> None:
        raw = self.token()
        start = self.at - len(raw)
        if raw[0] != '"' or self.token() != ":":
            raise _CutShortError
        self.count += 1
        line = self.line(start)
        if len(path) >= MAX_JSON_DEPTH:
            raise InputError(self.source, said("is nested deeper than a configuration"), at_line(line))
        if self.count > MAX_MEMBERS:
            raise InputError(self.source, said("more than {most:,} elements", most=MAX_MEMBERS), at_line(line))
        node = Node(line, line, "", "", parent=owner.node)
        member = JsonMember(_plain(raw), node)
        below = (*path, member.key)
        owner.node.children.append(node)
        kept = self.shown(below)
        opening = self.peek()
        if opening == "{":
            self.token()
            empty = self.peek() == "}"
            self._say(member, raw, "{}" if empty else "{", kept=kept, is_block=not path)
            owner.members[member.key] = member
            self._members(member, below)
            member.given = not empty
        else:
            value, told = self._value(opening)
            node.end = self.line(self.at - 1)
            masked = self._say(member, raw, told, kept=kept, is_block=not path)
            member.given = bool(value)
            if masked:
                value = []
            member.items = value if kept and opening == "[" else []
            member.text = value[0] if kept and value and opening != "[" else ""
            owner.members[member.key] = member
        node.end = max(node.end, self.line(self.at - 1))

    def _say(self, member: JsonMember, raw: str, told: str, *, kept: bool, is_block: bool) -> bool:
        """The text of a member's node, without secrets; whether it had one. What is masked of its name is no name."""
        node = member.node
        outermost = node
        while outermost.parent is not None and outermost.parent.parent is not None:
            outermost = outermost.parent
        if not kept:
            node.text = f"{raw}: {_UNSHOWN}"[:MAX_LINE] if is_block else _UNSHOWN
            node.key = node.text.lower()
            return False
        whole = f"{raw}: {told}"[:MAX_LINE]
        node.text, node.secrets = self.mask(whole, "" if is_block else outermost.key)
        if not node.text.startswith(raw[:MAX_LINE]):
            member.key = f"{len(node.parent.children) if node.parent else 0}"
        node.key = node.text.lower()
        return node.text != whole

    def _value(self, opening: str) -> tuple[list[str], str]:
        """A value that is no object, as its texts, and as it stands there in one line."""
        if opening != "[":
            raw = self.token()
            if raw in "]}:,":
                raise _CutShortError
            return ([] if raw in ('""', "null") else [_plain(raw)]), raw
        found: list[str] = []
        told: list[str] = []
        depth = 0
        while True:
            raw = self.token()
            told.append(raw if raw != "," else ", ")
            if raw in "[{":
                depth += 1
            elif raw in "]}":
                depth -= 1
            elif raw not in ",:":
                found.append(_plain(raw))
            self.count += 1
            if self.count > MAX_MEMBERS:
                raise InputError(self.source, said("more than {most:,} elements", most=MAX_MEMBERS))
            if depth == 0:
                return found, "".join(told)


def _plain(raw: str) -> str:
    """What a word of JSON says."""
    if raw[:1] != '"':
        return raw
    try:
        return str(json.loads(raw))
    except ValueError:
        return raw[1:-1]


def parse_json(data: bytes, source: str, mask: Mask, shown: Shown) -> tuple[Tree, JsonMember]:
    """The tree and the outermost object; InputError when it is no text or holds no member.

    shown: members that may be kept; of all others neither name nor value reaches the tree, except at the top.
    """
    text, encoding = decode(data, source)
    reader = _Reader(source, text, mask, shown)
    top = reader.top
    tree = Tree(source, top.node, source.rsplit("/", 1)[-1], encoding, len(reader.starts), [], complete=False)
    try:
        reader.whole()
        tree.complete = True
    except _CutShortError:
        what = said("the configuration ends before it is whole, or is no JSON")
        remedy = said("export the whole configuration; what seems absent may be in the missing part")
        tree.problems.append(Problem(source, what, at_line(reader.line(min(reader.at, len(text)))), remedy))
    if not top.members:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    first = top.node.children[0]
    top.node.line = top.node.end = first.line
    top.node.text = first.text
    return tree, top
