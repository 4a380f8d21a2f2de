"""Lists that guard a login or a service of the device itself and let everybody in, or most of all there are.

What a list lets in to some destinations only counts where an address of the device is among them; from which port
somebody asks is for him to choose. A list that is not there, or is empty, guards nothing: many systems then let
everybody in, and of the others nobody can tell.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.configs.acl_cover import holds_most
from scanner.configs.acl_entries import Acl, AclEntry
from scanner.configs.acl_passing import Passing
from scanner.configs.acl_together import version_of
from scanner.configs.acls import Acls, filters_nothing, maybe_defined
from scanner.configs.settings import ABSENT, CLOSED, EVERYBODY, UNKNOWN, YES, Sheet
from scanner.packet_sets import BEGINS, SOURCE, Boxes, TooManyBoxes, everything

MOST_GUARDING = 500  # entries of a list that guards a login or service; a longer one may let in anybody
MOST_OWN = 64  # addresses of the device of each version of IP that a list may let everybody reach
_TCP, _UDP = 6, 17
_SSH, _TELNET, _SNMP, _NTP = (_TCP, 22), (_TCP, 23), (_UDP, 161), (_UDP, 123)
_SERVICES = {
    "http": (_TCP, 80),
    "https": (_TCP, 443),
    "netconf": (_TCP, 830),
    "netconf-soap-http": (_TCP, 80),
    "netconf-soap-https": (_TCP, 832),
    "restconf": (_TCP, 443),
}
_GUARDED = {("line", "access_acl"), ("management", "acl"), ("snmp", "acl"), ("time", "acl")}
_NO_LIST = frozenset((ABSENT, CLOSED, EVERYBODY, UNKNOWN, "ipv4-only", "ipv6-only"))
_TIME = "ntp"  # the use of a list that limits who may ask for the time


@dataclass(frozen=True)
class Guards:
    """How lists guard logins and services.

    open_without: how uses of lists begin of which the maker says that they let everybody in when the list is not there
    or is empty; of others it is not told.
    """

    open_without: tuple[str, ...] = ()


def tell_open_guards(sheet: Sheet, lists: Acls, guards: Guards) -> None:
    """Of a login or service whose list lets everybody in: that, in place of the list's name; or that it may do so."""
    telnet = {row["item"] for row in sheet.rows if row["setting"] == "telnet" and row["value"] == YES}
    guarding = _guarding(lists)
    known: dict[tuple[str, tuple[int, int]], str] = {}
    own = _own_addresses(sheet)
    elsewhere = maybe_defined(sheet.tree, lists.missed) if lists.undefined else set()
    for row in sheet.rows:
        if (row["category"], row["setting"]) not in _GUARDED or row["value"] in _NO_LIST:
            continue
        told = set()
        for name, use in _named(row, lists, guarding):
            acl = lists.get(name)
            if acl is None or filters_nothing(acl):
                sure = acl or (sheet.tree.complete and name.rpartition(" ")[2] not in elsewhere)
                told.add(EVERYBODY if sure and use.startswith(guards.open_without) else UNKNOWN)
                continue
            for service in _asked(row, telnet):
                if (name, service) not in known:
                    known[name, service] = _lets_in(acl, *service, own)
                told.add(known[name, service])
        row["value"] = next((value for value in (EVERYBODY, UNKNOWN) if value in told), row["value"])


def _guarding(lists: Acls) -> dict[str, list[tuple[str, str]]]:
    """The lists that guard each line on what comes in and those that limit who may ask for the time, with their use."""
    found: dict[str, list[tuple[str, str]]] = {}
    used = {name: acl.uses for name, acl in lists.items()} | {name: uses for name, (_, uses) in lists.undefined.items()}
    for name, uses in used.items():
        for use in uses:
            line, _, way = use.rpartition(" ")
            if line.startswith("line ") and way in ("in", "inbound"):
                found.setdefault(line.removeprefix("line "), []).append((name, use))
            elif use == _TIME:
                found.setdefault(_TIME, []).append((name, use))
    return found


def _named(
    row: Mapping[str, Any], lists: Acls, guarding: Mapping[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str]]:
    """The lists that guard it: those that its line names, of a line also those of the other version of IP, and of the
    time service those for all that may be asked.
    """
    used = lists.used_at.get(row["line_start"], ())
    name = lists.aliases.get(row["value"], row["value"])
    parts = name.split(",")  # several lists may guard the same
    names = [name] if name in lists or not all(part in lists for part in parts) else parts
    if names[0] in lists or not used:
        yield from ((one, "") for one in names)
    yield from used
    yield from guarding.get({"line": row["item"], "time": _TIME}.get(row["category"], ""), ())


def _asked(row: Mapping[str, str], telnet: set[str]) -> Iterator[tuple[int, int]]:
    """Protocol and port of what is asked for."""
    if row["category"] == "line":
        yield _SSH
        if row["item"] in telnet:
            yield _TELNET
    elif row["category"] == "management":
        yield _SERVICES.get(row["item"], _SSH)
    else:
        yield _SNMP if row["category"] == "snmp" else _NTP


def _own_addresses(sheet: Sheet) -> dict[int, list[int]]:
    """The addresses of the device, by version of IP: the first of many."""
    found: dict[int, list[int]] = {4: [], 6: []}
    for row in sheet.rows:
        if (row["category"], row["setting"]) == ("interface", "address"):
            try:
                one = ipaddress.ip_interface(row["value"]).ip
            except ValueError:
                continue
            found[one.version] += [int(one)] if len(found[one.version]) < MOST_OWN else []
    return found


def _lets_in(acl: Acl, protocol: int, port: int, own: Mapping[int, Sequence[int]]) -> str:
    """Everybody, over one version of IP; unknown-default when it may do so, at times for example; else nothing."""
    if len(acl.entries) > MOST_GUARDING:
        return UNKNOWN
    entries = acl.entries
    if "auto" in acl.node.key.split():  # the device orders the entries itself: at worst denials come first
        entries = sorted(entries, key=lambda one: one.action == "permit")
    version = version_of(entries)
    try:
        found = [(one, _passing(entries, one, protocol, port)) for one in (4, 6) if version in (0, one)]
    except TooManyBoxes:
        return UNKNOWN
    if any(_open(surely, one, own[one]) for one, (surely, _) in found):
        return EVERYBODY
    may = version and any(_open(perhaps, one, own[one]) for one, (_, perhaps) in found)
    untold = any(not own[one] and holds_most((b[SOURCE] for b in surely), one) for one, (surely, _) in found)
    return UNKNOWN if may or untold else ""


def _open(boxes: Boxes, version: int, own: Sequence[int]) -> bool:
    """Most of all addresses get to every destination, or to one that is the device's own."""
    all_targets = everything(version)[1]
    for place in (None, *own):
        there = (b for b in boxes if b[1] == all_targets or (place is not None and b[1][0] <= place <= b[1][1]))
        if holds_most((box[SOURCE] for box in there), version):
            return True
    return False


def _passing(entries: Sequence[AclEntry], version: int, protocol: int, port: int) -> tuple[Boxes, Boxes]:
    """What begins a conversation with the service and is let in for certain, from whichever port; and what may be."""
    sources, targets, _, ports, _, _ = everything(version)
    found = Passing.before(((sources, targets, (protocol, protocol), ports, (port, port), BEGINS),))
    for one in entries:
        found = found.behind(one, version)
    return found.passed, found.may_pass
