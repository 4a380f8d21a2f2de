"""Header blocks that are decoded once say what decoding each of them would."""

from __future__ import annotations

import pytest
from hpack import Decoder, Encoder
from hypothesis import given
from hypothesis import strategies as st

from scanner.protocols.http import _header_blocks as header_blocks
from scanner.protocols.http._header_blocks import MOST_TABLE, UNKNOWN, KnownBlocks

NAMES = [":method", ":path", "accept", "x-station", "cookie"]
FIELDS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "GET", "/a", "/b" * 40, "z" * 3000])), max_size=4
)
STEPS = st.lists(st.tuples(st.integers(0, 2), FIELDS, st.sampled_from([None, None, 0, 64, 4096])), max_size=25)


@given(STEPS)
def test_connections_that_share_what_is_known_read_what_each_would_alone(steps: list) -> None:
    blocks = KnownBlocks()
    encoders, alone = [Encoder() for _ in range(3)], [Decoder() for _ in range(3)]
    shared = [blocks.direction(known=True) for _ in range(3)]
    for number, fields, size in steps:
        if size is not None:
            encoders[number].header_table_size = size
        block = encoders[number].encode(fields)
        expected = tuple((bytes(f[0]), bytes(f[1])) for f in alone[number].decode(block, raw=True))
        assert shared[number].read(block) == expected


def test_what_was_read_before_is_not_decoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder()
    sent = [encoder.encode([(":path", path), ("x-station", "7")]) for path in ("/a", "/b", "/a", "/a", "/a")]
    blocks = KnownBlocks()
    first = blocks.direction(known=True)
    read = [first.read(block) for block in sent]
    monkeypatch.setattr(header_blocks, "_decoder", None)  # no other direction needs one
    second = blocks.direction(known=True)
    assert [second.read(block) for block in sent] == read
    assert first.read(sent[-1]) == read[-1]


def test_one_goes_on_by_itself_where_another_was_before() -> None:
    encoders = Encoder(), Encoder()
    blocks = KnownBlocks()
    sides = blocks.direction(known=True), blocks.direction(known=True)
    for path in ("/a", "/b"):
        for encoder, side in zip(encoders, sides, strict=True):
            assert side.read(encoder.encode([("x-path", path)])) == ((b"x-path", path.encode()),)
    for encoder, side, own in zip(encoders, sides, (b"one", b"two"), strict=True):
        encoder.encode([])
        assert side.read(encoder.encode([("x-path", "/a"), ("x-own", own.decode())]))[1] == (b"x-own", own)
        assert side.read(encoder.encode([("x-own", own.decode()), ("x-path", "/b")]))[0] == (b"x-own", own)


def test_a_table_nobody_saw_gives_unknown_fields() -> None:
    side = KnownBlocks().direction(known=False)
    assert side.read(b"\xbe\x82") == ((UNKNOWN, b""), (b":method", b"GET"))


@pytest.mark.parametrize("block", [b"\xff\xff\xff\xff\x7f", b"\x00\x05ab", b"\x3f\xff\xff\xff\x7f", b"\x80"])
def test_a_block_that_contradicts_the_table_is_not_read(block: bytes) -> None:
    blocks = KnownBlocks()
    side = blocks.direction(known=True)
    assert side.read(block) is None
    assert side.read(b"\x82") == ((b":method", b"GET"),)
    assert blocks.direction(known=True).read(block) is None


def test_how_much_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_blocks, "MOST_KEPT", 2000)
    encoder, alone = Encoder(), Decoder()
    blocks = KnownBlocks()
    side, other = blocks.direction(known=True), blocks.direction(known=True)
    for number in range(200):
        block = encoder.encode([("x-number", f"{number:060d}")])
        expected = tuple((bytes(f[0]), bytes(f[1])) for f in alone.decode(block, raw=True))
        assert side.read(block) == expected == other.read(block)
        assert blocks._kept <= 2000 + 2 * MOST_TABLE
        assert len(blocks._blocks) < 50
