"""The values of settings whose values are a closed list. The others are names, numbers and lists of a device's own.

A dialect says no other value of these, so a rule that compares one with anything else can never match. Each may also be
``unknown-default``: a line that is not understood may set it.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.configs.settings import UNKNOWN

_Settings = tuple[str, ...]  # category/setting
_GROUPS: tuple[tuple[str, _Settings], ...] = (
    (
        "yes no",
        (
            *("system/complete", "snmp/enabled", "account/password", "account/local_fallback", "line/all_rights"),
            *("password-policy/encryption_service", "logging/enabled", "time/authentication", "time/key"),
            *("interface/shutdown", "acl/denials_logged"),
        ),
    ),
    (
        "yes no",
        (
            *("management/enabled", "account/default_name", "account/central", "line/telnet", "interface/negotiation"),
            *("interface/bpdu_filter", "interface/mirror_input", "interface/proxy_arp"),
            "interface/directed_broadcast",
        ),
    ),
    ("yes no unknown", ("snmp/default_community", "account/default_secret", "structure/defined")),
    ("yes no empty", ("acl/defined",)),
    ("yes absent", ("system/bpdu_guard_default", "system/root_guard", "account/accounting")),
    ("yes absent", ("system/control_plane_policing", "interface/edge")),
    ("yes closed", ("line/open",)),
    ("yes some absent", ("system/loop_guard",)),
    (
        "yes no absent",
        (
            *("password-policy/complexity", "logging/login_failures", "interface/storm_control"),
            *("interface/bpdu_guard", "interface/source_guard"),
        ),
    ),
    ("yes no no-vlan absent", ("system/dhcp_snooping",)),
    ("yes no accounting absent", ("logging/config_changes",)),
    ("yes no unbound unknown", ("acl/permits_any",)),
    ("yes partly no unknown", ("acl/overruled",)),
    ("transparent off server client", ("system/vlan_database",)),
    ("ro rw unknown", ("snmp/access",)),
    ("noauth auth priv", ("snmp/level",)),
    ("under-8 8-or-more unknown", ("account/length",)),
    ("single divided all-full", ("account/rights",)),
    ("none aaa-else-none password local aaa closed", ("line/authentication",)),
    ("udp tcp tls", ("logging/transport",)),
    ("inside public unknown", ("time/place",)),
    ("physical svi lag loopback tunnel serial radio other", ("interface/kind",)),
    ("edge trunk routed member mirror down spare", ("interface/use",)),
    ("port-security dot1x mab dot1x-off dot1x-open absent", ("interface/access_control",)),
    ("urpf acl absent", ("interface/source_check",)),
    ("keyed plain absent closed", ("routing/authentication",)),
    ("main aggressive", ("vpn/mode",)),
    ("arp mac-table dhcp source-guard port-security host", ("binding/how",)),
    ("permit deny", ("acl/action",)),
    ("deny permit unknown", ("acl/unmatched", "acl/default_action")),
    ("deny-all permit-all other empty", ("acl/final",)),
)
VALUES: Mapping[tuple[str, str], frozenset[str]] = {
    (category, setting): frozenset((*values.split(), UNKNOWN))
    for values, settings in _GROUPS
    for category, _, setting in (name.partition("/") for name in settings)
}


def may_be(category: str, setting: str, value: str) -> bool:
    """A dialect may say so."""
    return value in VALUES.get((category, setting), {value})
