"""Paths of PAN-OS statements: the same for firewalls of one virtual system and several, as commands and as XML.

Sources: PAN-OS CLI Quick Start ("Load configuration settings", set format), PAN-OS and Panorama API Guide ("Structure
of the XPath"). A firewall with one virtual system writes commands about it without its name; XML has a level for the
device, whose name is always ``localhost.localdomain``.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.code_tables import rows_table
from scanner.configs.statements.paths import StatementPaths

ONLY = "vsys1"  # the virtual system that every firewall has
_DEVICE = ["devices", "localhost.localdomain"]
_TOP_WORDS = (
    "config deviceconfig devices device-group log-collector log-collector-group mgt-config network panorama platform"
    " plugins policy predefined readonly shared template template-stack vsys wildfire-appliance"
    " wildfire-appliance-cluster content-update global-protect-agent"
)
_TOP = frozenset(_TOP_WORDS.split())
_OTHERS = ("template", "template-stack", "device-group")  # that Panorama keeps for firewalls


def canonical(path: Sequence[str]) -> list[str]:
    """The path from the top of a device, whichever form it comes from."""
    words = list(path)
    if words[:1] == ["config"]:
        del words[0]
    if words[:2] == _DEVICE:
        del words[:2]
    if words[:1] == ["template"] and words[2:3] == ["config"] and words[3:5] == _DEVICE:
        del words[3:5]
    if words and words[0] not in _TOP:
        words[:0] = ["vsys", ONLY]
    return words


def scoped(path: Sequence[str]) -> Sequence[str]:
    """The path in the virtual system, template or device group that it is in, or in what all of them share."""
    while len(path) > 2 and path[0] in ("vsys", "device-group", "panorama"):
        path = path[1:] if path[0] == "panorama" else path[2:]
    if len(path) > 3 and path[0] in ("template", "template-stack") and path[2] == "config":
        return scoped(path[3:])
    if len(path) > 1 and path[0] == "shared":
        path = path[1:]
    return path


def part_of(path: Sequence[str]) -> str:
    """The part of a configuration that a path is in."""
    words = canonical(path)
    if words[:1] and words[0] in _OTHERS:
        return words[0]
    scope = "shared " if words[:1] == ["shared"] else "panorama " if words[:1] == ["panorama"] else ""
    inner = scoped(words)
    depth = 2 if inner[:1] and inner[0] in ("deviceconfig", "network", "mgt-config") else 1
    return scope + " ".join(inner[:depth])


_PATHS = StatementPaths(lambda: rows_table(__package__, "attributes.tsv"), scoped)


def paths_of(words: Sequence[str]) -> list[list[str]]:
    """The paths that the words of a command are: one for each member of a list, for each attribute.

    >>> paths_of(["rulebase", "security", "rules", "r", "from", "a", "to", "b"])[1]
    ['vsys', 'vsys1', 'rulebase', 'security', 'rules', 'r', 'to', 'b']
    """
    return _PATHS.of(canonical(words))
