"""Every table and column that a rule may name: the one definition that readers fill, rules are checked against and
the reference page is generated from.

Stored tables are what the inputs say. Derived tables and columns are computed from all stored tables together
(``scanner.facts.enrich``, ``scanner.assets.devices``) when rules are judged, because they depend on the policy and
the inventory of that day; they are never saved.

Types: str, int, float, bool, time (UTC, nanoseconds), list[str], list[int]. Text is never null but empty when
unknown; numbers, booleans and times are null when unknown.
"""

from __future__ import annotations

from scanner.facts.schema.advisories import ADVISORIES, EXPOSURES, KNOWN_EXPLOITED, LIFE_CYCLES, SUPPORTED_ASSETS
from scanner.facts.schema.assets import ADDRESSES, DEVICES, IDENTITIES, INVENTORY, OBSERVATIONS, SIGHTINGS
from scanner.facts.schema.cabling import CABLES, LOCATED_DEVICES, NEIGHBOURS, OCCUPIED_PORTS, STATIONS, SWITCH_PORTS
from scanner.facts.schema.captures import CAPTURES, FILES
from scanner.facts.schema.columns import Column, Table
from scanner.facts.schema.configuration import ACL_PERMITS, FORWARDING, PROOFS, SETTINGS
from scanner.facts.schema.leaving import COUNTRIES, EXPORTS
from scanner.facts.schema.mobile import SUBSCRIPTIONS
from scanner.facts.schema.policy import (
    ANSWERS,
    CHANGE_WINDOWS,
    CONDUIT_PARTS,
    CONDUITS,
    DECISIONS,
    EXPORT_ENTRIES,
    ROLES,
    UNDECIDED,
    WAIVERS,
    WRITERS,
    ZONES,
)
from scanner.facts.schema.relations import RELATIONS, Relation
from scanner.facts.schema.traffic import (
    FLOWS,
    MALFORMED,
    OPERATIONS,
    PATH,
    PUBLICATIONS,
    RELATED,
    RESOLUTIONS,
    SESSIONS,
    STATE_CHANGES,
)
from scanner.facts.schema.trust import AUTHORITIES, CERTIFICATE_CHAINS

__all__ = [
    "ACL_PERMITS",
    "ADDRESSES",
    "ADVISORIES",
    "ANSWERS",
    "AUTHORITIES",
    "CABLES",
    "CAPTURES",
    "CERTIFICATE_CHAINS",
    "CHANGE_WINDOWS",
    "CONDUITS",
    "CONDUIT_PARTS",
    "COUNTRIES",
    "DECISIONS",
    "DEVICES",
    "EXPORTS",
    "EXPORT_ENTRIES",
    "EXPOSURES",
    "FILES",
    "FLOWS",
    "FORWARDING",
    "IDENTITIES",
    "INVENTORY",
    "KNOWN_EXPLOITED",
    "LIFE_CYCLES",
    "LOCATED_DEVICES",
    "MALFORMED",
    "NEIGHBOURS",
    "OBSERVATIONS",
    "OCCUPIED_PORTS",
    "OPERATIONS",
    "PATH",
    "PROOFS",
    "PUBLICATIONS",
    "RELATED",
    "RELATIONS",
    "RESOLUTIONS",
    "ROLES",
    "SESSIONS",
    "SETTINGS",
    "SIGHTINGS",
    "STATE_CHANGES",
    "STATIONS",
    "SUBSCRIPTIONS",
    "SUPPORTED_ASSETS",
    "SWITCH_PORTS",
    "TABLES",
    "UNDECIDED",
    "WAIVERS",
    "WRITERS",
    "ZONES",
    "Column",
    "Relation",
    "Table",
]

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        CAPTURES,
        FILES,
        FLOWS,
        OPERATIONS,
        SESSIONS,
        MALFORMED,
        PUBLICATIONS,
        STATE_CHANGES,
        RELATED,
        RESOLUTIONS,
        SUBSCRIPTIONS,
        CERTIFICATE_CHAINS,
        AUTHORITIES,
        COUNTRIES,
        EXPORTS,
        SIGHTINGS,
        ADDRESSES,
        IDENTITIES,
        OBSERVATIONS,
        DEVICES,
        INVENTORY,
        ADVISORIES,
        KNOWN_EXPLOITED,
        EXPOSURES,
        LIFE_CYCLES,
        SUPPORTED_ASSETS,
        ZONES,
        CONDUITS,
        CONDUIT_PARTS,
        EXPORT_ENTRIES,
        WRITERS,
        UNDECIDED,
        ROLES,
        CHANGE_WINDOWS,
        WAIVERS,
        DECISIONS,
        ANSWERS,
        SETTINGS,
        FORWARDING,
        ACL_PERMITS,
        PROOFS,
        NEIGHBOURS,
        STATIONS,
        SWITCH_PORTS,
        CABLES,
        OCCUPIED_PORTS,
        LOCATED_DEVICES,
    )
}
