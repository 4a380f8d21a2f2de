"""The ports: what each is for, and what guards it.

Sources: Q-BRIDGE-MIB, IEEE8021-PAE-MIB, LLDP-MIB, HM2-PLATFORM-SWITCHING-MIB, HM2-PLATFORM-PORTSECURITY-MIB,
HM2-TRAFFICMGMT-MIB, HM2-L2REDUNDANCY-MIB. Lists of ports are told as names (``convert="portlist"``); octets are not,
since which port a bit stands for depends on the model. A port as it is delivered is in VLAN 1 without a tag, as is one
towards another switch of a network without VLANs: such a port is for a device only where something else says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.configs.dialects.hirschmann_hios.access_lists import HiosLists
from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, Entry, MibProfile, MibValue, active, on
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    PRUNED,
    ROUTED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole

_PORT = re.compile(r"\d+(?:/\d+)+")  # not cpu/1, vlan/99
_NAMES = re.compile(r"(?:[a-z]*[0-9]*/[0-9]+(?:/[0-9]+)*)(?:\s*,\s*[a-z]*[0-9]*/[0-9]+(?:/[0-9]+)*)*", re.IGNORECASE)
_AUTHENTICATES = ("2", "4")  # auto, by MAC address
_RINGS = ("hm2MrpRingport1IfIndex", "hm2MrpRingport2IfIndex", "hm2SrmSubRingPortIfIndex")
_LLDP = {"1": "lldp", "2": "none", "3": "lldp", "4": "none"}  # what goes out: lldpPortConfigAdminStatus


@dataclass
class _Vlans:
    """Who is in which VLAN. known: the lists of ports are told."""

    tagged: dict[str, set[int]] = field(default_factory=dict)
    untagged: dict[str, set[int]] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    known: bool = False


def vlans_of(profile: MibProfile) -> _Vlans:
    """The static VLANs, by port."""
    found = _Vlans()
    for entry in profile.entries("dot1qVlanStaticEgressPorts"):
        number = entry.get("dot1qVlanIndex", NOTHING).text
        status = entry.get("dot1qVlanStaticRowStatus", MibValue("1", None)).text
        lists = [entry.get(f"dot1qVlanStatic{kind}Ports", NOTHING) for kind in ("Egress", "Untagged")]
        if not whole(number) or status not in ("1", "4") or any(v.text and not _NAMES.fullmatch(v.text) for v in lists):
            return _Vlans()
        found.known = True
        egress, bare = ({port.strip() for port in value.text.split(",")} for value in lists)
        for port in filter(None, egress):
            (found.untagged if port in bare else found.tagged).setdefault(port, set()).add(int(number))
            found.nodes.setdefault(port, lists[0].node or entry["dot1qVlanStaticEgressPorts"].node)  # type: ignore[arg-type]
    return found


class _Columns:
    """Columns of tables that have one entry for each port, by the name of the port."""

    def __init__(self, profile: MibProfile) -> None:
        self._profile = profile
        self._found: dict[tuple[str, str], dict[str, Entry]] = {}
        self.treeless = on(profile.of("hm2AgentStpAdminMode")) is False  # no spanning tree runs

    def at(self, column: str, port: str, index: str = "ifIndex") -> MibValue:
        """What a column says of a port."""
        if (column, index) not in self._found:
            entries = self._profile.entries(column)
            self._found[column, index] = {e[index].text: e for e in entries if index in e}
        return self._found[column, index].get(port, {}).get(column, NOTHING)


def port_settings(profile: MibProfile, lists: HiosLists, sheet: Sheet) -> None:
    """Each port, with the VLAN of the address by which the switch is managed."""
    vlans, columns = vlans_of(profile), _Columns(profile)
    rings = {e[column].text for column in _RINGS for e in profile.entries(column) if _ring_is_on(e)}
    routed = {
        e["hm2AgentSwitchIpInterfaceIfIndex"].text
        for e in profile.entries("hm2AgentSwitchIpInterfaceIfIndex")
        if on(e.get("hm2AgentSwitchIpInterfaceRoutingMode", NOTHING))
    }
    mirrors = {
        e["hm2AgentPortMirrorDestinationPort"].text
        for e in profile.entries("hm2AgentPortMirrorDestinationPort")
        if on(e.get("hm2AgentPortMirrorAdminMode", NOTHING)) is not False
    }
    uses = []
    for entry in profile.entries("ifAdminStatus"):
        name = entry.get("ifIndex", NOTHING)
        if not _PORT.fullmatch(name.text):
            continue
        use = _use(entry, name.text, vlans, columns)
        if use not in (DOWN, SPARE):
            use = MIRROR if name.text in mirrors else ROUTED if name.text in routed else use
            use = UNKNOWN if name.text in rings and use == EDGE else use
        uses.append(use)
        _port(sheet, entry, use, vlans, columns)
        for setting, way in (("acl_in", "in"), ("acl_out", "out")):
            told, at = lists.on(name.text, way)
            if at is not None:
                sheet.put("interface", name.text, setting, told, at)
        if use == EDGE:
            _edge(sheet, profile, name, vlans, columns)
    put_switching(
        sheet,
        uses,
        {"dhcp_snooping": lambda: _snooping(profile), "arp_inspection": lambda: _inspection(profile)},
    )
    own = profile.of("hm2NetVlanID")
    if whole(own.text) and own.text != "0":
        sheet.put("interface", "management", "access_vlan", own.text, own.node)


def _ring_is_on(entry: Entry) -> bool:
    return active(entry, "hm2MrpRowStatus") and active(entry, "hm2SrmRowStatus")


def _use(entry: Entry, name: str, vlans: _Vlans, columns: _Columns) -> str:
    """What the port is for, as far as its VLANs and what guards it tell."""
    if entry["ifAdminStatus"].text == "2":
        return DOWN
    if says_spare(entry.get("ifAlias", NOTHING).text):
        return SPARE
    key = columns.at("dot3adAggPortActorAdminKey", name, "dot3adAggPortIndex").text
    if whole(key) and key != "0":
        return MEMBER
    if not vlans.known:
        return UNKNOWN
    if vlans.tagged.get(name):
        return TRUNK
    bare = vlans.untagged.get(name, set())
    declared = on(columns.at("hm2AgentStpCstPortEdge", name)) or _access(columns, name)[0] in ("port-security", "dot1x")
    return EDGE if bare and (declared or 1 not in bare) else UNKNOWN


def _port(sheet: Sheet, entry: Entry, use: str, vlans: _Vlans, columns: _Columns) -> None:
    name, status = entry["ifIndex"], entry["ifAdminStatus"]
    port, at = name.text, vlans.nodes.get(name.text) or status.node
    sheet.put("interface", port, "kind", "physical", name.node)
    sheet.put("interface", port, "shutdown", YES if status.text == "2" else NO, status.node)
    sheet.put("interface", port, "use", use, status.node if use == DOWN else at, present=use != UNKNOWN)
    alias = entry.get("ifAlias", NOTHING)
    if alias.node is not None:
        sheet.put("interface", port, "description", alias.text or ABSENT, alias.node, present=bool(alias.text))
    if use == UNKNOWN:
        put_unknown_port(sheet, port, name.node)
        for setting in ("trunk_vlans", "native_vlan"):
            if not vlans.known:
                sheet.missing("interface", port, setting, UNKNOWN, name.node)
    if use == TRUNK:
        bare = vlans.untagged.get(port, set())
        listed = vlan_list(vlans.tagged[port] | bare)
        sheet.put("interface", port, "trunk_vlans", "all" if carries_every_vlan(listed) else listed, at)
        pvid = columns.at("dot1qPvid", port, "dot1dBasePort").text
        own = pvid if pvid in map(str, bare) else str(min(bare)) if bare else PRUNED
        sheet.put("interface", port, "native_vlan", own, at)
    if use in (TRUNK, EDGE):
        sheet.put("interface", port, "mode", "trunk" if use == TRUNK else "access", at)
        silent = columns.at("hm2AgentStpCstPortBpduFilter", port)
        told = {True: YES, False: UNKNOWN if columns.treeless else NO, None: UNKNOWN}[on(silent)]
        sheet.put("interface", port, "bpdu_filter", told, silent.node or at, present=silent.node is not None)


def _access(columns: _Columns, name: str) -> tuple[str, Node | None]:
    """What decides which devices may use the port; absent only where the profile has what could."""
    limit = columns.at("hm2AgentPortSecurityMode", name)
    if on(limit):
        return "port-security", limit.node
    for column, index in (
        ("hm2AgentDot1xPortControlMode", "ifIndex"),
        ("dot1xAuthAuthControlledPortControl", "dot1xPaePortNumber"),
    ):
        control = columns.at(column, name, index)
        if control.text in _AUTHENTICATES:
            return "dot1x", control.node
    return (UNKNOWN if limit.node is None else ABSENT), limit.node


def _edge(sheet: Sheet, profile: MibProfile, port: MibValue, vlans: _Vlans, columns: _Columns) -> None:
    """What is asked of a port that faces a device."""
    name = port.text
    bare = vlans.untagged[name]
    pvid = columns.at("dot1qPvid", name, "dot1dBasePort").text
    own = pvid if pvid in map(str, bare) else str(min(bare))
    sheet.put("interface", name, "access_vlan", own, vlans.nodes[name])
    control, at = _access(columns, name)
    switches = {"port-security": "hm2AgentGlobalPortSecurityMode", "dot1x": "dot1xPaeSystemAuthControl"}
    whole_device = profile.of(switches.get(control, ""))
    if on(whole_device) is False:
        control, at = ("dot1x-off" if control == "dot1x" else ABSENT), whole_device.node
    elif control in switches and on(whole_device) is None:
        control = UNKNOWN
    limits = [columns.at(f"hm2TrafficMgmtIfIngressStormCtl{kind}Mode", name) for kind in ("Bcast", "Mcast")]
    limited = next((v for v in limits if on(v)), None)
    storm = limited.node if limited else limits[0].node
    tree = on(profile.of("hm2AgentStpAdminMode"))
    declared, found = (columns.at(f"hm2AgentStpCstPort{kind}", name) for kind in ("Edge", "AutoEdge"))
    guard = profile.of("hm2AgentStpBpduGuardMode")
    sources = columns.at("hm2AgentIpsgIfVerifySource", name)
    lldp = columns.at("lldpPortConfigAdminStatus", name, "lldpPortConfigPortNum")
    put_edge(
        sheet,
        name,
        port.node,
        {
            "access_control": (control, at),
            "storm_control": (YES if limited else ABSENT if on(limits[0]) is False else UNKNOWN, storm),
            "edge": (_declared(tree, declared, found), declared.node),
            "bpdu_guard": (_guarded(tree, guard, declared), guard.node),
            "source_guard": ({True: YES, False: ABSENT, None: UNKNOWN}[on(sources)], sources.node),
            "discovery": (_LLDP.get(lldp.text, UNKNOWN), lldp.node),
        },
    )


def _declared(tree: bool | None, declared: MibValue, found: MibValue) -> str:
    """The port is one of an edge for spanning tree, or becomes one by itself."""
    if on(declared) or on(found):
        return YES
    return ABSENT if tree and on(declared) is False else UNKNOWN


def _guarded(tree: bool | None, guard: MibValue, declared: MibValue) -> str:
    """BPDU guard holds on ports that are declared as those of an edge."""
    if on(guard) is False or tree is False:
        return ABSENT
    return YES if on(guard) and tree and on(declared) else UNKNOWN


def _snooping(profile: MibProfile) -> tuple[str, Node | None]:
    mode = profile.of("hm2AgentDhcpSnoopingAdminMode")
    if on(mode) is not True:
        return (UNKNOWN if on(mode) is None else ABSENT), mode.node
    vlans = profile.entries("hm2AgentDhcpSnoopingVlanEnable")
    if not vlans:
        return UNKNOWN, mode.node
    return (YES if any(on(e["hm2AgentDhcpSnoopingVlanEnable"]) for e in vlans) else "no-vlan"), mode.node


def _inspection(profile: MibProfile) -> tuple[str, Node | None]:
    vlans = profile.entries("hm2AgentDaiVlanDynArpInspEnable")
    inspected = [e for e in vlans if on(e["hm2AgentDaiVlanDynArpInspEnable"])]
    if inspected:
        return YES, inspected[0]["hm2AgentDaiVlanDynArpInspEnable"].node
    return (ABSENT, vlans[0]["hm2AgentDaiVlanDynArpInspEnable"].node) if vlans else (UNKNOWN, None)
