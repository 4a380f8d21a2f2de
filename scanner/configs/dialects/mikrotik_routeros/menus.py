"""A RouterOS configuration as menus: settings that there are once, and tables of entries that commands change.

Sources: RouterOS documentation (Command Line Interface: General Commands; Scripting: find). An export leaves out what
is at its default. An entry is chosen by its name, its number in the table or the properties that ``find`` asks for; one
that the device has by itself is in no export until something of it is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.configs.dialects.mikrotik_routeros.lines import RosLine, tokens, unquoted
from scanner.configs.nodes import Node
from scanner.configs.secrets import MASK, Secret

_FIND = re.compile(r"\[\s*(?:/[\w /-]+\s)?find\b\s*+(?:where\s++)?(.*)\]$", re.DOTALL)


_CHOSEN = " chosen"  # a property that no device has: by which words an entry was chosen


_IDENTIFYING = frozenset(("default", "default-name", "name", "dynamic"))  # what lacks it is another entry


class RosValue(NamedTuple):
    """The value of a property and its line."""

    text: str
    node: Node | None

    @property
    def is_yes(self) -> bool:
        """It is on."""
        return self.text in ("yes", "true")


NOTHING = RosValue("", None)


class RosEntry:
    """One entry. own: some command adds it; else the device has it by itself. chosen: by which words, without that."""

    __slots__ = ("chosen", "node", "own", "secrets", "values")

    def __init__(self, node: Node, *, own: bool, chosen: str = "") -> None:
        self.node = node
        self.own = own
        self.chosen = chosen
        self.values: dict[str, RosValue] = {}
        self.secrets: dict[str, Secret] = {}

    def of(self, name: str) -> RosValue:
        """A property; its line is understood."""
        return self.values.get(name, NOTHING)

    def text(self, name: str, default: str = "") -> str:
        """Its text, the default where it is not set."""
        return self.values[name].text if name in self.values else default

    @property
    def disabled(self) -> bool:
        """It is switched off."""
        return self.of("disabled").is_yes


class RosMenu:
    """One menu: its entries in their order, and what is set of the whole. lost: entries may be in another order, or
    others than these.
    """

    def __init__(self) -> None:
        self._entries: dict[int, RosEntry] = {}
        self._with: dict[tuple[str, str], dict[int, RosEntry]] = {}  # entries that had such a property once
        self.whole = RosEntry(Node(1, 1, "", ""), own=False)
        self.lost = False

    @property
    def entries(self) -> list[RosEntry]:
        """In their order."""
        return list(self._entries.values())

    def apply(self, command: RosLine, node: Node, values: dict[str, RosValue], secrets: Sequence[Secret]) -> bool:
        """Carry out a command; whether that was understood."""
        verb = command.verb
        if verb == "add":
            place = values.pop("place-before", None)
            if place is not None and place.text != "0":
                self.lost = True  # the numbers are those that somebody saw
            entry = self._kept(RosEntry(node, own=True), first=place is not None and place.text == "0")
            self._update(entry, values, secrets)
            return True
        if verb == "set" and not command.chooses:
            self._update(self.whole, values, secrets)
            self.whole.node = node
            return True
        if verb not in ("set", "remove", "disable", "enable"):
            self.lost = self.lost or verb in ("move", "reset", "import", "unset")
            return False
        chosen = list(self._chosen(command.chooses, node, missing=verb != "remove"))
        for entry in chosen:
            if verb == "remove":
                self._entries.pop(id(entry), None)
                continue
            switched = RosValue("yes" if verb == "disable" else "no", node)
            self._update(entry, values if verb == "set" else {"disabled": switched}, secrets)
            entry.node = entry.node if entry.own else node
        return bool(chosen)

    def _kept(self, entry: RosEntry, *, first: bool = False) -> RosEntry:
        others = dict(self._entries) if first else {}
        if first:
            self._entries.clear()
        self._entries[id(entry)] = entry
        self._entries.update(others)
        return entry

    def _update(self, entry: RosEntry, values: Mapping[str, RosValue], secrets: Sequence[Secret]) -> None:
        entry.values.update(values)
        hidden = [name for name, value in values.items() if value.text == MASK]
        entry.secrets.update(zip(hidden, secrets, strict=False))
        for name, value in values.items():
            self._with.setdefault((name, value.text), {})[id(entry)] = entry

    def _having(self, asked: Mapping[str, str]) -> list[RosEntry]:
        """The entries with all these properties."""
        if not asked:
            return self.entries
        few = min((self._with.get(pair, {}) for pair in asked.items()), key=len)
        return [e for k, e in few.items() if k in self._entries and all(e.text(n) == v for n, v in asked.items())]

    def _chosen(self, text: str, node: Node, *, missing: bool) -> Iterator[RosEntry]:
        """The entries that words choose; one that is in no export is made where something of it is set."""
        found = _FIND.match(text)
        if found is None:
            for word in text.split(","):
                yield from self._called(word.strip(), node, missing=missing)
            return
        told = [token for token in tokens(found[1].rstrip()) if token != ("", "")]
        asked = {name: unquoted(value) for name, value in told if name}
        if len(asked) != len(told):
            self.lost = True  # something else is asked for
            return
        fitting = self._having(asked)
        rest = asked.keys() - _IDENTIFYING
        if not fitting and any(name not in e.values for name in rest for e in self._entries.values()):
            self.lost = True  # some may have it by default
            return
        if not fitting and missing:
            fitting = [self._made(node, found[1], asked)]
        yield from fitting

    def _called(self, word: str, node: Node, *, missing: bool) -> Iterator[RosEntry]:
        if (word.isdecimal() or word.startswith("*")) and any(e.own for e in self._entries.values()):
            self.lost = True  # its place among all, of which some may be in no export
            return
        known = (e for name in ("name", "default-name", _CHOSEN) for e in self._having({name: word}))
        first = next(known, None) if word else None
        if first is None and missing:
            first = self._made(node, word, {} if word.isdecimal() or word.startswith("*") else {"name": word})
        if first is not None:
            yield first

    def _made(self, node: Node, chosen: str, asked: Mapping[str, str]) -> RosEntry:
        entry = self._kept(RosEntry(node, own=False, chosen=chosen))
        told = {name: RosValue(value, node) for name, value in asked.items()}
        self._update(entry, {**told, _CHOSEN: RosValue(chosen, node)}, ())
        return entry
