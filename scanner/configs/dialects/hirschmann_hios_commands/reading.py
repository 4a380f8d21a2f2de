"""Hirschmann HiOS: what a script says, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.hirschmann_hios_commands.accounts import account_settings, password_policy
from scanner.configs.dialects.hirschmann_hios_commands.forwarding import forwarding
from scanner.configs.dialects.hirschmann_hios_commands.grammar import GRAMMAR
from scanner.configs.dialects.hirschmann_hios_commands.management import control_settings, service_settings
from scanner.configs.dialects.hirschmann_hios_commands.network import (
    bind_access_lists,
    log_settings,
    read_access_lists,
    routing_settings,
    system_settings,
    time_settings,
    unread_lists,
    version_of,
)
from scanner.configs.dialects.hirschmann_hios_commands.ports import port_settings
from scanner.configs.dialects.hirschmann_hios_commands.snmp import snmp_settings

_TOPICS = (
    system_settings,
    service_settings,
    control_settings,
    snmp_settings,
    account_settings,
    password_policy,
    log_settings,
    time_settings,
    port_settings,
    routing_settings,
    unread_lists,
)

read = CommandReader(
    "hirschmann-hios-commands",
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    actions=lambda _: [("", "unknown")],
    version=version_of,
    forwarding=forwarding,
).read
