from __future__ import annotations

import random
import struct
from collections import Counter

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role
from scanner.limits.capture import Limits
from tests.capture.frames import ethernet
from tests.capture.traffic import CLIENT, SERVER, Talk, framed, modbus, pairs, read, read_at, udp

GROUP = 0x010ECF000000
CONTROLLER, DEVICE, OTHER = 0x020000000001, 0x020000000002, 0x020000000003


def request(transaction: int, register: int = 0) -> bytes:
    return modbus(transaction, struct.pack(">BHH", 3, register, 1))


def response(transaction: int, value: int = 0) -> bytes:
    return modbus(transaction, struct.pack(">BBH", 3, 2, value))


def by_content(result) -> Counter[tuple[bytes, bytes]]:
    return Counter({(a[6:], b[6:]): n for (a, b), n in pairs(result).items()})


def test_the_transaction_says_which_request_is_answered():
    talk = Talk().send(False, request(1, 10) + request(2, 20)).send(True, response(2, 22)).send(True, response(1, 11))
    assert pairs(read(talk.frames)) == {
        (request(1, 10), response(1, 11)): 1,
        (request(2, 20), response(2, 22)): 1,
    }


def test_a_request_without_answer_stays_so_and_one_answer_is_no_two():
    talk = Talk().send(False, request(1)).send(False, request(2)).send(True, response(2)).send(True, response(2))
    talk.send(True, response(9))
    assert by_content(read(talk.frames)) == {(request(0)[6:], response(0)[6:]): 1}


def test_connections_do_not_mix():
    one, two = Talk((CLIENT[0], 50001)), Talk((CLIENT[0], 50002))
    one.send(False, request(1, 10))
    two.send(False, request(1, 20))
    first, second = len(one.frames), len(two.frames)
    one.send(True, response(1, 11))
    two.send(True, response(1, 22))
    frames = one.frames[:first] + two.frames[:second] + one.frames[first:] + two.frames[second:]
    assert pairs(read(frames)) == {(request(1, 10), response(1, 11)): 1, (request(1, 20), response(1, 22)): 1}


def test_without_a_transaction_answers_come_in_the_order_of_their_requests():
    lines = Talk(server=(SERVER[0], 21))
    lines.send(False, b"ONE\n").send(False, b"TWO\n").send(True, b"OK\n").send(True, b"NO\n").send(True, b"OK\n")
    lines.send(False, b"ONE\n").send(True, b"NO\n")
    assert pairs(read(lines.frames)) == {
        (b"ONE\n", b"OK\n"): 1,
        (b"TWO\n", b"NO\n"): 1,
        (b"ONE\n", b"NO\n"): 1,
    }


def test_requests_that_share_an_identifier_are_answered_in_their_order():
    talk = Talk()
    for register in range(5):
        talk.send(False, request(7, register))
    for value in range(5):
        talk.send(True, response(7, value))
    assert pairs(read(talk.frames)) == {(request(7, n), response(7, n)): 1 for n in range(5)}


def test_one_identifier_holds_so_many_requests_and_no_more():
    talk = Talk()
    for register in range(6):
        talk.send(False, request(7, register))
    for value in range(6):
        talk.send(True, response(7, value))
    found = pairs(read(talk.frames, limits=Limits(queued=3)))
    assert found == {(request(7, n + 3), response(7, n)): 1 for n in range(3)}


def test_queues_give_way_when_there_is_no_room():
    talk = Talk()
    for number in range(100):
        talk.send(False, request(number % 4, number))
    for number in range(100):
        talk.send(True, response(number % 4, number))
    found = pairs(read(talk.frames, limits=Limits(pending=16)))
    assert sum(found.values()) == 16
    assert all(a[:2] == b[:2] for a, b in found)
    assert min(struct.unpack(">H", a[8:10])[0] for a, _ in found) >= 70  # of the latest


def test_who_waits_for_each_answer_has_given_up_what_was_not_answered():
    talk = Talk().send(False, request(0, 1)).send(False, request(0, 2)).send(True, response(0, 2))
    for register in (3, 4):
        talk.send(False, request(0, register)).send(True, response(0, register))
    talk.send(False, request(0, 5)).send(False, request(0, 6)).send(True, response(0, 6))
    talk.send(False, request(0, 7)).send(True, response(0, 7))
    assert pairs(read(talk.frames)) == {(request(0, n), response(0, n)): 1 for n in (2, 3, 4, 6, 7)}


def test_who_asks_again_after_a_time_has_given_up_the_request_before():
    frames, at = Talk(), []
    for register, ask, reply in ((1, 0.0, None), (2, 1.0, 1.01), (3, 1.5, 1.51), (4, 2.0, None), (5, 3.0, 3.02)):
        frames.send(False, request(0, register))
        at.append(ask)
        if reply:
            frames.send(True, response(0, register))
            at.append(reply)
    talk = timed(frames.frames, at)
    assert pairs(read_at(talk)) == {(request(0, n), response(0, n)): 1 for n in (2, 3, 5)}


def test_a_slow_server_is_not_taken_for_one_that_was_given_up():
    """Every answer takes 300 ms, and the next two requests are on the way by then."""
    events = [(0.0, False, 99), (0.3, True, 99)]
    for number in range(12):
        events += [(1 + number * 0.149, False, number), (1 + number * 0.149 + 0.3, True, number)]
    talk, at = Talk(), []
    for time, back, number in sorted(events):
        talk.send(back, response(0, number) if back else request(0, number))
        at.append(time)
    assert pairs(read_at(timed(talk.frames, at))) == {(request(0, n), response(0, n)): 1 for n in (99, *range(12))}


def timed(frames: list[bytes], at: list[float]) -> list[tuple[bytes, float]]:
    """The frames at these times, those of the handshake with the first."""
    return list(zip(frames, [at[0]] * (len(frames) - len(at)) + at, strict=True))


ENDS = (CLIENT, SERVER)


def test_datagrams_that_were_sent_again_are_one_request():
    frames = [udp(False, request(3, 1), *ENDS)] * 3 + [udp(True, response(3, 1), *ENDS)]
    frames += [udp(False, request(4, 1), *ENDS)] * 2  # of these nobody knows whether they were heard
    assert by_content(read(frames)) == {
        (request(0, 1)[6:], response(0, 1)[6:]): 1,
        (request(0, 1)[6:], request(0, 1)[6:]): 2,
    }


def test_datagrams_that_were_sent_again_and_answered_again_are_two():
    frames = [udp(False, request(3, 1), *ENDS)] * 2 + [udp(True, response(3, 1), *ENDS)] * 2
    assert by_content(read(frames)) == {(request(0, 1)[6:], response(0, 1)[6:]): 2}


def test_other_bytes_under_the_same_identifier_are_another_request():
    frames = [udp(False, request(3, n), *ENDS) for n in (1, 2)] + [udp(True, response(3, 1), *ENDS)]
    ((pair, count),) = pairs(read(frames)).items()
    assert (pair[1], count) == (response(3, 1), 1)  # whichever it answers, the other one is not answered


def test_an_answer_that_the_capture_has_ahead_of_its_request_is_its_answer():
    ask, reply = udp(False, request(3, 1), *ENDS), udp(True, response(3, 1), *ENDS)
    assert by_content(read_at([(reply, 1.0004), (ask, 1.0)])) == {(request(0, 1)[6:], response(0, 1)[6:]): 1}
    assert not pairs(read_at([(reply, 1.0), (ask, 1.0004)]))  # that answer is of an earlier request


def test_notices_neither_ask_nor_answer():
    talk = Talk(server=(SERVER[0], 7000))
    talk.send(False, framed(1, b"a")).send(True, framed(3, b"news")).send(True, framed(2, b"b"))
    assert pairs(read(talk.frames)) == {(framed(1, b"a"), framed(2, b"b")): 1}


def layer2(source: int, target: int, kind: int, transaction: int) -> bytes:
    return ethernet(0x8892, struct.pack(">BH", kind, transaction) + bytes(43), source, target)


def test_a_request_to_a_group_is_answered_from_many_places():
    frames = []
    for transaction in (5, 6):
        frames.append(layer2(CONTROLLER, GROUP, 1, transaction))
        frames += [layer2(device, CONTROLLER, 2, transaction) for device in (DEVICE, OTHER)]
        frames.append(layer2(DEVICE, OTHER, 2, transaction))  # to one who did not ask
    result = read(frames)
    assert sorted(p.count for p in result.pairings) == [2, 2]
    assert {p.request for p in result.pairings} == {0}
    conversations = {(c.client, c.server): c.opened_by for c in result.conversations}
    controller, device, other = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03")
    assert conversations == {
        (controller, "01:0e:cf:00:00:00"): "first",
        (controller, device): "protocol",
        (controller, other): "protocol",
        (other, device): "protocol",
    }


def test_a_request_to_one_device_is_answered_once():
    frames = [layer2(CONTROLLER, DEVICE, 1, 9), layer2(DEVICE, CONTROLLER, 2, 9), layer2(DEVICE, CONTROLLER, 2, 9)]
    assert [p.count for p in read(frames).pairings] == [1]


def test_the_role_of_a_message_tells_who_the_client_is():
    frames = [udp(True, framed(2, b"late"), ("10.0.0.1", 40001), ("10.0.0.2", 40000))]
    for _ in range(3):
        frames.append(udp(False, framed(1, b"q"), ("10.0.0.1", 40001), ("10.0.0.2", 40000)))
        frames.append(udp(True, framed(2, b"r"), ("10.0.0.1", 40001), ("10.0.0.2", 40000)))
    result = read(frames)
    (conversation,) = result.conversations
    assert (conversation.client, conversation.server, conversation.server_port) == ("10.0.0.1", "10.0.0.2", 40000)
    assert conversation.opened_by == "protocol"
    assert (conversation.client_packets, conversation.server_packets) == (3, 4)
    assert conversation.client_mac == "02:00:00:00:00:01"
    assert {(m.from_client, m.protocol): m.count for m in result.messages if m.data[4:] in (b"q", b"r")} == {
        (True, "framed-request"): 3,
        (False, "framed-response"): 3,
    }
    assert pairs(result) == {(framed(1, b"q"), framed(2, b"r")): 3}


def test_by_side_follows_the_client_that_a_role_showed():
    both = Framing("both", Length(0, 1, maximum=64), (Byte(1, 0x55),), {"udp": ()}, confirmations=1)
    cases = {
        "both": (
            Case("hello", when=(Byte(2, 1),), role=Role.REQUEST),
            Case("data", when=(Byte(2, 2),), pair=(Range(3, 4),)),
        )
    }

    def message(kind: int, number: int) -> bytes:
        return bytes((4, 0x55, kind, number))

    ends = ("10.0.0.1", 45000), ("10.0.0.2", 45001)
    frames = [udp(True, message(2, 0), *ends), udp(False, message(1, 1), *ends), udp(False, message(2, 7), *ends)]
    result = read([*frames, udp(True, message(2, 7), *ends)], (both,), cases)
    (conversation,) = result.conversations
    assert (conversation.client, conversation.server_port) == ("10.0.0.1", 45001)
    data = [m for m in result.messages if m.protocol == "data"]
    assert [(m.from_client, m.data[3], m.count) for m in data] == [(False, 0, 1), (True, 7, 1), (False, 7, 1)]
    (pairing,) = result.pairings
    assert (result.messages[pairing.request].from_client, result.messages[pairing.response].from_client) == (
        True,
        False,
    )


def test_conversations_kept_apart_by_a_doubtful_port_are_joined():
    frames = [
        udp(i % 2 == 1, framed(3, b"n"), ("10.0.0.1", port), ("10.0.0.2", 41000))
        for port in range(42000, 42050)
        for i in range(4)
    ]
    result = read(frames)
    (conversation,) = result.conversations
    assert (conversation.client, conversation.server_port, conversation.connections) == ("10.0.0.1", 41000, 50)
    assert [(m.from_client, m.count, m.frames) for m in result.messages] == [
        (True, 100, (1, 3, 5, 7, 9)),
        (False, 100, (2, 4, 6, 8, 10)),
    ]
    assert all(m.confirmed for m in result.messages)


def test_waiting_requests_are_bounded():
    talk = Talk()
    for transaction in range(5000):
        talk.send(False, request(transaction))
    for transaction in range(5000):
        talk.send(True, response(transaction))
    result = read(talk.frames, limits=Limits(pending=1000))
    assert sum(p.count for p in result.pairings) == 1000


def test_long_identifiers_are_kept_apart():
    wide = Framing("wide", Length(0, 1, maximum=200), (Byte(1, 0x77),), {"tcp": (502,)}, confirmations=1)
    cases = {"wide": (Case("wide", pair=(Range(2, 82),), key=(Range(82),)),)}
    names = [bytes(60) + struct.pack(">I", i * i) + bytes(16) for i in range(100)]
    talk = Talk()
    for name in names:
        talk.send(False, bytes((83, 0x77)) + name + b"?")
    for name in names[::2]:
        talk.send(True, bytes((83, 0x77)) + name + b"!")
    assert [p.count for p in read(talk.frames, (wide,), cases).pairings] == [50]


def test_polls_are_counted_whatever_their_order():
    chosen = random.Random(7)  # noqa: S311
    talks = [Talk((CLIENT[0], 50001 + n)) for n in range(3)]
    told: Counter[tuple[bytes, bytes]] = Counter()
    frames = []
    cycle = [chosen.randrange(9) for _ in range(20)]
    for number in range(400):
        talk = talks[number % 3]
        register = cycle[number % 20] if number % 7 else chosen.randrange(12)
        value = register + 100 * (number % 11 == 0)
        asked, answered = request(number, register), modbus(number, bytes((3, 2)) + bytes(2) * (1 + (value > 99)))
        before = len(talk.frames)
        talk.send(False, asked).send(True, answered)
        frames += talk.frames[before:]
        told[asked[6:], answered[6:]] += 1
    found = read(frames)
    assert by_content(found) == told
    counts = Counter(m.data[6:] for m in found.messages for _ in range(m.count))
    assert counts == Counter(data for pair in told.elements() for data in pair)
