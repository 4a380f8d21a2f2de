"""Ruijie RGOS: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.cisco_ios.tunnels import tunnel_settings
from scanner.configs.dialects.ruijie_rgos.access_lists import bind_access_lists, read_access_lists
from scanner.configs.dialects.ruijie_rgos.accounts import password_policy, user_settings
from scanner.configs.dialects.ruijie_rgos.forwarding import forwarding
from scanner.configs.dialects.ruijie_rgos.grammar import GRAMMAR
from scanner.configs.dialects.ruijie_rgos.interfaces import port_rows
from scanner.configs.dialects.ruijie_rgos.lines import line_settings
from scanner.configs.dialects.ruijie_rgos.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.ruijie_rgos.management import service_settings, ssh_settings, web_settings
from scanner.configs.dialects.ruijie_rgos.routing import binding_settings, routing_settings
from scanner.configs.dialects.ruijie_rgos.snmp import snmp_settings
from scanner.configs.dialects.ruijie_rgos.structures import structure_settings
from scanner.configs.dialects.ruijie_rgos.system import system_settings
from scanner.configs.open_guards import Guards
from scanner.configs.tree_guards import LIKE_RGOS

_NAME = "ruijie-rgos"

_TOPICS = (
    system_settings,
    line_settings,
    service_settings,
    ssh_settings,
    web_settings,
    snmp_settings,
    user_settings,
    password_policy,
    log_settings,
    time_settings,
    port_rows,
    routing_settings,
    binding_settings,
    structure_settings,
    tunnel_settings,
    LIKE_RGOS.settings,
)


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    forwarding=forwarding,
    guards=Guards(),
).read
