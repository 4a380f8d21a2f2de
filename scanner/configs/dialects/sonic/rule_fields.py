"""Fields of the rules of access lists, and the forms that their values have.

Source: SONiC ACL YANG model, aclorch of sonic-swss.
"""

from __future__ import annotations

ADDRESSES = ("src_ip", "dst_ip", "src_ipv6", "dst_ipv6")
_PORTS = ("l4_src_port", "l4_dst_port")
_RANGES = ("l4_src_port_range", "l4_dst_port_range")
READ = frozenset(
    (*ADDRESSES, *_PORTS, *_RANGES, "priority", "packet_action", "ip_protocol", "ip_type", "ether_type")
    + ("rule_description",)
)
NARROWS = frozenset(  # what else a rule may match by
    (
        *("src_mac", "dst_mac", "vlan_id", "pcp", "dei", "dscp", "tc", "tcp_flags", "in_ports", "out_ports"),
        *("icmp_type", "icmp_code", "icmpv6_type", "icmpv6_code", "tunnel_vni", "tunnel_term", "inner_ether_type"),
        *("inner_ip_protocol", "inner_l4_src_port", "inner_l4_dst_port", "inner_src_ip", "inner_src_ipv6"),
        *("bth_opcode", "aeth_syndrome"),
    )
)
FORMS = {  # in any case; what is written otherwise is not understood
    "priority": r"\d{1,10}",
    "packet_action": r"FORWARD|ACCEPT|DROP|DO_NOT_NAT|DISABLE_TRIM|REDIRECT:\S+",
    "ip_protocol": r"\d{1,3}",
    "ip_type": r"ANY|IP|NON_IP|IPV[46]|IPV[46]ANY|NON_IPV?[46]|ARP|ARP_REQUEST|ARP_REPLY",
    "ether_type": r"0x[0-9a-f]{3,4}|\d{4,5}",
    **dict.fromkeys(_PORTS, r"\d{1,5}"),
    **dict.fromkeys(_RANGES, r"\d{1,5}-\d{1,5}"),
}
KINDS = ("L2", "L3", "L3V6", "L3V4V6", "MIRROR", "MIRRORV6", "MIRROR_DSCP", "CTRLPLANE")  # types of lists
