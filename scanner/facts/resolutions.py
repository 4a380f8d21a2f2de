"""Which addresses name servers gave for names: the facts table resolutions.

An answer counts where its client was seen asking that server. A stranger's answer, which nobody asked for, is none.
"""

from __future__ import annotations

from typing import Any

from scanner.capture.result import CaptureResult
from scanner.facts.understand import Understood
from scanner.protocols.base import Resolution

MOST = 100_000  # rows of a capture


def resolution_rows(result: CaptureResult, understood: Understood, capture: str) -> list[dict[str, Any]]:
    """One for each client, server, name and address."""
    found = [(index, row) for index, row in understood.others if isinstance(row, Resolution)]
    rows: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    messages = result.messages.at([index for index, _ in found])
    for message, (_, row) in zip(messages, found, strict=True):
        c = result.conversations[message.conversation]
        if message.from_client or not c.client_packets:
            continue
        frame = message.frames[0] if message.frames else None
        seen = {"first_time": message.first_time, "last_time": message.last_time, "first_frame": frame}
        for address in row.addresses:
            key = c.client, c.server, row.name, address
            known = rows.get(key)
            if known is None:
                if len(rows) < MOST:
                    names = dict(zip(("client", "server", "name", "address"), key, strict=True))
                    rows[key] = {"capture": capture, **names, "aliases": row.aliases, "count": message.count, **seen}
                continue
            known["count"] += message.count
            known["last_time"] = max(known["last_time"], message.last_time)
            if message.first_time < known["first_time"]:
                known |= {"first_time": message.first_time, "first_frame": frame}
    return list(rows.values())
