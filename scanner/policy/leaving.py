"""Whether the policy lets something leave the plant: its ``export`` entries, and the grades of data of its zones.

Answers have three values. What is not known of a destination (its country, whose it is, how the conversation was
protected) makes them unknown. A name that somebody asked for proves nothing, so that a provider alone, which is known
by names, never permits: it may.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.addresses import Network
from scanner.policy.membership import names_addresses
from scanner.policy.permission import Permission, Ports, Traffic
from scanner.policy.services import ANY
from scanner.three_valued import Truth, every, some

GENERAL, IMPORTANT, CORE = "general", "important", "core"  # MIIT: 一般数据, 重要数据, 核心数据
_RANK = {"": 0, GENERAL: 0, IMPORTANT: 1, CORE: 2}
_DMZ = 3.5  # level up to which entries without zones are about a zone
_INSIDE, _OUTSIDE = "inside", "outside"
Row = Mapping[str, Any]


class Leaving(NamedTuple):
    """What is asked about: a conversation, seen from the end inside. guessed: its protocol is not certain."""

    zone: str  # empty: in none
    destination: str
    destination_zone: str
    transport: str
    port: int
    protocol: str
    payload: bool
    guessed: bool
    protection: str  # encrypted, clear, partly, unknown
    country: str  # empty: not known
    providers: tuple[str, ...]  # that its names are of


class ExportAnswer(NamedTuple):
    """limited: entries speak of the zone. permitted: by destination, protocol and encryption, whatever the grade.
    graded: its grade may go there. entry: the one that it counts against, empty where that is not certain.
    """

    limited: bool
    permitted: Truth
    graded: Truth
    entry: str = ""
    bytes_per_day: int | None = None


@dataclass(frozen=True)
class _Entry:
    shown: str  # its id; with its file where several files have it
    source: str
    zones: frozenset[str]
    places: frozenset[str]  # addresses, and ids of zones
    networks: tuple[Network, ...]
    providers: frozenset[str]
    countries: frozenset[str]
    services: Permission | None  # None: all
    encrypted: bool
    bytes_per_day: int | None
    rank: int

    def permits(self, asked: Leaving, within: bool | None) -> Truth:
        """Whether it lets this leave. within: it is about the zone; None where the zone is not known."""
        if not self.shown:  # stands for an empty list: nothing may leave
            return False
        if within is False or (asked.zone and self.zones and asked.zone not in self.zones):
            return False
        zone = None if self.zones and not asked.zone else within
        return every((zone, self._destination(asked), *self._restrictions(asked)))

    def _destination(self, asked: Leaving) -> Truth:
        if not self.places and not self.networks:
            return True
        if asked.destination in self.places or (asked.destination_zone and asked.destination_zone in self.places):
            return True
        try:
            address = ipaddress.ip_address(asked.destination)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

    def _restrictions(self, asked: Leaving) -> Iterable[Truth]:
        if self.countries:
            yield asked.country in self.countries if asked.country else None
        if self.providers:
            yield self._provider(asked)
        if self.services is not None:
            traffic = Traffic(
                *(_INSIDE, _OUTSIDE, asked.transport, asked.port, asked.protocol, None, asked.payload, "", "", ())
            )
            yield (self.services.guess(traffic) if asked.guessed else self.services.judge(traffic)).allowed
        if self.encrypted:
            yield {"encrypted": True, "clear": False}.get(asked.protection)

    def _provider(self, asked: Leaving) -> Truth:
        """Names that are another's forbid it, since nobody would take them by mistake."""
        if asked.providers and self.providers.isdisjoint(asked.providers):
            return False
        certain = bool(self.places or self.networks or self.countries)
        return True if certain and asked.providers and self.providers.issuperset(asked.providers) else None


class ExportPermission:
    """The export entries and grades of all policies, ready to be asked. ports: as those of ``Permission``."""

    def __init__(self, entries: Sequence[Row], zones: Sequence[Row], ports: Ports) -> None:
        ids = [row["entry"] for row in entries]
        self._entries = [_entry(row, ports, told=ids.count(row["entry"]) > 1) for row in entries]
        self._source = {row["zone"]: row["source"] for row in zones}
        self._level = {row["zone"]: row["level"] for row in zones}
        self._rank = {row["zone"]: _RANK[row["data_grade"]] for row in zones if row["data_grade"]}
        self._declaring = set(self._source.values())  # files that have zones

    def grade_rank(self, zone: str) -> int:
        """How sensitive the data of a zone is; 0 where nobody graded it."""
        return self._rank.get(zone, 0)

    def judge(self, asked: Leaving) -> ExportAnswer:
        """What the entries and grades say of it."""
        speaking = [(entry, self._within(entry, asked.zone)) for entry in self._entries]
        speaking = [(entry, within) for entry, within in speaking if self._about(entry, within, asked.zone)]
        answers = [entry.permits(asked, within) for entry, within in speaking]
        graded = self._graded(asked, [(e, a) for (e, _), a in zip(speaking, answers, strict=True)])
        if not speaking:
            return ExportAnswer(limited=False, permitted=None, graded=graded)
        first = next((n for n, answer in enumerate(answers) if answer is not False), None)
        counted = speaking[first][0] if first is not None and answers[first] else None
        return ExportAnswer(
            *(True, some(answers), graded),
            *((counted.shown, counted.bytes_per_day) if counted else ("", None)),
        )

    def _within(self, entry: _Entry, zone: str) -> Truth:
        """The zone is of the policy that the entry is in; a policy without zones speaks of all."""
        if entry.source not in self._declaring:
            return True
        return self._source.get(zone) == entry.source if zone else None

    def _about(self, entry: _Entry, within: Truth, zone: str) -> bool:
        if within is False:
            return False
        return zone in entry.zones or (self._level.get(zone) or 0) <= _DMZ

    def _graded(self, asked: Leaving, answers: Sequence[tuple[_Entry, Truth]]) -> Truth:
        rank = self.grade_rank(asked.zone)
        if not rank:
            return True
        there = self._rank.get(asked.destination_zone)
        if there is not None and there >= rank:
            return True
        if not answers and there is None:
            return None
        return some(answer if rank <= entry.rank else False for entry, answer in answers)


def _entry(row: Row, ports: Ports, *, told: bool) -> _Entry:
    exact, networks, _ = names_addresses(row["destinations"])
    zones = [word for word in row["destinations"] if word not in exact and "/" not in word]
    conduit = {
        "conduit": row["entry"],
        "from_zone": _INSIDE,
        "to_zone": _OUTSIDE,
        "both_ways": False,
        "protocols": row["protocols"],
        "verbs": (),
        "clients": (),
    }
    return _Entry(
        shown=f"{row['entry']} ({row['source']})" if told and row["entry"] else row["entry"],
        source=row["source"],
        zones=frozenset(row["zones"]),
        places=frozenset((*exact, *zones)),
        networks=tuple(networks),
        providers=frozenset(row["providers"]),
        countries=frozenset(row["countries"]),
        services=Permission([conduit], ports) if row["protocols"] and ANY not in row["protocols"] else None,
        encrypted=bool(row["encrypted"]),
        bytes_per_day=row["bytes_per_day"],
        rank=_RANK[row["data_grade"]],
    )
