"""Entries of an access list that never match because several before them match all that they do, as sets of packets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scanner.configs import acl_packets
from scanner.configs.acl_entries import ANY, Acl, AclEntry
from scanner.packet_sets import Boxes, TooManyBoxes, difference, intersection, union

MOST_TOGETHER = 150  # entries of a list that are put together; of a longer one the first


def hidden_together(acl: Acl, alone: Collection[int]) -> dict[int, list[AclEntry]]:
    """The entries, by their place, of which those before leave nothing, each with those that take some of it.

    alone: the places of entries that a single one hides. Lists about several interfaces, versions of IP or times, and
    those that the device orders itself, are not put together.
    """
    found: dict[int, list[AclEntry]] = {}
    version = version_of(acl.entries)
    if not version or "auto" in acl.node.key.split():
        return found
    before: list[tuple[AclEntry, Boxes]] = []
    gone: Boxes = ()
    try:
        for place, one in enumerate(acl.entries[:MOST_TOGETHER]):
            if one.protocol == "other" or place in alone:
                continue
            packets = acl_packets.entry("", one, version, {})
            if before and packets.most and not difference(packets.most, gone):
                found[place] = [other for other, sure in before if intersection(sure, packets.most)]
                continue
            before.append((one, packets.sure))
            gone = union(gone, packets.sure)
    except TooManyBoxes:
        pass  # what was told so far holds
    return found


def version_of(entries: Sequence[AclEntry]) -> int:
    """The version of IP that all entries are about; 0 when that cannot be told."""
    if any(one.between for one in entries):
        return 0
    ends = {end for one in entries for end in (one.source, one.destination)}
    sixth = {":" in end for end in ends if end != ANY and not end.startswith("group ")}
    sixth |= {True for one in entries if one.protocol == "ipv6"}
    return 0 if len(sixth) > 1 else 6 if True in sixth else 4
