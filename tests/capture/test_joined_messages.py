"""Messages in parts that say how long they are as a whole, as TLS certificates in several records do."""

from __future__ import annotations

import pytest

from scanner.framing.language import Byte, Case, Field, Framing, Length
from tests.capture.traffic import Talk, read

# kind, length (2), data; of kind 7 the data begin with the length (3) of all data together
PARTS = Framing(
    "parts",
    Length(at=1, width=2, add=3, minimum=4, more=Byte(0, 7), header=3, whole=Field(3, 3, add=6)),
    sync=(Byte(0, (7, 8)),),
    ports={"tcp": (502,)},
    confirmations=1,
)
CASES = {"parts": (Case("parts", keep=4096),)}


def part(kind: int, data: bytes) -> bytes:
    return bytes((kind,)) + len(data).to_bytes(2, "big") + data


def announced(length: int) -> bytes:
    return length.to_bytes(3, "big")


def messages(*segments: bytes) -> list[tuple[bytes, int]]:
    talk = Talk()
    for segment in segments:
        talk.send(False, segment)
    return [(m.data, m.length) for m in read(talk.frames, (PARTS,), CASES).messages]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_parts_are_joined_however_they_are_cut_into_segments(size):
    stream = part(8, b"x") + part(7, announced(9) + b"abc") + part(7, b"def") + part(7, b"ghi") + part(8, b"y")
    found = messages(*(stream[at : at + size] for at in range(0, len(stream), size)))
    assert [data[3:] for data, _ in found] == [b"x", announced(9) + b"abcdefghi", b"y"]
    assert [length for _, length in found] == [4, 15, 4]


def test_a_message_that_is_whole_waits_for_nothing():
    assert len(messages(part(7, announced(3) + b"abc"), part(7, announced(1) + b"z"))) == 2


def test_another_kind_ends_what_was_begun():
    found = messages(part(7, announced(90) + b"abc"), part(7, b"def"), part(8, b"y"))
    assert [data[3:] for data, _ in found] == [announced(90) + b"abcdef", b"y"]


def test_an_announcement_beyond_belief_is_not_waited_for():
    assert len(messages(part(7, announced(1 << 20) + b"abc"), part(7, announced(1) + b"z"))) == 2


def test_the_end_of_the_stream_gives_out_what_there_is():
    assert [data[3:] for data, _ in messages(part(7, announced(90) + b"abc"))] == [announced(90) + b"abc"]
