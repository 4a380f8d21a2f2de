"""What an RGOS configuration looks like."""

from __future__ import annotations

from scanner.configs.telltales import USUAL, Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its version"): r"version (?:\S*_)?RGOS \d",
        said("services"): r"(?:no )?enable service (?:ssh-server|telnet-server|web-server|snmp-agent)\b",
        said("aggregations"): r"interface [Aa]ggregate[Pp]ort ?\d",
        said("allowed VLANs"): r" *switchport trunk allowed vlan only \d",
        said("protection of the network's foundation"): r"nfpp[ \r]*$",
        said("loop detection"): r" *rldp (?:enable|port )",
        said("accounts of the web pages"): r"webmaster level \d",
        said("its MAC address"): r"sysmac [0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
        said("gateways that are guarded"): r" *anti-[Aa][Rr][Pp]-[Ss]poofing ip \d",
    },
    shared={**USUAL, said("VLANs"): r"vlan (?:range )?\d", said("ports of an aggregation"): r" *port-group \d"},
    never=r"! device: .*EOS|!Command: show |! Version \d|!version |[{<]",
)
