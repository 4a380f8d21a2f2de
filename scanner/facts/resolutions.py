"""Which addresses name servers gave for names: the facts table resolutions.

An answer counts where its client was seen asking that server. A stranger's answer, which nobody asked for, is none.
"""

from __future__ import annotations

from typing import Any

from scanner.capture.result import CaptureResult
from scanner.facts.statements import by_side
from scanner.facts.understand import Understood
from scanner.protocols.base import Resolution

MOST = 100_000  # rows of a capture


def resolution_rows(result: CaptureResult, understood: Understood, capture: str) -> list[dict[str, Any]]:
    """One for each client, server, name and address."""
    rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for at, _, from_client, row, seen in by_side(result, understood.others.of(Resolution)):
        c = result.conversations[at]
        if from_client or not c.client_packets:
            continue
        first = {"first_time": seen.first_time, "first_frame": seen.first_frame or None}
        for address in row.addresses:
            key = c.client, c.server, row.name, address
            known = rows.get(key)
            if known is None:
                if len(rows) < MOST:
                    names = dict(zip(("client", "server", "name", "address"), key, strict=True))
                    times = {"count": seen.count, **first, "last_time": seen.last_time}
                    rows[key] = {"capture": capture, **names, "aliases": row.aliases, **times}
                continue
            known["count"] += seen.count
            known["last_time"] = max(known["last_time"], seen.last_time)
            if seen.first_time < known["first_time"]:
                known |= first
    return list(rows.values())
