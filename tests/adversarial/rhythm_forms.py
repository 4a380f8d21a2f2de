"""What comes at a steady rate and then does not: polls, answers, ways; and what looks like that and is innocent."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from fixtures.record import wire
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, PANEL, PLC_1, SCADA, both, formed
from tests.capture.files import pcap
from tests.capture.polls import Polled, frame, recorded
from tests.twins import ANY_LAYER, IP_ONLY, Form, Record, lossy

SILENT, LATE, ANOTHER, LOOP, AGAIN = (
    "polled-device-silent",
    "answers-late",
    "packets-of-another-system",
    "packets-in-loop",
    "control-traffic-repeated",
)
FORMS = ANY_LAYER | IP_ONLY
HALF_AN_HOUR = range(1, 1800)
EARLIER = 955
METER, GAUGE = "10.20.1.21", "10.20.1.22"  # which nobody polls in the plant as it is
STANDBY = "10.20.10.11"
FORMS_OF_ALL = ("in a VLAN", "in VXLAN", "in GTP-U", "in Ethernet over GRE", "on another port", "in IPv6")


def polled(*devices: Polled) -> Recorded:
    """They end when the plant's own traffic does, which would be silent otherwise."""
    return lambda: [(seconds - EARLIER, *more) for seconds, *more in recorded(*devices)]  # type: ignore[misc]


def master(server: str, seconds: Iterable[int] = HALF_AN_HOUR, **more: object) -> Polled:
    """The SCADA server asks."""
    return Polled(server, seconds, client=SCADA, **more)  # type: ignore[arg-type]


def in_files(of: int) -> object:
    """The recording as a ring of so many files."""

    def written(everything: list[Record]) -> Mapping[str, bytes]:
        size = len(everything) // of + 1
        parts = [everything[at : at + size] for at in range(0, len(everything), size)]
        return {f"plant_{n:05}_20240101.pcap": pcap(part) for n, part in enumerate(parts, 1)}

    return written


def silences() -> list[Case]:
    ended = polled(master(METER, range(1, 900)), master(GAUGE))
    dead = polled(master(METER, answers=lambda second: 0.002 if second < 900 else None), master(GAUGE))
    back = polled(master(METER, [s for s in HALF_AN_HOUR if not 700 < s < 1200]), master(GAUGE))
    gone = polled(master(METER, range(1, 900)), Polled(METER, HALF_AN_HOUR, client=PANEL))
    found = [
        seen("silence: polled no longer", ended, SILENT),
        seen("silence: asked and without answers", dead, SILENT),
        seen("silence: for ten minutes", back, SILENT),
        seen("silence: of the master", gone, SILENT),
        seen("silence: in a ring of five files", ended, SILENT, written=in_files(5)),
        seen("silence: with 5 % lost", formed(lossy(0.05), ended), SILENT),
        seen("silence: requests alone", formed(FORMS["requests only"], ended), SILENT),
        not_calm("silence: answers alone", formed(FORMS["answers only"], ended), SILENT),
        calm("silence: none", polled(master(METER), master(GAUGE)), SILENT),
        calm("silence: none, with 5 % lost", formed(lossy(0.05), polled(master(METER), master(GAUGE))), SILENT),
        calm(
            "silence: a standby takes over",
            polled(master(METER, range(1, 900)), Polled(METER, range(902, 1800), client=STANDBY), master(GAUGE)),
            SILENT,
        ),
        calm(
            "silence: it goes on by another port",
            polled(master(METER, range(1, 900)), master(METER, range(902, 1800), port=1502), master(GAUGE)),
            SILENT,
        ),
        calm(
            "silence: over one connection after the other",
            polled(*(master(METER, range(n, n + 60), own_port=50000 + n) for n in range(1, 1740, 60)), master(GAUGE)),
            SILENT,
        ),
        calm(
            "silence: of who looked for two minutes",
            polled(Polled(METER, range(1, 120), client=ENGINEER), master(METER), master(GAUGE)),
            SILENT,
        ),
        calm("silence: polled every 40 seconds", polled(master(METER, range(1, 1800, 40)), master(GAUGE)), SILENT),
        unmoved(
            "silence: when something happens",
            polled(master(METER, [*range(1, 90), *range(400, 700), *range(1300, 1330)]), master(GAUGE)),
            SILENT,
        ),
    ]
    for name in FORMS_OF_ALL:
        found.append(seen(f"silence: {name}", formed(FORMS[name], ended), SILENT))
        found.append(seen(f"silence: without answers, {name}", formed(FORMS[name], dead), SILENT))
    return found


def answers() -> list[Case]:
    late = polled(master(PLC_1, answers=lambda second: 0.002 if second < 900 else 0.3))
    briefly = polled(master(PLC_1, answers=lambda second: 0.3 if 900 < second < 940 else 0.002))
    found = [
        seen("answers: late from half of the time on", late, LATE),
        seen("answers: late for forty seconds", briefly, LATE),
        seen("answers: late, with 5 % lost", formed(lossy(0.05), late), LATE),
        seen("answers: late, recorded midway", formed(FORMS["recorded midway"], late), LATE),
        seen("answers: late, in a ring of five files", late, LATE, written=in_files(5)),
        unmoved("answers: late, requests alone", formed(FORMS["requests only"], late), LATE),
        calm("answers: alike", polled(master(PLC_1)), LATE),
        calm("answers: always late", polled(master(PLC_1, answers=lambda _: 0.3)), LATE),
        calm("answers: each fourth late", polled(master(PLC_1, answers=lambda s: 0.3 if s % 4 == 0 else 0.002)), LATE),
        calm(
            "answers: late by a few milliseconds",
            polled(master(PLC_1, answers=lambda s: 0.002 if s < 900 else 0.04)),
            LATE,
        ),
        calm(
            "answers: lost now and then", polled(master(PLC_1, answers=lambda s: None if s % 9 == 0 else 0.002)), LATE
        ),
    ]
    found += [seen(f"answers: late, {name}", formed(FORMS[name], late), LATE) for name in FORMS_OF_ALL]
    return found


def with_hops(hops: int) -> Form:
    """All frames with so much time to live."""

    def form(records: list[Record]) -> list[Record]:
        return [(s, f, data[:22] + bytes((hops,)) + data[23:], size) for s, f, data, size in records]

    return form


def systems() -> list[Case]:
    once = polled(master(PLC_1, ttl=lambda second: 128 if second == 950 else 30))
    later = polled(master(PLC_1, ttl=lambda second: 64 if second < 900 else 255))
    masters = polled(
        master(PLC_1, range(1, 900)), master(PLC_1, range(900, 1800), own_port=50002, client_ttl=lambda _: 128)
    )
    found = [
        seen("systems: one answer of another", once, ANOTHER),
        seen("systems: another from half of the time on", later, ANOTHER),
        seen("systems: two behind the master's address", masters, ANOTHER),
        seen("systems: one answer of another, recorded midway", formed(FORMS["recorded midway"], once), ANOTHER),
        seen("systems: another, with 5 % lost", formed(lossy(0.05), later), ANOTHER),
        calm("systems: one", polled(master(PLC_1)), ANOTHER),
        calm("systems: two ways", polled(master(PLC_1, ttl=lambda s: 61 + s % 3)), ANOTHER),
        calm("systems: another way", polled(master(PLC_1, ttl=lambda s: 125 if s < 900 else 121)), ANOTHER),
        calm(
            "systems: before and behind a router",
            both(
                polled(master(PLC_1)),
                lambda: [
                    (s, f + 90, d[:12] + b"\x81\0\0\7" + d[12:22] + bytes((63,)) + d[23:], size + 4)
                    for s, f, d, size in recorded(master(PLC_1))
                    if f < 900_000
                ],
            ),
            ANOTHER,
        ),
        calm(
            "systems: a firewall's resets",
            both(
                polled(master(PLC_1, range(1, 600))),
                lambda: [
                    frame(
                        601.0,
                        PLC_1,
                        SCADA,
                        6,
                        wire.tcp_segment((PLC_1, 502), (SCADA, 50000), seq=9000, ack=1000, flags=wire.RST),
                        hops=255,
                    )
                ],
            ),
            ANOTHER,
        ),
        calm(
            "systems: traceroute to a controller",
            both(
                polled(master(PLC_1)),
                lambda: [
                    frame(
                        300.0 + n,
                        ENGINEER,
                        PLC_1,
                        6,
                        wire.tcp_segment((ENGINEER, 45000 + n), (PLC_1, 502), seq=1, ack=0, flags=wire.SYN),
                        identifier=n,
                        hops=n,
                    )
                    for n in range(1, 30)
                ],
            ),
            ANOTHER,
            LOOP,
        ),
    ]
    found += [
        seen(f"systems: another, {name}", formed(FORMS[name], later), ANOTHER)
        for name in FORMS_OF_ALL
        if name != "in IPv6"  # which gives all the same time to live
    ]
    return found


def rounds(step: int, *, many: int = 5, copies: int = 1, syn: bool = False, start: int = 64) -> Recorded:
    """Packets to an address that two routers hand to and fro."""

    def recording() -> list[Record]:
        found = []
        for n in range(many):
            body = wire.udp_datagram(
                (SCADA, 40000), ("10.20.77.5", 47808), b"\x81\x0b\0\x0c\1\x20\xff\xff\0\xff\x10\x08"
            )
            if syn:
                body = wire.tcp_segment((SCADA, 40000 + n), ("10.20.77.5", 502), seq=77, ack=0, flags=wire.SYN)
            hops = range(start, 0, -step) if step else [start] * copies
            found += [
                frame(
                    300 + 20 * n + 0.0005 * i, SCADA, "10.20.77.5", 6 if syn else 17, body, identifier=n + 9, hops=left
                )
                for i, left in enumerate(hops)
            ]
        return found

    return recording


def loops() -> list[Case]:
    found = [
        seen("loops: of two routers", rounds(2), LOOP),
        seen("loops: of SYN", rounds(2, syn=True), LOOP),
        seen("loops: seen at both routers", rounds(1), LOOP),
        seen("loops: of six routers", rounds(6), LOOP),
        calm("loops: one packet, while routes change", rounds(2, many=1), LOOP),
        calm("loops: three places of a recording", rounds(1, start=3), LOOP),
        calm("loops: a mirror that has each nine times", rounds(0, copies=9), LOOP),
    ]
    found += [seen(f"loops: {name}", formed(FORMS[name], rounds(2)), LOOP) for name in ("in a VLAN", "in VXLAN")]
    return found


def again(seconds: range, times: int) -> Recorded:
    """Answers and questions of these seconds come again."""

    def recording() -> list[Record]:
        records = recorded(master(PLC_1))
        data = [one for one in records if one[0] - wire.START in seconds and len(one[2]) > 60]
        more = [
            (s, f + 900 * (n + 1), frame[:18] + struct.pack(">H", 60_000 + n) + frame[20:], size)
            for s, f, frame, size in data
            for n in range(times)
        ]
        return sorted([*records, *more], key=lambda one: one[:2])

    return recording


def bursts() -> list[Case]:
    return [
        seen("again: many in one minute", again(range(900, 940), 3), AGAIN),
        seen("again: many in one minute, in a VLAN", formed(FORMS["in a VLAN"], again(range(900, 940), 3)), AGAIN),
        calm("again: a few in one minute", again(range(900, 910), 1), AGAIN),
        calm("again: a few in each minute", again(range(1, 1800, 45), 1), AGAIN),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*silences(), *answers(), *systems(), *loops(), *bursts()]
