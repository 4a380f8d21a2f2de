"""The same configurations in another spelling of their systems."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from random import Random


class Tree(dict[str, "Tree"]):
    """Statements below statements. off: it is inactive."""

    off = False

    def grow(self, words: Iterable[str]) -> Tree:
        """The statement of these words."""
        here = self
        for word in words:
            here = here.setdefault(word, Tree())
        return here


def _tree(text: str) -> Tree:
    """Of lines that begin with ``set`` or ``deactivate``."""
    tree = Tree()
    for line in text.splitlines():
        verb, _, rest = line.partition(" ")
        words = re.findall(r'"[^"]*"|\S+', rest)
        if "[" in words:
            at = words.index("[")
            for word in words[at + 1 : -1]:
                tree.grow([*words[:at], word])
        else:
            tree.grow(words).off |= verb == "deactivate"
    return tree


# Junos

_NAMED = frozenset(
    ("unit", "family", "address", "address-set", "security-zone", "policy", "application", "term", "route", "rib")
    + ("prefix-list", "scheduler", "from-zone", "to-zone")
)


def _junos_block(tree: Tree, path: tuple[str, ...], depth: int) -> Iterator[str]:
    pad = "    " * depth
    for word, inner in tree.items():
        yield from _junos_statement([word], inner, (*path, word), pad, depth)


def _junos_statement(words: list[str], inner: Tree, path: tuple[str, ...], pad: str, depth: int) -> Iterator[str]:
    named = words[-1] in _NAMED or (words[-1] == "filter" and path[0] == "firewall")
    if named and words[0] == "from-zone" and len(path) < 4 and len(words) == 1:
        for start, others in inner.items():
            for stop, below in others["to-zone"].items():
                yield from _junos_statement([*words, start, "to-zone", stop], below, path, pad, depth)
        return
    if named and inner and len(words) == 1:
        for name, below in inner.items():
            yield from _junos_statement([*words, name], below, (*path, name), pad, depth)
        return
    told = f"{'inactive: ' * inner.off}{' '.join(words)}"
    if not inner:
        yield f"{pad}{told};"
    elif words[0] == "term" and path[0] == "applications":
        yield f"{pad}{told} {' '.join(' '.join((key, *below)) for key, below in inner.items())};"
    elif len(inner) == 1 and not any(inner.values()) and words[0] not in ("filter", "interfaces", "prefix-list"):
        yield f"{pad}{told} {next(iter(inner))};"
    elif len(inner) > 1 and not any(inner.values()) and words[-1].endswith(("-address", "-port")):
        yield f"{pad}{told} [ {' '.join(inner)} ];"
    else:
        yield f"{pad}{told} {{"
        yield from _junos_block(inner, path, depth + 1)
        yield f"{pad}}}"


def junos(text: str, _: Random) -> str:
    """In braces, as ``show configuration`` prints it."""
    return "\n".join([*_junos_block(_tree(text), (), 0), ""])


# PAN-OS


def _panos_block(tree: Tree, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for word, inner in tree.items():
        if len(inner) == 1 and not any(inner.values()) and word != "ip":
            yield f"{pad}{word} {next(iter(inner))};"
        elif len(inner) > 1 and not any(inner.values()) and word != "ip":
            yield f"{pad}{word} [ {' '.join(inner)} ];"
        elif not inner:
            yield f"{pad}{word};"
        else:
            yield f"{pad}{word} {{"
            yield from _panos_block(inner, depth + 1)
            yield f"{pad}}}"


def panos(text: str, _: Random) -> str:
    """In braces."""
    return "\n".join([*_panos_block(_tree(text), 0), ""])


# FortiOS


def fortios(text: str, random: Random) -> str:
    """With names in quotes, lists in several commands, defaults that are told and policies that are moved."""
    lines: list[str] = []
    for line in text.splitlines():
        words = line.split()
        several = words[:1] == ["set"] and words[1] in ("member", "srcaddr", "dstaddr") and len(words) > 2
        if several:
            pad, names = line[: len(line) - len(line.lstrip())], [f'"{word}"' for word in words[2:]]
            lines += [f"{pad}unset {words[1]}"] * (random.random() < 0.3)
            lines.append(f"{pad}set {words[1]} {names[0]}")
            lines += [f"{pad}append {words[1]} {name}" for name in names[1:]]
        elif line.endswith(" accept"):
            lines += [line.replace("accept", "deny"), line]
        else:
            lines.append(line)
    return _moved("\n".join([*lines, ""]), random)


def _moved(text: str, random: Random) -> str:
    head, sign, rest = text.partition("config firewall policy\n")
    if not sign:
        return text
    body, end, tail = rest.partition("\nend\n")
    entries = re.findall(r"    edit \S+\n.*?    next", body, re.DOTALL)
    numbers = [entry.split()[1] for entry in entries]
    random.shuffle(entries)
    moves = [f"    move {late} after {early}" for early, late in itertools.pairwise(numbers)]
    return head + sign + "\n".join([*entries, *moves]) + end + tail


# RouterOS


def routeros(text: str, random: Random) -> str:
    """With menus in each line, and lines that go on in the next."""
    lines, menu = [], ""
    for line in text.splitlines():
        if line.startswith("/"):
            menu = line
            continue
        if line.startswith("#") or not menu:
            lines.append(line)
            continue
        told = f"{menu} {line}"
        if len(told) > 60 and random.random() < 0.5:
            at = told.rindex(" ", 0, 60)
            told = f"{told[:at]} \\\n    {told[at + 1 :]}"
        lines.append(told)
    return "\n".join([*lines, ""])


RESPELL: dict[str, Callable[[str, Random], str]] = {
    "junos": junos,
    "srx": junos,
    "panos": panos,
    "fortios": fortios,
    "routeros": routeros,
}
