"""Remarks about zones: who is in several or in none, and zones that swallow the Internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.addresses import Network, address_of
from scanner.policy.audit.remarks import Remark, RemarkSeverity, Subject, remark

_WIDE = {4: 8, 6: 16}  # IP version -> prefix length up to which a public network is nobody's own
_ENTERPRISE = 4  # level from which the Internet may be meant


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    yield from _catch_all(subject)
    yield from _nested(subject)
    yield from _claimed(subject)
    yield from _isolated(subject)


def _catch_all(subject: Subject) -> Iterator[Remark]:
    for zone in subject["zones"]:
        for text in zone["subnets"]:
            network = ipaddress.ip_network(text, strict=False)
            if not _public(network):
                continue
            name, low = f"zone '{zone['zone']}'", (zone["level"] or 0) < _ENTERPRISE
            if network.prefixlen <= _WIDE[network.version] and network.prefixlen < network.max_prefixlen:
                severity = RemarkSeverity.ERROR if low else RemarkSeverity.WARNING
                what = f"network {network} makes {name} hold addresses of the whole Internet"
                yield remark(severity, zone, "catch-all-zone", what, "name the networks that are the zone's own")
            else:
                what = f"network {network} of {name} is a public one of the Internet"
                remedy = "make sure that the plant owns it"
                yield remark(
                    RemarkSeverity.WARNING if low else RemarkSeverity.NOTE, zone, "public-network", what, remedy
                )


def _public(network: Network) -> bool:
    """Addresses of the Internet are in it."""
    if network.prefixlen <= _WIDE[network.version]:
        return not (network.is_private or network.is_multicast or network.is_loopback)
    return network.is_global and not network.is_multicast


def _nested(subject: Subject) -> Iterator[Remark]:
    subnets = subject.directory.membership.subnets
    for zone in subject["zones"]:
        for text in zone["subnets"]:
            network = ipaddress.ip_network(text, strict=False)
            first = str(network.network_address)
            wider = [n for n in subnets.holding(address_of(first)) if n.prefixlen < network.prefixlen]
            if wider:
                owner = _owner(subject, str(wider[0]))
                if owner and owner != zone["zone"]:
                    what = f"network {network} of zone '{zone['zone']}' lies in {wider[0]} of zone '{owner}'"
                    yield remark(RemarkSeverity.NOTE, zone, "nested-network", what, "the more specific network decides")


def _owner(subject: Subject, network: str) -> str:
    return next((z["zone"] for z in subject["zones"] if network in z["subnets"]), "")


def _claimed(subject: Subject) -> Iterator[Remark]:
    """Devices of the inventory that several zones claim, or none."""
    if not subject["zones"]:
        return
    lines = {z["zone"]: z for z in reversed(subject["zones"])}
    for entry in subject["inventory"]:
        claims = subject.directory.zone_of_entry(entry)
        name = entry["name"] or ", ".join((*entry["ips"], *entry["macs"])) or "an entry"
        where = f"{entry['source']} row {entry['row']}"
        if len(claims) > 1:
            what = f"{name} ({where}) is claimed by zones {', '.join(claims)} and counts as in '{claims[0]}'"
            yield remark(RemarkSeverity.WARNING, lines[claims[0]], "several-zones", what, "leave it to one zone")
        elif not claims and (entry["ips"] or entry["macs"] or entry["vlans"]):
            first = subject["zones"][0]
            what = f"{name} ({where}) is in no zone, so that nothing is said about its traffic"
            yield remark(RemarkSeverity.WARNING, first, "in-no-zone", what, "add its network or address to a zone")


def _isolated(subject: Subject) -> Iterator[Remark]:
    if len(subject["zones"]) < 2:
        return
    ends = {end for c in subject["conduits"] for end in (c["from_zone"], c["to_zone"])}
    for zone in subject["zones"]:
        if zone["zone"] not in ends:
            what = f"zone '{zone['zone']}' has no conduit, so that nothing may enter or leave it"
            yield remark(RemarkSeverity.NOTE, zone, "isolated-zone", what, "add conduits unless that is meant")
