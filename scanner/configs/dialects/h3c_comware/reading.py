"""H3C Comware: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.h3c_comware.access_lists import bind_access_lists, default_actions, read_access_lists
from scanner.configs.dialects.h3c_comware.accounts import aaa_settings, account_settings, password_policy
from scanner.configs.dialects.h3c_comware.bindings import binding_settings
from scanner.configs.dialects.h3c_comware.forwarding import forwarding
from scanner.configs.dialects.h3c_comware.grammar import GRAMMAR
from scanner.configs.dialects.h3c_comware.interfaces import interface_settings, routing_settings
from scanner.configs.dialects.h3c_comware.lines import line_settings
from scanner.configs.dialects.h3c_comware.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.h3c_comware.management import service_settings, ssh_settings
from scanner.configs.dialects.h3c_comware.structures import structure_settings
from scanner.configs.dialects.h3c_comware.system import system_settings
from scanner.configs.dialects.huawei_vrp.snmp import snmp_settings
from scanner.configs.dialects.huawei_vrp.tunnels import comware_tunnel_settings
from scanner.configs.open_guards import Guards
from scanner.configs.tree_guards import LIKE_VRP
from scanner.configs.unread_policies import unread_policies

_NAME = "h3c-comware"

_TOPICS = (
    system_settings,
    service_settings,
    ssh_settings,
    snmp_settings,
    account_settings,
    aaa_settings,
    password_policy,
    log_settings,
    time_settings,
    line_settings,
    interface_settings,
    routing_settings,
    binding_settings,
    unread_policies("security-policy", "object-policy"),
    structure_settings,
    comware_tunnel_settings,
    LIKE_VRP.settings,
)


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    actions=default_actions,
    forwarding=forwarding,
    guards=Guards(),
).read
