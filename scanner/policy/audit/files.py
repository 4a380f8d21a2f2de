"""Remarks about policies that contradict each other: one id that means two things, one member in two places."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from scanner.device_names import name_key
from scanner.policy.audit.remarks import Remark, RemarkSeverity, Row, Subject, remark

_ASIDE = ("source", "line", "site")
_KINDS = (
    *(("zones", "zone", "zone"), ("conduits", "conduit", "conduit"), ("export_entries", "export entry", "entry")),
    ("change_windows", "change window", "window"),
)
_MEMBERS = (
    *(("subnets", "network"), ("macs", "MAC address"), ("devices", "device"), ("vlans", "VLAN")),
    *(("slices", "slice"), ("dnns", "data network"), ("teids", "tunnel")),
)


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    for table, word, key in _KINDS:
        yield from _twice(subject[table], word, key)
    yield from _members(subject)
    yield from _windows(subject)


def _twice(rows: Iterable[Row], word: str, key: str) -> Iterator[Remark]:
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row[key], row)
        if other["source"] == row["source"]:
            continue
        names = [name for name in row if name not in _ASIDE and _plain(row[name]) != _plain(other[name])]
        if names:
            what = f"{word} '{row[key]}' has other {', '.join(names)} than in {other['source']} line {other['line']}"
            remedy = "give it in one file only, or rename one of the two"
            yield remark(RemarkSeverity.ERROR, row, "contradiction", what, remedy)


def _plain(value: Any) -> Any:
    """Lists in any order and spelling."""
    return frozenset(str(v).casefold() for v in value) if isinstance(value, list) else value


def _members(subject: Subject) -> Iterator[Remark]:
    """Members of one zone in one file and of another in another; within one file that is a mistake already."""
    for kind, word in _MEMBERS:
        first: dict[Hashable, Row] = {}
        for zone in subject["zones"]:
            for member in zone[kind]:
                other = first.setdefault(_key(member), zone)
                if other["zone"] != zone["zone"] and other["source"] != zone["source"]:
                    where = f"zone '{other['zone']}' of {other['source']} line {other['line']}"
                    what = f"{word} {member} is in zone '{zone['zone']}' and in {where}"
                    yield remark(RemarkSeverity.ERROR, zone, "contradiction", what, "leave it to one zone")


def _key(member: Any) -> Hashable:
    return name_key(member) if isinstance(member, str) else member


def _windows(subject: Subject) -> Iterator[Remark]:
    """Change windows of one file in other time zones than those of another."""
    windows = list(subject["change_windows"])
    for window in windows:
        if window["time_zone"] != windows[0]["time_zone"]:
            what = f"time_zone is {window['time_zone']}, but {windows[0]['time_zone']} in {windows[0]['source']}"
            yield remark(RemarkSeverity.WARNING, window, "contradiction", what, "give the plant's time zone in both")
            return
