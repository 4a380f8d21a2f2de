"""Remarks about decisions: expired, contradicting each other or the writers, and about what is still undecided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from scanner.addresses import is_mac
from scanner.device_names import name_key
from scanner.policy.audit.names import is_role
from scanner.policy.audit.remarks import Remark, RemarkSeverity, Row, Subject, remark
from scanner.policy.cover import covers_members
from scanner.policy.writers import KnownNames, OperationEnd, Relevant, Writers
from scanner.vocabulary import ROLE_OF_TYPE

_OPERATION = ("client", "server", "protocol", "verb")  # columns that say which operation is meant


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    for row in subject["decisions"]:
        yield from _dates(row, subject.today)
    yield from _contradictions(subject)
    yield from _against_writers(subject)
    yield from _unmatched(subject)
    yield from _undecided(subject)


def match_of(row: Row) -> dict[str, str]:
    """What a decision matches, as it is compared."""
    match: dict[str, Any] = json.loads(row["match"])
    return {column: _text(column, value) for column, value in match.items()}


def _text(column: str, value: Any) -> str:
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return text if column == "object" else text.lower()


def _holds(row: Row, today: date) -> bool:
    return bool(row["decided_on"] <= today.isoformat() and not _over(row, today))


def _over(row: Row, today: date) -> bool:
    return bool(row["until"] and row["until"] < today.isoformat())


def _dates(row: Row, today: date) -> Iterator[Remark]:
    if _over(row, today):
        what = f"the decision of {row['decided_by']} expired on {row['until']}"
        yield remark(RemarkSeverity.WARNING, row, "expired-decision", what, "remove it, or have it decided anew")
    elif row["decided_on"] > today.isoformat():
        what = f"the decision of {row['decided_by']} does not hold before {row['decided_on']}"
        yield remark(RemarkSeverity.WARNING, row, "future-decision", what, "correct decided_on")
    if row["until"] and row["until"] < row["decided_on"]:
        what = f"the decision of {row['decided_by']} ends before it begins"
        yield remark(RemarkSeverity.ERROR, row, "future-decision", what, "correct decided_on or until")


def _contradictions(subject: Subject) -> Iterator[Remark]:
    """Allowed by one and forbidden by another that is as wide or wider, so that the first never counts."""
    holding = [(row, match_of(row)) for row in subject["decisions"] if _holds(row, subject.today)]
    forbidding = [pair for pair in holding if pair[0]["decision"] == "forbidden"]
    for row, match in holding:
        if row["decision"] != "allowed":
            continue
        for other, wider in forbidding:
            if other["rule"] in ("", row["rule"]) and wider.items() <= match.items():
                what = f"is allowed by {row['decided_by']}, but forbidden by {other['decided_by']} in {_place(other)}"
                what = f"{_described(match)} {what}, which comes first"
                yield remark(RemarkSeverity.ERROR, row, "contradiction", what, "leave one of the two")
                break


def _place(row: Row) -> str:
    return f"{row['source']} line {row['line']}"


def _described(match: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {value or 'none'}" for column, value in match.items())


def _against_writers(subject: Subject) -> Iterator[Remark]:
    """Decisions that settle nothing, since writers say the opposite already."""
    writers = Writers.of(subject["writers"], _known(subject))
    for row in subject["decisions"]:
        match = match_of(row)
        if not _holds(row, subject.today) or not all(match.get(column) for column in _OPERATION):
            continue
        zones = subject.directory.zones_of(match["server"]) or frozenset([""])
        for zone in sorted(zones):
            client, server = (_end(subject, match[end]) for end in ("client", "server"))
            named = writers.about(client, server, zone, match["protocol"], match["verb"])
            against = _against(subject, row["decision"], named)
            if against:
                entry, says = against
                what = f"{_described(match)} is {row['decision']}, but writers ({_place(entry)}) {says}"
                remedy = "correct one of the two: a decision settles only what writers do not"
                yield remark(RemarkSeverity.ERROR, row, "contradiction", what, remedy)
                break


def _against(subject: Subject, decision: str, named: Relevant) -> tuple[Row, str] | None:
    """The entry that says the opposite of a decision, and what it says."""
    if named.unknown or not named.about:
        return None
    if decision == "allowed" and not named.naming:
        return subject["writers"][named.about[0]], "leave the client out, so it fails"
    naming = [subject["writers"][number] for number in named.naming]
    if decision == "forbidden" and naming and not any(n["objects"] or n["change_windows"] for n in naming):
        return naming[0], "permit it, so it passes"
    return None


def _known(subject: Subject) -> KnownNames:
    listed = {name_key(word) for e in subject["inventory"] for word in subject.directory.words(e["name"]) if word}
    roles = {row["role"] for row in subject["roles"]} | {r for e in subject["inventory"] for r in _roles_of(e)}
    bound = {word for word in listed if subject.directory.binds(word)}
    return KnownNames({zone["zone"] for zone in subject["zones"]}, listed, bound, roles)


def _roles_of(entry: Row) -> set[str]:
    return {*entry["roles"], ROLE_OF_TYPE.get(entry["type"], entry["type"])} - {""}


def _end(subject: Subject, address: str) -> OperationEnd:
    """Who an address is by the policy and the inventory."""
    words = {name_key(word) for word in subject.directory.words(address)}
    roles = {role for entry in subject.directory.entries(address) for role in _roles_of(entry)}
    roles |= {row["role"] for row in subject["roles"] if _means(subject, row["member"], address, words)}
    mac = next(filter(is_mac, words), "")
    return OperationEnd(address, mac, tuple(words), tuple(roles))


def _means(subject: Subject, member: str, address: str, words: set[str]) -> bool:
    return not is_role(subject, member) and (name_key(member) in words or covers_members([member], [address]))


def _unmatched(subject: Subject) -> Iterator[Remark]:
    """Only with captures."""
    for row in subject.seen.unmatched if subject.seen else ():
        what = f"nothing that was seen is what the decision of {row['decided_by']} is about"
        remedy = "remove it if nobody needs it; a longer capture may show it"
        yield remark(RemarkSeverity.NOTE, row, "unused-decision", what, remedy)


def _undecided(subject: Subject) -> Iterator[Remark]:
    """Items of each file of which no decision speaks for every verb."""
    told = {
        tuple(match.get(column, "") for column in _OPERATION)
        for row in subject["decisions"]
        if _holds(row, subject.today)
        for match in (match_of(row),)
    }
    counts: dict[str, list[Row]] = {}
    for item in subject["undecided"]:
        if not all(_decided(item, verb, told) for verb in item["verbs"]):
            counts.setdefault(item["source"], []).append(item)
    for items in counts.values():
        first = min(items, key=lambda row: row["line"] or 0)
        said = "1 item is" if len(items) == 1 else f"{len(items):,} items are"
        remedy = "decide about each: allow it by a conduit or writer, confirm it (otaudit policy confirm), or stop it"
        yield remark(RemarkSeverity.NOTE, first, "undecided", f"{said} undecided", remedy)


def _decided(item: Row, verb: str, told: set[tuple[str, ...]]) -> bool:
    return any(
        (client, server, said) == (item["client"].lower(), item["server"].lower(), verb)
        and item["protocol"] in ("", protocol)
        for client, server, protocol, said in told
    )
