"""Structures of VRP. Sources: Huawei S and AR series command references (routing policies, QoS, AAA, IPsec)."""

from __future__ import annotations

from scanner.configs.structures import StructureKind, StructureUse, structures

ROUTE_POLICY = StructureKind(
    "route-policy",
    "route-policy",
    r"route-policy (?P<name>\S+) (?:permit|deny)",
    (
        StructureUse(
            "route-policy",
            r"\broute-policy (\S+)",
            "peer |import-route |network |default-route|filter-policy |aggregate |import |export |preference |dampening"
            "|default |reflect |nexthop |ingress|egress|bestroute|summary",
        ),
    ),
)
_MAIN = (
    StructureUse(
        "prefix", r"\b(?:ip|ipv6)-prefix (\S+)", "if-match |peer |filter-policy |filter |import |export |refilter "
    ),
)
CLASSIFIER = StructureKind(
    "traffic classifier",
    "traffic classifier",
    r"traffic classifier (?P<name>\S+)",
    (StructureUse("classifier", r"^classifier (\S+)", "classifier ", "(?:traffic|qos) policy "),),
    built_in=r"default-class|ef|af\d?|be(?:-flow-based)?",
)
BEHAVIOR = StructureKind(
    "traffic behavior",
    "traffic behavior",
    r"traffic behavior (?P<name>\S+)",
    (StructureUse("behavior", r"\bbehavior (\S+)", "classifier ", "(?:traffic|qos) policy "),),
    built_in=r"default|ef|af\d?|be(?:-flow-based)?",
)
_TRAFFIC_POLICY = StructureKind(
    "traffic policy",
    "traffic policy",
    r"traffic policy (?P<name>\S+)",
    (StructureUse("traffic-policy", r"^traffic-policy (\S+)", "traffic-policy "),),
)
KEYCHAIN = StructureKind(
    "keychain",
    "keychain",
    r"keychain (?P<name>\S+) mode ",
    (
        StructureUse(
            "keychain", r"\bkeychain (\S+)", r"peer |isis |ospf |rip |authentication-mode |domain-auth|area-auth"
        ),
    ),
)


def _scheme(what: str) -> StructureKind:
    return StructureKind(
        f"{what}-scheme",
        f"{what}-scheme",
        rf"{what}-scheme (?P<name>\S+)",
        (StructureUse(f"{what}-scheme", rf"^{what}-scheme (\S+)", what, "(?:domain|manager-user) "),),
        inside="aaa$",
        built_in=r"default\d?|radius|hwtacacs|local|admin_\w+",
    )


def _servers(what: str) -> StructureKind:
    return StructureKind(
        f"{what}-server template",
        f"{what}-server template",
        rf"{what}-server template (?P<name>\S+)",
        (StructureUse(f"{what}-server", rf"^{what}-server (\S+)$", what, "domain "),),
        built_in="default",
    )


_TUNNELS = (
    StructureKind(
        "ipsec proposal",
        "ipsec proposal",
        r"ipsec proposal (?P<name>\S+)",
        (StructureUse("proposal", r"^proposal (\S.*)", "proposal ", "ipsec (?:policy|profile)"),),
    ),
    StructureKind(
        "ike peer",
        "ike peer",
        r"ike peer (?P<name>\S+)",
        (StructureUse("ike-peer", r"^ike-peer (\S+)", "ike-peer ", "ipsec (?:policy|profile)"),),
    ),
    StructureKind(
        "ipsec policy",
        "ipsec policy",
        r"ipsec policy(?:-template)? (?P<name>\S+) \d",
        (
            StructureUse("ipsec policy", r"^ipsec policy (\S+)", "ipsec policy ", "interface "),
            StructureUse("template", r"\btemplate (\S+)$", "ipsec policy "),
        ),
    ),
)

_ADDRESSES = StructureKind(
    "ip address-set",
    "ip address-set",
    r'ip address-set (?P<name>[^\s"]+) type ',
    (
        StructureUse(
            "address-set",
            r'\baddress-set ([^"]+?)(?: description .*)?$',
            r"(?:source|destination)-address(?:-exclude)? |address (?:\d+ )?address-set ",
        ),
    ),
)

structure_settings = structures(
    (
        ROUTE_POLICY,
        StructureKind("ip-prefix", "ip-prefix", r"ip ip-prefix (?P<name>\S+)", _MAIN),
        CLASSIFIER,
        BEHAVIOR,
        _TRAFFIC_POLICY,
        KEYCHAIN,
        *map(_scheme, ("authentication", "authorization", "accounting")),
        *map(_servers, ("radius", "hwtacacs")),
        *_TUNNELS,
        _ADDRESSES,
    )
)
