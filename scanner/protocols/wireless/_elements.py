"""Information elements of 802.11 management frames: the name of a network, its channel, and how it is protected.

IEEE 802.11-2020 sections 9.4.2.2 (SSID), 9.4.2.4 (DS parameter set), 9.4.2.24 (RSNE), 9.4.2.56 (HT operation); Wi-Fi
Alliance: WPA version 2.0 section 2.1, Wi-Fi Simple Configuration 2.0.5 section 12, OWE 1.1 section 3; WAPI: GB 15629.11
amendment 1 (element 68). Elements that are cut off say nothing further.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Malformed

SSID, CHANNEL, RSN, HT_OPERATION, WAPI, VENDOR = 0, 3, 48, 61, 68, 221
WPA, WPS, OWE_TRANSITION = b"\x00\x50\xf2\x01", b"\x00\x50\xf2\x04", b"\x50\x6f\x9a\x1c"
_CHECK_SEQUENCE = 4  # bytes that some drivers leave behind the frame without saying so
_CIPHERS = {
    1: "WEP-40",
    2: "TKIP",
    4: "CCMP-128",
    5: "WEP-104",
    8: "GCMP-128",
    9: "GCMP-256",
    10: "CCMP-256",
}
_EAP, _PSK, _SAE, _OWE = "802.1X", "PSK", "SAE", "OWE"
_METHODS = {
    **dict.fromkeys((1, 3, 5, 11, 22, 23), _EAP),
    **dict.fromkeys((12, 13), "802.1X-192"),
    **dict.fromkeys((14, 15, 16, 17), "FILS"),
    **dict.fromkeys((2, 4, 6, 19, 20), _PSK),
    **dict.fromkeys((8, 9, 24, 25), _SAE),
    18: _OWE,
}
_WPA3 = {"SAE": "WPA3-SAE", "802.1X-192": "WPA3-802.1X-192", "OWE": "OWE", "FILS": "WPA3-FILS"}
_MAY, _MUST = 0x80, 0x40  # protection of management frames, in the RSN capabilities
_WPS_TEXTS = {0x1021: "vendor", 0x1023: "model", 0x1042: "serial", 0x1011: "name"}


@dataclass(frozen=True)
class Suites:
    """What an RSN or WPA element offers. methods: how keys come about ("PSK", "802.1X", "SAE" …)."""

    group: str
    pairwise: tuple[str, ...]
    methods: tuple[str, ...]
    may_protect: bool = False
    must_protect: bool = False


def elements(data: bytes, at: int, *, cut: bool) -> dict[int | bytes, bytes]:
    """Element or vendor type -> the content of the first one; an incomplete last one breaks a frame that is whole."""
    found: dict[int | bytes, bytes] = {}
    while at + 2 <= len(data):
        kind, size = data[at], data[at + 1]
        if at + 2 + size > len(data):
            if cut or len(data) - at <= _CHECK_SEQUENCE:
                break
            raise Malformed("element {n} does not fit the frame", n=kind)
        value = data[at + 2 : at + 2 + size]
        found.setdefault(value[:4] if kind == VENDOR else kind, value[4:] if kind == VENDOR else value)
        at += 2 + size
    return found


def suites(value: bytes) -> Suites | None:
    """Of an RSN element, or of a WPA element behind its type; what is left out has the standard's default."""
    if len(value) < 2 or int.from_bytes(value[:2], "little") != 1:
        return None
    at = 2
    group = _cipher(value[at : at + 4]) if len(value) >= at + 4 else "CCMP-128"
    at += 4
    pairwise, at = _list(value, at)
    methods, at = _list(value, at)
    flags = value[at] if at < len(value) else 0
    ciphers = [_cipher(one) for one in pairwise] or ["CCMP-128"]
    return Suites(
        group,
        tuple(dict.fromkeys(group if one == "" else one for one in ciphers)),
        tuple(dict.fromkeys(_METHODS.get(one[3], f"method {one.hex()}") for one in methods)) or (_EAP,),
        may_protect=flags & _MAY != 0,
        must_protect=flags & _MUST != 0,
    )


def _list(value: bytes, at: int) -> tuple[list[bytes], int]:
    if at + 2 > len(value):
        return [], len(value)
    count = int.from_bytes(value[at : at + 2], "little")
    at += 2
    parts = [value[p : p + 4] for p in range(at, min(at + 4 * count, len(value) - 3), 4)]
    return parts, at + 4 * count


def _cipher(suite: bytes) -> str:
    """Empty where the group's cipher is meant."""
    if suite[3] == 0:
        return ""
    return _CIPHERS.get(suite[3], f"cipher {suite.hex()}")


def securities(found: dict[int | bytes, bytes], *, privacy: bool) -> tuple[list[str], list[str], Suites | None]:
    """What protects the network (several during a transition), its ciphers, and the suites of its RSN element."""
    rsn = suites(found[RSN]) if RSN in found else None
    wpa = suites(found[WPA]) if WPA in found else None
    names: list[str] = []
    ciphers: list[str] = []
    if wpa:
        names += [f"WPA-{method}" for method in wpa.methods]
        ciphers += wpa.pairwise
    if rsn:
        names += [_WPA3.get(method, f"WPA2-{method}") for method in rsn.methods]
        ciphers += [*rsn.pairwise, rsn.group]
    if WAPI in found:
        names.append("WAPI")
        ciphers.append("SMS4")
    if not names:
        names = ["WEP"] if privacy else ["open"]
        ciphers = ["WEP"] if privacy else []
    return list(dict.fromkeys(names)), [c for c in dict.fromkeys(ciphers) if c], rsn


def channel(found: dict[int | bytes, bytes]) -> int:
    """The primary channel; 0 where the frame does not say it."""
    value = found.get(CHANNEL, b"") or found.get(HT_OPERATION, b"")
    return value[0] if value else 0


def described(value: bytes) -> Iterator[tuple[str, bytes]]:
    """What an access point says of itself to those that want to join by WPS."""
    at = 0
    while at + 4 <= len(value):
        kind, size = int.from_bytes(value[at : at + 2], "big"), int.from_bytes(value[at + 2 : at + 4], "big")
        if kind in _WPS_TEXTS and at + 4 + size <= len(value):
            yield _WPS_TEXTS[kind], value[at + 4 : at + 4 + size]
        at += 4 + size
