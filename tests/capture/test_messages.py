from __future__ import annotations

from scanner.capture.result import FIRST_FRAMES
from scanner.framing.language import Byte, Case, Framing, Range, Whole
from scanner.limits.capture import Limits
from tests.capture.traffic import counts, read, udp

DATAGRAMS = Framing("datagrams", Whole(), ports={"udp": (502,)}, confirmations=1)
SHORT = (Case("a", when=(Byte(0, 1),), key=(Range(0, 3),), keep=8), Case("b", when=(Byte(0, 2),)))


def capture(messages, limits=Limits(), cases=SHORT):  # noqa: B008
    return read([udp(False, m) for m in messages], (DATAGRAMS,), {"datagrams": cases}, limits)


def test_the_first_one_stands_for_all():
    messages = [bytes((1, 5, i // 10, i, i)) + b"tail" * i for i in range(20)]
    result = capture(messages)
    first, second = result.messages
    assert (first.data, first.length, first.count) == (messages[0][:8], 5, 10)
    assert (second.data, second.length, second.count) == (messages[10][:8], 45, 10)
    assert first.frames == (1, 2, 3, 4, 5)
    assert len(second.frames) == FIRST_FRAMES
    assert (first.first_time, first.last_time) == (1_000_000_000_000, 1_000_009_000_000)
    assert (second.first_time, second.last_time) == (1_000_010_000_000, 1_000_019_000_000)
    assert first.protocol == "a"


def test_a_shorter_key_that_is_a_beginning_is_another_key():
    messages = [b"\x02", b"\x02\0", b"\x02\0\0", b"\x02" + bytes(8), b"\x02" + bytes(7)]
    assert [m.count for m in capture(messages * 2).messages] == [2] * 5


def test_what_meets_no_case_is_counted_by_its_first_bytes():
    result = capture([b"\x09unknown" + bytes((i,)) * 300 for i in range(5)] + [b"\x09other"])
    assert [(m.protocol, m.count) for m in result.messages] == [("", 5), ("", 1)]
    assert result.messages[0].length == 308
    assert len(result.messages[0].data) == 256


def test_sides_and_cases_are_apart():
    frames = [udp(False, b"\x01ab"), udp(True, b"\x01ab"), udp(False, b"\x02ab"), udp(True, b"\x02ab")] * 3
    result = read(frames, (DATAGRAMS,), {"datagrams": SHORT})
    assert [(m.from_client, m.protocol, m.count) for m in result.messages] == [
        (True, "a", 3),
        (False, "a", 3),
        (True, "b", 3),
        (False, "b", 3),
    ]


def test_too_many_of_one_conversation_and_protocol_are_counted_together():
    messages = [b"\x01" + i.to_bytes(2, "big") for i in range(300)] + [b"\x02fine"] * 3
    result = capture(messages + messages, Limits(messages_each=100))
    assert result.info.limits == {"distinct messages": 400}
    assert len(result.messages) == 102
    by_count = {m.count: m for m in result.messages}
    assert by_count[400].protocol == "a"
    assert by_count[6].data == b"\x02fine"
    assert sum(m.count for m in result.messages) == 606


def test_the_whole_table_has_a_ceiling():
    frames = [udp(False, bytes((1, i, 0)), server=("10.0.0.2", 502), client=("10.0.1.1", 9000)) for i in range(50)]
    frames += [udp(False, bytes((1, i, 0)), client=("10.0.1.2", 9000)) for i in range(50)]
    result = read(frames, (DATAGRAMS,), {"datagrams": SHORT}, Limits(messages=60))
    assert result.info.limits == {"distinct messages": 40}
    assert sum(m.count for m in result.messages) == 100
    assert len(result.messages) == 61


def test_the_bytes_of_the_table_have_a_ceiling():
    big = Case("big", keep=1400)
    result = capture([i.to_bytes(4, "big") * 300 for i in range(200)], Limits(message_bytes=100_000), (big,))
    assert 30 < len(result.messages) < 45
    assert sum(m.count for m in result.messages) == 200
    assert result.info.limits["distinct messages"] == 200 - len(result.messages) + 1


def test_many_distinct_messages_are_found_again():
    messages = [b"\x01" + i.to_bytes(2, "big") for i in range(20_000)]
    result = capture(messages + messages[::-1])
    assert len(result.messages) == 20_000
    assert set(counts(result).values()) == {2}
