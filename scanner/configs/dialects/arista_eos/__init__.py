"""Arista EOS 4.20 to 4.33: ``show running-config`` as settings.

Sources: Arista EOS User Manual (Switch Administration, User Security, ACLs and Route Maps, Spanning Tree, 802.1X,
SNMP). EOS writes as IOS does, from which what they have in common is taken; defaults are its own: each port switches in
VLAN 1 until it is told not to, SSH is on, Telnet and the APIs are off, sessions do not end by themselves, nothing is
routed without ``ip routing``, hosts are not answered for (proxy ARP), and the processor has a built-in guard.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialect import Dialect
from scanner.configs.dialects.arista_eos.accounts import password_policy, user_settings
from scanner.configs.dialects.arista_eos.forwarding import forwarding
from scanner.configs.dialects.arista_eos.grammar import GRAMMAR
from scanner.configs.dialects.arista_eos.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.arista_eos.management import service_settings, ssh_settings
from scanner.configs.dialects.arista_eos.network import (
    bind_access_lists,
    binding_settings,
    port_settings,
    read_access_lists,
    routing_settings,
    snmp_settings,
    system_settings,
)
from scanner.configs.dialects.arista_eos.recognition import TELLTALES
from scanner.configs.dialects.arista_eos.secrets import SECRETS

_NAME = "arista-eos"

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
)


_READER = CommandReader(
    _NAME,
    GRAMMAR,
    _TOPICS,
    read_access_lists,
    bind_access_lists,
    forwarding=forwarding,
)

DIALECT = Dialect(
    _NAME,
    "Arista EOS",
    TELLTALES.resemblance,
    _READER.read,
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
