"""Columns that say who is at the end of a conversation that leads out, and by which names it is known."""

from __future__ import annotations

from scanner.facts.schema.columns import Column

LEADING_OUT = (
    Column(
        "outside",
        "str",
        "the end that lies outside of the plant: client, server; empty when none does, or both do. Outside are "
        "addresses of the Internet that are not the plant's own by the policy and, where the policy has zones, private "
        "addresses in none; in a tunnel its inner addresses count",
        derived=True,
    ),
    Column("outside_kind", "str", "what that end is: internet, unassigned (in no zone); empty", derived=True),
    Column(
        "peer_names",
        "list[str]",
        "names by which that end was asked for: in answers of name servers, TLS, QUIC and HTTP (at most 8); somebody's "
        "word, which describes and allows nothing",
        derived=True,
    ),
    Column("providers", "list[str]", "clouds and platforms that these names belong to", derived=True),
    Column(
        "server_names",
        "list[str]",
        "names by which the client asked for the server: in TLS, QUIC and HTTP, else in the answers of name servers "
        "that gave it the address (at most 8)",
        derived=True,
    ),
    Column(
        "cloud_providers",
        "list[str]",
        "public clouds, platforms for the Internet of things and file stores that the server's names are of, by the "
        "dated list scanner/providers/providers.tsv",
        derived=True,
    ),
    Column(
        "ai_providers",
        "list[str]",
        "public services of language models, and hubs of models, that the server's names are of, by the dated list "
        "scanner/providers/ai_providers.tsv",
        derived=True,
    ),
    Column(
        "protection",
        "str",
        "of a flow that leads out: encrypted, clear, partly (some of it is encrypted), unknown (not recognised, or "
        "what was captured does not say); empty for others",
        derived=True,
    ),
    Column("data_grade", "str", "of a flow that leads out: grade of the data in the zone that it leaves", derived=True),
    Column("bytes_out", "int", "payload that left the plant; null where nothing does", "bytes", derived=True),
    Column(
        "bytes_out_unseen",
        "int",
        "payload that left the plant and was not captured, as numbers prove",
        "bytes",
        derived=True,
    ),
    Column(
        "may_hold_data",
        "bool",
        "what left can be data of its zone: false where nothing was sent, and of NTP as short and as seldom as clients "
        "ask for the time; null where all of it is DNS, whose names can be",
        derived=True,
    ),
    Column(
        "export_limited",
        "bool",
        "the policy says what may leave from there (``export``): about every zone up to the DMZ and devices in no "
        "zone, and about others where it names them; null where nothing leaves",
        derived=True,
    ),
    Column(
        "export_permitted",
        "bool",
        "an export entry permits destination, protocol and encryption; null where that is not known, or nothing limits "
        "it",
        derived=True,
    ),
    Column(
        "grade_permitted",
        "bool",
        "the grade of the data may leave for there: by an export entry, or since the policy gives its destination the "
        "same grade; null where nobody says so",
        derived=True,
    ),
    Column(
        "export_entry",
        "str",
        "export entry that it counts against: the first that permits it; empty where that is not known",
        derived=True,
    ),
    Column(
        "export_day_seen",
        "bool",
        "recordings that follow one another were made for 24 hours, so that what leaves in a day is known; null where "
        "nothing leaves",
        derived=True,
    ),
    Column("export_bytes_per_day", "int", "payload that this entry lets leave in 24 hours", "bytes", derived=True),
)
