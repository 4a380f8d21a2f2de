"""Fields read forward: what is not there is Malformed, and nothing is skipped by the attempt."""

from __future__ import annotations

import pytest

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import LittleEndianReader, Reader


def test_numbers_have_the_order_of_the_reader():
    assert Reader(b"\x01\x02\x03").number(2) == 0x0102
    assert LittleEndianReader(b"\x01\x02\x03").number(2) == 0x0201


def test_bytes_are_taken_one_after_the_other():
    r = Reader(b"abcdef", at=1)
    assert (r.take(2), r.left, r.take(0), r.take(3), r.left) == (b"bc", 3, b"", b"def", 0)


@pytest.mark.parametrize("size", [4, -1])
def test_what_is_not_there_is_malformed(size):
    r = Reader(b"abc")
    with pytest.raises(Malformed, match=f"{size} bytes expected at byte 0 of 3"):
        r.take(size)
    assert r.take(3) == b"abc"


def test_the_end_may_lie_before_or_behind_the_bytes():
    before, behind = Reader(b"abcdef", end=2), Reader(b"abc", end=9)
    assert (before.left, behind.left) == (2, 9)
    with pytest.raises(Malformed):
        before.take(3)
    with pytest.raises(Malformed):
        behind.take(4)
