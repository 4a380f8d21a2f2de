"""Moxa switches and secure routers: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.moxa.accounts import account_settings, password_policy
from scanner.configs.dialects.moxa.grammar import GRAMMAR
from scanner.configs.dialects.moxa.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.moxa.management import service_settings
from scanner.configs.dialects.moxa.network import (
    interface_settings,
    no_access_lists,
    no_uses,
    routing_settings,
    system_settings,
    unread_filters,
)
from scanner.configs.dialects.moxa.ports import port_settings
from scanner.configs.dialects.moxa.snmp import snmp_settings
from scanner.configs.dialects.moxa.tunnels import tunnel_settings

_TOPICS = (
    system_settings,
    service_settings,
    snmp_settings,
    account_settings,
    password_policy,
    log_settings,
    time_settings,
    port_settings,
    interface_settings,
    routing_settings,
    tunnel_settings,
    unread_filters,
)

read = CommandReader("moxa", GRAMMAR, _TOPICS, no_access_lists, no_uses).read
