"""What neighbours in OSPF, BGP and RIP must prove, and what tunnels propose.

Sources: PAN-OS Networking Administrator's Guide ("OSPF", "BGP", "RIP": authentication profiles; "IKE and IPSec
Cryptographic Profiles", "IKE Gateway"), CLI Reference.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.routes import KEYED, PLAIN, put_authentication, put_silent
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value

_PEER_WORDS = ("connection-options", "authentication")
_PREDEFINED = "default"  # the profile of who names none
_NOTHING = {"null": "esp-null"}  # a cipher that encrypts nothing, whatever else is proposed

_Words = list[TreeStatement]


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
    used_ike = {value(g, "protocol", v, "ike-crypto-profile") or _PREDEFINED: g for g in gateways for v in _versions(g)}
    automatic = [t for t in tunnels if has(t, "auto-key")]
    used_ipsec = {value(t, "auto-key", "ipsec-crypto-profile") or _PREDEFINED: t for t in automatic}
    profiles = at(ike, "crypto-profiles")
    known = {p.word: p for p in inside(profiles, "ike-crypto-profiles")}
    for name, user in used_ike.items():
        found = known.get(name)
        offered = inside(found, "encryption"), inside(found, "hash")
        _profile(sheet, f"ike profile {name}", user, found, offered)
    known = {p.word: p for p in inside(profiles, "ipsec-crypto-profiles")}
    for name, user in used_ipsec.items():
        found = known.get(name)
        body = at(found, "esp") or at(found, "ah")
        offered = inside(body, "encryption"), inside(body, "authentication")
        _profile(sheet, f"ipsec profile {name}", user, found, offered)
    for tunnel in tunnels:
        _by_hand(sheet, tunnel)
    for gateway in gateways:
        _gateway(sheet, gateway)


def _by_hand(sheet: Sheet, tunnel: TreeStatement) -> None:
    """What a tunnel uses whose keys are written down."""
    body = at(tunnel, "manual-key")
    if body is None:
        return
    cipher = one(body, "esp", "encryption", "algorithm")  # the digest stands before its key, and is masked with it
    told = _NOTHING.get(cipher.word, cipher.word) if cipher is not None else UNKNOWN
    sheet.put("vpn", f"ipsec tunnel {tunnel.word}", "proposals", told, place(cipher) or leaf(body))


def _versions(gateway: TreeStatement) -> tuple[str, ...]:
    """The versions of IKE that it speaks; where nothing is said the first."""
    told = value(gateway, "protocol", "version") or "ikev1"
    return (told,) if told in ("ikev1", "ikev2") else ("ikev1", "ikev2")


def _profile(
    sheet: Sheet, item: str, user: TreeStatement, profile: TreeStatement | None, offered: tuple[_Words, _Words]
) -> None:
    """What a profile proposes, of ciphers and digests; one that is not there is the system's, which differs between
    releases.
    """
    ciphers, digests = offered
    found = ciphers + digests
    names = [_NOTHING.get(s.word, s.word) for s in ciphers] + [s.word for s in digests if s.word != "none"]
    told = ",".join(names) or UNKNOWN
    node = leaf(profile if profile is not None else user)
    sheet.put("vpn", item, "proposals", told, place(*found) or node, present=bool(found))
    groups = inside(profile, "dh-group")
    text = ",".join(g.word.removeprefix("group").replace("no-pfs", "none") for g in groups) or UNKNOWN
    sheet.put("vpn", item, "groups", text, place(*groups) or node, present=bool(groups))


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
