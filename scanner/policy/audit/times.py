"""Remarks about waivers that have expired and change windows that never open."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from scanner.policy.audit.remarks import Remark, RemarkSeverity, Subject, remark
from scanner.policy.windows import moment


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    for waiver in subject["waivers"]:
        if waiver["until"] and datetime.date.fromisoformat(waiver["until"]) < subject.today:
            what = f"the waiver for {waiver['rule']} expired on {waiver['until']}"
            yield remark(RemarkSeverity.WARNING, waiver, "expired-waiver", what, "remove it, or have it approved anew")
        elif waiver["review_on"] and datetime.date.fromisoformat(waiver["review_on"]) <= subject.today:
            what = f"the waiver for {waiver['rule']} was to be reviewed on {waiver['review_on']}"
            yield remark(RemarkSeverity.WARNING, waiver, "review-due", what, "review it, and set the next date")
    yield from _windows(subject)
    yield from _closed(subject)


def _windows(subject: Subject) -> Iterator[Remark]:
    for window in subject["change_windows"]:
        end = moment(window["end"]) if window["end"] else None
        if isinstance(end, datetime.datetime) and end.date() < subject.today:
            what = f"change window '{window['window']}' ended on {end:%Y-%m-%d} and never opens again"
            yield remark(RemarkSeverity.NOTE, window, "past-window", what, "keep it for older captures, or remove it")


def _closed(subject: Subject) -> Iterator[Remark]:
    """Writers whose windows are all for other zones than those of their targets."""
    by_id = {(w["source"], w["window"]): w for w in subject["change_windows"]}
    zones = {zone["zone"] for zone in subject["zones"]}
    for writer in subject["writers"]:
        windows = [by_id[writer["source"], w] for w in writer["change_windows"] if (writer["source"], w) in by_id]
        for target in writer["targets"]:
            own = frozenset([target]) if target in zones else subject.directory.zones_of(target)
            if windows and own and all(w["zones"] and own.isdisjoint(w["zones"]) for w in windows):
                what = f"no change window of the writers entry ever opens for {target}: they are for other zones"
                remedy = "add the zone to a window, or name another window"
                yield remark(RemarkSeverity.WARNING, writer, "closed-window", what, remedy)
