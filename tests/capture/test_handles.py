"""What a message means whose handle an earlier answer gave: the request that got it."""

from __future__ import annotations

import pytest

from scanner.capture.result import CaptureResult
from scanner.framing.language import Byte, Case, Handle, Range, Role
from tests.capture.traffic import CLIENT, FRAMED, Talk, framed, read

IDENTIFIER = (Range(4, 5),)


def cases(*, brief: bool = False, most: int = 0) -> dict[str, tuple[Case, ...]]:
    """1: open a name, 2: it is opened under a handle, 3: something with a handle, 4: it is closed, 5: the answer."""
    handle = Handle((Range(5, 7),), brief)
    return {
        "framed": (
            Case("x", (Byte(3, 1),), (Range(5),), Role.REQUEST, IDENTIFIER, most=most),
            Case("x", (Byte(3, 2),), (Range(3, 4),), Role.RESPONSE, IDENTIFIER, gives=handle),
            Case("x", (Byte(3, 3),), (Range(3, 4),), Role.REQUEST, IDENTIFIER, uses=handle),
            Case("x", (Byte(3, 4),), (Range(3, 4),), Role.REQUEST, IDENTIFIER, drops=handle),
            Case("x", (), (Range(3, 4),), Role.RESPONSE, IDENTIFIER),
        )
    }


def opened(talk: Talk, number: int, name: bytes, handle: bytes) -> Talk:
    asked = bytes((number,))
    return talk.send(False, framed(1, asked + name)).send(True, framed(2, asked + handle))


def used(talk: Talk, number: int, handle: bytes) -> Talk:
    asked = bytes((number,))
    return talk.send(False, framed(3, asked + handle)).send(True, framed(5, asked))


def meant(result: CaptureResult) -> dict[bytes, int]:
    """The name that each use stands for -> how often."""
    rows = result.messages.rows
    found = {}
    for message, opener in zip(result.messages, rows["opener"].tolist(), strict=True):
        if message.data[3] == 3:
            found[result.messages[opener - 1].data[5:] if opener else b""] = message.count
    return found


def test_many_handles_of_one_name_are_one_message():
    talk = Talk()
    for number in range(50):
        handle = bytes((number, 0))
        used(opened(talk, number, b"one" if number % 2 else b"two", handle), number + 100, handle)
    result = read(talk.frames, (FRAMED,), cases())
    assert meant(result) == {b"one": 25, b"two": 25}
    assert len(result.messages) == 6


def test_a_handle_means_what_it_was_given_for_last_until_it_is_dropped():
    talk = used(opened(Talk(), 1, b"one", b"hh"), 2, b"hh")
    used(opened(talk, 3, b"two", b"hh"), 4, b"hh")
    talk.send(False, framed(4, b"\5hh")).send(True, framed(5, b"\5"))
    used(used(talk, 6, b"hh"), 7, b"ii")
    assert meant(read(talk.frames, (FRAMED,), cases())) == {b"one": 1, b"two": 1, b"": 2}


@pytest.mark.parametrize("brief", [True, False])
def test_a_handle_of_another_connection(brief):
    first, second = opened(Talk(), 1, b"one", b"hh"), Talk((CLIENT[0], 50001))
    used(second, 2, b"hh")
    found = meant(read([*first.frames, *second.frames], (FRAMED,), cases(brief=brief)))
    assert found == {b"" if brief else b"one": 1}
    other = used(Talk(("10.0.0.9", 50001)), 2, b"hh")
    assert meant(read([*first.frames, *other.frames], (FRAMED,), cases(brief=brief))) == {b"": 1}


@pytest.mark.parametrize("brief", [True, False])
def test_behind_something_lost(brief):
    """As soon as it shows."""
    talk = opened(Talk(), 1, b"one", b"hh")
    talk.send(True, framed(2, b"\2ii"), captured=False)
    used(used(talk, 3, b"hh"), 4, b"hh")
    assert meant(read(talk.frames, (FRAMED,), cases(brief=brief))) == ({b"one": 1, b"": 1} if brief else {b"one": 2})


def test_what_found_no_room_is_not_known():
    talk = Talk()
    for number in range(8):
        used(opened(talk, number, bytes((65 + number,)), bytes((number, 9))), number + 100, bytes((number, 9)))
    assert meant(read(talk.frames, (FRAMED,), cases(most=3))) == {b"A": 1, b"B": 1, b"C": 1, b"": 5}
