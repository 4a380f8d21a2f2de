"""Remarks about export entries that permit more than anybody decides about, and about grades that no entry permits."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.policy.audit.remarks import Remark, RemarkSeverity, Subject, remark
from scanner.policy.leaving import GENERAL


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    for entry in (one for one in subject["export_entries"] if one["entry"]):
        name = f"export entry '{entry['entry']}'"
        placed = entry["destinations"] or entry["countries"]
        if not placed and entry["providers"]:
            what = f"{name} knows its destinations by names alone, which prove nothing, so that all of it is for review"
            yield remark(
                RemarkSeverity.WARNING, entry, "export-by-name", what, "give its networks or countries as well"
            )
        elif not placed:
            what = f"{name} lets data leave for anywhere"
            yield remark(RemarkSeverity.WARNING, entry, "export-anywhere", what, "name its destinations or countries")
        if entry["data_grade"] != GENERAL and not entry["encrypted"]:
            what = f"{name} lets {entry['data_grade']} data leave in clear"
            yield remark(RemarkSeverity.WARNING, entry, "graded-export-in-clear", what, "add encrypted: true")
        if not (entry["owner"] and entry["reason"]):
            what = f"{name} does not say who answers for it and why"
            yield remark(RemarkSeverity.NOTE, entry, "export-without-owner", what, "add owner and reason")
