"""A recording in which TCP does what it may and seldom does."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tests.twins import ACK, SYN, Form, Record, is_ip, summed

RST = 4


def _data_of(frame: bytes) -> int:
    return int.from_bytes(frame[16:18], "big") - 20 - 4 * (frame[46] >> 4) if is_ip(frame) and frame[23] == 6 else 0


def out_of_order(given: list[Record]) -> list[Record]:
    """Of two segments with data that follow one another in one direction, the later first."""
    found = [list(record) for record in given]
    places = [n for n, (_, _, frame, _) in enumerate(given) if _data_of(frame) > 0]
    for one, other in zip(places[::2], places[1::2], strict=False):
        if given[one][2][26:38] == given[other][2][26:38]:
            found[one][2:], found[other][2:] = found[other][2:], found[one][2:]
    return [tuple(record) for record in found]  # type: ignore[misc]


def with_keep_alives(given: list[Record]) -> list[Record]:
    """Before each segment with data a keep-alive: a byte of garbage where the last byte was."""
    found = []
    for s, f, frame, wire in given:
        if _data_of(frame) > 0:
            at = 34 + 4 * (frame[46] >> 4)
            number = struct.pack(">I", (int.from_bytes(frame[38:42], "big") - 1) % 2**32)
            size = struct.pack(">H", at - 14 + 1)
            probe = summed(frame[:16] + size + frame[18:38] + number + frame[42:at] + b"\0")
            found.append((s, f, probe, len(probe)))
        found.append((s, f, frame, wire))
    return found


def with_false_resets(given: list[Record]) -> list[Record]:
    """Before each segment with data a reset far outside of the window, which its receiver ignores (RFC 5961)."""
    found = []
    for s, f, frame, wire in given:
        if _data_of(frame) > 0:
            at = 34 + 4 * (frame[46] >> 4)
            number = struct.pack(">I", (int.from_bytes(frame[38:42], "big") + 2**30) % 2**32)
            head = (
                frame[:16]
                + struct.pack(">H", at - 14)
                + frame[18:38]
                + number
                + frame[42:47]
                + bytes([RST])
                + frame[48:at]
            )
            false = summed(head)
            found.append((s, f, false, len(false)))
        found.append((s, f, frame, wire))
    return found


def around_zero(given: list[Record]) -> list[Record]:
    """Sequence numbers that begin just below 2^32, so that they go over."""
    shift: dict[bytes, int] = {}
    found = []
    for s, f, frame, wire in given:
        if is_ip(frame) and frame[23] == 6:
            here, there = frame[26:30] + frame[34:36], frame[30:34] + frame[36:38]
            sequence, acknowledged = struct.unpack_from(">II", frame, 38)
            if frame[47] & SYN:
                shift[here + there] = (2**32 - 3 - sequence) % 2**32
            ours, theirs = shift.get(here + there, 0), shift.get(there + here, 0)
            ack = (acknowledged + theirs) % 2**32 if frame[47] & ACK else acknowledged
            frame = summed(frame[:38] + struct.pack(">II", (sequence + ours) % 2**32, ack) + frame[46:])  # noqa: PLW2901
        found.append((s, f, frame, wire))
    return found


def opened_with_data(given: list[Record]) -> list[Record]:
    """What the first client says first travels in its SYN (RFC 7413)."""
    first = next((n for n, record in enumerate(given) if _data_of(record[2]) > 0), -1)
    if first < 0:
        return given
    frame = given[first][2]
    opens = (n for n in range(first) if given[n][2][47:48] == bytes([SYN]) and given[n][2][26:38] == frame[26:38])
    syn = next(opens, -1)
    if syn < 0:  # the server speaks first
        return given
    seconds, fraction, head, _ = given[syn]
    end = 34 + 4 * (head[46] >> 4)
    data = frame[34 + 4 * (frame[46] >> 4) : 14 + int.from_bytes(frame[16:18], "big")]
    made = summed(head[:16] + struct.pack(">H", end - 14 + len(data)) + head[18:end] + data)
    return [*given[:syn], (seconds, fraction, made, len(made)), *given[syn + 1 : first], *given[first + 1 :]]


def sent_again_otherwise(given: list[Record]) -> list[Record]:
    """After each segment with data the same with other bytes: two stories of one place."""
    found = []
    for s, f, frame, wire in given:
        found.append((s, f, frame, wire))
        if _data_of(frame) > 0:
            at, end = 34 + 4 * (frame[46] >> 4), 14 + int.from_bytes(frame[16:18], "big")
            other = summed(frame[:at] + bytes(b ^ 0x5A for b in frame[at:end]))
            found.append((s, f, other, len(other)))
    return found


def answers_before(given: list[Record]) -> list[Record]:
    """Every answer is recorded before the request it answers, as two mirror ports do."""
    found = list(given)
    for n in range(len(found) - 1):
        one, other = found[n][2], found[n + 1][2]
        if _data_of(one) > 0 and _data_of(other) > 0 and one[26:30] == other[30:34]:
            found[n], found[n + 1] = (*found[n][:2], *found[n + 1][2:]), (*found[n + 1][:2], *found[n][2:])
    return found


CORNERS: Mapping[str, Form] = {
    "out of order": out_of_order,
    "with keep-alives": with_keep_alives,
    "with false resets": with_false_resets,
    "around sequence number zero": around_zero,
    "opened with data": opened_with_data,
    "answers recorded first": answers_before,
}
