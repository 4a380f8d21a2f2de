"""Tunnels of IPsec: what their ends propose, and which version of IKE they speak.

Sources: pfSense and OPNsense documentation (VPN > IPsec), their models of a connection, and strongSwan's keywords of
cipher suites. Both systems keep the two phases below ``ipsec``, pfSense since 2.4.4 with several proposals each;
OPNsense has connections of its own beside them since 23.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from scanner.configs.nodes import Node
from scanner.configs.pf_firewalls.document import FirewallFile, child, children, node_of, value
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tunnels import GROUPS, put_proposal
from scanner.configs.xml_tree import XmlElement

_VERSIONS = {"ikev1": "1", "ikev2": "2", "1": "1", "2": "2"}  # else both
_SEALED = ("gcm", "ccm", "poly1305")  # which need no digest beside them
_NOTHING = "null"
_NO_GROUP = ("0", "off")


def tunnel_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Each tunnel that is not switched off."""
    used: set[str] = set()
    for number, entry in enumerate(file.every("ipsec/phase1"), 1):
        name = value(entry, "ikeid") or str(number)
        if file.switch(entry, "disabled") is not True:
            used.add(name)
            _first_phase(sheet, f"phase1 {name}", entry)
    for number, entry in enumerate(file.every("ipsec/phase2"), 1):
        name = value(entry, "ikeid")
        if name in used and file.switch(entry, "disabled") is not True:
            _second_phase(sheet, f"phase2 {name} ({number})", entry)
    _connections(file, sheet)


def _first_phase(sheet: Sheet, item: str, entry: XmlElement) -> None:
    several = [i for e in children(entry, "encryption") for i in children(e, "item")] or [entry]
    proposals: list[str] = []
    groups: list[str] = []
    for one in several:
        ciphers = [c for e in children(one, "encryption-algorithm") if (c := _cipher(e))]
        digests = [d for e in children(one, "hash-algorithm") for d in _listed(e.text)]
        proposals += _together(ciphers, digests)
        groups += _listed(value(one, "dhgroup"))
        whole = bool(ciphers) and (bool(digests) or _are_sealed(ciphers))
        if not whole:
            sheet.missing("vpn", f"{item} otherwise" if proposals else item, "proposals", UNKNOWN, one.node)
    _put(sheet, item, "proposals", proposals, entry.node)
    _put(sheet, item, "groups", groups, entry.node)
    _put_version(sheet, item, child(entry, "iketype"), child(entry, "mode"), entry.node)


def _second_phase(sheet: Sheet, item: str, entry: XmlElement) -> None:
    ciphers = [c for e in children(entry, "encryption-algorithm-option") if (c := _cipher(e))]
    if value(entry, "protocol") == "ah":
        ciphers = [_NOTHING]
    digests = [d.removeprefix("hmac_") for e in children(entry, "hash-algorithm-option") for d in _listed(e.text)]
    whole = bool(ciphers) and (bool(digests) or _are_sealed(ciphers))
    _put(sheet, item, "proposals", _together(ciphers, digests), entry.node, whole=whole)
    group = value(entry, "pfsgroup")
    _put(sheet, item, "groups", ["none"] if group in _NO_GROUP else _listed(group), entry.node)


def _connections(file: FirewallFile, sheet: Sheet) -> None:
    """Those of the newer pages of OPNsense, and their children."""
    used: dict[str, str] = {}
    for number, entry in enumerate(file.every("OPNsense/Swanctl/Connections/Connection"), 1):
        if value(entry, "enabled", "1") == "0":
            continue
        item = f"connection {number}"
        used[entry.attributes.get("uuid", "")] = item
        _suites(sheet, item, child(entry, "proposals"), entry.node, first=True)
        aggressive = child(entry, "aggressive")
        _put_version(sheet, item, child(entry, "version"), aggressive, entry.node)
    for number, entry in enumerate(file.every("OPNsense/Swanctl/children/child"), 1):
        item = used.get(value(entry, "connection"), "")
        if item and value(entry, "enabled", "1") != "0" and value(entry, "mode") not in ("pass", "drop"):
            _suites(sheet, f"{item} child {number}", child(entry, "esp_proposals"), entry.node, first=False)


def _suites(sheet: Sheet, item: str, element: XmlElement | None, node: Node, *, first: bool) -> None:
    """Suites such as ``aes256-sha256-modp2048``; ``default`` leaves them to the release."""
    told = [suite.split("-") for suite in _listed(element.text if element is not None else "")]
    suites = [words for words in told if words != ["default"]]
    at = node_of(element) or node
    proposals = ["-".join(w for w in words if w not in GROUPS) for words in suites]
    shown = [p if p != _NOTHING else f"{_NOTHING}-none" for p in proposals]
    _put(sheet, item, "proposals", shown, at, whole=len(suites) == len(told))
    groups = [GROUPS[w] for words in suites for w in words if w in GROUPS]
    _put(sheet, item, "groups", groups or ([] if first or not suites else ["none"]), at)


def _put_version(sheet: Sheet, item: str, version: XmlElement | None, mode: XmlElement | None, node: Node) -> None:
    told = _VERSIONS.get(version.text if version is not None else "", UNKNOWN)
    sheet.put("vpn", item, "version", told, node_of(version) or node, present=version is not None)
    if told != "2" and mode is not None and mode.text:
        text = {"1": "aggressive", "0": "main"}.get(mode.text, mode.text)
        sheet.put("vpn", item, "mode", text, mode.node)


def _put(sheet: Sheet, item: str, setting: str, told: Iterable[str], node: Node, *, whole: bool = True) -> None:
    put_proposal(sheet, item, setting, list(dict.fromkeys(told)), node, whole=whole)


def _cipher(element: XmlElement) -> str:
    """The cipher with the length of its key, where one is chosen."""
    name, length = value(element, "name").lower(), value(element, "keylen")
    return name + length if name and length.isdecimal() and not name[-3:].isdecimal() else name


def _together(ciphers: list[str], digests: list[str]) -> list[str]:
    """Each cipher with each digest; one that seals its packets itself stands alone."""
    beside = digests or ["none"]
    pairs = [(c, d) for c, d in product(ciphers, beside) if not _are_sealed([c]) and (digests or c == _NOTHING)]
    bare = [c for c in ciphers if _are_sealed([c]) or (not digests and c != _NOTHING)]
    return [*bare, *(f"{c}-{d}" for c, d in pairs)]


def _are_sealed(ciphers: list[str]) -> bool:
    return all(any(word in c for word in _SEALED) for c in ciphers)


def _listed(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",") if word.strip()]
