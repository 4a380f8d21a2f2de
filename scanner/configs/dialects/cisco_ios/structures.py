"""Structures of IOS and of the systems that write them as IOS does. Sources: IOS command references (QoS, IP routing,
BGP, security: AAA, object groups, IPsec; key chains).
"""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.structures import StructureKind, StructureUse, structures

ROUTE_MAP = StructureKind(
    "route-map",
    "route-map",
    r"route-map (?P<name>\S+)(?: (?:permit|deny)\b.*)?$",
    (
        StructureUse(
            "route-map",
            r"\broute-map (\S+)",
            r"(?:ip |ipv6 )?(?:local )?policy |neighbor |redistribute |default-information |network |aggregate-address "
            r"|distribute-list |bgp |ip nat |table-map |area |set |import |export |maximum-paths |ip route ",
        ),
        StructureUse(
            "map", r"\b(?:attribute|advertise|suppress|unsuppress|exist|non-exist|inject)-map (\S+)", r"neighbor |aggre"
        ),
        StructureUse("map", r"^(?:im|ex)port (?:ipv[46] (?:unicast |multicast )?)?map (\S+)", "import |export "),
        StructureUse("table-map", r"^table-map (\S+)", "table-map "),
        StructureUse("leak-map", r"\bleak-map (\S+)", "(?:ip )?summary-address |eigrp stub|redistribute "),
        StructureUse("route-map", r"^route-map (\S+) (?:in|out)$", "route-map ", "template peer-policy "),
    ),
    built_in=r"permit|deny|rcf|if-exist",
)
PREFIX_LIST = StructureKind(
    "prefix-list",
    "prefix-list",
    r"(?:ip(?:v6)? )?prefix-list (?!sequence-number)(?P<name>\S+)(?: (?:seq|permit|deny|description)\b.*)?$",
    (
        StructureUse("prefix-list", r"^match ip(?:v6)? (?:address|next-hop|route-source) prefix-list (\S.*)", "match "),
        StructureUse("prefix-list", r"^neighbor \S+ prefix-list (\S+)", "neighbor "),
        StructureUse("prefix-list", r"^prefix-list (\S+) (?:in|out)$", "prefix-list ", "template peer-policy "),
        StructureUse("prefix", r"^distribute-list prefix(?:-list)? (\S+)", "distribute-list "),
        StructureUse("filter-list", r"^area \S+ filter-list prefix (\S+)", "area "),
    ),
    built_in="gateway",
)
AS_PATHS = StructureKind(
    "as-path access-list",
    "as-path",
    r"ip as-path access-list (?P<name>\S+)",
    (
        StructureUse("as-path", r"^match as-path (\S.*)", "match "),
        StructureUse("filter-list", r"^neighbor \S+ filter-list (\S+)", "neighbor "),
        StructureUse("filter-list", r"^filter-list (\S+) (?:in|out)$", "filter-list ", "template peer-policy "),
    ),
)
COMMUNITIES = StructureKind(
    "community-list",
    "community-list",
    r"ip community-list (?:(?:standard|expanded|regexp) )?(?P<name>\S+)",
    (StructureUse("community", r"^match community (\S.*?)(?: exact(?:-match)?)?$", "match community "),),
    built_in="exact-match|or-results",
)
KEY_CHAIN = StructureKind(
    "key chain",
    "key chain",
    r"key chain (?P<name>\S+)",
    (
        StructureUse(
            "key-chain",
            r"\bkey-chain (?:eigrp \d+ )?(\S+)",
            "(?:ip|ipv6|isis|ospfv3|authentication|standby|glbp|vrrp|message-digest) ?",
        ),
    ),
)
CLASS_MAP = StructureKind(
    "class-map",
    "class-map",
    r"class-map (?:type \S+(?: (?:subscriber|match-any|match-all))* )?(?:match-(?:any|all) )?(?P<name>\S+)",
    (
        StructureUse("class", r"^(?:\d+ )?class (?:type \S+ )?(\S+)", r"(?:\d+ )?class ", "(?:policy-map|event) "),
        StructureUse("class-map", r"^match class-map (\S+)", "match "),
    ),
    built_in="class-default|always",
)
POLICY_MAP = StructureKind(
    "policy-map",
    "policy-map",
    r"policy-map (?:type \S+(?: subscriber)? )?(?P<name>\S+)",
    (
        StructureUse(
            "service-policy", r"^service-policy (?:type \S+(?: subscriber)? )?(?:(?:in|out)put )?(\S+)", "service-pol"
        ),
    ),
    built_in="input|output|history",
)
SERVERS = StructureKind(
    "server group",
    "aaa group",
    r"aaa group server \S+ (?P<name>\S+)",
    (StructureUse("group", r"\bgroup (\S+)", "aaa (?:authentication|authorization|accounting) "),),
    built_in=r"radius|tacacs\+?|ldap|local",
)


def _peers(what: str) -> StructureKind:
    """What neighbours of BGP inherit."""
    uses = (StructureUse(what, rf"\binherit {what} (\S+)", "inherit |neighbor "),)
    return StructureKind(f"bgp {what}", f"template {what}", rf"template {what} (?P<name>\S+)", uses)


PEER_GROUP = StructureKind(
    "bgp peer-group",
    "peer",
    r"neighbor (?P<name>\S+) peer[- ]group(?: nlri .*)?$",
    (
        StructureUse("peer", r"^neighbor \S+ peer[- ]group (\S+)", "neighbor "),
        StructureUse("peer", r"\bpeer[- ]group (\S+)", "bgp listen range "),
    ),
    built_in="nlri",
)
ROUTING = (ROUTE_MAP, PREFIX_LIST, AS_PATHS, COMMUNITIES, KEY_CHAIN, _peers("peer-policy"), _peers("peer-session"))


def _methods(what: str, level: str = "") -> StructureKind:
    """Lists of methods that a terminal line names for its rights or its records. level: what stands before the name."""
    return StructureKind(
        f"aaa {what}",
        f"aaa {what}",
        rf"aaa {what} {level}(?P<name>\S+)(?: |$)",
        (StructureUse(what, rf"^{what} {level}(\S+)", what, "line "),),
        built_in="default",
    )


_LOGIN = StructureKind(
    "aaa authentication login",
    "aaa authentication login",
    r"aaa authentication login (?P<name>\S+) ",
    (
        StructureUse("login", r"^login authentication (\S+)", "login ", "line "),
        StructureUse("login-authentication", r"login-authentication (\S+)", "ip http "),
        StructureUse("authentication list", r"^client authentication list (\S+)", "client "),
        StructureUse("authentication list", r"client authentication list (\S+)", "crypto map "),
    ),
    built_in="default",
)
METHODS = (
    _LOGIN,
    _methods("authorization exec"),
    _methods("accounting exec"),
    _methods("authorization commands", r"\d+ "),
    _methods("accounting commands", r"\d+ "),
)
_OBJECTS = StructureKind(
    "object-group",
    "object-group",
    r"object-group (?!type)\S+ (?P<name>\S+)",
    (
        StructureUse("object-group", r"\bobject-group (\S+)", r"(?:\d+ )?(?:permit|deny)\b|access-list "),
        StructureUse("group-object", r"^group-object (\S+)", "group-object "),
    ),
)
DYNAMIC_MAP = StructureKind(
    "dynamic crypto map",
    "dynamic-map",
    r"crypto dynamic-map (?P<name>\S+) \d",
    (StructureUse("dynamic", r"\bipsec-isakmp dynamic (\S+)", "crypto map "),),
)
_TUNNELS = (
    StructureKind(
        "crypto map",
        "crypto map",
        r"crypto map (?:ipv6 )?(?P<name>\S+) \d",
        (StructureUse("crypto map", r"^crypto map (\S+)", "crypto map ", "interface "),),
    ),
    DYNAMIC_MAP,
    StructureKind(
        "isakmp profile",
        "isakmp profile",
        r"crypto isakmp profile (?P<name>\S+)",
        (
            StructureUse("isakmp-profile", r"^set isakmp-profile (\S+)", "set "),
            StructureUse("isakmp-profile", r"\bisakmp-profile (\S+)", "crypto map "),
        ),
    ),
    StructureKind(
        "keyring",
        "keyring",
        r"crypto (?:ikev2 )?keyring (?P<name>\S+)",
        (
            StructureUse(
                "keyring", r"^keyring (?:local )?(?!aaa )(\S+)", "keyring ", "crypto (?:isakmp|ikev2) profile "
            ),
        ),
        built_in="default",
    ),
    StructureKind(
        "transform-set",
        "transform-set",
        r"crypto ipsec transform-set (?P<name>\S+)",
        (StructureUse("transform-set", r"^set transform-set (\S.*)", "set "),),
        built_in="default",
    ),
    StructureKind(
        "ipsec profile",
        "ipsec profile",
        r"crypto ipsec profile (?P<name>\S+)",
        (StructureUse("ipsec profile", r"ipsec profile (\S+)", "tunnel protection "),),
        built_in="default",
    ),
    StructureKind(
        "ikev2 profile",
        "ikev2",
        r"crypto ikev2 profile (?P<name>\S+)",
        (StructureUse("ikev2-profile", r"^set ikev2-profile (\S+)", "set "),),
    ),
    StructureKind(
        "ikev2 proposal",
        "ikev2",
        r"crypto ikev2 proposal (?P<name>\S+)",
        (StructureUse("proposal", r"^proposal (\S+)", "proposal ", "crypto ikev2 policy "),),
        built_in="default",
    ),
)
_ZONES = (
    StructureKind(
        "zone",
        "zone security",
        r"zone security (?P<name>\S+)$",
        (
            StructureUse("zone-member", r"^zone-member security (\S+)", "zone-member "),
            StructureUse("zone-pair", r"\b(?:source|destination) (\S+)", "zone-pair security "),
        ),
        built_in="self|default",
    ),
    StructureKind(
        "parameter-map",
        "parameter-map type inspect",
        r"parameter-map type inspect (?P<name>\S+)$",
        (StructureUse("inspect", r"^inspect (\S+)$", "inspect ", "class type inspect "),),
        built_in="default|global",
    ),
)
_TEMPLATES = StructureKind(
    "service-template",
    "service-template",
    r"service-template (?P<name>\S+)$",
    (StructureUse("service-template", r"\bservice-template (\S+)", r"(?:\d+ )?activate |match "),),
    built_in=r"DEFAULT_\S+",
)

# what IOS XE polices its processor with is there though it is not printed, and what macros made
_OWN = r"system-\S+|autoqos-\S+|non-client-nrt-class|"

structure_settings = structures(
    (
        *ROUTING,
        replace(CLASS_MAP, built_in=_OWN + CLASS_MAP.built_in),
        replace(POLICY_MAP, built_in=_OWN + POLICY_MAP.built_in),
        SERVERS,
        *METHODS,
        PEER_GROUP,
        _OBJECTS,
        *_TUNNELS,
        *_ZONES,
        _TEMPLATES,
    )
)
