"""Palo Alto PAN-OS: what is saved, as settings."""

from __future__ import annotations

from collections.abc import Collection

from scanner.configs.areas import Topic, read_topics
from scanner.configs.dialects.paloalto_panos.accounts import account_settings, key_settings, password_policy
from scanner.configs.dialects.paloalto_panos.aside import set_aside
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice, parse
from scanner.configs.dialects.paloalto_panos.forwarding import forwarding
from scanner.configs.dialects.paloalto_panos.interfaces import interface_settings
from scanner.configs.dialects.paloalto_panos.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.paloalto_panos.management import service_settings, tls_and_ssh_settings
from scanner.configs.dialects.paloalto_panos.paths import part_of
from scanner.configs.dialects.paloalto_panos.policies import policy_settings
from scanner.configs.dialects.paloalto_panos.routing import routing_settings, tunnel_settings
from scanner.configs.dialects.paloalto_panos.snmp import snmp_settings
from scanner.configs.dialects.paloalto_panos.system import binding_settings, system_settings
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.understood import doubt_absence, doubt_the_rest, not_understood

_NAME = "paloalto-panos"
_RECORDED = ("timestamps", "login_failures", "config_changes")
_FIXED = frozenset((("management", "version"), *(("logging", setting) for setting in _RECORDED)))  # nothing sets these

_TOPICS: tuple[Topic[PanosDevice], ...] = (  # with the categories of settings that they tell
    (system_settings, ("system",)),
    (service_settings, ("management", "line")),
    (tls_and_ssh_settings, ("management",)),
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
    (policy_settings, ("acl",)),
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a PAN-OS configuration; InputError when it is no text or empty, or XML with entities."""
    device = parse(data, name, mask)
    sheet = Sheet(device.tree, _NAME)
    areas = read_topics(_TOPICS, device, sheet)
    set_aside(device)

    def about(node: Node) -> Collection[str]:
        """What a line may be about."""
        return areas.get(part_of(node.key.split()), ())

    elsewhere: list[Collection[str]] = [()] if device.managed or not device.tree.complete else []
    lost = [about(node) for node in not_understood(device.tree)]
    doubt_absence(sheet.rows, [*elsewhere, *lost], UNKNOWN, _FIXED)
    doubt_the_rest(device.tree, about)
    return sheet.configuration(lambda _: forwarding(device))
