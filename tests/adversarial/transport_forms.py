"""One violation and what is allowed, in streams as stacks, middleboxes and attackers make them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

from fixtures.record.wire import ACK, FIN, PSH, RST, SYN, ipv4, mac_of, tcp_segment, udp_datagram
from tests.adversarial.carrier_forms import BROKEN, KEPT, READS
from tests.adversarial.modbus_forms import READ, SET, VALUES, adu
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    AT,
    CONDUIT,
    PLC_2,
    SCADA,
    STOP,
    STRANGER,
    WRITE,
    formed,
    framed,
)
from tests.carriers import packet
from tests.twins import Form, Record, ends, is_ip, summed

HEAD = 54  # of a frame with IPv4 and TCP without options
URGENT = 0x20


def is_tcp(frame: bytes) -> bool:
    """Of IPv4, with its header."""
    return is_ip(frame) and frame[23] == 6


def payload(frame: bytes) -> bytes:
    """What a segment carries."""
    return packet(frame)[20 + 4 * (frame[46] >> 4) :]


def segment(frame: bytes, data: bytes, *, by: int = 0, flags: int | None = None, options: bytes | None = None) -> bytes:
    """The same segment with other data, so many bytes further on, with other flags or options."""
    head = bytearray(frame[:HEAD])
    head[38:42] = struct.pack(">I", (int.from_bytes(frame[38:42], "big") + by) % 2**32)
    kept = packet(frame)[40 : 20 + 4 * (frame[46] >> 4)] if options is None else options
    head[46] = (20 + len(kept)) // 4 << 4
    if flags is not None:
        head[47] = flags
    head[16:18] = struct.pack(">H", 40 + len(kept) + len(data))
    return summed(bytes(head) + kept + data)


def streams(change: Callable[[bytes], Iterator[bytes]]) -> Form:
    """Segments made of every segment."""

    def form(records: list[Record]) -> list[Record]:
        return [
            (s, f + at, made, len(made))
            for s, f, frame, _ in records
            for at, made in enumerate(change(frame) if is_tcp(frame) else iter((frame,)))
        ]

    return form


def _stamped(frame: bytes) -> Iterator[bytes]:
    stamp = b"\1\1\x08\x0a" + struct.pack(">II", *(int.from_bytes(frame[18:20], "big") + n for n in (1000, 900)))
    yield segment(
        frame, payload(frame), options=stamp if not frame[47] & SYN else b"\2\4\5\xb4\4\2" + stamp[2:] + b"\1\3\3\7"[:4]
    )


def _selective(frame: bytes) -> Iterator[bytes]:
    options = b"\1\1\5\x12" + struct.pack(">IIII", 70, 79, 1, 5)
    yield segment(frame, payload(frame), options=options if not frame[47] & SYN else b"\2\4\5\xb4\4\2\1\1")


def _probed(frame: bytes) -> Iterator[bytes]:
    """Each segment with data is followed by a probe: the byte before, of any value."""
    yield frame
    if data := payload(frame):
        yield segment(frame, b"\0", by=len(data) - 1, flags=ACK)


def _empty_probes(frame: bytes) -> Iterator[bytes]:
    yield frame
    if data := payload(frame):
        yield segment(frame, b"", by=len(data) - 1, flags=ACK)


def _window_probes(frame: bytes) -> Iterator[bytes]:
    """Before each segment with data its first byte alone, that the receiver has no room for."""
    if data := payload(frame):
        yield segment(frame, data[:1])
    yield frame


def _again(frame: bytes) -> Iterator[bytes]:
    """In halves, and once more in thirds."""
    data = payload(frame)
    for parts in (2, 3) if data else ():
        size = -(-len(data) // parts)
        for at in range(0, len(data), size):
            yield segment(frame, data[at : at + size], by=at)
    if not data:
        yield frame


def _overlapping(frame: bytes) -> Iterator[bytes]:
    """The end first, then all of it."""
    data = payload(frame)
    if len(data) > 4:
        yield segment(frame, data[3:], by=3)
    yield frame


def _pushed(frame: bytes) -> Iterator[bytes]:
    """Urgent, by a pointer behind all of it."""
    data = payload(frame)
    if not data:
        yield frame
        return
    made = bytearray(segment(frame, data, flags=frame[47] | URGENT))
    made[52:54] = struct.pack(">H", len(data))
    yield summed(bytes(made))


def _congested(frame: bytes) -> Iterator[bytes]:
    """With the flags of congestion."""
    yield segment(frame, payload(frame), flags=frame[47] | 0xC0)


def _christmas(frame: bytes) -> Iterator[bytes]:
    """Without PSH, and with a reserved bit."""
    made = bytearray(segment(frame, payload(frame), flags=frame[47] & ~PSH))
    made[46] |= 4
    yield summed(bytes(made))


def _moved(to: int) -> Form:
    """So that the sequence numbers of what the client says wrap after a few bytes."""

    def form(records: list[Record]) -> list[Record]:
        shifts: dict[tuple[object, object], int] = {}
        found = []
        for s, f, frame, wire in records:
            if not is_tcp(frame):
                found.append((s, f, frame, wire))
                continue
            source, target = ends(frame)
            if frame[47] & SYN:
                shifts[source, target] = (to - int.from_bytes(frame[38:42], "big")) % 2**32
            made = bytearray(frame)
            own, other = shifts.get((source, target), 0), shifts.get((target, source), 0)
            made[38:42] = struct.pack(">I", (int.from_bytes(frame[38:42], "big") + own) % 2**32)
            if frame[47] & ACK:
                made[42:46] = struct.pack(">I", (int.from_bytes(frame[42:46], "big") + other) % 2**32)
            found.append((s, f, summed(bytes(made)), wire))
        return found

    return form


def _opened_by_both(records: list[Record]) -> list[Record]:
    """Both ends send SYN, and each answers the other's with SYN and ACK."""
    found, opened = [], {}
    for s, f, frame, wire in records:
        if is_tcp(frame) and frame[47] & (SYN | ACK) == SYN:
            opened[ends(frame)] = (s, f, frame)
            found.append((s, f, frame, wire))
        elif is_tcp(frame) and frame[47] & (SYN | ACK) == SYN | ACK:
            alone = bytearray(frame)
            alone[47], alone[42:46] = SYN, bytes(4)
            source, target = ends(frame)
            _, _, first = opened[target, source]
            answer = bytearray(first)
            answer[47] = SYN | ACK
            answer[42:46] = struct.pack(">I", int.from_bytes(frame[38:42], "big") + 1)
            for at, made in enumerate((bytes(alone), bytes(answer), frame)):
                made = summed(made)  # noqa: PLW2901
                found.append((s, f + at, made, len(made)))
        else:
            found.append((s, f, frame, wire))
    return found


def _in_the_opening(records: list[Record]) -> list[Record]:
    """What the client says first is in its SYN (RFC 7413)."""
    firsts: dict[object, bytes] = {}
    for _, _, frame, _ in records:
        if is_tcp(frame) and payload(frame) and ends(frame) not in firsts:
            firsts[ends(frame)] = frame
    clients = {ends(frame) for _, _, frame, _ in records if is_tcp(frame) and frame[47] & (SYN | ACK) == SYN}
    found = []
    for s, f, frame, wire in records:
        if is_tcp(frame) and ends(frame) in clients and (first := firsts.get(ends(frame))):
            if (
                int.from_bytes(first[38:42], "big")
                != (int.from_bytes(_opening(records, frame)[38:42], "big") + 1) % 2**32
            ):
                found.append((s, f, frame, wire))
                continue
            if frame[47] & (SYN | ACK) == SYN:
                made = segment(frame, payload(first), options=b"\2\4\5\xb4\x22\x0a12345678\1\1")
                found.append((s, f, made, len(made)))
                continue
            if frame == first:
                continue
        found.append((s, f, frame, wire))
    return found


def _opening(records: list[Record], frame: bytes) -> bytes:
    return next(one for _, _, one, _ in records if is_tcp(one) and one[47] & SYN and ends(one) == ends(frame))


SHAPES: Mapping[str, Form] = {
    "with time stamps": streams(_stamped),
    "with selective acknowledgements": streams(_selective),
    "with a probe behind each": streams(_probed),
    "with an empty probe behind each": streams(_empty_probes),
    "with probes of a closed window": streams(_window_probes),
    "sent again in other segments": streams(_again),
    "the end of each first": streams(_overlapping),
    "urgent": streams(_pushed),
    "with flags of congestion": streams(_congested),
    "with a reserved bit and no push": streams(_christmas),
    "with numbers that wrap": _moved(2**32 - 20),
    "with numbers that wrap at once": _moved(2**32 - 1),
    "with numbers around the sign": _moved(2**31 - 9),
    "opened by both ends": _opened_by_both,
    "said first in the opening": _in_the_opening,
}


def shapes() -> list[Case]:
    """Each violation, and what is allowed."""
    found = []
    for name, form in SHAPES.items():
        for what, (recording, rules) in BROKEN.items():
            found.append(seen(f"{what} {name}", formed(form, recording), *rules))
        found.append(calm(f"reading {name}", formed(form, READS), *KEPT))
    return found


class Line:
    """Segments between two hosts, one by one."""

    def __init__(self, client: str, server: str, port: int, *, at: float = AT, seq: int = 7_000) -> None:
        self.ends = (client, 50_123), (server, port)
        self.numbers = [seq, seq + 50_000]
        self.at = at
        self.frames: list[tuple[float, bytes]] = []

    def send(self, side: int, flags: int, data: bytes = b"", *, by: int = 0, ack: bool = True) -> None:
        """One segment; ``by``: its place, bytes further on."""
        source, target = self.ends[side], self.ends[1 - side]
        made = tcp_segment(
            source,
            target,
            seq=(self.numbers[side] + by) % 2**32,
            ack=self.numbers[1 - side] if ack and flags & ACK else 0,
            flags=flags,
            payload=data,
        )
        raw = bytes.fromhex((mac_of(target[0]) + mac_of(source[0])).replace(":", "")) + b"\x08\0"
        frame = raw + ipv4(source[0], target[0], 6, made, len(self.frames) + 1)
        self.frames.append((self.at, frame + bytes(max(0, 60 - len(frame)))))
        self.at += 0.01
        if not by:
            self.numbers[side] = (self.numbers[side] + len(data) + bool(flags & (SYN | FIN))) % 2**32

    def opened(self) -> Line:
        """The handshake."""
        self.send(0, SYN)
        self.send(1, SYN | ACK)
        self.send(0, ACK)
        return self

    def says(self, *said: tuple[int, bytes]) -> Line:
        """Payloads, 1 of the client, each acknowledged."""
        for who, data in said:
            self.send(1 - who, PSH | ACK, data)
            self.send(who, ACK)
        return self

    def closed(self) -> Line:
        """In order."""
        self.send(0, FIN | ACK)
        self.send(1, FIN | ACK)
        self.send(0, ACK)
        return self

    def reset(self, side: int = 0) -> Line:
        """At once."""
        self.send(side, RST | ACK)
        return self


def lines(*each: Line) -> Recorded:
    """All of them."""
    return framed(*sorted((one for line in each for one in line.frames), key=lambda one: one[0]))


WEB = [(1, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
READING = [(1, adu(READ)), (0, adu(VALUES))]
WRITING = [(1, adu(SET, 2)), (0, adu(SET, 2))]
SSH = [(0, b"SSH-2.0-OpenSSH_9.6\r\n"), (1, b"SSH-2.0-OpenSSH_9.6\r\n")]


def reused() -> list[Case]:
    """The same ports, at once, for another protocol."""
    found = []
    for before, name in ((WEB, "HTTP"), (SSH, "SSH")):
        for how in ("closed", "reset", "left"):
            first = Line(STRANGER, PLC_2, 8080).opened().says(*before)
            if how != "left":
                getattr(first, how)()
            second = Line(STRANGER, PLC_2, 8080, at=first.at + 0.02, seq=900_000_000).opened().says(*READING, *WRITING)
            found.append(seen(f"a write on ports that {name} {how}", lines(first, second), WRITE))
    for how in ("closed", "reset"):
        first = getattr(Line(STRANGER, PLC_2, 8080).opened().says(*WEB), how)()
        lower = Line(STRANGER, PLC_2, 8080, at=first.at + 0.02, seq=11).opened().says(*READING, *WRITING)
        found.append(seen(f"a write on ports that were {how}, numbers start lower", lines(first, lower), WRITE))
        near = Line(STRANGER, PLC_2, 8080, at=first.at + 0.02, seq=7_010).opened().says(*READING, *WRITING)
        found.append(seen(f"a write on ports that were {how}, numbers start within", lines(first, near), WRITE))
        unseen = Line(STRANGER, PLC_2, 8080, at=first.at + 0.02, seq=900_000_000).says(*READING, *WRITING)
        found.append(not_calm(f"a write on ports that were {how}, midway", lines(first, unseen), WRITE))
    calm_first = Line(SCADA, PLC_2, 8080).opened().says(*READING * 4).closed()
    calm_next = Line(SCADA, PLC_2, 8080, at=calm_first.at + 0.02, seq=900_000_000).opened().says(*READING * 4)
    found.append(calm("reading on ports that are used again", lines(calm_first, calm_next), STOP, WRITE))
    return found


def openings() -> list[Case]:
    """Handshakes that are not as in books."""
    fast = Line(STRANGER, PLC_2, 502)
    fast.send(0, SYN, adu(SET, 1))
    fast.send(1, SYN | ACK)
    fast.send(0, ACK)
    fast.says((0, adu(SET, 1)), *READING)
    ignored = Line(STRANGER, PLC_2, 502)
    ignored.send(0, SYN, adu(SET, 1))
    ignored.numbers[0] = 7_001
    ignored.send(1, SYN | ACK)
    ignored.send(0, ACK)
    ignored.says((1, adu(SET, 1)), (0, adu(SET, 1)), *READING)
    twice = Line(STRANGER, PLC_2, 502)
    twice.send(0, SYN)
    twice.numbers[0] -= 1
    twice.opened().says(*READING, *WRITING)
    third = Line(STRANGER, PLC_2, 502)
    third.send(0, SYN)
    third.send(1, SYN | ACK)
    third.send(0, PSH | ACK, adu(SET, 1))
    third.says((0, adu(SET, 1)), *READING)
    ended = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    ended.send(0, FIN | PSH | ACK, adu(SET, 2))
    ended.send(1, ACK)
    half = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    half.send(1, FIN | ACK)
    half.send(0, PSH | ACK, adu(SET, 2))
    half.send(1, ACK)
    after = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    after.send(1, RST | ACK)
    after.at += 0.5
    after.send(0, PSH | ACK, adu(SET, 2))
    fake_reset = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    fake_reset.send(0, RST, by=1_000_000, ack=False)
    fake_reset.says(*WRITING)
    fake_end = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    fake_end.send(0, FIN | ACK, by=-500)
    fake_end.says(*WRITING)
    stale_syn = Line(STRANGER, PLC_2, 502).opened().says(*READING)
    stale_syn.send(0, SYN, by=500_000, ack=False)
    stale_syn.send(1, ACK)
    stale_syn.says(*WRITING)
    read = Line(SCADA, PLC_2, 502)
    read.send(0, SYN, adu(READ))
    read.send(1, SYN | ACK)
    read.send(0, ACK)
    read.says((0, adu(VALUES)), *READING * 6)
    kept = Line(SCADA, PLC_2, 502).opened()
    for _ in range(20):
        kept.says(*READING)
        kept.send(0, ACK, b"\0", by=-1)
        kept.send(1, ACK)
    return [
        seen("a write in the SYN", lines(fast), WRITE),
        seen("a write in the SYN that is not taken, and once more", lines(ignored), WRITE),
        seen("a write behind two SYN", lines(twice), WRITE),
        seen("a write in the third segment", lines(third), WRITE),
        seen("a write in the FIN", lines(ended), WRITE),
        seen("a write when the server has ended", lines(half), WRITE),
        unmoved(
            "a write behind the server's reset, which nobody takes", lines(after), "stale"[:0] or CONDUIT[:0] or STOP
        ),
        seen("a write behind a reset out of the window", lines(fake_reset), WRITE),
        seen("a write behind an end of the past", lines(fake_end), WRITE),
        seen("a write behind a SYN out of the window", lines(stale_syn), WRITE),
        calm("reading that begins in the SYN", lines(read), STOP, WRITE, CONDUIT),
        calm("reading with keep-alive probes", lines(kept), STOP, WRITE, CONDUIT),
    ]


def jumbo() -> list[Case]:
    """More in a segment than an Ethernet frame has."""
    many = b"".join(adu(READ, n) for n in range(600))
    got = b"".join(adu(VALUES, n) for n in range(600))
    write = Line(STRANGER, PLC_2, 502).opened().says((1, many + adu(SET, 700)), (0, got + adu(SET, 700)))
    read = Line(SCADA, PLC_2, 502).opened().says((1, many), (0, got))
    huge = Line(STRANGER, PLC_2, 502).opened().says((1, many * 8 + adu(SET, 700)), (0, got * 8 + adu(SET, 700)))
    return [
        seen("a write behind 600 reads in a segment", lines(write), WRITE),
        seen("a write behind 4800 reads in a segment", lines(huge), WRITE),
        calm("600 reads in a segment", lines(read), WRITE, STOP, CONDUIT),
    ]


def to_groups() -> list[Case]:
    """Multicast stays in its sender's zone, unless a router passes it on."""

    def sent(by: str, group: str) -> Recorded:
        target = b"\x01\0\x5e" + ipv4(SCADA, group, 17, b"")[17:20]
        datagram = udp_datagram((SCADA, 40000), (group, 5000), b"state of the line")
        frame = target + bytes.fromhex(by.replace(":", "")) + b"\x08\0" + ipv4(SCADA, group, 17, datagram)
        return framed(*((AT + second, frame) for second in range(30)))

    router = "54:8a:ba:00:00:01"
    return [
        calm("multicast of SCADA-1", sent(mac_of(SCADA), "239.1.1.1"), CONDUIT),
        not_calm("multicast of SCADA-1 that a router passes on", sent(router, "239.1.1.1"), CONDUIT),
        calm("multicast of SCADA-1 that no router passes on", sent(mac_of(SCADA), "224.0.0.251"), CONDUIT),
    ]


def cases() -> list[Case]:
    """All."""
    return [*shapes(), *reused(), *openings(), *jumbo(), *to_groups()]
