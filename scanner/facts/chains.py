"""The chains of certificates that servers sent: the facts table certificate_chains."""

from __future__ import annotations

import base64
from typing import Any

from scanner.capture.result import CaptureResult
from scanner.facts.statements import by_side
from scanner.facts.understand import Understood
from scanner.protocols.base import CertificateChain

MOST = 10_000  # rows of a capture


def chain_rows(result: CaptureResult, understood: Understood, capture: str) -> list[dict[str, Any]]:
    """One for each chain."""
    rows: dict[str, dict[str, Any]] = {}
    for _, _, _, chain, seen in by_side(result, understood.others.of(CertificateChain)):
        known = rows.get(chain.id)
        if known is not None:
            known["first_time"] = min(known["first_time"], seen.first_time)
            known["last_time"] = max(known["last_time"], seen.last_time)
        elif len(rows) < MOST:
            rows[chain.id] = {
                "capture": capture,
                "chain": chain.id,
                "certificates": [base64.b64encode(one).decode() for one in chain.certificates],
                "complete": chain.complete,
                "first_time": seen.first_time,
                "last_time": seen.last_time,
            }
    return list(rows.values())
