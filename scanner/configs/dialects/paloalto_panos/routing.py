"""What neighbours in OSPF, BGP and RIP must prove, and what tunnels propose.

Sources: PAN-OS Networking Administrator's Guide ("OSPF", "BGP", "RIP": authentication profiles; "IKE and IPSec
Cryptographic Profiles", "IKE Gateway"), CLI Reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.routes import KEYED, PLAIN, put_authentication, put_silent
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, place, value, words

_PEER_WORDS = ("connection-options", "authentication")


def routing_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Each protocol that speaks with somebody."""
    for table, protocol in _protocols(device):
        for name in ("ospf", "ospfv3"):
            if (found := at(protocol, name)) is not None and value(found, "enable") == "yes":
                _ospf(sheet, f"{table} {name}".strip(), found)
        rip = at(protocol, "rip")
        if rip is not None and value(rip, "enable") == "yes":
            _rip(sheet, f"{table} rip".strip(), rip)
        bgp = at(protocol, "bgp")
        if bgp is not None and value(bgp, "enable") == "yes":
            _bgp(sheet, table, bgp)
    logical = device.part("network", "logical-router")
    for router in inside(logical) if logical is not None else ():
        for vrf in inside(router, "vrf"):
            for name in ("ospf", "ospfv3", "rip", "bgp"):
                found = at(vrf, name)
                if found is not None and value(found, "enable") == "yes":
                    item = f"{router.word} {name}"
                    sheet.put("routing", item, "authentication", UNKNOWN, leaf(found))


def _protocols(device: PanosDevice) -> Iterator[tuple[str, TreeStatement]]:
    routers = inside(device.part("network", "virtual-router"))
    for router in routers:
        found = at(router, "protocol")
        if found is not None:
            yield (router.word if len(routers) > 1 else ""), found


def _kept(protocol: TreeStatement, named: TreeStatement | None) -> str:
    """How the key of a profile is used: plain, keyed; empty without one."""
    if named is None:
        return ""
    profile = at(protocol, "auth-profile", named.word)
    return PLAIN if profile is not None and at(profile, "password") is not None else KEYED


def _ospf(sheet: Sheet, item: str, protocol: TreeStatement) -> None:
    found: list[str] = []
    node = leaf(protocol)
    speakers = 0
    for area in inside(protocol, "area"):
        whole = one(area, "authentication")
        for interface in inside(area, "interface"):
            if value(interface, "passive") == "yes" or value(interface, "enable") == "no":
                continue
            speakers += 1
            named = one(interface, "authentication") or whole
            kept = _kept(protocol, named)
            if kept:
                found.append(kept)
                node = place(named) or node
    if not speakers:
        if inside(protocol, "area") and node is not None:
            put_silent(sheet, item, node)
        return
    put_authentication(sheet, item, found, node or sheet.tree.root, whole=len(found) == speakers)


def _rip(sheet: Sheet, item: str, protocol: TreeStatement) -> None:
    node = leaf(protocol)
    speaking = [
        i for i in inside(protocol, "interface") if value(i, "enable") != "no" and value(i, "mode") != "passive"
    ]
    if not speaking:
        if inside(protocol, "interface") and node is not None:
            put_silent(sheet, item, node)
        return
    found = [k for i in speaking if (k := _kept(protocol, one(i, "authentication")))]
    put_authentication(sheet, item, found, node or sheet.tree.root, whole=len(found) == len(speaking))


def _bgp(sheet: Sheet, table: str, protocol: TreeStatement) -> None:
    for group in inside(protocol, "peer-group"):
        if value(group, "enable") == "no":
            continue
        for peer in inside(group, "peer"):
            if value(peer, "enable") == "no":
                continue
            address = value(peer, "peer-address", "ip") or peer.word
            named = one(peer, *_PEER_WORDS)
            told = KEYED if named is not None else ABSENT
            item = f"{table} bgp {address}".strip()
            sheet.put("routing", item, "authentication", told, place(named) or leaf(peer))


def tunnel_settings(device: PanosDevice, sheet: Sheet) -> None:
    """What tunnels propose; profiles that no gateway or tunnel names propose nothing."""
    ike = device.part("network", "ike")
    tunnels = inside(device.part("network", "tunnel"), "ipsec")
    gateways = [g for g in inside(ike, "gateway") if value(g, "disabled") != "yes"]
    used_ike = {
        name for g in gateways for v in ("ikev1", "ikev2") for name in words(g, "protocol", v, "ike-crypto-profile")
    }
    used_ipsec = {name for t in tunnels for name in words(t, "auto-key", "ipsec-crypto-profile")}
    profiles = at(ike, "crypto-profiles")
    for profile in inside(profiles, "ike-crypto-profiles"):
        if profile.word in used_ike:
            _profile(sheet, f"ike profile {profile.word}", profile, ("encryption", "hash"), profile)
    for profile in inside(profiles, "ipsec-crypto-profiles"):
        if profile.word in used_ipsec:
            body = at(profile, "esp") or at(profile, "ah")
            _profile(sheet, f"ipsec profile {profile.word}", profile, ("encryption", "authentication"), body)
    for gateway in gateways:
        _gateway(sheet, gateway)


def _profile(
    sheet: Sheet, item: str, profile: TreeStatement, kinds: tuple[str, ...], body: TreeStatement | None
) -> None:
    found = [s for kind in kinds for s in inside(body, kind)]
    told = ",".join(s.word for s in found if s.word != "none") or UNKNOWN
    sheet.put("vpn", item, "proposals", told, place(*found) or leaf(profile))
    groups = inside(profile, "dh-group")
    text = ",".join(g.word.removeprefix("group").replace("no-pfs", "none") for g in groups) or UNKNOWN
    sheet.put("vpn", item, "groups", text, place(*groups) or leaf(profile), present=bool(groups))


def _gateway(sheet: Sheet, gateway: TreeStatement) -> None:
    protocol = at(gateway, "protocol")
    version = one(protocol, "version")
    told = version.word if version is not None else "ikev1"
    item = f"ike gateway {gateway.word}"
    number = {"ikev1": "1", "ikev2": "2"}.get(told, UNKNOWN)
    sheet.put("vpn", item, "version", number, place(version) or leaf(gateway), present=version is not None)
    mode = one(protocol, "ikev1", "exchange-mode")
    if told != "ikev2":
        kind = mode.word if mode is not None and mode.word in ("main", "aggressive") else UNKNOWN
        sheet.put("vpn", item, "mode", kind, place(mode) or leaf(gateway), present=mode is not None)
