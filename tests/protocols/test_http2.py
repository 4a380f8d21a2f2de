"""HTTP/2: recorded sessions of curl and the library h2, and frames built from RFC 9113 and RFC 7541."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hpack import Encoder
from hpack.struct import NeverIndexedHeaderTuple
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.engine.verdict.judged_facts import enriched
from scanner.facts.build import capture_facts
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.http import _http2_frames as frames
from scanner.protocols.http._http2_reader import Reader
from scanner.wording import plain
from tests.capture.files import pcap
from tests.conformance.changes import rules
from tests.engine.engine_cases import judged, well_seen
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture
from tests.twins import Record, in_pieces, records, requests_only

GET = ((":method", "GET"), (":scheme", "http"), (":path", "/values"), (":authority", "plc.example"))
POST = ((":method", "POST"), (":scheme", "http"), (":path", "/api"), (":authority", "plc.example"))
BASIC = ("authorization", "Basic YTpi")
JSON = ("content-type", "application/json")
ENDS, WHOLE = frames.END_STREAM, frames.END_HEADERS


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return len(content).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + content


def message(data: bytes, lost: int = 0, from_client: bool = True) -> Message:
    return Message(data, len(data), from_client, connection=1, lost=lost)


class Client:
    """What one client sends, read in order."""

    def __init__(self, *, midway: bool = False) -> None:
        self.encoder, self.reader, self.stream = Encoder(), Reader(), 1
        if not midway:
            self.read(frame(frames.SETTINGS, 0, 0, b""))

    def read(self, data: bytes, lost: int = 0) -> list:
        return list(self.reader.read(message(data, lost)))

    def block(self, *fields: tuple[str, str]) -> bytes:
        return self.encoder.encode(list(fields))

    def asks(self, *fields: tuple[str, str], lost: int = 0, flags: int = ENDS | WHOLE) -> list:
        return self.read(frame(frames.HEADERS, flags, self.stream, self.block(*fields)), lost)

    def posts(self, *parts: bytes, fields: tuple = (JSON,)) -> list:
        rows = self.asks(*POST, *fields, flags=WHOLE)
        for part in parts[:-1]:
            rows += self.read(frame(frames.DATA, 0, self.stream, part))
        return rows + self.read(frame(frames.DATA, ENDS, self.stream, parts[-1]))


def kinds(rows: list) -> set[str]:
    return {r.credentials for r in rows if isinstance(r, Session) and r.credentials not in ("", "none")}


def unread(rows: list) -> set[str]:
    return {name for r in rows if isinstance(r, Session) for name in r.unread}


def recorded(name: str) -> list:
    return [row for _, _, row in told(CAPTURES / "http" / name)]


def test_a_recorded_visit():
    rows = recorded("http2_visit.pcap")
    asked = [(r.verb, r.function, r.object) for r in rows if isinstance(r, Operation) and r.kind is Kind.REQUEST]
    assert asked == [
        (Verb.READ, "GET", "/"),
        (Verb.READ, "GET", "/values"),
        (Verb.READ, "GET", "/missing"),
        (Verb.FILE_DELETE, "DELETE", "/recipes/7"),
    ]
    assert [r.refusal for r in rows if isinstance(r, Operation) and r.kind is Kind.REFUSAL] == ["404 Not Found"]
    assert {r.value for r in rows if isinstance(r, Identity)} >= {"ExamplePLC/3.1"}
    assert not unread(rows)
    assert not kinds(rows)


@pytest.mark.parametrize("name", ["http2_credentials.pcap", "http2_credentials_port_18080.pcap"])
def test_recorded_credentials_are_those_of_http_1(name):
    rows = recorded(name)
    assert kinds(rows) == {"basic", "bearer", "form"}
    assert not unread(rows)


def test_a_log_in_that_only_a_body_has():
    assert kinds(recorded("http2_body_only_port_18080.pcap")) == {"form"}
    assert not kinds(recorded("http2_harmless_port_18080.pcap"))
    assert not unread(recorded("http2_harmless_port_18080.pcap"))


def test_an_upgraded_connection_is_read():
    rows = recorded("http2_upgraded.pcap")
    assert kinds(rows) == {"basic", "bearer"}


@pytest.mark.parametrize("path", sorted((CAPTURES / "http").glob("http2_*.pcap")), ids=lambda p: p.name)
def test_all_of_a_recording_is_http_and_no_secret_leaves_it(path):
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("http",)}
    assert not any(c.skipped_bytes for c in result.conversations) or "upgraded" in path.name
    assert "secret" not in str(understood.rows).lower()


def test_fields_of_the_dynamic_table():
    client = Client()
    assert kinds(client.asks(*GET, BASIC)) == {"basic"}
    assert len(client.block(*GET, BASIC)) < 8
    assert kinds(client.asks(*GET, BASIC)) == {"basic"}


def test_a_block_in_several_frames_with_padding_and_priority():
    client = Client()
    block = client.block(*GET, BASIC)
    first = bytes((3,)) + bytes(5) + block[:4] + bytes(3)
    flags = ENDS | frames.PADDED | frames.PRIORITY
    assert not client.read(frame(frames.HEADERS, flags, 1, first))
    assert not client.read(frame(frames.CONTINUATION, 0, 1, block[4:9]))
    assert kinds(client.read(frame(frames.CONTINUATION, WHOLE, 1, block[9:]))) == {"basic"}


def test_midway_known_fields_are_read_and_others_make_it_unread():
    client = Client()
    client.asks(*GET, BASIC)
    later = Client(midway=True)
    later.encoder = client.encoder
    assert unread(later.asks(*GET, BASIC)) == {"credentials", "server_names"}
    rows = later.asks(*GET, ("authorization", "Bearer x"))
    assert kinds(rows) == {"bearer"}


def test_what_is_lost_is_not_guessed():
    client = Client()
    client.asks(*GET)
    client.block(*GET, ("x-one", "1"), BASIC)  # never captured
    rows = client.asks(*GET, BASIC, lost=100)
    assert unread(rows) == {"credentials", "server_names"}
    assert kinds(client.asks(*GET, ("x-api-key", "k"), lost=100)) == {"bearer"}


def test_other_connections_and_directions_have_tables_of_their_own():
    client = Client()
    client.asks(*GET, BASIC)
    block = client.block(*GET, BASIC)
    other = replace(message(frame(frames.HEADERS, ENDS | WHOLE, 1, block)), connection=2)
    assert unread(list(client.reader.read(other))) == {"credentials", "server_names"}


@pytest.mark.parametrize(
    ("parts", "found", "clean"),
    [
        ((b'{"password": "x"}',), {"form"}, True),
        ((b'{"user": {"pass', b'word": "x"}}'), {"form"}, True),
        ((b'{"value": 1}', b""), set(), True),
        ((b'{"value": "' + b"x" * 9000,), set(), False),
    ],
    ids=["json", "split", "harmless", "long"],
)
def test_bodies(parts, found, clean):
    rows = Client().posts(*parts)
    assert kinds(rows) == found
    assert (unread(rows) == set()) is clean


def test_a_body_that_cannot_be_read_is_unread():
    assert unread(Client().posts(b"x", fields=(JSON, ("content-encoding", "br")))) == {"credentials"}
    assert unread(Client().posts(b"\1\2", fields=())) == {"credentials"}


def test_grpc_names_its_service():
    client = Client()
    path = (":path", "/gnmi.gNMI/Set")
    rows = client.asks(
        POST[0], path, ("content-type", "application/grpc+proto"), ("username", "a"), ("password", "b"), flags=WHOLE
    )
    (asked,) = (r for r in rows if isinstance(r, Operation))
    assert (asked.verb, asked.object, asked.detail) == (Verb.CONFIGURE, "/gnmi.gNMI/Set", "gRPC, gNMI")
    assert kinds(rows) == {"password"}


@pytest.mark.parametrize(
    ("method", "verb"),
    [
        ("GetValues", Verb.READ),
        ("ListDevices", Verb.READ),
        ("GetOrderAndroid", Verb.READ),
        ("ServerMetadata", Verb.READ),
        ("GetAndSet", Verb.WRITE),
        ("ReadOrCreateRecipe", Verb.WRITE),
        ("Listen", Verb.WRITE),
        ("SetMetadata", Verb.WRITE),
        ("ResetStatistics", Verb.WRITE),
    ],
)
def test_only_a_method_that_does_nothing_else_reads(method, verb):
    rows = Client().asks(POST[0], (":path", f"/plant.Values/{method}"), ("content-type", "application/grpc"))
    assert [r.verb for r in rows if isinstance(r, Operation)] == [verb]


PART = b'{"value": "' + b"x" * 50
UNREADABLE = [
    ((b"\xa1\x68password\x61x",), JSON, (set(), True)),  # CBOR
    ((PART, b'", "password": "x", "name": "', b'\xe5\x90\x8d"}'), JSON, ({"form"}, True)),
    ((b"\x89PNG" + bytes(40),), ("content-type", "image/png"), (set(), False)),
    ((b'{"password": "x"}',), ("content-type", "application/grpc"), ({"form"}, False)),
    ((b"\0\0\0\0\x05hello",), ("content-type", "application/grpc+proto"), (set(), False)),
    ((b"\0\0\0\0\x14hello", b" there, go on"), ("content-type", "application/grpc+json"), (set(), False)),
]


@pytest.mark.parametrize(("parts", "said", "expected"), UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize("both", [True, False])
def test_bodies_that_are_not_what_they_are_said_to_be(tmp_path, parts, said, expected, both):
    block = Encoder().encode([*POST, said])
    with Wire(tmp_path / "x.pcap") as wire:
        tcp = wire.tcp("10.20.10.21", "10.20.10.80", 18080)
        tcp.client(frames.PREFACE + frame(frames.SETTINGS, 0, 0, b""))
        tcp.server(frame(frames.SETTINGS, 0, 0, b""))
        tcp.client(frame(frames.HEADERS, WHOLE, 1, block))
        for number, part in enumerate(parts, 1):
            tcp.client(frame(frames.DATA, ENDS if number == len(parts) else 0, 1, part))
        tcp.server(frame(frames.HEADERS, ENDS | WHOLE, 1, b"\x88"))
        tcp.close()
    sent = records(tmp_path / "x.pcap")
    found, missing = seen(sent if both else requests_only(sent))
    assert (found, "credentials" in missing) == expected


def test_a_block_that_grows_beyond_bounds_is_unread():
    client = Client()
    big = client.block(("x", "y" * 3000))
    again = bytes((0x80 | 62,)) * 5000
    rows = client.read(frame(frames.HEADERS, ENDS | WHOLE, 1, big + again))
    assert unread(rows) == {"credentials", "server_names"}


def test_half_a_header_is_malformed():
    with pytest.raises(Malformed):
        Client().read(b"\0\0\0\1")


@given(st.binary(max_size=300), st.integers(0, 10), st.integers(0, 255))
def test_any_frame_is_read(content, kind, flags):
    client = Client()
    client.read(frame(kind, flags, 1, content))
    assert kinds(client.asks(*GET, BASIC)) | unread(client.asks(*GET, BASIC))


def seen(all_records: list[Record]) -> tuple[set[str], set[str]]:
    """Kinds of credentials, and what is unread, of a capture."""
    result = read_capture(io.BytesIO(pcap(all_records)), "x", framing_plan())
    understood = understand(result, protocols())
    assert set(understood.spoken.values()) == {("http",)}
    rows = [row for _, row in understood.others]
    return kinds(rows), unread(rows)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_segments_of_any_size_and_one_direction(size):
    whole = records(CAPTURES / "http" / "http2_credentials_port_18080.pcap")
    assert seen(in_pieces(size)(whole)) == ({"basic", "bearer", "form"}, set())
    assert seen(in_pieces(size)(requests_only(whole))) == ({"basic", "bearer", "form"}, set())


@pytest.mark.parametrize("first", [4, 6, 8, 10])
def test_a_capture_that_begins_midway_is_not_clean(first):
    whole = records(CAPTURES / "http" / "http2_harmless_port_18080.pcap")
    assert seen(whole) == (set(), set())
    assert "credentials" in seen(whole[first:])[1]


def visit(folder: Path, what: str, *, indexed: bool) -> list[Record]:
    """Harmless requests, and one with a secret: in a header block, in one that goes on, in a body, in a cookie that
    is set, in the last request; each with the dynamic table or without.
    """
    encoder, path = Encoder(), folder / "visit.pcap"

    def block(*fields: tuple[str, str]) -> bytes:
        return encoder.encode([field if indexed else NeverIndexedHeaderTuple(*field) for field in fields])

    with Wire(path) as wire:
        tcp = wire.tcp("10.20.10.21", "10.20.10.80", 18080)
        tcp.client(frames.PREFACE + frame(frames.SETTINGS, 0, 0, b""))
        tcp.server(frame(frames.SETTINGS, 0, 0, b"") + frame(frames.SETTINGS, frames.ACK, 0, b""))
        tcp.client(frame(frames.SETTINGS, frames.ACK, 0, b""))

        def get(stream: int, *more: tuple[str, str], answer: bytes = b"\x88") -> None:
            tcp.client(frame(frames.HEADERS, ENDS | WHOLE, stream, block(*GET, *more)))
            tcp.server(frame(frames.HEADERS, ENDS | WHOLE, stream, answer))

        get(1)
        if what == "header":
            get(3, BASIC)
        elif what == "continuation":
            whole = block(*GET, BASIC)
            tcp.client(frame(frames.HEADERS, ENDS, 3, whole[:12]))
            tcp.client(frame(frames.CONTINUATION, WHOLE, 3, whole[12:]))
        elif what == "body":
            tcp.client(frame(frames.HEADERS, WHOLE, 3, block(*POST, JSON)))
            tcp.client(frame(frames.DATA, ENDS, 3, b'{"password": "x"}'))
        elif what == "cookie":
            get(3, answer=Encoder().encode([(":status", "200"), ("set-cookie", "sessionid=abc")]))
        get(5)
        get(7, *([BASIC] if what == "last" else []))
        tcp.close()
    return records(path)


def judged_as(all_records: list[Record]) -> str:
    """What the rule on credentials says, had it been seen for an hour."""
    (rule,) = (r for r in rules() if r.id == "credentials-in-clear")
    found = capture_facts(read_capture(io.BytesIO(pcap(all_records)), "x", framing_plan()), protocols())
    return str(judged(rule, enriched(found, well_seen(found))).verdict)


def with_one_lost(all_records: list[Record]) -> Iterator[list[Record]]:
    """Without one of the segments that carry anything."""
    for at, (_, _, packet, _) in enumerate(all_records):
        if 34 + 4 * (packet[46] >> 4) < 14 + int.from_bytes(packet[16:18], "big"):
            yield all_records[:at] + all_records[at + 1 :]


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("what", ["header", "continuation", "body", "cookie", "last"])
def test_a_lost_segment_earns_no_pass(tmp_path, what, indexed):
    whole = visit(tmp_path, what, indexed=indexed)
    assert judged_as(whole) == "fail"
    assert {judged_as(lost) for lost in with_one_lost(whole)} == {"fail", "no-evidence"}


def test_a_lost_segment_of_a_recording_earns_no_pass():
    for path in (CAPTURES / "http").glob("http2_[bcu]*.pcap"):
        assert {judged_as(lost) for lost in with_one_lost(records(path))} <= {"fail", "no-evidence"}


def test_what_another_connection_lost_takes_nothing_from_this_one():
    client = Client(midway=True)
    client.read(frames.PREFACE, lost=100)
    client.read(frame(frames.SETTINGS, 0, 0, b""), lost=100)
    client.asks(*GET, BASIC, lost=100)
    assert kinds(client.asks(*GET, BASIC, lost=100)) == {"basic"}


@pytest.mark.parametrize(("subprotocol", "detail"), [("mqtt", "websocket for mqtt"), ("", "websocket")])
def test_a_websocket_in_a_stream_is_named_and_stays_unread(subprotocol: str, detail: str):
    """RFC 8441: the frames of the WebSocket are in the stream's DATA."""
    client = Client()
    asked = ((":method", "CONNECT"), (":protocol", "websocket"), (":path", "/ws"), (":authority", "broker"))
    more = (("sec-websocket-protocol", subprotocol),) if subprotocol else ()
    rows = client.read(frame(frames.HEADERS, WHOLE, 1, client.block(*asked, *more)))
    (operation,) = [row for row in rows if isinstance(row, Operation)]
    assert plain(operation.detail).endswith(detail)
    assert any("payload" in row.unread for row in rows if isinstance(row, Session))
