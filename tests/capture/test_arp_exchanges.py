"""Who asks for how many addresses, and who tells others what they did not ask for."""

from __future__ import annotations

import struct

from scanner.capture.arp_exchanges import MOST_ADDRESSES, MOST_ASKERS, MOST_TOLD, ArpExchanges, Exchange

A, B, ALL = 0x020000000001, 0x020000000002, 0xFFFFFFFFFFFF
SECOND = 1_000_000_000
BOTH = frozenset((A, B))


def body(operation: int, sender: int, target: int) -> bytes:
    """From the hardware type on."""
    return struct.pack(">HHBBH6sI6sI", 1, 0x0800, 6, 4, operation, bytes(6), sender, bytes(6), target)


def test_different_addresses_within_a_minute() -> None:
    found = ArpExchanges()
    for n in range(300):
        found.note(A, ALL, 7, body(1, 9, n % 100), n * SECOND)
    assert found.between(A, ALL, 7, BOTH).asked == 60
    assert found.between(A, ALL, -1, BOTH).asked == 0, "another VLAN"


def test_an_answer_to_a_question_is_asked_for_once_and_in_time() -> None:
    found = ArpExchanges()
    found.note(A, ALL, -1, body(1, 1, 2), 0)
    for after in (0.1, 0.2, 0.3):
        found.note(B, A, -1, body(2, 2, 1), int(after * SECOND))
    assert found.between(A, B, -1, BOTH) == Exchange(1, 0, 2)
    assert found.between(B, A, -1, BOTH) == Exchange(0, 2, 0)
    found.note(A, ALL, -1, body(1, 1, 2), 100 * SECOND)
    found.note(B, A, -1, body(2, 2, 1), 103 * SECOND)
    assert found.between(B, A, -1, BOTH).unasked == 2, "too late, in another minute"
    assert found.between(B, A, -1, frozenset((B,))).unasked is None, "nothing of the other was captured"


def test_what_is_no_arp_for_ipv4_is_passed_over_and_room_is_bounded() -> None:
    found = ArpExchanges()
    found.note(A, ALL, -1, body(1, 1, 2)[:27], 0)
    found.note(A, ALL, -1, b"\0\6\x08\0\6\4" + bytes(22), 0)
    assert found.between(A, ALL, -1, BOTH) == Exchange(0, 0, 0)
    for n in range(3 * MOST_ADDRESSES):
        found.note(A, ALL, -1, body(1, 1, n), n)
        found.note(n << 8, n << 8 | 1 << 47, -1, body(1, 1, 5), n)
        found.note(n << 8, 2 << 24, -1, body(2, 5, 1), n)
    assert found.between(A, ALL, -1, BOTH).asked == MOST_ADDRESSES
    assert found.between(B, A, -1, BOTH).unasked is None, "there was no room"
    assert found.between(7, 8, -1, BOTH) == Exchange(None, None, None), "there was no room"
    assert len(found._asking) == len(found._telling) == MOST_ASKERS
    assert len(found._open) <= MOST_ASKERS
    found.renew()
    for n in range(3 * MOST_TOLD):
        found.note(B, A, -1, body(2, 2, 1), n)
    assert found.between(B, A, -1, BOTH).unasked == MOST_TOLD
    found.renew()
    assert found.between(A, ALL, -1, BOTH) == Exchange(0, 0, 0)
