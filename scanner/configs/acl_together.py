"""Entries of an access list that never match because several before them match all that they do, as sets of packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.configs import acl_packets
from scanner.configs.acl_entries import ANY, Acl, AclEntry
from scanner.packet_sets import Boxes, TooManyBoxes, difference, intersection, union

MOST_TOGETHER = 150  # entries of a list that are put together; of a longer one the first


def hidden_together(acl: Acl, alone: Mapping[int, AclEntry]) -> dict[int, list[AclEntry]]:
    """The entries, by their place, of which those before leave nothing, each with those that take some of it.

    alone: the entries, by their places, that a single one hides; of one that does the same nothing more is told. Lists
    about both versions of IP, and those that the device orders itself, are not put together.
    """
    found: dict[int, list[AclEntry]] = {}
    version = _version_of(acl.entries)
    if not version or "auto" in acl.node.key.split():
        return found
    before: list[tuple[AclEntry, Boxes]] = []
    gone: dict[str, Boxes] = {"": ()}  # by the interfaces between which
    try:
        for place, one in enumerate(acl.entries[:MOST_TOGETHER]):
            hides = alone.get(place)
            if one.protocol == "other" or (hides is not None and hides.action == one.action):
                continue
            packets = acl_packets.entry("", one, version, {})
            taken = gone.setdefault(one.between, gone[""])
            if packets.most and taken and not difference(packets.most, taken):
                met = [(other, sure) for other, sure in before if other.between in ("", one.between)]
                found[place] = list(_taking(met, packets.most))
            elif hides is None:
                before.append((one, packets.sure))
                for between in [one.between] if one.between else gone:
                    gone[between] = union(gone[between], packets.sure)
    except TooManyBoxes:
        pass  # what was told so far holds
    return found


def _taking(before: Iterable[tuple[AclEntry, Boxes]], packets: Boxes) -> Iterator[AclEntry]:
    """The entries that are the first to match some of the packets."""
    left = packets
    for one, sure in before:
        if intersection(left, sure):
            yield one
            left = difference(left, sure)


def version_of(entries: Sequence[AclEntry]) -> int:
    """The version of IP that all entries are about; 0 when that cannot be told, or they are of several interfaces."""
    return 0 if any(one.between for one in entries) else _version_of(entries)


def _version_of(entries: Sequence[AclEntry]) -> int:
    ends = {end for one in entries for end in (one.source, one.destination)}
    sixth = {":" in end for end in ends if end != ANY and not end.startswith("group ")}
    sixth |= {True for one in entries if one.protocol == "ipv6"}
    return 0 if len(sixth) > 1 else 6 if True in sixth else 4
