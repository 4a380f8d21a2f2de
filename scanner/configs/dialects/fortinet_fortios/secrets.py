"""How FortiOS writes and stores secrets: ``ENC`` and a hash or cipher text, or what somebody typed.

Sources: FortiOS CLI references, administration guide ("Private data encryption", "Password masking"). The password of
an administrator is a salted hash that begins with SH2, AK1 or PB2; everything else behind ENC can be decrypted, with a
key that is the same in all devices unless private data encryption is on (CVE-2019-6693).
"""

from __future__ import annotations

import re

from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords

_HASHES = ("SH2", "AK1", "PB2")
_HIDDEN = re.compile(r"FortinetPasswordMask|\W*+(?:(?:configuration|secret)\W*+)?removed\W*", re.IGNORECASE)
_NAMES = (
    r"member|srcaddr6?|dstaddr6?|service|srcintf|dstintf|intf|interface|schedule|poolname|users|groups|comments?"
    r"|accprofile|auth-method|authmethod|security|user-type|key-type|ssh-hostkey-algo|ssh-key-algo|application"
)


def _encrypted(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """A value behind ENC."""
    secret = text[found.end() :].strip().strip('"')
    if _HIDDEN.fullmatch(secret):
        return f"{found.group().strip()} {MASK}", (UNTOLD,)
    storage = "irreversible-cipher" if secret.startswith(_HASHES) else "cipher"
    return f"{found.group().strip()} {MASK}", (masker.password(secret, storage),)


def _hidden(_: str, found: re.Match[str], __: Masker) -> Masked:
    """A value that the device itself hid."""
    return f"{found['command']} {MASK}", (UNTOLD,)


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """The name of an SNMP community."""
    secret = text[found.end() :].strip()
    storage = "cipher" if secret.startswith("ENC ") else ""
    return f"{found.group().strip()} {MASK}", (masker.community(secret.removeprefix("ENC "), storage),)


SECRETS = SecretWords(
    announces=(
        *(r"[\w-]*pwd", r"[\w-]*passwd\d?", r"[\w-]*psksecret(?:-remote)?", r"enckey"),
        r"[\w-]*(?:api-key|key-string)[\w-]*",
    ),
    hints=("enc ", "pwd", "passwordmask", "secret"),
    passwords=frozenset(("fortinet", "fortigate", "fortinet123", "fortigate123", "maintainer", "f0rtinet")),
    harmless=(
        r"(?:edit|config|next|end|unset|delete|move|rename|clone)\b.*",
        r"set\s+[\w-]+\s+(?:enable|disable|optional|mandatory|none)",
        r"set\s+apply-to(?:\s+(?:admin-password|ipsec-preshared-key|guest-admin-password))+",
        rf"(?:set|append|select|unselect)\s+(?:{_NAMES})\s.*",
        r"set\s+(?:type|two-factor(?:-\w+)?|auth-type|password-attr)\s+[\w-]+",
        r"set\s+psk\s+(?:enable|disable)",
    ),
    forms=(
        (r"(?:set|append|select)\s+[\w-]+\s+\"?ENC\s+(?=\S)", _encrypted),
        (r"(?P<command>(?:set|append|select)\s+[\w-]+)\s+\"?FortinetPasswordMask.*", _hidden),
    ),
    held=(("config system snmp community", r"set\s+name\s+(?=\S)", _community),),
)
