"""An access list and its entries, in one form for all dialects."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.configs.acl_cover import Span, ports_of
from scanner.configs.nodes import Node

ANY = "any"
EVERYTHING = frozenset({"ip", "ipv6", "tcp", "udp", "any"})  # protocols that make a permit any any one for everything


@dataclass(frozen=True)
class AclEntry:
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

    @property
    def ports(self) -> list[Span] | None:
        """The destination ports that it permits; None when it denies, or is narrowed in another way."""
        if self.action != "permit" or self.protocol not in EVERYTHING:
            return None
        return ports_of(self.options)


@dataclass
class Acl:
    """One list. ``uses`` are places that filter with it, ``selects`` places that only choose traffic with it."""

    name: str
    node: Node
    entries: list[AclEntry] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    selects: list[str] = field(default_factory=list)
