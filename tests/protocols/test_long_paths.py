"""The end of a path says what kind of file it is, and rules go by it: it is shown however long the path is."""

from __future__ import annotations

import pytest

from scanner.protocols import protocols
from scanner.protocols.base import Message, Operation
from scanner.protocols.common.text import readable_path

FOLDERS = "/lines/bottling" * 20
PATH = f"{FOLDERS}/setup.exe"
MESSAGES = {
    "ftp": ("tcp", f"RETR {PATH}\r\n".encode()),
    "tftp": ("udp", f"\0\1{PATH}\0octet\0".encode()),
    "http": ("tcp", f"GET {PATH}?a=b HTTP/1.1\r\nHost: files\r\n\r\n".encode()),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_end_is_shown(name):
    transport, data = MESSAGES[name]
    rows = protocols()[name].dissect(Message(data, len(data), from_client=True, transport=transport))
    (shown,) = [row.object for row in rows if isinstance(row, Operation)]
    assert len(shown) == 120
    assert shown.startswith("/lines/bottling")
    assert shown.endswith("bottling/setup.exe")


@pytest.mark.parametrize("size", [0, 1, 119, 120])
def test_short_ones_are_shown_as_they_are(size):
    assert readable_path(b"x" * size) == "x" * size
