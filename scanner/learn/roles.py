"""Roles as a policy lists them: by address, with their reasons.

What the inventory assigns is written as it is. What was only observed and would authorise somebody is a question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from scanner.learn.seen import Participant
from scanner.vocabulary import ROLES
from scanner.wording import Said, argument, kept, said

_HARMLESS = frozenset(
    ("io_device", "drive", "switch", "router", "firewall", "wireless_ap", "camera", "printer", "server")
)


class RoleMember(NamedTuple):
    """A member of a role. asked: it is not assigned and would authorise, so it is a question."""

    member: str
    node: Participant
    why: Said
    asked: bool


def roles(nodes: Iterable[Participant]) -> dict[str, list[RoleMember]]:
    """Lines by role, in the order of the vocabulary."""
    found: defaultdict[str, list[RoleMember]] = defaultdict(list)
    for node in nodes:
        reasons = {argument(reason, "role"): kept(argument(reason, "why")) for reason in node.reasons}
        for role in sorted(node.roles | node.assigned):
            asked = role not in node.assigned and role not in _HARMLESS
            for member in node.addresses or ((node.mac,) if node.mac else ()):
                found[role].append(RoleMember(member, node, reasons.get(role, said("listed")), asked))
    return {role: found[role] for role in ROLES if role in found}
