"""Which operations go to interfaces of AI services: where signs of two kinds, or one that nothing else has, were seen.

Signs of all clients of a server count together. What an operation asks for must be of the interface itself: other pages
of the same server are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from scanner.capture.result import CaptureResult
from scanner.facts.operations import Path
from scanner.facts.understand import Understood
from scanner.protocols.base import Sign

_ENOUGH = 2
_Server = tuple[str, str, int, int]  # address, transport, port, VLAN
_Asked = dict[str, list[str]]  # object of an operation -> interfaces


def ai_interfaces(
    result: CaptureResult, understood: Understood, paths: Sequence[Path], found: pl.DataFrame
) -> pl.Series:
    """The interfaces that each of the operations is for. found: with an index into ``paths`` and the object."""
    recognised = _recognised(result, understood)
    if not recognised:
        return pl.Series("ai_interfaces", [[]] * found.height, dtype=pl.List(pl.String))
    of = [recognised.get(_server(result, path.conversation), {}) if not path.swapped else {} for path in paths]
    rows = found.select("path", "object").iter_rows()
    return pl.Series("ai_interfaces", [of[path].get(asked, []) for path, asked in rows], dtype=pl.List(pl.String))


def _recognised(result: CaptureResult, understood: Understood) -> dict[_Server, _Asked]:
    """What was asked for of the interfaces of each server that are told for certain."""
    signs = [(index, row) for index, row in understood.others if isinstance(row, Sign)]
    seen: defaultdict[tuple[_Server, str], dict[Sign, None]] = defaultdict(dict)
    conversations = result.messages.rows["conversation"]
    for index, sign in signs:
        seen[_server(result, int(conversations[index])), sign.interface][sign] = None
    told: defaultdict[_Server, _Asked] = defaultdict(dict)
    for (server, interface), found in seen.items():
        weights: dict[str, int] = {}
        for sign in found:
            weights[sign.kind] = max(sign.weight, weights.get(sign.kind, 0))
        if sum(weights.values()) >= _ENOUGH:
            for asked in dict.fromkeys(sign.object for sign in found if sign.object):
                told[server].setdefault(asked, []).append(interface)
    return dict(told)


def _server(result: CaptureResult, conversation: int) -> _Server:
    c = result.conversations[conversation]
    return c.server, c.transport, c.server_port, c.vlan
