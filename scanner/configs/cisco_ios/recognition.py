"""Whether a file is an IOS configuration."""

from __future__ import annotations

import re

_NOT_IOS = re.compile(  # what only systems that resemble IOS have
    rb"^(?:!Command: show |feature \w|vdc |interface mgmt0"  # NX-OS
    rb"|!! IOS XR|!! Building|line (?:template|default)|interface MgmtEth|route-policy "  # IOS XR
    rb"|ASA Version|: Saved"  # ASA
    rb"|! device: .*EOS|transceiver qsfp|management (?:ssh|api|console|telnet)|interface Management\d"  # EOS
    rb"|enable password-display|interface ethernet \d| (?:no )?(?:un)?tagged ethe "  # NetIron
    rb"|version .*RGOS|enable service |!version |!Version |! Version \d|; J\d"  # Ruijie, BDCOM, AOS-CX, FTOS, ProCurve
    rb"| ?sysname |#config-version|[{<]|\[\s*[{\"\]])",  # Huawei and H3C, FortiOS, JSON and XML
    re.MULTILINE,
)


_NAMES_A_DEVICE = re.compile(rb"^(?:hostname \S|line (?:con|vty) \d|Current configuration : )", re.MULTILINE)


_TELLTALES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rb"^hostname \S+[ \r]*$",
        rb"^version 1[0-9]\.\d+[ \r]*$",
        rb"^(?:no )?service (?:timestamps|password-encryption|pad|config|call-home|unsupported-transceiver)\b",
        rb"^(?:no )?ip http (?:secure-)?server",
        rb"^(?:no )?ip (?:cef|classless|subnet-zero|forward-protocol nd|domain[- ]lookup)\b",
        rb"^snmp-server \w+",
        rb"^interface (?:Fast|Gigabit|TenGigabit|TwoGigabit|AppGigabit|FortyGigabit)?Ethernet\d|^interface Vlan\d",
        rb"^line (?:con|vty|aux) \d",
        rb"^ switchport ",
        rb"^spanning-tree mode",
        rb"^boot-(?:start|end)-marker",
        rb"^(?:Building configuration|Current configuration : \d+ bytes)",
        rb"^(?:no )?aaa new-model",
        rb"^ip access-list (?:standard|extended) ",
        rb"^enable (?:secret|password) ",
    )
)


def recognises(name: str, head: bytes) -> bool:  # noqa: ARG001 - content decides, the name is part of the interface
    """The first kilobytes are an IOS or IOS XE configuration, and of no system that only resembles it."""
    head = head.replace(b"\r\n", b"\n")
    if _NOT_IOS.search(head) or not _NAMES_A_DEVICE.search(head):
        return False
    return sum(1 for t in _TELLTALES if t.search(head)) >= 3
