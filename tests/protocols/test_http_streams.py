"""Where one HTTP request ends and the next one begins, and what between them is no request."""

from __future__ import annotations

import pytest

from fixtures.record.wire import Wire
from tests.capture.files import pcap
from tests.capture.test_heads import messages
from tests.twins import in_pieces, records

LAST = (b"0\r\n\r\n", b"000\r\n\r\n", b"0;a=b\r\n\r\n", b"0\r\nDigest: x\r\nExpires: 0\r\n\r\n", b"0\n\n")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'values'\n"


def request(line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((line + b" HTTP/1.1", b"Host: plc", *fields, b"", body))


SECOND = request(b"POST /second", b"Authorization: Basic YTpi", b"Content-Length: 2", body=b"{}")


def sent(tmp_path, *segments, size=0):
    with Wire(tmp_path / "x.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 8080)
        for segment in segments:
            talk.client(segment)
        talk.server(ANSWER)
        talk.close()
    packets = records(tmp_path / "x.pcap")
    result, _ = messages(pcap(in_pieces(size)(packets) if size else packets))
    lines = [m.data.split(b" HTTP")[0] for m in result.messages if m.from_client for _ in range(m.count)]
    return lines, result.sights["unread"].sum()


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("last", LAST)
def test_a_request_behind_chunks(tmp_path, last, size):
    first = request(b"POST /first", b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n" + last)
    assert sent(tmp_path, first + SECOND, size=size) == ([b"POST /first", b"POST /second"], 0)


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize("apart", [False, True])
def test_a_request_behind_an_empty_line(tmp_path, between, apart):
    first = request(b"POST /first", b"Content-Length: 2", body=b"{}")
    segments = (first, between + SECOND) if apart else (first + between + SECOND,)
    assert sent(tmp_path, *segments) == ([b"POST /first", b"POST /second"], 0)


@pytest.mark.parametrize("other", [SECOND.replace(b"POST", b"PURGE"), SECOND.replace(b"POST", b"Post"), b"X" + SECOND])
@pytest.mark.parametrize("apart", [False, True])
def test_what_is_sent_behind_a_request_and_is_none_is_unread(tmp_path, other, apart):
    segments = (request(b"GET /first"), other) if apart else (request(b"GET /first") + other,)
    assert sent(tmp_path, *segments) == ([b"GET /first"], len(other))
