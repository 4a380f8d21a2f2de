"""Access lists: entries in one form for all dialects, where the lists are used, and the rows that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.configs.settings import ABSENT, NO, YES, Sheet, whole
from scanner.configs.tree import Node

ANY = "any"
MAX_PLACES = 50  # named of a list that is used in more
EVERYTHING = frozenset({"ip", "ipv6", "tcp", "udp", "any"})  # protocols that make a permit any any one for everything


@dataclass(frozen=True)
class Entry:
    """One entry. ``options`` is what narrows it or is not understood; ``log`` and time ranges narrow nothing."""

    node: Node
    name: str  # sequence or rule number, else its position
    action: str  # permit, deny
    protocol: str
    source: str
    destination: str
    options: str = ""

    @property
    def words(self) -> str:
        """The entry in words."""
        return " ".join(w for w in (self.action, self.protocol, self.source, self.destination, self.options) if w)

    @property
    def everything(self) -> bool:
        """It matches all traffic of its protocol, from anywhere to anywhere."""
        return self.source == self.destination == ANY and not self.options and self.protocol in EVERYTHING


@dataclass
class Acl:
    """One list. ``uses`` are places that filter with it, ``selects`` places that only choose traffic with it."""

    name: str
    node: Node
    entries: list[Entry] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    selects: list[str] = field(default_factory=list)


class Acls(dict[str, Acl]):
    """All lists of a configuration by name, and the uses of lists that are not there."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: dict[str, str] = {}  # second name (a number beside a name) -> name
        self.undefined: dict[str, tuple[Node, list[str]]] = {}

    def open(self, name: str, node: Node) -> Acl:
        """The list called ``name``, begun at ``node`` if it is new."""
        if name not in self:
            self[name] = Acl(name, node)
        return self[name]

    def use(self, name: str, node: Node, where: str, *, filters: bool = True) -> None:
        """Note that ``node`` uses a list. To be called after all lists are known."""
        name = self.aliases.get(name, name)
        if name in self:
            (self[name].uses if filters else self[name].selects).append(where)
        elif filters:
            self.undefined.setdefault(name, (node, []))[1].append(where)


def rows(sheet: Sheet, acls: Acls, default_action: Iterable[tuple[str, str]]) -> None:
    """All rows about access lists.

    ``default_action`` are (start of a use, action) pairs: what happens to traffic that no entry matches, by use.
    """
    defaults = tuple(default_action)
    for acl in acls.values():
        item = f"acl {acl.name}"
        where = acl.uses + acl.selects
        sheet.put("acl", item, "bound", _places(where) or ABSENT, acl.node, number=len(where), present=bool(where))
        sheet.put("acl", item, "defined", YES, acl.node)
        sheet.put("acl", item, "final", _final(acl), acl.entries[-1].node if acl.entries else acl.node)
        actions = {action for use in acl.uses for start, action in defaults if use.startswith(start)}
        sheet.missing("acl", item, "default_action", actions.pop() if len(actions) == 1 else "unknown", acl.node)
        for entry in acl.entries:
            sheet.put("acl", f"{item} entry {entry.name}", "entry", entry.words, entry.node)
            sheet.put("acl", f"{item} entry {entry.name}", "permits_any", _permits_any(acl, entry), entry.node)
    for name, (node, where) in acls.undefined.items():
        sheet.put("acl", f"acl {name}", "bound", _places(where), node, number=len(where))
        sheet.put("acl", f"acl {name}", "defined", NO, node)


def _places(where: list[str]) -> str:
    """The places in one line, the first of many."""
    more = len(where) - MAX_PLACES
    return ", ".join(where[:MAX_PLACES] + ([f"{more} more"] if more > 0 else []))


def _final(acl: Acl) -> str:
    if not acl.entries:
        return "empty"
    entry = acl.entries[-1]
    if not entry.everything or entry.protocol not in ("ip", "ipv6", "any"):
        return "other"
    return "deny-all" if entry.action == "deny" else "permit-all"


def _permits_any(acl: Acl, entry: Entry) -> str:
    if entry.action != "permit" or not entry.everything:
        return NO
    if acl.uses:
        return YES
    return "unknown" if acl.selects else "unbound"


_QUAD = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


def number(dotted: str) -> int | None:
    """A dotted quad as a number, None if it is none."""
    if not _QUAD.fullmatch(dotted):
        return None
    parts = [int(part) for part in dotted.split(".")]
    if max(parts) > 255:
        return None
    return (parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3]


def network(address: str, wildcard: str) -> str:
    """``10.0.0.0 0.0.0.255`` as ``10.0.0.0/24``, ``any`` for all; a wildcard with holes stays as it is."""
    base, bits = number(address), number(wildcard) if wildcard != "0" else 0
    if base is None or bits is None:
        return f"{address} {wildcard}"
    if bits == 0xFFFFFFFF:
        return ANY
    if bits & (bits + 1):
        return f"{address} {wildcard}"
    length = 32 - bits.bit_length()
    base &= ~bits
    plain = ".".join(str(base >> shift & 255) for shift in (24, 16, 8, 0))
    return plain if length == 32 else f"{plain}/{length}"


def prefix_length(mask: str) -> int | None:
    """``255.255.255.0`` as 24; a number as itself; None if it is no mask."""
    if whole(mask):
        return int(mask) if int(mask) <= 32 else None
    value = number(mask)
    if value is None:
        return None
    inverse = value ^ 0xFFFFFFFF
    return None if inverse & (inverse + 1) else 32 - inverse.bit_length()
