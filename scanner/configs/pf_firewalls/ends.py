"""What the ends of rules mean: addresses, networks of interfaces, the device itself, names of lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.address_spans import range_of
from scanner.configs.acl_objects import network
from scanner.configs.pf_firewalls.aliases import Aliases, Meant, is_port_list, joined
from scanner.configs.pf_firewalls.interfaces import SERVICES, PfInterface, PfInterfaces
from scanner.configs.pf_firewalls.rules import RuleEnd
from scanner.configs.xml_tree import XmlElement
from scanner.intervals import united
from scanner.packet_sets import ADDRESSES, ALL_PORTS, Span

_ITSELF = ("(self)", "self")
_LINK_LOCAL = (0xFE80 << 112, (0xFEC0 << 112) - 1)
# Addresses that no host has stand for those of the device that the file does not name: of "this network" (RFC 1122), of
# the discard prefix (RFC 6666).
_STANDING_IN = {4: 1, 6: 0x100 << 112}
# Lists that the systems keep themselves.
_KEPT = re.compile(
    r"bogonsv?6?|sshlockout|sshguard|virusprot|snort2c|__\w+|webConfiguratorlockout|negate_networks|vpn_networks"
)


class RuleEnds:
    """The ends of the rules of one file.

    standing_in: the device's own addresses that the file does not name are told apart from those of others, by ones
    that no host has; else they may be any.
    """

    def __init__(self, interfaces: PfInterfaces, aliases: Aliases, *, opnsense: bool, standing_in: bool) -> None:
        self._interfaces = interfaces
        self._aliases = aliases
        self._opnsense = opnsense
        self._standing_in = standing_in
        self._order = {name: number for number, name in enumerate(interfaces)}

    def meant(self, end: RuleEnd, version: int, at: XmlElement) -> Meant:
        """The addresses of an end."""
        whole = ADDRESSES[version]
        if not end.words:
            return Meant((whole,), (whole,), "any")
        found = joined([m for word in end.words if (m := self._word(word, version, at)).most])
        if end.but is None:
            return Meant((), (whole,), f"group {found.words} or not")
        if not found.most and not end.but:
            return found
        return found.but(whole) if end.but else found

    def ports(self, word: str, at: XmlElement) -> Meant:
        """The ports of an end."""
        found = self._aliases.ports(word)
        if found.sure == () and found.most == (ALL_PORTS,) and word not in self._aliases.named:
            self._aliases.undefined.setdefault(word, at)
        return found

    def itself(self, version: int) -> Meant:
        """The addresses of the device."""
        spans: list[Span] = []
        untold = False
        for one in self._interfaces.values():
            if one.up:
                spans += self._own(one, version)
                untold = untold or (version in one.untold and not self._standing_in)
        told = tuple(united(spans))
        return Meant(told, (ADDRESSES[version],) if untold else told, "group (self)", narrowed=True)

    def own(self, name: str, version: int) -> Iterator[Span]:
        """The addresses of one interface, each by itself."""
        one = self._interfaces.get(name)
        if one is not None and one.up:
            yield from self._own(one, version)

    def _own(self, one: PfInterface, version: int) -> list[Span]:
        spans = [(int(a.ip), int(a.ip)) for a in one.of(version)]
        if self._standing_in and version in one.untold:
            number = _STANDING_IN[version] + self._order[one.name]
            spans.append((number, number))
        return spans

    def _word(self, word: str, version: int, at: XmlElement) -> Meant:
        whole = ADDRESSES[version]
        if word == "any":
            return Meant((whole,), (whole,), "any")
        if word in _ITSELF:
            return self.itself(version)
        if word in self._aliases.named and not is_port_list(self._aliases.named[word]):
            return self._aliases.addresses(word, version)
        return self._of_interface(word, version) or self._literal(word, version, at)

    def _of_interface(self, word: str, version: int) -> Meant | None:
        if word in self._interfaces or word in self._interfaces.groups or word in SERVICES:
            return self._network(word, version)
        if word.endswith("ip") and word[:-2] in self._interfaces:
            return self._address(self._interfaces[word[:-2]], version)
        return None

    def _literal(self, word: str, version: int, at: XmlElement) -> Meant:
        told = network(*word.split("/", 1))
        if told is not None:
            spans = tuple(range_of(n)[1:] for n in told if n.version == version)
            return Meant(spans, spans, word)
        if not _KEPT.fullmatch(word):
            self._aliases.undefined.setdefault(word, at)
        return Meant((), (ADDRESSES[version],), f"group {word}")

    def _network(self, name: str, version: int) -> Meant:
        """The networks of an interface, or of those of a group."""
        spans: list[Span] = []
        untold = name in SERVICES
        named = self._interfaces.members(name) if name in self._interfaces.groups else [name]
        if name in self._interfaces.groups and not self._opnsense:
            untold = True
        words: list[str] = []
        for one in (self._interfaces[n] for n in named if n in self._interfaces):
            nets = [a.network for a in one.of(version)]
            spans += [range_of(n)[1:] for n in nets]
            words += [str(n) for n in nets]
            if version in one.untold and self._standing_in and name not in SERVICES:
                spans += self._own(one, version)  # some network, which is not everybody
                words = [f"group {name} net"]
            else:
                untold = untold or version in one.untold
        if version == 6 and spans and self._opnsense:
            spans.append(_LINK_LOCAL)
        told = tuple(united(spans))
        if untold:
            return Meant(told, (ADDRESSES[version],), f"group {name} net", narrowed=name not in SERVICES)
        return Meant(told, told, ",".join(dict.fromkeys(words)) or f"group {name} net")

    def _address(self, one: PfInterface, version: int) -> Meant:
        told = tuple(united(self._own(one, version)))
        if version in one.untold and not self._standing_in:
            return Meant(told, (ADDRESSES[version],), f"group {one.name} address", narrowed=True)
        words = ",".join(dict.fromkeys(str(a.ip) for a in one.of(version)))
        return Meant(told, told, words or f"group {one.name} address")
