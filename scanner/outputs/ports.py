"""Names of ports as systems abbreviate them, and MAC addresses as they write them."""

from __future__ import annotations

import re
from functools import lru_cache

_FAMILIES = {
    "fa": ("fastethernet", "fas", "fa", "fe"),
    "gi": ("gigabitethernet", "gig", "gi", "ge"),
    "te": ("tengigabitethernet", "ten-gigabitethernet", "tengige", "xgigabitethernet", "ten", "te", "xge", "xe"),
    "tw": ("twentyfivegige", "twe", "25ge"),
    "fo": ("fortygigabitethernet", "fortygige", "fo", "fge", "40ge"),
    "hu": ("hundredgige", "hundredgigabitethernet", "hu", "hge", "100ge"),
    "eth": ("ethernet", "eth", "et"),
    "po": ("port-channel", "portchannel", "po", "pc"),
    "ae": ("ae",),
    "ag": ("aggregateport", "ag"),
    "mge": ("mge",),
    "ether": ("ether",),
    "sfp": ("sfp", "sfp-sfpplus", "combo"),
    "eth-trunk": ("eth-trunk",),
    "bagg": ("bridge-aggregation", "bagg"),
}
_FAMILY = {word: family for family, words in _FAMILIES.items() for word in words}
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*?|(?:25|40|100)GE)? ?(\d+(?:/\d+)*(?::\d+)?)(\.\d+)?", re.IGNORECASE)
_BARE = re.compile(r"(?:\d{1,2}/)?(?:[A-Z]\d{1,2}|\d{1,3})|Trk\d{1,3}", re.IGNORECASE)
_MAC = re.compile(
    r"[0-9a-f]{6}-[0-9a-f]{6}|(?:[0-9a-f]{2} ){5}[0-9a-f]{2}|"
    r"(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}:){2}[0-9a-f]{4}",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 16)
def port_key(name: str) -> str:
    """One text for all the ways to write a port: Gi1/0/1, GigabitEthernet1/0/1 and ``Gig 1/0/1`` are one."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return " ".join(name.casefold().split())
    word = (found[1] or "").casefold().rstrip("-")  # ge-0/0/1, as Junos writes it
    return f"{_FAMILY.get(word, word)}{found[2]}"


def is_port(word: str) -> bool:
    """The word names a port where cables go: no VLAN interface, no processor, no number alone."""
    found = _NAME.fullmatch(word)
    if found is None:
        return False
    prefix = (found[1] or "").casefold().rstrip("-")
    return prefix in _FAMILY or (not prefix and "/" in found[2])


def is_bare_port(word: str) -> bool:
    """The word names a port as ArubaOS-Switch does, where a port is meant: 7, A1, 1/A1, Trk2."""
    return _BARE.fullmatch(word) is not None


def mac_of(text: str) -> str:
    """A MAC address in lower case with colons; empty when the text is none."""
    if not _MAC.fullmatch(text):
        return ""
    digits = re.sub(r"[^0-9a-f]", "", text.casefold())
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def is_station(mac: str) -> bool:
    """The MAC address can be one of a device: neither a group nor nothing."""
    return bool(mac) and not int(mac[:2], 16) & 1 and mac != "00:00:00:00:00:00"
