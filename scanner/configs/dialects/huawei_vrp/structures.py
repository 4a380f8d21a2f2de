"""Structures of VRP. Sources: Huawei S and AR series command references (routing policies, QoS, AAA, IPsec)."""

from __future__ import annotations

from scanner.configs.structures import Kind, Use, structures

ROUTE_POLICY = Kind(
    "route-policy",
    "route-policy",
    r"route-policy (?P<name>\S+) (?:permit|deny)",
    (
        Use(
            "route-policy",
            r"\broute-policy (\S+)",
            "peer |import-route |network |default-route|filter-policy |aggregate |import |export |preference |dampening"
            "|default |reflect |nexthop |ingress|egress|bestroute|summary",
        ),
    ),
)
_MAIN = (
    Use("prefix", r"\b(?:ip|ipv6)-prefix (\S+)", "if-match |peer |filter-policy |filter |import |export |refilter "),
)
CLASSIFIER = Kind(
    "traffic classifier",
    "traffic classifier",
    r"traffic classifier (?P<name>\S+)",
    (Use("classifier", r"^classifier (\S+)", "classifier ", "(?:traffic|qos) policy "),),
    built_in=r"default-class|ef|af\d?|be(?:-flow-based)?",
)
BEHAVIOR = Kind(
    "traffic behavior",
    "traffic behavior",
    r"traffic behavior (?P<name>\S+)",
    (Use("behavior", r"\bbehavior (\S+)", "classifier ", "(?:traffic|qos) policy "),),
    built_in=r"default|ef|af\d?|be(?:-flow-based)?",
)
_TRAFFIC_POLICY = Kind(
    "traffic policy",
    "traffic policy",
    r"traffic policy (?P<name>\S+)",
    (Use("traffic-policy", r"^traffic-policy (\S+)", "traffic-policy "),),
)
KEYCHAIN = Kind(
    "keychain",
    "keychain",
    r"keychain (?P<name>\S+) mode ",
    (Use("keychain", r"\bkeychain (\S+)", r"peer |isis |ospf |rip |authentication-mode |domain-auth|area-auth"),),
)


def _scheme(what: str) -> Kind:
    return Kind(
        f"{what}-scheme",
        f"{what}-scheme",
        rf"{what}-scheme (?P<name>\S+)",
        (Use(f"{what}-scheme", rf"^{what}-scheme (\S+)", what, "domain "),),
        inside="aaa$",
        built_in=r"default\d?|radius|hwtacacs|local",
    )


def _servers(what: str) -> Kind:
    return Kind(
        f"{what}-server template",
        f"{what}-server template",
        rf"{what}-server template (?P<name>\S+)",
        (Use(f"{what}-server", rf"^{what}-server (\S+)$", what, "domain "),),
        built_in="default",
    )


_TUNNELS = (
    Kind(
        "ipsec proposal",
        "ipsec proposal",
        r"ipsec proposal (?P<name>\S+)",
        (Use("proposal", r"^proposal (\S.*)", "proposal ", "ipsec (?:policy|profile)"),),
    ),
    Kind(
        "ike peer",
        "ike peer",
        r"ike peer (?P<name>\S+)",
        (Use("ike-peer", r"^ike-peer (\S+)", "ike-peer ", "ipsec (?:policy|profile)"),),
    ),
    Kind(
        "ipsec policy",
        "ipsec policy",
        r"ipsec policy(?:-template)? (?P<name>\S+) \d",
        (
            Use("ipsec policy", r"^ipsec policy (\S+)", "ipsec policy ", "interface "),
            Use("template", r"\btemplate (\S+)$", "ipsec policy "),
        ),
    ),
)

structure_settings = structures(
    (
        ROUTE_POLICY,
        Kind("ip-prefix", "ip-prefix", r"ip ip-prefix (?P<name>\S+)", _MAIN),
        CLASSIFIER,
        BEHAVIOR,
        _TRAFFIC_POLICY,
        KEYCHAIN,
        *map(_scheme, ("authentication", "authorization", "accounting")),
        *map(_servers, ("radius", "hwtacacs")),
        *_TUNNELS,
    )
)
