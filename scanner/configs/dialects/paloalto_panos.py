"""Palo Alto PAN-OS: known by its commands, its blocks and its XML, so that it is taken for no relative; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("the device itself"): r"(?:set deviceconfig (?:system|setting) |[ \t]*deviceconfig \{)",
        said("its administrators"): r"(?:set mgt-config |[ \t]*mgt-config \{)",
        said("its interfaces"): r"set (?:template \S+ config )?network (?:interface|profiles|virtual-router|ike) ",
        said("its rules"): r"set (?:shared |device-group \S+ |vsys \S+ )?(?:pre-|post-)?rulebase ",
        said("a virtual system"): r"set vsys vsys\d+ ",
        said("what is shared"): r"set shared (?:address|service|application|log-settings|certificate|tag)",
        said("its XML"): r"(?:\s*<\?xml[^\n]*\n)?\s*<config version=\"\d+\.\d+\.\d+\" urldb=",
    },
)

DIALECT = Dialect("paloalto-panos", "Palo Alto PAN-OS", _TELLTALES.resemblance)
