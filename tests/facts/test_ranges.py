"""Which texts of objects overlap."""

from __future__ import annotations

import polars as pl
import pytest

from scanner.facts.ranges import ranges


def overlap(protocol: str, first: str, second: str) -> bool:
    (space, low, high), (other, least, most) = ranges(
        pl.DataFrame({"protocol": [protocol] * 2, "object": [first, second]})
    ).rows()
    return bool(space == other and low <= most and least <= high)


@pytest.mark.parametrize(
    ("protocol", "first", "second"),
    [
        ("modbus", "holding register 10-19", "holding register 15"),
        ("modbus", "holding register 10-19", "holding register 19-30"),
        ("s7comm", "DB1.DBX2.7", "DB1.DBW2"),
        ("s7comm", "DB1.DBX2.7", "DB1.DBB2"),
        ("s7comm", "DB1.DBW20 x 5", "DB1.DBB29"),
        ("s7comm", "M10.0", "MB0 x 11"),
        ("s7comm", "T 5", "T 3 x 3"),
        ("ads", "%M byte 8 x 4", "%M byte 11 x 4"),
        ("ge-srtp", "%R100-109", "%R104"),
        ("opcua", "ns=2;s=Line-1-5", "ns=2;s=Line-1-5"),
        ("bacnet", "analog-value 1 proprietary-property-512", "analog-value 1 proprietary-property-512"),
    ],
)
def test_the_same_object(protocol: str, first: str, second: str) -> None:
    assert overlap(protocol, first, second)
    assert overlap(protocol, second, first)


@pytest.mark.parametrize(
    ("protocol", "first", "second"),
    [
        ("modbus", "holding register 10-19", "holding register 20"),
        ("modbus", "holding register 10", "coil 10"),
        ("s7comm", "DB1.DBX2.7", "DB1.DBB3"),
        ("s7comm", "DB1.DBW20 x 5", "DB1.DBB30"),
        ("s7comm", "DB1.DBB0", "DB2.DBB0"),
        ("s7comm", "T 6", "T 3 x 3"),
        ("ads", "%M byte 8 x 4", "%M byte 12 x 4"),
        ("s7comm", "M10.0", "M10.1"),
        ("s7comm", "QB1", "MB1"),
        ("opcua", "ns=2;s=Line-1-5", "ns=2;s=Line-1-3"),
        ("opcua", "ns=2;s=Line1-5", "ns=2;s=Line3"),
        ("iec104", "IOA 4500", "IOA 4501"),
        ("knxnet-ip", "group address 1/2/3", "group address 1/3/3"),
        ("fins", "DM 99999999999999999999", "DM 5"),
    ],
)
def test_different_objects(protocol: str, first: str, second: str) -> None:
    assert not overlap(protocol, first, second)
