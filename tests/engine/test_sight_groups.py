"""Which addresses are several hosts at once."""

from __future__ import annotations

import ipaddress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.verdict.sight import _groups


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("01:00:5e:00:00:01", True),
        ("00:1b:1b:00:00:01", False),
        ("ff02::1", True),
        ("::1:2222:3333:444", False),  # as long as a MAC address, and with as many colons
        ("fd00:1::22:33:444", False),
        ("224.0.0.5", True),
        ("10.20.1.5", False),
    ],
)
def test_groups(address: str, expected: bool) -> None:
    assert _groups(pl.Series([address])).to_list() == [expected]


@given(st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address))
def test_any_address_of_ipv6(address: ipaddress.IPv6Address) -> None:
    assert _groups(pl.Series([str(address)])).to_list() == [address.is_multicast]
