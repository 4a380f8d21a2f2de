"""The BER reader: lengths, tags, damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.base import Malformed
from scanner.protocols.common.ber import Element, constructed, elements, unsigned


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("02 01 05", [Element(0x02, b"\5", True)]),
        ("bf 49 00 81 81 01 ff", [Element(0xBF49, b"", True), Element(0x81, b"\xff", True)]),
        ("9f 81 01 82 00 01 07", [Element(0x9F8101, b"\7", True)]),
        (
            "30 80 02 01 05 30 80 00 00 00 00 04 00",
            [Element(0x30, bytes.fromhex("0201053080 0000"), True), Element(4, b"", True)],
        ),
    ],
)
def test_elements(raw, expected):
    assert elements(bytes.fromhex(raw)) == expected


@pytest.mark.parametrize(
    "raw", ["02", "02 05 01", "1f ff ff ff ff 00", "02 85 01 01 01 01 01 00", "30 80 02 01 05", "30 80" * 40]
)
def test_damage(raw):
    with pytest.raises(Malformed):
        elements(bytes.fromhex(raw))


def test_what_was_cut_is_kept_as_far_as_it_goes():
    (outer,) = elements(bytes.fromhex("30 20 02 01 05 04 10 aa bb"), cut=True)
    assert not outer.whole
    number, text = constructed(outer)
    assert unsigned(number) == 5
    assert text == Element(4, b"\xaa\xbb", False)
    with pytest.raises(Malformed):
        unsigned(text)


@given(st.binary(max_size=200), st.booleans())
def test_anything_gives_elements_or_malformed(raw, cut):
    try:
        found = elements(raw, cut=cut)
    except Malformed:
        return
    assert sum(len(e.body) for e in found) <= len(raw)
