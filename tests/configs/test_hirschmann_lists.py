"""Access lists and ports of HiOS, each weakness beside what only resembles it."""

from __future__ import annotations

import pytest

from scanner.configs.entry_lines import extent
from scanner.configs.settings import Configuration
from tests.configs.dialect_cases import dialect, read
from tests.configs.hios_profiles import lists, mib, ports, profile, rule, scalars, table, vlans

NAME = "hirschmann-hios"
ANY = {"RuleAction": "1"}
CELL = {"SrcIpAddress": "0a 00 0a 00", "SrcIpMask": "00 00 00 ff"}


def settings(text: str) -> Configuration:
    found = read(NAME, text.encode())
    assert found.problems == ()
    return found


def value(found: Configuration, item: str, setting: str) -> str | None:
    return next((str(r["value"]) for r in found.rows if r["item"] == item and r["setting"] == setting), None)


@pytest.mark.parametrize(
    ("columns", "words", "everything"),
    [
        ({}, "permit ip any any", "yes"),
        ({"MatchEvery": "1", "SrcIpAddress": "10.0.0.1"}, "permit ip any any", "yes"),
        ({"Action": "2"}, "deny ip any any", "no"),
        ({"Protocol": "6"}, "permit tcp any any", "yes"),
        ({"Protocol": "17", "DestL4Port": "161"}, "permit udp any any eq 161", "no"),
        ({"Protocol": "6", "DestL4PortRangeStart": "0", "DestL4PortRangeEnd": "65535"}, None, "yes"),
        ({"Protocol": "6", "DestL4Port": "1023", "DstL4PortOperator": "3"}, "permit tcp any any gt 1023", "yes"),
        ({"Protocol": "6", "DestL4Port": "502", "DstL4PortOperator": "1"}, "permit tcp any any neq 502", "yes"),
        ({"Protocol": "6", "SrcL4Port": "502"}, "permit tcp any any source eq 502", "no"),
        ({"Protocol": "1"}, "permit icmp any any", "no"),
        ({"Protocol": "255"}, "permit 255 any any", "unknown"),
        ({"Protocol": "0"}, "permit 255 any any", "unknown"),
        (CELL, "permit ip 10.0.10.0/24 any", "no"),
        ({"SrcIpAddress": "10.0.10.0", "SrcIpMask": "0.0.0.255"}, "permit ip 10.0.10.0/24 any", "no"),
        ({"SrcIpAddress": "10.0.10.0", "SrcIpMask": "255.255.255.0"}, "permit ip 10.0.10.0/24 any", "no"),
        ({"SrcIpAddress": "10.0.10.9", "SrcIpMask": "00 00 00 00"}, "permit ip 10.0.10.9 any", "no"),
        ({"SrcIpAddress": "10.0.10.9", "SrcIpMask": "255.255.255.255"}, "permit ip 10.0.10.9 any", "unknown"),
        ({"SrcIpAddress": "10.0.10.9", "SrcIpMask": ""}, "permit ip 10.0.10.9 any", "no"),
        ({"IPDSCP": "46"}, "permit ip any any dscp 46", "no"),
        ({"IPDSCP": "0"}, "permit ip any any dscp 0", "unknown"),
        ({"IPDSCP": "255"}, "permit ip any any", "yes"),
        ({"Established": "1", "Protocol": "6"}, "permit tcp any any established", "no"),
        ({"RedirectIntf": "1/4"}, "permit ip any any redirect 1/4", "unknown"),
        ({"RedirectIntf": "1/4", "MatchEvery": "1"}, "permit ip any any redirect 1/4", "unknown"),
        ({"TimeRangeName": "night"}, "permit ip any any", "yes"),
    ],
)
def test_a_rule_permits_what_its_columns_say(columns: dict[str, str], words: str | None, everything: str) -> None:
    found = settings(profile(ports("1/1"), lists([rule(**columns)])))
    assert words is None or value(found, "acl CELL entry 1", "entry") == words
    assert value(found, "acl CELL entry 1", "permits_any") == everything


def test_rules_are_tried_by_their_numbers_and_those_that_are_not_active_hold_nothing() -> None:
    rules = [rule(20), rule(10, Action="2", **CELL), rule(15, Action="2", **CELL), rule(5, Status="2")]
    found = settings(profile(ports("1/1"), lists(rules)))
    names = [r["item"].rpartition(" ")[2] for r in found.rows if r["setting"] == "permits_any"]
    assert names == ["10", "15", "20"]
    assert value(found, "acl CELL entry 15", "shadowed") == "entry 10"
    assert value(found, "acl CELL", "bound") == "interface 1/1 in"
    assert value(found, "acl CELL", "default_action") == "deny"
    assert value(found, "acl REST", "bound") == "absent"


def test_lists_on_one_port_are_tried_one_after_the_other() -> None:
    both = [("1/1", "1", "1"), ("1/1", "1", "2")]
    found = settings(profile(ports("1/1"), lists([rule(**CELL), rule(acl=2, **CELL)], on=both)))
    assert value(found, "acl CELL", "default_action") == "unknown"
    assert value(found, "acl REST", "default_action") == "deny"
    assert value(found, "1/1", "acl_in") == "CELL,REST"


def test_a_list_without_a_place_filters_nothing() -> None:
    found = settings(profile(ports("1/1"), lists([rule()], on=())))
    assert value(found, "acl CELL entry 1", "permits_any") == "unbound"
    on_vlan = settings(profile(ports("1/1"), lists([rule()], vlans="10")))
    assert value(on_vlan, "acl CELL", "bound") == "interface 1/1 in, vlan 10 in"


def test_logs_are_those_of_the_rule_that_denies_the_rest() -> None:
    for told, logs in (("1", "yes"), ("2", "no")):
        found = settings(profile(ports("1/1"), lists([rule(**CELL), rule(2, Action="2", Logging=told)])))
        assert value(found, "acl CELL", "denials_logged") == logs


def test_a_list_of_mac_addresses_says_nothing_of_ip() -> None:
    own = mib(
        "HM2-PLATFORM-QOS-ACL-MIB",
        table("hm2AgentAclMac", [{"Index": "1", "Name": "CELL", "Status": "1"}]),
        table("hm2AgentAclMac", [{"Index": "1", "RuleIndex": "1", "RuleAction": "1", "RuleMatchEvery": "1"}]),
        table("hm2AgentAclIf", [{"Index": "1/1", "Direction": "1", "Sequence": "1", "AclType": "2", "AclId": "1"}]),
    )
    found = settings(profile(ports("1/1"), own))
    assert value(found, "acl CELL (mac)", "bound") == "interface 1/1 in"
    assert value(found, "acl CELL (mac) entry 1", "permits_any") == "no"


_GUARDS = (
    mib(
        "HM2-PLATFORM-SWITCHING-MIB",
        scalars(hm2AgentStpAdminMode="1", hm2AgentStpBpduGuardMode="1", hm2AgentDhcpSnoopingAdminMode="1"),
        table("", [{"ifIndex": "1/3", "hm2AgentStpCstPortEdge": "1", "hm2AgentStpCstPortBpduFilter": "2"}]),
        table("hm2AgentDhcpSnoopingVlan", [{"Index": "20", "Enable": "1"}]),
        table("hm2AgentDaiVlan", [{"Index": "20", "DynArpInspEnable": "1"}]),
        table("", [{"ifIndex": "1/3", "hm2AgentIpsgIfVerifySource": "1"}]),
    ),
    mib(
        "HM2-PLATFORM-PORTSECURITY-MIB",
        scalars(hm2AgentGlobalPortSecurityMode="1"),
        table("", [{"ifIndex": "1/3", "hm2AgentPortSecurityMode": "1"}]),
    ),
    mib("HM2-TRAFFICMGMT-MIB", table("", [{"ifIndex": "1/3", "hm2TrafficMgmtIfIngressStormCtlBcastMode": "1"}])),
    mib("LLDP-MIB", table("lldpPortConfig", [{"PortNum": "1/3", "AdminStatus": "4"}])),
)
_VLANS = vlans(v20=("1/2,1/3", "1/3"), v30=("1/2", ""), v99=("cpu/1,1/2", "1/2"))


@pytest.mark.parametrize(
    ("setting", "kept", "swap"),
    [
        ("access_control", "port-security", ("hm2AgentPortSecurityMode", "absent")),
        ("access_control", "port-security", ("hm2AgentGlobalPortSecurityMode", "absent")),
        ("storm_control", "yes", ("hm2TrafficMgmtIfIngressStormCtlBcastMode", "absent")),
        ("bpdu_guard", "yes", ("hm2AgentStpBpduGuardMode", "absent")),
        ("bpdu_guard", "yes", ("hm2AgentStpAdminMode", "absent")),
        ("edge", "yes", ("hm2AgentStpCstPortEdge", "absent")),
        ("source_guard", "yes", ("hm2AgentIpsgIfVerifySource", "absent")),
    ],
)
def test_what_guards_a_port_is_told(setting: str, kept: str, swap: tuple[str, str]) -> None:
    text = profile(ports("1/2", "1/3"), _VLANS, *_GUARDS)
    assert value(settings(text), "1/3", setting) == kept
    name, otherwise = swap
    off = text.replace(f'"{name}">1<', f'"{name}">2<')
    assert off != text
    assert value(settings(off), "1/3", setting) == otherwise
    without = text.replace(f'<Attribute name="{name}">1</Attribute>\n', "")
    assert value(settings(without), "1/3", setting) == "unknown-default"


def test_what_a_port_is_for_follows_from_its_vlans() -> None:
    found = settings(profile(ports("1/2", "1/3"), _VLANS, *_GUARDS))
    assert (value(found, "1/2", "use"), value(found, "1/3", "use")) == ("trunk", "edge")
    assert (value(found, "1/2", "trunk_vlans"), value(found, "1/2", "native_vlan")) == ("20,30,99", "99")
    assert value(found, "1/3", "access_vlan") == "20"
    assert value(found, "1/3", "discovery") == "none"
    assert (value(found, "switching", "dhcp_snooping"), value(found, "switching", "arp_inspection")) == ("yes", "yes")


def test_a_port_as_delivered_may_lead_to_another_switch() -> None:
    flat = vlans(v1=("1/2,1/3", "1/2,1/3"))
    assert value(settings(profile(ports("1/2", "1/3"), flat)), "1/3", "use") == "unknown-default"
    assert value(settings(profile(ports("1/2", "1/3"), flat, *_GUARDS)), "1/3", "use") == "edge"
    ring = mib("HM2-L2REDUNDANCY-MIB", table("hm2Mrp", [{"Ringport1IfIndex": "1/3", "RowStatus": "1"}]))
    assert value(settings(profile(ports("1/3"), _VLANS, ring)), "1/3", "use") == "unknown-default"
    spare = ports("1/3", **{"1_3": {"Alias": "unused"}})
    assert value(settings(profile(spare, flat)), "1/3", "use") == "spare"


def test_lists_of_ports_in_octets_are_not_told() -> None:
    found = settings(profile(ports("1/3"), vlans(v20=("ff c0", "20 00"))))
    assert value(found, "1/3", "use") == "unknown-default"
    assert value(found, "1/3", "trunk_vlans") == "unknown-default"


def test_the_vlan_of_the_management_is_told() -> None:
    for number in ("1", "99"):
        own = mib("HM2-NETCONFIG-MIB", scalars(hm2NetVlanID=number))
        assert value(settings(profile(own)), "management", "access_vlan") == number
    assert value(settings(profile(mib("HM2-NETCONFIG-MIB", scalars(hm2NetVlanID="0")))), "management", "use") is None


def test_an_entry_goes_as_a_whole() -> None:
    text = profile(ports("1/1"), lists([rule(**CELL), rule(2)]))
    row = next(r for r in settings(text).rows if r["item"] == "acl CELL entry 2" and r["setting"] == "permits_any")
    find = dialect(NAME).entry_lines
    assert find
    own = extent(find, text, row["line_start"], row["line_end"], "2")
    gone = text.split("\n")[own.first - 1 : own.last]
    assert (gone[0], gone[-1]) == ("<Entry>", "</Entry>")
    left = "\n".join(text.split("\n")[: own.first - 1] + text.split("\n")[own.last :])
    assert [r["item"] for r in settings(left).rows if r["setting"] == "permits_any"] == ["acl CELL entry 1"]
