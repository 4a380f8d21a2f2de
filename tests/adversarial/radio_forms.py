"""Wireless networks: twins, what is broken or open, management frames, stations that are thrown out."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from fixtures.record.wire import START
from tests.adversarial.staging import Case, calm, not_calm, seen, unmoved
from tests.capture.files import pcap

OPEN, TWIN, FLOOD = (
    "wireless-network-unprotected",
    "wireless-name-offered-differently",
    "wireless-deauthentication-flood",
)
MANAGED = "wireless-management-unprotected"
LINK = 105  # IEEE 802.11
POINT, OTHER, THIRD = (b"\2\0\0\0\xa0" + bytes((n,)) for n in (1, 2, 3))
ALL = b"\xff" * 6
Frames = Iterable[tuple[float, bytes]]
CAPABLE, REQUIRED = 0x80, 0xC0


def rsn(group: int = 4, pairwise: Iterable[int] = (4,), keys: Iterable[int] = (2,), capabilities: int = 0) -> bytes:
    """An RSN element."""
    suites = b"".join(
        struct.pack("<H", len(of)) + b"".join(b"\0\x0f\xac" + bytes((n,)) for n in of)
        for of in (list(pairwise), list(keys))
    )
    body = b"\1\0\0\x0f\xac" + bytes((group,)) + suites + struct.pack("<H", capabilities)
    return bytes((48, len(body))) + body


WPA = bytes((221, 22)) + b"\0\x50\xf2\1\1\0\0\x50\xf2\2\1\0\0\x50\xf2\2\1\0\0\x50\xf2\2"
WPA2 = rsn()
WPA3 = rsn(keys=(8,), capabilities=REQUIRED)


def station(number: int) -> bytes:
    """Its address."""
    return b"\2\0\0\1" + struct.pack(">H", number)


def managed(subtype: int, ends: bytes, body: bytes, flags: int = 0) -> bytes:
    """A management frame; ends: receiver, sender and network."""
    return bytes((subtype << 4, flags)) + bytes(2) + ends + bytes(2) + body


def beacon(
    point: bytes,
    name: bytes,
    *elements: bytes,
    private: bool = True,
    to: bytes = ALL,
    subtype: int = 8,
    channel: int = 6,
) -> bytes:
    """A beacon, or a probe response."""
    body = bytes(8) + struct.pack("<HH", 100, 0x11 if private else 1) + bytes((0, len(name))) + name
    body += b"\1\2\x82\x84" + bytes((3, 1, channel))
    return managed(subtype, to + point + point, body + b"".join(elements))


def again(frame: bytes, at: float = 0.0, every: float = 1.0, times: int = 90) -> Frames:
    """Once a second, for a while."""
    return [(at + n * every, frame) for n in range(times)]


def thrown_out(
    targets: Iterable[bytes],
    point: bytes = POINT,
    *,
    every: float = 0.05,
    at: float = 20.0,
    subtype: int = 12,
    flags: int = 0,
) -> Frames:
    """Deauthentications in the name of an access point."""
    body = b"\7\0" if not flags else bytes(range(18))
    return [(at + n * every, managed(subtype, to + point + point, body, flags)) for n, to in enumerate(targets)]


def left(stations: Iterable[bytes], point: bytes = POINT, every: float = 0.05) -> Frames:
    """Deauthentications in the name of stations."""
    return [(20 + n * every, managed(12, point + one + point, b"\3\0")) for n, one in enumerate(stations)]


def on_air(*parts: Frames, cut: int = 0) -> dict[str, bytes]:
    """A recording beside the plant's own."""
    frames = sorted((one for part in parts for one in part), key=lambda one: one[0])
    records = [(START + int(t), round(t % 1 * 1e6), data[: cut or None], len(data)) for t, data in frames]
    return {"radio.pcap": pcap(records, network=LINK)}


NETWORK = again(beacon(POINT, b"plant", WPA3))
CROWD = [station(n) for n in range(200)]


def networks() -> list[Case]:
    """What they offer."""
    bad = {
        "open": beacon(POINT, b"plant", private=False),
        "WEP": beacon(POINT, b"plant"),
        "WPA": beacon(POINT, b"plant", WPA),
        "WPA beside WPA2": beacon(POINT, b"plant", WPA2, WPA),
        "WPA2 with TKIP": beacon(POINT, b"plant", rsn(2, (2,))),
        "WPA2 with TKIP for groups": beacon(POINT, b"plant", rsn(2, (4,))),
        "WPA2 with TKIP beside CCMP": beacon(POINT, b"plant", rsn(2, (4, 2))),
        "WPA2 with WEP for groups": beacon(POINT, b"plant", rsn(5, (4,))),
        "TKIP, hidden": beacon(POINT, b"", rsn(2, (2,))),
        "TKIP, told in answers alone": beacon(POINT, b"plant", rsn(2, (2,)), to=station(1), subtype=5),
    }
    unmanaged = {
        "WPA2": beacon(POINT, b"plant", WPA2),
        "WPA2, may be": beacon(POINT, b"plant", rsn(capabilities=CAPABLE)),
        "enterprise": beacon(POINT, b"plant", rsn(keys=(1,))),
        "transition": beacon(POINT, b"plant", rsn(keys=(2, 8), capabilities=CAPABLE)),
        "without capabilities": beacon(POINT, b"plant", rsn()[:1] + bytes((len(rsn()) - 4,)) + rsn()[2:-2]),
    }
    good = {
        "WPA3": beacon(POINT, b"plant", WPA3),
        "WPA3 enterprise": beacon(POINT, b"plant", rsn(9, (9,), (12,), REQUIRED)),
        "WPA2 with SHA-256": beacon(POINT, b"plant", rsn(keys=(5,), capabilities=REQUIRED)),
    }
    return [
        *(
            seen(f"a network: {name}", list, OPEN, files=on_air(again(frame)))
            for name, frame in bad.items()
            if "answers" not in name
        ),
        not_calm(
            "a network: TKIP, told in answers alone",
            list,
            OPEN,
            files=on_air(again(bad["TKIP, told in answers alone"])),
        ),
        *(
            seen(f"management frames: {name}", list, MANAGED, files=on_air(again(frame)))
            for name, frame in unmanaged.items()
        ),
        *(
            calm(f"a good network: {name}", list, OPEN, MANAGED, files=on_air(again(frame)))
            for name, frame in good.items()
        ),
        not_calm(
            "a network cut after 40 bytes", list, OPEN, MANAGED, files=on_air(again(bad["WPA2 with TKIP"]), cut=40)
        ),
        not_calm(
            "a network cut after 60 bytes", list, OPEN, MANAGED, files=on_air(again(bad["WPA beside WPA2"]), cut=60)
        ),
    ]


def twins() -> list[Case]:
    """One name, offered by several."""
    open_one = beacon(OTHER, b"plant", private=False)
    return [
        seen("an evil twin: open", list, TWIN, OPEN, files=on_air(NETWORK, again(open_one))),
        seen("an evil twin: five beacons", list, TWIN, OPEN, files=on_air(NETWORK, again(open_one, 40, times=5))),
        seen(
            "an evil twin: one answer",
            list,
            TWIN,
            files=on_air(NETWORK, [(40.0, beacon(OTHER, b"plant", private=False, to=station(1), subtype=5))]),
        ),
        seen("an evil twin: weaker", list, TWIN, files=on_air(NETWORK, again(beacon(OTHER, b"plant", WPA2)))),
        seen(
            "an evil twin under the same address",
            list,
            TWIN,
            files=on_air(NETWORK, again(beacon(POINT, b"plant", private=False, channel=11))),
        ),
        seen(
            "an evil twin: another key management",
            list,
            TWIN,
            files=on_air(
                again(beacon(POINT, b"plant", rsn(keys=(1,)))), again(beacon(OTHER, b"plant", rsn(keys=(2,))))
            ),
        ),
        seen(
            "an evil twin in other files",
            list,
            TWIN,
            files={**on_air(NETWORK), "other.pcap": on_air(again(open_one))["radio.pcap"]},
        ),
        calm(
            "two access points of one network",
            list,
            TWIN,
            files=on_air(NETWORK, again(beacon(OTHER, b"plant", WPA3, channel=11))),
        ),
        calm(
            "networks of other names",
            list,
            TWIN,
            files=on_air(NETWORK, again(beacon(OTHER, b"plant-guest", private=False))),
        ),
        calm(
            "hidden networks",
            list,
            TWIN,
            files=on_air(NETWORK, again(beacon(OTHER, b"", WPA2)), again(beacon(THIRD, b"", private=False))),
        ),
    ]


def floods() -> list[Case]:
    """Stations thrown out."""

    def case(name: str, *parts: Frames) -> Case:
        return seen(f"thrown out: {name}", list, FLOOD, files=on_air(NETWORK, *parts))

    half = [(t, f) for n, (t, f) in enumerate(thrown_out(CROWD)) if n % 2]
    return [
        case("one station", thrown_out([station(1)] * 100)),
        case("everybody", thrown_out([ALL] * 100)),
        case("many stations", thrown_out(CROWD)),
        case("many stations, each twice", thrown_out(CROWD * 2)),
        case("many stations, 5 a second", thrown_out(CROWD, every=0.2)),
        case("in the name of many stations", left(CROWD)),
        case("in both names by turns", half, left(CROWD[::2])),
        case("disassociated", thrown_out(CROWD, subtype=10)),
        case(
            "disassociated and deauthenticated",
            thrown_out(CROWD[:20], every=0.5),
            thrown_out(CROWD[20:40], every=0.5, subtype=10),
        ),
        case("of two access points, each enough", thrown_out(CROWD), thrown_out(CROWD, OTHER)),
        case("of ten access points", *(thrown_out(CROWD[:50], POINT[:5] + bytes((n,)), every=0.1) for n in range(10))),
        seen("thrown out: without any beacon", list, FLOOD, files=on_air(thrown_out(CROWD))),
        seen(
            "thrown out: in two files",
            list,
            FLOOD,
            files={
                **on_air(NETWORK, thrown_out(CROWD)),
                "other.pcap": on_air(again(beacon(THIRD, b"x", WPA3)))["radio.pcap"],
            },
        ),
        unmoved("thrown out: 20 frames", list, FLOOD, files=on_air(NETWORK, thrown_out(CROWD[:20]))),
        unmoved("thrown out: in an hour", list, FLOOD, files=on_air(NETWORK, thrown_out(CROWD, every=4.0))),
        calm("nobody thrown out", list, FLOOD, files=on_air(NETWORK)),
        calm("three stations leave", list, FLOOD, files=on_air(NETWORK, left(CROWD[:3], every=9.0))),
    ]


def shortly() -> list[Case]:
    """Radio for a few seconds beside a long recording of cables."""
    good, every = beacon(POINT, b"plant", WPA3), (OPEN, MANAGED, TWIN, FLOOD)

    def heard(*parts: Frames) -> dict[str, bytes]:
        return on_air(*parts)

    bad = again(beacon(POINT, b"plant", private=False), every=0.5, times=20)
    return [
        not_calm("radio for 10 seconds", list, *every, files=heard(again(good, every=0.5, times=20))),
        not_calm("radio for 59 seconds", list, *every, files=heard(again(good, every=0.5, times=110))),
        not_calm(
            "radio at the beginning and the end",
            list,
            *every,
            files=heard(again(good, 0, 0.5, 10), again(good, 800, 0.5, 10)),
        ),
        not_calm("one beacon", list, *every, files=heard([(40.0, good)])),
        seen("an open network for 10 seconds", list, OPEN, files=heard(bad)),
        calm("radio for 90 seconds", list, *every, files=heard(again(good, every=0.5, times=180))),
        calm(
            "radio for 90 seconds, two access points",
            list,
            *every,
            files=heard(again(good, every=0.5, times=180), again(beacon(OTHER, b"plant", WPA3), every=0.5, times=180)),
        ),
    ]


def cases() -> list[Case]:
    """All."""
    return [*networks(), *twins(), *floods(), *shortly()]
