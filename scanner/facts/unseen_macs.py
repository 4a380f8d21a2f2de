"""MAC addresses by which a policy names clients and that nobody is known to have. A frame that a router forwards shows
the router's, so that whoever is behind one may be meant.
"""

from __future__ import annotations

from scanner.addresses import is_mac
from scanner.facts.frames import Facts

_CLIENTS = ("conduits", "writers")


def macs_of_nobody(facts: Facts) -> frozenset[str]:
    """Those that were not seen, and that no list gives an IP address."""
    words = (word for table in _CLIENTS for words in facts[table]["clients"] for word in words)
    named = frozenset(filter(is_mac, words))
    if not named:
        return named
    inventory = facts["inventory"]
    observed = inventory["observed"].fill_null(value=False)
    listed = inventory.filter(~observed & (inventory["ips"].list.len() > 0))
    return named.difference(facts["sightings"]["mac"], *(macs for macs in listed["macs"]))
