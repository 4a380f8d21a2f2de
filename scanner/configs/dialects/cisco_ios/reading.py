"""Cisco IOS and IOS XE, Rockwell Stratix: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.cisco_ios.access_lists import bind_access_lists, read_access_lists
from scanner.configs.dialects.cisco_ios.accounts import aaa_settings, account_settings, password_policy
from scanner.configs.dialects.cisco_ios.bindings import binding_settings
from scanner.configs.dialects.cisco_ios.forwarding import forwarding
from scanner.configs.dialects.cisco_ios.grammar import GRAMMAR
from scanner.configs.dialects.cisco_ios.interfaces import interface_settings
from scanner.configs.dialects.cisco_ios.lines import line_settings
from scanner.configs.dialects.cisco_ios.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.cisco_ios.management import (
    programming_settings,
    service_settings,
    ssh_settings,
    web_settings,
)
from scanner.configs.dialects.cisco_ios.routing import routing_settings
from scanner.configs.dialects.cisco_ios.snmp import snmp_settings
from scanner.configs.dialects.cisco_ios.structures import structure_settings
from scanner.configs.dialects.cisco_ios.system import system_settings
from scanner.configs.dialects.cisco_ios.tunnels import tunnel_settings
from scanner.configs.open_guards import Guards
from scanner.configs.tree_guards import LIKE_IOS
from scanner.configs.unread_policies import unread_policies

_NAME = "cisco-ios"

_TOPICS = (
    system_settings,
    service_settings,
    ssh_settings,
    web_settings,
    programming_settings,
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
    unread_policies("zone-pair security"),
    structure_settings,
    tunnel_settings,
    LIKE_IOS.settings,
)


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    forwarding=forwarding,
    guards=Guards(open_without=("line", "snmp", "http", "ntp", "netconf", "restconf")),
).read
