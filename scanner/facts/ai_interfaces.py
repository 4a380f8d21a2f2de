"""Which operations go to interfaces of AI services: where signs of two kinds, or one that nothing else has, were seen.

Where nothing was recognised and a part was not read that might have told something, it is unknown: null.
Signs of all clients of a server count together; what answers look like elsewhere too counts where the server was asked
for nothing else. What an operation asks for must be of the interface itself: other pages of the same server are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from scanner.protocols.base import ANY_ANSWER, UNREAD, Sign

if TYPE_CHECKING:  # what captures need, which configurations have not
    from scanner.capture.result import CaptureResult
    from scanner.facts.operations import Path
    from scanner.facts.understand import Understood

_ENOUGH = 2
_OF_AGENTS = ("MCP", "A2A")
_SERVER = {"server": "address", "server_mac": "mac"}
_CLIENT = {"client": "address", "client_mac": "mac"}
_Server = tuple[str, str, int, int]  # address, transport, port, VLAN
_Asked = dict[str, list[str]]  # object of an operation -> interfaces


def ai_interfaces(
    result: CaptureResult, understood: Understood, paths: Sequence[Path], found: pl.DataFrame
) -> pl.Series:
    """The interfaces that each of the operations is for. found: with an index into ``paths`` and the object."""
    signs = [*understood.others.of(Sign)]
    if not any(sign.object for _, sign in signs):  # answers alone tell nothing
        return pl.Series("ai_interfaces", [[]], dtype=pl.List(pl.String)).new_from_index(0, found.height)
    servers = [_server(result, path.conversation) if not path.swapped else None for path in paths]
    rows = found.select("path", "object").rows()
    every: defaultdict[_Server | None, set[str]] = defaultdict(set)
    for path, asked in rows:
        every[servers[path]].add(asked)
    recognised = _recognised(result, signs, every)
    of = [recognised.get(server, {}) if server else {} for server in servers]
    unread = _unread(result, signs)
    told = [of[path].get(asked, None if (servers[path], asked) in unread else []) for path, asked in rows]
    return pl.Series("ai_interfaces", told, dtype=pl.List(pl.String))


def _unread(result: CaptureResult, signs: Sequence[tuple[int, Sign]]) -> set[tuple[_Server | None, str]]:
    """What was asked for of which server in requests that nobody read to their end, and in those that look like an
    interface's where nobody read what came back.
    """
    conversations, pairs = result.messages.rows["conversation"], result.pairings
    answers = [(index, sign.interface) for index, sign in signs if sign.kind == UNREAD and not sign.object]
    behind = {(int(a), name) for index, name in answers for a in pairs["request"][pairs["response"] == index]}
    return {
        (_server(result, int(conversations[index])), sign.object)
        for index, sign in signs
        if sign.object and (sign.kind == UNREAD or (index, sign.interface) in behind)
    }


def _recognised(
    result: CaptureResult, signs: Iterable[tuple[int, Sign]], every: Mapping[_Server | None, set[str]]
) -> dict[_Server, _Asked]:
    """What was asked for of the interfaces of each server that are told for certain. every: all that was asked for."""
    seen: defaultdict[tuple[_Server, str], dict[Sign, None]] = defaultdict(dict)
    conversations = result.messages.rows["conversation"]
    for index, sign in signs:
        if sign.kind == UNREAD:
            continue
        seen[_server(result, int(conversations[index])), sign.interface][sign] = None
    told: defaultdict[_Server, _Asked] = defaultdict(dict)
    for (server, interface), found in seen.items():
        objects = dict.fromkeys(sign.object for sign in found if sign.object)
        weights: dict[str, int] = {}
        for sign in found:
            if sign.kind != ANY_ANSWER or every.get(server, set()) <= objects.keys():
                weights[sign.kind] = max(sign.weight, weights.get(sign.kind, 0))
        if sum(weights.values()) >= _ENOUGH:
            for asked in objects:
                told[server].setdefault(asked, []).append(interface)
    return dict(told)


def _server(result: CaptureResult, conversation: int) -> _Server:
    c = result.conversations[conversation]
    return c.server, c.transport, c.server_port, c.vlan


def with_ai(operations: pl.DataFrame, sessions: pl.DataFrame) -> list[tuple[str, str, str, str]]:
    """(address, MAC address, role, interface or provider) of who offers AI services and who uses them: whose requests
    were accepted, or who named a public provider. Who uses tools or other agents is an agent itself.
    """
    if not operations.height and not sessions.height:
        return []
    accepted = operations.filter((pl.col("ai_interfaces").list.len() > 0) & (pl.col("accepted") > 0))
    told = accepted.explode("ai_interfaces").rename({"ai_interfaces": "name"})
    uses = pl.when(pl.col("name").is_in(_OF_AGENTS)).then(pl.lit("agent")).otherwise(pl.lit("ai_client"))
    named = sessions.filter(pl.col("ai_providers").list.len() > 0).explode("ai_providers")
    rows = pl.concat(
        (
            told.select("server", "server_mac", pl.lit("ai_service").alias("role"), "name").rename(_SERVER),
            told.select("client", "client_mac", uses.alias("role"), "name").rename(_CLIENT),
            named.select("client", "client_mac", pl.lit("ai_client").alias("role"), name="ai_providers").rename(
                _CLIENT
            ),
        ),
        how="vertical_relaxed",
    )
    return rows.unique().sort(pl.all()).rows()
