"""Names for what the layers count by number: link types, and what they do not understand."""

from __future__ import annotations

from scanner.code_tables import code_table
from scanner.wording import said, verbatim

LINK_TYPES = {**code_table(__package__, "link_types.tsv"), 65535: "undescribed interface"}

# Categories of Packet.category, as in packet.py.
LINK_TYPE, ETHERTYPE, PPP, GRE, LLC, REASON = range(6)

# Numbers of Packet.number in the category REASON, as in packet.py.
REASONS = (
    said("headers cut off by the snapshot length"),
    said("802.11 encrypted data"),
    said("802.11 frame of another kind"),
    said("802.11 fragment"),
    said("MACsec"),
    said("Cisco ISL"),
    said("MPLS payload"),
    said("Linux cooked payload"),
    said("loopback address family"),
    said("GRE with source routing"),
    said("ERSPAN payload that is not Ethernet"),
    said("802.11 frame with a wrong check sequence"),
    said("netANALYZER event"),
)

_FORMS = {
    ETHERTYPE: "EtherType 0x{:04x}",
    PPP: "PPP protocol 0x{:04x}",
    GRE: "GRE protocol 0x{:04x}",
    LLC: "NLPID 0x{:02x}",
}


_PERIPHERALS = ("USB", "BLUETOOTH", "DBUS", "I2C", "SERIAL")  # of one computer, beginnings of names


def of_network(category: int, number: int) -> bool:
    """What could not be understood is a link type, and may be that of a network."""
    return category == LINK_TYPE and not LINK_TYPES.get(number, "").startswith(_PERIPHERALS)


def link_type(number: int) -> str:
    """Name of a LINKTYPE number."""
    return LINK_TYPES.get(number, f"link type {number}")


def not_understood(category: int, number: int) -> str:
    """Name of what could not be understood in a packet, a ``Said``."""
    if category == REASON:
        return REASONS[number]
    if category == LINK_TYPE:
        return said("link type {name}", name=LINK_TYPES.get(number, str(number)))
    return verbatim(_FORMS[category].format(number))
