"""Routers whose rulesets iptables and nft print: each trap beside the innocent line that it looks like, and random
rulesets against an evaluator of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import nullcontext
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.configs import reader
from scanner.configs.chains.study import ChainStudy
from scanner.packet_sets import ALL_PORTS, OnePacket
from scanner.reach.certain import CertainWalk
from scanner.reach.network import GivenNetwork
from scanner.reach.possible import PossibleWalk
from scanner.reach.proofs import ReachState
from tests.configs.test_chain_packets import Abstract, Packet, as_iptables, as_nftables, fates, rulesets
from tests.reach.devices import POLICY, proved, studied
from tests.reach.linux import GATEWAYS, link, outputs

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_TWO = {"eth1": "10.0.10.1/24", "eth2": "10.0.20.1/24", "eth3": "10.0.30.1/24"}
_HOST = outputs(_TWO)
_STATE = "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"


def _saved(*rules: str, policy: str = "DROP", more: str = "", host: str = _HOST, sets: str = "") -> str:
    chains = [f":{r.split()[1]} - [0:0]" for r in rules if r.startswith("-A") and r.split()[1].islower()]
    lines = ["*filter", ":INPUT DROP [0:0]", f":FORWARD {policy} [1:1]", ":OUTPUT ACCEPT [0:0]"]
    return "\n".join([sets, more, *lines, *dict.fromkeys(chains), *rules, "COMMIT", host]).lstrip()


def _beside(table: str, rule: str) -> str:
    return f"*{table}\n:{rule.split()[1]} ACCEPT [0:0]\n{rule}\nCOMMIT"


def _set(words: str, kind: str, member: str) -> str:
    name = words.split(maxsplit=1)[0]
    sets = f"create {name} {kind} family inet\nadd {name} {member}"
    return _saved(f"-A FORWARD -m set --match-set {words} -j ACCEPT", sets=sets)


def _nat(*rules: str) -> str:
    chains = [f":{c} ACCEPT [0:0]" for c in ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")]
    return "\n".join(["*nat", *chains, *rules, "COMMIT"])


_IN = "-A FORWARD -i eth1"
_ACCEPT = "-A FORWARD -j ACCEPT"
_RAGGED = (
    "-A c -s 10.0.0.7/255.255.225.255 -d 10.0.0.7/255.255.225.255 -p tcp -m multiport --dports 0:442,444:501,503:65535 "
    "-j ACCEPT"
)
_DOCKER = "-A FORWARD ! -i eth+ -j ACCEPT"
_TO_DOCKER = "172.17.0.0/16 dev docker0 proto kernel scope link"
_TO_WG = "172.17.0.0/16 dev wg0 proto kernel scope link"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_saved(), _CLOSED),
        (_saved(policy="ACCEPT"), _OPEN),
        (_saved(_STATE), _CLOSED),
        (_saved("-A INPUT -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -i eth1 -o eth2 -p tcp -m tcp --dport 502 -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -i eth2 -o eth1 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD ! -i eth1 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD ! -o eth3 -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -i eth+ -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -i ens+ -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -i eth3 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -d 10.0.30.0/24 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD ! -d 10.0.20.0/24 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -m conntrack --ctstate NEW -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -m conntrack --ctstate INVALID -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT"), _CLOSED),  # nothing changes destinations
        (_saved("-A FORWARD -m conntrack ! --ctstate DNAT -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT",
            more=_nat("-A PREROUTING -i eth1 -p tcp --dport 80 -j DNAT --to-destination 10.0.30.9")), _UNKNOWN),
        (_saved("-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT", more=_nat("-A PREROUTING -j FULLCONENAT")),
            _UNKNOWN),
        (_saved("-A FORWARD -m string --string x --algo bm -j ACCEPT"), _UNKNOWN),
        (_saved("-A FORWARD -m time --timestart 08:00 -j ACCEPT"), _UNKNOWN),
        (_saved("-A FORWARD -m wizardry --wizard 1 -j ACCEPT"), _UNKNOWN),
        (_saved("-A FORWARD -o eth3 -m wizardry --wizard 1 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -j NFQUEUE --queue-num 1"), _UNKNOWN),
        (_saved("-A FORWARD -j nowhere"), _UNKNOWN),
        (_saved("-A FORWARD -j c", "-A c -p tcp --dport 502 -j ACCEPT", "-A c -j RETURN"), _OPEN),
        (_saved("-A FORWARD -i eth3 -j c", "-A c -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -g c", _ACCEPT, "-A c -p tcp -j DROP"), _CLOSED),
        (_saved("-A FORWARD -j c", _ACCEPT, "-A c -j RETURN"), _OPEN),
        (_saved(_ACCEPT, more=_beside("raw", "-A PREROUTING -i eth1 -j DROP")), _CLOSED),
        (_saved(_ACCEPT, more=_beside("mangle", "-A POSTROUTING -o eth2 -j DROP")), _UNKNOWN),
        (_saved(more=_beside("mangle", "-A PREROUTING -j MARK --set-mark 1")), _CLOSED),
        (_saved(more=_beside("mangle", "-A PREROUTING -p tcp -j TPROXY --on-port 1")), _UNKNOWN),
        (_saved(_STATE, more=_beside("raw", "-A PREROUTING -p tcp --dport 21 -j CT --helper ftp")),
            _UNKNOWN),
        (_set("plc dst", "hash:net", "10.0.20.9"),
            _OPEN),
        (_set("plc dst", "hash:net", "10.0.30.9"),
            _CLOSED),
        (_saved("-A FORWARD -m set --match-set plc dst -j ACCEPT"), _UNKNOWN),
        (_saved("-A FORWARD -m set --match-set knock src -j ACCEPT",
            "-A INPUT -p tcp --dport 7 -j SET --add-set knock src",
            sets="create knock hash:ip family inet\nadd knock 10.0.30.9"), _UNKNOWN),
        (_set("on dst,dst", "hash:net,iface", "10.0.20.0/24,eth2"), _OPEN),
        (_set("on dst,dst", "hash:net,iface", "10.0.20.0/24,eth9"), _CLOSED),
        (_saved(more=_nat("-A POSTROUTING -o eth3 -j MASQUERADE")), _CLOSED),
        (_saved(_ACCEPT, more=_nat("-A POSTROUTING -o eth2 -j MASQUERADE")), _OPEN),
        (_saved(more=_nat("-A PREROUTING -i eth1 -p tcp --dport 80 -j DNAT --to-destination 10.0.20.9:80")), _UNKNOWN),
        (_saved(more=_nat("-A PREROUTING -i eth3 -p tcp --dport 80 -j DNAT --to-destination 10.0.20.9:80")), _CLOSED),
        (_saved(more=_nat("-A PREROUTING -i eth1 -j DNAT --to-destination 10.0.30.9")), _CLOSED),
        (_saved(more=_nat("-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080")), _CLOSED),
        (_saved("-A FORWARD -p tcp -m multiport ! --dports 1:65535 -j ACCEPT"), _OPEN),
        (_saved('-A FORWARD -m comment --comment "-j ACCEPT" -j DROP'), _CLOSED),
        (_saved("-A FORWARD -s 10.0.10.0/24,10.0.30.0/24 -d 10.0.20.9 -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -i ! eth3 -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -d 10.0.20.5/255.0.255.255 -j ACCEPT"), _OPEN),
        (_saved("-A FORWARD -d 10.0.30.5/255.0.255.255 -j ACCEPT"), _CLOSED),
        (_saved("-A FORWARD -j c", _RAGGED, "-A c -j RETURN"), _OPEN),
        (_saved(policy="-"), _UNKNOWN),
        (_saved("-A FORWARD -j DROP", "-I FORWARD -j ACCEPT"), _OPEN),
        (_saved(_ACCEPT, more=_beside("security", "-A FORWARD -d 10.0.20.0/24 -j DROP")), _CLOSED),
        (_saved(more=_nat("-A PREROUTING -d 10.0.30.0/24 -i eth1 -j NETMAP --to 10.0.20.0/24")), _UNKNOWN),
        (_saved(more=_nat("-A PREROUTING -j FULLCONENAT")), _UNKNOWN),
        (_saved(host=outputs(_TWO, kernel="net.ipv4.ip_forward = 0")), _UNKNOWN),  # another device may be the gateway
        (_saved(_ACCEPT, host=outputs(_TWO, kernel="")), _UNKNOWN),
        (_saved(host=outputs(_TWO, kernel="")), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes=None)), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, rules="")), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, rules="0:\tfrom all lookup local\n9:\tfrom all lookup 7")), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="10.0.20.0/25 via 10.0.30.9 dev eth3 proto static")), _OPEN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="blackhole 10.0.20.0/25")), _OPEN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="10.0.20.0/24 dev eth3 metric 5 wizard 7")), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="192.0.2.0/24 via 10.0.30.9 dev eth3 proto bird metric 32")), _OPEN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="10.0.20.0/24 via 10.0.30.9 dev eth3 metric 50")), _OPEN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="10.0.20.0/24 via 10.0.30.9 dev eth3")), _UNKNOWN),
        (_saved(_ACCEPT, host=outputs(_TWO, routes="unreachable 10.0.20.0/24 metric 50")), _OPEN),
        (_saved(host=outputs(_TWO, routes="default via 10.0.30.9 dev eth3 proto dhcp metric 100")), _CLOSED),
        (_saved(host=_HOST + "iptables: wizardry\n"), _UNKNOWN),
        (_saved(host=outputs(_TWO, links=link(7, "wg0", "10.9.0.1/24", flags="NOARP,UP", kind="none"))), _CLOSED),
        (_saved(host=outputs(_TWO, links=link(7, "eth4", more="master br0"))), _CLOSED),
        (_saved(_DOCKER, host=outputs(_TWO, links=link(7, "docker0", "172.17.0.1/16"), routes=_TO_DOCKER)), _CLOSED),
        (_saved(_DOCKER, host=outputs(_TWO, links=link(7, "wg0", "172.17.0.1/16"), routes=_TO_WG)), _UNKNOWN),
        (_saved(host=_HOST + link(3, "eth2") + "\n"), _CLOSED),
        (_saved(host=outputs(_TWO, links=link(7, "eth4.10@eth4", more="master br0"))), _UNKNOWN),
        (_saved(_ACCEPT) + "*nat\n:PREROUTING ACCEPT [0:0]\n", _UNKNOWN),
        (_saved(_ACCEPT).replace("eth2: <BROADCAST,MULTICAST,UP", "eth2: <BROADCAST,MULTICAST"), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_of_iptables_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


def _nft(
    *rules: str, policy: str = "drop", more: str = "", host: str = _HOST, beside: str = "", before: str = ""
) -> str:
    body = "\n".join(f"    {rule}" for rule in rules)
    hook = f"    type filter hook forward priority filter; policy {policy};"
    return f"{before}\ntable inet fw {{\n{more}\n  chain forward {{\n{hook}\n{body}\n  }}\n}}\n{beside}{host}"


def _table(family: str, hook: str, *rules: str, kind: str = "filter") -> str:
    body = "\n".join(rules)
    head = f"    type {kind} hook {hook} priority 0; policy accept;"
    return f"table {family} other {{\n  chain c {{\n{head}\n{body}\n  }}\n}}\n"


def _script(*commands: str, policy: str = "drop") -> str:
    hook = f"add chain ip fw c {{ type filter hook forward priority 0; policy {policy}; }}"
    return "\n".join(["flush ruleset", "add table ip fw", hook, *commands, _HOST])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_script("add rule ip fw c tcp dport 502 accept"), _OPEN),
        (_script("add rule ip fw c accept", "insert rule ip fw c drop"), _CLOSED),
        (_script("add rule ip fw c accept", "flush chain ip fw c"), _CLOSED),
        (_script("add chain ip fw c { policy accept; }"), _OPEN),
        (_script("add rule ip fw c accept", "delete rule ip fw c handle 3"), _UNKNOWN),
        (_script("add rule ip fw c accept", 'include "more.nft"'), _UNKNOWN),
        (_script("add set ip fw s { type ipv4_addr; }", "add element ip fw s { 10.0.20.9 }",
            "add rule ip fw c ip daddr @s accept"), _OPEN),
        (_nft(), _CLOSED),
        (_nft(policy="accept"), _OPEN),
        (_nft("ct state established,related accept"), _CLOSED),
        (_nft('iifname "eth1" oifname "eth2" tcp dport 502 accept'), _OPEN),
        (_nft('iif "eth2" accept'), _CLOSED),
        (_nft("iif 2 accept"), _UNKNOWN),
        (_nft('iifname != "eth1" accept'), _CLOSED),
        (_nft('iifname { "eth1", "eth3" } oifname vmap { "eth2" : accept, "eth3" : drop }'), _OPEN),
        (_nft('oifname vmap { "eth3" : accept }'), _CLOSED),
        (_nft("ip daddr @plcs accept", more="set plcs { type ipv4_addr; elements = { 10.0.20.9 }; }"), _OPEN),
        (_nft("ip daddr @plcs accept", more="set plcs { type ipv4_addr; elements = { 10.0.30.9 }; }"), _CLOSED),
        (_nft("ip daddr @plcs accept", more="set plcs { type ipv4_addr; flags timeout; }"), _UNKNOWN),
        (_nft("ip saddr @k accept", "add @k { ip saddr }", more="set k { type ipv4_addr; }"), _UNKNOWN),
        (_nft("ip6 saddr ::/0 accept"), _CLOSED),
        (_nft("meta wizard 7 accept"), _UNKNOWN),
        (_nft("ct status dnat accept"), _CLOSED),  # nothing changes destinations
        (_nft("ct status != dnat accept"), _OPEN),
        (_nft("ct status snat accept"), _UNKNOWN),
        (_nft("ct status dnat accept",
            beside=_table("ip", "prerouting", "tcp dport 80 dnat to 10.0.30.9", kind="nat")), _UNKNOWN),
        (_nft("ip daddr & 255.0.255.255 == 10.0.20.5 accept"), _OPEN),
        (_nft("ip daddr & 255.0.255.255 == 10.0.30.5 accept"), _CLOSED),
        (_nft("ip daddr & 255.255.255.0 != 10.0.20.0 accept"), _CLOSED),
        (_nft("ip daddr & 255.255.0.0 == 10.0.20.5 accept"), _UNKNOWN),
        (_nft("icmp type echo-request icmp code 0-255 drop", "icmp type 8 accept"), _CLOSED),
        (_nft("icmp code { net-unreachable, 1 } drop", "icmp type 8 accept"), _OPEN),
        (_nft("icmp type . icmp code { 8 . 0 } accept"), _UNKNOWN),
        (_nft("jump c", more="chain c { tcp dport 502 accept; }"), _OPEN),
        (_nft("jump { accept; }"), _UNKNOWN),
        (_nft("accept", more="chain raw { type filter hook prerouting priority raw; iifname eth1 drop; }"), _CLOSED),
        (_nft("accept", more="chain p { type filter hook postrouting priority 0; oifname eth2 drop; }"), _UNKNOWN),
        (_nft("accept", more="chain two { type filter hook forward priority 10; policy drop; }"), _CLOSED),
        (_nft("accept", beside=_table("netdev", "ingress device eth1", "drop")), _UNKNOWN),
        (_nft(beside=_table("netdev", "ingress device eth1", "fwd to eth2")), _UNKNOWN),
        (_nft("accept", beside=_table("bridge", "forward", "ip daddr 10.0.20.9 drop")), _UNKNOWN),
        (_nft(beside=_table("bridge", "forward", "ip daddr 10.0.20.9 drop")), _CLOSED),
        (_nft(beside=_table("ip", "prerouting", "iifname eth1 dnat to 10.0.20.9", kind="nat")), _UNKNOWN),
        (_nft(beside=_table("ip", "prerouting", "iifname eth3 dnat to 10.0.20.9", kind="nat")), _CLOSED),
        (_nft(beside=_table("ip", "prerouting", "iifname eth1 tcp dport 80 redirect to :8080", kind="nat")), _CLOSED),
        (_nft(beside=_table("ip", "prerouting", "dnat to tcp dport map { 80 : 10.0.30.9 }", kind="nat")), _UNKNOWN),
        (_nft(beside=_table("ip", "postrouting", "oifname eth3 masquerade", kind="nat")), _CLOSED),
        (_nft(beside=_table("ip", "prerouting", "ip daddr set 10.0.20.9")), _UNKNOWN),
        (_nft(beside=_table("ip", "prerouting", "meta mark set 7")), _CLOSED),
        (_nft("ct state related,established accept", more='ct helper f { type "ftp" protocol tcp; }\n'
            "chain h { type filter hook prerouting priority 0; tcp dport 21 ct helper set \"f\"; }"), _UNKNOWN),
        (_nft("ct state vmap { established : accept, invalid : drop }", "ip daddr 10.0.20.0/24 accept"), _OPEN),
        (_nft('log prefix "accept "'), _CLOSED),
        (_nft("ip daddr $PLANT accept", before="define PLANT = 10.0.20.0/24"), _OPEN),
        (_nft("ip daddr $PLANT accept", before="define PLANT = 10.0.30.0/24"), _CLOSED),
        (_nft("ip daddr $PLANT accept"), _UNKNOWN),
        (_nft('tcp dport 1 drop comment "} accept {"'), _CLOSED),
        (_nft(more="flags dormant"), _OPEN),
        (_nft("goto c", "accept", more="chain c { tcp dport 1 drop; }"), _CLOSED),
        (_nft("ether type ip accept"), _UNKNOWN),
        (_nft("limit rate over 1/second drop", "accept"), _UNKNOWN),
        (_nft("ip daddr != @s accept",
            more="set s { type ipv4_addr; flags interval; elements = { 10.0.20.0/24 } }"), _CLOSED),
        (_nft("ip saddr . ip daddr . tcp dport { 10.0.10.5 . 10.0.20.9 . 502 } accept"), _OPEN),
        (_nft("flow add @ft", "ct state established accept",
            more="flowtable ft { hook ingress priority 0; devices = { eth1, eth2 }; }"), _CLOSED),
        (_nft("fib daddr type local accept"), _UNKNOWN),
        (_nft("accept", host=outputs(_TWO, rules="")), _UNKNOWN),
        (_nft(host=_HOST + "wizardry on\n"), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_of_nft_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


def test_extension_headers_hide_what_the_next_header_is() -> None:
    six = {"eth1": "10.0.10.1/24", "eth2": "10.0.20.1/24"}
    policy = POLICY.replace("10.0.10.0/24", "2001:db8:1::/64").replace("10.0.20.0/24", "2001:db8:2::/64")
    routes = "\n".join(f"2001:db8:{n}::/64 dev eth{n} proto kernel metric 256 pref medium" for n in (1, 2))
    kernel = "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1"
    rules = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n" * 2
    host = outputs(six, routes=routes, rules=rules.strip(), kernel=kernel)
    for n in (1, 2):
        host = host.replace(
            f"scope global eth{n}\n", f"scope global eth{n}\n    inet6 2001:db8:{n}::1/64 scope global\n"
        )
    assert proved(_nft(host=host), policy=policy) is _CLOSED
    assert proved(_nft("accept", host=host), policy=policy) is _OPEN
    drops = [f"{key} {{ tcp, udp, icmpv6 }} drop" for key in ("ip6 nexthdr", "meta l4proto")]
    other = ["meta l4proto != { tcp, udp, icmpv6 } drop", "accept"]
    assert proved(_nft(drops[1], *other, host=host), policy=policy) is _CLOSED
    assert proved(_nft(drops[0], *other, host=host), policy=policy) is _UNKNOWN


def test_ways_and_answers_are_told_by_their_lines() -> None:
    accept = "-A FORWARD -i eth1 -o eth2 -p tcp -m tcp --dport 502 -j ACCEPT"
    conduit = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")
    for rules, answers in (((_STATE, accept), _OPEN), ((accept,), _UNKNOWN)):
        found = studied(_saved(*rules), policy=conduit)
        (told,) = found.conduits
        assert (told.state, told.answers) == (_OPEN, answers)
        witness = found.witnesses["a", "b"]
        assert [hop.lets_through.text for hop in witness.hops if hop.lets_through] == [accept]
    closed = studied(_saved("-A FORWARD -i eth1 -o eth2 -j REJECT", policy="ACCEPT")).proofs["a", "b"]
    assert [place.text for _, place in closed.closes] == ["-A FORWARD -i eth1 -o eth2 -j REJECT"]


def test_a_ruleset_without_addresses_tells_nothing_of_ways() -> None:
    assert reader.read(_saved(host="").encode(), "x").router is None
    assert reader.read(_nft(host="").encode(), "x").router is None


_HOSTS = {"10.0.0.1": "eth0", "10.0.0.2": "eth0", "10.0.0.9": "wan7", "192.0.2.1": "eth1"}


def _number(address: str) -> int:
    return int.from_bytes(bytes(map(int, address.split("."))), "big")


@pytest.mark.parametrize("write", [as_iptables, as_nftables], ids=["iptables", "nftables"])
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "interface by interface"])
@given(chains=rulesets(), policy=st.sampled_from(["accept", "drop"]))
@settings(max_examples=40, deadline=None)
def test_what_is_proved_is_what_becomes_of_every_packet(
    write: Callable[[dict[str, list[Abstract]], str], str],
    *,
    at_once: bool,
    chains: dict[str, list[Abstract]],
    policy: str,
) -> None:
    too_ragged = nullcontext() if at_once else patch.object(ChainStudy, "walked", lambda *_: None)
    with too_ragged:
        router = reader.read((write(chains, policy) + outputs(GATEWAYS)).encode(), "x").router
    assert router
    topology = GivenNetwork([router])
    every = tuple(
        ((_number(a),) * 2, (_number(b),) * 2, (0, 255), ALL_PORTS, ALL_PORTS, (0, 0))
        for a, b in itertools.permutations(_HOSTS, 2)
    )
    walk = PossibleWalk(topology, 4)
    walk.begin(every)
    sure = CertainWalk(topology, 4).arriving(every)
    exact = not any(rule.unsure for rules in chains.values() for rule in rules)
    for (a, comes), (b, goes) in itertools.permutations(_HOSTS.items(), 2):
        for protocol, port in itertools.product((6, 17, 1), (1, 2, 7, 900)):
            if comes == goes:
                continue
            fate = fates(chains, policy, Packet(a, b, protocol, 5, port, "new", comes, goes))
            packet = OnePacket(_number(a), _number(b), protocol, 5, port, 0)
            may = any(packet.within(box) for box in walk.found.arrives)
            certain = any(packet.within(box) for box in sure)
            assert may or "accept" not in fate, packet
            assert not certain or fate == {"accept"}, packet
            assert not exact or may == certain == (fate == {"accept"}), packet


def test_what_a_device_prints_in_detail_is_understood() -> None:
    detailed = """\
root@gw:~# ip -d address
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 allmulti 0 minmtu 0 maxmtu 0 numtxqueues 1
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: enp3s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 68 maxmtu 9000 parentbus pci
    altname eno1
5: enp3s0.10@enp3s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 0 maxmtu 65535
    vlan protocol 802.1Q id 10 <REORDER_HDR> numtxqueues 1 numrxqueues 1 gso_max_size 65536
    inet 10.0.10.1/24 brd 10.0.10.255 scope global enp3s0.10
       valid_lft forever preferred_lft forever
    inet 10.0.10.254/32 scope global enp3s0.10
       valid_lft forever preferred_lft forever
6: ops@enp3s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 0 maxmtu 65535
    vlan protocol 802.1Q id 20 <REORDER_HDR> numtxqueues 1
    inet 10.0.20.1/24 brd 10.0.20.255 scope global ops
       valid_lft forever preferred_lft forever
root@gw:~# ip route
default via 10.0.10.9 dev enp3s0.10 proto static metric 100
10.0.10.0/24 dev enp3s0.10 proto kernel scope link src 10.0.10.1
10.0.20.0/24 dev ops proto kernel scope link src 10.0.20.1
10.7.0.0/16 proto static metric 20
\tnexthop via 10.0.20.8 dev ops weight 1
\tnexthop via 10.0.20.9 dev ops weight 1
root@gw:~# ip rule
0:      from all lookup local
32766:  from all lookup main
32767:  from all lookup default
root@gw:~# sysctl -a -r '\\.(ip_)?forward|rp_filter'
net.ipv4.conf.all.forwarding = 1
net.ipv4.conf.all.rp_filter = 0
net.ipv4.conf.ops.forwarding = 1
net.ipv4.ip_forward = 1
net.ipv4.ip_forward_use_pmtu = 0
"""
    router = reader.read(_saved(_ACCEPT, host=detailed).encode(), "x").router
    assert router
    assert router.doubts == []
    assert [(i.name, i.vlan, [str(a.address) for a in i.addresses]) for i in router.interfaces if i.addresses] == [
        ("lo", 0, []),
        ("enp3s0.10", 10, ["10.0.10.1"]),
        ("ops", 20, ["10.0.20.1"]),
    ][1:]
    assert [str(a.address) for i in router.interfaces for a in i.virtual] == ["10.0.10.254"]
    assert [(str(r.network), str(r.next_hop), r.distance) for r in router.routes] == [
        ("0.0.0.0/0", "10.0.10.9", 100),
        ("10.7.0.0/16", "10.0.20.8", 20),
        ("10.7.0.0/16", "10.0.20.9", 20),
    ]
    assert router.forwards[4] is True


def test_many_rules_are_followed_interface_by_interface() -> None:
    rules = [
        f"-A FORWARD -s 10.0.{a}0.{n} -d 10.0.{b}0.{n * 3 % 250 + 1} -i eth{a} -o eth{b} -p tcp --dport {n} -j ACCEPT"
        for n in range(2, 90)
        for a, b in itertools.permutations((1, 2, 3), 2)
        if (a, b) != (1, 2)
    ]
    found = studied(_saved(_STATE, *rules))
    assert found.proofs["a", "b"].state is _CLOSED
    assert found.proofs["b", "a"].state is _OPEN
