"""What the names in rules mean: addresses, networks, ports, and lists of names.

A name of the Internet, a country or a list that is fetched may mean anything. Source: OPNsense manual, "Aliases";
pfSense documentation, "Aliases".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import collapse_addresses
from typing import NamedTuple

from scanner.configs.acl_objects import Network, between, network, within
from scanner.configs.chains import netfilter_words
from scanner.configs.chains.interface_names import spans_outside
from scanner.configs.pf_firewalls.document import FirewallFile, child, value
from scanner.configs.xml_tree import XmlElement
from scanner.intervals import united
from scanner.packet_sets import ADDRESSES, ALL_PORTS, Span

MOST_MEMBERS = 400  # networks of a name that is calculated with
_TOLD = ("host", "network", "networkgroup", "port", "")  # kinds whose members stand in the file
_PORTS = ("port", "url_ports", "urltable_ports")


class Meant(NamedTuple):
    """What a word means: certainly these, and at most those. words: in one line.

    narrowed: what is not known of it leaves out most for certain: it is one network, or an address.
    """

    sure: tuple[Span, ...]
    most: tuple[Span, ...]
    words: str
    narrowed: bool = False

    @property
    def exact(self) -> bool:
        """It is known."""
        return self.sure == self.most

    def but(self, whole: Span) -> Meant:
        """All others."""
        return Meant(
            tuple(spans_outside(self.most, whole)),
            tuple(spans_outside(self.sure, whole)),
            f"group not {self.words.removeprefix('group ')}",
        )


@dataclass
class Alias:
    """One name. known: its members are those of the file."""

    element: XmlElement
    kind: str
    members: list[str]
    known: bool
    used: bool = False


@dataclass
class Aliases:
    """All names of a file. undefined: names that stand in rules and mean nothing, with the line that says so."""

    named: dict[str, Alias] = field(default_factory=dict)
    undefined: dict[str, XmlElement] = field(default_factory=dict)
    _meant: dict[tuple[str, int], Meant] = field(default_factory=dict)

    def members(self, name: str) -> list[str] | None:
        """What is in a name; None of what is none, or is not known."""
        alias = self.named.get(name)
        if alias is None:
            return None
        alias.used = True
        return alias.members if alias.known else None

    def addresses(self, name: str, version: int) -> Meant:
        """The addresses of a version of IP that a name means."""
        key = name, version
        if key not in self._meant:
            self._meant[key] = self._addresses(name, version)
        return self._meant[key]

    def _addresses(self, name: str, version: int) -> Meant:
        whole = ADDRESSES[version]
        found: list[Network] = []
        excluded = untold = False
        for word in within([name], self.members):
            if word.startswith("!"):
                excluded = True
                continue
            networks = _networks(word)
            untold = untold or networks is None
            found += networks or ()
        own = [n for n in found if n.version == version]
        whole_list = list(collapse_addresses(own))  # type: ignore[type-var]
        if len(whole_list) > MOST_MEMBERS:
            return Meant((), (whole,), f"group {name}")
        spans = tuple(united((int(n.network_address), int(n.broadcast_address)) for n in whole_list))
        words = f"group {name}"
        if not untold and not excluded and whole_list:
            words = ",".join(str(n.network_address) if n.prefixlen == n.max_prefixlen else str(n) for n in whole_list)
        return Meant(() if excluded else spans, (whole,) if untold else spans, words)

    def ports(self, word: str) -> Meant:
        """The ports that a word means: a number, a range, a name of a service or of a list."""
        if (span := _port(word)) is not None:
            return Meant((span,), (span,), word)
        found: list[Span] = []
        untold = False
        for one in within([word], self.members):
            span = _port(one)
            untold = untold or span is None
            found += [span] if span else []
        spans = tuple(united(found))
        return Meant(spans, (ALL_PORTS,) if untold else spans, f"group {word}")


def _networks(word: str) -> list[Network] | None:
    first, sign, last = word.partition("-")
    return between(first, last) if sign else network(*word.split("/", 1))


def _port(word: str) -> Span | None:
    if word == "any":
        return ALL_PORTS
    sign = ":" if ":" in word else "-"
    low, _, high = word.partition(sign)
    if low == "any" or high == "any":
        word = f"{'1' if low == 'any' else low}{sign}{'65535' if high == 'any' else high}"
    return netfilter_words.ports(word, sign) if sign in word else _one(word)


def _one(word: str) -> Span | None:
    number = netfilter_words.port(word)
    return (number, number) if number is not None else None


def read_aliases(file: FirewallFile) -> Aliases:
    """The names of a file. One that is switched off is none."""
    found = Aliases()
    for entry in (*file.every("aliases/alias"), *file.every("OPNsense/Firewall/Alias/aliases/alias")):
        name, kind = value(entry, "name"), value(entry, "type")
        members = (value(entry, "address") or value(entry, "content")).replace(",", " ").split()
        known = kind in _TOLD and child(entry, "url") is None and child(entry, "aliasurl") is None
        if name and value(entry, "enabled", "1") != "0":
            found.named[name] = Alias(entry, kind, members, known and bool(members))
    return found


def is_port_list(alias: Alias) -> bool:
    """The name means ports."""
    return alias.kind in _PORTS


def joined(meant: Sequence[Meant]) -> Meant:
    """What several words mean together."""
    sure = tuple(united(span for one in meant for span in one.sure))
    most = tuple(united(span for one in meant for span in one.most))
    named = [one.words for one in meant]
    groups = [word.removeprefix("group ") for word in named if word.startswith("group ")]
    words = f"group {' '.join(groups)}" if groups else ",".join(named)
    return Meant(sure, most, words, narrowed=bool(meant) and all(one.exact or one.narrowed for one in meant))
