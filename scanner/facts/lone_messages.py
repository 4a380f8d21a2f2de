"""Messages that nobody reads although they were captured, so that their bytes count as not read.

Of an industrial protocol in a conversation of another one, too few for anybody to believe that they are: they may be
chance, or one command among what hides it. Those of an industrial protocol that break its specification, or that no
reader knows: devices are more lenient than their specification, and do what a command with an octet too many says. They
stand for later ones with the same key, too, which may be good. And those of no protocol in what carries several (data
of COTP that is neither S7comm nor MMS). What is encrypted in a protocol that need not be is counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import CaptureResult
from scanner.facts.understand import Understood
from scanner.protocols.base import MAY_BE, Protocol, Session, Verb

Numbers = npt.NDArray[np.int64]
_NONE = np.iinfo(np.int64).max


def lone_bytes(
    result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]
) -> tuple[Numbers, Numbers]:
    """Of each conversation, and each of its ends (client, server): how many bytes such messages have, and the first
    frame with one, 0 for none. Of a conversation that was not recognised nothing was read anyway.
    """
    rows = result.messages.rows
    industrial = _industrial(result, protocols)
    lone = _lone(result, understood, industrial)
    broken = understood.broken & industrial
    for group in understood.malformed:
        broken[group.messages] |= industrial[group.messages]
    places = np.flatnonzero(lone | broken | _nameless(result, protocols))
    ends = rows["conversation"][places], 1 - rows["from_client"][places].astype(np.int64)
    sizes = np.zeros((len(result.conversations), 2), np.int64)
    frames = np.full_like(sizes, _NONE)
    np.add.at(sizes, ends, rows["length"][places] * rows["count"][places])
    np.minimum.at(frames, ends, rows["frames"][places, 0].astype(np.int64))
    frames[frames == _NONE] = 0
    return sizes, frames


def encrypted_bytes(result: CaptureResult, understood: Understood, protocols: Mapping[str, Protocol]) -> Numbers:
    """Of each conversation, and each of its ends: how many bytes its messages have that say nothing but that they are
    encrypted, by an operation of its own (IPMI, SNMP 3) or none (SMB 3), in a general protocol whose operations change
    something; industrial ones have operations that say it.
    """
    rows = result.messages.rows
    sessions, operations = understood.others.of(Session), understood.operations
    closed = np.array([bool(row.encrypted) for row in sessions.rows], np.bool_)
    silent = np.zeros(len(rows), np.bool_)
    silent[sessions.message[closed[sessions.row]] if len(closed) else sessions.message] = True
    silent[operations.message[operations.where(pl.col("verb") != Verb.UNKNOWN)]] = False
    known = [protocols.get(name) for name in result.messages.protocols]
    may = np.array(
        [p is not None and bool(p.verbs & MAY_BE) and not (p.secured or p.industrial) for p in known], np.bool_
    )
    places = np.flatnonzero(silent & may[rows["protocol"]])
    sizes = np.zeros((len(result.conversations), 2), np.int64)
    ends = rows["conversation"][places], 1 - rows["from_client"][places].astype(np.int64)
    np.add.at(sizes, ends, rows["length"][places] * rows["count"][places])
    return sizes


def _industrial(result: CaptureResult, protocols: Mapping[str, Protocol]) -> npt.NDArray[np.bool_]:
    """Of each message whether it is of an industrial protocol."""
    names = result.messages.protocols
    industrial = np.array([name in protocols and protocols[name].industrial for name in names], np.bool_)
    found: npt.NDArray[np.bool_] = industrial[result.messages.rows["protocol"]]
    return found


def _nameless(result: CaptureResult, protocols: Mapping[str, Protocol]) -> npt.NDArray[np.bool_]:
    """Of each message whether it is of no protocol, in the framing of an industrial one."""
    rows, messages = result.messages.rows, result.messages
    own = {f.name for p in protocols.values() if p.industrial for f in p.framings}
    industrial = np.array([name in own for name in messages.framings], np.bool_)
    nameless = np.array([not name for name in messages.protocols], np.bool_)
    found: npt.NDArray[np.bool_] = nameless[rows["protocol"]] & industrial[rows["framing"]]
    return found


def _lone(result: CaptureResult, understood: Understood, industrial: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of each message whether it is one of an industrial protocol in a conversation of another one."""
    rows, names = result.messages.rows, result.messages.protocols
    recognised = np.zeros(len(result.conversations), np.bool_)
    recognised[[*understood.spoken]] = True
    found: npt.NDArray[np.bool_] = industrial & recognised[rows["conversation"]]
    number = {name: at for at, name in enumerate(names)}
    known = [
        at << 32 | number[name]
        for spoken in (understood.spoken, understood.suggested)
        for at, each in spoken.items()
        for name in each
        if name in number
    ]
    said = rows["conversation"][found].astype(np.int64) << 32 | rows["protocol"][found]
    found[found] = ~np.isin(said, np.array(known, np.int64))
    return found
