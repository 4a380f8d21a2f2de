"""The way in: enriched tables to everything that a learned policy says."""

from __future__ import annotations

from scanner.learn.authority import authority
from scanner.learn.conduct import Conduct
from scanner.learn.conduits import crossings
from scanner.learn.ground import Ground
from scanner.learn.levels import segment_levels
from scanner.learn.partition import partition
from scanner.learn.seen import SeenTraffic, Tables
from scanner.learn.text import Learned
from scanner.learn.zones import zones


def learn(tables: Tables) -> Learned:
    """What the tables of ``scanner.facts.enrich`` show, read without a policy."""
    seen = SeenTraffic.of(tables)
    conduct = Conduct.of(seen)
    ground = Ground.of(seen, conduct)
    levels = segment_levels(seen, ground, conduct)
    found = partition(ground, levels)
    made = zones(ground, found, levels)
    known = authority(seen, conduct, made)
    return Learned(seen, made, found, known, crossings(seen, conduct, made, known))
