"""Floods from forged addresses: of very many conversations that one host has with addresses of which nothing else is
known, and that it sent no data to, the first are kept. The others would cost as much as a large plant and say nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Tables = dict[str, Any]
Numbers = Any  # an array of numpy

_SIDES = (("client", "server"), ("server", "client"))


def without_strangers(tables: Tables, most: int) -> tuple[Tables, int]:
    """The kernel's tables without the conversations above ``most`` of one host, and how many were left out."""
    rows = tables["conversations"]
    if len(rows) <= most:
        return tables, 0
    hosts = tables["hosts"]
    parts = [[rows["family"], rows[f"{end}_high"], rows[f"{end}_low"]] for end, _ in _SIDES]
    parts.append([hosts[name] for name in ("family", "high", "low")])
    number = _numbered([np.concatenate(columns) for columns in zip(*parts, strict=True)])
    known = int(number.max()) + 1
    sides = dict(zip(("client", "server"), (number[: len(rows)], number[len(rows) : 2 * len(rows)]), strict=True))
    heard = rows["client_packets"] + rows["server_packets"] > 0
    heard[:1] = False
    often = np.bincount(np.concatenate([side[heard] for side in sides.values()]), minlength=known)
    out = np.zeros(len(rows), bool)
    strangers = np.zeros(known, bool)  # addresses
    for one, other in _SIDES:
        alone = heard & _only_from(rows, one, other) & (often[sides[one]] == 1)
        beyond = np.flatnonzero(alone)[_rank(sides[other][alone]) >= most]
        out[beyond] = True
        strangers[sides[one][beyond]] = True
    if not out.any():
        return tables, 0
    host = number[2 * len(rows) :]
    gone = strangers[host]
    gone |= (hosts["packets"] == 1) & (often[host] == 0) & np.isin(hosts["mac"], hosts["mac"][gone])  # found no room
    return _without(tables, out, gone & (hosts["proof"] == 0)), int(out.sum())


def _numbered(columns: list[Numbers]) -> Numbers:
    """A number for each row, the same where all columns are."""
    order = np.lexsort(columns)
    begins = np.zeros(len(order), bool)
    for column in columns:
        begins[1:] |= column[order[1:]] != column[order[:-1]]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(begins)
    return number


def _only_from(rows: Any, one: str, other: str) -> Numbers:
    """Conversations in which one end says something to one other, which may acknowledge it and answers with no data."""
    silent = (rows[f"{one}_packets"] > 0) & (rows[f"{other}_bytes"] == 0)
    if one == "server":  # otherwise it may be who is asked, and does not answer
        silent &= rows[f"{other}_packets"] == 0
    copied = np.zeros(len(rows), bool)
    copied[rows["copy_of"][rows["copy_of"] > 0]] = True
    return silent & (rows["group"] == 0) & (rows["copy_of"] == 0) & ~copied & (rows["family"] > 0)


def _rank(groups: Numbers) -> Numbers:
    """Of each row, how many before it are in its group."""
    order = np.argsort(groups, kind="stable")
    placed = groups[order]
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - np.searchsorted(placed, placed)
    return rank


def _without(tables: Tables, out: Numbers, gone: Numbers) -> Tables:
    """Nothing was heard in the conversations ``out``, nor of the hosts ``gone``."""
    rows = tables["conversations"].copy()
    for end, _ in _SIDES:
        rows[f"{end}_packets"][out] = 0
    kept = ~out[(tables["messages"]["identity"] >> 32).astype(np.int64)]
    place = np.cumsum(kept) - 1
    pairs = tables["pairs"][kept[tables["pairs"]["request"]] & kept[tables["pairs"]["response"]]].copy()
    for name in ("request", "response"):
        pairs[name] = place[pairs[name]]
    return tables | {
        "conversations": rows,
        "messages": tables["messages"][kept],
        "pairs": pairs,
        "hosts": tables["hosts"][~gone],
    }
