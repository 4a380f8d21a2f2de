"""What a config_db.json says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_DENY = {"A|R": {"PRIORITY": "1", "PACKET_ACTION": "DROP", "ETHER_TYPE": "2048"}}


def _sonic(**more: Any) -> str:
    usual = {
        "DEVICE_METADATA": {"localhost": {"hostname": "CORE", "docker_routing_config_mode": "separated"}},
        "FEATURE": {"bgp": {"state": "enabled"}},
        "PORT": {"Ethernet0": {"admin_status": "up"}, "Ethernet4": {"admin_status": "up"}},
        "VLAN": {"Vlan10": {"vlanid": "10"}, "Vlan20": {"vlanid": "20"}},
        "VLAN_INTERFACE": {"Vlan10": {}, "Vlan10|10.0.10.1/24": {}, "Vlan20|10.0.20.1/24": {}},
        "VLAN_MEMBER": {
            "Vlan10|Ethernet0": {"tagging_mode": "untagged"},
            "Vlan20|Ethernet4": {"tagging_mode": "untagged"},
        },
    }
    return json.dumps(usual | more, indent=4)


def _listed(*ports: str, kind: str = "L3", stage: str = "ingress", **rules: dict[str, str]) -> dict[str, Any]:
    own = {f"A|{name}": rule for name, rule in rules.items()} or _DENY
    return {"ACL_TABLE": {"A": {"type": kind, "stage": stage, "ports": list(ports)}}, "ACL_RULE": own}


def _rule(priority: int, action: str, **more: str) -> dict[str, str]:
    return {"PRIORITY": str(priority), "PACKET_ACTION": action, **more}


_REST = _rule(1, "DROP", ETHER_TYPE="2048")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_sonic(), _OPEN),
        (_sonic(**_listed("Vlan10")), _CLOSED),
        (_sonic(**_listed("Vlan20", stage="egress")), _CLOSED),
        (_sonic(**_listed("Vlan20")), _OPEN),
        (_sonic(**_listed("Vlan10", stage="egress")), _OPEN),
        (_sonic(**_listed("Vlan10", kind="CTRLPLANE")), _OPEN),  # guards the switch, not what it forwards
        (_sonic(**_listed("Vlan10", kind="MIRROR")), _OPEN),
        (_sonic(**_listed("Vlan10", kind="L3V6")), _OPEN),
        (_sonic(**_listed("Vlan10", kind="CUSTOM")), _UNKNOWN),
        (_sonic(**_listed("Ethernet0")), _UNKNOWN),  # a list on a port that is in the VLAN: other ports may be, too
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", IP_PROTOCOL="6", L4_DST_PORT="502"), rest=_REST)), _OPEN),
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", DST_IP="10.0.30.0/24"), rest=_REST)), _CLOSED),
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", IP_PROTOCOL="1", ICMP_TYPE="0"), rest=_REST)), _CLOSED),
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", IP_PROTOCOL="1", ICMP_TYPE="8"), rest=_REST)), _OPEN),
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", ICMP_TYPE="0"), rest=_REST)), _UNKNOWN),
        (_sonic(**_listed("Vlan10", one=_rule(9, "REDIRECT:Ethernet4"), rest=_REST)), _UNKNOWN),
        (_sonic(**_listed("Vlan10", one=_rule(9, "FORWARD", TUNNEL_TERM="true"), rest=_REST)), _UNKNOWN),
        (_sonic(**_listed("Vlan10", one=_rule(1, "FORWARD", SRC_IP="10.0.10.0/24"), rest=_REST)), _UNKNOWN),
        (_sonic(**_listed("Vlan10", one=_rule(9, "DROP", DST_IP="10.0.30.0/24"))), _OPEN),
        (_sonic(**_listed("Vlan10"), VRF={"Vrf1": {"fallback": "true"}}), _UNKNOWN),
        (
            _sonic(
                VLAN_INTERFACE={"Vlan10": {"vrf_name": "Vrf1"}, "Vlan10|10.0.10.1/24": {}, "Vlan20|10.0.20.1/24": {}}
            ),
            _CLOSED,
        ),
        (_sonic(VLAN={"Vlan10": {"vlanid": "10", "admin_status": "down"}, "Vlan20": {"vlanid": "20"}}), _UNKNOWN),
        (_sonic(**_listed("Vlan10"), NAT_GLOBAL={"Values": {"admin_mode": "enabled"}}), _CLOSED),
        (
            _sonic(
                **_listed("Vlan10", one=_rule(9, "FORWARD", DST_IP="10.0.30.0/24"), rest=_REST),
                NAT_GLOBAL={"Values": {"admin_mode": "enabled"}},
            ),
            _UNKNOWN,
        ),
        (_sonic(**_listed("Vlan10"), VXLAN_TUNNEL_MAP={"v|m": {"vlan": "Vlan10", "vni": "10"}}), _UNKNOWN),
        (_sonic(**_listed("Vlan10"), TUNNEL={"T": {"tunnel_type": "IPINIP", "dst_ip": "10.0.9.9"}}), _UNKNOWN),
        (_sonic(**_listed("Vlan10"), BGP_NEIGHBOR={"10.0.20.9": {"asn": "65001"}}), _UNKNOWN),
        (_sonic(**_listed("Vlan10"), DEVICE_METADATA={"localhost": {"docker_routing_config_mode": "split"}}), _UNKNOWN),
        (_sonic(**_listed("Vlan10"), WIZARDRY={"a": {"b": "c"}}), _UNKNOWN),
        (
            _sonic(
                **_listed("Vlan10"),
                VLAN_INTERFACE={"Vlan10": {"wizardry": "1"}, "Vlan10|10.0.10.1/24": {}, "Vlan20|10.0.20.1/24": {}},
            ),
            _UNKNOWN,
        ),
        (_sonic(**_listed("Vlan10"))[:-40], _UNKNOWN),
        (_sonic(**_listed("Vlan10"), NTP={"global": {"admin_state": "enabled"}}), _CLOSED),
        (_sonic(**_listed("Vlan10"), BUFFER_POOL={"a": {"size": "1"}}), _CLOSED),
    ],
)
def test_sonic(text: str, state: ReachState) -> None:
    assert proved(text) is state, text
