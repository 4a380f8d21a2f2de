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

_NEAR = (
    Column("source", "str", "file in which it is said first"),
    Column("line", "int", "line in the file"),
)

CABLES = Table(
    "cables",
    "One row for each link of the map: which port of which switch is connected to which device, and how sure that is.",
    "output",
    (
        *_NEAR,
        Column("device", "str", "the switch"),
        Column("port", "str", "its port"),
        Column("other_device", "str", "what is connected there, by its own name"),
        Column("other_port", "str", "the port there, empty if it is not told"),
        Column("sure", "str", "both-ends, one-end, one-sided, contradicted, announced or learned (docs/guide/map.md)"),
        Column(
            "known",
            "bool",
            "what is connected is a switch whose output was given, or listed in an inventory, or has a configuration, "
            "by name or address; null where nothing is said by which it could be told, and of what was learnt or is "
            "said on the wire only",
        ),
    ),
    derived=True,
)

OCCUPIED_PORTS = Table(
    "occupied_ports",
    "One row for each port of a switch that has learnt addresses and does not lead on to another switch.",
    "output",
    (
        *_NEAR,
        Column("device", "str", "the switch"),
        Column("port", "str", "its port"),
        Column("mode", "str", "access, trunk, routed; empty if neither outputs nor configuration tell"),
        Column("leads_on", "bool", "to another switch"),
        Column(
            "names", "list[str]", "who is behind it: names, else MAC addresses; addresses that routers share left out"
        ),
        Column("macs", "list[str]", "their MAC addresses"),
        Column("stations", "int", "how many they are"),
        Column("captured", "bool", "one of them was seen talking with somebody; null without capture"),
        Column("unseen", "list[str]", "those that were not"),
    ),
    derived=True,
)

LOCATED_DEVICES = Table(
    "located_devices",
    "One row for each MAC address that switches have learnt at ports that do not lead on.",
    "output",
    (
        *_NEAR,
        Column("mac", "str", "MAC address"),
        Column("name", "str", "whose it is, else the address"),
        Column("ips", "list[str]", "IP addresses"),
        Column("ports", "list[str]", "switch and port, of every place"),
        Column("access_ports", "int", "how many of them are access ports for certain"),
        Column("unclear_ports", "int", "of how many it is not told what they are"),
        Column("virtual", "bool", "an address that several routers share (VRRP, HSRP)"),
        Column(
            "redundant",
            "bool",
            "frames of PRP, HSR or MRP say that it has several cables, and no switch has two of them",
        ),
    ),
    derived=True,
)
