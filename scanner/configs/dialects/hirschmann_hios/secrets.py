"""Objects of a profile whose values are secrets. How HiOS scrambles them is not published."""

from __future__ import annotations

import re

from scanner.configs.dialects.hirschmann_hios.objects import as_text
from scanner.configs.secrets import MASK, UNTOLD, Masked, Masker, SecretWords

_END = "</Attribute>"
_HIDDEN = "Password|Passwd|Secret|Psk|Passphrase|Key|Hash|Token"


def _community(text: str, found: re.Match[str], masker: Masker) -> Masked:
    """The name of an SNMP community."""
    secret = as_text(text[found.end() :].removesuffix(_END))
    return f"{found.group()}{MASK}{_END}", (masker.community(secret, ""),)


def _scrambled(_: str, found: re.Match[str], __: Masker) -> Masked:
    return f"{found.group()}{MASK}{_END}", (UNTOLD,)


SECRETS = SecretWords(
    hints=("password", "passwd", "secret", "communityname", "psk", "passphrase", "key", "hash", "token"),
    harmless=(
        r"<Attribute name=\"[^\"]*(?:Min|Max|Length|Status|Policy|Chk|Index|Type|Id|Algorithms|Port|Version)[^\"]*\".*",
        r"<Attribute name=\"[^\"]*\"(?: [^>]*)?>\s*</Attribute>",
        r"<Attribute name=\"[^\"]*EtypeKey\".*",
    ),
    forms=(
        (r"<Attribute name=\"[^\"]*CommunityName\"(?: [^>]*)?>(?=[^<])", _community),
        (rf"<Attribute name=\"[^\"]*(?:{_HIDDEN})[^\"]*\"(?: [^>]*)?>(?=[^<])", _scrambled),
    ),
)
