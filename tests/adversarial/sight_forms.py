"""What a recording says that it lacks: filters, packets lost as it was made; and recordings made on one device."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from tests.adequacy.scene import mac_of
from tests.adversarial.staging import Case, calm, not_calm, seen
from tests.adversarial.talk import CONDUIT, PANEL, PLC_2, SCADA, STOP, STRANGER, WRITE, stream
from tests.capture.files import block, enhanced, interface, options, pcap, section
from tests.twins import Record

DIRECT = "enterprise-to-control-direct"
INCOMPLETE, TELNET, PASSWORD = "capture-incomplete", "telnet-in-use", "credentials-in-clear"
SET = b"\0\1\0\0\0\6\1\6\0\1\0\2"
VIOLATION = stream(STRANGER, PLC_2, 502, [(1, SET), (0, SET)] * 3)
Written = Callable[[list[Record]], Mapping[str, bytes]]
Option = tuple[int, bytes]


def recorded(*of_interface: Option, statistics: tuple[Option, ...] = (), lost: int = 0) -> Written:
    """As pcapng. lost: packets before the hundredth, as that says."""

    def written(everything: list[Record]) -> Mapping[str, bytes]:
        found = [section(), interface(1, *of_interface)]
        for number, (seconds, fraction, data, wire) in enumerate(everything):
            said = ((4, struct.pack("<Q", lost)),) if lost and number == 100 else ()
            found.append(enhanced(data, *said, stamp=seconds * 1_000_000 + fraction, wire=wire))
        if statistics:
            found.append(block(5, bytes(12) + options(*statistics)))
        return {"plant.pcapng": b"".join(found)}

    return written


def count(code: int, packets: int) -> Option:
    """A count of the statistics of an interface."""
    return code, struct.pack("<Q", packets)


LACKING = {
    "without a port": recorded((11, b"\0not tcp port 23")),
    "of two ports": recorded((11, b"\0tcp port 502 or tcp port 102")),
    "without a host": recorded((11, b"\0not host 10.10.0.66")),
    "by a filter in bytes": recorded((11, b"\1\0\0\0\x28\0\0\0\x0c")),
    "while the interface lost packets": recorded(statistics=(count(4, 90_000), count(5, 50_000))),
    "while the system lost packets": recorded(statistics=(count(4, 90_000), count(7, 3))),
    "while packets were lost, as one says": recorded(lost=700),
}
WHOLE = {
    "with an empty filter": recorded((11, b"\0")),
    "without a loss": recorded(statistics=(count(4, 3_000), count(5, 0), count(7, 0), count(8, 2_900))),
    "with names": recorded((2, b"eth1"), (3, b"mirror"), (12, b"Linux 6.1")),
}


def at_port(address: str) -> Written:
    """Recorded on one device: what it sends and gets, and what is sent to everybody."""
    own = mac_of(IPv4Address(address))

    def written(everything: list[Record]) -> Mapping[str, bytes]:
        return {"own.pcap": pcap([r for r in everything if own in (r[2][:6], r[2][6:12]) or r[2][0] & 1])}

    return written


def cases() -> list[Case]:
    """All."""
    nothing: Callable[[], list[Record]] = list
    found = [
        case
        for name, way in LACKING.items()
        for case in (
            not_calm(
                f"nothing is wrong, recorded {name}", nothing, WRITE, CONDUIT, TELNET, PASSWORD, STOP, written=way
            ),
            seen(f"recorded {name}", nothing, INCOMPLETE, written=way),
            seen(f"a stranger's writes, recorded {name}", VIOLATION, WRITE, CONDUIT, written=way),
        )
    ]
    found += [
        not_calm(f"nothing is wrong, recorded on {name}", nothing, CONDUIT, DIRECT, written=at_port(address))
        for name, address in (("SCADA-1", SCADA), ("PLC-2", PLC_2), ("HMI-1", PANEL))
    ]
    for name, way in WHOLE.items():
        found.append(calm(f"nothing is wrong, recorded {name}", nothing, WRITE, CONDUIT, STOP, INCOMPLETE, written=way))
    return found
