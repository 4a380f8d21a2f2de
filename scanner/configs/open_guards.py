"""Lists that guard a login or a service of the device itself and let everybody in, or most of all there are.

What a list lets in to some destinations only is not taken for that; of one that is not there a row of its own tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.configs import acl_packets
from scanner.configs.acl_cover import holds_most
from scanner.configs.acl_entries import Acl
from scanner.configs.acl_together import version_of
from scanner.configs.acls import Acls
from scanner.configs.settings import EVERYBODY, UNKNOWN, YES, Sheet
from scanner.packet_sets import BEGINS, SOURCE, Boxes, Span, TooManyBoxes, difference, everything, intersection, union

MOST_GUARDING = 500  # entries of a list that guards a login or service; a longer one may let in anybody
_TCP, _UDP = 6, 17
_SSH, _TELNET, _SNMP, _NTP = (_TCP, 22), (_TCP, 23), (_UDP, 161), (_UDP, 123)
_SERVICES = {"http": (_TCP, 80), "https": (_TCP, 443), "netconf": (_TCP, 830), "restconf": (_TCP, 443)}
_GUARDS = {("line", "access_acl"), ("management", "acl"), ("snmp", "acl"), ("time", "acl")}


def tell_open_guards(sheet: Sheet, lists: Acls) -> None:
    """Of a login or service whose list lets everybody in: that, in place of the list's name; or that it may do so."""
    telnet = {row["item"] for row in sheet.rows if row["setting"] == "telnet" and row["value"] == YES}
    guarding = _guarding(lists)
    known: dict[tuple[str, tuple[int, int]], str] = {}
    for row in sheet.rows:
        if (row["category"], row["setting"]) not in _GUARDS:
            continue
        told = set()
        for name in _named(row, lists, guarding):
            for service in _asked(row, telnet):
                if (name, service) not in known:
                    known[name, service] = _lets_in(lists[name], *service)
                told.add(known[name, service])
        row["value"] = next((value for value in (EVERYBODY, UNKNOWN) if value in told), row["value"])


def _guarding(lists: Acls) -> dict[str, list[str]]:
    """The lists that guard each line on what comes in."""
    found: dict[str, list[str]] = {}
    for name, acl in lists.items():
        for use in acl.uses:
            line, _, way = use.rpartition(" ")
            if line.startswith("line ") and way in ("in", "inbound"):
                found.setdefault(line.removeprefix("line "), []).append(name)
    return found


def _named(row: Mapping[str, str], lists: Acls, guarding: Mapping[str, list[str]]) -> Iterator[str]:
    """The lists that guard it: the one that is named, and of a line those of both versions of IP."""
    name = lists.aliases.get(row["value"], row["value"])
    if name in lists:
        yield name
        yield from guarding.get(row["item"], ()) if row["category"] == "line" else ()


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


def _lets_in(acl: Acl, protocol: int, port: int) -> str:
    """Everybody, over one version of IP; unknown-default when it may do so, at times for example; else nothing."""
    if "auto" in acl.node.key.split():  # the device orders the entries itself
        return ""
    if len(acl.entries) > MOST_GUARDING:
        return UNKNOWN
    version = version_of(acl.entries)
    try:
        found = [(one, _passing(acl, one, protocol, port)) for one in (4, 6) if version in (0, one)]
    except TooManyBoxes:
        return UNKNOWN
    if any(holds_most((box[SOURCE] for box in surely), one) for one, (surely, _) in found):
        return EVERYBODY
    may = version and any(holds_most((box[SOURCE] for box in perhaps), one) for one, (_, perhaps) in found)
    return UNKNOWN if may else ""


def _passing(acl: Acl, version: int, protocol: int, port: int) -> tuple[Boxes, Boxes]:
    """What begins a conversation with the service, wherever it goes, and is let in for certain; and what may be."""
    sources, targets, _, ports, _, _ = everything(version)
    service = (targets, (protocol, protocol), ports)
    left: Boxes = ((sources, *service, (port, port), BEGINS),)
    passed: Boxes = ()
    may_pass: Boxes = ()
    may_be_left = left
    for one in acl.entries:
        entry = acl_packets.entry("", one, version, {})
        if entry.permit:
            passed = union(passed, intersection(left, entry.sure))
            if not one.source.startswith("group "):  # one that held everybody would stand as that
                may_pass = union(may_pass, intersection(may_be_left, entry.most))
        left = difference(left, entry.sure if entry.permit else entry.most)
        may_be_left = difference(may_be_left, entry.sure)
    return _wherever(passed, service), _wherever(may_pass, service)


def _wherever(boxes: Boxes, service: tuple[Span, ...]) -> Boxes:
    return tuple(box for box in boxes if box[1:4] == service)
