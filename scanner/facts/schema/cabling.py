"""Tables of what switches say of their cables: saved outputs of ``show`` and ``display`` commands."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

_OF = (
    Column("source", "str", "file"),
    Column("line", "int", "line in the file"),
    Column("device", "str", "whose output it is: by its prompt, else by the name of the file"),
    Column("port", "str", "its port, as it writes it"),
)

NEIGHBOURS = Table(
    "neighbours",
    "One row for each neighbour that a switch heard by LLDP or CDP, by its own saved output.",
    "output",
    (
        *_OF,
        Column("protocol", "str", "lldp or cdp"),
        Column("neighbour", "str", "what the neighbour calls itself"),
        Column("neighbour_port", "str", "the neighbour's port, as it writes it"),
        Column("neighbour_mac", "str", "MAC address that the neighbour names as its own"),
        Column("neighbour_ips", "list[str]", "IP addresses that the neighbour names as its own"),
    ),
)

STATIONS = Table(
    "stations",
    "One row for each address in the tables of a switch: MAC addresses behind its ports, and ARP.",
    "output",
    (
        *_OF,
        Column("mac", "str", "MAC address"),
        Column("ip", "str", "IP address (ARP); empty in a table of MAC addresses"),
        Column("vlan", "int", "VLAN, -1 if it is not told"),
        Column("how", "str", "learned, static or arp"),
    ),
)

SWITCH_PORTS = Table(
    "switch_ports",
    "One row for each port in the list of ports that a switch prints.",
    "output",
    (
        *_OF,
        Column("state", "str", "up, down or disabled"),
        Column("mode", "str", "access, trunk, hybrid, routed; empty if it is not told"),
        Column("vlan", "int", "VLAN of an access port, -1 if it is not told"),
        Column("description", "str", "what people wrote: a hint"),
    ),
)
