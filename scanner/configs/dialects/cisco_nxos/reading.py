"""Cisco NX-OS: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.cisco_nxos.accounts import password_policy, user_settings
from scanner.configs.dialects.cisco_nxos.features import switched_off
from scanner.configs.dialects.cisco_nxos.forwarding import forwarding
from scanner.configs.dialects.cisco_nxos.grammar import GRAMMAR
from scanner.configs.dialects.cisco_nxos.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.cisco_nxos.management import service_settings, ssh_settings
from scanner.configs.dialects.cisco_nxos.network import (
    bind_access_lists,
    binding_settings,
    port_settings,
    read_access_lists,
    routing_settings,
    system_settings,
)
from scanner.configs.dialects.cisco_nxos.snmp import snmp_settings
from scanner.configs.dialects.cisco_nxos.structures import structure_settings
from scanner.configs.open_guards import Guards
from scanner.configs.tree_guards import LIKE_IOS

_NAME = "cisco-nxos"

_TOPICS = (
    system_settings,
    service_settings,
    ssh_settings,
    snmp_settings,
    user_settings,
    password_policy,
    log_settings,
    time_settings,
    port_settings,
    routing_settings,
    binding_settings,
    structure_settings,
    LIKE_IOS.settings,
)


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    forwarding=forwarding,
    guards=Guards(),
    without=switched_off,
).read
