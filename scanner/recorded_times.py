"""Whether the times of a recording can be right: a clock that nobody set counts from 1970, or from 1980."""

from __future__ import annotations

from datetime import UTC, datetime

_SECOND = 1_000_000_000
EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * _SECOND  # nothing that is audited was recorded before


def believed(nanoseconds: int | None) -> int | None:
    """Nanoseconds since 1970, UTC; None where the recorder's clock was not set.

    >>> believed(100), believed(EARLIEST)
    (None, 631152000000000000)
    """
    return nanoseconds if nanoseconds is not None and nanoseconds >= EARLIEST else None
