"""How IOS writes and stores secrets.

Sources: Cisco IOS Security Command Reference (password types 0, 4, 5, 6, 7, 8, 9), Cisco IOS SNMP Support Command
Reference.
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords
from scanner.configs.snmp_secrets import NAME, community, users

_TYPE_7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_HOST_WORDS = frozenset(
    ("inform", "informs", "trap", "traps", "version", "1", "2", "2c", "3", "auth", "noauth", "priv")
)


def decode_type_7(text: str) -> str | None:
    """The clear text of a type 7 string (an XOR with a published constant), None if it is not one."""
    if not re.fullmatch(r"[0-9]{2}(?:[0-9A-Fa-f]{2}){1,128}", text):
        return None
    offset = int(text[:2])
    code = bytes.fromhex(text[2:])
    return bytes(c ^ _TYPE_7_KEY[(offset + i) % len(_TYPE_7_KEY)] for i, c in enumerate(code)).decode("latin-1")


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community [0|7|8] STRING [view V] [ro|rw] [ipv6 ACL] [ACL]``: the first word is the secret."""
    words = text[found.end() :].split()
    storage, at = "", 0
    if len(words) > 1 and words[0] in ("0", "7", "8") and words[1].lower() not in ("ro", "rw", "view", "ipv6"):
        storage, at = ("plain", "type-7", "unknown")[("0", "7", "8").index(words[0])], 1
    return community(text, found, masker, at, storage)


def _host(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server host A [vrf V] [informs|traps] [version 1|2c|3 level] COMMUNITY [udp-port P] [types]``.

    The types are masked too: on a line that is not quite of this form one of them is the community.
    """
    words = text[found.end() :].split()
    kept: list[str] = []
    i = 0
    while i < len(words):
        if words[i].lower() == "vrf" and i + 1 < len(words):
            kept += words[i : i + 2]
            i += 2
        elif words[i].lower() in _HOST_WORDS:
            kept.append(words[i])
            i += 1
        else:
            break
    if i >= len(words):  # a community with the name of an option
        i, kept = i - 1, kept[:-1]
    rest = words[i + 1 :]
    port = rest[:2] if rest[:1] == ["udp-port"] and rest[1:2] and rest[1].isdecimal() else []
    secret = UNTOLD if "3" in kept else masker.community(words[i], "")
    return " ".join([found.group().strip(), *kept, MASK, *port, *[MASK] * (len(rest) > len(port))]), (secret,)


_NTP_SERVER = (
    r"ntp\s+(?:server|peer)(?:\s+vrf\s+\S+)?\s+\S+"
    r"(?:\s+(?:prefer|burst|iburst|version\s+\d|source\s+\S+|key\s+\d{1,5}))*"
)


SECRETS = SecretWords(
    announces=(r"(?<=\ )authentication\s+(?:text|(?:ietf-)?md5)",),
    # first-hop redundancy and NHRP: the plain text follows the word authentication
    begins=(r"(?:standby|vrrp|glbp|ip\s+nhrp)\b.*?\bauthentication(?=\s)(?!\s+(?:text|(?:ietf-)?md5)\b)",),
    hints=("snmp-server host", "snmp-server user"),
    storages={r"level\s+\d{1,2}": "", r"0": "plain", r"[4-9]": r"type-\g<0>"},
    stored={"$1$": "type-5", "$8$": "type-8", "$9$": "type-9", "$14$": "type-9"},
    clear={"type-7": decode_type_7},
    owners=("username",),
    communities=frozenset(("cisco", "ilmi")),
    passwords=frozenset(("cisco", "cisco123", "rockwell", "stratix")),
    harmless=(
        r"password\s+encryption\s+aes",
        r"hash\s+(?:md5|sha\d{0,3}|sm3)",
        r"aaa\s+password\s+restriction",
        r"key\s+chain\s+\S+",
        _NTP_SERVER,
        r"ntp\s+trusted-key\s+\d{1,5}(?:\s*-\s*\d{1,5})?",
        r"(?:ip|ipv6)\s+[\w\s]*authentication\s+key-chain\s+(?:eigrp\s+\d+\s+)?\S+",
        r"crypto\s+key\s+generate\s+(?:rsa|ec|dsa)[\w\s-]*",
        r"ip\s+ssh\s+rsa\s+keypair-name\s+\S+",
        r"snmp-server\s+enable\s+traps(?:\s+[a-z0-9-]+)*",
    ),
    inside=(("key chain", r"key(?:-id)?\s+\d{1,10}"),),
    forms=(
        (r"snmp-server\s+community\s+", _community),
        (r"snmp-server\s+host\s+\S+\s+", _host),
        (rf"snmp-server\s+user\s+{NAME}\s+{NAME}\s+", users),
    ),
)
