"""GOOSE and Sampled Values: who else publishes, what is replayed, tunnelled or routed; copies and restarts may be."""

from __future__ import annotations

from dataclasses import replace

from fixtures.record.goose import SV_SPDU, TRIP, Publication, Spdu
from fixtures.record.sv import Asdu, apdu, frame
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import CONDUIT, ENGINEER, PLC_1, PLC_2, STRANGER, datagrams, formed, framed
from tests.twins import ANY_LAYER, IP_ONLY, Form, lossy

TWICE, INTERLEAVED, EXPIRED = "control-block-published-twice", "publication-interleaved", "publication-expired"
BACK, TESTED, TUNNELLED = "publication-set-back", "publication-in-test", "layer2-protocol-tunnelled"
MALFORMED = "malformed-message-seen"
UNSYNCHRONISED, REVISED = "samples-not-synchronised", "publication-revision-changed"
GOOSE, SV = 0x88B8, 0x88BA
IED, OTHER = bytes.fromhex("02000a14010b"), bytes.fromhex("02000a0a0042")  # PLC_1, the stranger
SUBSCRIBER = bytes.fromhex("02000a14010c")  # PLC_2
GROUP, SAMPLED = bytes.fromhex("010ccd010001"), bytes.fromhex("010ccd040001")
TAGGED, PRIORITY = b"\x81\0\x80\x05", b"\x81\0\x80\0"


def ethernet(body: bytes, source: bytes = IED, target: bytes = GROUP, kind: int = GOOSE, tag: bytes = b"") -> bytes:
    """A frame."""
    return (target + source + tag + kind.to_bytes(2, "big") + body).ljust(60, b"\0")


def published(
    *, begin: float = 200.0, count: int = 60, source: bytes = IED, tag: bytes = b"", every: float = 1.0, **of: object
) -> list[tuple[float, bytes]]:
    """A control block that repeats itself."""
    base = replace(TRIP, state=9, **of)  # type: ignore[arg-type]
    first = base.sequence or 100
    return [
        (begin + n * every, ethernet(replace(base, sequence=first + n).frame(), source, tag=tag)) for n in range(count)
    ]


def sampled(
    *, begin: float = 200.0, count: int = 200, source: bytes = IED, first: int = 0, stream: str = "MU01"
) -> list[tuple[float, bytes]]:
    """A merging unit."""
    return [
        (begin + n / 100, ethernet(frame(Asdu(stream, (first + n) % 4000)), source, SAMPLED, SV)) for n in range(count)
    ]


def goose(*more: tuple[float, bytes], **of: object) -> Recorded:
    """The publisher of the plant, and more."""
    return framed(*published(**of), *more)  # type: ignore[arg-type]


def to_one(**of: object) -> list[tuple[float, bytes]]:
    """Published to the address of a subscriber."""
    return [(at, SUBSCRIBER + sent[6:]) for at, sent in published(**of)]  # type: ignore[arg-type]


def _long_form() -> bytes:
    """The same message with every length in two octets more than it needs."""
    raw = TRIP.frame()
    pdu = TRIP.apdu()
    size = pdu[1] if pdu[1] < 0x80 else pdu[2]
    inside = pdu[2:] if pdu[1] < 0x80 else pdu[3:]
    longer = b"\x61\x82" + size.to_bytes(2, "big") + inside
    return raw[:2] + (8 + len(longer)).to_bytes(2, "big") + raw[4:8] + longer


def tunnels() -> list[Case]:
    """Out of the segment."""
    vxlan, gre = ANY_LAYER["in VXLAN"], IP_ONLY["in Ethernet over GRE"]
    routed = Spdu(TRIP.apdu())
    return [
        *(
            seen(f"{what} in {name}", formed(form, framed(*frames)), TUNNELLED)
            for what, frames in (("GOOSE", published()), ("SV", sampled()))
            for name, form in (("VXLAN", vxlan), ("GRE", gre))
        ),
        seen("GOOSE in VXLAN, with a tag", formed(vxlan, framed(*published(tag=TAGGED))), TUNNELLED),
        seen(
            "routed GOOSE to a PLC from the office",
            datagrams(STRANGER, PLC_2, 102, [(1, replace(routed, number=n).datagram()) for n in range(20)]),
            CONDUIT,
        ),
        seen(
            "routed SV to a PLC from the office",
            datagrams(
                STRANGER,
                PLC_2,
                102,
                [(1, Spdu(apdu(Asdu("MU01", n)), kind=SV_SPDU, number=n).datagram()) for n in range(20)],
            ),
            CONDUIT,
        ),
        not_calm(
            "routed GOOSE in test",
            datagrams(
                STRANGER,
                PLC_2,
                102,
                [(1, Spdu(replace(TRIP, test=True, sequence=n).apdu(), number=n).datagram()) for n in range(20)],
            ),
            TESTED,
        ),
        not_calm(
            "routed GOOSE simulated, on 10102",
            datagrams(
                STRANGER, PLC_2, 10102, [(1, Spdu(TRIP.apdu(), simulated=True, number=n).datagram()) for n in range(20)]
            ),
            TESTED,
        ),
    ]


def others() -> list[Case]:
    """Somebody else publishes, or the same one says what it should not."""
    double: Form = lambda r: [x for one in r for x in (one, (one[0], one[1] + 9, one[2], one[3]))]  # noqa: E731
    return [
        seen("a stranger publishes the control block", goose(*published(begin=220.5, count=4, source=OTHER)), TWICE),
        seen("a stranger publishes it once", goose(*published(begin=220.5, count=1, source=OTHER)), TWICE),
        seen(
            "a stranger publishes it with a priority tag",
            goose(*published(begin=220.5, count=4, source=OTHER, tag=PRIORITY)),
            TWICE,
        ),
        seen(
            "a stranger publishes it with the test flag",
            goose(*published(begin=220.5, count=4, source=OTHER, test=True)),
            TWICE,
            TESTED,
        ),
        seen("a stranger publishes it with longer lengths", goose((220.5, ethernet(_long_form(), OTHER))), TWICE),
        seen("a stranger publishes it to one device", goose(*to_one(begin=220.5, count=4, source=OTHER)), TWICE),
        seen("a stranger publishes it once to one device", goose(*to_one(begin=220.5, count=1, source=OTHER)), TWICE),
        calm("its own publisher publishes it to one device as well", goose(*to_one(begin=220.5, count=4)), TWICE),
        seen(
            "a stranger's samples", framed(*sampled(), *sampled(begin=200.505, count=20, source=OTHER, first=50)), TWICE
        ),
        seen("two counts from one address", goose(*published(begin=220.5, count=20, sequence=7000)), INTERLEAVED),
        seen(
            "two counts of samples from one address",
            framed(*sampled(), *sampled(begin=200.505, count=40, first=2000)),
            INTERLEAVED,
        ),
        seen(
            "the state goes back and on",
            goose(*[(220.5 + n, ethernet(replace(TRIP, state=8, sequence=n + 1).frame())) for n in range(3)]),
            BACK,
        ),
        seen(
            "silence for longer than is allowed",
            framed(*published(count=20), *published(begin=260, count=20, sequence=120)),
            EXPIRED,
        ),
        seen("simulated", goose(*published(begin=280, count=5, simulated=True, sequence=180)), TESTED),
        seen("needs commissioning", goose(*published(begin=280, count=5, commissioning=True, sequence=180)), TESTED),
        seen("simulated, in two tags", formed(ANY_LAYER["in two VLAN tags"], goose(simulated=True)), TESTED),
        not_calm(
            "a publication cut after 40 bytes",
            lambda: [(s, f, data[:40], w) for s, f, data, w in goose(test=True)()],
            TESTED,
        ),
        not_calm(
            "GOOSE that is no BER",
            framed(*((200.0 + n, ethernet(b"\0\1\0\x40\0\0\0\0" + b"\x61\x7f" + b"\xff" * 54)) for n in range(5))),
            MALFORMED,
        ),
        *(
            seen(
                f"{count} messages of another count, {share:.0%} of all lost, by chance {chance}",
                formed(lossy(share, chance), goose(*published(begin=220.5, count=count, sequence=first))),
                INTERLEAVED,
            )
            for share in (0.3, 0.5)
            for chance in (2, 5)
            for count, first in ((3, 7000), (8, 20), (20, 7000))
        ),
        *(
            unmoved(
                f"{share:.0%} of the frames lost, by chance {chance}",
                formed(lossy(share, chance), goose()),
                INTERLEAVED,
            )
            for share in (0.1, 0.3, 0.5)
            for chance in (2, 5)
        ),
        unmoved(
            "a publisher starts anew in its first state, half lost",
            formed(lossy(0.5, 3), framed(*published(count=40), *published(begin=240.0, count=60, sequence=1))),
            BACK,
        ),
        calm("a steady publisher", goose(), TWICE, INTERLEAVED, EXPIRED, BACK, TESTED, TUNNELLED),
        calm("a steady merging unit", framed(*sampled(count=4200)), TWICE, INTERLEAVED, TESTED, TUNNELLED),
        calm("copies by two ways of a ring", formed(double, goose()), TWICE, INTERLEAVED, EXPIRED, BACK),
        calm(
            "a publisher that starts anew",
            framed(
                *published(count=20),
                *[(220.0 + n, ethernet(replace(TRIP, state=1, sequence=n).frame())) for n in range(30)],
            ),
            TWICE,
            INTERLEAVED,
            TESTED,
        ),
        calm(
            "the sequence wraps around",
            framed(
                *published(count=8, sequence=0xFFFFFFFC),
                *[(208.0 + n, ethernet(replace(TRIP, state=9, sequence=n + 1).frame())) for n in range(20)],
            ),
            INTERLEAVED,
            BACK,
        ),
        unmoved("a third of the frames lost", formed(lossy(0.33), goose()), TWICE, INTERLEAVED, BACK, EXPIRED),
        calm(
            "two control blocks of one device",
            framed(
                *published(),
                *published(begin=200.4, reference="PRESS1_LD0/LLN0$GO$gcb_2", data_set="x", identifier="y", appid=2),
            ),
            TWICE,
            INTERLEAVED,
            BACK,
        ),
        calm(
            "two devices, each with its own",
            framed(
                *published(),
                *published(
                    begin=200.4,
                    source=bytes.fromhex("02000a14010c"),
                    reference="BAY2/LLN0$GO$gcb",
                    data_set="x",
                    identifier="y",
                    appid=2,
                ),
            ),
            TWICE,
            INTERLEAVED,
        ),
        unmoved(
            "an IED mirrored to an analyser",
            formed(lambda r: [(s, f, b"\2" * 12 + b"\x08\0" + data, w + 14) for s, f, data, w in r], goose()),
            TUNNELLED,
        ),
        unmoved("engineering reads the IED", datagrams(ENGINEER, PLC_1, 161, [(1, b"")]), TWICE, TESTED),
    ]


def later_samples() -> list[Case]:
    """Samples behind the first of a message."""

    def of(last: Asdu, *, since: int) -> Recorded:
        def body(n: int) -> bytes:
            first = [Asdu("MU01", 8 * n + k) for k in range(7)]
            return frame(*first, replace(last, counter=8 * n + 7) if n >= since else Asdu("MU01", 8 * n + 7))

        return framed(*((200.0 + n / 100, ethernet(body(n), IED, SAMPLED, SV)) for n in range(200)))

    alone, moved = Asdu("MU01", 0, synchronised=0), Asdu("MU01", 0, revision=2)
    return [
        seen("the last sample of each message is not synchronised", of(alone, since=0), UNSYNCHRONISED),
        seen("the last sample of later messages is not synchronised", of(alone, since=100), UNSYNCHRONISED),
        seen("the last sample of later messages is of another revision", of(moved, since=100), REVISED),
        calm("eight samples in each message", of(alone, since=200), UNSYNCHRONISED, REVISED),
    ]


def cases() -> list[Case]:
    """All."""
    assert isinstance(TRIP, Publication)
    return [*tunnels(), *others(), *later_samples()]
