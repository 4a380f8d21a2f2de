"""Which MAC address, IP address and name belong together, as the tables in devices' configurations say: static ARP,
DHCP reservations, source guard, host names.

A switch or router goes by these tables: it sends to the MAC address of its ARP entry and gives the reserved address to
nobody else. So they bind like the inventory, and where they contradict each other they bind nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.assets.reconcile import Conflict
from scanner.assets.surroundings import virtual_router
from scanner.configs.settings import whole
from scanner.device_names import name_key
from scanner.policy.listed import entry_names
from scanner.wording import Said, listed, said, term

Row = Mapping[str, Any]
_SHOWN = 4  # addresses that one contradiction names


class Bound(NamedTuple):
    """One binding; what it does not say is empty, the VLAN then -1. line: of the configuration ``source``."""

    source: str
    line: int
    how: str
    ip: str
    mac: str
    name: str
    vlan: int
    interface: str
    table: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.source} line {self.line}"


def bound(settings: Iterable[Row]) -> list[Bound]:
    """From rows of the facts table settings: those of the category ``binding``."""
    found: dict[tuple[str, str, int], dict[str, str]] = {}
    for row in settings:
        if row["category"] == "binding":
            key = row["source"], row["item"], row["line_start"] or 0
            found.setdefault(key, {})[row["setting"]] = row["value"]
    rows = []
    for (source, _, line), given in found.items():
        texts = {name: given.get(name, "") for name in ("how", "ip", "mac", "name", "interface", "table")}
        vlan = given.get("vlan", "")
        rows.append(Bound(source=source, line=line, vlan=int(vlan) if whole(vlan) else -1, **texts))
    return rows


@dataclass
class Tables:
    """What all bindings together say.

    macs: IP address -> its one MAC address; an address that is bound to several (``bound_macs``) has none.
    names: IP address -> bindings that name it.
    """

    macs: dict[str, str] = field(default_factory=dict)
    bound_macs: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, list[Bound]] = field(default_factory=dict)
    _places: dict[tuple[str, str], Bound] = field(default_factory=dict)
    _named: dict[str, list[Bound]] = field(default_factory=dict)  # by name, casefolded

    @staticmethod
    def of(rows: Iterable[Bound], inventory: Iterable[Row] = ()) -> Tables:
        """Weigh the rows against each other and against the inventory, which is stronger."""
        found = Tables()
        for row in rows:
            if row.ip and row.mac:
                found.bound_macs.setdefault(row.ip, set()).add(row.mac)
                found._places.setdefault((row.ip, row.mac), row)
            if row.ip and row.name:
                found._named.setdefault(name_key(row.name), []).append(row)
        found.macs = {ip: next(iter(several)) for ip, several in found.bound_macs.items() if len(several) == 1}
        listed: defaultdict[str, set[str]] = defaultdict(set)
        for entry in inventory:
            for name in entry_names(entry):
                listed[name_key(name)] |= {*entry["ips"], *entry["macs"]}
        for name, named in found._named.items():
            if _one(named):
                for row in named:
                    known = listed.get(name)
                    if not known or row.ip in known or found.macs.get(row.ip) in known:
                        found.names.setdefault(row.ip, []).append(row)
        return found

    def names_of(self, ips: Iterable[str], macs: Sequence[str]) -> list[str]:
        """Names of a device. Where the IP address is bound to a MAC address, that one is meant: who merely uses the
        IP address is not. macs: none when the device was only seen behind a router.
        """
        named = [(ip, self.bound_macs.get(ip, set())) for ip in ips if ip in self.names]
        meant = (ip for ip, bound_to in named if not macs or not bound_to or not bound_to.isdisjoint(macs))
        return [row.name for ip in meant for row in self.names[ip]]

    @property
    def every_name(self) -> set[str]:
        """Every name that is bound, casefolded."""
        return {name_key(row.name) for rows in self.names.values() for row in rows}

    def ips_by_mac(self) -> dict[str, list[str]]:
        """MAC address -> its IP addresses."""
        found: dict[str, list[str]] = {}
        for ip, mac in self.macs.items():
            found.setdefault(mac, []).append(ip)
        return found

    def contradictions(self, entry: Row) -> list[Conflict]:
        """On what an inventory entry and the tables disagree, and both in words. A router is listed with a MAC address
        of its own and reached by that of the virtual router.
        """
        found = [
            Conflict("mac", _listed_otherwise("mac", entry["macs"], row.mac, row))
            for row in self._elsewhere(entry["ips"], entry["macs"])
            if not virtual_router(row.mac)
        ]
        if entry["ips"]:
            for name in dict.fromkeys(name_key(n) for n in entry_names(entry)):
                rows = self._named.get(name, ())
                if rows and {row.ip for row in rows}.isdisjoint(entry["ips"]):
                    found.append(Conflict("address", _listed_otherwise("address", entry["ips"], rows[0].ip, rows[0])))
        return found

    def unlike(self, ips: Iterable[str], macs: Sequence[str], listed: Collection[str]) -> list[Conflict]:
        """On what a device that was seen and the tables disagree, and both in words.

        listed: what the inventory lists with its MAC address: that a virtual router has these is no contradiction.
        Hellos on the wire say as much, but anyone can send them.
        """
        return [
            Conflict("mac", _seen_otherwise(row, macs))
            for row in self._elsewhere(ips, macs)
            if not (virtual_router(row.mac) and row.ip in listed)
        ]

    def _elsewhere(self, ips: Iterable[str], macs: Sequence[str]) -> list[Bound]:
        """Bindings of these IP addresses to MAC addresses other than these."""
        bound_to = ((ip, self.macs[ip]) for ip in ips if ip in self.macs)
        return [self._places[pair] for pair in bound_to if macs and pair[1] not in macs]


def _listed_otherwise(name: str, entry: Sequence[str], configured: str, row: Bound) -> Said:
    return said(
        "{field}: listed {listed}, configured {configured} ({file} line {n})",
        field=term(f"field.{name}"),
        listed=listed(entry[:_SHOWN]),
        configured=configured,
        file=row.source,
        n=row.line,
    )


def _seen_otherwise(row: Bound, macs: Sequence[str]) -> Said:
    return said(
        "{field}: configured {configured} ({file} line {n}), seen {seen}",
        field=term("field.mac"),
        configured=row.mac,
        file=row.source,
        n=row.line,
        seen=listed(macs[:_SHOWN]),
    )


def _one(named: Sequence[Bound]) -> bool:
    """Configurations agree on whose name it is: all that give it have an address in common."""
    ips: defaultdict[str, set[str]] = defaultdict(set)
    for row in named:
        ips[row.source].add(row.ip)
    return bool(set.intersection(*ips.values()))
