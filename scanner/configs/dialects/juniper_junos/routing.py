"""What neighbours in OSPF, IS-IS, RIP, BGP and VRRP must prove, how shared keys are kept, and what tunnels propose.

Sources: Junos OS OSPF, IS-IS, RIP, BGP and High Availability User Guides (authentication, authentication-key,
authentication-key-chain, hello-authentication-key, ipsec-sa), IPsec VPN User Guide (ike proposal, policy, gateway;
ipsec proposal, policy).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.routes import KEYED, PLAIN, put_authentication, put_silent
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value

_SETS = {  # proposals and groups of IKE, by the CLI Reference
    "basic": ("des-cbc-sha1,des-cbc-md5", "1"),
    "compatible": ("3des-cbc-sha1,des-cbc-sha1,3des-cbc-md5,des-cbc-md5", "2"),
    "standard": ("3des-cbc-sha1,aes-128-cbc-sha1", "2"),
    "prime-128": ("aes-128-gcm", "19"),
    "prime-256": ("aes-256-gcm", "20"),
    "suiteb-gcm-128": ("aes-128-gcm", "19"),
    "suiteb-gcm-256": ("aes-256-gcm", "20"),
}
_KEYS = ("authentication-key", "authentication-key-chain", "ipsec-sa", "authentication-algorithm")


def routing_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Each protocol that speaks with somebody."""
    device.part("protocols")
    for table, top in device.instances():
        protocols = at(top, "protocols")
        if protocols is None:
            continue
        for name in ("ospf", "ospf3"):
            if found := at(protocols, name):
                _ospf(sheet, f"{table} {name}".strip(), found)
            for realm in entries(found, "realm") if found else ():
                _ospf(sheet, f"{table} {name} {realm.word}".strip(), realm)
        if bgp := at(protocols, "bgp"):
            _bgp(sheet, table, bgp)
        if isis := at(protocols, "isis"):
            _isis(sheet, f"{table} isis".strip(), isis)
        for name in ("rip", "ripng"):
            if rip := at(protocols, name):
                _rip(sheet, f"{table} {name}".strip(), rip)
    for interface in entries(device.part("interfaces")):
        for unit in entries(interface, "unit") if not has(interface, "disable") else ():
            if not has(unit, "disable"):
                _vrrp(sheet, f"{interface.word}.{unit.word}", unit)


def _vrrp(sheet: Sheet, name: str, unit: TreeStatement) -> None:
    """The groups of an interface; those of IPv6 speak version 3, which has no authentication."""
    for address in entries(at(unit, "family", "inet"), "address"):
        for group in entries(address, "vrrp-group"):
            kind, key = value(group, "authentication-type"), one(group, "authentication-key")
            told = {"md5": KEYED, "simple": PLAIN}.get(kind, ABSENT) if key is not None else ABSENT
            node = place(key) or leaf(group)
            sheet.put("routing", f"vrrp {name} {group.word}", "authentication", told, node, present=key is not None)


def _ospf(sheet: Sheet, item: str, protocol: TreeStatement) -> None:
    """The older form names the kind at the area and the key at the interface."""
    found: list[str] = []
    speakers = 0
    node = leaf(protocol)
    if has(protocol, "disable"):
        return
    for area in entries(protocol, "area"):
        kind = value(area, "authentication-type")
        for interface in entries(area, "interface"):
            if has(interface, "passive") or has(interface, "disable") or interface.word.startswith("lo0"):
                continue
            speakers += 1
            kept = _kept_by_ospf(interface, kind)
            if kept:
                found.append(kept)
                node = leaf(at(interface, "authentication")) or leaf(interface)
    if not speakers:
        if entries(protocol, "area"):
            put_silent(sheet, item, node or sheet.tree.root)
        return
    put_authentication(sheet, item, set(found), node or sheet.tree.root, whole=len(found) == speakers)


def _kept_by_ospf(interface: TreeStatement, kind: str) -> str:
    own = at(interface, "authentication")
    if own is not None:
        for each in own.below():
            each.understand()
        if at(own, "simple-password"):
            return PLAIN
        return KEYED if any(at(own, w) for w in ("md5", "keychain", "multi-active-md5")) else ""
    if one(interface, "ipsec-sa") is not None:
        return KEYED
    old = at(interface, "authentication-key")
    if old is not None:
        for each in old.below():
            each.understand()
        return {"md5": KEYED, "simple": PLAIN}.get(kind, "")
    return ""


def _bgp(sheet: Sheet, table: str, protocol: TreeStatement) -> None:
    """Each neighbour, with what its group and the protocol say of it."""
    for group in entries(protocol, "group"):
        _key([group, protocol])
        for neighbour in _neighbours(group):
            key = _key([neighbour, group, protocol])
            item = " ".join(w for w in (table, "bgp", neighbour.word) if w)
            if key is not None:
                put_authentication(sheet, item, {KEYED}, leaf(key) or sheet.tree.root, whole=True)
            else:
                sheet.missing("routing", item, "authentication", ABSENT, leaf(neighbour))


def _neighbours(group: TreeStatement) -> Iterator[TreeStatement]:
    yield from entries(group, "neighbor")
    for word in ("allow", "dynamic-neighbor"):
        yield from entries(group, word)


def _key(scopes: Iterable[TreeStatement]) -> TreeStatement | None:
    found = None
    for scope in scopes:
        for word in _KEYS:
            told = one(scope, word)
            if told is not None and found is None and word != "authentication-algorithm":
                found = told
    return found


def _isis(sheet: Sheet, item: str, protocol: TreeStatement) -> None:
    """Keys of a level are for what is flooded and for greetings; those of an interface for greetings alone."""
    if has(protocol, "disable"):
        return
    levels = [lv for lv in entries(protocol, "level") if not has(lv, "disable")]
    off = {lv.word for lv in entries(protocol, "level") if has(lv, "disable")}
    active = [lv for lv in ("1", "2") if lv not in off]
    interfaces = [
        i
        for i in entries(protocol, "interface")
        if not (has(i, "passive") or has(i, "disable") or i.word.startswith("lo0"))
    ]
    if not interfaces:
        return
    kinds = {lv.word: k for lv in levels if (k := _kept_by_isis(lv, "authentication"))}
    greetings = [_kept_by_isis(i, "hello-authentication") for i in interfaces]
    greetings += [_kept_by_isis(lv, "hello-authentication") for i in interfaces for lv in entries(i, "level")]
    if (lax := at(protocol, "no-authentication-check") or at(protocol, "loose-authentication-check")) is not None:
        sheet.put("routing", item, "authentication", ABSENT, place(lax))  # what is wrong is accepted, too
        return
    node = leaf(levels[0]) if levels else leaf(interfaces[0])
    found = {k for k in (*kinds.values(), *greetings) if k}
    put_authentication(sheet, item, found, node or sheet.tree.root, whole=all(lv in kinds for lv in active))


def _kept_by_isis(scope: TreeStatement, lead: str) -> str:
    chain, key, kind = one(scope, f"{lead}-key-chain"), one(scope, f"{lead}-key"), value(scope, f"{lead}-type")
    if chain is not None:
        return KEYED
    if key is None:
        return ""
    return {"md5": KEYED, "simple": PLAIN}.get(kind, "")


def _rip(sheet: Sheet, item: str, protocol: TreeStatement) -> None:
    neighbours = [n for g in entries(protocol, "group") for n in entries(g, "neighbor")]
    if not neighbours:
        return
    found = []
    for scope in (protocol, *neighbours):
        key, kind = one(scope, "authentication-key"), value(scope, "authentication-type")
        if key is not None and kind != "none":
            found.append({"md5": KEYED, "simple": PLAIN}.get(kind, PLAIN))
        for each in entries(scope, "authentication-selective-md5"):
            for inner in each.below():
                inner.understand()
            found.append(KEYED)
    whole = bool(one(protocol, "authentication-key")) or len(found) >= len(neighbours)
    put_authentication(sheet, item, set(found), leaf(protocol) or sheet.tree.root, whole=whole)


def key_settings(device: JunosDevice, sheet: Sheet) -> None:
    """How keys of servers and tunnels are stored."""
    for part, kind in (("radius-server", "radius"), ("tacplus-server", "tacacs+")):
        for server in entries(device.part("system", part)):
            _stored(sheet, f"{kind} {server.word}", one(server, "secret"))
    for destination in entries(device.part("system", "accounting"), "destination"):
        for server in inside(destination, "server"):
            _stored(sheet, f"accounting {destination.word} {server.word}", one(server, "secret"))
    for key in entries(device.part("system", "ntp"), "authentication-key"):
        _stored(sheet, f"time key {key.word}", one(key, "value"))
    security = device.part("security")
    for policy in entries(security, "ike", "policy"):
        for form in ("ascii-text", "hexadecimal"):
            _stored(sheet, f"tunnel {policy.word}", one(policy, "pre-shared-key", form))


def _stored(sheet: Sheet, item: str, key: TreeStatement | None) -> None:
    if key is not None and key.secret is not None:
        sheet.put("account", item, "key_storage", key.secret.storage, place(key) or leaf(key))


def tunnel_settings(device: JunosDevice, sheet: Sheet) -> None:
    """What IKE and IPsec propose."""
    security = device.part("security")
    for where in (security, at(device.part("services"), "ipsec-vpn")):
        _ike(sheet, at(where, "ike"))
        _ipsec(sheet, at(where, "ipsec"))
    for gateway in entries(security, "ike", "gateway"):
        version = one(gateway, "version")
        told = "2" if version and version.word.startswith("v2") else "1"
        sheet.put("vpn", f"ike gateway {gateway.word}", "version", told, place(version), present=version is not None)


def _ike(sheet: Sheet, ike: TreeStatement | None) -> None:
    for proposal in entries(ike, "proposal"):
        _proposal(sheet, f"ike {proposal.word}", proposal, needs=True)
        group = one(proposal, "dh-group")
        told = group.word.removeprefix("group") if group else UNKNOWN
        sheet.put("vpn", f"ike {proposal.word}", "groups", told, place(group), present=group is not None)
    for policy in entries(ike, "policy"):
        _predefined(sheet, "ike", policy)
        mode = one(policy, "mode")
        told = mode.word if mode else "main"
        sheet.put("vpn", f"ike policy {policy.word}", "mode", told, place(mode), present=mode is not None)


def _ipsec(sheet: Sheet, ipsec: TreeStatement | None) -> None:
    for proposal in entries(ipsec, "proposal"):
        _proposal(sheet, f"ipsec {proposal.word}", proposal, needs=value(proposal, "protocol") != "ah")
    for policy in entries(ipsec, "policy"):
        _predefined(sheet, "ipsec", policy)
        keys = one(policy, "perfect-forward-secrecy", "keys")
        told = keys.word.removeprefix("group") if keys else "none"
        sheet.put("vpn", f"ipsec policy {policy.word}", "groups", told, place(keys), present=keys is not None)
    for kind in ("vpn", "security-association"):
        for tunnel in entries(ipsec, kind):
            manual = at(tunnel, "manual")
            for each in (entries(manual, "direction") or [manual]) if manual is not None else ():
                _by_hand(sheet, f"ipsec {kind} {tunnel.word}", each)


def _by_hand(sheet: Sheet, item: str, manual: TreeStatement) -> None:
    """What is used where the keys are written down."""
    found = [a for w in ("encryption", "authentication") if (a := one(manual, w, "algorithm")) is not None]
    sheet.put("vpn", item, "proposals", ",".join(a.word for a in found) or UNKNOWN, place(*found) or leaf(manual))


def _predefined(sheet: Sheet, kind: str, policy: TreeStatement) -> None:
    """A set of proposals that the system has by itself."""
    named = one(policy, "proposal-set")
    if named is not None:
        told, groups = _SETS.get(named.word, (UNKNOWN, UNKNOWN))
        item = f"{kind} policy {policy.word} {named.word}"
        sheet.put("vpn", item, "proposals", told, place(named))
        if kind == "ike":
            sheet.put("vpn", item, "groups", groups, place(named))


def _proposal(sheet: Sheet, item: str, proposal: TreeStatement, *, needs: bool) -> None:
    """What one proposes. needs: without a cipher the release decides, unless the digest is weak already."""
    cipher, digest = one(proposal, "encryption-algorithm"), one(proposal, "authentication-algorithm")
    told = ",".join(s.word for s in (cipher, digest) if s) or UNKNOWN
    if needs and cipher is None and "md5" not in told:
        told = UNKNOWN
    sheet.put("vpn", item, "proposals", told, place(cipher, digest) or leaf(proposal))
