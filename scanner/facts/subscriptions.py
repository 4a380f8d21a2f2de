"""Sessions of mobile devices, as the signalling of their network tells them: the facts table subscriptions.

A message may say all of a session (NGAP), or a request the data network and its answer the address (GTP-C, PFCP): these
are joined where just one request and one answer of a conversation have the same number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from scanner.capture.result import CaptureResult, DistinctMessage
from scanner.facts.mobile_devices import place
from scanner.facts.understand import Understood
from scanner.facts.user_plane import SERVER, inside, mobile_ends, relayed
from scanner.protocols.base import Subscription

MOST = 100_000  # rows of a capture
Row = dict[str, Any]
Statement = tuple[DistinctMessage, Subscription]
_SAID = ("network_slice", "data_network", "instance", "tunnel", "core")
_COLUMNS = ("client", "server", "protocol", "network_slice", "data_network", "instance", "teid", "core", "address")


def subscription_rows(result: CaptureResult, understood: Understood, capture: str) -> list[Row]:
    """One for each session and address that were told, and for each address in the user plane of which none was."""
    found = understood.others.of(Subscription)
    messages = result.messages.at(found.message)
    rows: dict[tuple[Any, ...], Row] = {}
    for said, told in _joined(zip(messages, (row for _, row in found), strict=True)):
        c = result.conversations[told[0].conversation]
        for address in said.addresses or ("",):
            key = (c.client, c.server, told[0].protocol, *(getattr(said, name) for name in _SAID), address)
            _add(rows, key, told)
    _by_tunnel(rows)
    meant = {place(row["address"]) for row in rows.values() if _says(row)}
    kept = [row for row in rows.values() if _says(row) or place(row["address"]) not in meant]
    known = meant | {place(row["address"]) for row in kept}
    beyond: list[Row] = [{"count": 0}] if len(rows) >= MOST else []  # of which nobody knows anything
    return [{"capture": capture, **row} for row in (*kept, *_unsaid(result, known), *beyond)]


def by_signalling(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The places (``place``) of the addresses that signalling gave to devices."""
    return {place(row["address"]) for row in rows if row.get("address") and row.get("protocol")}


def _by_tunnel(rows: dict[tuple[Any, ...], Row]) -> None:
    """What is said of a session without its address (its message to the device was ciphered) is of the one address that
    others say is behind the same tunnel: it is put there.
    """
    behind: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows.values():
        if row["teid"] and row["core"] and row["address"]:
            behind[row["core"], row["teid"]].append(row)
    for key, row in [*rows.items()]:
        found = behind.get((row["core"], row["teid"]), []) if not row["address"] else []
        if not found or len({place(other["address"]) for other in found if ":" not in other["address"]}) > 1:
            continue
        names = ("network_slice", "data_network")
        if any(row[n] and other[n] and row[n] != other[n] for n in names for other in found):
            continue
        for other in found:
            other.update({n: other[n] or row[n] for n in names})
        del rows[key]


def _says(row: Mapping[str, Any]) -> bool:
    """It says more than that a device has an address."""
    return bool(row["network_slice"] or row["data_network"] or row["instance"] or row["teid"])


def _unsaid(result: CaptureResult, known: set[str]) -> Iterator[Row]:
    """The devices of the user plane, who sends to somebody unless it is known to be the other end, when the session of
    neither end was told.
    """
    rows: dict[tuple[str, ...], Row] = {}
    carried = [c for c in result.conversations if inside(c)]
    for c, end, again in zip(carried, mobile_ends(carried, known), relayed(carried), strict=True):
        if again or known & {place(c.client), place(c.server)}:
            continue
        device, near, far = c.client, c.tunnel_client, c.tunnel_server
        if end == SERVER:
            device, near, far = c.server, far, near
        if ip_address(device).is_link_local or ip_address(device).is_multicast or len(rows) >= MOST:
            continue
        ends = {"client": near, "server": far, "address": device}
        times = {"first_time": c.first_time, "last_time": c.last_time, "first_frame": c.first_frame or None}
        rows.setdefault(tuple(ends.values()), {**ends, "count": 0, **times})
    yield from rows.values()


def _joined(told: Iterable[Statement]) -> Iterator[tuple[Subscription, list[DistinctMessage]]]:
    """Sessions with the messages that tell them; those that were refused are left out."""
    exchanges: dict[tuple[Any, ...], list[Statement]] = defaultdict(list)
    for number, (message, row) in enumerate(told):
        key = (message.conversation, message.from_client == row.asks, row.exchange) if row.exchange else (number,)
        exchanges[key].append((message, row))
    for parts in exchanges.values():
        asked, answered = ([part for part in parts if part[1].asks == asks] for asks in (True, False))
        for row, messages in [_one(asked[0], answered[0])] if len(asked) == len(answered) == 1 else map(_alone, parts):
            if not row.refused and (row.addresses or any(getattr(row, name) for name in _SAID)):
                yield row, messages


def _one(asked: Statement, answered: Statement) -> tuple[Subscription, list[DistinctMessage]]:
    """What request and answer say together."""
    names = (*_SAID, "addresses")
    values = {name: getattr(answered[1], name) or getattr(asked[1], name) for name in names}
    return Subscription(**values, refused=answered[1].refused), [asked[0], answered[0]]


def _alone(part: Statement) -> tuple[Subscription, list[DistinctMessage]]:
    return replace(part[1], exchange="", asks=False), [part[0]]


def _add(rows: dict[tuple[Any, ...], Row], key: tuple[Any, ...], told: list[DistinctMessage]) -> None:
    first = min(told, key=lambda message: message.first_time)
    seen = {
        "count": sum(message.count for message in told),
        "first_time": first.first_time,
        "last_time": max(message.last_time for message in told),
        "first_frame": first.frames[0] if first.frames else None,
    }
    row = rows.get(key)
    if row is None:
        if len(rows) < MOST:
            rows[key] = dict(zip(_COLUMNS, key, strict=True)) | seen
        return
    row["count"] += seen["count"]
    row["last_time"] = max(row["last_time"], seen["last_time"])
    if seen["first_time"] < row["first_time"]:
        row |= {name: seen[name] for name in ("first_time", "first_frame")}
