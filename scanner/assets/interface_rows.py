"""Lists with a row for each interface: rows one after the other that name one device and its interfaces are one asset.

Rows that differ in their addresses alone may be two devices of one name and stay two. They are interfaces when a column
says so and has in it what devices call their own (X1, eth0, LAN 2), a different one in each row; a switch port in it
(Gi1/0/7) would be where the device is connected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from scanner.assets.cells import OF_INTERFACE
from scanner.assets.spelling import normalise

_HEADERS = frozenset(
    map(
        normalise,
        ("interface", "interface name", "network interface", "nic", "network adapter", "adapter", "Schnittstelle")
        + ("Netzwerkschnittstelle", "Netzwerkkarte", "interface réseau", "carte réseau", "interfaz", "interfaz de red")
        + ("接口", "网口", "网卡", "网络接口", "インターフェース", "インタフェース"),
    )
)
_NETBOX = {"name", "device", "enabled"}  # its table of interfaces: the name is the interface's
_PER_INTERFACE = frozenset(("row", "ips", "macs", "vlans", "public_ips", "missing", "extra"))
Row = dict[str, Any]


def joined(rows: Iterable[Row], headers: Iterable[str]) -> list[Row]:
    """The rows, those of one device's interfaces made one."""
    words = {header: normalise(header) for header in headers}
    own = {"name"} if set(words.values()) >= _NETBOX else _HEADERS
    columns = [header for header, word in words.items() if word in own]
    if len(columns) != 1:
        return list(rows)
    found: list[Row] = []
    for _, run in groupby(rows, key=lambda row: _same(row, columns[0])):
        found += _of_run(list(run), columns[0])
    return found


def _same(row: Row, column: str) -> str:
    """What the rows of one device have in common."""
    rest = {name: value for name, value in row.items() if name not in _PER_INTERFACE}
    return json.dumps([rest, _kept(row) | {column: ""}], default=str, sort_keys=True)


def _kept(row: Row) -> dict[str, Any]:
    return json.loads(row["extra"]) if row["extra"] else {}


def _is_own(interface: str) -> bool:
    """A device calls its interface so; a port may be that of the switch."""
    return OF_INTERFACE.fullmatch("".join(interface.split())) is not None and not interface.casefold().startswith(
        "port"
    )


def _of_run(run: list[Row], column: str) -> Iterator[Row]:
    interfaces = [str(_kept(row).get(column, "")).strip() for row in run]
    named = run[0].get("name") or run[0].get("hostname")
    own = all(map(_is_own, interfaces)) and len({i.casefold() for i in interfaces}) == len(run)
    if len(run) == 1 or not named or not own or not all(row.get("ips") or row.get("macs") for row in run):
        yield from run
        return
    whole = dict(run[0])
    for name in ("ips", "macs", "vlans", "public_ips"):
        values = list(dict.fromkeys(value for row in run for value in row.get(name, ())))
        if values or name in whole:
            whole[name] = values
    whole["missing"] = [name for name in whole["missing"] if all(name in row["missing"] for row in run)]
    whole["extra"] = json.dumps(_kept(run[0]) | {column: interfaces}, ensure_ascii=False, sort_keys=True)
    yield whole
