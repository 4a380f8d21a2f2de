"""How RGOS writes and stores secrets.

Source: Ruijie RGOS command references (username, enable secret, webmaster, snmp-server community). Type 7 can be
reversed: an XOR as that of Cisco with another constant, of which the beginning is known, and in 12 an unknown method
behind ``$10$``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from scanner.configs.dialects.cisco_ios.secrets import SECRETS as IOS
from scanner.configs.secrets import MASK, SHORT, Masked, Masker, Secret, SecretWords
from scanner.configs.snmp_secrets import community

_KNOWN_KEY = b"*@##Wxf^cOurG"
_TYPE_7 = re.compile(r"([0-9]{2})((?:[0-9A-Fa-f]{2}){1,64})")
_OWNER = re.compile(r"(?:webmaster\s+level\s+\d+\s+)?username\s+(\S+)", re.IGNORECASE)


def decode_type_7(text: str) -> str | None:
    """The clear text of a type 7 string, None where it is none or its end is not known."""
    found = _TYPE_7.fullmatch(text)
    if not found:
        return None
    start, code = int(found[1]), bytes.fromhex(found[2])
    if start + len(code) > len(_KNOWN_KEY):
        return None
    clear = bytes(c ^ _KNOWN_KEY[start + i] for i, c in enumerate(code)).decode("latin-1")
    return clear if clear.isascii() and clear.isprintable() else None


def _reversible(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``... password 7 CODE``: how it is stored, and what its clear text tells where that can be had. Before it there
    may be another secret.
    """
    owner = _OWNER.match(text)
    name = owner[1] if owner else ""
    code = text[found.end() :].split(maxsplit=1)[0]
    lead = text[: found.start("announced")]
    shown, others = masker.mask(lead.rstrip())
    kept = lead if shown == lead.rstrip() else f"{shown} "
    announced = text[found.start("announced") : found.end()]
    return f"{kept}{announced}{MASK}", (*others, _reversed(code, lambda clear: masker.password(clear, "plain", name)))


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """``snmp-server community 7 CODE ...``."""
    masked, _ = community(text, found, masker, 0, "type-7")
    code = text[found.end() :].split(maxsplit=1)[0]
    return masked, (_reversed(code, lambda clear: masker.community(clear, "plain")),)


def _reversed(code: str, judge: Callable[[str], Secret]) -> Secret:
    clear = decode_type_7(code)
    if clear is not None:
        return replace(judge(clear), storage="type-7")
    hexadecimal = _TYPE_7.fullmatch(code)
    return Secret("type-7", None, len(hexadecimal[2]) // 2 < SHORT if hexadecimal else None)


_POLICY = (
    r"password\s+policy\s+(?:strong|printable-character-check|forced-\S+"
    r"|(?:min-size|life-cycle|no-repeat-times)(?:\s+\d+)?)"
)

_NTP_SERVER = (
    r"ntp\s+server\s+(?:oob\s+)?(?:vrf\s+\S+\s+)?(?:ip\s+|ipv6\s+)?\S+"
    r"(?:\s+(?:prefer|version\s+\d|source\s+\S+(?:\s\d\S*)?|key(?:id)?\s+\d{1,5}|via\s+mgmt\s+\d))*"
)

SECRETS: SecretWords = replace(
    IOS,
    announces=(),
    begins=(),
    hints=(),
    storages={},
    stored={},
    clear={},
    owners=(r"webmaster\s+level\s+\d+\s+username",),
    communities=frozenset(("ruijie", "rgos")),
    passwords=frozenset(("ruijie", "ruijie123", "ruijie@123", "admin@ruijie", "star", "red-giant")),
    harmless=(
        *IOS.harmless,
        _POLICY,
        r"service\s+password-encryption",
        _NTP_SERVER,
        r"ip\s+ssh\s+key-exchange(?:\s+[\w@.-]+)+",
        r"username\s+\S+(?:\s+privilege\s+\d{1,2})?\s+nopassword",
        r"snmp-server\s+enable\s+secret-dictionary-check",
        r"login\s+privilege\s+log",
    ),
    held=(
        (
            "",
            r"(?!ntp\s+server\b).*?\b(?P<announced>(?:password|secret|key|key-string)\s+(?:level\s+\d+\s+)?7\s+)(?=\S)",
            _reversible,
        ),
        ("", r"snmp-server\s+community\s+7\s+(?=\S)", _community),
    ),
)
