"""The same evidence told otherwise: none of this may change a verdict."""

from __future__ import annotations

import csv
import gzip
import io
import random
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import yaml
import zstandard

from tests.adequacy.scene import FIRST_DYNAMIC, Part, recorded
from tests.capture.files import enhanced, interface, pcap, section
from tests.given import Files, Given
from tests.twins import ANY_LAYER, IP_ONLY, Record, is_ip, summed

Recast = Callable[[Given], Given]
WEEK = 7 * 86_400
POLICY, INVENTORY = "policy.yaml", "inventory.csv"
_LISTS_OF_NAMES = ("clients", "devices", "servers", "targets")
_BY_DEVICE, _BY_ZONE = ("Device name",), ("Zone",)


# --- traffic ----------------------------------------------------------------------------------------------------------


def other_client_ports(records: list[Record]) -> list[Record]:
    """Every port of the dynamic range is another one."""
    found = []
    for seconds, fraction, frame, wire in records:
        changed = frame
        if is_ip(frame) and len(frame) == wire:
            ports = struct.unpack_from(">HH", frame, 34)
            own = [FIRST_DYNAMIC + (p - FIRST_DYNAMIC) * 5 % 16_384 if p >= FIRST_DYNAMIC else p for p in ports]
            changed = summed(frame[:34] + struct.pack(">HH", *own) + frame[38:])
        found.append((seconds, fraction, changed, len(changed) if changed is not frame else wire))
    return found


def later(seconds: int) -> Recast:
    return lambda given: given.seen(lambda records: [(s + seconds, *rest) for s, *rest in records])


def out_of_order(records: list[Record]) -> list[Record]:
    """Frames arrive up to half a millisecond sooner or later."""
    chance = random.Random(1)  # noqa: S311 - the same order every time
    moved = [(s * 10**6 + f + chance.randint(-500, 500), frame, wire) for s, f, frame, wire in records]
    return [(at // 10**6, at % 10**6, frame, wire) for at, frame, wire in sorted(moved, key=lambda m: m[0])]


def seen_twice(records: list[Record]) -> list[Record]:
    """A mirror port that copies both the port where a frame comes in and the one where it goes out."""
    return [(s, min(f + late, 999_999), frame, wire) for s, f, frame, wire in records for late in (0, 3)]


def as_pcapng(records: Sequence[Record]) -> Files:
    blocks = (enhanced(frame, stamp=s * 10**6 + f, wire=wire) for s, f, frame, wire in records)
    return {"plant.pcapng": b"".join((section(), interface(), *blocks))}


def ring(records: Sequence[Record]) -> Files:
    """Eight files, one after the other, as dumpcap names those of a ring."""
    size = len(records) // 8 + 1
    parts = [records[at : at + size] for at in range(0, len(records), size)]
    return {f"plant_{n:05}_{_stamp(part[0][0])}.pcap": pcap(part) for n, part in enumerate(parts, 1)}


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d%H%M%S")


def merged(records: Sequence[Record]) -> Files:
    """One file of two recordings, joined end to end: pcapng allows it, and whoever uses ``cat`` does it."""
    half = len(records) // 2
    return {"plant.pcapng": b"".join(as_pcapng(part)["plant.pcapng"] for part in (records[:half], records[half:]))}


def of_two_interfaces(records: Sequence[Record]) -> Files:
    """One file of what two network cards recorded at the same time, every second frame each."""
    blocks = (
        enhanced(frame, stamp=s * 10**6 + f, number=n % 2, wire=wire) for n, (s, f, frame, wire) in enumerate(records)
    )
    return {"plant.pcapng": b"".join((section(), interface(), interface(), *blocks))}


def compressed(records: Sequence[Record]) -> Files:
    return {"plant.pcap.gz": gzip.compress(pcap(records), 1)}


def compressed_pcapng(records: Sequence[Record]) -> Files:
    return {"plant.pcapng.zst": zstandard.ZstdCompressor().compress(as_pcapng(records)["plant.pcapng"])}


def beside(parts: Sequence[Part], zone: Mapping[str, Any], *rows: str) -> Recast:
    """With traffic of others, in a zone of their own. rows: name, address, type and MAC address of
    each of them; the inventory lists those that have one.
    """

    def recast(given: Given) -> Given:
        both = sorted([*given.records, *recorded(parts)], key=lambda record: record[:2])
        policy = yaml.safe_load(given.texts[POLICY])
        policy["zones"].append({**zone, "members": {"subnets": [row.split(",")[1] for row in rows]}})
        given = replace(given, records=both).told(POLICY, _dumped(policy))
        return given.told(INVENTORY, _listed(given.texts[INVENTORY], rows, zone)) if INVENTORY in given.texts else given

    return recast


def _listed(inventory: str, rows: Sequence[str], zone: Mapping[str, Any]) -> str:
    heads = next(csv.reader(io.StringIO(inventory)))
    found = io.StringIO()
    writer = csv.DictWriter(found, heads, restval="x", lineterminator="\n")
    for number, row in enumerate(rows):
        name, address, kind, mac = row.split(",")
        if not mac:
            continue
        known = {"Device name": name, "IP address": address, "MAC address": mac, "Type": kind, "Zone": zone["id"]}
        known |= {"Asset tag": f"XX-{number}", "Serial number": f"SN{number}", "Purdue level": f"{zone['level']}"}
        known |= {"Operating system": "Windows 11", "Criticality": "low", "Open ports": "", "Logging": "syslog"}
        known["Owner"] = "Production"
        writer.writerow(known)
    return inventory.rstrip("\n") + "\n" + found.getvalue()


# --- policy and inventory ---------------------------------------------------------------------------------------------


def shuffled(given: Given) -> Given:
    """Entries of the policy, rows and columns of the inventory in another order."""
    chance = random.Random(2)  # noqa: S311 - the same order every time
    given = given.told(POLICY, _dumped(_mixed(yaml.safe_load(given.texts[POLICY]), chance)))
    if INVENTORY not in given.texts:
        return given
    head, *rows = csv.reader(io.StringIO(given.texts[INVENTORY]))
    order = chance.sample(range(len(head)), len(head))
    return given.told(INVENTORY, _csv([[row[i] for i in order] for row in (head, *chance.sample(rows, len(rows)))]))


def _mixed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _mixed(value[key], chance) for key in chance.sample([*value], len(value))}
    if isinstance(value, list):
        return [_mixed(one, chance) for one in chance.sample(value, len(value))]
    return value


def renamed(device: Callable[[str], str], zone: Callable[[str], str], listed: Callable[[str], str]) -> Recast:
    """With other names of devices (``listed``: in the inventory) and zones, everywhere."""

    def recast(given: Given) -> Given:
        policy = yaml.safe_load(given.texts[POLICY])
        zones = {one["id"] for one in policy["zones"]}
        rows = [*csv.DictReader(io.StringIO(given.texts.get(INVENTORY, "")))]
        names = {row["Device name"] for row in rows}

        def told(value: Any, key: str = "") -> Any:
            if isinstance(value, dict):
                return {k: told(v, k) for k, v in value.items()}
            if isinstance(value, list):
                return [told(one, key) for one in value]
            if value in zones and key in ("id", "from", "to", *_LISTS_OF_NAMES):
                return zone(value)
            return device(value) if value in names else value

        given = given.told(POLICY, _dumped(told(policy)))
        for row in rows:
            row["Device name"] = listed(row["Device name"])
            row["Zone"] = zone(row["Zone"]) if row["Zone"] in zones else row["Zone"]
        return given.told(INVENTORY, _csv([[*rows[0]], *([*row.values()] for row in rows)])) if rows else given

    return recast


def _dumped(policy: Any) -> str:
    return yaml.safe_dump(policy, sort_keys=False, allow_unicode=True)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    found = io.StringIO()
    csv.writer(found, lineterminator="\n").writerows(rows)
    return found.getvalue()


# --- all of them ------------------------------------------------------------------------------------------------------

_OFFICES = {"id": "annex", "name": "Annex", "level": 4, "sl_t": 1}
_CARRIER = {"id": "carrier", "name": "Carrier", "level": 4, "sl_t": 1}
_ENDS = ("VTEP-1,172.16.0.1,Switch,06:00:00:00:00:aa", "VTEP-2,172.16.0.2,,")  # the other sends nothing


def in_tunnel(form: str) -> Recast:
    """All of it in a tunnel, whose ends are known."""
    ends = beside((), _CARRIER, *_ENDS)
    return lambda given: ends(given.seen({**ANY_LAYER, **IP_ONLY}[form]))


ABOUT_TUNNELS = (
    "layer2-protocol-tunnelled",
    "tunnel-end-in-no-zone",
    "tunnel-without-encryption",
)  # these are about nothing else
RECASTS: dict[str, Recast] = {
    "other client ports": lambda given: given.seen(other_client_ports),
    "three weeks later": later(3 * WEEK),
    "five weeks earlier": later(-5 * WEEK),
    "half a millisecond out of order": lambda given: given.seen(out_of_order),
    "every frame twice": lambda given: given.seen(seen_twice),
    "pcapng": lambda given: replace(given, written=as_pcapng),
    "in a ring of eight files": lambda given: replace(given, written=ring),
    "two recordings in one file": lambda given: replace(given, written=merged),
    "of two interfaces": lambda given: replace(given, written=of_two_interfaces),
    "pcap in gzip": lambda given: replace(given, written=compressed),
    "pcapng in zstd": lambda given: replace(given, written=compressed_pcapng),
    "in a VLAN": lambda given: given.seen(ANY_LAYER["in a VLAN"]),
    "in two VLAN tags": lambda given: given.seen(ANY_LAYER["in two VLAN tags"]),
    "in VXLAN": in_tunnel("in VXLAN"),
    "in Ethernet over GRE": in_tunnel("in Ethernet over GRE"),
    "beside offices": beside(
        [Part("tls/tls13", {"10.20.0.10": "10.99.0.5", "10.20.0.20": "10.99.0.6"})],
        _OFFICES, "PC-98,10.99.0.5,Workstation,02:00:0a:63:00:05", "WEB-99,10.99.0.6,Server,02:00:0a:63:00:06",
    ),
    "shuffled": shuffled,
    "renamed": renamed(lambda n: f"Gerät {n[::-1]}", lambda n: f"z-{n[::-1]}", lambda n: f"Gerät {n[::-1]}"),
    "names in other case": renamed(str.lower, str, str.swapcase),
}  # fmt: skip


beside_a_hall = beside(
    [Part("dlms/modbus_on_4059", {"10.20.0.91": "10.98.0.5", "10.20.0.90": "10.98.0.6"})],
    {"id": "hall-9", "name": "Hall 9", "level": 2, "sl_t": 1},
    *("PC-98,10.98.0.5,HMI,02:00:0a:62:00:05", "PLC-99,10.98.0.6,PLC,02:00:0a:62:00:06"),
)


TOGETHER: dict[str, Sequence[str]] = {
    "ports, order, VLAN, names, pcapng": (
        *("beside offices", "other client ports", "half a millisecond out of order", "in a VLAN", "renamed"),
        *("shuffled", "three weeks later", "pcapng in zstd"),
    ),
    "VXLAN, twice, earlier, a ring": (
        *("every frame twice", "in VXLAN", "five weeks earlier", "names in other case", "in a ring of eight files"),
    ),
    "GRE, two VLAN tags, two recordings": (
        *("in two VLAN tags", "in Ethernet over GRE", "shuffled", "two recordings in one file"),
    ),
    "two interfaces": ("other client ports", "of two interfaces"),
    "gzip": ("renamed", "pcap in gzip"),
    "pcapng": ("half a millisecond out of order", "pcapng"),
}


def at_once(names: Sequence[str]) -> Recast:
    """Many at once: where this changes a verdict, ``python -m tests.test_metamorphic`` says which of them does."""

    def recast(given: Given) -> Given:
        for name in names:
            given = given if INVENTORY not in given.texts and name == "beside offices" else RECASTS[name](given)
        return given

    return recast


all_at_once = at_once(next(iter(TOGETHER.values())))
