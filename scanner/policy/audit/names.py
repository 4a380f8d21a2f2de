"""Remarks about names that mean nobody: no inventory gives them an address, so they neither bind nor authorise."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.device_names import name_key
from scanner.policy.audit.remarks import Remark, RemarkSeverity, Row, Subject, remark
from scanner.vocabulary import ROLE_OF_TYPE, ROLES


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    for row, what, word in _named(subject):
        if name_key(word) in subject.directory.shared:
            why = "which the inventory calls several devices, so nobody is meant"
            remedy = "write the address, or give each device a name of its own"
            yield remark(RemarkSeverity.ERROR, row, "ambiguous-name", f"{what} is called '{word}', {why}", remedy)
            continue
        if subject.directory.binds(word):
            continue
        if not subject.has_inventory:
            severity, why = RemarkSeverity.WARNING, "and no inventory was given"
            remedy = "give the inventory with -i, or write the address"
        elif subject.directory.lists(word):
            severity, why = RemarkSeverity.ERROR, "which the inventory lists without an address"
            remedy = "add its address to the inventory"
        else:
            severity, why = RemarkSeverity.ERROR, "which no inventory lists"
            remedy = "correct the name, add the device to the inventory, or write its address"
        yield remark(severity, row, "unbound-name", f"{what} is called '{word}', {why}, so nobody is meant", remedy)
    yield from _unassigned(subject)


def _named(subject: Subject) -> Iterator[tuple[Row, str, str]]:
    """Row, what it names, and the word, for every word that may be a name."""
    zones = {zone["zone"] for zone in subject["zones"]}
    for zone in subject["zones"]:
        yield from ((zone, f"a device of zone '{zone['zone']}'", word) for word in zone["devices"])
    for conduit in subject["conduits"]:
        yield from ((conduit, f"a client of conduit '{conduit['conduit']}'", word) for word in conduit["clients"])
    for role in subject["roles"]:
        yield role, f"a member of role {role['role']}", role["member"]
    for writer in subject["writers"]:
        name = f"writers entry '{writer['writer']}'" if writer["writer"] else "a writers entry"
        yield from ((writer, f"a target of {name}", word) for word in writer["targets"] if word not in zones)
        yield from ((writer, f"a client of {name}", word) for word in writer["clients"] if not is_role(subject, word))
    for item in subject["undecided"]:
        yield from ((item, f"the {end} of an undecided item", item[end]) for end in ("client", "server"))


def is_role(subject: Subject, word: str) -> bool:
    """The word means a role: no device has that name."""
    return word in ROLES and not subject.directory.lists(word)


def _unassigned(subject: Subject) -> Iterator[Remark]:
    """Roles that may write and that nobody has."""
    given = {row["role"] for row in subject["roles"]} | {role for e in subject["inventory"] for role in e["roles"]}
    given |= {ROLE_OF_TYPE.get(entry["type"], entry["type"]) for entry in subject["inventory"]}
    for writer in subject["writers"]:
        for word in writer["clients"]:
            if is_role(subject, word) and word not in given:
                what = f"writers may be every {word}, and neither roles nor the inventory say who is one"
                yield remark(RemarkSeverity.WARNING, writer, "unassigned-role", what, f"add {word} to roles")
