"""An access list and its entries, in one form for all dialects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from scanner.configs.acl_cover import Span, ports_of
from scanner.configs.nodes import Node

ANY = "any"
EVERYTHING = frozenset({"ip", "ipv6", "tcp", "udp", "any"})  # protocols that make a permit any any one for everything


@dataclass(frozen=True)
class AclEntry:
    """One entry. ``options`` is what narrows it or is not understood; ``log`` and time ranges narrow nothing.

    between: the interfaces that it alone is about, in a list of several; empty for all. logs, timed: it logs what it
    matches, it holds at times, where its own line does not say so. unsure: whether it permits everything is not told.
    ports_untold: which ports it is about is in no configuration.
    """

    node: Node
    name: str  # sequence or rule number, else its position
    action: str  # permit, deny
    protocol: str
    source: str
    destination: str
    options: str = ""
    between: str = ""
    logs: bool = False
    timed: bool = False
    unsure: bool = False
    ports_untold: bool = False

    @property
    def words(self) -> str:
        """The entry in words."""
        parts = (self.action, self.protocol, self.source, self.destination, self.options, self.between)
        return " ".join(w for w in parts if w)

    @property
    def everything(self) -> bool:
        """It matches all traffic of its protocol, from anywhere to anywhere."""
        return self.source == self.destination == ANY and not self.options and self.protocol in EVERYTHING

    @property
    def ports(self) -> list[Span] | None:
        """The destination ports that it permits; None when it denies, or is narrowed in another way."""
        if self.action != "permit" or self.protocol not in EVERYTHING:
            return None
        return ports_of(self.options)


NUMBERS = {"0": "ip", "1": "icmp", "6": "tcp", "17": "udp"}  # protocols as people may write them
_STEP = 10  # between entries that are not numbered; only their order matters


def in_order(entries: list[AclEntry], numbered: Collection[str]) -> list[AclEntry]:
    """The entries as the device tries them: by their numbers, one without behind all before it."""
    places: list[int] = []
    for entry in entries:
        behind = max(places, default=0) + _STEP
        places.append(int(entry.name) if entry.name in numbered else behind)
    return [entry for _, entry in sorted(zip(places, entries, strict=True), key=lambda pair: pair[0])]


@dataclass
class Acl:
    """One list. ``uses`` are places that filter with it, ``selects`` places that only choose traffic with it.

    families: of what it is, where its first lines say so: ip, ipv6, mac, expert; several where lists of one name are.
    """

    name: str
    node: Node
    entries: list[AclEntry] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    selects: list[str] = field(default_factory=list)
    families: set[str] = field(default_factory=set)
