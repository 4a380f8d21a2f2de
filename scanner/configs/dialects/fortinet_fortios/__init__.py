"""Fortinet FortiOS 5.2 to 7.6: a backup, ``show`` or ``show full-configuration`` of a FortiGate as settings.

Sources: FortiOS CLI references 5.2, 6.0, 6.2, 6.4, 7.0, 7.4 and 7.6 (config system, firewall, log, router, user, vpn).
A backup leaves out what is at its default; where that changed between releases and the header does not name one, the
row says ``unknown-default``. Policies of a virtual domain are one access list, in which each entry holds between the
interfaces that it names, and what none matches is denied.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import acls
from scanner.configs.dialect import Dialect
from scanner.configs.dialects.fortinet_fortios.administrators import administrator_settings
from scanner.configs.dialects.fortinet_fortios.aside import set_aside
from scanner.configs.dialects.fortinet_fortios.bindings import binding_settings
from scanner.configs.dialects.fortinet_fortios.blocks import parse
from scanner.configs.dialects.fortinet_fortios.interfaces import interface_settings
from scanner.configs.dialects.fortinet_fortios.keys import key_settings
from scanner.configs.dialects.fortinet_fortios.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.fortinet_fortios.management import service_settings, tls_and_ssh_settings
from scanner.configs.dialects.fortinet_fortios.passwords import password_policy
from scanner.configs.dialects.fortinet_fortios.policies import DEFAULT_ACTIONS, logs_the_rest, read_policies
from scanner.configs.dialects.fortinet_fortios.recognition import TELLTALES
from scanner.configs.dialects.fortinet_fortios.routing import routing_settings
from scanner.configs.dialects.fortinet_fortios.secrets import SECRETS
from scanner.configs.dialects.fortinet_fortios.snmp import snmp_settings
from scanner.configs.dialects.fortinet_fortios.system import system_settings
from scanner.configs.dialects.fortinet_fortios.tables import Device
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration, Sheet
from scanner.configs.understood import doubt_the_rest

_NAME = "fortinet-fortios"

_TOPICS = (
    system_settings,
    service_settings,
    tls_and_ssh_settings,
    snmp_settings,
    administrator_settings,
    key_settings,
    password_policy,
    log_settings,
    time_settings,
    interface_settings,
    routing_settings,
    binding_settings,
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a FortiOS configuration; InputError when it is no text or empty."""
    device = Device(parse(data, name, mask))
    sheet = Sheet(device.tree, _NAME)
    for topic in _TOPICS:
        topic(device, sheet)
    acls.rows(sheet, read_policies(device), DEFAULT_ACTIONS, rest_logged=logs_the_rest(device))
    set_aside(device)
    doubt_the_rest(device.tree)
    return sheet.configuration()


DIALECT = Dialect(
    _NAME,
    "Fortinet FortiOS",
    TELLTALES.resemblance,
    read,
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
