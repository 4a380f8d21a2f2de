"""Hirschmann HiOS: what is saved, as settings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from scanner.configs.areas import Topic, read_topics
from scanner.configs.dialects.hirschmann_hios.access_lists import list_settings, read_lists
from scanner.configs.dialects.hirschmann_hios.accounts import account_settings, password_policy
from scanner.configs.dialects.hirschmann_hios.forwarding import forwarding
from scanner.configs.dialects.hirschmann_hios.management import control_settings, service_settings, snmp_settings
from scanner.configs.dialects.hirschmann_hios.network import (
    log_settings,
    system_settings,
    time_settings,
)
from scanner.configs.dialects.hirschmann_hios.objects import stands_apart
from scanner.configs.dialects.hirschmann_hios.ports import port_settings
from scanner.configs.dialects.hirschmann_hios.profile import MibProfile, mib_of, parse
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration, Sheet
from scanner.configs.understood import doubt_the_rest

_NAME = "hirschmann-hios"

_TOPICS: tuple[Topic[MibProfile], ...] = (  # with the categories of settings that they tell
    (system_settings, ("system",)),
    (service_settings, ("management", "line")),
    (control_settings, ("management", "line")),
    (snmp_settings, ("snmp",)),
    (account_settings, ("account", "snmp")),
    (password_policy, ("password-policy",)),
    (log_settings, ("logging",)),
    (time_settings, ("time",)),
    (lambda profile, sheet: list_settings(read_lists(profile), sheet), ("acl",)),
    (lambda profile, sheet: port_settings(profile, read_lists(profile), sheet), ("interface", "system")),
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a configuration profile; InputError when it is no text or empty."""
    profile = parse(data, name, mask)
    sheet = Sheet(profile.tree, _NAME)
    by_object = read_topics(_TOPICS, profile, sheet)
    doubt_the_rest(profile.tree, _areas(profile, by_object))
    return sheet.configuration(lambda _: forwarding(profile, read_lists(profile)))


def _areas(profile: MibProfile, by_object: Mapping[str, frozenset[str]]) -> Callable[[Node], Collection[str]]:
    """What an object may be about: what is read of its MIB, and what is read and does not stand in any although every
    profile has it.
    """
    missing: set[str] = set()
    found: dict[str, set[str]] = {}
    for name, categories in by_object.items():
        mibs = profile.mibs_of(name)
        missing.update(() if mibs or stands_apart(name) else categories)
        for mib in mibs:
            found.setdefault(mib, set()).update(categories)
    return lambda node: found[mib_of(node)] | missing if mib_of(node) in found else ()
