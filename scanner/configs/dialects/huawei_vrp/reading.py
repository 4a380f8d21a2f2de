"""Huawei VRP: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.acls import Acls
from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.huawei_vrp.access_lists import bind_access_lists, read_access_lists
from scanner.configs.dialects.huawei_vrp.accounts import aaa_settings, account_settings, password_policy
from scanner.configs.dialects.huawei_vrp.bindings import binding_settings
from scanner.configs.dialects.huawei_vrp.forwarding import forwarding
from scanner.configs.dialects.huawei_vrp.grammar import GRAMMAR
from scanner.configs.dialects.huawei_vrp.interfaces import interface_settings
from scanner.configs.dialects.huawei_vrp.lines import line_settings
from scanner.configs.dialects.huawei_vrp.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.huawei_vrp.management import programming_settings, service_settings, ssh_settings
from scanner.configs.dialects.huawei_vrp.routing import routing_settings
from scanner.configs.dialects.huawei_vrp.security_policy import read_security_policy, unread_rules
from scanner.configs.dialects.huawei_vrp.snmp import snmp_settings
from scanner.configs.dialects.huawei_vrp.structures import structure_settings
from scanner.configs.dialects.huawei_vrp.system import system_settings
from scanner.configs.dialects.huawei_vrp.tunnels import tunnel_settings
from scanner.configs.interfaces import speaks_ipv6
from scanner.configs.open_guards import Guards
from scanner.configs.tree import Tree
from scanner.configs.tree_guards import LIKE_VRP
from scanner.configs.unread_policies import unread_policies

_NAME = "huawei-vrp"

_TOPICS = (
    system_settings,
    service_settings,
    ssh_settings,
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
    unread_policies("policy interzone"),
    unread_rules,
    structure_settings,
    tunnel_settings,
    LIKE_VRP.settings,
)

_DEFAULT_ACTIONS = (
    ("interface", "permit"),
    ("vlan", "permit"),
    ("all interfaces", "permit"),
    ("between zones", "deny"),
    ("line", "deny"),
    ("snmp", "deny"),
    ("ssh", "deny"),
    ("telnet", "deny"),
    ("http", "deny"),
    ("ftp", "deny"),
)


def _lists(tree: Tree) -> Acls:
    """The access lists, and the security policy as one."""
    lists = read_access_lists(tree)
    read_security_policy(tree, lists, six=speaks_ipv6(tree, "ipv6 address"))
    return lists


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    _lists,
    bind_access_lists,
    actions=lambda _: _DEFAULT_ACTIONS,
    version=lambda tree: tree.about.text.split()[-1] if tree.about else "",
    forwarding=forwarding,
    guards=Guards(open_without=("line",)),
).read
