"""Structures of an ASA. Sources: ASA command references (objects, service policies, crypto maps, VPN, AAA)."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.dialects.cisco_ios.structures import DYNAMIC_MAP, PREFIX_LIST, ROUTE_MAP
from scanner.configs.structures import StructureKind, StructureUse, structures

_OBJECTS = StructureKind(
    "object",
    "object",
    r"object(?:-group)? \S+ (?P<name>\S+)",
    (
        StructureUse("object", r"\bobject(?:-group(?:-user|-security)?)? (\S+)", "access-list "),
        StructureUse(
            "object", r"^(?:(?:network|service|group)-object|group-object) (?:object )?(\S+)$", "(?:net|ser|group)"
        ),
        StructureUse(
            "nat", r"\b(?:source|destination) (?:static|dynamic) (?:pat-pool )?(\S+(?: \S+)?)", r"nat (?:\(|source )"
        ),
        StructureUse("nat", r"\bservice (\S+(?: \S+)?)", r"nat (?:\(|source )"),
        StructureUse("nat", r"^nat \S+ (?:static|dynamic) (?:pat-pool )?(\S+)", r"nat \("),
    ),
    acts="nat ",
    built_in=r"any[46]?|interface|ipv6|host|service|destination|inactive|description|pat-pool|round-robin|no-proxy-arp"
    r"|route-lookup|unidirectional|dns|net-to-net|tcp|udp|(?:tcp-udp|icmp6?|ip|\d[\d.:/a-f]*)|[0-9a-f]*:[0-9a-f:/]*",
)
_CLASS_MAP = StructureKind(
    "class-map",
    "class-map",
    r"class-map (?:type \S+ (?:(?!match-)\S+ (?=match-|\S))?)?(?:match-(?:any|all) )?(?P<name>\S+)$",
    (
        StructureUse("class", r"^class (?:type \S+ )?(\S+)", "class ", "policy-map "),
        StructureUse("match", r"^match class-map (\S+)", "match "),
    ),
    built_in=r"class-default|class_sip_tcp|_default\S*",
)
_POLICY_MAP = StructureKind(
    "policy-map",
    "policy-map",
    r"policy-map (?:type inspect \S+ )?(?P<name>\S+)$",
    (
        StructureUse("service-policy", r"^service-policy (\S+)", "service-policy "),
        StructureUse(
            "inspect", r"^inspect (?:dns|http|ftp|esmtp|sip|h323 \S+|im|ip-options|ipsec-pass-thru|gtp) (\S+)", "inspec"
        ),
    ),
    built_in=r"_default\S*|preset_dns_map|mode|strict|no-compression",
)
_TUNNELS = (
    StructureKind(
        "crypto map",
        "crypto map",
        r"crypto map (?P<name>\S+) \d",
        (StructureUse("crypto map", r"^crypto map (\S+) interface", "crypto map "),),
    ),
    StructureKind(
        "transform-set",
        "transform-set",
        r"crypto ipsec (?:ikev1 )?transform-set (?P<name>\S+)",
        (StructureUse("transform-set", r"\bset (?:ikev1 )?transform-set (\S.*)", "crypto |set "),),
    ),
    StructureKind(
        "ipsec-proposal",
        "ipsec-proposal",
        r"crypto ipsec ikev2 ipsec-proposal (?P<name>\S+)",
        (StructureUse("ipsec-proposal", r"\bset ikev2 ipsec-proposal (\S.*)", "crypto |set "),),
    ),
    replace(DYNAMIC_MAP, name="dynamic-map"),
    StructureKind(
        "group-policy",
        "group-policy",
        r"group-policy (?P<name>\S+) (?:in|ex)ternal",
        (
            StructureUse("group-policy", r"^default-group-policy (\S+)", "default-group"),
            StructureUse("group-policy", r"^vpn-group-policy (\S+)", "vpn-group"),
        ),
        built_in="DfltGrpPolicy",
    ),
    StructureKind(
        "pool",
        "local pool",
        r"ip(?:v6)? local pool (?P<name>\S+)",
        (
            StructureUse("address-pool", r"^address-pool (?:\(\S+\) )?(\S+)", "address-pool "),
            StructureUse("address-pools", r"^(?:ipv6-)?address-pools value (\S.*)", "(?:ipv6-)?address-pools"),
        ),
    ),
)
_SERVERS = StructureKind(
    "aaa-server",
    "aaa-server",
    r"aaa-server (?P<name>\S+) protocol",
    (
        StructureUse("aaa", r"^aaa authentication (?:ssh|telnet|http|enable|serial) console (\S+)", "aaa "),
        StructureUse(
            "aaa",
            r"^aaa (?:accounting|authorization) (?:command|ssh|telnet|serial|enable|exec)(?: console)? (\S+)$",
            "aaa ",
        ),
        StructureUse(
            "server-group", r"^(?:authentication|authorization|accounting)-server-group (?:\(\S+\) )?(\S+)", "a"
        ),
    ),
    built_in="LOCAL|authentication-server|none|auto-enable|privilege",
)

structure_settings = structures((ROUTE_MAP, PREFIX_LIST, _OBJECTS, _CLASS_MAP, _POLICY_MAP, *_TUNNELS, _SERVERS))
