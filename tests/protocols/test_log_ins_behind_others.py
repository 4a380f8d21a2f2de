"""Log-ins that share a segment with much else are found, or said to be possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Session
from tests.protocols.understanding import told

STREAM = b"<?xml version='1.0'?><stream:stream to='h' xmlns='jabber:client' version='1.0'>"
XMPP = [STREAM], 5222
IRC = [b"NICK n\r\nUSER u 0 * :r\r\n"], 6667
PADDING = b" ".join(b"a%d='%s'" % (n, b"x" * 40) for n in range(70))


def sessions(folder: Path, opening: list[bytes], port: int, segment: bytes) -> list[Session]:
    path = folder / "c.pcap"
    with Wire(path) as wire:
        connection = wire.tcp("10.20.1.5", "10.20.1.9", port)
        for data in (*opening, segment):
            connection.client(data)
        connection.close()
    return [row for _, _, row in told(path) if isinstance(row, Session)]


@pytest.mark.parametrize("before", [b"PING :x\r\n" * 150, b"WHO #plant\r\n", b"MODE #plant +o n\r\n" * 3])
def test_irc_by_lines(before: bytes, tmp_path: Path) -> None:
    assert "user-password" in {s.credentials for s in sessions(tmp_path, *IRC, before + b"OPER n secret\r\n")}


def test_what_is_not_kept_of_a_stanza(tmp_path: Path) -> None:
    last = b"<auth " + PADDING + b" mechanism='PLAIN'>AHUAcA==</auth>"
    assert ("credentials",) in {s.unread for s in sessions(tmp_path, *XMPP, last)}


def test_a_short_stanza_leaves_nothing_open(tmp_path: Path) -> None:
    assert {s.unread for s in sessions(tmp_path, *XMPP, b"<presence/>")} == {()}
