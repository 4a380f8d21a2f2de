"""Messages that look the same in two protocols: whose they are is told by the rest of their conversation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from scanner.capture.result import CaptureResult
from scanner.facts.dissection import messages_at
from scanner.protocols.base import Protocol

Numbers = npt.NDArray[np.int64]


def assign(result: CaptureResult, protocols: Mapping[str, Protocol]) -> None:
    """Give the messages of ``Protocol.shares`` to the protocol that a conversation speaks, where nothing proves the one
    that the kernel took them for.
    """
    rows, names = result.messages.rows, list(result.messages.protocols)
    for name, protocol in protocols.items():
        if name not in names or not any(other in names for other in protocol.shares):
            continue
        speaking = np.unique(rows["conversation"][(rows["protocol"] == names.index(name)) & rows["confirmed"]])
        for other in protocol.shares:
            theirs = np.flatnonzero((rows["protocol"] == names.index(other)) & np.isin(rows["conversation"], speaking))
            proven = _proven(result, protocols[other], theirs)
            rows["protocol"][theirs[~np.isin(rows["conversation"][theirs], proven)]] = names.index(name)


def _proven(result: CaptureResult, protocol: Protocol, messages: Numbers) -> Numbers:
    """Conversations in which one of the messages can only be of the protocol."""
    found = [
        int(result.messages.rows["conversation"][index])
        for index, _, message in messages_at(result, messages)
        if protocol.proof is not None and protocol.probe(message) and protocol.proof(message)
    ]
    return np.array(found, np.int64)
