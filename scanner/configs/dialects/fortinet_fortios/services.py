"""The packets that services of a policy stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.configs.acl_words import CODES
from scanner.configs.dialects.fortinet_fortios.tables import setting, value, values
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import ICMP, SOME_SERVICE, PolicyService, PolicyServices
from scanner.packet_sets import ALL_PORTS, Span

_NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}
_ICMP_KINDS = {"ICMP": ICMP[4], "ICMP6": ICMP[6]}
_ECHO = 8
_DEFAULTS: Mapping[str, PolicyService] = {  # which are the same in every release, and a file may leave out
    "ALL": PolicyService(),
    "ALL_TCP": PolicyService((6, 6)),
    "ALL_UDP": PolicyService((17, 17)),
    "ALL_ICMP": PolicyService(ICMP[4]),
    "ALL_ICMP6": PolicyService(ICMP[6]),
    "PING": PolicyService(ICMP[4], ports=(_ECHO * CODES, _ECHO * CODES + CODES - 1)),
    "GRE": PolicyService((47, 47)),
    **{
        name: PolicyService((6, 6), ports=(port, port))
        for name, port in (("SSH", 22), ("TELNET", 23), ("SMTP", 25), ("HTTP", 80), ("HTTPS", 443), ("RDP", 3389))
    },
    "SYSLOG": PolicyService((17, 17), ports=(514, 514)),
}


def service_packets(name: str, entry: Node | None) -> PolicyServices:
    """What a service means. entry: of the table of services; None where there is none."""
    if entry is None:
        known = _DEFAULTS.get(name.upper())
        return PolicyServices((known,), (known,)) if known else SOME_SERVICE
    found = tuple(_of_entry(entry))
    if not found:
        return SOME_SERVICE
    if any(setting(entry, key) for key in ("iprange", "fqdn", "app-service-type", "application", "app-category")):
        return PolicyServices((), found)
    return PolicyServices(found, found)


def _of_entry(entry: Node) -> Iterator[PolicyService]:
    kind = value(entry, "protocol", "TCP/UDP/SCTP").upper()
    if kind == "IP":
        number = value(entry, "protocol-number", "0")
        if number.isdecimal() and len(number) <= len("255") and int(number) < CODES:
            yield PolicyService((int(number), int(number))) if int(number) else PolicyService()
    elif kind in _ICMP_KINDS:
        yield PolicyService(_ICMP_KINDS[kind], ports=_icmp(value(entry, "icmptype"), value(entry, "icmpcode")))
    elif kind in ("TCP/UDP/SCTP", "TCP/UDP/UDP-LITE/SCTP"):
        for protocol, number_ in _NUMBERS.items():
            for text in values(entry, f"{protocol}-portrange"):
                target, _, source = text.partition(":")
                ports, source_ports = _span(target), _span(source) if source else ALL_PORTS
                if ports and source_ports:
                    yield PolicyService((number_, number_), source_ports, ports)


def _icmp(kind: str, code: str) -> Span:
    """Types and codes; a type by itself has every code."""
    if not (kind.isdecimal() and len(kind) <= len("255")):
        return ALL_PORTS
    low = int(kind) * CODES
    if code.isdecimal() and len(code) <= len("255"):
        return low + int(code), low + int(code)
    return low, low + CODES - 1


def _span(text: str) -> Span | None:
    """``80`` or ``8000-8080``; None where it is no port."""
    low, _, high = text.partition("-")
    if not (low.isdecimal() and (high or low).isdecimal() and len(text) <= len("65535-65535")):
        return None
    first, last = int(low), min(int(high or low), ALL_PORTS[1])
    if first == 1 and last == ALL_PORTS[1]:
        first = 0  # all ports, as people write it
    return (first, last) if first <= last else None
