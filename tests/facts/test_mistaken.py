"""What looks like another protocol in captures of real networks, and what does not cease to be one for that."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from tests.capture.traffic import tcp
from tests.facts.test_guesses import SERVER, facts, talk, udp

CLIENT = ("10.1.0.9", 40_000)
_COOKIE = b"\x21\x12\xa4\x42"  # of STUN (RFC 8489, section 5)
_ALLOCATE = b"\0\3\0\x20" + _COOKIE + bytes(range(12)) + bytes(32)  # begins as block 32 of a file by TFTP
_ALLOCATED = b"\1\3\0\x08" + _COOKIE + bytes(range(12)) + bytes(8)
# The question is 41 bytes long, and its identifier begins as version 6 of IP does.
_NAME = b"\x04code\x04msdn\x09microsoft\x03com\0\0\1\0\1"
_QUESTION, _NO_NAME = (b"\x6e\xe6" + flags + b"\0\1\0\0\0\0\0\0" + _NAME for flags in (b"\1\0", b"\x81\x83"))
_HOST = "专机".encode()
_NEIGHBOUR = b"\0\7\0\0\0\1\0\0\0\0\0\0" + bytes((len(_HOST),)) + _HOST + b"\0\0\xff\0\1"
_SET = [b"SET sanity_check 1\r\n", b"+OK\r\n", b"SET another 2\r\n", b"+OK\r\n"]
_MAIL = [b"", b"+OK ready\r\n", b"USER ann\r\n", b"+OK\r\n", b"PASS secret\r\n", b"-ERR no\r\n"]
_BLOCKS = [b"\0\3\0\1" + bytes(512), b"\0\4\0\1", b"\0\3\0\2" + bytes(512), b"\0\4\0\2"]
_READ = b"\0\1\0\0\0\6\1\3\0\0\0\4"
_ANSWER = b"\0\1\0\0\0\x0b\1\3\x08" + bytes(8)
_GET = b"GET /index HTTP/1.1\r\nHost: video.example\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1131613\r\n\r\n"
_OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_TSAPS = b"\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"
_COTP = [b"\3\0\0\x16\x11" + kind + b"\0\0\0\1\0" + _TSAPS for kind in (b"\xe0", b"\xd0")]
_STOP = b"\3\0\0\x21\2\xf0\x80\x32\1\0\0\0\1\0\x10\0\0\x29\0\0\0\0\0\x09P_PROGRAM"
# A table of numbers and offsets, little-endian: with the last byte of the one before they read as Modbus/TCP, each
# message of 232 bytes with function code 8.
_INDEX = b"\0" + b"".join(struct.pack("<II", n, 0x081EE2 + 0x100 * (n - 0x76)) for n in range(0x76, 0x76 + 8 * 29))


def _spoken(frames: list[bytes]) -> set[str]:
    return {name for names in facts(frames)["flows"]["protocols"].to_list() for name in names}


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (list(talk("udp", CLIENT, 3478, [_ALLOCATE, _ALLOCATED] * 3)), set()),
        ([udp(CLIENT, (SERVER, 3478), _ALLOCATE)] * 6, set()),
        (list(talk("udp", CLIENT, 3478, _BLOCKS)), {"tftp"}),
        (list(talk("udp", CLIENT, 53, [_QUESTION, _NO_NAME])), {"dns"}),
        ([udp(CLIENT, ("224.0.0.252", 5355), _NEIGHBOUR)], {"dns"}),
        (list(talk("tcp", CLIENT, 7000, _SET)), set()),
        (list(talk("tcp", CLIENT, 7000, _MAIL)), {"pop3"}),
    ],
    ids=["STUN", "STUN without answers", "blocks of TFTP", "DNS", "LLMNR in Chinese", "Redis in lines", "POP3"],
)
def test_by_content(frames: list[bytes], expected: set[str]) -> None:
    assert _spoken(frames) == expected


def _stream(asked: bytes, answered: bytes, later: list[tuple[bool, bytes]]) -> Iterator[bytes]:
    """A request and an answer on port 8000, and what follows."""
    ends = {"client": CLIENT, "server": (SERVER, 8000)}
    at = [1000, 5000]
    yield tcp(False, 999, b"", 2, 0, **ends)
    yield tcp(True, 4999, b"", 18, 1000, **ends)
    for back, data in [(False, asked), (True, answered), *later]:
        yield tcp(back, at[back], data, 24, at[not back], **ends)
        at[back] += len(data)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (_stream(_GET, _HEAD, [(True, _INDEX[start : start + 1160]) for start in (0, 1160)]), {"http"}),
        (_stream(_READ, _ANSWER, [(True, _ANSWER)] * 3), {"modbus"}),
        (_stream(_READ, _READ, [(False, _READ)] * 3), {"modbus"}),
        (_stream(b"CONNECT plc:502 HTTP/1.1\r\n\r\n", _OPENED, [(False, _READ), (True, _ANSWER)]), {"http", "modbus"}),
        (_stream(_COTP[0], _COTP[1], [(False, _STOP)]), {"cotp", "s7comm"}),
    ],
    ids=["a piece of a body", "answers alone", "a server that asks", "both ends", "on top of the other"],
)
def test_in_a_stream(frames: Iterator[bytes], expected: set[str]) -> None:
    assert _spoken(list(frames)) == expected
