"""Whom the words of a policy mean, by its zones and the inventory, before anything is seen on the wire."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.address_spans import overlap, range_of
from scanner.addresses import Address, Network, address_of, is_ip, is_mac
from scanner.device_names import name_key
from scanner.policy.listed import entry_words, is_bound, shared_names, words_apart
from scanner.policy.membership import Membership
from scanner.policy.ranges import by_zone, places

Row = Mapping[str, Any]


class NameDirectory:
    """Names, addresses and zones of a policy and an inventory. shared: names of several devices, which mean none."""

    def __init__(self, zones: Iterable[Row], inventory: Iterable[Row]) -> None:
        zones, inventory = list(zones), list(inventory)
        self.shared = shared_names(inventory)
        self.membership = Membership.of(zones)
        self.ranges = by_zone(places(zones))
        self._entries: dict[str, list[Row]] = {}
        self._by_address: dict[str, list[Row]] = {}
        for entry in inventory:
            for name in entry_words(entry):
                self._entries.setdefault(name_key(name), []).append(entry)
            for address in (*entry["ips"], *entry["macs"]):
                self._by_address.setdefault(address, []).append(entry)

    def lists(self, name: str) -> bool:
        """The inventory has a device of this name."""
        return name_key(name) in self._entries

    def entries(self, word: str) -> list[Row]:
        """The inventory's entries that a name or address means, those without an address left out."""
        exact = self._by_address.get(word, [])
        named = self._entries.get(name_key(word), ()) if name_key(word) not in self.shared else ()
        return exact or [e for e in named if is_bound(e)]

    def _words_of(self, entry: Row) -> list[str]:
        return words_apart(entry, self.shared)[0]

    def words(self, word: str) -> list[str]:
        """The word and every other name and address of the same device."""
        others = (other for e in self.entries(word) for other in (*self._words_of(e), *e["ips"], *e["macs"]))
        return list(dict.fromkeys([word, *others]))

    def binds(self, word: str) -> bool:
        """The word means somebody: it is an address or network, or a name that the inventory gives an address."""
        return is_ip(word) or is_mac(word) or network_in(word) is not None or bool(self.entries(word))

    def zone_of_entry(self, entry: Row) -> tuple[str, ...]:
        """Every zone that claims an inventory entry, the strongest claim first."""
        addresses: list[Address] = [address_of(ip) for ip in entry["ips"]]
        return self.membership.zone_of(
            macs=entry["macs"], names=self._words_of(entry), addresses=addresses, vlans=entry["vlans"]
        ).claims

    def zones_of(self, word: str) -> frozenset[str] | None:
        """The zones that the word can be in; empty: in none; None: nobody can tell."""
        entries = self.entries(word)
        if entries:
            return frozenset(claims[0] for claims in map(self.zone_of_entry, entries) if claims)
        network = network_in(word)
        if network is not None:
            wanted = (range_of(network),)
            inside = frozenset(zone for zone, ranges in self.ranges.items() if overlap(ranges, wanted))
            by_other = any(z not in self.ranges for z in self.membership.levels)
            return inside or (None if by_other else inside)
        if is_ip(word):
            zone = self.membership.zone_of(addresses=[address_of(word)]).zone
            return frozenset([zone]) if zone else frozenset() if not self._has_others() else None
        known = self.membership.macs.get(word) or self.membership.names.get(name_key(word))
        return frozenset(known) if known else None

    def _has_others(self) -> bool:
        """Some zone has members that are no networks, so that an address may be in it nevertheless."""
        book = self.membership
        return bool(book.macs or book.names or book.vlans)


def network_in(word: str) -> Network | None:
    """The network that the word is; None when it is none."""
    if "/" not in word or is_mac(word):
        return None
    try:
        return ipaddress.ip_network(word, strict=False)
    except ValueError:
        return None
