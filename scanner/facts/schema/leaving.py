"""The tables of what leaves the plant, and to which country."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table
from scanner.facts.schema.traffic import WHEN

COUNTRIES = Table(
    "countries",
    "One row for each address of the Internet that was seen and that a database given by the user has (``otaudit scan "
    "--countries``): where its network is registered, which need not be where its machines are.",
    "capture",
    (
        Column("source", "str", "the database"),
        Column("address", "str", "IP address"),
        Column("country", "str", "ISO 3166-1 alpha-2 code"),
    ),
)

EXPORTS = Table(
    "exports",
    "What leaves the plant: one row for each device and destination outside (``outside`` of the flows), protocol and "
    "port. Bytes are payload; where recordings overlap in time, those of the one that has most.",
    "capture",
    (
        Column("capture", "str", "id of the first capture that shows it"),
        Column("device", "str", "device id in the table devices, else address, of who sends"),
        Column("device_name", "str", "best known name of it"),
        Column("zone", "str", "zone id of it, empty if in no zone or no policy"),
        Column("level", "float", "Purdue level of its zone"),
        Column("site", "str", "plant that its zone belongs to, by the policy"),
        Column("data_grade", "str", "grade of the data in its zone: general, important, core; empty: not graded"),
        Column("destination", "str", "IP address outside of the plant"),
        Column("destination_zone", "str", "zone id of the destination, where the policy declares one outside"),
        Column("kind", "str", "internet, or unassigned: a private address in no zone of the policy"),
        Column("names", "list[str]", "names by which it was asked for (``peer_names`` of the flows; at most 8)"),
        Column("providers", "list[str]", "clouds and platforms that these names belong to"),
        Column(
            "country", "str", "country of the destination by the database given; empty if not known", needs="countries"
        ),
        Column("protocol", "str", "protocol that the content shows, empty if none"),
        Column("transport", "str", "tcp, udp, sctp, icmp or ip-<protocol number>"),
        Column("port", "int", "server port"),
        Column("opened_by", "str", "who opened the conversations: inside, outside"),
        Column("conversations", "int", "conversations"),
        Column("bytes_out", "int", "payload that left", "bytes"),
        Column("bytes_in", "int", "payload that came in", "bytes"),
        Column("bytes_out_unseen", "int", "payload that left and was not captured, as numbers prove", "bytes"),
        Column("bytes_encrypted", "int", "payload both ways in conversations that are encrypted", "bytes"),
        Column("bytes_clear", "int", "payload both ways in conversations in clear", "bytes"),
        Column("bytes_unknown", "int", "payload both ways where that is not known, or only part is encrypted", "bytes"),
        Column("encrypted_share", "float", "bytes_encrypted by all bytes, 0 to 1; null when there are none"),
        Column("industrial", "bool", "an industrial protocol was in it"),
        Column("answered", "bool", "packets of the destination, or of a connection that it had taken, were captured"),
        Column("allowed", "bool", "conduits allow all of it; null when that is not known"),
        Column("export_limited", "bool", "the policy says what may leave from there (``export``)"),
        Column("export_permitted", "bool", "export entries permit all of it; null when that is not known"),
        Column("grade_permitted", "bool", "its grade may leave for there; null when nobody says so"),
        Column("export_entries", "list[str]", "export entries that it counts against"),
        Column("export_bytes_per_day", "int", "payload that these let leave in 24 hours; null: not limited", "bytes"),
        *WHEN,
    ),
    derived=True,
)
