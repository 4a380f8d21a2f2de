"""IP addresses from which several MAC addresses of one segment send, beside those that somebody claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scanner.addresses import address_of
from scanner.assets.doubtful import DoubtfulEnd

_FRAMES = 5


def used_by_several(
    rows: Sequence[dict[str, Any]],
    doubtful: Iterable[DoubtfulEnd],
    vlans: Sequence[int],
    named: Callable[[str], tuple[str, str]],
) -> list[dict[str, Any]]:
    """The rows, with addresses from which several MAC addresses sent although at most one claimed it: whether two
    devices have these at once is not known, since who sends what is not his may be a router that nobody declared.

    vlans: of the conversations that doubtful ends are of. named: device and name of a MAC address.
    """
    found = {(row["ip"], row["vlan"]): row for row in rows}
    for end in doubtful:
        if len(end.rivals) < 2:
            continue
        key = end.address, vlans[end.row]
        row = found.get(key) or _used(end, key[1])
        if row["at_once"] is True:
            continue
        found[key] = row | {"at_once": None, "claimants": _each((*row["claimants"], *end.rivals))}
        owners = [named(mac) for mac in found[key]["claimants"]]
        found[key]["devices"] = _each(device for device, _ in owners if device)
        found[key]["names"] = _each(name for _, name in owners if name)
        found[key]["frames"] = sorted({*row["frames"], *end.frames} - {0})[:_FRAMES]
    return list(found.values())


def _used(end: DoubtfulEnd, vlan: int) -> dict[str, Any]:
    """An address that nobody claimed."""
    field = "ip.src" if address_of(end.address).version == 4 else "ipv6.src"
    return {
        "capture": end.capture,
        "vlan": vlan,
        "ip": end.address,
        "claimants": [],
        "claims": 0,
        "at_once": None,
        "first_time": None,
        "last_time": None,
        "frames": [],
        "filter": f"{field} == {end.address}",
    }


def _each(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
