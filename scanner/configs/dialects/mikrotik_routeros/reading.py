"""MikroTik RouterOS: what is saved, as settings."""

from __future__ import annotations

from collections.abc import Collection

from scanner.configs.areas import Topic, read_topics
from scanner.configs.chains.rows import chain_rows
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.accounts import account_settings, password_policy
from scanner.configs.dialects.mikrotik_routeros.aside import set_aside
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice, parse
from scanner.configs.dialects.mikrotik_routeros.firewall import study_of
from scanner.configs.dialects.mikrotik_routeros.forwarding import forwarding
from scanner.configs.dialects.mikrotik_routeros.interfaces import (
    interface_settings,
    routing_settings,
    tunnel_settings,
)
from scanner.configs.dialects.mikrotik_routeros.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.mikrotik_routeros.services import service_settings
from scanner.configs.dialects.mikrotik_routeros.snmp import snmp_settings
from scanner.configs.dialects.mikrotik_routeros.system import binding_settings, system_settings
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.understood import doubt_absence, doubt_the_rest, not_understood

_NAME = "mikrotik-routeros"
_FIXED = frozenset((("management", "version"), ("logging", "timestamps")))  # nothing sets these


def _topics(study: ChainStudy) -> tuple[Topic[RosDevice], ...]:
    """With the categories of settings that each tells."""
    return (
        (system_settings, ("system",)),
        (lambda device, sheet: service_settings(device, sheet, study), ("management", "line")),
        (account_settings, ("account", "line")),
        (password_policy, ("password-policy",)),
        (lambda device, sheet: snmp_settings(device, sheet, study), ("snmp",)),
        (log_settings, ("logging",)),
        (lambda device, sheet: time_settings(device, sheet, study), ("time",)),
        (interface_settings, ("interface", "system")),
        (routing_settings, ("routing",)),
        (tunnel_settings, ("vpn",)),
        (binding_settings, ("binding",)),
    )


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a RouterOS export; InputError when it is no text or empty."""
    device = parse(data, name, mask)
    sheet = Sheet(device.tree, _NAME)
    device.asking = set()
    study = study_of(device)
    rules = dict.fromkeys(device.asking, frozenset(("acl", "line", "management", "snmp", "time")))
    set_aside(device)
    lost = not_understood(device.tree)
    areas = {**rules, **read_topics(_topics(study), device, sheet)}
    areas |= {path: rules[path] | areas[path] for path in rules}
    chain_rows(sheet, study)
    for node in lost:  # what rows say of a line does not tell all of it
        node.understood = False

    def about(node: Node) -> Collection[str]:
        """What a line may be about."""
        return areas.get(device.of_node.get(id(node), ""), ())

    missing: list[Collection[str]] = [] if device.tree.complete else [()]
    doubt_absence(sheet.rows, [*missing, *map(about, not_understood(device.tree))], UNKNOWN, _FIXED)
    doubt_the_rest(device.tree, about)
    unknown = not_understood(device.tree)
    return sheet.configuration(lambda _: forwarding(device, study, unknown))
