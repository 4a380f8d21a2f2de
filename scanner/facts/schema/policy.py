"""Tables of the policy."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

_PLACE = (Column("source", "str", "policy file"), Column("line", "int", "line in the file"))

ZONES = Table(
    "zones",
    "One row for each zone of the policy.",
    "zones",
    (
        *_PLACE,
        Column("zone", "str", "zone id"),
        Column("name", "str", "display name"),
        Column("level", "float", "Purdue level"),
        Column("sl_t", "int", "target security level (SL-T), 0 to 4: of a vector the highest"),
        Column(
            "sl_t_vector", "list[int]", "SL-T of the seven foundational requirements, empty where one number is given"
        ),
        Column("data_grade", "str", "grade of the data there: general, important, core; empty: not graded"),
        Column("site", "str", "plant that it belongs to, as its policy says"),
        Column("subnets", "list[str]", "members by IP network"),
        Column("vlans", "list[int]", "members by VLAN"),
        Column("macs", "list[str]", "members by MAC address"),
        Column("devices", "list[str]", "members by device name"),
        Column("slices", "list[str]", "slices (S-NSSAI) of a 5G network whose sessions belong into it"),
        Column("dnns", "list[str]", "data networks (DNN, APN) whose sessions belong into it"),
        Column("teids", "list[str]", "tunnels to its UPF: identifiers, or first and last of a range"),
        Column(
            "catch_all",
            "list[str]",
            "its networks that hold the Internet, such as 0.0.0.0/0 or one half of it: public addresses of many "
            "organisations, which are nobody's own; up to level 3.5 they make no public address a member",
            derived=True,
        ),
        Column("seen", "bool", "a device in it was seen in the captures; null without capture", derived=True),
        Column(
            "observed_seconds",
            "float",
            "how long its devices were seen talking with somebody; null without capture",
            "seconds",
            derived=True,
        ),
    ),
)

CONDUITS = Table(
    "conduits",
    "One row for each conduit of the policy.",
    "zones",
    (
        *_PLACE,
        Column("conduit", "str", "conduit id"),
        Column("from_zone", "str", "zone whose members may open connections"),
        Column("to_zone", "str", "zone whose members are reached"),
        Column("both_ways", "bool", "either zone may open"),
        Column("protocols", "list[str]", "allowed protocols by name, or transport/port such as tcp/502"),
        Column("verbs", "list[str]", "allowed verbs, empty: all"),
        Column("clients", "list[str]", "allowed clients by device name or address, empty: the whole zone"),
        Column("encrypted", "bool", "what goes through it must be encrypted"),
        Column("owner", "str", "who answers for it"),
        Column("reason", "str", "why it exists"),
        Column(
            "port_share",
            "float",
            "share of all ports of one transport that are open between its zones, 0 to 1: its own where they are few, "
            "else those of all conduits there together",
            derived=True,
        ),
        Column("used", "bool", "traffic was seen in it; null without capture", derived=True),
    ),
)

EXPORT_ENTRIES = Table(
    "export_entries",
    "One row for each entry of the policy that says what may leave the plant (its key ``export``); where that is an "
    "empty list, one row without an id: nothing may.",
    "zones",
    (
        *_PLACE,
        Column("entry", "str", "entry id; empty: the list has no entry, so that nothing may leave"),
        Column("zones", "list[str]", "zones that it may leave, empty: all of this policy"),
        Column("destinations", "list[str]", "where to: zone ids, IP addresses, networks; empty: anywhere"),
        Column("providers", "list[str]", "clouds and platforms that it may go to, empty: all"),
        Column("countries", "list[str]", "countries that it may go to, ISO 3166-1 alpha-2; empty: all"),
        Column("protocols", "list[str]", "by which protocols or ports, empty: all"),
        Column("encrypted", "bool", "it must be encrypted"),
        Column("bytes_per_day", "int", "payload that may leave in 24 hours; null: not limited", "bytes"),
        Column("data_grade", "str", "highest grade of data that may leave: general, important, core"),
        Column("owner", "str", "who answers for it"),
        Column("reason", "str", "why it exists"),
    ),
)

CONDUIT_PARTS = Table(
    "conduit_parts",
    "One row for each word of a conduit that can be struck out by itself: a service, a client, a verb; with whether it "
    "was used.",
    "zones",
    (
        *_PLACE,
        Column("conduit", "str", "conduit id"),
        Column("from_zone", "str", "zone whose members may open connections"),
        Column("to_zone", "str", "zone whose members are reached"),
        Column("kind", "str", "service, client or verb"),
        Column("part", "str", "the word, as the policy has it"),
        Column(
            "used",
            "bool",
            "it was seen; null without capture, and where something that was seen may be it: not recognised, sealed, "
            "or of unknown direction",
        ),
        Column("conduit_used", "bool", "something was seen in the conduit; null without capture"),
        Column(
            "observed_seconds",
            "float",
            "for how long its use would have been seen: traffic between the zones, and of a client anything",
            "seconds",
        ),
        Column(
            "seen", "list[str]", "what was seen of it: of a service protocols, of a verb all verbs, of a client names"
        ),
    ),
    derived=True,
)

WRITERS = Table(
    "writers",
    "One row for each entry of the policy that says who may write, operate, program or restart what.",
    "policy",
    (
        *_PLACE,
        Column("writer", "str", "id, empty if it has none"),
        Column("targets", "list[str]", "what is written to: zone ids, device names, IP addresses, networks, MACs"),
        Column("clients", "list[str]", "who may: device names, IP addresses, networks, MAC addresses, roles"),
        Column("verbs", "list[str]", "what they may do"),
        Column("protocols", "list[str]", "by which protocols, empty: all"),
        Column("objects", "list[str]", "patterns of the objects that they may touch, empty: all"),
        Column("change_windows", "list[str]", "ids of the change windows in which they may, empty: always"),
        Column("owner", "str", "who answers for it"),
        Column("reason", "str", "why it exists"),
    ),
)

UNDECIDED = Table(
    "undecided",
    "What was seen when a policy was made and nobody has decided about yet.",
    "policy",
    (
        *_PLACE,
        Column("client", "str", "device name, IP address, network or MAC address of the client"),
        Column("server", "str", "device name, IP address, network or MAC address of the server"),
        Column("protocol", "str", "protocol, empty: any"),
        Column("verbs", "list[str]", "what was asked for"),
    ),
)

ROLES = Table(
    "roles",
    "Roles that the policy gives to devices.",
    "policy",
    (
        *_PLACE,
        Column("role", "str", "controller, hmi, engineering_station, scada_server, historian, safety_controller, ..."),
        Column("member", "str", "device name, IP address, network or MAC address"),
    ),
)

CHANGE_WINDOWS = Table(
    "change_windows",
    "One row for each time in which the policy allows the plant to be changed.",
    "policy",
    (
        *_PLACE,
        Column("window", "str", "window id"),
        Column("zones", "list[str]", "zones whose devices may be changed in it, empty: all"),
        Column("days", "list[str]", "mon to sun, empty: every day (or once, when start is a date)"),
        Column("start", "str", "local time 06:00 or date and time 2026-11-21T06:00; empty: all day"),
        Column("end", "str", "local time or date and time that it lasts up to"),
        Column("time_zone", "str", "IANA time zone of the plant"),
        Column("reason", "str", "why it exists"),
    ),
)

WAIVERS = Table(
    "waivers",
    "Accepted deviations: findings that match are shown as waived until the date.",
    "policy",
    (
        *_PLACE,
        Column("rule", "str", "rule id"),
        Column(
            "match", "str", "JSON object: subject column -> value or values that a finding must have; {} matches all"
        ),
        Column("reason", "str", "why the deviation is accepted"),
        Column("approved_by", "str", "who accepted it"),
        Column("until", "str", "last day it holds, ISO 8601 date; empty: not limited"),
        Column("review_on", "str", "day on which it is to be looked at again, ISO 8601 date; may be empty"),
        Column("compensating_measure", "str", "what makes up for the deviation meanwhile; may be empty"),
        Column("first_line", "int", "of a comment in a configuration: first line that it is about, 0: the whole file"),
        Column("last_line", "int", "the last line"),
    ),
)

ANSWERS = Table(
    "answers",
    "What people answered about requirements that no input of a scan can judge, and what they have still to answer.",
    "policy",
    (
        Column("source", "str", "file of answers"),
        Column("line", "int", "line in the file"),
        Column("places", "list[int]", "line and column of the framework, the requirement and the zone"),
        Column("framework", "str", "framework id"),
        Column("requirement", "str", "requirement id"),
        Column("zone", "str", "zone that the answer is about; empty: the whole plant"),
        Column("verdict", "str", "met, partly-met, not-met or not-applicable; empty: not answered yet"),
        Column("answered_by", "str", "who answered"),
        Column("answered_on", "str", "the day of the answer, ISO 8601 date"),
        Column("evidence", "str", "file, address or reference that the answer rests on"),
        Column("sha256", "str", "SHA-256 of the evidence, hexadecimal"),
        Column("evidence_state", "str", "fits, differs, absent or too-large; empty: not compared with its hash"),
        Column("until", "str", "last day it holds, ISO 8601 date; empty: not limited"),
        Column("remark", "str", "what else was said"),
    ),
)

DECISIONS = Table(
    "decisions",
    "What people decided about operations that were seen and that no other part of the policy speaks of.",
    "policy",
    (
        *_PLACE,
        Column("rule", "str", "rule id; empty: every rule"),
        Column("match", "str", "JSON object: column -> value that the subject must have"),
        Column("decision", "str", "allowed or forbidden"),
        Column("decided_by", "str", "who decided"),
        Column("decided_on", "str", "the day of the decision, ISO 8601 date"),
        Column("until", "str", "last day it holds, ISO 8601 date; empty: not limited"),
        Column("reason", "str", "why"),
    ),
)
