"""What deserves attention in a policy that is formally right: overlaps, gaps, contradictions, names of nobody."""

from __future__ import annotations

from scanner.policy.audit import conduits, decisions, exports, files, names, seen, times, writers, zones
from scanner.policy.audit.remarks import CapturedFacts, Remark, RemarkSeverity, Subject

__all__ = ["CapturedFacts", "Remark", "RemarkSeverity", "Subject", "audit"]

_PARTS = (files, zones, conduits, exports, names, writers, decisions, times, seen)


def audit(subject: Subject) -> list[Remark]:
    """Every remark, by file and line, the gravest of a line first."""
    order = list(RemarkSeverity)
    found = {remark for part in _PARTS for remark in part.remarks(subject)}
    return sorted(found, key=lambda r: (r.source, r.line, order.index(r.severity), r.check, r.what))
