"""What SMB 2 does to files: said by what is set of them, by how they are opened, and behind another request."""

from __future__ import annotations

import struct

import pytest

from tests.protocols.smb_messages import READ, WRITE, close, create, message, moved, put

DENIED = 0xC0000022


CLOSED = close(bytes(16))


def changes(*messages: tuple[bytes, bytes]) -> list[tuple[str, str, int, int]]:
    """(verb, what is set, accepted, refused) of what is no session matter, in the order of the verbs."""
    found = moved(*(part for pair in messages for part in zip((False, True), pair, strict=True)))
    return sorted((verb, detail, accepted, refused) for verb, _, detail, accepted, refused in found)


def answers(*parts: tuple[int, bytes, int], status: int = 0, at: int = 1) -> bytes:
    """All accepted, but for the status of one, the second if not said."""
    told = [(command, bytes(8), status if place == at else 0) for place, (command, _, _) in enumerate(parts)]
    return message(*told, answer=True)


@pytest.mark.parametrize(
    ("kind", "number", "verb", "target"),
    [
        (1, 13, "file-delete", "FileDispositionInformation"),
        (1, 64, "file-delete", "FileDispositionInformationEx"),
        (1, 10, "file-write", "FileRenameInformation"),
        (1, 20, "file-write", "FileEndOfFileInformation"),
        (1, 4, "configure", "FileBasicInformation"),
        (1, 99, "configure", "FileInformation 99"),
        (3, 0, "configure", "SMB2_0_INFO_SECURITY"),
    ],
)
def test_what_is_set_says_what_is_done(kind, number, verb, target):
    alone = (put(kind, number),)
    assert changes((message(*alone), answers(*alone))) == [(verb, target, 1, 0)]
    behind = (create(), put(kind, number), CLOSED)
    assert changes((message(*behind), answers(*behind))) == [(verb, target, 1, 0)]
    assert changes((message(*behind), answers(*behind, status=DENIED))) == [(verb, target, 0, 1)]


@pytest.mark.parametrize("name", ["a", "a" * 92, "a" * 96, "a" * 100, "a" * 500])
def test_whatever_the_length_of_the_name(name):
    """The offset of the second message has each of its bytes zero at times."""
    parts = (create(name=name), put(1, 13), CLOSED)
    assert changes((message(*parts), answers(*parts))) == [("file-delete", "FileDispositionInformation", 1, 0)]


def test_compounded_requests_are_kept_apart_by_the_second():
    asks = [(create(), (READ, bytes(48), 0), CLOSED), (create(), (WRITE, bytes(48), 0), CLOSED), (create(), CLOSED)]
    found = changes(*((message(*parts), answers(*parts)) for parts in asks))
    assert found == [("file-read", "", 1, 0), ("file-write", "", 1, 0)]


def test_opened_to_be_deleted():
    gone, kept = (create(0x1040),), (create(0x40),)
    assert changes(*((message(*parts), answers(*parts)) for parts in (kept, gone))) == [
        ("file-delete", "FILE_DELETE_ON_CLOSE", 1, 0)
    ]


@pytest.mark.parametrize("offset", [1, 8, 0xFFFFFFF8, 0xFFFFFFFF])
def test_an_offset_that_leads_nowhere(offset):
    data = bytearray(message(create()))
    data[24:28] = struct.pack("<I", offset)
    assert changes((bytes(data), answers(create()))) == []


@pytest.mark.parametrize(
    ("third", "found"),
    [
        ((WRITE, bytes(48), 0), ("file-write", "")),
        (put(1, 13), ("file-delete", "FileDispositionInformation")),
        (put(1, 10), ("file-write", "FileRenameInformation")),
        (create(0x1040), ("file-delete", "FILE_DELETE_ON_CLOSE")),
    ],
)
@pytest.mark.parametrize("before", [(), ((READ, bytes(48), 0),) * 4])
def test_a_request_behind_the_second(third, found, before):
    parts = (create(), (READ, bytes(48), 0), *before, third, CLOSED)
    assert (*found, 1, 0) in changes((message(*parts), answers(*parts)))
    refused = answers(*parts, status=DENIED, at=len(parts) - 2)
    assert (*found, 0, 1) in changes((message(*parts), refused))


def test_what_the_last_of_them_changes_is_not_missed():
    parts = (create(), (READ, bytes(48), 0), put(1, 13))
    assert ("file-write", "", 1, 0) in changes((message(*parts), answers(*parts)))
    parts = (create(), CLOSED, create(0x1040))
    assert "unknown-function" in {verb for verb, *_ in changes((message(*parts), answers(*parts)))}


def test_compounded_requests_are_kept_apart_by_the_third():
    asks = [(create(), (READ, bytes(48), 0), (c, bytes(48), 0), CLOSED) for c in (READ, WRITE)]
    found = changes(*((message(*parts), answers(*parts)) for parts in asks))
    assert ("file-write", "", 1, 0) in found


def test_what_is_too_far_behind_to_be_read_may_be_any():
    parts = (create(), (WRITE, bytes(20000), 0), put(1, 13), CLOSED)
    assert "unknown-function" in {verb for verb, *_ in changes((message(*parts), answers(*parts)))}
