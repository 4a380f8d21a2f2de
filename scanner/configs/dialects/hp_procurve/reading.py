"""HP ProCurve and ArubaOS-Switch: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.hp_procurve.access_lists import bind_access_lists, read_access_lists
from scanner.configs.dialects.hp_procurve.accounts import account_settings, login_settings, password_policy
from scanner.configs.dialects.hp_procurve.forwarding import forwarding
from scanner.configs.dialects.hp_procurve.grammar import GRAMMAR
from scanner.configs.dialects.hp_procurve.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.hp_procurve.management import service_settings, ssh_settings
from scanner.configs.dialects.hp_procurve.network import (
    binding_settings,
    routing_settings,
    system_settings,
    version_of,
)
from scanner.configs.dialects.hp_procurve.ports import port_settings
from scanner.configs.dialects.hp_procurve.snmp import snmp_settings

_TOPICS = (
    system_settings,
    service_settings,
    ssh_settings,
    snmp_settings,
    account_settings,
    login_settings,
    password_policy,
    log_settings,
    time_settings,
    port_settings,
    routing_settings,
    binding_settings,
)

read = CommandReader(
    "hp-procurve",
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    version=version_of,
    forwarding=forwarding,
).read
