"""Which lines of a configuration were understood, and what the others make doubtful.

A line is understood when a setting was taken from it, when a dialect asked for its command, or when the grammar says
that it tells nothing which is kept. What is not set is told by a row of its own; where a line that is not understood
has a word in common with it, in the same block or for the whole device at the top, it may set it after all: then the
row says that this cannot be told.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.configs.nodes import Node, walk
from scanner.configs.tree import Tree
from scanner.errors import Problem
from scanner.wording import Said, at_line, said

MAX_NAMED = 20  # line numbers that are named of a file
_SHORT = 4  # letters

# (category, setting) -> words of commands that set it; {item}: its item. Only of settings whose rules judge no doubt.
_ENTRY = re.compile(r"acl (\S+) entry ")
_ABOUT: Mapping[tuple[str, str], str] = {
    ("management", "enabled"): r"\b{item}",
    ("management", "acl"): r"\b{item}",
    ("management", "version"): r"\bssh|\bssl|\btls",
    ("management", "ciphers"): r"\bssh",
    ("management", "macs"): r"\bssh",
    ("management", "key_exchange"): r"\bssh",
    ("management", "timeout"): r"\bssh",
    ("management", "retries"): r"\bssh",
    ("snmp", "versions"): r"snmp",
    ("line", "idle_timeout"): r"timeout|\b(?:exec|idle)-t",
    ("line", "telnet"): r"telnet|transport|protocol",
    ("line", "authentication"): r"auth|login|password",
    ("line", "access_acl"): r"\bacl|access|filter",
    ("password-policy", "min_length"): r"password",
    ("password-policy", "complexity"): r"password",
    ("password-policy", "max_age"): r"password",
    ("password-policy", "lockout"): r"lock|attempts|retry|retries",
    ("logging", "remote_hosts"): r"syslog|loghost|^logg|^(?>.*?log(?:ging)?\b).*\b(?:server|host)\b",
    ("logging", "timestamps"): r"timestamp",
    ("time", "sources"): r"\bs?ntp",
    ("time", "acl"): r"\bs?ntp",
    ("interface", "access_control"): r"security|dot1x|802\.1x|mac-auth|authentication",
    ("interface", "storm_control"): r"storm|suppression",
    ("interface", "bpdu_guard"): r"bpdu",
    ("interface", "bpdu_filter"): r"bpdu",
    ("interface", "edge"): r"edge|portfast",
    ("interface", "source_guard"): r"source",
    ("interface", "discovery"): r"cdp|lldp|discovery",
    ("interface", "directed_broadcast"): r"broadcast",
    ("interface", "proxy_arp"): r"arp",
    ("system", "dhcp_snooping"): r"snooping",
    ("system", "arp_inspection"): r"\barp",
}


def not_understood(tree: Tree) -> list[Node]:
    """The commands that were not understood, in file order. A block is understood when something in it is."""
    return [n for n in walk(tree.root) if n is not tree.root and not _known(n, tree.aside)]


def _known(node: Node, aside: re.Pattern[str]) -> bool:
    return node.understood or aside.match(node.key) is not None or any(_known(n, aside) for n in node.children)


def share(tree: Tree, unknown: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """How many lines with commands were understood, and which were not, for the record of the input."""
    lost = {id(n) for n in unknown}
    known = {n.line for n in walk(tree.root) if n is not tree.root and id(n) not in lost}
    others = sorted({n.line for n in unknown} - known)  # a line about several ports is there for each
    every = len(known) + len(others)
    yield "understood", said("{share} of {n:,} lines", share=percent(len(known), every), n=every)
    if others:
        yield "not understood", _named(others)


def doubt_the_rest(tree: Tree, area: Callable[[Node], Collection[str]]) -> None:
    """Say what lines that are not understood leave open: what seems absent may stand there.

    For dialects in which no word tells what else a line may be about. A line that takes something back sets nothing.
    area: the categories of settings that a line may be about; none where its place does not tell: then the file counts
    as half read.
    """
    lost = [(n, area(n)) for n in not_understood(tree) if not n.negated]
    tree.open |= {category for _, categories in lost for category in categories}
    lines = sorted({n.line for n, categories in lost if not categories})
    if lines:
        what = said("not understood: {lines}", lines=_named(lines))
        remedy = said("check how they are spelt; what seems absent or at its default may be set there")
        tree.problems.append(Problem(tree.source, what, at_line(lines[0]), remedy))


def doubt_absence(
    rows: Iterable[dict[str, Any]],
    lost: Iterable[Collection[str]],
    unsure: str,
    fixed: Collection[tuple[str, str]] = (),
) -> None:
    """Turn rows of what is not set into unsure ones, where a line that is not understood, or missing, may set it.

    lost: the categories of settings that each such line may be about; none: it may be about any. fixed: settings, by
    category, that nothing sets.
    """
    told = [frozenset(categories) for categories in lost]
    anything = not all(told)
    about = frozenset[str]().union(*told)
    for row in rows:
        open_ = anything or row["category"] in about
        if open_ and not row["present"] and (row["category"], row["setting"]) not in fixed:
            row |= {"value": unsure, "number": None}


def misspelt(word: str, known: Iterable[str]) -> bool:
    """The word is none of these, and one letter away from one. Another number or a plural is a word of its own."""
    known = frozenset(known)
    return word not in known and any(
        _one_letter_away(word, other) for other in known if abs(len(word) - len(other)) <= 1
    )


def _one_letter_away(word: str, other: str) -> bool:
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    mine, its = word[at:], other[at:]
    if {mine[:1], its[:1]} & set("0123456789") or {mine, its} == {"", "s"}:
        return False
    if len(other) < _SHORT:  # which differ by a letter from many others
        return its == "" and len(mine) == 1
    return mine[1:] == its or mine == its[1:] or mine[1:] == its[1:] or (mine[1::-1], mine[2:]) == (its[:2], its[2:])


def percent(known: int, every: int) -> str:
    """A share that says 100 % only of all, and 0 % only of none."""
    if known in (0, every):
        return "100 %" if known else "0 %"
    return f"{min(99, max(1, round(100 * known / every)))} %"


def _named(lines: Sequence[int]) -> Said:
    first = ", ".join(map(str, lines[:MAX_NAMED]))
    if len(lines) > MAX_NAMED:
        return said("lines {first} and {n:,} more", first=first, n=len(lines) - MAX_NAMED)
    return said("lines {first}", first=first)


def doubted(rows: Iterable[tuple[dict[str, Any], Node]], unknown: Sequence[Node], root: Node, unsure: str) -> None:
    """Turn rows of what is not set into unsure ones, where a line that is not understood may set it.

    A line that takes something back sets nothing.
    rows: each with the block that it is missing from, ``root`` for the device.
    """
    if not unknown:
        return
    inside: dict[int, list[str]] = {}
    for node in (n for n in unknown if not n.negated):
        for block in _blocks(node, root):
            inside.setdefault(id(block), []).append(node.key)
    texts = {block: "\n".join(lines) for block, lines in inside.items()}

    @functools.cache
    def may_set(pattern: str, block: int) -> bool:
        return re.search(pattern, texts[block], re.MULTILINE) is not None

    for row, block in rows:
        pattern = _ABOUT.get((row["category"], row["setting"]))
        at = id(root if block.parent is root and not block.children else block)
        if pattern and at in texts and may_set(pattern.replace("{item}", re.escape(row["item"])), at):
            row |= {"value": unsure, "number": None}


_USED = frozenset((("acl", "bound"), ("structure", "used")))


def cut_off(rows: Iterable[tuple[dict[str, Any], Node]], tree: Tree, unsure: str) -> None:
    """Turn rows of what is not set for the whole device or in the last block into unsure ones: the part that is missing
    may set it, or use what seems unused.
    """
    last = {id(n) for n in walk(tree.root.children[-1])}
    for row, block in rows:
        whole = block is tree.root or (block.parent is tree.root and not block.children)
        if whole or id(block) in last or (row["category"], row["setting"]) in _USED:
            row |= {"value": unsure, "number": None}


def named_in(rows: Iterable[dict[str, Any]], unknown: Sequence[Node]) -> None:
    """An access list that permits everything, and that nothing known uses, may be used by a line that is not understood
    and has its name.
    """
    words = {word for node in unknown if not node.negated for word in node.text.split()}
    for row in rows if words else ():
        if row["category"] == "acl" and (row["setting"], row["value"]) == ("permits_any", "unbound"):
            named = _ENTRY.match(row["item"])
            if named and named[1] in words:
                row["value"] = "unknown"


def _blocks(node: Node, root: Node) -> Iterator[Node]:
    """The block that a line is in; for the device what stands at the top, in blocks that are not understood too."""
    parent = node.parent
    if parent is not None and parent is not root:
        yield parent
    while parent is not None and parent is not root and not parent.understood:
        parent = parent.parent
    if parent is root or parent is None:
        yield root
