"""Inventory entries by address and name, and the roles that their words give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.assets import kinds
from scanner.assets.repeated import of_one_device
from scanner.device_names import name_key
from scanner.policy.listed import entry_words, is_bound, shared_names, words_apart
from scanner.vocabulary import ROLE_OF_TYPE, ROLES

Row = Mapping[str, Any]
COLUMNS = (  # of the inventory, by which entries and devices are told apart
    *("source", "row", "id", "name", "hostname", "profinet_name", "ips", "macs", "vlans", "site", "zone"),
    *("type", "roles", "vendor", "model", "order_number", "serial", "firmware"),
)
ROUTES = frozenset(("router", "firewall", "gateway"))


class Entries:
    """Inventory entries by address and name.

    names: every one; bound: those that come with an address; shared: of these, those of several devices; together: the
    entries by number, those together by which several lists tell of one device.
    """

    def __init__(self, inventory: Sequence[Row]) -> None:
        self._by_ip: dict[str, list[Row]] = {}
        self._by_mac: dict[str, Row] = {}
        self.names: set[str] = set()
        self.bound: set[str] = set()
        self.shared = shared_names(inventory)
        self.together = of_one_device(inventory)
        self.pairs: set[tuple[str, str]] = set()
        for row in inventory:
            for ip in row["ips"]:
                self._by_ip.setdefault(ip, []).append(row)
            for mac in row["macs"]:
                self._by_mac.setdefault(mac, row)
            names = {name_key(n) for n in entry_words(row)}
            self.names |= names
            if is_bound(row):
                self.bound |= names
            self.pairs |= {(mac, ip) for mac in row["macs"] for ip in row["ips"]}

    def by_ip(self, ip: str, vlan: int = -1) -> Row | None:
        """The entry with the IP address: in the VLAN where several have it (cells with addresses of their own)."""
        found = self._by_ip.get(ip, [])
        return next((row for row in found if vlan in row["vlans"]), found[0] if found else None)

    def words_of(self, entry: Row) -> tuple[list[str], list[str]]:
        """By what a policy may name the device, and its names that others bear, too."""
        return words_apart(entry, self.shared)

    def all_with(self, ip: str) -> list[Row]:
        """Every entry with the IP address."""
        return self._by_ip.get(ip, [])

    def macs_of(self) -> dict[str, frozenset[str]]:
        """IP address -> the MAC addresses that the inventory gives it."""
        return {ip: frozenset(mac for row in rows for mac in row["macs"]) for ip, rows in self._by_ip.items()}

    def routers(self) -> frozenset[str]:
        """MAC addresses of routers, firewalls and gateways."""
        return frozenset(mac for mac, row in self._by_mac.items() if not ROUTES.isdisjoint(entry_roles(row)))

    def by_mac(self, mac: str) -> Row | None:
        """The first entry with the MAC address."""
        return self._by_mac.get(mac)


def entry_roles(entry: Row) -> dict[str, str]:
    """Roles that an inventory entry gives, and the words that do."""
    found: dict[str, str] = {}
    for word in (entry["type"], *entry["roles"]):
        role = _role_of(word)
        if role:
            found.setdefault(role, word)
    return found


def only_mac(entry: Row | None) -> str:
    """The MAC address of the entry, where it lists one."""
    return entry["macs"][0] if entry is not None and len(entry["macs"]) == 1 else ""


def binds(entry: Row, macs: Iterable[str], ips: Iterable[str]) -> bool:
    """The entry gives one of the device's MAC addresses or one of its IP addresses."""
    return not set(macs).isdisjoint(entry["macs"]) or not set(ips).isdisjoint(entry["ips"])


def _role_of(word: str) -> str:
    """The role that a word of an inventory means; empty when it means none."""
    plain = word.strip().casefold().replace(" ", "_").replace("-", "_")
    return plain if plain in ROLES else ROLE_OF_TYPE.get(kinds.asset_type(word), "")
