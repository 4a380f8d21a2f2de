"""What messages tell beside operations. It stands once, however many messages tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from scanner.capture.result import CaptureResult
from scanner.facts.carried import dense
from scanner.facts.seen import Together, together
from scanner.protocols.base import Beside

Numbers = npt.NDArray[np.int64]
B = TypeVar("B", bound=Beside)
K = TypeVar("K", bound=Beside)


@dataclass(frozen=True)
class Statements(Generic[B]):
    """Rows, in the order of the messages that tell them.

    message: index of each one's message. row: which of ``rows``, no two of which are equal.
    """

    message: Numbers
    row: Numbers
    rows: Sequence[B]

    def __iter__(self) -> Iterator[tuple[int, B]]:
        """Each message with what it tells."""
        return zip(self.message.tolist(), map(self.rows.__getitem__, self.row.tolist()), strict=True)

    def of(self, kind: type[K]) -> Statements[K]:
        """Those of one kind."""
        place = np.full(len(self.rows), -1, np.int64)
        rows = [(at, row) for at, row in enumerate(self.rows) if isinstance(row, kind)]
        place[[at for at, _ in rows]] = np.arange(len(rows))
        there = place[self.row] >= 0
        return Statements(self.message[there], place[self.row[there]], [row for _, row in rows])


class BySide(NamedTuple, Generic[B]):
    """What one side of a conversation tells by one protocol, and all messages that do."""

    conversation: int
    protocol: str
    from_client: bool
    row: B
    seen: Together


def by_side(result: CaptureResult, statements: Statements[B]) -> Iterator[BySide[B]]:
    """Each row once for each side and protocol, in the order in which they were told first."""
    messages = result.messages
    conversation, protocol, side = (
        messages.rows[name][statements.message].astype(np.int64) for name in ("conversation", "protocol", "from_client")
    )
    whose = dense(conversation << 32 | protocol << 1 | side)
    _, first, group = np.unique(whose << 32 | statements.row, return_index=True, return_inverse=True)
    order = np.argsort(first)
    found = together(messages, statements.message, group, len(first))
    first = first[order]
    columns = (column[first].tolist() for column in (conversation, protocol, side, statements.row))
    for at, name, by, row, which in zip(*columns, order.tolist(), strict=True):
        yield BySide(at, messages.protocols[name], bool(by), statements.rows[row], found[which])
