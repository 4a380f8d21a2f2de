"""What a JSON Schema cannot say of a policy: references, addresses, overlaps, words of a vocabulary.

Parts whose shape is wrong are skipped here; the schema has told of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Hashable, Iterator
from typing import Any

from scanner.addresses import is_mac, looks_like_ip, parse_mac
from scanner.device_names import name_key
from scanner.errors import Problem, WrongText
from scanner.nearest import expected
from scanner.policy.export_checks import export_problems
from scanner.policy.forms import data_network, network, network_slice, tunnels, vlans
from scanner.policy.members import MEMBERS
from scanner.policy.walk import Part, addressed, items, known_service, known_verb, known_zone, texts, unique_ids, wrong
from scanner.policy.windows import known_time_zone, moment
from scanner.policy.writer_checks import writer_problems
from scanner.vocabulary import ROLES
from scanner.wording import said
from scanner.yaml_positions import Document


def semantic_problems(document: Document, protocol_names: Collection[str]) -> list[Problem]:
    """Every mistake that is not one of shape."""
    found: list[Problem] = []
    for check in (_zone_ids, _conduit_ids, _networks, _zone_vlans, _zone_macs, _zone_devices, _ends, _roles, _dates):
        found += check(document)
    for check in (_zone_slices, _zone_data_networks, _zone_tunnels):
        found += check(document)
    found += _verbs(document)
    found += _change_windows(document)
    found += _services(document, protocol_names)
    found += export_problems(document, protocol_names)
    found += _clients(document)
    found += writer_problems(document, protocol_names)
    return found


def _members(document: Document, kind: str) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """(zone id, path, value) of every zone member of a kind."""
    for i, zone in items(document, "zones"):
        members = zone.get("members")
        if isinstance(members, dict):
            for path, value in texts(("zones", i, "members", kind), members.get(kind)):
                yield str(zone.get("id", i)), path, value


def _conduit_texts(document: Document, key: str) -> Iterator[Part]:
    for i, conduit in items(document, "conduits"):
        yield from texts(("conduits", i, key), conduit.get(key))


# --- the checks -----------------------------------------------------------------------------------------------------


def _zone_ids(document: Document) -> Iterator[Problem]:
    return unique_ids(document, "zones", said("zone"))


def _conduit_ids(document: Document) -> Iterator[Problem]:
    return unique_ids(document, "conduits", said("conduit"))


def _exclusive(document: Document, kind: str, read: Callable[[Any], Collection[Hashable]]) -> Iterator[Problem]:
    """Malformed members of a kind, and members that two zones claim."""
    first: dict[Hashable, tuple[str, tuple[str | int, ...]]] = {}
    for zone, path, value in _members(document, kind):
        try:
            keys = read(value)
        except WrongText as error:
            yield wrong(document, path, error)
            continue
        for key in keys:
            if key in first and first[key][0] != zone:
                other, where = first[key]
                what = said("{kind} {member} is in zone '{zone}' too", kind=MEMBERS[kind], member=key, zone=other)
                yield document.problem(path, what, said("see line {line}", line=document.position(where).line))
            first.setdefault(key, (zone, path))


def _networks(document: Document) -> Iterator[Problem]:
    """Equal networks of two zones are an error; of nested ones the most specific wins."""
    return _exclusive(document, "subnets", lambda text: [network(str(text))])


def _zone_vlans(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "vlans", vlans)


def _zone_macs(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "macs", lambda text: [parse_mac(str(text))])


def _zone_devices(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "devices", _device)


def _zone_slices(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "slices", lambda text: [network_slice(text)])


def _zone_data_networks(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "dnns", lambda text: [data_network(str(text))])


def _zone_tunnels(document: Document) -> Iterator[Problem]:
    """Malformed ranges, and ranges of two zones that have an identifier in common."""
    found: list[tuple[int, int, str, tuple[str | int, ...]]] = []
    for zone, path, value in _members(document, "teids"):
        try:
            low, high = tunnels(value)
        except WrongText as error:
            yield wrong(document, path, error)
            continue
        for first, last, other, where in found:
            if other != zone and low <= last and first <= high:
                what = said("{kind} {member} is in zone '{zone}' too", kind=MEMBERS["teids"], member=value, zone=other)
                yield document.problem(path, what, said("see line {line}", line=document.position(where).line))
                break
        found.append((low, high, zone, path))


def _device(value: Any) -> list[str]:
    text = str(value).strip()
    if looks_like_ip(text):
        raise WrongText(said("'{value}' is an address, not a device name", value=text), said("put it under subnets"))
    if is_mac(text):
        raise WrongText(said("'{value}' is an address, not a device name", value=text), said("put it under macs"))
    return [name_key(text)]


def _ends(document: Document) -> Iterator[Problem]:
    for i, conduit in items(document, "conduits"):
        for key in ("from", "to"):
            yield from known_zone(document, ("conduits", i, key), conduit.get(key))
        if isinstance(conduit.get("to"), str) and conduit.get("from") == conduit["to"]:
            remedy = said("traffic inside one zone is always allowed; remove the conduit or split the zone")
            yield document.problem(("conduits", i, "to"), said("from and to are the same zone"), remedy)


def _verbs(document: Document) -> Iterator[Problem]:
    for path, verb in _conduit_texts(document, "verbs"):
        yield from known_verb(document, path, verb)


def _services(document: Document, protocol_names: Collection[str]) -> Iterator[Problem]:
    for path, text in _conduit_texts(document, "protocols"):
        yield from known_service(document, path, text, protocol_names)


def _clients(document: Document) -> Iterator[Problem]:
    for path, text in _conduit_texts(document, "clients"):
        yield from addressed(document, path, text)


def _roles(document: Document) -> Iterator[Problem]:
    roles = document.data.get("roles")
    if not isinstance(roles, dict):
        return
    for role, members in roles.items():
        if role not in ROLES:
            what = said("unknown role '{role}'", role=role)
            yield document.problem(("roles", role), what, expected(role, ROLES), key=True)
        for path, text in texts(("roles", role), members):
            yield from addressed(document, path, text)


def _change_windows(document: Document) -> Iterator[Problem]:
    """Change windows have their plant's time zone, known zones, and either two times of day or two dates."""
    yield from unique_ids(document, "change_windows", said("change window"))
    zone = document.data.get("time_zone")
    if isinstance(zone, str) and not known_time_zone(zone):
        what = said("unknown time zone '{zone}'", zone=zone)
        yield document.problem(("time_zone",), what, said("write it as Europe/Berlin or UTC"))
    for i, window in items(document, "change_windows"):
        path = ("change_windows", i)
        if zone is None:
            remedy = said("for example time_zone: Asia/Shanghai")
            yield document.problem(path, said("change windows need a time_zone"), remedy)
        for where, name in texts((*path, "zones"), window.get("zones")):
            yield from known_zone(document, where, name)
        yield from _times(document, path, window)


def _times(document: Document, path: tuple[str | int, ...], window: dict[str, Any]) -> Iterator[Problem]:
    given = {key: window[key] for key in ("from", "to") if isinstance(window.get(key), str)}
    read: list[datetime.time | datetime.datetime] = []
    for key, text in given.items():
        try:
            read.append(moment(text))
        except WrongText as error:
            yield wrong(document, (*path, key), error)
    if len(given) == 1:
        remedy = said("give both, or neither for whole days")
        yield document.problem(path, said("from and to belong together"), remedy)
    if len(read) != 2:
        return
    start, end = read
    if isinstance(start, datetime.datetime) != isinstance(end, datetime.datetime):
        remedy = said("give two times of day or two dates with times")
        yield document.problem((*path, "to"), said("from and to are of different kinds"), remedy)
    elif isinstance(start, datetime.datetime) and isinstance(end, datetime.datetime):
        if end <= start:
            yield document.problem((*path, "to"), said("the window ends before it begins"))
        if "days" in window:
            what = said("a window between two dates has no days")
            yield document.problem((*path, "days"), what, said("remove days"))


def _dates(document: Document) -> Iterator[Problem]:
    dated = (("waivers", ("until", "review_on")), ("decisions", ("decided_on", "until")))
    for path, text in (
        ((part, i, key), item.get(key)) for part, keys in dated for i, item in items(document, part) for key in keys
    ):
        if isinstance(text, str):
            try:
                datetime.date.fromisoformat(text)
            except ValueError:
                what = said("'{value}' is not a date", value=text)
                yield document.problem(path, what, said("write it as 2026-12-31"))
