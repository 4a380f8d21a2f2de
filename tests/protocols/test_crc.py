"""The check values of the catalogue of parametrised CRC algorithms, over the nine digits."""

from __future__ import annotations

import pytest

from fixtures.record.wire import crc16
from scanner.protocols.common.crc import crc16_arc, crc16_dnp, crc16_mcrf4xx, crc16_modbus, crc16_x25

CHECKS = [
    (crc16_modbus, 0x4B37),
    (crc16_arc, 0xBB3D),
    (crc16_dnp, 0xEA82),
    (crc16_x25, 0x906E),
    (crc16_mcrf4xx, 0x6F91),
]


@pytest.mark.parametrize(("crc", "check"), CHECKS)
def test_check_values(crc, check):
    assert crc(b"123456789") == check


def test_the_recordings_have_the_same_by_a_computation_of_their_own():
    raw = bytes(range(256))
    assert crc16_modbus(raw) == crc16(raw, 0xA001)
    assert crc16_arc(raw) == crc16(raw, 0xA001, 0)
    assert crc16_dnp(raw) == crc16(raw, 0xA6BC, 0) ^ 0xFFFF
    assert crc16_x25(raw) == crc16(raw, 0x8408) ^ 0xFFFF
    assert crc16_mcrf4xx(raw) == crc16(raw, 0x8408)
