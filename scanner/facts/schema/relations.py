"""How rows of one table lead to rows of another: the one definition that rules follow and the reference page lists.

A relation joins rows whose columns are equal. Along one that leads to at most one row a rule goes by a dot
(``server.zone.sl_t``); the rows of others it counts or lists (``with`` in a rule).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.facts.schema.traffic import PATH

CERTAIN, UNKNOWN = "certain", "unknown"
_CONVERSED = ("flows", "operations", "sessions", "malformed", "publications")
_SAME_PATH = tuple((name, name) for name in PATH)


@dataclass(frozen=True)
class Relation:
    """From rows of ``tables`` to rows of ``to`` whose columns equal theirs: keys are (column here, column there).

    name: as rules write it, maybe in two words. many: there can be several rows.
    absent: what it means that there is none: CERTAIN, that there is none; UNKNOWN, nothing; or a column here, of truth
    values: certain where that is false.
    empty: empty keys are keys like others; else nothing is equal to them.
    partial: more rows may exist than the tables hold, since only what was captured is in them.
    """

    name: str
    tables: tuple[str, ...]
    to: str
    keys: tuple[tuple[str, str], ...]
    meaning: str
    many: bool = False
    absent: str = CERTAIN
    empty: bool = False
    partial: bool = False

    @property
    def here(self) -> list[str]:
        """Its columns in the table that it begins at."""
        return [own for own, _ in self.keys]

    @property
    def there(self) -> list[str]:
        """Its columns in the table that it leads to."""
        return [other for _, other in self.keys]


def _of_ends() -> tuple[Relation, ...]:
    return tuple(
        relation
        for end in ("client", "server")
        for key in [f"{end}_device"]
        for relation in (
            Relation(end, _CONVERSED, "devices", ((key, "device"),), f"the device that is the {end}"),
            Relation(f"{end}.zone", _CONVERSED, "zones", ((f"{end}_zone", "zone"),), f"the zone that the {end} is in"),
            Relation(
                f"{end}.inventory",
                _CONVERSED,
                "inventory",
                ((key, "device"),),
                f"the inventory's entry of the {end}",
                absent=f"{end}_listed",
            ),
            Relation(
                f"{end}.settings",
                _CONVERSED,
                "settings",
                ((key, "of_device"),),
                f"what the configuration of the {end} sets",
                many=True,
                absent=UNKNOWN,
            ),
            Relation(
                f"{end}.identities",
                _CONVERSED,
                "identities",
                ((key, "device"),),
                f"what the {end} said of itself",
                many=True,
                partial=True,
            ),
        )
    )


def _of_conversations() -> tuple[Relation, ...]:
    same = "the same conversation"
    return (
        Relation("conduit", _CONVERSED, "conduits", (("conduit", "conduit"),), "the conduit that allows it, or may"),
        Relation("flow", _CONVERSED[1:], "flows", _SAME_PATH, f"the flow of {same}", empty=True),
        *(
            Relation(
                name,
                tuple(table for table in _CONVERSED if table != name),
                name,
                _SAME_PATH,
                f"the {name} of {same}",
                many=True,
                empty=True,
                partial=True,
            )
            for name in ("operations", "sessions", "malformed")
        ),
        *(
            Relation(
                name,
                ("sessions",),
                "sessions",
                ends,
                f"the sessions of the same two hosts, {way}",
                many=True,
                partial=True,
            )
            for name, ends, way in (
                ("same_ends", (("client", "client"), ("server", "server")), "the same way"),
                ("same_ends_back", (("client", "server"), ("server", "client")), "the other way"),
            )
        ),
    )


def _of_devices() -> tuple[Relation, ...]:
    own = ("devices",)
    return (
        Relation("zone", own, "zones", (("zone", "zone"),), "the zone that it is in"),
        Relation(
            "inventory", own, "inventory", (("device", "device"),), "the inventory's entry of it", absent="listed"
        ),
        Relation(
            "settings",
            own,
            "settings",
            (("device", "of_device"),),
            "what its configuration sets",
            many=True,
            absent=UNKNOWN,
        ),
        Relation(
            "identities",
            own,
            "identities",
            (("device", "device"),),
            "what it said of itself",
            many=True,
            partial=True,
        ),
        *(
            Relation(
                f"{end}_{table}",
                own,
                table,
                (("device", f"{end}_device"),),
                f"the {table} in which it is the {end}",
                many=True,
                partial=True,
            )
            for end in ("client", "server")
            for table in ("flows", "operations", "sessions")
        ),
        Relation("device", ("identities",), "devices", (("device", "device"),), "the device that said so"),
    )


def _of_inventory() -> tuple[Relation, ...]:
    own = ("inventory",)
    return (
        Relation("device", own, "devices", (("device", "device"),), "the device that was seen"),
        Relation("zone", own, "zones", (("zone_by_policy", "zone"),), "the zone that the policy puts it in"),
        Relation(
            "settings",
            own,
            "settings",
            (("source", "listed_source"), ("row", "listed_row")),
            "what its configuration sets",
            many=True,
            absent=UNKNOWN,
        ),
    )


def _of_policy() -> tuple[Relation, ...]:
    own = ("zones",)
    conduits = ("conduits", "conduit_parts")
    return (
        Relation("devices", own, "devices", (("zone", "zone"),), "devices seen in it", many=True, partial=True),
        Relation("inventory", own, "inventory", (("zone", "zone_by_policy"),), "entries that it holds", many=True),
        Relation("conduits_out", own, "conduits", (("zone", "from_zone"),), "conduits that begin in it", many=True),
        Relation("conduits_in", own, "conduits", (("zone", "to_zone"),), "conduits that end in it", many=True),
        Relation("from_zone", conduits, "zones", (("from_zone", "zone"),), "the zone that it begins in"),
        Relation("to_zone", conduits, "zones", (("to_zone", "zone"),), "the zone that it ends in"),
        Relation(
            "flows",
            ("conduits",),
            "flows",
            (("conduit", "conduit"),),
            "the flows that it allows, or may",
            many=True,
            partial=True,
        ),
    )


def _of_settings() -> tuple[Relation, ...]:
    own = ("settings",)
    item = (("source", "source"), ("category", "category"), ("item", "item"))
    return (
        Relation(
            "of_device",
            own,
            "devices",
            (("of_device", "device"),),
            "the device whose configuration it is",
            absent=UNKNOWN,
        ),
        Relation(
            "inventory",
            own,
            "inventory",
            (("listed_source", "source"), ("listed_row", "row")),
            "the inventory's entry of that device",
            absent=UNKNOWN,
        ),
        Relation("same_item", own, "settings", item, "the settings of the same item", many=True),
        Relation(
            "configuration", own, "settings", (("source", "source"),), "all settings of the configuration", many=True
        ),
    )


def _of_permits() -> tuple[Relation, ...]:
    own = ("acl_permits",)
    between = (*own, "proofs")
    both = (("from_zone", "from_zone"), ("to_zone", "to_zone"))
    back = (("from_zone", "to_zone"), ("to_zone", "from_zone"))
    ends = (("from_zone", "client_zone"), ("to_zone", "server_zone"))
    return (
        Relation("from_zone", between, "zones", (("from_zone", "zone"),), "the zone that the traffic comes from"),
        Relation("to_zone", between, "zones", (("to_zone", "zone"),), "the zone that it goes to"),
        Relation(
            "of_device", own, "devices", (("of_device", "device"),), "the device that has the list", absent=UNKNOWN
        ),
        Relation("conduits", between, "conduits", both, "conduits that lead the same way", many=True),
        Relation("conduits_back", between, "conduits", back, "conduits that lead the other way", many=True),
        Relation("flows", own, "flows", ends, "flows between these zones, this way", many=True, partial=True),
    )


RELATIONS: tuple[Relation, ...] = (
    *_of_permits(),
    *_of_ends(),
    *_of_conversations(),
    *_of_devices(),
    *_of_inventory(),
    *_of_policy(),
    *_of_settings(),
    Relation(
        "capture",
        (*_CONVERSED, "state_changes", "related", "resolutions", "subscriptions", "sightings", "identities", "files"),
        "captures",
        (("capture", "capture"),),
        "the recording that it is in",
    ),
)
