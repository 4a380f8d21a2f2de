"""Fortinet FortiOS: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.areas import Topic, read_topics, top_of
from scanner.configs.dialects.fortinet_fortios.administrators import administrator_settings
from scanner.configs.dialects.fortinet_fortios.aside import set_aside
from scanner.configs.dialects.fortinet_fortios.bindings import binding_settings
from scanner.configs.dialects.fortinet_fortios.blocks import parse
from scanner.configs.dialects.fortinet_fortios.forwarding import forwarding
from scanner.configs.dialects.fortinet_fortios.interfaces import interface_settings
from scanner.configs.dialects.fortinet_fortios.keys import key_settings
from scanner.configs.dialects.fortinet_fortios.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.fortinet_fortios.management import service_settings, tls_and_ssh_settings
from scanner.configs.dialects.fortinet_fortios.passwords import password_policy
from scanner.configs.dialects.fortinet_fortios.policies import policy_settings
from scanner.configs.dialects.fortinet_fortios.routing import routing_settings
from scanner.configs.dialects.fortinet_fortios.snmp import snmp_settings
from scanner.configs.dialects.fortinet_fortios.structures import structure_settings
from scanner.configs.dialects.fortinet_fortios.system import system_settings
from scanner.configs.dialects.fortinet_fortios.tables import Device
from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration, Sheet
from scanner.configs.understood import doubt_the_rest

_NAME = "fortinet-fortios"

_TOPICS: tuple[Topic[Device], ...] = (  # with the categories of settings that they tell
    (system_settings, ("system", "management")),
    (service_settings, ("management", "line")),
    (tls_and_ssh_settings, ("management",)),
    (snmp_settings, ("snmp",)),
    (administrator_settings, ("account", "line")),
    (key_settings, ("account", "vpn")),
    (password_policy, ("password-policy",)),
    (log_settings, ("logging",)),
    (time_settings, ("time",)),
    (interface_settings, ("interface",)),
    (routing_settings, ("routing", "interface", "system", "vpn")),
    (binding_settings, ("binding",)),
    (policy_settings, ("acl",)),
    (structure_settings, ("structure",)),
)
_SCOPES = ("config global", "config vdom", "edit ")


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a FortiOS configuration; InputError when it is no text or empty."""
    device = Device(parse(data, name, mask))
    sheet = Sheet(device.tree, _NAME)
    areas = read_topics(_TOPICS, device, sheet)
    set_aside(device)
    doubt_the_rest(device.tree, lambda node: areas.get(_path(node), ()))
    return sheet.configuration(lambda _: forwarding(device))


def _path(node: Node) -> str:
    """The path of the table that a line is in."""
    top = top_of(node, *_SCOPES)
    return top.key.removeprefix("config ") if top is not node and top.key.startswith("config ") else ""
