"""What goes over TCP means the same within a WebSocket, whatever its frames, and what cannot be told is not read."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.engine.judge import judge
from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.results.model import Verdict
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.conformance.changes import TODAY, judging
from tests.protocols.recordings import CAPTURES
from tests.twins import ends, records

Talk = list[tuple[bool, bytes]]  # from the client, what it sends in one segment
SAME = ("mqtt/v311_user", "mqtt/v5", "mqtt/sparkplug", "opcua/none", "opcua/sign", "s7comm/snap7", "modbus/umas")
CLIENT, SERVER, PORT = "10.20.0.75", "10.20.0.20", 8099
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
FIN, RSV1 = 0x80, 0x40
ASKS = (
    b"GET /live HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n%s\r\n"
)
GOES_OVER = (
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n%s\r\n"
)
DEFLATES = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


@cache
def talks(name: str) -> tuple[Talk, ...]:
    """The connections of a recording without losses, as the payloads of their segments."""
    found: dict[frozenset, Talk] = {}
    opened: dict[frozenset, object] = {}
    for _, _, frame, _ in records(CAPTURES / f"{name}.pcap"):
        if frame[12:14] != b"\x08\0" or frame[23] != 6:
            continue
        sender, receiver = ends(frame)
        both = frozenset((sender, receiver))
        if frame[47] & 2 and not frame[47] & 16:
            opened[both] = sender
        payload = frame[34 + (frame[46] >> 4) * 4 : 14 + int.from_bytes(frame[16:18], "big")]
        if payload:
            found.setdefault(both, []).append((sender == opened.get(both, sender), payload))
    return tuple(found.values())


def frame(data: bytes, first: int = FIN | BINARY, *, masked: bool = False, wide: bool = False) -> bytes:
    size = len(data)
    length, more = (126, struct.pack(">H", size)) if 125 < size < 1 << 16 else (size, b"")
    if wide or size >= 1 << 16:
        length, more = 127, struct.pack(">Q", size)
    head = bytes((first, length | (0x80 if masked else 0))) + more
    key = struct.pack(">I", (size + 1) * 2_654_435_761 & 0xFFFFFFFF)
    return head + key + bytes(b ^ key[n & 3] for n, b in enumerate(data)) if masked else head + data


class Sender:
    """One side; ``shape`` says how its frames are made."""

    def __init__(self, shape: str, masked: bool) -> None:
        self.shape, self.masked = shape, masked
        self.deflate = zlib.compressobj(wbits=-15)

    def frames(self, data: bytes) -> list[bytes]:
        """The segments in which the bytes are sent."""
        return [*getattr(self, f"_{self.shape}")(data)]

    def _frame(self, data: bytes, first: int = FIN | BINARY, **more: bool) -> bytes:
        return frame(data, first, masked=self.masked, **more)

    def _plain(self, data: bytes) -> Iterator[bytes]:
        yield self._frame(data)

    def _wide(self, data: bytes) -> Iterator[bytes]:
        yield self._frame(data, wide=True)

    def _fragments(self, data: bytes) -> Iterator[bytes]:
        """Of a message, with a ping and a pong between them; the last is empty."""
        yield self._frame(data[:3], BINARY)
        yield self._frame(b"are you there", FIN | PING) + self._frame(data[3:], 0)
        yield self._frame(b"", FIN | 10) + self._frame(b"", FIN)

    def _split(self, data: bytes) -> Iterator[bytes]:
        """Several messages, in segments of 7 bytes."""
        raw = b"".join(self._frame(data[at : at + 11]) for at in range(0, len(data), 11))
        yield from (raw[at : at + 7] for at in range(0, len(raw), 7))

    def _deflated(self, data: bytes) -> Iterator[bytes]:
        """In two fragments; the dictionary is kept from message to message."""
        small = (self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")
        half = len(small) // 2
        yield self._frame(small[:half], RSV1 | BINARY) + self._frame(small[half:], FIN)

    def _deflated_at_times(self, data: bytes) -> Iterator[bytes]:
        yield from self._deflated(data) if len(data) % 2 else self._plain(data)


SHAPES = ("plain", "wide", "fragments", "split", "deflated", "deflated_at_times")


def write(path: Path, found: tuple[Talk, ...], shape: str, *, extension: bytes = DEFLATES, halves: int = 1) -> None:
    with Wire(path) as wire:
        for talk in found:
            link = wire.tcp(CLIENT, SERVER, PORT)
            link.client(ASKS % extension)
            answer = GOES_OVER % extension
            sides = {True: Sender(shape, True), False: Sender(shape, False)}
            at_once = 0 if talk[0][0] else 1  # in the segment of the answer
            answer += b"".join(part for _, data in talk[:at_once] for part in sides[False].frames(data))
            for n in range(halves):
                link.server(answer[len(answer) * n // halves : len(answer) * (n + 1) // halves])
            for client, data in talk[at_once:]:
                for segment in sides[client].frames(data):
                    (link.client if client else link.server)(segment)
            link.client(frame(b"\x03\xe8", FIN | CLOSE, masked=True))
            link.close()


def in_clear(path: Path, found: tuple[Talk, ...]) -> None:
    with Wire(path) as wire:
        for talk in found:
            link = wire.tcp(CLIENT, SERVER, PORT)
            for client, data in talk:
                (link.client if client else link.server)(data)
            link.close()


def facts(path: Path) -> Facts:
    return read_inputs(list(find_inputs([str(path)], [])), jobs=1).facts


def said(found: Facts) -> tuple[set, set]:
    """Operations and sessions, but for HTTP's own."""
    columns = ("protocol", "verb", "function", "code", "unit", "object", "detail", "refusal", "outcome", "count")
    operations = found["operations"].select(c for c in columns if c in found["operations"].columns)
    of_sessions = ("protocol", "versions", "credentials", "encrypted", "authenticated", "detail")
    sessions = found["sessions"].select(c for c in of_sessions if c in found["sessions"].columns)
    return tuple({str(row) for row in table.iter_rows() if row[0] != "http"} for table in (operations, sessions))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SAME)
def test_the_same_is_said(tmp_path, name, shape):
    in_clear(tmp_path / "clear.pcap", talks(name))
    write(tmp_path / "within.pcap", talks(name), shape)
    clear = said(facts(tmp_path / "clear.pcap"))
    assert len(clear[0]) > 2
    assert said(facts(tmp_path / "within.pcap")) == clear


def test_an_answer_in_several_segments(tmp_path):
    for halves in (2, 5, 40):
        write(tmp_path / "within.pcap", talks("mqtt/v5"), "fragments", halves=halves)
        in_clear(tmp_path / "clear.pcap", talks("mqtt/v5"))
        assert said(facts(tmp_path / "within.pcap")) == said(facts(tmp_path / "clear.pcap"))


def verdicts(found: Facts) -> dict[str, Verdict]:
    return {rule.rule: rule.verdict for rule in judge(found, *judging(), today=TODAY).rules}


@pytest.mark.parametrize("name", SAME)
def test_every_rule_that_fails_fails(tmp_path, name):
    """And none passes because what it is about cannot be seen."""
    in_clear(tmp_path / "clear.pcap", talks(name))
    write(tmp_path / "within.pcap", talks(name), "fragments")
    clear, within = verdicts(facts(tmp_path / "clear.pcap")), verdicts(facts(tmp_path / "within.pcap"))
    proven = (Verdict.FAIL, Verdict.REVIEW)
    assert {r for r, v in clear.items() if v in proven} <= {r for r, v in within.items() if v in proven}
    assert not {r for r, v in within.items() if v is Verdict.PASS and clear[r] in proven}


def unread(path: Path) -> int:
    flows = facts(path)["flows"]
    return sum(int(flows[f"{side}_unread"].sum()) for side in ("client", "server"))


def test_all_is_read(tmp_path):
    for shape in SHAPES:
        write(tmp_path / "within.pcap", talks("mqtt/v311_user"), shape)
        assert unread(tmp_path / "within.pcap") == 0, shape


def test_compressed_frames_that_nobody_agreed_upon_are_unread(tmp_path):
    write(tmp_path / "within.pcap", talks("mqtt/v311_user"), "deflated", extension=b"")
    assert unread(tmp_path / "within.pcap") > 100
    assert said(facts(tmp_path / "within.pcap")) == (set(), set())


def test_a_lost_segment_is_missing_and_what_follows_is_read(tmp_path):
    write(tmp_path / "whole.pcap", talks("mqtt/v311_user"), "plain")
    sent = records(tmp_path / "whole.pcap")
    carrying = [n for n, (_, _, data, _) in enumerate(sent) if n > 6 and len(data) > 60]
    for n in carrying:
        (tmp_path / "holed.pcap").write_bytes(pcap([(s, f, data) for k, (s, f, data, _) in enumerate(sent) if k != n]))
        assert unread(tmp_path / "holed.pcap") > 0
    holed = said(facts(tmp_path / "holed.pcap"))[0]
    assert holed


def test_without_the_handshake_the_client_is_unread(tmp_path):
    write(tmp_path / "whole.pcap", talks("mqtt/sparkplug"), "plain")
    sent = records(tmp_path / "whole.pcap")
    midway = [(s, f, data) for s, f, data, _ in sent if b"HTTP/1.1" not in data and not data[47] & 2]
    (tmp_path / "midway.pcap").write_bytes(pcap(midway))
    found = verdicts(facts(tmp_path / "midway.pcap"))
    in_clear(tmp_path / "clear.pcap", talks("mqtt/sparkplug"))
    clear = verdicts(facts(tmp_path / "clear.pcap"))
    proven = (Verdict.FAIL, Verdict.REVIEW)
    silent = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    assert not {r for r, v in found.items() if v in silent and clear[r] in proven}


def test_what_grows_without_end_is_unread(tmp_path):
    """A message of 64 MB in 64 KB, and what follows it."""
    bomb = zlib.compressobj(9, wbits=-15)
    small = bomb.compress(bytes(1 << 26)) + bomb.flush(zlib.Z_SYNC_FLUSH)
    with Wire(tmp_path / "bomb.pcap") as wire:
        link = wire.tcp(CLIENT, SERVER, PORT)
        link.client(ASKS % DEFLATES)
        link.server(GOES_OVER % DEFLATES)
        link.client(frame(small, FIN | RSV1 | BINARY, masked=True))
        link.close()
    assert unread(tmp_path / "bomb.pcap") > 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=300)), max_size=12), st.binary(max_size=20))
def test_any_bytes_may_follow(sent, behind):
    with TemporaryDirectory() as folder:
        with Wire(Path(folder) / "any.pcap") as wire:
            link = wire.tcp(CLIENT, SERVER, PORT)
            link.client(ASKS % DEFLATES)
            link.server(GOES_OVER % DEFLATES + behind)
            for client, data in sent:
                (link.client if client else link.server)(data)
            link.close()
        facts(Path(folder) / "any.pcap")
