"""Elements that are understood and say nothing that is kept.

Sources: the default configurations and models of both systems and of their packages, and the settings that their web
pages write. In the sections that rules judge only elements that are known are set aside; whatever stands in the others
cannot set any of it. A name that is one letter away from one that is read is not known.
"""

from __future__ import annotations

from functools import cache

from scanner.code_tables import rows_table
from scanner.configs.pf_firewalls.document import FirewallFile
from scanner.configs.understood import misspelt
from scanner.configs.xml_tree import XmlElement

_ALL = "**"


@cache
def _known() -> dict[tuple[str, ...], frozenset[str]]:
    """Path of a section -> what is known in it."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for path, names in rows_table(__package__, "aside.tsv"):
        key = tuple(path.split("/")) if path != "." else ()
        found[key] = found.get(key, frozenset()) | frozenset(names.split())
    return found


def set_aside(file: FirewallFile) -> None:
    """Mark as understood what says nothing that is kept."""
    _mark(file.root, ())


def _mark(element: XmlElement, path: tuple[str, ...]) -> None:
    known = _names(path)
    for child in element.children:
        below = (*path, child.tag)
        if _ALL in _names(below):
            for inner in child.walk():
                inner.node.understood = True
            continue
        if child.tag in known or (_ALL in known and not misspelt(child.tag, known)):
            child.node.understood = True
        if child.children:
            _mark(child, below)


def _names(path: tuple[str, ...]) -> frozenset[str]:
    """What is known in a section; the name of the last but one may be any (``interfaces/*``)."""
    table = _known()
    found = table.get(path)
    if found is None and path:
        found = table.get((*path[:-1], "*"))
    if found is None and len(path) > 1:
        found = table.get((*path[:-2], "*", path[-1]))
    return found or frozenset()


def is_read(path: tuple[str, ...]) -> bool:
    """The text of an element at this path may be kept: it stands in a section that is read. ``path`` has the root."""
    if len(path) < 2:
        return False
    if path[1] in _SECTIONS:
        return True
    if path[1] == "OPNsense":
        if path[2:3] == ("Swanctl",):
            return path[-1] in _CONNECTIONS
        return len(path) > 2 and (path[2] in _PARTS or (path[2] in ("Kea", "unboundplus") and bool(_BINDS & {*path})))
    if path[1] == "ipsec":
        return path[-1] in _TUNNELS
    return (path[1] in ("dhcpd", "dhcpdv6") and "staticmap" in path) or path[1:3] in _OTHERS


_READ = (
    "version lastchange revision system interfaces vlans laggs bridges gateways staticroutes filter nat aliases"
    " schedules ifgroups virtualip syslog snmpd ntpd dhcrelay"
)
_SECTIONS = frozenset(_READ.split())
_PARTS = frozenset(("Firewall", "DHCRelay", "Syslog", "netsnmp", "Gateways", "Interfaces", "Backup", "system"))
_BINDS = {"reservation", "hosts"}
_OTHERS = (("unbound", "hosts"), ("dnsmasq", "hosts"), ("installedpackages", "miniupnpd"))
_OF_TUNNELS = (  # no key, and no name of who may use one
    "ikeid disabled iketype mode name keylen hash-algorithm dhgroup protocol hash-algorithm-option pfsgroup"
)
_TUNNELS = frozenset(_OF_TUNNELS.split())
_OF_CONNECTIONS = "enabled proposals aggressive version connection esp_proposals mode"
_CONNECTIONS = frozenset(_OF_CONNECTIONS.split())
