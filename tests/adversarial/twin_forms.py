"""Two network adapters that send from one IP address without a word of ARP, and who may do so."""

from __future__ import annotations

from collections.abc import Callable

from tests.adversarial.health_forms import arp, at, timed
from tests.adversarial.modbus_forms import READ, SET, VALUES, adu
from tests.adversarial.staging import Case, Recorded, calm, not_calm, unmoved
from tests.adversarial.talk import (
    CELL_STRANGER,
    HISTORIAN,
    PANEL,
    PLC_1,
    PLC_2,
    SCADA,
    STRANGER,
    WRITE,
    both,
    each,
    formed,
    framed,
)
from tests.capture.frames import ipv4, udp

CLAIMED = "address-claimed-twice"
EVIL, ROUTER, SECOND, VIRTUAL = b"\2\6\6\6\6\6", b"\2\7\7\7\7\7", b"\2\7\7\7\7\x08", b"\0\0\x5e\0\1\7"
ALL = b"\xff" * 6
VIRTUALS = {
    "VRRP": VIRTUAL,
    "VRRP of IPv6": b"\0\0\x5e\0\2\7",
    "HSRP": b"\0\0\x0c\7\xac\1",
    "HSRP 2": b"\0\0\x0c\x9f\xf0\1",
}
UNUSED = "10.20.1.77"  # of the cell, whom nobody else knows
Sender = Callable[[int], bytes]


def asks(source: str, target: str, mac: Sender, to: bytes) -> Recorded:
    """Modbus over UDP from an address, by the MAC address that ``mac`` says."""
    frames = (to + mac(n) + b"\x08\0" + ipv4(17, udp(adu(READ, n + 1), 40001, 502), source, target) for n in range(90))
    return framed(*timed(frames, 1.0, 120.0))


def writes(mac: bytes, to: bytes) -> Recorded:
    """A value is written from the panel's address, again and again."""
    frames = (to + mac + b"\x08\0" + ipv4(17, udp(adu(SET, n + 1), 40001, 502), PANEL, PLC_2) for n in range(6))
    return framed(*timed(frames, 1.0, 120.0))


def answers(source: str, target: str, mac: bytes, to: bytes) -> Recorded:
    """And what comes back."""
    frames = (to + mac + b"\x08\0" + ipv4(17, udp(adu(VALUES, n + 1), 502, 40001), source, target) for n in range(90))
    return framed(*timed(frames, 1.0, 120.01))


def by_turns(*macs: bytes) -> Sender:
    """One after the other."""
    return lambda n: macs[n % len(macs)]


def only(mac: bytes) -> Sender:
    """Always this."""
    return lambda _: mac


def moved(first: bytes, second: bytes, after: int = 45) -> Sender:
    """One, then the other for good."""
    return lambda n: first if n < after else second


def cases() -> list[Case]:
    """All."""
    panel, plc = at(PANEL), at(PLC_2)
    back = answers(PLC_2, PANEL, plc, panel)
    unused_back = answers(PLC_2, UNUSED, plc, EVIL)
    announced = [(164.9 + n / 10, arp(EVIL, UNUSED, ALL, UNUSED, to=ALL)) for n in range(3)]
    from_router = both(
        *(asks(one, PLC_2, only(ROUTER), plc) for one in (SCADA, HISTORIAN)),
        *(answers(PLC_2, one, plc, ROUTER) for one in (SCADA, HISTORIAN)),
    )
    return [
        not_calm("an address by turns", both(asks(PANEL, PLC_2, by_turns(panel, EVIL), plc), back), CLAIMED),
        not_calm("an address by turns, answers not seen", asks(PANEL, PLC_2, by_turns(panel, EVIL), plc), CLAIMED),
        not_calm(
            "an address that nobody claimed, by turns",
            both(asks(UNUSED, PLC_2, by_turns(SECOND, EVIL), plc), unused_back),
            CLAIMED,
        ),
        not_calm(
            "an address used by another for a while",
            both(asks(PANEL, PLC_2, lambda n: EVIL if 40 < n < 50 else panel, plc), back),
            CLAIMED,
        ),
        not_calm(
            "an address used by another at the end", both(asks(PANEL, PLC_2, moved(panel, EVIL), plc), back), CLAIMED
        ),
        not_calm("a controller's address, used to tell another", asks(PLC_1, PLC_2, only(EVIL), plc), CLAIMED),
        not_calm("a controller's address, used to tell all", asks(PLC_1, "10.20.1.255", only(EVIL), ALL), CLAIMED),
        not_calm(
            "a server's answers by another",
            both(asks(PANEL, PLC_2, only(panel), plc), answers(PLC_2, PANEL, EVIL, panel)),
            CLAIMED,
        ),
        calm("one address, one adapter", both(asks(PANEL, PLC_2, only(panel), plc), back), CLAIMED),
        unmoved("many addresses of other zones by a router", from_router, CLAIMED),
        unmoved(
            "many addresses of other zones by two routers",
            both(
                from_router,
                asks(STRANGER, PLC_2, by_turns(ROUTER, SECOND), plc),
                asks(SCADA, PLC_1, only(SECOND), at(PLC_1)),
            ),
            CLAIMED,
        ),
        unmoved(
            "an address that moves and is announced",
            both(asks(UNUSED, PLC_2, moved(SECOND, EVIL), plc), framed(*announced)),
            CLAIMED,
        ),
        unmoved(
            "a virtual router and its adapter", both(asks("10.20.1.1", PLC_2, by_turns(VIRTUAL, ROUTER), plc)), CLAIMED
        ),
        unmoved("another cell has the same addresses", both(asks(PANEL, PLC_2, only(panel), plc), back), CLAIMED),
        *(
            not_calm(
                f"a panel's address by the MAC address of a virtual router, {name}",
                both(writes(virtual, plc), asks(PANEL, PLC_2, only(virtual), plc)),
                CLAIMED,
                WRITE,
            )
            for name, virtual in VIRTUALS.items()
        ),
        not_calm(
            "a panel's and a controller's addresses in another VLAN",
            formed(each(lambda frame, _: frame[:12] + b"\x81\0\0\x66" + frame[12:]), writes(EVIL, SECOND)),
            WRITE,
        ),
        unmoved(
            "addresses that nobody lists, in another VLAN",
            formed(
                each(lambda frame, _: frame[:12] + b"\x81\0\0\x66" + frame[12:]),
                both(asks(UNUSED, "10.20.1.78", only(EVIL), SECOND), answers("10.20.1.78", UNUSED, SECOND, EVIL)),
            ),
            CLAIMED,
        ),
        not_calm(
            "a stranger's address by turns", both(asks(CELL_STRANGER, PLC_2, by_turns(SECOND, EVIL), plc)), CLAIMED
        ),
    ]
