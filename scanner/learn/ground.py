"""What zones are made from, as arrays over the members: segments, what each member is, and the ties between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.learn.clusters import Ints, Ties
from scanner.learn.conduct import FIELD_BUSES, LASTING, Conduct
from scanner.learn.seen import Participant, SeenTraffic
from scanner.learn.segments import segments

Mask = npt.NDArray[np.bool_]

CONTROL = frozenset(("controller", "safety_controller", "io_device", "drive", "robot", "ied"))
FIELD = frozenset(("io_device", "drive", "robot"))
SUPERVISION = frozenset(
    (
        *("scada_server", "engineering_station", "historian", "opc_server", "mes_server", "jump_host", "log_server"),
        *("remote_access", "domain_controller", "security_monitor", "workstation"),
    )
)
_HUB_AT = 3  # controllers that a device asks before it counts as a supervisor, whatever it answers itself


@dataclass(frozen=True)
class Ground:
    """Members in order, and for each: its segment, and whether it is a control device, a supervisor, a panel (HMI), a
    stranger. field: of each tie, whether it joins a controller and its field device.
    """

    members: Sequence[Participant]
    number: dict[str, int]
    segment: Ints
    control: Mask
    supervisor: Mask
    panel: Mask
    stranger: Mask
    ties: Ties
    field: Mask

    @classmethod
    def of(cls, seen: SeenTraffic, conduct: Conduct) -> Ground:
        """From what was seen and how it behaved."""
        members = [node for node in seen.nodes.values() if node.member]
        number = {node.id: n for n, node in enumerate(members)}
        rows = _pairs(seen, number)
        buses = _nodes_of(rows.filter(pl.col("bus")), len(members))
        stranger = np.array([node.id in conduct.strangers for node in members], dtype=bool)
        control, supervisor = _kinds(members, number, conduct, buses)
        ties = Ties(*(rows[c].to_numpy() for c in ("a", "b", "weight", "slices")))
        device = np.array([bool(n.roles & FIELD) and "controller" not in n.roles for n in members], dtype=bool)
        field = rows["bus"].to_numpy() | (rows["industrial"].to_numpy() & (device[ties.a] ^ device[ties.b]))
        honest = ~stranger[ties.a] & ~stranger[ties.b]
        return cls(
            members,
            number,
            segments(seen, members, conduct),
            control,
            supervisor & ~stranger,
            np.array(["hmi" in n.roles for n in members], dtype=bool) & ~control,
            stranger,
            ties.where(honest),
            field[honest],
        )


def _pairs(seen: SeenTraffic, number: dict[str, int]) -> pl.DataFrame:
    """Pairs of members that answered each other: ``a`` < ``b``, weight, slices, industrial, over a field bus."""
    numbers = pl.DataFrame(
        {"node": list(number), "n": list(number.values())}, schema={"node": pl.String, "n": pl.Int64}
    )
    low, high = pl.min_horizontal("n", "n_s"), pl.max_horizontal("n", "n_s")
    packets = (pl.col("packets") + 1).log(2)
    return (
        seen.relations.filter(pl.col("answered") & (pl.col("carried") | (pl.col("transport") == "ethernet")))
        .join(numbers, left_on="c", right_on="node", how="inner")
        .join(numbers, left_on="s", right_on="node", how="inner", suffix="_s")
        .filter(pl.col("n") != pl.col("n_s"))
        .group_by(low.alias("a"), high.alias("b"))
        .agg(
            weight=(packets * pl.when("industrial").then(2.0).otherwise(1.0)).max(),
            slices=pl.col("lasting").max(),
            industrial=pl.col("industrial").any(),
            bus=(pl.col("service").is_in(FIELD_BUSES) & (pl.col("lasting") >= LASTING)).any(),
        )
        .sort("a", "b")
    )


def _nodes_of(rows: pl.DataFrame, count: int) -> Mask:
    found = np.zeros(count, dtype=bool)
    found[rows["a"].to_numpy()] = True
    found[rows["b"].to_numpy()] = True
    return found


def _kinds(members: Sequence[Participant], number: dict[str, int], conduct: Conduct, buses: Mask) -> tuple[Mask, Mask]:
    """Control devices and supervisors.

    A device that asks several controllers and has no field devices is a supervisor even when it answers others.
    """
    asked = np.zeros(len(members), dtype=np.int64)
    for client, server in conduct.polls:
        if client in number and server in number and "controller" in members[number[server]].roles:
            asked[number[client]] += 1
    control, supervisor = buses.copy(), np.zeros(len(members), dtype=bool)
    for n, node in enumerate(members):
        firm = node.assigned or node.roles
        hub = asked[n] >= _HUB_AT and not buses[n] and not node.assigned & CONTROL
        control[n] |= bool(firm & CONTROL)
        supervisor[n] = hub or bool(firm & SUPERVISION)
        if hub or (node.assigned & SUPERVISION):
            control[n] = False
    return control, supervisor & ~control
