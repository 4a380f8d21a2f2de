"""Which lines of a configuration are one entry of an access list, by dialect.

An entry is deleted where its lines are its own and stand together: a rule of iptables is a line, one of FortiOS a block
from ``edit`` to ``next``, one of Junos a block in braces or the commands that begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.wording import Said, said

SEVERAL = said("its line stands for other entries, too")
APART = said("its lines do not stand together, or others name it")


@dataclass(frozen=True)
class Extent:
    """The lines of an entry, from 1; or why they are not deleted."""

    first: int = 0
    last: int = 0
    why: Said | None = None


def extent(dialect: str, text: str, first: int, last: int, name: str) -> Extent:
    """The lines of an entry of which the evidence names the lines from ``first`` to ``last``. name: of the entry."""
    lines = text.split("\n")
    if not 0 < first <= last <= len(lines):
        return Extent(why=APART)
    return _EXTENTS[dialect](lines, first, last, name)


def _as_given(_: Sequence[str], first: int, last: int, __: str) -> Extent:
    return Extent(first, last)


# nftables

_NFT_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|#.*|[{};]|[^\s{};"#]+|\s+')


def _nft_rule(lines: Sequence[str], first: int, last: int, _: str) -> Extent:
    """Lines with one rule and nothing else."""
    if lines[first - 2 : first - 1] and lines[first - 2].rstrip().endswith("\\"):
        return Extent(why=SEVERAL)
    while last < len(lines) and lines[last - 1].rstrip().endswith("\\"):
        last += 1
    words = [w for w in _NFT_WORDS.findall(" ".join(lines[first - 1 : last])) if w.strip() and w[0] != "#"]
    depth, low = 0, 0
    for word in words:
        depth += (word == "{") - (word == "}")
        low = min(low, depth)
    stops = [n for n, word in enumerate(words) if word == ";" and n < len(words) - 1]
    if depth or low < 0 or stops or {"chain", "table", "hook", "policy"} & set(words):
        return Extent(why=SEVERAL)
    return Extent(first, last)


# Commands and blocks


def _ros_rule(lines: Sequence[str], first: int, last: int, _: str) -> Extent:
    """One ``add`` with the lines that it goes on in."""
    command = lines[first - 1].strip()
    return Extent(first, last) if re.match(r"(?:/[a-z0-9 /-]+ )?add ", command) else Extent(why=APART)


def _edit_block(lines: Sequence[str], first: int, _: int, __: str) -> Extent:
    """FortiOS: from ``edit`` to the ``next`` that ends it; a text in quotes may go on in other lines."""
    depth, inside = 0, False
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if not inside:
            word = line.split(None, 1)[0] if line.strip() else ""
            depth += (word in ("edit", "config")) - (word in ("next", "end"))
            if depth == 0:
                return Extent(first, number) if number > first and word == "next" else Extent(why=APART)
        inside ^= len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 1
    return Extent(why=APART)


_BRACES = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|[#].*|[{}]|[^"/#{}]+|.')
_ALONE = ("from-zone", "global")  # blocks that may hold nothing but one policy, and go with it


def _junos(lines: Sequence[str], first: int, _: int, name: str) -> Extent:
    if lines[first - 1].lstrip().startswith("set "):
        return _commands(lines, first, name, ("policy", "term"))
    end = _brace_block(lines, first)
    if end is None:
        return Extent(why=APART)
    while (around := _left_alone(lines, first, end)) is not None:
        first, end = around
    return Extent(first, end)


def _brace_block(lines: Sequence[str], first: int) -> int | None:
    """The line of the brace that closes the block which opens in this line and not before its end."""
    if not lines[first - 1].rstrip().endswith("{"):
        return None
    depth = 0
    for number in range(first, len(lines) + 1):
        line = lines[number - 1]
        if line.count("/*") != line.count("*/") or line.count('"') % 2:  # a text over several lines may hold braces
            return None
        for piece in _BRACES.findall(line):
            depth += (piece == "{") - (piece == "}")
        if depth <= 0:
            return number if lines[number - 1].strip() == "}" else None
    return None


def _left_alone(lines: Sequence[str], first: int, last: int) -> tuple[int, int] | None:
    """The block around these lines, where nothing else is in it and it may not be empty."""
    if first < 2 or last >= len(lines):
        return None
    opens = lines[first - 2].strip()
    if opens.endswith("{") and opens.startswith(_ALONE) and lines[last].strip() == "}":
        return first - 1, last + 1
    return None


_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


def _commands(lines: Sequence[str], first: int, name: str, kinds: Sequence[str]) -> Extent:
    """The ``set`` commands that begin as the first of an entry does, up to its name. kinds: the words before a name."""
    words = _WORDS.findall(lines[first - 1])
    own = name.rsplit("/", 1)[-1]
    at = next((n for n, w in enumerate(words) if w in kinds and words[n + 1 : n + 2] in ([own], [f'"{own}"'])), -1)
    if at < 0 or "groups" in words[:at]:
        return Extent(why=SEVERAL)
    path = words[1 : at + 2]
    found = []
    for number, line in enumerate(lines, 1):
        verb, *rest = _WORDS.findall(line) or [""]
        if verb in ("edit", "top", "up"):
            return Extent(why=APART)
        if rest[: len(path)] == path:
            if verb != "set":
                return Extent(why=APART)
            found.append(number)
    if not found or found != [*range(found[0], found[-1] + 1)]:
        return Extent(why=APART)
    return Extent(found[0], found[-1])


# XML


def _element(tag: str) -> Callable[[Sequence[str], int, int, str], Extent]:
    """The element that begins in the line, where it shares its lines with nothing else."""
    attribute = r"\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    tags = re.compile(
        rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?P<opens>{tag})(?:{attribute})*\s*(?P<empty>/)?>|</(?P<closes>{tag})\s*>",
        re.DOTALL,
    )

    def find(lines: Sequence[str], first: int, _: int, __: str) -> Extent:
        text = "\n".join(lines)
        start = sum(len(line) + 1 for line in lines[: first - 1])
        depth, begin = 0, -1
        for piece in _pieces(tags, text, start):
            if piece["opens"] and begin < 0:
                begin = piece.start()
            depth += bool(piece["opens"] and not piece["empty"]) - bool(piece["closes"])
            if begin < 0 and depth < 0:
                return Extent(why=APART)
            if begin >= 0 and depth == 0:
                return _whole_lines(text, begin, piece.end())
        return Extent(why=APART)

    return find


def _pieces(tags: re.Pattern[str], text: str, start: int) -> Iterator[re.Match[str]]:
    for piece in tags.finditer(text, start):
        if piece["opens"] or piece["closes"]:
            yield piece


def _whole_lines(text: str, begin: int, end: int) -> Extent:
    before = text[text.rfind("\n", 0, begin) + 1 : begin]
    stop = text.find("\n", end)
    behind = text[end : stop if stop >= 0 else len(text)]
    if before.strip() or behind.strip():
        return Extent(why=SEVERAL)
    return Extent(text.count("\n", 0, begin) + 1, text.count("\n", 0, end) + 1)


def _panos(lines: Sequence[str], first: int, last: int, name: str) -> Extent:
    if lines[first - 1].lstrip().startswith("set "):
        return _commands(lines, first, name, ("rules",))
    return _element("entry")(lines, first, last, name)


_BY_LINE = ("arista-eos", "cisco-asa", "cisco-ios", "cisco-nxos", "h3c-comware", "huawei-vrp", "linux-iptables")
_EXTENTS: Mapping[str, Callable[[Sequence[str], int, int, str], Extent]] = {
    **dict.fromkeys(_BY_LINE, _as_given),
    "fortinet-fortios": _edit_block,
    "juniper-junos": _junos,
    "linux-nftables": _nft_rule,
    "mikrotik-routeros": _ros_rule,
    "opnsense": _element("rule"),
    "paloalto-panos": _panos,
    "pfsense": _element("rule"),
}
DIALECTS = frozenset(_EXTENTS)
