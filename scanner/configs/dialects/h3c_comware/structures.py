"""Structures of Comware. Sources: H3C command references (routing policies, QoS, AAA, IPsec, keychain)."""

from __future__ import annotations

from scanner.configs.dialects.huawei_vrp.structures import BEHAVIOR, CLASSIFIER, KEYCHAIN, ROUTE_POLICY
from scanner.configs.structures import StructureKind, StructureUse, structures

_PREFIX_LIST = StructureKind(
    "prefix-list",
    "prefix",
    r"ip(?:v6)? (?:ip-)?prefix(?:-list)? (?P<name>\S+)",
    (
        StructureUse("prefix-list", r"\bprefix-list (\S+)", "if-match |peer |filter-policy |import |export "),
        StructureUse("ip-prefix", r"\bip-prefix (\S+)", "if-match |peer |filter-policy "),
    ),
)
_QOS_POLICY = StructureKind(
    "qos policy",
    "qos policy",
    r"qos policy (?P<name>\S+)",
    (
        StructureUse("qos apply policy", r"^qos apply policy (\S+)", "qos "),
        StructureUse("qos vlan-policy", r"^qos vlan-policy (\S+)", "qos "),
    ),
    built_in="default",
)


def _scheme(what: str) -> StructureKind:
    return StructureKind(
        f"{what} scheme",
        f"{what} scheme",
        rf"{what} scheme (?P<name>\S+)",
        (
            StructureUse(
                f"{what}-scheme", rf"\b{what}-scheme (\S+)", "(?:authentication|authorization|accounting) ", "domain "
            ),
        ),
        built_in="system|default",
    )


structure_settings = structures(
    (ROUTE_POLICY, _PREFIX_LIST, CLASSIFIER, BEHAVIOR, _QOS_POLICY, KEYCHAIN, *map(_scheme, ("radius", "hwtacacs")))
)
