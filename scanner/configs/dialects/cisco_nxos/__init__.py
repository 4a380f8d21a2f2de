"""Cisco NX-OS 6 to 10 (Nexus 3000, 5000, 7000, 9000): ``show running-config`` as settings.

Sources: Cisco Nexus 9000 Series NX-OS configuration guides (Fundamentals, Security, Interfaces, Layer 2 Switching,
Unicast Routing, System Management), 7.x to 10.x. NX-OS writes much as IOS does, from which what is alike is taken;
defaults are its own: a feature is off until it is named, SSH is on, Telnet off, accounts have roles, passwords are
checked, the processor is guarded (CoPP), and hosts are not answered for (proxy ARP).
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.command_reader import CommandReader
from scanner.configs.dialect import Dialect
from scanner.configs.dialects.cisco_nxos.accounts import password_policy, user_settings
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
from scanner.configs.dialects.cisco_nxos.recognition import TELLTALES
from scanner.configs.dialects.cisco_nxos.secrets import SECRETS
from scanner.configs.dialects.cisco_nxos.snmp import snmp_settings

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
    "Cisco NX-OS",
    TELLTALES.resemblance,
    _READER.read,
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
