"""What entries of an access list amount to: which never match, how many ports they open, what becomes of the rest."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from scanner.configs.acl_cover import PORTS, Span, ports_of
from scanner.configs.acl_entries import Acl, AclEntry
from scanner.intervals import united

_FILTERS = ("interface", "vlan", "all interfaces", "between zones")  # how uses begin that filter what passes through
_WIDE = frozenset(("ip", "ipv6", "any"))
MOST_COMPARED = 1_000_000  # pairs of entries of a configuration, to see which never match


def filters_traffic(acl: Acl) -> bool:
    """It filters what passes through the device; other lists guard the device itself, or choose traffic."""
    return any(use.startswith(_FILTERS) for use in acl.uses)


def takes_all(entry: AclEntry) -> bool:
    """It matches all traffic, of whatever protocol, at any time."""
    return entry.everything and entry.protocol in _WIDE and not entry.between and not _at_times(entry)


def ending(acl: Acl) -> list[AclEntry]:
    """The entry that denies what no other matched, where the first that takes all does; else the last; one or none.

    Where the device orders the entries itself, those that take all come last, as they were written.
    """
    first = next(filter(takes_all, acl.entries), None)
    return [first] if first and first.action == "deny" else acl.entries[-1:]


def _at_times(entry: AclEntry) -> bool:
    return entry.timed or "time-range" in entry.node.key.split()


def forwards_the_rest(acl: Acl, final: str, default: str) -> str:
    """What becomes of traffic that no entry matches: deny, permit or unknown; empty where a permit takes it."""
    if not filters_traffic(acl) or final == "permit-all" or any(e.protocol == "other" for e in acl.entries):
        return ""
    return "deny" if final == "deny-all" else default


def opened(entry: AclEntry) -> int | None:
    """How many destination ports a permit opens between its ends; None where that cannot be counted."""
    if entry.action != "permit" or entry.everything:
        return None
    if entry.protocol in _WIDE:
        return PORTS if not entry.options else None
    if entry.protocol not in ("tcp", "udp") or (spans := ports_of(entry.options)) is None:
        return None
    return sum(high - low + 1 for low, high in spans)


def pairs(acl: Acl) -> int:
    """How many pairs of entries there are to compare."""
    return len(acl.entries) * (len(acl.entries) - 1) // 2


def shadowed(acl: Acl) -> dict[int, AclEntry]:
    """The entries, by their place, that never match, each with an earlier one that matches all of it."""
    found: dict[int, AclEntry] = {}
    if "auto" in acl.node.key.split():  # the device orders the entries itself
        return found
    before: list[AclEntry] = []
    for place, entry in enumerate(acl.entries):
        if entry.protocol == "other":
            continue
        first = next((e for e in before if _covers(e, entry)), None)
        if first is not None:
            found[place] = first
        elif not _at_times(entry):
            before.append(entry)
    return found


def _covers(first: AclEntry, second: AclEntry) -> bool:
    """Whatever the second matches, the first does."""
    if first.between not in ("", second.between):
        return False
    same = first.protocol == second.protocol
    if not same and not (first.protocol in _WIDE and not first.options):
        return False
    if first.protocol in ("ip", "ipv6") and second.protocol in ("ip", "ipv6") and not same:
        return False
    if not (_holds(first.source, second.source) and _holds(first.destination, second.destination)):
        return False
    return not first.options or first.options == second.options or _more_ports(first, second)


def _holds(first: str, second: str) -> bool:
    if first in ("any", second):
        return True
    outer, inner = _networks(first), _networks(second)
    if outer is None or inner is None or outer[0] != inner[0]:
        return False
    return all(any(low <= a and b <= high for low, high in outer[1]) for a, b in inner[1])


@lru_cache(maxsize=10_000)
def _networks(text: str) -> tuple[int, list[Span]] | None:
    """Version and addresses of one network or several; None for groups and wildcards with holes."""
    try:
        networks = [ipaddress.ip_network(one, strict=False) for one in text.split(",")]
    except ValueError:
        return None
    versions = {one.version for one in networks}
    spans = united((int(one.network_address), int(one.broadcast_address)) for one in networks)
    return (versions.pop(), spans) if len(versions) == 1 else None


def _more_ports(first: AclEntry, second: AclEntry) -> bool:
    if any("source" in e.options.split() or "source-port" in e.options.split() for e in (first, second)):
        return False
    outer, inner = ports_of(first.options), ports_of(second.options)
    if outer is None or inner is None:
        return False
    return all(any(low <= a and b <= high for low, high in united(outer)) for a, b in inner)
