"""Numbers behind the words of access lists: protocols, ports, types of ICMP.

Sources: IANA protocol-numbers, service-names-port-numbers, icmp-parameters and icmpv6-parameters; the names as the
command references of Cisco IOS, Huawei VRP and H3C Comware list them. A name that systems give different numbers
(``dnsix``) is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from scanner.packet_sets import ALL_PORTS, ALL_PROTOCOLS, Span

OPERATORS = ("eq", "neq", "gt", "lt", "range")
NARROW_NOTHING = frozenset(("log", "log-input", "logging", "counting", "smartlog"))
# Words for later fragments, and for packets with headers that hosts put into none by themselves.
OF_NO_PLAIN_PACKET = frozenset(("fragments", "fragment", "undetermined-transport", "routing", "routing-type"))
WITH_PORTS = frozenset(((6, 6), (17, 17), (132, 132)))

_ALL = ("ip", "ipv6", "any")
_PROTOCOLS = {
    "icmp": 1,
    "icmpv6": 58,
    "icmp6": 58,
    "igmp": 2,
    "ipinip": 4,
    "tcp": 6,
    "udp": 17,
    "rsvp": 46,
    "gre": 47,
    "esp": 50,
    "ahp": 51,
    "eigrp": 88,
    "ospf": 89,
    "nos": 94,
    "pim": 103,
    "pcp": 108,
    "vrrp": 112,
    "sctp": 132,
}
_PORTS = {
    "bfd": 3784,
    "bfd-echo": 3785,
    "bgp": 179,
    "biff": 512,
    "bootpc": 68,
    "bootps": 67,
    "chargen": 19,
    "cmd": 514,
    "daytime": 13,
    "discard": 9,
    "dns": 53,
    "domain": 53,
    "drip": 3949,
    "echo": 7,
    "exec": 512,
    "finger": 79,
    "ftp": 21,
    "ftp-data": 20,
    "gopher": 70,
    "hostname": 101,
    "http": 80,
    "https": 443,
    "ident": 113,
    "irc": 194,
    "isakmp": 500,
    "klogin": 543,
    "kshell": 544,
    "ldap": 389,
    "ldaps": 636,
    "login": 513,
    "lpd": 515,
    "microsoft-ds": 445,
    "mobile-ip": 434,
    "msrpc": 135,
    "nameserver": 42,
    "netbios-dgm": 138,
    "netbios-ns": 137,
    "netbios-ss": 139,
    "netbios-ssn": 139,
    "nntp": 119,
    "non500-isakmp": 4500,
    "ntp": 123,
    "onep-plain": 15001,
    "onep-tls": 15002,
    "pim-auto-rp": 496,
    "pop2": 109,
    "pop3": 110,
    "rip": 520,
    "ripv6": 521,
    "rtsp": 554,
    "smtp": 25,
    "snmp": 161,
    "snmptrap": 162,
    "ssh": 22,
    "sunrpc": 111,
    "syslog": 514,
    "tacacs": 49,
    "talk": 517,
    "telnet": 23,
    "tftp": 69,
    "time": 37,
    "uucp": 540,
    "vxlan": 4789,
    "who": 513,
    "whois": 43,
    "www": 80,
    "xdmcp": 177,
}
_ICMP: dict[int, dict[str, tuple[int, int | None]]] = {  # type, and code where the word names one
    4: {
        "echo": (8, None),
        "echo-reply": (0, None),
        "unreachable": (3, None),
        "net-unreachable": (3, 0),
        "host-unreachable": (3, 1),
        "protocol-unreachable": (3, 2),
        "port-unreachable": (3, 3),
        "packet-too-big": (3, 4),
        "fragmentneed-dfset": (3, 4),
        "source-route-failed": (3, 5),
        "network-unknown": (3, 6),
        "host-unknown": (3, 7),
        "host-isolated": (3, 8),
        "dod-net-prohibited": (3, 9),
        "dod-host-prohibited": (3, 10),
        "net-tos-unreachable": (3, 11),
        "host-tos-unreachable": (3, 12),
        "administratively-prohibited": (3, 13),
        "host-precedence-unreachable": (3, 14),
        "precedence-unreachable": (3, 15),
        "source-quench": (4, None),
        "redirect": (5, None),
        "net-redirect": (5, 0),
        "host-redirect": (5, 1),
        "net-tos-redirect": (5, 2),
        "host-tos-redirect": (5, 3),
        "alternate-address": (6, None),
        "router-advertisement": (9, None),
        "router-solicitation": (10, None),
        "time-exceeded": (11, None),
        "ttl-exceeded": (11, 0),
        "reassembly-timeout": (11, 1),
        "parameter-problem": (12, None),
        "general-parameter-problem": (12, 0),
        "option-missing": (12, 1),
        "no-room-for-option": (12, 2),
        "timestamp-request": (13, None),
        "timestamp-reply": (14, None),
        "information-request": (15, None),
        "information-reply": (16, None),
        "mask-request": (17, None),
        "mask-reply": (18, None),
        "traceroute": (30, None),
        "conversion-error": (31, None),
        "mobile-redirect": (32, None),
    },
    6: {
        "unreachable": (1, None),
        "no-route": (1, 0),
        "network-unreachable": (1, 0),
        "no-admin": (1, 1),
        "host-admin-prohib": (1, 1),
        "beyond-scope": (1, 2),
        "host-unreachable": (1, 3),
        "port-unreachable": (1, 4),
        "packet-too-big": (2, None),
        "time-exceeded": (3, None),
        "hop-limit": (3, 0),
        "hop-limit-exceeded": (3, 0),
        "reassembly-timeout": (3, 1),
        "frag-time-exceeded": (3, 1),
        "parameter-problem": (4, None),
        "header": (4, 0),
        "err-header-field": (4, 0),
        "next-header": (4, 1),
        "unknown-next-hdr": (4, 1),
        "parameter-option": (4, 2),
        "unknown-ipv6-opt": (4, 2),
        "echo": (128, None),
        "echo-request": (128, None),
        "echo-reply": (129, None),
        "mld-query": (130, None),
        "mld-report": (131, None),
        "mld-reduction": (132, None),
        "router-solicitation": (133, None),
        "router-advertisement": (134, None),
        "nd-ns": (135, None),
        "neighbor-solicitation": (135, None),
        "nd-na": (136, None),
        "neighbor-advertisement": (136, None),
        "redirect": (137, None),
        "router-renumbering": (138, None),
    },
}
CODES = 256  # of a type of ICMP
ANSWERING = {  # types of ICMP that only answer something (RFC 792, RFC 4443)
    4: (0, 3, 4, 11, 12, 14, 16, 18),
    6: (1, 2, 3, 4, 129),
}


def protocol(word: str, version: int) -> Sequence[Span] | None:
    """The protocols that a word means in a list for a version of IP; None when it is not understood."""
    if word in _ALL:
        return (ALL_PROTOCOLS,)
    if word == "icmp" and version == 6:
        return ((58, 58),)
    if word == "tcp-udp":
        return ((6, 6), (17, 17))
    found = int(word) if word.isdecimal() and len(word) <= 3 else _PROTOCOLS.get(word)
    if found is None or found > ALL_PROTOCOLS[1]:
        return None
    return ((found, found),)


def port(word: str) -> int | None:
    """The number of a port."""
    found = int(word) if word.isascii() and word.isdecimal() and len(word) <= 5 else _PORTS.get(word)
    return found if found is not None and found <= ALL_PORTS[1] else None


def spans(operator: str, operands: Sequence[int]) -> Sequence[Span] | None:
    """The ports that are left; None when that is not understood."""
    last = ALL_PORTS[1]
    if not operands or (operator == "range") != (len(operands) == 2 and operator not in ("eq", "neq")):
        return None
    low, high = operands[0], operands[-1]
    if operator == "eq":
        return [(one, one) for one in sorted(set(operands))]
    if operator == "neq":
        edges = [-1, *sorted(set(operands)), last + 1]
        found = [(a + 1, b - 1) for a, b in itertools.pairwise(edges)]
    else:
        found = {"gt": [(low + 1, last)], "lt": [(0, low - 1)], "range": [(low, high)]}.get(operator, [])
    return [(a, b) for a, b in found if 0 <= a <= b] or None


def icmp(word: str, version: int) -> Span | None:
    """The messages of a type of ICMP, by its name or number, as ports stand for them."""
    if word.isdecimal():
        kind, code = int(word), None
    elif word in _ICMP[version]:
        kind, code = _ICMP[version][word]
    else:
        return None
    if kind >= CODES:
        return None
    first = kind * CODES
    return (first + code, first + code) if code is not None else (first, first + CODES - 1)


def messages(word: str, version: int) -> Span | None:
    """The messages of a type, or of one with its code: ``8``, ``3/1``."""
    kind, _, code = word.partition("/")
    span = icmp(kind, version)
    if span is None or not code:
        return span
    return (span[0] + int(code),) * 2 if code.isdecimal() and int(code) < CODES else None
