"""Capture containers: what is in them, to the byte and nanosecond, and how broken ones are told."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import random
import struct
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import limits
from scanner.capture.files.byte_streams import ReadAhead
from scanner.capture.files.containers import open_capture
from scanner.capture.files.magic import ARCHIVES, REFUSED, is_capture
from scanner.capture.result import CaptureInfo
from scanner.errors import InputError
from tests.capture.files import (
    block,
    enhanced,
    interface,
    obsolete,
    pcap,
    pcap_header,
    pcap_record,
    section,
    simple,
)


def _gzip(data: bytes) -> bytes:
    """Compressed without the time of day, which would make test names differ from process to process."""
    return gzip.compress(data, mtime=0)


Row = tuple[bytes, int, int, int, int]  # bytes, length on the wire, time, link type, interface


def read(data: bytes, name: str = "x.pcap") -> tuple[list[Row], CaptureInfo]:
    rows: list[Row] = []
    with open_capture(io.BytesIO(data), name) as source:
        for chunk in source.chunks():
            assert chunk.index.first_frame == len(rows) + 1
            for offset, captured, wire, time, link, number in chunk.index.rows():
                rows.append((bytes(chunk.buffer[offset : offset + captured]), wire, time, link, number))
    return rows, source.info


SECOND = 1_000_000_000
FRAMES = [bytes(range(n)) for n in (60, 1, 0, 97)]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap_in_both_byte_orders_and_resolutions(order: str, nanoseconds: bool) -> None:
    data = pcap([(1700000000 + i, 5, f, 200) for i, f in enumerate(FRAMES)], order, nanoseconds=nanoseconds)
    rows, info = read(data)
    unit = 1 if nanoseconds else 1000
    assert rows == [(f, 200, (1700000000 + i) * SECOND + 5 * unit, 1, 0) for i, f in enumerate(FRAMES)]
    assert (info.format, info.packets, info.bytes, info.captured_bytes) == ("pcap", 4, 800, 158)
    assert (info.truncated_packets, info.size, info.sha256) == (4, len(data), hashlib.sha256(data).hexdigest())
    assert (info.first_time, info.last_time, info.unread) == (rows[0][2], rows[3][2], "")
    assert info.interfaces == ["interface 0"]


@pytest.mark.parametrize(
    ("version", "lengths", "expected"),
    [
        ((2, 4), (4, 9), (4, 9)),
        ((2, 3), (4, 9), (4, 9)),
        ((2, 3), (9, 4), (4, 9)),  # both orders are met in this version
        ((2, 2), (9, 4), (4, 9)),
        ((2, 4), (4, 0), (4, 4)),  # a writer that left the original length out
    ],
)
def test_pcap_lengths_of_old_versions(
    version: tuple[int, int], lengths: tuple[int, int], expected: tuple[int, int]
) -> None:
    data = pcap_header(version=version) + struct.pack("<IIII", 1, 2, *lengths) + b"abcd"
    rows, _ = read(data)
    assert [(len(r[0]), r[1]) for r in rows] == [expected]


def test_pcap_link_type_carries_the_length_of_the_check_sequence() -> None:
    assert read(pcap([(1, 0, b"abc")], network=0x24000000 | 113))[0][0][3] == 113 | 4 << 16
    assert read(pcap([(1, 0, b"abc")], network=0x20000000 | 113))[0][0][3] == 113


def test_packets_without_a_time_do_not_count_as_first_or_last() -> None:
    _, info = read(pcap([(0, 0, b"a"), (7, 0, b"b"), (5, 0, b"c"), (0, 0, b"d")]))
    assert (info.first_time, info.last_time) == (5 * SECOND, 7 * SECOND)
    assert read(pcap([(0, 0, b"a")]))[1].first_time == 0


def test_a_capture_without_packets_is_sound() -> None:
    for data in (pcap([]), section(), section() + interface()):
        rows, info = read(data)
        assert (rows, info.packets, info.unread, info.size) == ([], 0, "", len(data))


RESOLUTIONS = [  # if_tsresol, if_tsoffset, stamp, ns
    (None, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
    (3, 0, 1_700_000_000_123, 1_700_000_000_123_000_000),
    (0, 0, 1_700_000_000, 1_700_000_000_000_000_000),
    (9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
    (12, 0, 1_700_000_123_456_789_012, 1_700_000_123_456_789),
    (0x80 | 10, 0, 1_700_000_000 * 1024 + 512, 1_700_000_000_500_000_000),
    (0x80 | 20, 0, (1_700_000_000 << 20) + (1 << 18), 1_700_000_000_250_000_000),
    (0x80 | 32, 0, (1_700_000_000 << 32) + (1 << 31), 1_700_000_000_500_000_000),
    (0x80 | 0, 0, 1_700_000_000, 1_700_000_000_000_000_000),
    (0x80 | 50, 0, (9 << 50) + (1 << 49), 9_500_000_000),
    (0x80 | 63, 0, (1 << 63) + (1 << 62), 1_500_000_000),
    (0x80 | 64, 0, 1 << 63, 500_000_000),
    (6, 1_600_000_000, 5_000_000, 1_600_000_005_000_000_000),
    (6, -10, 15_000_000, 5_000_000_000),
    (6, -20, 15_000_000, 0),  # before 1970: no time
    (6, 0, (1 << 64) - 1, 0),  # after 2262
    (0, 0, (1 << 64) - 1, 0),
    (127, 0, 5, 0),
]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("resolution", "offset", "stamp", "expected"), RESOLUTIONS)
def test_pcapng_time_resolution(order: str, resolution: int | None, offset: int, stamp: int, expected: int) -> None:
    pairs = [] if resolution is None else [(9, bytes([resolution]))]
    if offset:
        pairs.append((14, struct.pack(order + "q", offset)))
    data = section(order) + interface(1, *pairs, order=order) + enhanced(b"abc", stamp=stamp, order=order)
    assert read(data)[0] == [(b"abc", 3, expected, 1, 0)]


def test_pcapng_sections_interfaces_blocks_and_comments() -> None:
    data = (
        section("<", (1, b"from the filler"), (4, b"tool"))
        + interface(1, (2, b"eth0"), (9, b"\x09"), (1, b"left port"))
        + interface(101, (3, b"tunnel device"), snapshot=64)
        + block(0x0BAD, b"custom block")
        + enhanced(b"one", stamp=7, wire=90)
        + block(4, bytes(40))  # name resolution
        + enhanced(b"two", (1, b"pump stops"), (2, bytes(4)), stamp=8, number=1)
        + simple(b"three")
        + section(">", (1, b"second"))
        + interface(113, (9, b"\x83"), (13, b"\x04"), order=">")
        + enhanced(b"four", (4, struct.pack(">Q", 11)), stamp=8 * 8, order=">")
        + obsolete(b"five", stamp=16, drops=3, order=">")
        + enhanced(b"six", number=9, order=">")
        + block(5, struct.pack(">III", 0, 0, 0) + struct.pack(">HHQ", 5, 8, 2) + bytes(4), ">")
    )
    rows, info = read(data)
    assert rows == [
        (b"one", 90, 7, 1, 0),
        (b"two", 3, 8000, 101, 1),
        (b"three", 5, 0, 1, 0),
        (b"four", 4, 8 * SECOND, 113 | 4 << 16, 2),
        (b"five", 4, 2 * SECOND, 113 | 4 << 16, 2),
        (b"six", 3, 0, 0xFFFF, 2),  # names an interface that its section does not describe
    ]
    assert info.interfaces == ["eth0", "tunnel device", "interface 2"]
    assert info.comments == ["from the filler", "left port", "second", "pump stops"]
    assert (info.format, info.packets, info.truncated_packets, info.unread) == ("pcapng", 6, 1, "")
    assert info.dropped_packets == 14  # 11 and 3 of the packet blocks; the statistics know of 2 only


def test_simple_packets_are_cut_at_the_snapshot_length_of_the_first_interface() -> None:
    data = section() + interface(1, snapshot=6) + simple(b"abcdefgh", wire=100) + simple(b"abc")
    assert [(r[0], r[1]) for r in read(data)[0]] == [(b"abcdef", 100), (b"abc", 3)]


def test_a_huge_block_without_packets_is_passed_over() -> None:
    big = block(0x0BAD, bytes(5 << 20))
    rows, info = read(section() + interface() + enhanced(b"a") + big + enhanced(b"b"))
    assert ([r[0] for r in rows], info.unread) == ([b"a", b"b"], "")
    assert (
        "ends inside the block after packet 1" in read(section() + interface() + enhanced(b"a") + big[:-99])[1].unread
    )


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def capture(packets: int = 3000, seed: int = 1) -> bytes:
    rng = random.Random(seed)  # noqa: S311
    return pcap([(1700000000 + i, i, rng.randbytes(rng.randrange(40, 200))) for i in range(packets)])


@pytest.mark.parametrize("codec", COMPRESSORS)
def test_compressed_captures(codec: str) -> None:
    plain = capture()
    compress = COMPRESSORS[codec]
    whole, parts = compress(plain), b"".join(compress(plain[i : i + 50000]) for i in range(0, len(plain), 50000))
    for data in (whole, parts, parts + bytes(1000)):
        rows, info = read(data)
        assert rows == read(plain)[0]
        assert (info.format, info.size, info.unread) == (f"pcap+{codec}", len(data), "")
        assert info.sha256 == hashlib.sha256(data).hexdigest()
        assert is_capture(data[:4096])


@pytest.mark.parametrize("codec", COMPRESSORS)
def test_a_cut_compressed_capture_gives_what_came_before(codec: str) -> None:
    data = COMPRESSORS[codec](capture(20000))
    cut = data[: len(data) * 9 // 10]
    rows, info = read(cut)
    assert 10000 < len(rows) < 20000
    assert rows == read(capture(20000))[0][: len(rows)]
    assert info.unread == f"byte {len(cut)}: the {codec} data is cut off"
    assert (info.size, info.sha256) == (len(cut), hashlib.sha256(cut).hexdigest())


@pytest.mark.parametrize("codec", ["gzip", "xz"])  # the others give nothing before their last bytes
def test_a_small_compressed_capture_without_its_end_is_not_whole(codec: str) -> None:
    cut = COMPRESSORS[codec](capture(10))[:-4]
    rows, info = read(cut)
    assert len(rows) == 10
    assert info.unread == f"byte {len(cut)}: the {codec} data is cut off"


@pytest.mark.parametrize("codec", COMPRESSORS)
def test_a_damaged_compressed_capture_gives_what_came_before(codec: str) -> None:
    parts = [COMPRESSORS[codec](p) for p in (capture(20000), bytes(5000))]
    data = parts[0] + parts[1][:6] + b"\xff" * 64 + parts[1][70:]
    rows, info = read(data)
    assert len(rows) == 20000
    assert f"the {codec} data is corrupt" in info.unread
    assert info.unread.startswith("near byte ")
    rows, info = read(parts[0] + b"something else")
    assert len(rows) == 20000
    assert info.unread == f"byte {len(parts[0])}: what follows the {codec} data is not {codec} data"
    with pytest.raises(InputError, match=f"the {codec} data is"):
        read(data[:6] + b"\xff" * 200)


def test_a_decompression_bomb_needs_little_memory() -> None:
    zeros = bytes(60 << 20)
    for codec, compress in COMPRESSORS.items():
        data = compress(section() + interface() + block(0x0BAD, zeros) + enhanced(b"end"))
        tracemalloc.start()
        rows, _ = read(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [r[0] for r in rows] == [b"end"]
        assert peak < 42 << 20, codec


def test_data_that_grows_as_no_traffic_does_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits._Current, "ceilings", limits.parse(["growth=20", f"growth-free={1 << 20}"]))
    for codec, compress in COMPRESSORS.items():
        more = compress(b"".join(pcap_record((1, 0, bytes(1000))) for _ in range(5000)))
        rows, info = read(compress(pcap([(1, 0, b"first")])) + more * 8)
        assert 0 < len(rows) < 40_000, codec
        assert f"the {codec} data expands more than 20-fold" in info.unread, codec
        assert len(read(compress(pcap([(1, 0, bytes(1000))] * 1000)))[0]) == 1000, codec  # free as far as this


def test_names_and_comments_are_kept_within_limits() -> None:
    name, comment = b"n" * 60_000, b"c" * 60_000
    each = section() + interface(1, (2, name)) + enhanced(b"packet", (1, comment)) + block(5, bytes(12))
    rows, info = read(each * 5000)
    assert [r[4] for r in rows] == list(range(5000))
    assert len(info.interfaces) == 4096
    assert {len(text) for text in (*info.interfaces, *info.comments)} == {4096}


@pytest.mark.parametrize(
    ("option", "filters"),
    [
        (b"\0tcp port 502", ["tcp port 502"]),
        (b"tcp port 502", ["tcp port 502"]),  # as some write it
        (b"\0 tcp port 502\0", ["tcp port 502"]),
        (b"\1\0\0\0\x06\0\0\0\0", ["BPF"]),
        (b"\0", []),
        (b"\0 ", []),
        (b"", []),
    ],
)
def test_filters_of_interfaces_are_kept(option: bytes, filters: list[str]) -> None:
    _, info = read((section() + interface(1, (11, option))) * 2 + enhanced(b"packet"))
    assert info.filters == filters
    assert info.complete is not bool(filters)
    assert all(text in info.left_out for text in filters)


def test_filters_are_kept_within_limits() -> None:
    each = (interface(1, (11, b"\0%d" % n + b"x" * 60_000)) for n in range(500))
    _, info = read(section() + b"".join(each) + enhanced(b"packet"))
    assert len(info.filters) == 100
    assert {len(text) for text in info.filters} == {4096}


def test_what_was_lost_as_it_was_recorded_is_said() -> None:
    lost = block(5, struct.pack("<III", 0, 0, 0) + struct.pack("<HHQ", 5, 8, 1200))
    _, info = read(section() + interface() + enhanced(b"packet") + lost)
    assert not info.complete
    assert info.left_out == "1,200 packets were lost as it was recorded"


def test_packets_lost_in_every_section_are_lost() -> None:
    lost = [block(5, struct.pack("<III", 0, 0, 0) + struct.pack("<HHQ", 5, 8, n)) for n in (3, 7)]
    _, info = read((section() + interface() + lost[0] + lost[1]) * 2 + section() + lost[1])
    assert info.dropped_packets == 14  # the latest count of each interface; the last section describes none


def test_records_across_buffers_and_full_indexes() -> None:
    rng = random.Random(2)  # noqa: S311
    records = [(i, 0, rng.randbytes(rng.choice((0, 1, 60, 1500, 70000)))) for i in range(400)]
    records += [(i, 0, b"x") for i in range(70000)]
    for data in (
        pcap(records),
        section() + interface() + b"".join(enhanced(d, stamp=i * 1000000) for i, _, d in records),
    ):
        assert len(data) > 3 * ReadAhead.SIZE
        rows, info = read(data)
        assert [(r[0], r[2]) for r in rows] == [(d, i * SECOND) for i, _, d in records]
        assert info.sha256 == hashlib.sha256(data).hexdigest()


class Pipe(io.RawIOBase):
    """Standard input: no seeking, short reads."""

    def __init__(self, data: bytes, fails_at: int = -1) -> None:
        self.data, self.at, self.fails_at = data, 0, fails_at

    def readable(self) -> bool:
        return True

    def readinto(self, view: memoryview) -> int:
        if self.at == self.fails_at:
            raise OSError(5, "Input/output error")
        end = min(self.at + 997, len(self.data), self.at + len(view))
        if self.fails_at >= 0:
            end = min(end, self.fails_at)
        n = end - self.at
        view[:n] = self.data[self.at : end]
        self.at = end
        return n


def read_pipe(pipe: Pipe) -> tuple[int, CaptureInfo]:
    with open_capture(pipe, "standard input") as source:
        packets = sum(chunk.index.count for chunk in source.chunks())
    return packets, source.info


def test_standard_input() -> None:
    data = capture()
    packets, info = read_pipe(Pipe(data))
    assert (packets, info.source, info.sha256) == (3000, "standard input", hashlib.sha256(data).hexdigest())
    assert read_pipe(Pipe(_gzip(data)))[0] == 3000


def test_a_read_error_keeps_what_came_before() -> None:
    packets, info = read_pipe(Pipe(capture(), fails_at=100_000))
    assert 0 < packets < 3000
    assert info.unread == "byte 100000: cannot be read: Input/output error"
    with pytest.raises(InputError, match="byte 10: cannot be read: Input/output error"):
        read_pipe(Pipe(capture(), fails_at=10))


@pytest.mark.parametrize(("magic", "what"), REFUSED + ARCHIVES)
def test_known_formats_that_are_not_read(magic: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(magic + bytes(100), "plant.cap")
    text = str(caught.value)
    assert text.startswith(f"plant.cap: {what}, which is not supported; ")
    assert "\n" not in text
    assert is_capture(magic + bytes(100)) == ((magic, what) in REFUSED)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.pcap: the file is empty"),
        (b"Frame 1: 60 bytes on wire\n", "x.pcap: text, not a packet capture"),
        ("名称,地址\r\n".encode() * 9, "x.pcap: text, not a packet capture"),
        (b"\x00\x01\x02\x03" * 9, "x.pcap: byte 0: not a packet capture: it begins with 0x00010203"),
        (pcap_header()[:20], "x.pcap: byte 20: the file ends inside its header"),
        (pcap_header(version=(3, 0)), "x.pcap: byte 4: pcap version 3.0 is not known (2.4 is)"),
        (pcap([(1, 0, b"abcd")])[:-1], "x.pcap: byte 24: the file ends inside packet 1; no packet"),
        (section(version=(2, 0)), "x.pcap: byte 0: pcapng version 2.0 is not known (1.0 is); no packet"),
        (section()[:20], "x.pcap: byte 0: the file ends inside the block after packet 0; no packet"),
        (b"\x0a\x0d\x0d\x0a" + bytes(20), "x.pcap: byte 0: a section header has no valid byte-order mark; no"),
        (_gzip(b"hello world"), "x.pcap: the gzip data is text, not a packet capture"),
        (_gzip(b""), "x.pcap: the gzip data is empty"),
        (_gzip(b"snoop\0\0\0"), "x.pcap: the gzip data is a Solaris snoop capture, which is not supported; save"),
    ],
)
def test_what_is_no_capture_is_told_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.pcap: cannot be opened: No such file or directory"):
        open_capture(tmp_path / "none.pcap")
    with pytest.raises(InputError, match="Is a directory"):
        open_capture(tmp_path)


def test_a_corrupt_record_length_ends_the_capture_at_its_place() -> None:
    data = pcap([(1, 0, b"abcd"), (2, 0, b"efgh")]) + struct.pack("<IIII", 3, 0, 0x7FFFFFFF, 4) + bytes(5000)
    rows, info = read(data)
    assert len(rows) == 2
    assert info.unread == "byte 64: packet 3 claims 2147483647 captured bytes, which is impossible"
    assert info.sha256 == hashlib.sha256(data).hexdigest()
    _, info = read(_gzip(data))
    assert info.unread.startswith("byte 64 of the decompressed capture: packet 3 claims")


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        (struct.pack("<III", 6, 44, 0) + bytes(100), "the block of packet 2 contradicts its lengths"),
        (struct.pack("<II", 6, 0) + bytes(100), "the block of packet 2 contradicts its lengths"),
        (struct.pack("<II", 6, 0x7FFFFFFF) + bytes(100), "the block of packet 2 contradicts its lengths"),
        (struct.pack("<II", 0x0BAD, 8) + bytes(100), "a block claims a length of 8 bytes"),
        (struct.pack("<II", 1, 0x7FFFFFFC) + bytes(100), "a block that describes the capture claims 2147483644 bytes"),
        (struct.pack("<II", 1, 20) + bytes(100), "the two lengths of a block differ"),
        (block(1, b"abcd"), "a block of type 1 is too short"),
        (interface() * 5000, "more interfaces than a capture can have"),
    ],
)
def test_a_corrupt_block_ends_the_capture_at_its_place(tail: bytes, message: str) -> None:
    head = section() + interface() + enhanced(b"abcd")
    rows, info = read(head + tail)
    assert len(rows) == 1
    assert message in info.unread
    place = len(head) if tail != interface() * 5000 else len(head) + 4095 * len(interface())
    assert info.unread.startswith(f"byte {place}: ")


@pytest.mark.parametrize(
    ("head", "records"),
    [
        (pcap_header(), [pcap_record((i, 0, bytes(i))) for i in range(6)]),
        (section() + interface(), [enhanced(bytes(i), (1, b"comment"), stamp=i) for i in range(6)]),
    ],
)
def test_truncation_at_every_byte(head: bytes, records: list[bytes]) -> None:
    ends = [len(head) + sum(map(len, records[: i + 1])) for i in range(len(records))]
    data = head + b"".join(records)
    for size in range(ends[0], len(data)):
        rows, info = read(data[:size])
        assert len(rows) == sum(e <= size for e in ends)
        last = max(e for e in ends if e <= size)
        assert info.unread == "" if size == last else info.unread.startswith(f"byte {last}: the file ends inside")


def test_reading_can_stop_early() -> None:
    before = threading.active_count()
    with open_capture(io.BytesIO(capture(100000))) as source:
        assert next(source.chunks()).index.count
    assert threading.active_count() == before


SEEDS = [
    capture(20),
    pcap([(1, 0, bytes(60))] * 5, ">", nanoseconds=True),
    section() + interface(1, (9, b"\x86")) + enhanced(b"abc", (1, b"c")) * 4 + simple(b"d") + obsolete(b"e"),
    section(">") + interface(order=">") + enhanced(bytes(40), order=">") * 3 + section() + interface() + simple(b"z"),
    _gzip(capture(20)),
    bz2.compress(capture(20)),
    lzma.compress(capture(20)),
    COMPRESSORS["zstd"](capture(20)),
]


def survives(data: bytes) -> None:
    try:
        rows, info = read(data)
    except InputError:
        return
    assert info.packets == len(rows)
    assert info.size == len(data)
    assert all(r[2] >= 0 and r[1] >= len(r[0]) for r in rows)


@given(st.sampled_from(SEEDS), st.binary(max_size=300), st.integers(0, 40))
@settings(max_examples=300, deadline=None)
def test_random_bytes_behind_a_true_beginning(seed: bytes, rest: bytes, keep: int) -> None:
    survives(seed[:keep] + rest)


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6), st.data())
@settings(max_examples=300, deadline=None)
def test_true_captures_with_changed_bytes(seed: bytes, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    survives(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
