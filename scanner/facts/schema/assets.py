"""Tables of devices: addresses, what they say of themselves, inventories."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

_SUPPORT = (
    Column(
        "system",
        "str",
        "operating system that the text means, as scanner/assets/systems.yaml calls it; empty when it is none of these",
        derived=True,
    ),
    Column(
        "supported_certainly_until",
        "time",
        "last day on which its maker supports it without a contract, whatever edition it is; 2099-12-31 when no end is "
        "announced; null when that is not known",
        derived=True,
    ),
    Column(
        "supported_possibly_until",
        "time",
        "last day on which its maker supports an edition that it may be, for payment perhaps; null when that is not "
        "known",
        derived=True,
    ),
)

_BY_MAKER = (
    Column(
        "named_by_maker",
        "bool",
        "a statement of its maker about the lives of products (OpenEoX) is or may be about it",
        derived=True,
    ),
    Column(
        "maker_supports_certainly_until",
        "time",
        "last day on which all that such statements are about certainly gets security support; null when not known",
        derived=True,
    ),
    Column(
        "maker_supports_possibly_until",
        "time",
        "last day on which all that such statements are about may get security support; null when not known",
        derived=True,
    ),
)


SIGHTINGS = Table(
    "sightings",
    "MAC and IP address pairs that sent frames: the raw evidence for the table devices.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("mac", "str", "source MAC address, empty for captures without layer 2"),
        Column("ip", "str", "source IP address, empty for layer-2 only"),
        Column("vlan", "int", "outermost VLAN identifier, -1 if untagged"),
        Column("proof", "str", "arp: the device itself said so; ip: seen in frames (a router's MAC carries many)"),
        Column("packets", "int", "packets"),
        Column("first_time", "time", "first packet"),
        Column("last_time", "time", "last packet"),
        Column("first_frame", "int", "first frame number"),
        Column("claims", "int", "how often the device said that the address is its own (ARP, neighbour advertisement)"),
        Column(
            "contested",
            "int",
            "how often it said so although another MAC address had used it since the time before; within a second: "
            "once",
        ),
        Column("contested_frame", "int", "frame number of the first such claim, 0 if none"),
    ),
)

ADDRESSES = Table(
    "addresses",
    "One row for each IP address that somebody claimed as his own (ARP, neighbour advertisement) in a VLAN.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("vlan", "int", "outermost VLAN identifier, -1 if untagged"),
        Column("ip", "str", "IP address"),
        Column("claimants", "list[str]", "MAC addresses of the devices that claimed or used it as their own"),
        Column("devices", "list[str]", "their ids in the table devices"),
        Column("names", "list[str]", "their best known names"),
        Column("claims", "int", "how often it was claimed"),
        Column(
            "at_once",
            "bool",
            "several devices had it at one time; not routers that answer for others (proxy ARP), virtual routers, "
            "devices that the inventory says share it, and addresses that moved from one device to another; "
            "unknown where one claimed it for a while and never used it",
        ),
        Column("first_time", "time", "first packet from it"),
        Column("last_time", "time", "last packet from it"),
        Column("frames", "list[int]", "frames of the claimants"),
        Column("filter", "str", "tshark display filter that finds it"),
    ),
    derived=True,
)

IDENTITIES = Table(
    "identities",
    "What protocols reveal about devices, one row a field and value: the raw evidence for the table devices.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("mac", "str", "MAC address of the device, if known"),
        Column("ip", "str", "IP address of the device, if known"),
        Column("field", "str", "vendor, model, order_number, serial, firmware, name, ..."),
        Column("value", "str", "the value as the protocol carries it"),
        Column("protocol", "str", "protocol that said so"),
        Column("count", "int", "how often"),
        Column("first_time", "time", "first time"),
        Column("first_frame", "int", "first frame number"),
        *_SUPPORT,
        *_BY_MAKER,
        Column("device", "str", "id of the device in the table devices that said so; empty if unclear", derived=True),
    ),
)

OBSERVATIONS = Table(
    "observations",
    "What was seen of each place: everything together, each zone, each pair of zones and each device. What is sent to "
    "everybody (ARP, broadcasts, multicast) is no observation: it shows that somebody is there, not what is said.",
    "capture",
    (
        Column("kind", "str", "all, zone, pair or device"),
        Column("zone", "str", "zone id; of a pair the first one; of a device its own"),
        Column("other_zone", "str", "of a pair the other zone; empty for the Internet and what is in no zone"),
        Column("device", "str", "device id"),
        Column(
            "seconds",
            "float",
            "time in which it was seen talking: silence counts as far as it belongs to a rhythm that was seen",
            "seconds",
        ),
        Column("any_seconds", "float", "the same, with what is sent to everybody", "seconds"),
        Column("packets", "int", "packets of conversations between two ends"),
        Column("conversations", "int", "conversations between two ends"),
        Column("both_sides", "bool", "packets of both ends of a conversation were seen"),
        Column("recognised_share", "float", "share of payload bytes whose protocol was recognised, 0 to 1"),
        Column("devices", "int", "of a zone: devices that were seen talking with somebody"),
        Column("heard_devices", "int", "of a zone: devices of which only what they send to everybody was seen"),
        Column(
            "boundary",
            "str",
            "of a zone, why traffic across its boundary would have been seen: routed (frames between its own devices "
            "and a router), router (the capture lies at a router), crossing (traffic crosses the boundary); empty if "
            "nothing shows that it would",
        ),
        Column(
            "boundary_seconds",
            "float",
            "of a zone: for how long traffic across its boundary would have been seen",
            "seconds",
        ),
    ),
    derived=True,
)

DEVICES = Table(
    "devices",
    "One row for each device seen in the captures, reconciled with the inventory and the policy.",
    "capture",
    (
        Column("device", "str", "id: its first MAC address, else IP address"),
        Column("mac", "str", "first MAC address, empty behind a router"),
        Column("macs", "list[str]", "every MAC address: its own, then those of its ports and virtual routers"),
        Column("oui_vendor", "str", "maker that the MAC prefix is registered to"),
        Column("ips", "list[str]", "IP addresses"),
        Column("vlans", "list[int]", "VLANs it was seen in"),
        Column("name", "str", "best known name: inventory, protocol, else address"),
        Column("names", "list[str]", "all names seen"),
        Column("vendor", "str", "maker, from protocols"),
        Column("model", "str", "model, from protocols"),
        Column("order_number", "str", "order number, from protocols"),
        Column("serial", "str", "serial number, from protocols"),
        Column("firmware", "str", "firmware version, from protocols"),
        Column("roles", "list[str]", "controller, hmi, engineering_station, io_device, switch, router, server, ..."),
        Column("role_reasons", "list[str]", "why each role was inferred", said=True),
        Column("protocols", "list[str]", "industrial and other protocols it spoke"),
        Column("serves", "list[str]", "protocols it answered as server"),
        Column("packets", "int", "packets it sent"),
        Column("public", "bool", "it has a public Internet address"),
        Column("first_time", "time", "first packet"),
        Column("last_time", "time", "last packet"),
        Column("captures", "list[str]", "captures it was seen in"),
        Column("frames", "list[int]", "first frame numbers, in the first of these captures"),
        Column("filter", "str", "tshark display filter that finds it"),
        Column("zone", "str", "zone id, empty if in none"),
        Column("zones", "list[str]", "every zone that claims it"),
        Column("zone_count", "int", "how many zones claim it"),
        Column(
            "zone_reach",
            "int",
            "how many zones claim it or an address whose packets it forwards, or seems to: who sends from addresses of "
            "several networks, and proves none of them to be its own, may have them all",
        ),
        Column("level", "float", "Purdue level of its zone"),
        Column(
            "listed",
            "bool",
            "it is in the inventory by one of its addresses; null without inventory, and when an entry may be its own "
            "by nothing but what it says of itself (serial number, name)",
        ),
        Column("inventory_row", "str", "file and row of its inventory entry", said=True),
        Column(
            "conflicts",
            "list[str]",
            "fields that contradict the inventory, or on which it or what was seen contradicts the address tables of "
            "configurations: address, mac, vendor, model, order_number, serial, firmware",
        ),
        Column("conflict_details", "list[str]", "the contradictions in words: field, listed, seen", said=True),
        Column("disagreements", "list[str]", "fields of which protocols say different things, in words"),
    ),
    derived=True,
)

INVENTORY = Table(
    "inventory",
    "One row for each asset of the inventories.",
    "inventory",
    (
        Column("source", "str", "file"),
        Column("row", "int", "row or line in the file, counted from 1 with the header"),
        Column("id", "str", "the asset's key in the source"),
        Column("name", "str", "display name; where rules judge, else its host name, PROFINET name, key or address"),
        Column("hostname", "str", "host name"),
        Column("profinet_name", "str", "PROFINET name of station"),
        Column("ips", "list[str]", "IP addresses"),
        Column("macs", "list[str]", "MAC addresses, lower case with colons"),
        Column("vendor", "str", "maker"),
        Column("model", "str", "product"),
        Column("order_number", "str", "order or part number"),
        Column("serial", "str", "serial number"),
        Column("firmware", "str", "firmware version"),
        Column("hardware_revision", "str", "hardware revision"),
        Column("os", "str", "operating system"),
        Column("type", "str", "plc, rtu, hmi, switch, ... (normalised)"),
        Column("roles", "list[str]", "roles given in the list"),
        Column("protocols", "list[str]", "protocols given in the list"),
        Column("ports", "list[str]", "ports or services given in the list"),
        Column("zone", "str", "zone given in the list"),
        Column("level", "float", "Purdue level given in the list"),
        Column("vlans", "list[int]", "VLANs given in the list"),
        Column("site", "str", "site"),
        Column("location", "str", "location"),
        Column("criticality", "str", "low, medium, high, critical as given"),
        Column("owner", "str", "responsible person or department"),
        Column("authorized", "bool", "approved asset"),
        Column(
            "observed",
            "bool",
            "a scanner or sensor found it on the network and nobody has approved it: who is only there is not "
            "listed, and has no role by it",
        ),
        Column("lifecycle", "str", "life-cycle state or end-of-support date as given"),
        Column("state", "str", "operating state as given: in use, in stock, retired"),
        Column("logging", "str", "it keeps a log: yes, no, or as given (where to)"),
        Column("accounts", "list[str]", "account names as given, never secrets"),
        Column("backup", "str", "backup of its program or configuration: yes, no, or as given (a date)"),
        Column("restore_tested", "str", "that backup was restored for a test: yes, no, or as given (a date)"),
        Column("redundancy", "str", "another takes over when it fails: yes, no, or as given"),
        Column("malware_protection", "str", "protection against malware: yes, no, or as given (the product)"),
        Column("certified", "str", "its security was tested or certified: yes, no, or as given"),
        Column("default_credentials", "str", "credentials of the maker are in use: yes, no, or as given"),
        Column("public_ips", "list[str]", "those of its IP addresses that are of the Internet"),
        Column("extra", "str", "JSON object of the columns that are not understood, by their original headers"),
        Column("missing", "list[str]", "high-priority attributes that are empty (CISA's 2025 OT inventory guidance)"),
        Column("invalid", "list[str]", "cells that could not be understood: column and reason", said=True),
        *_SUPPORT,
        Column(
            "life_cycle",
            "str",
            "what the life-cycle state says: ended, ending (announced, spare parts only), supported; empty if it gives "
            "a date, or neither",
            derived=True,
        ),
        Column("support_ends", "time", "last day of support that the life-cycle state gives", derived=True),
        Column(
            "service",
            "str",
            "what its operating state says, or else its life-cycle state: in service, spare (not yet or not now "
            "installed), out of service; empty if neither says so",
            derived=True,
        ),
        *_BY_MAKER,
        Column(
            "undecided",
            "list[str]",
            "those of backup, restore_tested, redundancy, malware_protection, certified, default_credentials, logging "
            "and accounts in which the list says nothing, or leaves it open (planned, to be checked)",
            derived=True,
        ),
        Column("seen", "bool", "seen in the captures; null without capture", derived=True),
        Column("device", "str", "id of the device seen", derived=True),
        Column("zone_by_policy", "str", "zone the policy puts it in", derived=True),
        Column("zone_differs", "bool", "its zone, as listed, is another one of the policy", derived=True),
        Column("duplicates", "list[str]", "other rows with the same address, MAC or serial", derived=True, said=True),
        Column("expected", "bool", "its address lies in a network that the captures cover", derived=True),
    ),
)
