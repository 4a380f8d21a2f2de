"""How Classic writes a script: blocks end with ``exit``, as those of HiOS do."""

from __future__ import annotations

import re
from dataclasses import replace

from scanner.configs.dialects.hirschmann_hios_commands import grammar as hios

_ASIDE = re.compile(
    r"configure$|exit$|set prompt|vlan (?:name|makestatic|\d)|vlan pvid |snmp-server (?:location|contact|enable)"
    r"|snmp-access (?:radius|version v3-encryption)|network (?:protocol|priority|javamode|javascriptmode|mgmt_vlan"
    r"|mgmt-access (?:add|delete|modify|status))|clock |auto-negotiate|speed |mtu |name |cable-crossing|device-status"
    r"|signal-contact|digital-input|dip-switch|hiper-ring|ring-coupling|mrp |sub-ring |igmp|set igmp|selftest|shutdown"
    r"|temperature|ptp |profinetio|ethernet-ip|iec61850-mms|macfilter|classofservice|cos-queue|link-aggregation"
    r"|users (?:login|snmpv3 accessmode)",
    re.IGNORECASE,
)

GRAMMAR = replace(
    hios.GRAMMAR,
    name="snmp-server sysname",
    header=re.compile(r"interface\s+\S|vlan database$|lineconfig$|router \S", re.IGNORECASE),
    about=re.compile(r"!System Software Version "),
    aside=_ASIDE,
)
