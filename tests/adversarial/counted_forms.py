"""Very many addresses in one row, packets that were captured at two places, and cyclic connections of EtherNet/IP."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from fixtures.record.wire import Wire
from tests.adversarial.modbus_forms import adu, reads
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    CONDUIT,
    ENGINEER,
    OFFICE_PC,
    PLC_1,
    PLC_2,
    SCADA,
    STRANGER,
    WRITE,
    both,
    each,
    formed,
    over_tcp,
    stream,
    wired,
)
from tests.twins import EVASIVE, IP_ONLY, Record, in_pieces, requests_only

TRIED, COLLECTED, UNSUITED = "objects-tried-out", "values-collected-by-unlisted-device", "command-from-unsuited-device"


def modbus(client: str, wanted: Iterable[tuple[bytes, bytes]], server: str = PLC_2) -> Recorded:
    """Requests and their answers."""
    said = [one for n, (ask, answer) in enumerate(wanted, 1) for one in ((1, adu(ask, n)), (0, adu(answer, n)))]
    return stream(client, server, 502, said)


def read(address: int, *, refused: bool = False, kind: int = 3) -> tuple[bytes, bytes]:
    """One register."""
    answer = bytes((kind | 0x80, 2)) if refused else bytes((kind, 2, 0, 7))
    return struct.pack(">BHH", kind, address, 1), answer


def write(address: int, *, refused: bool = False) -> tuple[bytes, bytes]:
    """One register."""
    ask = struct.pack(">BHH", 6, address, 1)
    return ask, b"\x86\2" if refused else ask


def many() -> list[Case]:
    """Addresses that move."""
    sweep = [read(n) for n in range(400)]
    mixed = [read(n, refused=n % 5 == 0) for n in range(400)]
    return [
        seen("400 addresses read by a stranger", modbus(STRANGER, sweep), CONDUIT, "enterprise-to-control-direct"),
        seen("400 addresses tried, every fifth refused", modbus(CELL_STRANGER, mixed), TRIED),
        seen(
            "400 addresses tried, all refused",
            modbus(CELL_STRANGER, [read(n, refused=True) for n in range(400)]),
            TRIED,
        ),
        seen(
            "400 addresses read, then 40 others refused",
            modbus(CELL_STRANGER, [*sweep, *(read(n, refused=True) for n in range(1000, 1040))]),
            TRIED,
        ),
        seen("a write among 400 reads", modbus(STRANGER, [*sweep[:200], write(77), *sweep[200:]]), WRITE, UNSUITED),
        seen("400 addresses written", modbus(STRANGER, [write(n) for n in range(400)]), WRITE),
        seen(
            "one of 400 writes is accepted", modbus(STRANGER, [write(n, refused=n != 300) for n in range(400)]), WRITE
        ),
        seen(
            "400 addresses of three controllers read",
            both(
                modbus(CELL_STRANGER, sweep),
                modbus(CELL_STRANGER, sweep, PLC_1),
                modbus(CELL_STRANGER, sweep, "10.20.9.11"),
            ),
            COLLECTED,
        ),
        seen(
            "400 addresses written, in segments of 7 bytes",
            formed(in_pieces(7), modbus(STRANGER, [write(n) for n in range(200)])),
            WRITE,
        ),
        seen(
            "400 addresses written, requests only",
            formed(requests_only, modbus(STRANGER, [write(n) for n in range(400)])),
            WRITE,
        ),
        calm("400 addresses read by SCADA", modbus(SCADA, sweep), WRITE, TRIED, CONDUIT),
        unmoved(
            "a few addresses refused among 400",
            modbus(SCADA, [read(n, refused=n in (7, 9)) for n in range(400)]),
            TRIED,
        ),
        seen(
            "129 addresses read by a stranger, with a gap", modbus(STRANGER, [read(n * 3) for n in range(129)]), CONDUIT
        ),
    ]


def _beside(change: Callable[[bytes, int], bytes], recording: Recorded) -> Recorded:
    """As it is, and a moment later in a tunnel."""

    def made() -> list[Record]:
        later = [(s, f + 40, *rest) for s, f, *rest in formed(each(change), recording)()]
        return sorted([*recording(), *later], key=lambda one: one[:2])

    return made


def copies() -> list[Case]:
    """The same packets before and behind a tunnel."""
    writes = modbus(STRANGER, [write(n % 5) for n in range(400)])
    allowed = stream(SCADA, PLC_2, 502, reads(adu, 40))
    found = []
    for name in ("VXLAN", "GTP-U", "GRE with key and sequence", "MPLS", "PPPoE", "QinQ"):
        found.append(seen(f"written, and again in {name}", _beside(LAYERS[name], writes), WRITE))
        found.append(
            calm(f"read, and again in {name}", _beside(LAYERS[name], allowed), WRITE, "control-traffic-repeated")
        )
    found.append(
        seen("written in the tunnel alone, read beside it", both(formed(each(LAYERS["VXLAN"]), writes), allowed), WRITE)
    )
    return found


def encapsulated(command: int, body: bytes, session: int = 1, number: int = 0) -> bytes:
    """A message of EtherNet/IP."""
    return struct.pack("<HHII8sI", command, len(body), session, 0, struct.pack("<Q", number), 0) + body


def unconnected(cip: bytes, number: int) -> bytes:
    """CIP in SendRRData."""
    return encapsulated(0x6F, struct.pack("<IHHHHHH", 0, 5, 2, 0, 0, 0xB2, len(cip)) + cip, number=number)


def opened(client: str, code: int, *, server: str = PLC_1, wide: bool = False, port: int = 44818) -> Recorded:
    """Forward Open, of the transport class and trigger in ``code``."""
    service, size = (0x5B, "I") if wide else (0x54, "H")
    path = bytes.fromhex("20042464 2c97 2c64")
    head = struct.pack("<BBIIHHIB3x", 10, 14, 0x20000002, 0x20000001, 77, 1, 0x1234, 3)
    rates = struct.pack(f"<I{size}I{size}", 10000, 0x43F4, 10000, 0x43F4)
    asked = bytes((service, 2)) + bytes.fromhex("20062401") + head + rates + bytes((code, len(path) // 2)) + path
    reply = bytes((service | 0x80, 0, 0, 0)) + struct.pack("<IIHHIII", 5, 6, 77, 1, 0x1234, 10000, 10000) + bytes(2)

    def play(wire: Wire) -> None:
        talk = wire.tcp(client, server, port)
        talk.client(encapsulated(0x65, struct.pack("<HH", 1, 0), 0))
        talk.server(encapsulated(0x65, struct.pack("<HH", 1, 0)))
        for number in range(3):
            talk.client(unconnected(asked, number))
            talk.server(unconnected(reply, number))
        talk.close()

    return wired(play)


def cyclic() -> list[Case]:
    """EtherNet/IP."""
    one = opened(CELL_STRANGER, 1)
    return [
        *(
            seen(f"a cyclic connection, class and trigger {code:#x}", opened(CELL_STRANGER, code), UNSUITED)
            for code in (0, 1, 0x10, 0x20, 0x81)
        ),
        seen("a cyclic connection, opened wide", opened(CELL_STRANGER, 1, wide=True), UNSUITED),
        seen("a cyclic connection on 4418", opened(CELL_STRANGER, 1, port=4418), UNSUITED),
        seen("a cyclic connection in segments of a byte", formed(in_pieces(1), one), UNSUITED),
        seen("a cyclic connection, requests only", formed(requests_only, one), UNSUITED),
        seen("a cyclic connection in QinQ", formed(each(LAYERS["QinQ"]), one), UNSUITED),
        seen("a cyclic connection, by the historian", opened("10.20.50.10", 1), UNSUITED),
        calm("a cyclic connection of the engineering station", opened(ENGINEER, 1), UNSUITED),
        calm("a connection for messages", opened(CELL_STRANGER, 0xA3), UNSUITED),
    ]


def in_tunnels() -> list[Case]:
    """What is tried in vain within an encrypted tunnel, nobody sees."""

    def tried(ports: int, client: str = STRANGER, server: str = PLC_2) -> Recorded:
        return wired(*(over_tcp(client, server, 1000 + number, ()) for number in range(ports)))

    rules = ("port-scan", "host-sweep", "denial-of-service-flood", "controller-refuses-connections")
    hidden = IP_ONLY | EVASIVE
    elsewhere = tried(40, OFFICE_PC, "10.10.0.7")
    return [
        seen("40 ports are tried", tried(40), "port-scan"),
        not_calm("40 ports are tried in ESP", formed(hidden["in ESP"], tried(40)), *rules),
        calm("40 ports are tried in ESP between offices", formed(hidden["in ESP"], elsewhere), *rules),
    ]


def cases() -> list[Case]:
    """All."""
    return [*many(), *copies(), *cyclic(), *in_tunnels()]
