"""zstd frames, block by block: whatever their pieces, they give what was compressed, in pieces that are bounded."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.files.zstd import ZstdDecoder

BLOCK = 128 << 10  # bytes that a block can stand for
RUNS = b"\x28\xb5\x2f\xfd\x00\x58" + (b"\x02\x00\x10A" * 9) + b"\x03\x00\x10A"  # ten blocks of 128 KiB of one byte


def decoded(pieces: list[bytes]) -> tuple[bytes, bytes, bool]:
    """(content, what lay behind the frame, it ended)."""
    decoder, content, behind = ZstdDecoder(128 << 20), b"", b""
    for piece in pieces:
        if decoder.eof:
            behind += piece
            continue
        for out in decoder.feed(piece):
            assert len(out) <= BLOCK
            content += out
        behind = decoder.unused_data
    return content, behind, decoder.eof


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = [0, *sorted(p % (len(data) + 1) for p in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(at)]


@given(
    st.lists(st.tuples(st.binary(max_size=300), st.integers(1, 4000)), max_size=20),
    st.fixed_dictionaries(
        {"level": st.integers(1, 19), "write_checksum": st.booleans(), "write_content_size": st.booleans()}
    ),
    st.binary(max_size=9),
    st.lists(st.integers(0, 10**6), max_size=6),
)
def test_what_was_compressed_comes_back_however_it_is_cut(parts, options, behind, places):
    content = b"".join(part * times for part, times in parts)
    frame = zstandard.ZstdCompressor(**options).compress(content)
    assert decoded(cut(frame + behind, places)) == (content, behind, True)


def test_a_frame_that_was_streamed_has_no_size():
    compressor = zstandard.ZstdCompressor().compressobj()
    frame = compressor.compress(b"abc" * 9000) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    frame += compressor.compress(b"def") + compressor.flush()
    assert decoded([bytes((b,)) for b in frame]) == (b"abc" * 9000 + b"def", b"", True)


@given(st.binary(max_size=40), st.lists(st.integers(0, 99), max_size=4))
def test_a_skippable_frame_gives_nothing(inside, places):
    frame = b"\x55\x2a\x4d\x18" + len(inside).to_bytes(4, "little") + inside
    assert decoded(cut(frame + b"next", places)) == (b"", b"next", True)


def test_a_few_bytes_that_stand_for_many_are_given_in_pieces():
    assert decoded([RUNS]) == (b"A" * 10 * BLOCK, b"", True)


@pytest.mark.parametrize(
    "broken", [RUNS[:10] + b"\x06" + RUNS[11:], RUNS[:6] + b"\x07\0\0", RUNS[:4] + b"\x08" + RUNS[5:]]
)
def test_what_is_damaged_is_an_error(broken):
    with pytest.raises(zstandard.ZstdError):
        decoded([broken])


@pytest.mark.parametrize("length", range(len(RUNS)))
def test_what_is_cut_off_does_not_end(length):
    assert not decoded([RUNS[:length]])[2]


@given(st.binary(max_size=200))
def test_no_bytes_make_it_hang(data):
    with suppress(zstandard.ZstdError):
        decoded([zstandard.FRAME_HEADER + data])
