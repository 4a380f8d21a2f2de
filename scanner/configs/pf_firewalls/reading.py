"""How a config.xml is read: the tree, topic by topic onto a sheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property

from scanner.configs.areas import Topic, read_topics
from scanner.configs.pf_firewalls.accounts import account_settings, password_policy
from scanner.configs.pf_firewalls.aside import is_read, set_aside
from scanner.configs.pf_firewalls.document import FirewallFile, FirewallKind, part_of
from scanner.configs.pf_firewalls.filtering import Filtering, filter_settings, read_filtering
from scanner.configs.pf_firewalls.forwarding import forwarding
from scanner.configs.pf_firewalls.management import service_settings
from scanner.configs.pf_firewalls.network import (
    binding_settings,
    interface_settings,
    routing_settings,
    system_settings,
)
from scanner.configs.pf_firewalls.services import log_settings, snmp_settings, time_settings
from scanner.configs.pf_firewalls.tunnels import tunnel_settings
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.understood import doubt_absence, doubt_the_rest
from scanner.configs.xml_tree import parse_xml
from scanner.errors import InputError
from scanner.wording import said


class _Device(FirewallFile):
    """A configuration and what it says of filtering. mentioned: how often each word stands in the file."""

    mentioned: Mapping[str, int]

    @cached_property
    def filtering(self) -> Filtering:
        return read_filtering(self)


def _with_filtering(topic: Callable[[FirewallFile, Filtering, Sheet], None]) -> Callable[[_Device, Sheet], None]:
    return lambda device, sheet: topic(device, device.filtering, sheet)


_FILTERED = ("acl", "line", "management", "snmp", "time")  # what rests on the rules
_TOPICS: tuple[Topic[_Device], ...] = (  # with the categories of settings that they tell
    (lambda device, sheet: filter_settings(device.filtering, device.mentioned, sheet), _FILTERED),
    (system_settings, ("system",)),
    (_with_filtering(service_settings), ("management", "line")),
    (_with_filtering(snmp_settings), ("snmp",)),
    (account_settings, ("account",)),
    (password_policy, ("password-policy",)),
    (log_settings, ("logging",)),
    (_with_filtering(time_settings), ("time",)),
    (_with_filtering(interface_settings), ("interface", "system")),
    (binding_settings, ("binding",)),
    (tunnel_settings, ("vpn",)),
    (routing_settings, ("routing",)),
)
_WORD = re.compile(r"[\w.-]+")
_PACKAGES = "installedpackages"  # what is added to the system, which may open and filter what it likes
_OF_PACKAGES = frozenset(("acl", "management", "snmp", "line"))


def read_firewall(data: bytes, name: str, mask: Mask, kind: FirewallKind) -> Configuration:
    """The settings of a config.xml; InputError when it is no text, or no such file."""
    tree, outermost = parse_xml(data, name, mask, is_read)
    if outermost.tag != kind.name:
        remedy = said("export the whole configuration as text")
        raise InputError(name, said("holds no configuration command"), remedy=remedy)
    device = _Device(tree, outermost, kind)
    device.mentioned = Counter(_WORD.findall(data.decode("utf-8", "replace")))
    sheet = Sheet(tree, kind.name)
    areas = read_topics(_TOPICS, device, sheet)
    set_aside(device)
    if not tree.complete:
        doubt_absence(sheet.rows, [()], UNKNOWN)
    doubt_the_rest(tree, lambda node: _areas(areas, part_of(node)))
    return sheet.configuration(lambda _: forwarding(device, device.filtering))


def _areas(areas: Mapping[str, frozenset[str]], part: str) -> tuple[str, ...]:
    found = areas.get(part, frozenset())
    if part == _PACKAGES or (part.startswith("OPNsense/") and not found):
        found |= _OF_PACKAGES
    return tuple(found)
