"""Names in a policy that nothing binds to an address, and what each of them would mean if it were somebody.

A name means a device only when the inventory or the device's own configuration gives it an address (docs/decisions/
0002). As long as nothing does, it may be any device that has no name of its own, so whatever depends on that cannot be
judged. A name that the inventory gives to several devices may be each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from scanner.policy.membership import names_addresses
from scanner.policy.writers import KnownNames

Row = Mapping[str, Any]


class Unbound(NamedTuple):
    """Names that the policy treats alike. roles: with the line that gives them; zones: those that they are members of.

    uses: every place of the policy that names them. several: the inventory gives each to several devices.
    """

    names: tuple[str, ...]
    roles: tuple[tuple[str, int], ...]
    zones: tuple[str, ...]
    uses: frozenset[tuple[str, str]]
    several: bool = False


def unbound(policy: Mapping[str, Iterable[Row]], known: KnownNames, shared: Collection[str]) -> list[Unbound]:
    """Every name that means nobody. policy: rows of zones, conduits, roles, writers, undecided.

    known: ids of zones, which words are names of roles, and names with an address. shared: names of several devices,
    casefolded.
    """
    spelled: dict[str, str] = {}
    uses: dict[str, set[tuple[str, str]]] = {}
    roles: dict[str, dict[str, int]] = {}
    zones: dict[str, list[str]] = {}
    for use, word, row in _mentions(policy, known):
        (name,) = names_addresses([word])[2] or {""}
        if not name or (name in known.bound and name not in shared):
            continue
        spelled.setdefault(name, word)
        uses.setdefault(name, set()).add(use)
        if use[0] == "role":
            roles.setdefault(name, {}).setdefault(row["role"], row["line"] or 0)
        elif use[0] == "zone":
            zones.setdefault(name, []).append(row["zone"])
    alike: dict[tuple[frozenset[tuple[str, str]], bool], list[str]] = {}
    for name, places in uses.items():
        alike.setdefault((frozenset(places), name in shared), []).append(name)
    return [
        Unbound(
            names=tuple(spelled[name] for name in names),
            roles=tuple(roles.get(names[0], {}).items()),
            zones=tuple(zones.get(names[0], ())),
            uses=places,
            several=several,
        )
        for (places, several), names in alike.items()
    ]


def _mentions(policy: Mapping[str, Iterable[Row]], known: KnownNames) -> Iterator[tuple[tuple[str, str], str, Row]]:
    """(kind and place of the use, word, row) for every word that may be a name."""
    for row in policy.get("zones", ()):
        yield from ((("zone", row["zone"]), word, row) for word in row["devices"])
    for row in policy.get("roles", ()):
        yield ("role", row["role"]), row["member"], row
    for row in policy.get("conduits", ()):
        yield from ((("conduit", row["conduit"]), word, row) for word in row["clients"])
    for number, row in enumerate(policy.get("writers", ())):
        yield from ((("writer", str(number)), word, row) for word in row["clients"] if not known.is_role(word))
        yield from ((("target", str(number)), word, row) for word in row["targets"] if word not in known.zones)
    for number, row in enumerate(policy.get("undecided", ())):
        yield from ((("undecided", f"{number} {end}"), row[end], row) for end in ("client", "server"))
