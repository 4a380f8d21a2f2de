"""Small captures built in memory for the kernel, and framings simple enough to check by eye."""

from __future__ import annotations

import io
import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.framing.language import Byte, Case, Framing, HeaderBlock, Length, Line, Range, Role, Size, Varint, Whole
from scanner.framing.plan import FramingPlan, compile_descriptors
from scanner.limits.capture import Limits
from scanner.protocols import all_framings, framing_plan
from tests.capture.files import pcap
from tests.capture.frames import ethernet, ipv4

CLIENT, SERVER = ("10.0.0.1", 50000), ("10.0.0.2", 502)
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ISN = (1000, 900_000)  # of the client and the server

# Modbus-like: transaction (2), zero (2), length (2), unit, function, data
MODBUS = Framing(
    "modbus-tcp",
    Length(at=4, width=2, add=6, minimum=8, maximum=260),
    sync=(Byte(2, 0), Byte(3, 0), Byte(7, range(1, 128))),
    ports={"tcp": (502,), "udp": (502,)},
)
MODBUS_CASES = (Case("modbus", key=(Range(6),), pair=(Range(0, 2),), keep=300),)

# STX (0x7E), length of the rest, data: recognised anywhere, one message is enough
FRAMED = Framing(
    "framed",
    Length(at=1, width=1, add=2, minimum=2, maximum=257),
    sync=(Byte(0, 0x7E), Byte(2, 0xA5)),
    ports={"tcp": (), "udp": ()},
    confirmations=2,
)
FRAMED_CASES = (
    Case("framed-request", when=(Byte(3, 1),), role=Role.REQUEST),
    Case("framed-response", when=(Byte(3, 2),), role=Role.RESPONSE),
    Case("framed-notice", when=(Byte(3, 3),), role=Role.NOTICE),
)
LINES = Framing("lines", Line(80), sync=(Byte(0, range(0x41, 0x5B)),), ports={"tcp": (21,)}, anywhere=False)
PAGES = Framing("pages", HeaderBlock((b"GET ", b"HTTP/")), ports={"tcp": (80,)})
VARINTS = Framing("varints", Varint(at=1), sync=(Byte(0, 0x30),), ports={"tcp": (1883,)}, anywhere=False)
LAYER2 = Framing("layer2", Whole(), ports={"ethertype": (0x8892,)}, confirmations=1, pair_by_requester=True)

FRAMINGS = (MODBUS, FRAMED, LINES, PAGES, VARINTS, LAYER2)
CASES: Mapping[str, Sequence[Case]] = {
    "modbus-tcp": MODBUS_CASES,
    "framed": FRAMED_CASES,
    "lines": (Case("lines"),),
    "pages": (Case("pages", keep=4096),),
    "varints": (Case("varints", when=(Size(2),)),),
    "layer2": (
        Case("ask", when=(Byte(0, 1),), key=(Range(0, 1),), pair=(Range(1, 3),), role=Role.REQUEST),
        Case("answer", when=(Byte(0, 2),), key=(Range(0, 1),), pair=(Range(1, 3),), role=Role.RESPONSE),
        Case("cyclic", key=(Range(0, 1),), role=Role.NOTICE),
    ),
}


def modbus(transaction: int, data: bytes, unit: int = 1) -> bytes:
    """One message of MODBUS; ``data`` begins with the function code."""
    return struct.pack(">HHHB", transaction, 0, len(data) + 1, unit) + data


def framed(kind: int, data: bytes = b"") -> bytes:
    """One message of FRAMED: 1 request, 2 response, 3 notice."""
    return bytes((0x7E, 2 + len(data), 0xA5, kind)) + data


def tcp(  # noqa: PLR0917
    back: bool,
    sequence: int,
    payload: bytes = b"",
    flags: int = ACK,
    acknowledgement: int = 0,
    client: tuple[str, int] = CLIENT,
    server: tuple[str, int] = SERVER,
) -> bytes:
    """A frame from the client, or ``back`` from the server."""
    source, target = (server, client) if back else (client, server)
    head = struct.pack(
        ">HHIIBBHHH", source[1], target[1], sequence % 2**32, acknowledgement % 2**32, 0x50, flags, 1, 0, 0
    )
    macs = (0x0200000000B2, 0x020000000001) if back else (0x020000000001, 0x0200000000B2)
    return ethernet(0x0800, ipv4(6, head + payload, source[0], target[0]), *macs)


def udp(back: bool, payload: bytes, client: tuple[str, int] = CLIENT, server: tuple[str, int] = SERVER) -> bytes:
    """A datagram from the client, or ``back`` from the server."""
    source, target = (server, client) if back else (client, server)
    head = struct.pack(">HHHH", source[1], target[1], 8 + len(payload), 0)
    return ethernet(0x0800, ipv4(17, head + payload, source[0], target[0]))


class Talk:
    """A TCP connection in order: collects its frames."""

    def __init__(
        self,
        client: tuple[str, int] = CLIENT,
        server: tuple[str, int] = SERVER,
        handshake: bool = True,
        isn: tuple[int, int] = ISN,
    ) -> None:
        self.ends = {"client": client, "server": server}
        self.next = list(isn)
        self.frames: list[bytes] = []
        if handshake:
            self.send(False, flags=SYN)
            self.send(True, flags=SYN | ACK)
            self.send(False)

    def send(self, back: bool, payload: bytes = b"", flags: int = ACK, captured: bool = True) -> Talk:
        """One segment; without ``captured`` the tap misses it."""
        frame = tcp(back, self.next[back], payload, flags, self.next[not back] if flags & ACK else 0, **self.ends)
        self.next[back] += len(payload) + (1 if flags & (SYN | FIN) else 0)
        if captured:
            self.frames.append(frame)
        return self


def _plan(framings: Sequence[Framing], cases: Mapping[str, Sequence[Case]]) -> FramingPlan:
    return framing_plan() if framings is all_framings() else compile_descriptors(framings, cases)


def read(
    frames: Iterable[bytes],
    framings: Sequence[Framing] = FRAMINGS,
    cases: Mapping[str, Sequence[Case]] = CASES,
    limits: Limits = Limits(),  # noqa: B008 - immutable
    snap: int = 0,
) -> CaptureResult:
    """The frames, 1 ms apart, through the whole capture stage; ``snap`` cuts what is captured of each."""
    records = [(1000 + i // 1000, i % 1000 * 1000, f[:snap] if snap else f, len(f)) for i, f in enumerate(frames)]
    return read_capture(io.BytesIO(pcap(records)), "test", _plan(framings, cases), None, limits)


def read_at(
    frames: Iterable[tuple[bytes, float]],
    framings: Sequence[Framing] = FRAMINGS,
    cases: Mapping[str, Sequence[Case]] = CASES,
) -> CaptureResult:
    """The frames at their times (s after 1000), in the order given."""
    records = [(1000 + int(at), round(at % 1 * 1e6), frame) for frame, at in frames]
    return read_capture(io.BytesIO(pcap(records)), "test", _plan(framings, cases))


def everything(result: CaptureResult) -> tuple[object, ...]:
    """The whole result, to be compared with another."""
    activity = [None if c.activity is None else c.activity.tolist() for c in result.conversations]
    conversations = [replace(c, activity=a) for c, a in zip(result.conversations, activity, strict=True)]
    return result.info, conversations, [*result.messages], result.pairings.tolist(), result.hosts


def counts(result: CaptureResult, protocol: str = "") -> Counter[tuple[bool, bytes]]:
    """How often each (from_client, kept bytes) was counted."""
    found: Counter[tuple[bool, bytes]] = Counter()
    for message in result.messages:
        if not protocol or message.protocol == protocol:
            found[message.from_client, message.data] += message.count
    return found


def pairs(result: CaptureResult) -> Counter[tuple[bytes, bytes]]:
    """How often each (request, response), by kept bytes, was paired."""
    found: Counter[tuple[bytes, bytes]] = Counter()
    for pairing in result.pairings:
        found[result.messages[pairing.request].data, result.messages[pairing.response].data] += pairing.count
    return found
