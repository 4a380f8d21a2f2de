"""From devices, a policy and flows that were seen to everything that ``otaudit reach`` tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.address_spans import Ranges, merged
from scanner.configs.forwarding import Router
from scanner.policy.directory import NameDirectory
from scanner.reach.confront import (
    ConduitProof,
    Disagreement,
    SeenProof,
    Stray,
    blocked,
    conduit_proofs,
    seen_flows,
    seen_proofs,
    seen_though_closed,
    strays,
    unlisted,
)
from scanner.reach.ends import ends_of
from scanner.reach.hosts import several_homes
from scanner.reach.network import GivenNetwork
from scanner.reach.proofs import Proof, Prover, ReachState, Witness
from scanner.reach.services import Ports

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Study:
    """proofs: of each ordered pair of zones; strays: of what no conduit allows. untouched: open, and nobody was seen to
    use it; None without captures, as seen. own: the addresses of devices, and of no host.
    """

    proofs: Mapping[tuple[str, str], Proof]
    strays: Mapping[tuple[str, str], Stray]
    witnesses: Mapping[tuple[str, str], Witness]
    conduits: tuple[ConduitProof, ...]
    seen: tuple[SeenProof, ...] | None
    contradictions: tuple[Disagreement, ...]
    untouched: tuple[tuple[str, str], ...] | None
    own: Ranges

    @property
    def proved(self) -> bool:
        """Something is proved of a pair of zones."""
        return any(proof.state is not ReachState.UNKNOWN for proof in self.proofs.values())


def study(
    routers: Iterable[Router],
    policy: Tables,
    ports: Ports,
    flows: Sequence[Row] | None = None,
    *,
    untold: Iterable[str] = (),
    unread: Iterable[str] = (),
) -> Study:
    """policy: rows of the facts tables zones, conduits and inventory. flows: of the table; None without captures.

    untold: files of devices whose forwarding cannot be told. unread: files that may be of devices, and were not read.
    """
    given = GivenNetwork(routers)
    topology = GivenNetwork((*given.routers, *several_homes(policy["inventory"], given)))
    directory = NameDirectory(policy["zones"], policy["inventory"])
    ends = ends_of(policy["zones"], directory, topology)
    by_zone = {end.zone: end for end in ends}
    prover = Prover(topology, untold, unread)
    proofs = {(proof.client, proof.server): proof for proof in prover.every(list(by_zone.values()))}
    seen = None if flows is None else list(seen_flows(flows, ends))
    listed = list(
        conduit_proofs(policy["conduits"], by_zone, proofs, (directory, ports), seen, answered=prover.answered)
    )
    conduits = tuple(one for one, _ in listed)
    beyond = dict(strays(proofs.values(), listed, prover))
    stateful = any(router.stateful for router in given.routers)
    told = None if seen is None else tuple(seen_proofs(seen, proofs, answered=prover.answered, stateful=stateful))
    found = [*unlisted(beyond), *blocked(conduits), *seen_though_closed(told or ())]
    witnesses = {pair: w for pair, proof in proofs.items() if (w := prover.witness(proof.sure)) is not None}
    used = {(flow.client, flow.server) for flow in seen or ()}
    untouched = None if seen is None else tuple(pair for pair in witnesses if pair not in used)
    own = merged(topology.own_addresses())
    return Study(proofs, beyond, witnesses, conduits, told, tuple(found), untouched, own)
