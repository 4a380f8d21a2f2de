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
            "management, snmp, account, line, password-policy, logging, time, interface, routing, binding, acl, system",
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
