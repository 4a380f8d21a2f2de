"""Conversations that others agree on: the data connection of an FTP session, the transfer behind a TFTP request.

A dissector states what a message agrees on (``Related``); the rows of the table ``related`` say who stated it and how
often it was agreed. When facts are judged, a flow that fits such a row and that the policy does not allow by itself is
asked about as the conversation that it came from: it has that one's permission, no more.

Nobody opens a hole by it. A flow fits only between the same two devices, at the port that was named, opened by the end
that was to open it, begun in time, no oftener than agreed, and as long as nothing else is spoken in it than what was
expected. What the client named counts when the server accepted it; what the server named, when it was asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import CaptureResult
from scanner.facts.operations import Path
from scanner.facts.understand import Understood
from scanner.protocols.base import Kind, Related, Sender

_SAME = ("path", "to_transport", "to_port", "opener", "spoken", "within", "confirmed")
_STATED: dict[str, Any] = {
    "path": pl.Int64,
    "to_transport": pl.String,
    "to_port": pl.Int64,
    "opener": pl.String,
    "spoken": pl.List(pl.String),
    "within": pl.Int64,
    "confirmed": pl.Boolean,
    "agreed": pl.Int64,
    "first_time": pl.Int64,
    "last_time": pl.Int64,
    "frames": pl.List(pl.Int64),
}


def related_rows(result: CaptureResult, understood: Understood) -> tuple[list[Path], pl.DataFrame]:
    """What was agreed, and between whom: the columns of the table ``related`` that are not those of the path, and
    ``path``, an index into the list of paths.
    """
    stated = understood.others.of(Related)
    agreed = _agreed(result, understood) if stated.rows else np.empty(0, np.int64)
    paths: dict[Path, int] = {}
    rows: list[tuple[Any, ...]] = []
    for message, (index, row) in zip(result.messages.at(stated.message), stated, strict=True):
        times = message.count if row.proves_itself else int(agreed[index])
        confirmed = times > 0 or not _one_sided(result, message.conversation)
        times = 0 if confirmed and row.answer_names else times if confirmed else message.count
        if times:
            path = paths.setdefault(Path(message.conversation, message.protocol, False), len(paths))
            opener = "either"
            if row.opened_by is not None:
                opener = "client" if (row.opened_by is Sender.SENDER) == message.from_client else "server"
            when = message.first_time, message.last_time, list(message.frames)
            rows.append(
                (
                    *(path, row.transport, row.port, opener, list(row.protocols), row.within, confirmed),
                    *(times * row.times, *when),
                )
            )
    found = pl.DataFrame(rows, schema=_STATED, orient="row")
    summed = found.group_by(_SAME, maintain_order=True).agg(
        pl.col("agreed").sum(), pl.col("first_time").min(), pl.col("last_time").max(), pl.col("frames").first()
    )
    return list(paths), summed


def _one_sided(result: CaptureResult, conversation: int) -> bool:
    """Only what one end sent was captured."""
    both = result.conversations[conversation]
    return 0 in (both.client_packets, both.server_packets)


def _agreed(result: CaptureResult, understood: Understood) -> npt.NDArray[np.int64]:
    """For each message how often it was a request that was accepted, or an answer to one."""
    size, pairs = len(result.messages), result.pairings
    refuses = np.zeros(size, np.bool_)
    carried = understood.operations
    refuses[carried.message[carried.where(pl.col("kind") == Kind.REFUSAL)]] = True
    good = pairs[~refuses[pairs["response"]]]
    agreed = np.zeros(size, np.int64)
    for side in ("request", "response"):
        np.add.at(agreed, good[side], good["count"])
    return agreed
