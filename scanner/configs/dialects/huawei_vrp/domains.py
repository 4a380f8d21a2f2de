"""Domains of AAA: which of them let in whom they do not ask.

Source: Huawei S series Command Reference (AAA: authentication-scheme, authentication-mode, domain; NAC: access-domain).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.configs.nodes import Node, every, last
from scanner.configs.settings import OPEN_WITHOUT_SERVER, UNKNOWN
from scanner.configs.tree import Tree

ASKS = "aaa"  # a scheme that asks a server or looks among the accounts of the device
_USUAL = "default"


def aaa_lines(tree: Tree) -> list[Node]:
    """What stands in the block of AAA."""
    return [n for block in tree.all("aaa") for n in block.children]


def schemes(nodes: list[Node]) -> dict[str, str]:
    """What each authentication scheme asks for, by its name in lower case."""
    found: dict[str, str] = {}
    for node in every(nodes, "authentication-scheme"):
        mode = last(node.children, "authentication-mode")
        if mode and not mode.negated and (name := node.after("authentication-scheme")):
            words = [w.lower() for w in mode.after("authentication-mode")]
            how = "none" if words[:1] == ["none"] else OPEN_WITHOUT_SERVER if "none" in words else ASKS
            found[name[0].lower()] = how
    return found


def open_domains(tree: Tree) -> Iterator[tuple[str, str, Node]]:
    """Domains whose scheme may let somebody in without asking: each with how it does so, and the line."""
    nodes = aaa_lines(tree)
    found = schemes(nodes)
    for domain in every(nodes, "domain"):
        scheme, state = last(domain.children, "authentication-scheme"), last(domain.children, "state block")
        name = domain.after("domain")[:1]
        if domain.negated or not name or not scheme or scheme.negated or (state and not state.negated):
            continue
        how = found.get("".join(scheme.after("authentication-scheme")[:1]).lower(), ASKS)
        if how != ASKS:
            yield name[0], how, scheme


@dataclass(frozen=True)
class Domains:
    """What domains mean for ports. usual: the domain of who names none. open: those that let somebody in unasked."""

    usual: str
    open: Mapping[str, Node]

    @classmethod
    def of(cls, tree: Tree) -> Domains:
        """Read them once."""
        named = [words[0] for _, words in tree.given("domain") if words and "admin" not in words[1:]]
        found = {name.lower(): line for name, _, line in open_domains(tree)}
        return cls(named[-1].lower() if named else _USUAL, found)

    def unasked(self, profile: list[Node]) -> tuple[str, Node] | None:
        """Whether whoever is at a port gets in without being asked, with the line; None where everybody is asked.

        Who names no domain is in the usual one, and may name another unless one is forced. profile: lines of the
        port's authentication profile.
        """
        chosen = last(profile, "access-domain")
        words = [w.lower() for w in chosen.after("access-domain")] if chosen and not chosen.negated else []
        domain = words[0] if words else self.usual
        if domain in self.open:
            return "dot1x-open", self.open[domain]
        if self.open and "force" not in words:
            return UNKNOWN, next(iter(self.open.values()))
        return None
