"""How PAN-OS writes and stores secrets.

Sources: PAN-OS Administrator's Guide ("Master Key and Encryption", "Configure a Master Key"), CLI Reference (users
phash, pre-shared-key, snmp-community-string, authpwd, privpwd, secret, private-key). Passwords of administrators are
hashes of crypt(3); what begins with -AQ== is encrypted with the master key.

The lines come as commands with their whole path, whatever form the file has.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, Masked, Masker, Secret, SecretWords

_FACTORY = "fnRL/G5lXVMug"  # hash of the password "admin", as every device is delivered
_STORED = {"$1$": "type-5", "$5$": "sha256", "$6$": "sha512", "-AQ==": "aes"}
_DES = re.compile(r"[./0-9A-Za-z]{13}")
_WORD = r'(?:"(?:[^"\\]|\\.)*"|\S+)'
_KIND = r"(?:vsys|device-group|template|template-stack)"
_SCOPE = rf"set\s+(?:{_KIND}\s+{_WORD}\s+(?:config\s+(?:vsys\s+\S+\s+)?)?|shared\s+|panorama\s+)*"
_OBJECTS = (
    r"(?:address|address-group|service|service-group|application|application-group|application-filter|application-tag"
    r"|zone|tag|region|schedule|profiles|profile-group|import|reports|report-group|threats|botnet|content-preview"
    r"|dynamic-user-group)"
)
_USER = rf"{_SCOPE}mgt-config\s+users\s+{_WORD}"
_COMMUNITY = (
    r"(?:deviceconfig\s+system\s+snmp-setting\s.*\ssnmp-community-string|log-settings\s+snmptrap\s.*\scommunity)"
)


def _hash(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``phash HASH`` of an administrator or a local user."""
    held = text[found.end() :].strip().strip('"')
    storage = next((name for start, name in _STORED.items() if held.startswith(start)), "")
    if held == _FACTORY:
        secret = Secret("des-crypt", default=True, short=True)
    elif storage:
        secret = Secret(storage)
    elif _DES.fullmatch(held):
        secret = Secret("des-crypt")
    else:
        secret = Secret("unknown", masker.password(held, "").default or None)
    return f"{found.group().strip()} {MASK}", (secret,)


def _encrypted(_text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A line with a word that is encrypted with the master key; what stands before it may hold another secret."""
    before, _ = masker.mask(found.group().strip())
    told = before if before.endswith(MASK) else f"{before} {MASK}"
    return told, (Secret("aes"),)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-community-string NAME`` and the community of a trap receiver."""
    held = text[found.end() :].strip()
    storage = "aes" if held.startswith("-AQ==") else ""
    return f"{found.group().strip()} {MASK}", (masker.community(held, storage),)


SECRETS = SecretWords(
    announces=("phash", "authpwd", "privpwd", "snmp-community-string"),
    hints=("phash", "-aq==", "pwd", "community"),
    communities=frozenset(("paloalto", "panorama")),
    passwords=frozenset(("paloalto", "paloaltonetworks", "paloalto123")),
    harmless=(
        rf"{_SCOPE}(?:pre-|post-)?rulebase\s.*",
        rf"{_SCOPE}{_OBJECTS}\s.*",
        rf"{_SCOPE}network\s+(?:profiles|qos|vlan|virtual-wire|ike\s+crypto-profiles)\s.*",
        rf"{_SCOPE}network\s+tunnel\s+ipsec\s+{_WORD}\s+auto-key\s.*",  # gateways and profiles by their names
        rf"{_SCOPE}network\s+tunnel\s+ipsec\s+{_WORD}\s+manual-key\s+esp\s+encryption\s+algorithm\s+[a-z0-9-]+\s*",
        rf"{_SCOPE}network\s+virtual-router\s+{_WORD}\s+routing-table\s.*",
        rf"{_SCOPE}deviceconfig\s+system\s+(?:login-banner|hostname|timezone|motd-and-banner|ssh)\s.*",
        rf"{_SCOPE}mgt-config\s+password-(?:complexity|profile)\s.*",
        rf"{_USER}\s+(?:permissions|preferences|authentication-profile|password-profile)\s.*",
        rf"{_USER}\s+password\s*",
    ),
    held=(
        ("", rf"{_SCOPE}(?:mgt-config\s+users|local-user-database\s+user)\s+{_WORD}\s+phash\s+(?=\S)", _hash),
        ("", rf"{_SCOPE}{_COMMUNITY}\s+(?=\S)", _community),
        ("", r'set\s.*?\s(?="?-AQ==)', _encrypted),
    ),
)
