"""Which inventory entry is which device seen, what they disagree on, and which entries repeat each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.addresses import address_of
from scanner.assets.compare import COMPARE, same_model
from scanner.assets.surroundings import virtual_router
from scanner.device_names import name_key
from scanner.policy.listed import SHORTEST_SERIAL
from scanner.wording import Said, said, term
from scanner.wording import listed as enumeration

Row = Mapping[str, Any]

MAC, ADDRESS, SERIAL, NAME = 4, 3, 2, 1  # how strongly a match binds


@dataclass
class SeenDevice:
    """What inventory entries are compared with: a device and everything the protocols said of it."""

    id: str
    macs: Sequence[str]
    ips: Sequence[str]
    zone: str
    vlans: Sequence[int]
    packets: int
    names: Sequence[str]
    values: Mapping[str, Sequence[str]]  # vendor, model, order_number, serial, firmware -> every value seen


class Conflict(NamedTuple):
    """A field on which list and wire disagree, and both values in words."""

    field: str
    detail: str


@dataclass
class Reconciled:
    """entry_of: device id -> index of its inventory row; device_of: index -> device id; conflicts by device id."""

    entry_of: dict[str, int] = field(default_factory=dict)
    device_of: dict[int, str] = field(default_factory=dict)
    conflicts: dict[str, list[Conflict]] = field(default_factory=dict)


def reconcile(inventory: Sequence[Row], devices: Iterable[SeenDevice], together: Iterable[Sequence[int]]) -> Reconciled:
    """Match every entry to at most one device: by MAC address, else IP address, else serial number, else name.

    together: entries by number, those together by which several lists tell of one device.
    """
    by_id = {d.id: d for d in devices}
    index = _Index(by_id.values(), {mac: n for n, row in enumerate(inventory) for mac in row["macs"]})
    result = Reconciled()
    strength: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(inventory):
        found = index.match(row)
        if found is None:
            continue
        how, device = found
        result.device_of[number] = device.id
        rank = how, -len(_conflicts(row, device))
        if rank > strength.get(device.id, (0, -99)):
            strength[device.id] = rank
            result.entry_of[device.id] = number
    for group in together:
        device_id = next((result.device_of[number] for number in group if number in result.device_of), "")
        if device_id:  # another list says what it is told by
            result.device_of |= {number: device_id for number in group if number not in result.device_of}
    for device_id, number in result.entry_of.items():
        found_conflicts = _conflicts(inventory[number], by_id[device_id])
        if found_conflicts:
            result.conflicts[device_id] = found_conflicts
    return result


class _Index:
    def __init__(self, devices: Iterable[SeenDevice], listed: Mapping[str, int]) -> None:
        self._listed = listed  # MAC -> a row that lists it
        self._by_mac: dict[str, SeenDevice] = {}
        self._by_ip: defaultdict[str, list[SeenDevice]] = defaultdict(list)
        self._by_serial: defaultdict[str, list[SeenDevice]] = defaultdict(list)
        self._by_name: defaultdict[str, list[SeenDevice]] = defaultdict(list)
        for device in devices:
            for mac in device.macs:
                self._by_mac[mac] = device
            for ip in device.ips:
                self._by_ip[ip].append(device)
            for serial in device.values.get("serial", ()):
                self._by_serial[_key(serial)].append(device)
            for name in device.names:
                self._by_name[name_key(name)].append(device)

    def match(self, row: Row) -> tuple[int, SeenDevice] | None:
        for mac in row["macs"]:
            if mac in self._by_mac:
                return MAC, self._by_mac[mac]
        for ip in row["ips"]:
            if ip in self._by_ip:
                return ADDRESS, self._nearest(row, self._by_ip[ip])
        serial = _key(row["serial"])
        if len(serial) >= SHORTEST_SERIAL and len(self._by_serial.get(serial, ())) == 1:
            return SERIAL, self._by_serial[serial][0]
        if not row["ips"] and not row["macs"]:
            for name in (row["profinet_name"], row["hostname"], row["name"]):
                if name and len(self._by_name.get(name_key(name), ())) == 1:
                    return NAME, self._by_name[name_key(name)][0]
        return None

    def _nearest(self, row: Row, devices: list[SeenDevice]) -> SeenDevice:
        """Of several devices with one address (cell-local NAT): that in the entry's zone or VLAN, else the busiest.

        One whose MAC address another row lists comes last.
        """

        def nearness(device: SeenDevice) -> tuple[bool, bool, bool, int]:
            in_vlan = not set(device.vlans).isdisjoint(row["vlans"])
            others = any(mac in self._listed for mac in device.macs)
            return not others, device.zone != "" and device.zone == row["zone"], in_vlan, device.packets

        return max(devices, key=nearness)


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _conflicts(row: Row, device: SeenDevice) -> list[Conflict]:
    found = []
    used = [ip for ip in device.ips if not address_of(ip).link_local]  # alone these contradict nothing
    if row["ips"] and used and set(row["ips"]).isdisjoint(device.ips):
        found.append(_conflict("address", row["ips"], used))
    others = [mac for mac in device.macs if mac not in row["macs"] and not virtual_router(mac)]
    if row["macs"] and others:
        found.append(_conflict("mac", row["macs"], others))
    for name, same in COMPARE.items():
        listed, seen = row[name], device.values.get(name, ())
        if not listed or not seen or any(same(listed, value) for value in seen):
            continue
        if name == "model" and _model_elsewhere(row, device):
            continue
        found.append(_conflict(name, [listed], seen))
    return found


def _model_elsewhere(row: Row, device: SeenDevice) -> bool:
    """What one side calls the model, the other calls the order number."""
    seen = device.values.get("order_number", ())
    return any(same_model(row["model"], value) for value in seen) or any(
        same_model(row["order_number"], value) for value in device.values.get("model", ()) if row["order_number"]
    )


def _conflict(name: str, listed: Sequence[str], seen: Sequence[str]) -> Conflict:
    sentence = said(
        "{field}: listed {listed}, seen {seen}",
        field=term(f"field.{name}"),
        listed=enumeration(listed[:4]),
        seen=enumeration(seen[:4]),
    )
    return Conflict(name, sentence)


def inventory_row(source: str, row: object) -> Said:
    """Where an entry stands."""
    return said("{file} row {n}", file=source, n=row)


def duplicates(inventory: Sequence[Row]) -> list[list[str]]:
    """For each entry, the others that claim the same MAC, serial number, or the same IP address in one zone and VLAN.

    Two files may list one asset; across files only entries of different names are duplicates. Two devices that list one
    address besides those of their own share it: a redundant pair.
    """
    claims: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(inventory):
        for mac in row["macs"]:
            claims["mac", mac].append(number)
        for ip in row["ips"]:
            claims["address", ip, row["site"].casefold(), row["zone"].casefold()].append(number)
        serial = _key(row["serial"])
        if len(serial) >= SHORTEST_SERIAL:
            claims["serial", serial].append(number)
    others: list[dict[int, list[str]]] = [{} for _ in inventory]
    for claim, numbers in claims.items():
        for one in numbers:
            for other in numbers[:50]:
                if one != other and _contradict(claim[0], inventory[one], inventory[other]):
                    others[one].setdefault(other, []).append(claim[0])
    return [[_repeated(inventory[o], dict.fromkeys(why)) for o, why in found.items()] for found in others]


def _repeated(entry: Row, fields: Iterable[str]) -> Said:
    shown = enumeration(term(f"field.{name}") for name in fields)
    return said("{file} row {n} ({fields})", file=entry["source"], n=entry["row"], fields=shown)


def _contradict(what: str, one: Row, other: Row) -> bool:
    if what == "address" and (_apart(one, other) or _share(one, other)):
        return False
    if what == "serial" and _interfaces(one, other):
        return False
    if one["source"] == other["source"]:
        return True
    names = name_key(one["name"]), name_key(other["name"])
    return all(names) and names[0] != names[1]


def _apart(one: Row, other: Row) -> bool:
    """In VLANs that have nothing in common: cells with the same addresses behind address translation."""
    return bool(one["vlans"] and other["vlans"]) and set(one["vlans"]).isdisjoint(other["vlans"])


def _interfaces(one: Row, other: Row) -> bool:
    """Two interfaces of one device, a row each: the same in everything but their addresses, and where these are."""
    addresses = [{*row["ips"], *row["macs"]} for row in (one, other)]
    same = all(name_key(one[name]) == name_key(other[name]) for name in ("id", "name", "hostname", "order_number"))
    return (
        same
        and bool(one["id"] or one["name"] or one["hostname"])
        and all(addresses)
        and addresses[0].isdisjoint(addresses[1])
    )


def _share(one: Row, other: Row) -> bool:
    """Each has an IP address of its own, and none of their MAC addresses is the other's."""
    own = set(one["ips"]) - set(other["ips"]), set(other["ips"]) - set(one["ips"])
    return all(own) and set(one["macs"]).isdisjoint(other["macs"])
