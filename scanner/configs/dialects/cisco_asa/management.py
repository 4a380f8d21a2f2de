"""The notice at login, and what SSH and TLS offer.

Source: Cisco ASA Series Command Reference (banner, ssh version, ssh cipher, ssh key-exchange, ssl server-version, ssl
dh-group). SSH version 1 was offered by default until 9.8 and is gone since 9.16; TLS 1.0 was the oldest by default from
9.3(2) on, SSL 3 before. Later defaults of TLS, and the algorithms of SSH, changed within releases.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_asa.system import by_release, since
from scanner.configs.nodes import is_on
from scanner.configs.settings import NO, UNKNOWN, Sheet
from scanner.configs.tree import Tree

_SHOWN = ("login", "motd", "asdm", "exec")
_CBC = "aes128-cbc,aes192-cbc,aes256-cbc"
_CTR = "aes128-ctr,aes192-ctr,aes256-ctr"
_LEVELS = {  # what a level stands for, until 9.11 where it changed later
    "encryption": {
        "all": f"3des-cbc,{_CBC},{_CTR}",
        "low": f"3des-cbc,{_CBC},{_CTR}",
        "medium": f"{_CBC},{_CTR}",
        "fips": "aes128-cbc,aes256-cbc",
        "high": "aes256-cbc,aes256-ctr",
    },
    "integrity": {
        "all": "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96",
        "low": "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96",
        "medium": "hmac-sha1,hmac-sha1-96",
        "fips": "hmac-sha1",
        "high": "hmac-sha1",
    },
}
_ALWAYS = ("all", "low")
_LEVELS_CHANGED = (9, 12)
_GROUPS = {
    "group1": 768,
    "group2": 1024,
    "group5": 1536,
    "group14": 2048,
    "group15": 3072,
    "group16": 4096,
    "group24": 2048,
}
_TLS_DEFAULTS = (((9, 13), UNKNOWN), ((9, 4), "tls1.0"), ((9, 3), UNKNOWN), ((8, 0), "ssl3"))
_SSH_DEFAULTS = (((9, 9), "2"), ((7, 0), "1.99"))


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """The notice, and services beside those for logins."""
    shown = [n for kind in _SHOWN for n in tree.all(f"banner {kind}") if not n.negated]
    if shown:
        sheet.put("management", "device", "banner", shown[0].key.split()[1], shown[0])
    else:
        sheet.missing("management", "device", "banner")
    sheet.switch("management", "scp", "enabled", tree.last("ssh scopy enable"), default=NO)
    sheet.switch("management", "rest-api", "enabled", tree.last("rest-api agent"), default=NO)


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Version and algorithms of SSH."""
    version = tree.last("ssh version")
    words = version.after("ssh version") if version and not version.negated else []
    if words:
        told = "1.99" if {"1", "2"} <= set(words) else words[0]
        sheet.put("management", "ssh", "version", told, version)
    else:
        sheet.missing("management", "ssh", "version", by_release(tree, _SSH_DEFAULTS, UNKNOWN), version)
    for setting, kind in (("ciphers", "encryption"), ("macs", "integrity")):
        command = f"ssh cipher {kind}"
        node = tree.last(command)
        words = node.after(command) if node and not node.negated else []
        sheet.put("management", "ssh", setting, _offered(tree, kind, words), node, present=bool(words))
    groups = tree.last("ssh key-exchange group")
    words = groups.after("ssh key-exchange group") if groups and not groups.negated else []
    sheet.put("management", "ssh", "key_exchange", words[0].lower() if words else UNKNOWN, groups, present=bool(words))


def _offered(tree: Tree, kind: str, words: list[str]) -> str:
    """The algorithms of ``custom "a:b"`` or of a level."""
    level = words[0].lower() if words else ""
    if level == "custom" and len(words) > 1:
        return ",".join(w for w in words[1].strip('"').lower().split(":") if w) or UNKNOWN
    if level not in _ALWAYS and since(tree, *_LEVELS_CHANGED) is not False:
        return UNKNOWN
    return _LEVELS[kind].get(level, UNKNOWN)


def tls_settings(tree: Tree, sheet: Sheet) -> None:
    """The oldest version of TLS that the web server offers, and its groups."""
    node = tree.last("ssl server-version")
    words = [w.lower() for w in node.after("ssl server-version")] if node and not node.negated else []
    on = is_on(tree.last("http server enable")) or any(
        n.is_("enable") and not n.negated for b in tree.all("webvpn") for n in b.children
    )
    if not on:
        sheet.missing("management", "https", "version", "closed", node)
    elif words:
        sheet.put("management", "https", "version", _oldest(words), node)
    else:
        sheet.missing("management", "https", "version", by_release(tree, _TLS_DEFAULTS, UNKNOWN), node)
    group = tree.last("ssl dh-group")
    bits = _GROUPS.get((group.after("ssl dh-group") or [""])[0].lower()) if is_on(group) and group else None
    if bits and on:
        sheet.put("management", "https", "key_length", str(bits), group)


def _oldest(words: list[str]) -> str:
    """The version in the words of one; older releases say ``any``, ``sslv3`` or ``tlsv1-only``."""
    word = words[0].removesuffix("-only")
    if word.startswith("tlsv"):
        number = word.removeprefix("tlsv")
        return f"tls{number if '.' in number else number + '.0'}"
    return "ssl3" if word in ("any", "sslv3") else UNKNOWN
