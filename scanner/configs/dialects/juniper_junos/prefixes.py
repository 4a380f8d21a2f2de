"""Addresses that filters and policies name: prefixes with exceptions, prefix lists, and lists that paths fill.

Source: Junos OS Routing Policies, Firewall Filters, and Traffic Policers User Guide ("Filter match conditions based on
address fields", ``prefix-list``, ``apply-path``). Of the prefixes of one condition the longest that holds an address
decides; where only exceptions are named, nothing matches.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from scanner.configs.acl_objects import Network, between
from scanner.configs.statements.statement import TreeStatement, at, inside, value

MOST_PREFIXES = 10_000  # of one condition
_EXCEPT = "except"


class Prefix:
    """One prefix, and whether it takes its addresses out."""

    __slots__ = ("network", "out")

    def __init__(self, network: Network, *, out: bool) -> None:
        self.network = network
        self.out = out


def prefix(word: str) -> Network | None:
    """The network that a word is; None when it is none."""
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None


def named(statements: Iterable[TreeStatement]) -> list[Prefix] | None:
    """The prefixes of a condition, with ``except`` behind those that are taken out; None when one is not told."""
    found = []
    for each in statements:
        network = prefix(each.word)
        if network is None:
            return None
        found.append(Prefix(network, out=at(each, _EXCEPT) is not None))
    return found


def networks(prefixes: Sequence[Prefix], version: int) -> list[Network] | None:
    """The addresses of one version that they leave, as networks; None where there are too many prefixes."""
    own = [p for p in prefixes if p.network.version == version]
    if len(own) > MOST_PREFIXES:
        return None
    if not any(p.out for p in own):
        return [p.network for p in own]
    spans: list[tuple[int, int]] = []
    for each in sorted(own, key=lambda p: p.network.prefixlen):
        low, high = int(each.network.network_address), int(each.network.broadcast_address)
        if not each.out:
            spans.append((low, high))
            continue
        spans = [piece for span in spans for piece in _without(span, low, high)]
        if len(spans) > MOST_PREFIXES:
            return None
    found: list[Network] = []
    kind = type(own[0].network.network_address)
    for low, high in spans:
        found += between(str(kind(low)), str(kind(high))) or []
    return found


def _without(span: tuple[int, int], low: int, high: int) -> list[tuple[int, int]]:
    pieces = [(span[0], min(span[1], low - 1)), (max(span[0], high + 1), span[1])]
    return [p for p in pieces if p[0] <= p[1]]


def of_list(scope: Sequence[TreeStatement], name: str) -> list[Prefix] | None:
    """What a prefix list holds, looked for in each scope; None where it is not there or not told."""
    for top in scope:
        found = at(top, "policy-options", "prefix-list", name)
        if found is None:
            continue
        entries = [s for s in found if s.word not in ("apply-path", "dynamic-db", "apply-groups")]
        told = named(s.understand() for s in entries)
        path = value(found, "apply-path")
        if at(found, "dynamic-db") or told is None:
            return None
        filled = _along(top, path) if path else []
        return None if filled is None else told + filled
    return None


def _along(top: TreeStatement, path: str) -> list[Prefix] | None:
    """The addresses that stand at a path of names and wildcards: ``system ntp server <*>``."""
    reached = [top]
    steps = path.split()
    for step in steps:
        fits = _pattern(step)
        reached = [child for one in reached for child in one if fits.fullmatch(child.word)]
        if len(reached) > MOST_PREFIXES:
            return None
    found = []
    for one in reached:
        network = prefix(one.word)
        if network is not None:
            found.append(Prefix(network, out=False))
    return found


@functools.lru_cache(maxsize=1_024)
def _pattern(step: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(step[1:-1]) if step[:1] == "<" and step[-1:] == ">" else re.escape(step))


def host(word: str) -> str:
    """An address without its prefix length; empty when it is none."""
    try:
        return str(ip_address(word.partition("/")[0]))
    except ValueError:
        return ""


def entries(statement: TreeStatement | None, *path: str) -> list[TreeStatement]:
    """The entries of a table, but for what is said of the table itself."""
    return [s for s in inside(statement, *path) if s.word not in ("apply-groups", "apply-groups-except")]
