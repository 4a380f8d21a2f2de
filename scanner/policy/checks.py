"""What a JSON Schema cannot say of a policy: references, addresses, overlaps, words of a vocabulary.

Parts whose shape is wrong are skipped here; the schema has told of them.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable, Collection, Hashable, Iterator
from typing import Any

from scanner.addresses import Network, is_mac, looks_like_ip, parse_ip, parse_mac
from scanner.errors import Problem
from scanner.policy.services import ANY, WELL_KNOWN, parse_service
from scanner.policy.windows import known_time_zone, moment
from scanner.protocols.base import Verb
from scanner.vocabulary import ROLES
from scanner.yaml_positions import Document, closest

_RANGE = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")
_Part = tuple[tuple[str | int, ...], Any]


def semantic_problems(document: Document, protocol_names: Collection[str]) -> list[Problem]:
    """Every mistake that is not one of shape."""
    found: list[Problem] = []
    for check in (_zone_ids, _conduit_ids, _networks, _zone_vlans, _zone_macs, _zone_devices, _ends, _roles, _dates):
        found += check(document)
    found += _verbs(document)
    found += _change_windows(document)
    found += _services(document, protocol_names)
    found += _clients(document)
    return found


def network(text: str) -> Network:
    """An IP network or single address; ValueError with a remedy when host bits are set or it is none."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError:
        try:
            loose = ipaddress.ip_network(text.strip(), strict=False)
        except ValueError:
            raise ValueError(f"'{text}' is not an IP network") from None
        raise ValueError(f"'{text}' has host bits set; did you mean {loose}?") from None


def vlans(text: str | int) -> list[int]:
    """The VLAN identifiers of one entry, 1 to 4094 (IEEE 802.1Q); ValueError otherwise."""
    match = _RANGE.fullmatch(str(text).strip())
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= low <= high <= 4094:
        raise ValueError(f"'{text}' is not a VLAN identifier from 1 to 4094 or a range such as 100-110")
    return list(range(low, high + 1))


def canonical_member(text: str) -> str:
    """A MAC address, IP address or network in its one form; any other name as it is. ValueError when malformed."""
    text = text.strip()
    if is_mac(text):
        return parse_mac(text)
    if looks_like_ip(text):
        return str(network(text)) if "/" in text else parse_ip(text)
    return text


def canonical_service(text: str) -> str:
    """A protocol name in lower case, or a transport with its port in one form."""
    return str(parse_service(text) or text.strip().lower())


# --- walking the parts that have the right shape --------------------------------------------------------------------


def _items(document: Document, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    part = document.data.get(name)
    if isinstance(part, list):
        yield from ((i, item) for i, item in enumerate(part) if isinstance(item, dict))


def _texts(path: tuple[str | int, ...], values: Any) -> Iterator[_Part]:
    if isinstance(values, list):
        yield from (((*path, i), v) for i, v in enumerate(values) if isinstance(v, str | int) and v is not True)


def _members(document: Document, kind: str) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """(zone id, path, value) of every zone member of a kind."""
    for i, zone in _items(document, "zones"):
        members = zone.get("members")
        if isinstance(members, dict):
            for path, value in _texts(("zones", i, "members", kind), members.get(kind)):
                yield str(zone.get("id", i)), path, value


def _conduit_texts(document: Document, key: str) -> Iterator[_Part]:
    for i, conduit in _items(document, "conduits"):
        yield from _texts(("conduits", i, key), conduit.get(key))


def _told(document: Document, path: tuple[str | int, ...], error: ValueError) -> Problem:
    what, _, remedy = str(error).partition("; ")
    return document.problem(path, what, remedy)


# --- the checks -----------------------------------------------------------------------------------------------------


def _unique_ids(document: Document, part: str, word: str) -> Iterator[Problem]:
    first: dict[str, tuple[str | int, ...]] = {}
    for i, item in _items(document, part):
        key = item.get("id")
        if not isinstance(key, str):
            continue
        path = (part, i, "id")
        if key in first:
            line = document.position(first[key]).line
            yield document.problem(path, f"duplicate {word} id '{key}'", f"first given in line {line}")
        first.setdefault(key, path)


def _zone_ids(document: Document) -> Iterator[Problem]:
    return _unique_ids(document, "zones", "zone")


def _conduit_ids(document: Document) -> Iterator[Problem]:
    return _unique_ids(document, "conduits", "conduit")


def _exclusive(
    document: Document, kind: str, word: str, read: Callable[[Any], Collection[Hashable]]
) -> Iterator[Problem]:
    """Malformed members of a kind, and members that two zones claim."""
    first: dict[Hashable, tuple[str, tuple[str | int, ...]]] = {}
    for zone, path, value in _members(document, kind):
        try:
            keys = read(value)
        except ValueError as error:
            yield _told(document, path, error)
            continue
        for key in keys:
            if key in first and first[key][0] != zone:
                other, where = first[key]
                line = document.position(where).line
                yield document.problem(path, f"{word} {key} is in zone '{other}' too", f"see line {line}")
            first.setdefault(key, (zone, path))


def _networks(document: Document) -> Iterator[Problem]:
    """Equal networks of two zones are an error; of nested ones the most specific wins."""
    return _exclusive(document, "subnets", "network", lambda text: [network(str(text))])


def _zone_vlans(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "vlans", "VLAN", vlans)


def _zone_macs(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "macs", "MAC address", lambda text: [parse_mac(str(text))])


def _zone_devices(document: Document) -> Iterator[Problem]:
    return _exclusive(document, "devices", "device", _device)


def _device(value: Any) -> list[str]:
    text = str(value).strip()
    if looks_like_ip(text):
        raise ValueError(f"'{text}' is an address, not a device name; put it under subnets")
    if is_mac(text):
        raise ValueError(f"'{text}' is an address, not a device name; put it under macs")
    return [text.casefold()]


def _known_zone(document: Document, path: tuple[str | int, ...], zone: Any, of: str = "") -> Iterator[Problem]:
    zones = {zone["id"] for _, zone in _items(document, "zones") if isinstance(zone.get("id"), str)}
    if isinstance(zone, str) and zone not in zones:
        expected = closest(zone, zones) or f"expected one of: {', '.join(sorted(zones))}"
        yield document.problem(path, f"{of}there is no zone '{zone}'", expected)


def _ends(document: Document) -> Iterator[Problem]:
    for i, conduit in _items(document, "conduits"):
        for key in ("from", "to"):
            yield from _known_zone(document, ("conduits", i, key), conduit.get(key), f"{key}: ")
        if isinstance(conduit.get("to"), str) and conduit.get("from") == conduit["to"]:
            remedy = "traffic inside one zone is always allowed; remove the conduit or split the zone"
            yield document.problem(("conduits", i, "to"), "from and to are the same zone", remedy)


def _verbs(document: Document) -> Iterator[Problem]:
    known = [v.value for v in Verb]
    for path, verb in _conduit_texts(document, "verbs"):
        if verb not in known:
            expected = closest(str(verb), known) or f"expected one of: {', '.join(known)}"
            yield document.problem(path, f"unknown verb '{verb}'", expected)


def _services(document: Document, protocol_names: Collection[str]) -> Iterator[Problem]:
    for path, text in _conduit_texts(document, "protocols"):
        try:
            named = parse_service(str(text)) is None
        except ValueError as error:
            yield document.problem(path, f"'{text}' is not a protocol or port", str(error))
            continue
        word = str(text).strip().lower()
        known = {*protocol_names, *WELL_KNOWN, ANY}
        if named and protocol_names and word not in known:
            expected = closest(word, known) or "or give the port, for example tcp/502"
            yield document.problem(path, f"unknown protocol '{text}'", expected)


def _addressed(document: Document, path: tuple[str | int, ...], text: Any) -> Iterator[Problem]:
    try:
        canonical_member(str(text))
    except ValueError as error:
        yield _told(document, path, error)


def _clients(document: Document) -> Iterator[Problem]:
    for path, text in _conduit_texts(document, "clients"):
        yield from _addressed(document, path, text)


def _roles(document: Document) -> Iterator[Problem]:
    roles = document.data.get("roles")
    if not isinstance(roles, dict):
        return
    for role, members in roles.items():
        if role not in ROLES:
            expected = closest(role, ROLES) or f"expected one of: {', '.join(ROLES)}"
            yield document.problem(("roles", role), f"unknown role '{role}'", expected, key=True)
        for path, text in _texts(("roles", role), members):
            yield from _addressed(document, path, text)


def _change_windows(document: Document) -> Iterator[Problem]:
    """Change windows have their plant's time zone, known zones, and either two times of day or two dates."""
    yield from _unique_ids(document, "change_windows", "change window")
    zone = document.data.get("time_zone")
    if isinstance(zone, str) and not known_time_zone(zone):
        yield document.problem(("time_zone",), f"unknown time zone '{zone}'", "write it as Europe/Berlin or UTC")
    for i, window in _items(document, "change_windows"):
        path = ("change_windows", i)
        if zone is None:
            yield document.problem(path, "change windows need a time_zone", "for example time_zone: Asia/Shanghai")
        for where, name in _texts((*path, "zones"), window.get("zones")):
            yield from _known_zone(document, where, name)
        yield from _times(document, path, window)


def _times(document: Document, path: tuple[str | int, ...], window: dict[str, Any]) -> Iterator[Problem]:
    given = {key: window[key] for key in ("from", "to") if isinstance(window.get(key), str)}
    read: list[datetime.time | datetime.datetime] = []
    for key, text in given.items():
        try:
            read.append(moment(text))
        except ValueError as error:
            yield _told(document, (*path, key), error)
    if len(given) == 1:
        yield document.problem(path, "from and to belong together", "give both, or none for whole days")
    if len(read) != 2:
        return
    start, end = read
    if isinstance(start, datetime.datetime) != isinstance(end, datetime.datetime):
        yield document.problem(
            (*path, "to"), "from and to are not alike", "give two times of day or two dates with times"
        )
    elif isinstance(start, datetime.datetime) and isinstance(end, datetime.datetime):
        if end <= start:
            yield document.problem((*path, "to"), "the window ends before it begins")
        if "days" in window:
            yield document.problem((*path, "days"), "a window between two dates has no days", "remove days")


def _dates(document: Document) -> Iterator[Problem]:
    for i, waiver in _items(document, "waivers"):
        until = waiver.get("until")
        if isinstance(until, str):
            try:
                datetime.date.fromisoformat(until)
            except ValueError:
                yield document.problem(("waivers", i, "until"), f"'{until}' is not a date", "write it as 2026-12-31")
