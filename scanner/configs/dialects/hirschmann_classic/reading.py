"""Hirschmann Classic: what a script says, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.hirschmann_classic.grammar import GRAMMAR
from scanner.configs.dialects.hirschmann_classic.management import account_settings, service_settings, snmp_settings
from scanner.configs.dialects.hirschmann_classic.network import (
    bind_access_lists,
    log_settings,
    port_settings,
    read_access_lists,
    system_settings,
    time_settings,
    unread_lists,
    version_of,
)
from scanner.configs.dialects.hirschmann_hios_commands.forwarding import forwarding

read = CommandReader(
    "hirschmann-classic",
    GRAMMAR,
    (
        system_settings,
        service_settings,
        snmp_settings,
        account_settings,
        log_settings,
        time_settings,
        port_settings,
        unread_lists,
    ),
    read_access_lists,
    bind_access_lists,
    version=version_of,
    forwarding=forwarding,
).read
