"""Tables of device configurations."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

ACL_PERMITS = Table(
    "acl_permits",
    "One row for each entry of an access list that permits traffic, and each pair of zones that it may flow between.",
    "configuration",
    (
        Column("source", "str", "configuration file"),
        Column("line_start", "int", "line of the entry"),
        Column("device", "str", "host name in the configuration, else the file name"),
        Column("of_device", "str", "id of the device in the table devices, as in settings"),
        Column("acl", "str", "the list: acl 3001"),
        Column("entry", "str", "number of the entry"),
        Column("filters", "bool", "the list filters what passes an interface or VLAN"),
        Column("protocol", "str", "protocol that it names: ip, tcp, udp, ..."),
        Column("from_addresses", "str", "source addresses"),
        Column("to_addresses", "str", "destination addresses"),
        Column("options", "str", "what else narrows it, such as ports"),
        Column(
            "from_zone",
            "str",
            "zone in which some of the source addresses are; empty when they cannot be told (groups, wildcards with "
            "holes, any on both sides)",
        ),
        Column("to_zone", "str", "another zone, in which some of the destination addresses are"),
        Column("certain", "bool", "both ends are named by their addresses; false where one is any, so any zone's"),
        Column("denied_before", "bool", "an earlier entry of the list denies something, which may be this"),
        Column("text", "str", "the configuration line"),
    ),
    derived=True,
)

FORWARDING = Table(
    "forwarding",
    "One row for each device configuration, and each file beside them that may be one: how a device forwards packets.",
    "configuration",
    (
        Column("source", "str", "configuration file"),
        Column("dialect", "str", "cisco-ios, huawei-vrp, ...; empty: the file was not read"),
        Column(
            "router",
            "str",
            "interfaces, filters, routes and what is doubtful about them, as JSON; empty: how it forwards is not read",
        ),
    ),
)

PROOFS = Table(
    "proofs",
    "What configurations let through between zones, proved or unknown (decision 21): one row for each ordered pair of "
    "zones (pair), each protocol of a conduit and direction (conduit), and each conversation between zones that was "
    "answered (seen).",
    "configuration",
    (
        Column("kind", "str", "pair, conduit or seen"),
        Column("source", "str", "configuration file of the line that decides; empty of what was seen"),
        Column("line_start", "int", "that line"),
        Column("from_zone", "str", "zone of the clients"),
        Column("to_zone", "str", "zone of the servers"),
        Column("conduit", "str", "the conduit"),
        Column("service", "str", "what it allows, a protocol or port"),
        Column("state", "str", "whether packets that begin a conversation get through: open, closed or unknown"),
        Column(
            "answers",
            "str",
            "the same of packets that answer; of a conduit or a conversation that is open, to what gets through",
        ),
        Column(
            "beyond", "str", "of a pair, the same of packets that no conduit allows, answers of datagrams left aside"
        ),
        Column("services", "list[str]", "what certainly gets through: tcp/502, udp/123, icmp, any"),
        Column("unlisted", "list[str]", "of a pair, what certainly gets through and no conduit allows"),
        Column(
            "unused",
            "list[str]",
            "of a pair, what of services was not seen used by anybody; empty without capture, and where conversations "
            "between these zones may go either way",
        ),
        Column(
            "observed_seconds",
            "float",
            "of a pair, for how long traffic between the zones would have been seen",
            "seconds",
        ),
        Column("packet", "str", "a packet that gets through, where there is one no conduit allows; or the one seen"),
        Column("lines", "list[str]", "the lines that let it through, or that close the pair", said=True),
        Column("missing", "list[str]", "what is missing for a proof", said=True),
        Column("client", "str", "of what was seen, the client's address"),
        Column("server", "str", "the server's address"),
        Column("server_port", "int", "the server's port"),
        Column("capture", "str", "id of the capture"),
        Column("frames", "list[int]", "first frame numbers"),
        Column("filter", "str", "tshark display filter that finds it"),
    ),
    derived=True,
)

SETTINGS = Table(
    "settings",
    "One row for each security-relevant setting of a device configuration; what is absent has a row that says so.",
    "configuration",
    (
        Column("source", "str", "configuration file"),
        Column("line_start", "int", "first line, counted from 1 (the header line when the setting is absent)"),
        Column("line_end", "int", "last line"),
        Column("device", "str", "host name in the configuration, else the file name"),
        Column("dialect", "str", "cisco-ios, huawei-vrp, ..."),
        Column(
            "category",
            "str",
            "management, snmp, account, line, password-policy, logging, time, interface, routing, vpn, binding, acl, "
            "structure, system",
        ),
        Column("item", "str", "which one: telnet, vty 0 4, GigabitEthernet1/5, community 1, user admin, acl 3001"),
        Column("setting", "str", "what of it: enabled, transport, idle_timeout, storage, access, host, action, ..."),
        Column("value", "str", "its value, secrets masked; 'absent' when the configuration does not set it"),
        Column("number", "float", "the value as a number (seconds, count, version) where it is one"),
        Column("present", "bool", "the configuration sets it explicitly"),
        Column("text", "str", "the configuration line, secrets masked"),
        Column(
            "of_device",
            "str",
            "id of the device in the table devices whose configuration it is: by the address of an interface that "
            "nobody else has, else by the host name where the inventory or a configuration gives it to one device; "
            "empty if it was not seen or cannot be told",
            derived=True,
        ),
        Column("listed_source", "str", "the inventory that lists that device; empty if none does", derived=True),
        Column("listed_row", "int", "row of its entry there", derived=True),
    ),
)
