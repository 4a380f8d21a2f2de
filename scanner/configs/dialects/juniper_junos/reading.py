"""Juniper Junos OS: what is saved, as settings."""

from __future__ import annotations

from scanner.configs import acls
from scanner.configs.areas import Topic, read_topics
from scanner.configs.dialects.juniper_junos.accounts import account_settings, password_policy
from scanner.configs.dialects.juniper_junos.aside import set_aside
from scanner.configs.dialects.juniper_junos.bindings import binding_settings
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice, parse, part_of
from scanner.configs.dialects.juniper_junos.filters import (
    DEFAULT_ACTIONS,
    bind_filters,
    named_elsewhere,
    read_filters,
)
from scanner.configs.dialects.juniper_junos.forwarding import forwarding
from scanner.configs.dialects.juniper_junos.interfaces import interface_settings
from scanner.configs.dialects.juniper_junos.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.juniper_junos.management import service_settings, ssh_settings
from scanner.configs.dialects.juniper_junos.policies import read_policies
from scanner.configs.dialects.juniper_junos.routing import key_settings, routing_settings, tunnel_settings
from scanner.configs.dialects.juniper_junos.snmp import snmp_settings
from scanner.configs.dialects.juniper_junos.structures import structure_settings
from scanner.configs.dialects.juniper_junos.system import system_settings
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.understood import doubt_absence, doubt_the_rest

_NAME = "juniper-junos"


def _lists(device: JunosDevice, sheet: Sheet) -> None:
    """Firewall filters and security policies."""
    lists = read_filters(device)
    bind_filters(device, lists)
    default = read_policies(device, lists)
    actions = [(use, default if use == "all interfaces" else action) for use, action in DEFAULT_ACTIONS]
    acls.rows(sheet, lists, actions, named=named_elsewhere(device))


_TOPICS: tuple[Topic[JunosDevice], ...] = (  # with the categories of settings that they tell
    (system_settings, ("system",)),
    (service_settings, ("management", "line")),
    (ssh_settings, ("management",)),
    (snmp_settings, ("snmp",)),
    (account_settings, ("account", "line")),
    (key_settings, ("account",)),
    (password_policy, ("password-policy",)),
    (log_settings, ("logging",)),
    (time_settings, ("time",)),
    (interface_settings, ("interface", "system")),
    (routing_settings, ("routing",)),
    (tunnel_settings, ("vpn",)),
    (binding_settings, ("binding",)),
    (structure_settings, ("structure",)),
    (_lists, ("acl", "line", "management", "snmp", "time")),
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a Junos configuration; InputError when it is no text or empty."""
    device = parse(data, name, mask)
    sheet = Sheet(device.tree, _NAME)
    areas = read_topics(_TOPICS, device, sheet)
    set_aside(device)
    if not device.tree.complete:
        doubt_absence(sheet.rows, [()], UNKNOWN)
    doubt_the_rest(device.tree, lambda node: areas.get(part_of(node.key.split()), ()))
    return sheet.configuration(lambda _: forwarding(device))
