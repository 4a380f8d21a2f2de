"""IDNs, the parameter numbers of SERCOS and of the servo profile over EtherCAT.

Written from IEC 61491 section 8 and IEC 61158-4-16 section 7 (S for standard, P for product parameters, the parameter
set, the number; for SERCOS III also structure instance and element).
"""

from __future__ import annotations

from scanner.protocols.base import Verb

_NAMES = {
    11: "class 1 diagnostic",
    12: "class 2 diagnostic",
    14: "interface status",
    15: "telegram type",
    16: "configuration list of AT",
    17: "IDN-list of all operation data",
    24: "configuration list of MDT",
    25: "IDN-list of all procedure commands",
    30: "manufacturer version",
    32: "primary operation mode",
    36: "velocity command value",
    47: "position command value",
    80: "torque command value",
    95: "diagnostic message",
    96: "slave arrangement",
    99: "reset class 1 diagnostic",
    127: "CP3 transition check",
    128: "CP4 transition check",
    134: "drive control",
    135: "drive status",
    140: "controller type",
    141: "motor type",
    143: "interface version",
    148: "drive controlled homing procedure command",
    192: "IDN-list of all backup operation data",
    262: "load defaults procedure command",
    263: "load working memory procedure command",
    264: "backup working memory procedure command",
    267: "password",
    269: "storage mode",
    279: "IDN list of password protected data",
}
_OPERATES = frozenset({36, 47, 80, 134, 148})
_CONFIGURES = frozenset({15, 16, 24, 32, 96, 127, 128, 262, 263, 264, 269, 279})


def idn_name(number: int, instance: int = 0, element: int = 0) -> str:
    """``S-0-0267 password``, with structure instance and element ``S-0-1302.0.1``."""
    text = f"{'P' if number & 0x8000 else 'S'}-{number >> 12 & 7}-{number & 0xFFF:04d}"
    if instance or element:
        text += f".{instance}.{element}"
    name = "" if number & 0x8000 else _NAMES.get(number & 0xFFF, "")
    return f"{text} {name}".rstrip()


def write_verb(number: int) -> Verb:
    """What writing the operation data of a parameter does."""
    if number & 0x8000:
        return Verb.WRITE
    low = number & 0xFFF
    if low == 267:
        return Verb.AUTHENTICATE
    if low in _OPERATES:
        return Verb.OPERATE
    return Verb.CONFIGURE if low in _CONFIGURES else Verb.WRITE
