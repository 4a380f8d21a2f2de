"""What a PAN-OS configuration looks like: as commands, in braces, and as XML."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

_ATTRIBUTE = r"[ \t\r\n]+(?:version|detail-version)=\"[^\"\n]*\""
_AROUND = r"(?:[ \t]*+<\?xml[^\n>]*>[ \t\n]*+)?[ \t]*+(?:<response[^>\n]*>[ \t\n]*+<result[^>\n]*>[ \t\n]*+)?"
_INTERFACES = (
    r"set (?:template \S+ config )?network (?:interface (?:ethernet|aggregate-ethernet|vlan|loopback|tunnel) "
    r"|profiles (?:interface-management|zone-protection)|virtual-router |ike )"
)
_DEVICE = (
    r"[ \t]*<config(?:[ \t][^>\n]*)?>(?:[ \t]*\n)?(?:[^\n]*\n){0,40}?[ \t]*<devices>[ \t\n]*"
    r"<entry name=\"localhost\.localdomain\""
)

TELLTALES = Telltales(
    marks={
        said("the device itself"): r"(?:set deviceconfig (?:system|setting|high-availability) |[ \t]*deviceconfig \{)",
        said("its administrators"): r"(?:set mgt-config |[ \t]*mgt-config \{)",
        said("its interfaces"): _INTERFACES,
        said("its rules"): r"set (?:shared |device-group \S+ |vsys \S+ )?(?:pre-|post-)?rulebase ",
        said("a virtual system"): r"set vsys vsys\d+ ",
        said("what is shared"): r"set shared (?:address|service|application|log-settings|certificate|tag)",
        said("its XML"): rf"{_AROUND}<config(?:{_ATTRIBUTE}){{0,2}}[ \t\r\n]+urldb=\"paloaltonetworks\"",
        said("its parts as XML"): _DEVICE,
        said("its administrators as XML"): r"[ \t]*<config(?:[ \t][^>\n]*)?>[ \t\n]*<mgt-config>",
    },
    never=r"set (?:version \d|interfaces |system host-name |firewall name )|[ \t]*+<(?:opnsense|pfsense)>",
)
