"""Filters made from policies let through what the conduits allow, and nothing else: proved of random policies.

Lists are read back as otaudit reads those of devices, rulesets and usage descriptions by readers of their own here.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanner.address_spans import Ranges, spans
from scanner.configs import reader
from scanner.configs.dialects.linux_nftables import blocks
from scanner.configs.dialects.linux_nftables import reading as linux_nftables
from scanner.configs.forwarding import Filter
from scanner.packet_sets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    ANSWERS,
    BEGINS,
    EITHER,
    Box,
    Boxes,
    Span,
    difference,
    disjoint,
    everything,
)
from scanner.policy.directory import NameDirectory
from scanner.policy.document import parse_policy
from scanner.policy.export import FORMS, ToExport
from scanner.reach.ends import ZoneEnd
from scanner.reach.filters import may_pass, sure_to_pass
from scanner.reach.services import allowed

PORTS = {"modbus": {("tcp", 502)}, "snmp": {("udp", 161)}}
PROTOCOLS = ["modbus", "snmp", "tcp/100-200", "udp", "tcp", "icmp", "ip/47", "sctp/2905", "ethertype/0x8892", "any"]
NETWORKS = ["10.1.0.0/24", "10.1.0.64/27", "10.2.0.9/32", "10.2.0.0/16", "2001:db8::/62", "2001:db8:0:1::/64"]
CLIENTS = ["10.1.0.70", "10.2.0.0/17", "HMI-1", "GHOST-1", "2001:db8:0:1::5"]
INVENTORY = [
    {"name": "HMI-1", "ips": ["10.1.0.9"]},
    {"name": "PLC-7", "ips": ["10.1.0.7"]},
]
ICMP = {4: 1, 6: 58}
ECHO_REPLY = {4: (0, 255), 6: (129 << 8, (129 << 8) + 255)}
NEIGHBOURS = (135, 136)


@st.composite
def policies(draw: st.DrawFn) -> str:
    networks = draw(st.lists(st.sampled_from(NETWORKS), min_size=2, max_size=4, unique=True))
    zones = [{"id": f"z{n}", "level": 1, "members": {"subnets": [network]}} for n, network in enumerate(networks)]
    if draw(st.booleans()):
        zones[0]["members"]["devices"] = ["PLC-7"]  # type: ignore[index]
    ways = list(itertools.permutations((z["id"] for z in zones), 2))
    conduits = [
        {"id": f"c{n}", "from": way[0], "to": way[1], "both_ways": draw(st.booleans())}
        | {"protocols": draw(st.lists(st.sampled_from(PROTOCOLS), min_size=1, max_size=3, unique=True))}
        | (
            {"clients": clients}
            if (clients := draw(st.lists(st.sampled_from(CLIENTS), max_size=2, unique=True)))
            else {}
        )
        for n, way in enumerate(draw(st.lists(st.sampled_from(ways), max_size=3)))
    ]
    return json.dumps({"otaudit_policy": 1, "zones": zones, "conduits": conduits})


def given_by(text: str, **more: Any) -> ToExport:
    inventory = [{"source": "i", "row": 1, "macs": [], "vlans": [], **_empty(), **row} for row in INVENTORY]
    return ToExport(parse_policy(text, "p.yaml", PORTS).tables(), inventory, PORTS, today=date(2026, 1, 2), **more)


def _empty() -> dict[str, Any]:
    from scanner.facts.frames import frame
    from scanner.facts.schema import TABLES

    return frame(TABLES["inventory"], [{"source": "i", "row": 1, "name": "x"}]).to_dicts()[0]


class Wanted:
    """What a policy allows: boxes of packets that begin conversations, by (client's zone, server's zone, version)."""

    def __init__(self, to_export: ToExport) -> None:
        zones = to_export.tables["zones"]
        directory = NameDirectory(zones, to_export.inventory)
        named = "PLC-7" in zones[0]["devices"]
        self.zones: dict[str, Ranges] = {}
        for number, zone in enumerate(zones):
            own = {(4, n) for n in (int(ipaddress.ip_address("10.1.0.7")),)} if named else set()
            ranges = directory.ranges.get(zone["zone"], ())
            self.zones[zone["zone"]] = _with(ranges, own) if number == 0 else _less(ranges, own)
        self.chosen: dict[tuple[str, str, int], Boxes] = {}
        self.begins: dict[tuple[str, str, int], Boxes] = {}
        for zone, version in itertools.product(self.zones, (4, 6)):
            own_spans = spans(self.zones[zone], version)
            inside = itertools.product(own_spans, own_spans)
            whole = (ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, BEGINS)
            self.begins[zone, zone, version] = disjoint((*ends, *whole) for ends in inside)
        for conduit in to_export.tables["conduits"]:
            self._add(conduit, directory)

    def _add(self, conduit: dict[str, Any], directory: NameDirectory) -> None:
        ends = conduit["from_zone"], conduit["to_zone"]
        for way in (ends, ends[::-1]) if conduit["both_ways"] else (ends,):
            sides = ZoneEnd(way[0], self.zones[way[0]]), ZoneEnd(way[1], self.zones[way[1]])
            for protocol in ["any"] if "any" in conduit["protocols"] else conduit["protocols"]:
                known = {**conduit, "clients": [c for c in conduit["clients"] if c != "GHOST-1"]}
                if conduit["clients"] and not known["clients"]:
                    continue
                found = allowed(known, protocol, sides, directory, PORTS)
                for version in (4, 6):
                    own = spans(self.zones[way[0]], version)
                    boxes = [b for b in found.boxes[version] if b[2] != (132, 132)]
                    boxes = [(s, *b[1:]) for b in boxes for s in _common(b[0], own)]
                    kept = self.chosen if conduit["clients"] else self.begins
                    kept[(*way, version)] = (*kept.get((*way, version), ()), *boxes)  # each as its protocol has it

    def of(self, zone: str, version: int, *, chosen: bool = True) -> tuple[list[Box], list[Box]]:
        """(what begins in the zone, what begins elsewhere and goes to it)."""
        own, others = [], []
        for kept in (self.begins, self.chosen):
            for (source, target, its), boxes in kept.items():
                if its == version and source == zone and (chosen or kept is self.begins):
                    own += boxes
                if its == version and target == zone != source:
                    others += boxes
        return own, others


def _common(span: Span, others: Iterable[Span]) -> Iterator[Span]:
    for low, high in others:
        if max(span[0], low) <= min(span[1], high):
            yield max(span[0], low), min(span[1], high)


def _with(ranges: Ranges, own: set[tuple[int, int]]) -> Ranges:
    from scanner.address_spans import AddressRange, merged

    return merged((*ranges, *(AddressRange(v, n, n) for v, n in own)))


def _less(ranges: Ranges, own: set[tuple[int, int]]) -> Ranges:
    from scanner.address_spans import AddressRange, merged, without

    return without(ranges, merged(AddressRange(v, n, n) for v, n in own))


def answering(boxes: Iterable[Box], icmp: Span, version: int) -> Iterator[Box]:
    """What looks like an answer to some packets, for a filter without memory."""
    for source, target, protocol, sent, port, _ in boxes:
        known = [6, 17, ICMP[version]] if protocol == ALL_PROTOCOLS else [protocol[0]]
        for number in known:
            ends = target, source, (number, number)
            if number == ICMP[version]:
                yield (*ends, ALL_PORTS, icmp, EITHER)
            else:
                yield (*ends, port, sent, ANSWERS if number == 6 else EITHER)


def same(ones: Iterable[Box], others: Iterable[Box]) -> bool:
    ones, others = disjoint(ones), disjoint(others)
    return not difference(ones, others) and not difference(others, ones)


def either(boxes: Iterable[Box]) -> list[Box]:
    return [(*box[:5], EITHER) for box in boxes]


IOS = "version 15.2\nhostname CORE\n!\nip routing\nipv6 unicast-routing\n{lists}{interfaces}!\nline con 0\n!\nend\n"
VRP = "!Software Version V200R019\n#\nsysname CORE\n#\n{lists}{interfaces}#\nuser-interface con 0\n#\nreturn\n"


def filters(form: str, text: str) -> dict[tuple[str, int], Filter]:
    """The lists as the device would apply them, by zone and IP version."""
    bound = re.findall(r"^[!#] zone (\S+); on each of its interfaces: (.*)", text, re.MULTILINE)
    frame, name = (IOS, "Vlan") if form == "cisco-ios" else (VRP, "Vlanif")
    interfaces = "".join(
        f"interface {name}{n}\n ip address 192.168.{n}.1 255.255.255.0\n {line}\n"
        for n, (_, line) in enumerate(bound, 10)
    )
    whole = frame.format(lists=text, interfaces=interfaces).encode()
    device = reader.read(whole, "c.cfg", form).router
    assert device
    found = {}
    for (zone, _), interface in zip(bound, device.interfaces, strict=True):
        for version, some in interface.filters_in.items():
            found[zone, version] = some[0]
    return found


@pytest.mark.parametrize("form", ["cisco-ios", "huawei-vrp"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=policies())
def test_access_lists_permit_what_the_conduits_allow_and_its_answers(form: str, text: str) -> None:
    to_export = given_by(text)
    wanted = Wanted(to_export)
    found = filters(form, FORMS.all()[form].render(to_export))
    assert set(found) == {(z, r.version) for z, ranges in wanted.zones.items() for r in ranges}
    for (zone, version), one in found.items():
        own, others = wanted.of(zone, version)
        icmp = (0, 0) if form == "huawei-vrp" and version == 4 else ECHO_REPLY[version]
        icmp = (icmp[0], icmp[0]) if form == "huawei-vrp" else icmp
        expected = [*either(own), *answering(others, icmp, version)]
        if version == 6:
            expected += _neighbours(one)
        sure = sure_to_pass(one, (everything(version),))
        assert same(sure, expected), (zone, version)
        assert same(may_pass(one, (everything(version),), lambda *_: None, _no_doubt), sure)


def _no_doubt(why: str, place: object) -> None:
    pytest.fail(f"{why}: {place}")


def _neighbours(one: Filter) -> list[Box]:
    """Neighbour discovery, without which nothing of IPv6 works; as wide as the device's words for it."""
    texts = [entry.place.text for entry in one.entries]
    assert any("nd-ns" in text or "icmp6-type 135 0" in text for text in texts)
    codes = 255 if any("nd-ns" in text for text in texts) else 0
    whole = everything(6)
    return [(*whole[:2], (58, 58), ALL_PORTS, (t << 8, (t << 8) + codes), EITHER) for t in NEIGHBOURS]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=policies())
def test_rulesets_accept_what_the_conduits_allow(text: str) -> None:
    to_export = given_by(text)
    wanted = Wanted(to_export)
    ruleset = FORMS.all()["nftables"].render(to_export)
    for version in (4, 6):
        begins = [
            b
            for kept in (wanted.begins, wanted.chosen)
            for key, some in kept.items()
            if key[2] == version
            for b in some
        ]
        accepted = [b for b in _of_nftables(ruleset, version) if b[2] != (132, 132)]
        assert same(accepted, begins)


_RULE = re.compile(
    r"(?P<word>ip6?) saddr (?P<source>@\w+|\{.*?\}) ip6? daddr (?P<target>@\w+)(?P<match>.*) accept comment \"[^\"]*\""
)


def _of_nftables(ruleset: str, version: int) -> Iterator[Box]:
    """What rules accept that begins conversations; ``nft(8)``, Expressions."""
    sets = dict(re.findall(r"set (\w+) \{\s+type \w+; flags interval;\s+elements = \{ (.*?) \}", ruleset))
    numbers = {"tcp": 6, "udp": 17, "sctp": 132, "icmp": 1, "ipv6-icmp": 58}
    for line in ruleset.splitlines():
        rule = _RULE.fullmatch(line.strip())
        if not rule or (rule["word"] == "ip6") != (version == 6):
            continue
        ends = [sets[rule[end][1:]] if rule[end][0] == "@" else rule[end].strip("{ }") for end in ("source", "target")]
        words = rule["match"].split(maxsplit=2)
        protocols, ports = ALL_PROTOCOLS, [ALL_PORTS]
        if words[:2] == ["meta", "l4proto"]:
            number = numbers.get(words[2]) or int(words[2])
            protocols = (number, number)
        elif words:
            protocols = (numbers[words[0]], numbers[words[0]])
            told = words[2].strip("{ }").split(", ")
            ports = [(int(low), int(high or low)) for low, _, high in (t.partition("-") for t in told)]
        for source, target, span in itertools.product(_networks(ends[0]), _networks(ends[1]), ports):
            yield source, target, protocols, ALL_PORTS, span, BEGINS


def _networks(text: str) -> list[Span]:
    found = [ipaddress.ip_network(one) for one in text.split(", ")]
    return [(int(n.network_address), int(n.broadcast_address)) for n in found]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=policies())
def test_usage_descriptions_accept_what_the_conduits_allow(text: str) -> None:
    to_export = given_by(text, zone="z0", address="https://mud.example/z0.json")
    wanted = Wanted(to_export)
    written = json.loads(FORMS.all()["mud"].render(to_export))
    for version in (4, 6):
        own, others = wanted.of("z0", version, chosen=False)
        others = [*others, *wanted.begins["z0", "z0", version]]  # within the zone each device is either
        own, others = list(_of_known(own, version)), list(_of_known(others, version))
        own_ranges = spans(wanted.zones["z0"], version)
        sends = [*either(own), *answering(others, ALL_PORTS, version)]
        gets = [*either(others), *answering(own, ALL_PORTS, version)]
        for direction, expected in (("from-device", sends), ("to-device", gets)):
            found = list(_of_mud(written, direction, version, own_ranges))
            assert same(found, expected), (direction, version)


def _of_known(boxes: Iterable[Box], version: int) -> Iterator[Box]:
    """A description tells TCP, UDP and ICMP of everything."""
    for box in boxes:
        for number in (6, 17, ICMP[version]) if box[2] == ALL_PROTOCOLS else (box[2][0],):
            yield (*box[:2], (number, number), *box[3:])


def _of_mud(written: dict[str, Any], direction: str, version: int, own: list[Span]) -> Iterator[Box]:
    """What a description accepts; RFC 8519 section 4, RFC 8520 section 8."""
    used = written["ietf-mud:mud"][f"{direction}-policy"]["access-lists"]["access-list"]
    names = {each["name"] for each in used}
    for acl in written["ietf-access-control-list:acls"]["acl"]:
        if acl["name"] not in names or acl["type"] != f"ipv{version}-acl-type":
            continue
        for ace in acl["aces"]["ace"]:
            assert ace["actions"] == {"forwarding": "accept"}
            layer_3 = ace["matches"][f"ipv{version}"]
            number = layer_3["protocol"]
            sends = direction == "from-device"
            (other,) = _networks(layer_3[f"{'destination' if sends else 'source'}-ipv{version}-network"])
            layer_4 = ace["matches"].get("tcp") or ace["matches"].get("udp") or {}
            begun = layer_4.get("ietf-mud:direction-initiated")
            answer = EITHER if begun in (None, direction) else ANSWERS
            ports = _ports(layer_4.get("source-port")), _ports(layer_4.get("destination-port"))
            for mine in own:
                ends = (mine, other) if sends else (other, mine)
                yield (*ends, (number, number), *ports, answer)


def _ports(told: dict[str, Any] | None) -> Span:
    if told is None:
        return ALL_PORTS
    return (told["port"], told["port"]) if "port" in told else (told["lower-port"], told["upper-port"])


SCTP_AND_ANY = json.dumps(
    {
        "otaudit_policy": 1,
        "zones": [
            {"id": "z0", "level": 1, "members": {"subnets": ["10.1.0.0/24"]}},
            {"id": "z1", "level": 1, "members": {"subnets": ["10.1.0.64/27"]}},
        ],
        "conduits": [
            {"id": f"c{n}", "from": "z0", "to": "z1", "both_ways": False, "protocols": ["modbus", protocol]}
            for n, protocol in enumerate(("sctp/2905", "any"))
        ],
    }
)


def _beside_sctp(boxes: Iterable[Box]) -> Iterator[Box]:
    """Without the protocol of which ``Wanted`` has what *any* allows and nothing else."""
    for source, target, (low, high), *rest in boxes:
        for span in ((low, min(high, 131)), (max(low, 133), high)):
            if span[0] <= span[1]:
                yield (source, target, span, *rest)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=policies())
@example(text=SCTP_AND_ANY)
def test_rulesets_read_back_accept_what_the_conduits_allow(text: str) -> None:
    """As otaudit reads the ruleset of a device."""
    to_export = given_by(text)
    wanted = Wanted(to_export)
    ruleset = FORMS.all()["nftables"].render(to_export).encode()
    assert reader.read(ruleset, "fw.nft").dialect == "linux-nftables"
    study, _ = linux_nftables.study_of(blocks.parse(ruleset, "fw.nft", reader.masker("linux-nftables").mask))
    (chain,) = [chain for chain in study.ruleset.chains.values() if chain.hook == "forward"]
    for version in (4, 6):
        found = study.walked(chain, version)
        assert found
        begins = [
            b
            for kept in (wanted.begins, wanted.chosen)
            for key, some in kept.items()
            if key[2] == version
            for b in some
        ]
        for boxes in (found.accepts, found.may_accept):
            begun = [b[:6] for b in boxes if b[5][0] == 0]
            assert same(_beside_sctp((*b[:5], BEGINS) for b in begun), _beside_sctp(begins))
