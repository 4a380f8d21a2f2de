"""Chains and their rules, in one form for all dialects that have them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.configs.nodes import Node
from scanner.packet_sets import Boxes, Span

# The dimension that tells whether a packet begins a conversation or answers in one tells more here: what connection
# tracking says of it.
NEW: Span = (0, 0)
ESTABLISHED: Span = (1, 1)
RELATED: Span = (2, 2)
INVALID: Span = (3, 3)
UNTRACKED: Span = (4, 4)
ANY_STATE: Span = (0, 4)
INCOMING, OUTGOING = 6, 7  # dimensions of boxes behind those of ``scanner.packet_sets``: indices of ``InterfaceNames``
FORWARD, INPUT, OUTPUT, PREROUTING, POSTROUTING, INGRESS = (
    *("forward", "input", "output"),
    *("prerouting", "postrouting", "ingress"),
)


class Tracking(NamedTuple):
    """What connection tracking can tell. untracked: some packets are kept from it; redirects: rules may change
    destinations.
    """

    untracked: bool = False
    redirects: bool = True


class Does(enum.Enum):
    """What a rule does with what it matches. UNTOLD: nobody can tell."""

    ACCEPT = "accept"
    DENY = "deny"
    RETURN = "return"
    JUMP = "jump"
    GOTO = "goto"
    GO_ON = "go on"
    UNTOLD = "unknown"


class Match(NamedTuple):
    """The packets that a rule certainly matches, and those that it may match, the others included.

    narrowed: what is not told of it leaves out most packets for certain.
    """

    sure: Boxes
    most: Boxes
    narrowed: bool = False


class RuleWords(NamedTuple):
    """A rule in words: protocol, addresses, and what else narrows it."""

    protocol: str
    source: str
    destination: str
    options: str = ""


@dataclass(eq=False)
class ChainRule:
    """One rule. name: its place in the chain. target: of a jump. matches, words: by IP version.

    ports: the destination ports that it names, where nothing but addresses narrows it beside them; None otherwise.
    built_in: the system makes it itself.
    """

    node: Node
    name: str
    does: Does
    matches: Mapping[int, Match]
    words: Mapping[int, RuleWords]
    target: str = ""
    logs: bool = False
    ports: Mapping[int, int | None] = field(default_factory=dict)
    built_in: bool = False


@dataclass(eq=False)
class FilterChain:
    """One chain. hook: where packets get into it by themselves; empty: only by jumps.

    label: what it is called in findings. accepts_rest: its policy, None: not told. filters: it is there to filter,
    and does not translate addresses or choose routes. used: its counters say that packets met it. partly: only packets
    of some interfaces do.
    """

    label: str
    name: str
    table: str
    node: Node
    versions: tuple[int, ...]
    rules: list[ChainRule] = field(default_factory=list)
    hook: str = ""
    accepts_rest: bool | None = True
    filters: bool = True
    used: bool = False
    partly: bool = False


@dataclass
class Ruleset:
    """Chains by their table and name. whole: what is not there is nowhere."""

    chains: dict[tuple[str, str], FilterChain] = field(default_factory=dict)
    whole: bool = True
    translates: bool = False  # it rewrites addresses, so the device passes on packets of others

    def target(self, chain: FilterChain, name: str) -> FilterChain | None:
        """The chain that a jump in ``chain`` leads to."""
        return self.chains.get((chain.table, name))
