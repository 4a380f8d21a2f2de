"""LDAP messages that share a segment: a bind behind another message is found, or said to be possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Session
from tests.protocols.understanding import told


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")) + content


def message(number: int, operation: bytes) -> bytes:
    return element(0x30, element(2, bytes([number])), operation)


SEARCH = element(
    0x63, element(4, b"dc=plant"), b"\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0", element(0x87, b"objectClass"), element(0x30)
)
ABANDON, WHO_AM_I = b"\x50\1\1", element(0x77, element(0x80, b"1.3.6.1.4.1.4203.1.11.3"))
BIND = element(0x60, b"\2\1\3", element(4, b"cn=admin"), element(0x80, b"secret"))
ANONYMOUS = element(0x60, b"\2\1\3", element(4), element(0x80))
BOUND = element(0x61, b"\x0a\1\0\4\0\4\0")


def sessions(folder: Path, *segments: bytes) -> list[Session]:
    path = folder / "c.pcap"
    with Wire(path) as wire:
        connection = wire.tcp("10.20.1.5", "10.20.1.9", 389)
        for segment in segments:
            connection.client(segment)
            connection.server(message(1, BOUND))
        connection.close()
    return [row for _, _, row in told(path) if isinstance(row, Session)]


def pipelined(*operations: bytes) -> bytes:
    return b"".join(message(number, operation) for number, operation in enumerate(operations, 1))


@pytest.mark.parametrize("before", [WHO_AM_I, ANONYMOUS], ids=["a question who one is", "an anonymous bind"])
def test_a_bind_behind_what_is_kept_whole_is_found(before: bytes, tmp_path: Path) -> None:
    assert "user-password" in {s.credentials for s in sessions(tmp_path, pipelined(before, BIND))}


@pytest.mark.parametrize(
    "before", [(SEARCH,), (ABANDON,), (SEARCH,) * 50, (ABANDON, SEARCH)], ids=["search", "abandon", "many", "two"]
)
def test_a_bind_behind_others_is_possible(before: tuple[bytes, ...], tmp_path: Path) -> None:
    assert ("credentials",) in {s.unread for s in sessions(tmp_path, pipelined(*before, BIND))}
    assert ("credentials",) in {s.unread for s in sessions(tmp_path, pipelined(SEARCH), pipelined(*before, BIND))}


def test_messages_of_their_own_leave_nothing_open(tmp_path: Path) -> None:
    found = sessions(tmp_path, *(message(number, SEARCH) for number in range(1, 5)), message(9, ABANDON))
    assert found
    assert {s.unread for s in found} == {()}
