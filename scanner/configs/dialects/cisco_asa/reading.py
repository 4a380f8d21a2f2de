"""Cisco ASA: what is saved, as settings."""

from __future__ import annotations

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialects.cisco_asa.access import access_settings
from scanner.configs.dialects.cisco_asa.access_lists import DEFAULT_ACTIONS, bind_access_lists, read_access_lists
from scanner.configs.dialects.cisco_asa.accounts import aaa_settings, account_settings, password_policy
from scanner.configs.dialects.cisco_asa.bindings import binding_settings
from scanner.configs.dialects.cisco_asa.forwarding import forwarding
from scanner.configs.dialects.cisco_asa.grammar import GRAMMAR
from scanner.configs.dialects.cisco_asa.interfaces import interface_settings
from scanner.configs.dialects.cisco_asa.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.cisco_asa.management import service_settings, ssh_settings, tls_settings
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.dialects.cisco_asa.routing import routing_settings, tunnel_settings
from scanner.configs.dialects.cisco_asa.snmp import snmp_settings
from scanner.configs.dialects.cisco_asa.structures import structure_settings
from scanner.configs.dialects.cisco_asa.system import system_settings

_NAME = "cisco-asa"

_TOPICS = (
    system_settings,
    access_settings,
    service_settings,
    ssh_settings,
    tls_settings,
    snmp_settings,
    account_settings,
    aaa_settings,
    password_policy,
    log_settings,
    time_settings,
    interface_settings,
    routing_settings,
    tunnel_settings,
    binding_settings,
    structure_settings,
)


read = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    lambda tree: read_access_lists(tree, NamedObjects(tree)),
    bind_access_lists,
    actions=lambda _: DEFAULT_ACTIONS,
    forwarding=forwarding,
).read
