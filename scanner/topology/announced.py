"""What devices say on the wire of their ports, on the map: it adds what nobody else tells, and changes nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from scanner.natural import natural
from scanner.outputs.ports import port_key
from scanner.topology.model import Announcement, Cable, CableEnd, Sureness


def named(announcements: Iterable[Announcement], name: Callable[[str], str]) -> tuple[Announcement, ...]:
    """With the names that stand for the devices, in the order of these."""
    found = []
    for one in announcements:
        far = CableEnd(name(one.neighbour.device), one.neighbour.port) if one.neighbour else None
        found.append(replace(one, end=CableEnd(name(one.end.device), one.end.port), neighbour=far))
    return tuple(sorted(found, key=lambda a: (natural(a.end.device), natural(a.end.port), a.protocol)))


def announced_cables(announcements: Sequence[Announcement], links: Sequence[Cable]) -> list[Cable]:
    """Cables by the word of one end or of both, but for those that outputs of switches tell."""
    told = {_key(link.one, link.other) for link in links if link.sure is not Sureness.LEARNED}
    said: defaultdict[frozenset[tuple[str, str]], list[Announcement]] = defaultdict(list)
    for one in announcements:
        if one.neighbour is not None:
            said[_key(one.end, one.neighbour)].append(one)
    found = []
    for key, words in said.items():
        first = words[0]
        if key not in told and first.neighbour is not None:
            evidence = tuple(dict.fromkeys(word.evidence for word in words))[:4]
            found.append(Cable(first.end, first.neighbour, Sureness.ANNOUNCED, evidence))
    return found


def _key(one: CableEnd, other: CableEnd) -> frozenset[tuple[str, str]]:
    return frozenset((end.device.casefold(), port_key(end.port)) for end in (one, other))
