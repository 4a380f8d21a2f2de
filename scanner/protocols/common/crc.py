"""The 16-bit cyclic redundancy checks of serial protocols; all of them take the least significant bit first.

Named as in the catalogue of parametrised CRC algorithms (G. Cook); the polynomials below are written bit-reversed, as
the computation uses them: 0x8005 as 0xA001, 0x3D65 as 0xA6BC, 0x1021 as 0x8408.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from scanner.framing.language import CrcResidue

MODBUS_RESIDUE = CrcResidue(0xA001, 0xFFFF)  # CRC-16/MODBUS over a message that ends with it, low octet first


def crc16_modbus(data: bytes) -> int:
    """CRC-16/MODBUS (MODBUS over Serial Line V1.02, section 6.2.2), also of ROC Plus and Genisys."""
    return _register(0xA001, 0xFFFF, data)


def crc16_arc(data: bytes) -> int:
    """CRC-16/ARC: that of Modbus, begun with zero (TriStation; some stacks of Genisys)."""
    return _register(0xA001, 0, data)


def crc16_dnp(data: bytes) -> int:
    """CRC-16/DNP (IEEE 1815-2012, clause 9.2.4.8)."""
    return _register(0xA6BC, 0, data) ^ 0xFFFF


def crc16_x25(data: bytes) -> int:
    """CRC-16/X-25, the frame check sequence of HDLC (ISO/IEC 13239, section 4.2.5)."""
    return _register(0x8408, 0xFFFF, data) ^ 0xFFFF


def crc16_mcrf4xx(data: bytes) -> int:
    """CRC-16/MCRF4XX: that of HDLC without its final complement (Emerson DeltaV)."""
    return _register(0x8408, 0xFFFF, data)


def crc16_kermit(data: bytes) -> int:
    """CRC-16/KERMIT, the check sequence of IEEE 802.15.4 frames (IEEE 802.15.4-2020 section 7.2.11)."""
    return _register(0x8408, 0, data)


def _register(polynomial: int, value: int, data: bytes) -> int:
    table = _table(polynomial)
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 0xFF]
    return value


@functools.cache
def _table(polynomial: int) -> tuple[int, ...]:
    """What each value of a byte leaves in the register."""
    table: Sequence[int] = range(256)
    for _ in range(8):
        table = [value >> 1 ^ (polynomial if value & 1 else 0) for value in table]
    return tuple(table)
