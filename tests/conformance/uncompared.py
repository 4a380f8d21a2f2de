"""Which operations no comparison looks at.

An operation is compared when its comparison would notice that the dissector lost it, and that it gave another code to
it and to what shares its code in the message: the counted values change, or the comparison fails for want of them. So
neither a comparison that counts bytes of the message and calls them the function, nor one that looks at the first of
several operations only, passes for more than it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from scanner.capture.result import CaptureResult, DistinctMessage
from scanner.facts.understand import Understood
from scanner.protocols.base import Operation, Row
from tests.conformance.second import descriptions
from tests.conformance.spec import Value, specs

OTHER_CODE = "another code"
Ours = Callable[[DistinctMessage, Sequence[Row]], Iterable[Value]]


@dataclass(frozen=True, order=True)
class Looked:
    """Operations of one kind: how many, as the messages were counted, and whether they are compared."""

    protocol: str
    verb: str
    code: str
    function: str
    kind: str
    compared: bool


def looked_at(result: CaptureResult, understood: Understood) -> Counter[Looked]:
    """Every operation of the capture."""
    readers: dict[str, list[Ours]] = {}
    for reader in (*specs(), *descriptions().values()):
        readers.setdefault(reader.protocol, []).append(reader.ours)
    found: Counter[Looked] = Counter()
    for index, message in enumerate(result.messages):
        rows = understood.rows.get(index, ())
        if message.protocol not in understood.spoken.get(message.conversation, ()):
            continue
        for at, row in enumerate(rows):
            if isinstance(row, Operation):
                compared = any(is_compared(ours, message, rows, at) for ours in readers.get(message.protocol, ()))
                key = Looked(message.protocol, row.verb, row.code, row.function, row.kind, compared)
                found[key] += message.count
    return found


def is_compared(ours: Ours, message: DistinctMessage, rows: Sequence[Row], at: int) -> bool:
    """Whether the comparison depends on this row, and on its code where it has one."""
    row = rows[at]
    if not isinstance(row, Operation):
        return False
    before, after = rows[:at], rows[at + 1 :]
    whole = _values(ours, message, rows)
    if whole is None or whole == _values(ours, message, (*before, *after)):
        return False
    other = [replace(r, code=OTHER_CODE) if isinstance(r, Operation) and r.code == row.code else r for r in rows]
    return not row.code or whole != _values(ours, message, other)


def _values(ours: Ours, message: DistinctMessage, rows: Sequence[Row]) -> Counter[Value] | None:
    try:
        return Counter(ours(message, rows))
    except (LookupError, ValueError, StopIteration, RuntimeError):  # it wants what was taken away
        return None
