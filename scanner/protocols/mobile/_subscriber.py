"""Identities of subscribers as rows may show them: which kind, of which network, and never whose.

3GPP TS 24.501 section 9.11.3.4 (5GS mobile identity), TS 24.301 section 9.9.3.12 (EPS mobile identity) and TS 24.008
section 10.5.1.4 (mobile identity).
"""

from __future__ import annotations

from scanner.protocols.mobile._aper import plmn

PERMANENT = ("IMSI", "SUCI, null scheme")  # how the text of an identity begins that tells whose it is
_SCHEMES = {1: "profile A", 2: "profile B"}
_SUCI, _GUTI, _IMEI, _S_TMSI, _IMEISV = 1, 2, 3, 4, 5
_OTHERS = {_GUTI: "5G-GUTI", _IMEI: "IMEI", _S_TMSI: "5G-S-TMSI", _IMEISV: "IMEISV", 6: "MAC address", 7: "EUI-64"}
_EPS = {3: "IMEI", 6: "GUTI"}
_COMMON = {2: "IMEI", 3: "IMEISV", 4: "TMSI", 5: "TMGI"}
_NULL_SCHEME = b".schid0."


def of_5gs(identity: bytes) -> str:
    """A 5GS mobile identity, whatever is secret or somebody's own replaced; empty when it is none."""
    if not identity:
        return ""
    kind = identity[0] & 7
    if kind != _SUCI:
        return _OTHERS.get(kind, "")
    if identity[0] >> 4 & 7:  # not an IMSI: a network access identifier
        text = identity[1:].lower()
        return "SUCI, null scheme" if _NULL_SCHEME in text or b"schid" not in text else "SUCI"
    if len(identity) < 8:
        return ""
    network, scheme = plmn(identity[1:4]), identity[6] & 15
    if scheme == 0:
        return f"SUCI, null scheme, {network} {'*' * _digits(identity[8:])}"
    return f"SUCI, {_SCHEMES.get(scheme, f'scheme {scheme}')}, {network}"


def of_eps(identity: bytes) -> str:
    """An EPS mobile identity; empty when it is none."""
    return _imsi(identity) if identity and identity[0] & 7 == 1 else _EPS.get(identity[0] & 7, "") if identity else ""


def common(identity: bytes) -> str:
    """A mobile identity as the answer to an identity request has it; empty when it is none."""
    kind = identity[0] & 7 if identity else 0
    return _imsi(identity) if kind == 1 else _COMMON.get(kind, "")


def _imsi(identity: bytes) -> str:
    """Behind the first digit, which shares its octet with the kind of identity."""
    return _network_of(f"{identity[0] >> 4:x}" + _swapped(identity[1:]))


def of_digits(octets: bytes) -> str:
    """An IMSI as the protocols between parts of a core have it; empty when it is none."""
    return _network_of(_swapped(octets))


def _swapped(octets: bytes) -> str:
    """Digits, of each octet the low half first."""
    return "".join(f"{o & 15:x}{o >> 4:x}" for o in octets)


def _network_of(text: str) -> str:
    """The country and the digits that follow it belong to the network, all others to the subscriber."""
    text = text.rstrip("f")
    return f"IMSI {text[:3]}-{text[3:5]} {'*' * len(text[5:])}" if text.isdecimal() and len(text) >= 6 else ""


def _digits(octets: bytes) -> int:
    return 2 * len(octets) - (bool(octets) and octets[-1] >> 4 == 15)
