"""What an NX-OS configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

# Dell OS10 has features, too (``feature config-os9-style``)
_FEATURES = (
    r"bash-shell|bfd|bgp|cts|dhcp|dot1x|eigrp|evmed|fabric|fcoe|fex|glbp|grpc|hsrp|icam|interface-vlan|isis|itd|"
    r"lacp|ldap|lldp|macsec|mpls|msdp|nat|netconf|netflow|ngoam|nv overlay|nxapi|nxsdk|openflow|ospf|ospfv3|pbr|pim|"
    r"pim6|port-security|private-vlan|privilege|ptp|restconf|rip|scheduler|scp-server|sflow|sftp-server|sla|ssh|"
    r"tacacs\+|telemetry|telnet|tunnel|udld|vn-segment-vlan-based|vpc|vrrp|vrrpv3|vtp"
)
TELLTALES = Telltales(
    marks={
        said("its heading"): r"!Command: show ",
        said("features"): rf"(?:no )?feature (?:{_FEATURES})(?![\w+-])",
        said("virtual device contexts"): r"vdc ",
        said("its management port"): r"interface mgmt0",
        said("its image"): r"boot (?:nxos|kickstart) ",
    },
    never=r"! device: .*EOS|!! IOS XR",
)
