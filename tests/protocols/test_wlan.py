"""802.11 management frames: how networks are protected, who joins, who is thrown out; behind every header."""

from __future__ import annotations

import polars as pl
import pytest

from fixtures.record import wlan as w
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session
from scanner.protocols.wireless.wlan import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES

ETHERTYPE = 0x0469
NO, MAY, MUST = (f"management frames {said}" for said in ("are not protected", "may be protected", "must be protected"))


def sent(data: bytes) -> Message:
    return Message(data, len(data), True, "ethernet", ETHERTYPE)


def session(data: bytes) -> Session:
    (found,) = [row for row in PROTOCOL.dissect(sent(data)) if isinstance(row, Session)]
    return found


def facts(name: str) -> Facts:
    result = read_capture(CAPTURES / "wlan" / f"{name}.pcap", name, framing_plan())
    assert not result.info.not_understood
    assert not result.info.malformed_packets
    return capture_facts(result, protocols())


@pytest.mark.parametrize(
    ("elements", "privacy", "versions", "ciphers", "detail"),
    [
        ((), False, ("open",), (), "channel 6"),
        ((), True, ("WEP",), ("WEP",), f"channel 6, {NO}"),
        ((w.wpa(w.TKIP, [w.TKIP], [w.PSK]),), True, ("WPA-PSK",), ("TKIP",), f"channel 6, {NO}"),
        (w.MIXED, True, ("WPA-PSK", "WPA2-PSK"), ("TKIP", "CCMP-128"), f"channel 6, {NO}"),
        ((w.WPA2,), True, ("WPA2-PSK",), ("CCMP-128",), f"channel 6, {NO}"),
        ((w.ENTERPRISE,), True, ("WPA2-802.1X",), ("CCMP-128",), f"channel 6, {MAY}"),
        ((w.TRANSITION,), True, ("WPA2-PSK", "WPA3-SAE"), ("CCMP-128",), f"channel 6, {MAY}"),
        ((w.WPA3,), True, ("WPA3-SAE",), ("CCMP-128",), f"channel 6, {MUST}"),
        (
            (w.rsn(w.GCMP_256, [w.GCMP_256], [12], 0xC0),),
            True,
            ("WPA3-802.1X-192",),
            ("GCMP-256",),
            f"channel 6, {MUST}",
        ),
        ((w.ENHANCED_OPEN,), True, ("OWE",), ("CCMP-128",), f"channel 6, {MUST}"),
        ((w.WAPI,), True, ("WAPI",), ("SMS4",), f"channel 6, {NO}"),
        ((w.WPA2, w.wps()), True, ("WPA2-PSK",), ("CCMP-128",), f"channel 6, {NO}, WPS on"),
        ((w.rsn(w.TKIP, [0], [w.PSK]),), True, ("WPA2-PSK",), ("TKIP",), f"channel 6, {NO}"),
    ],
)
def test_protection(elements, privacy, versions, ciphers, detail):
    found = session(w.beacon(w.AP, b"plant", *elements, privacy=privacy))
    assert (found.version_offered, found.cipher_offered, found.detail) == (versions, ciphers, detail)
    assert found.server_name == "plant"
    assert found.encrypted is {"open": False, "WEP": None}.get(versions[0], True)


def test_a_station_chooses_and_may_be_refused():
    table = facts("radiotap")["sessions"].filter(pl.col("client").str.starts_with("02:00:00:00:b0"))
    chosen = {row["client"]: (row["versions"], row["server_names"]) for row in table.to_dicts()}
    assert chosen == {
        w.STATION: (["WPA2-PSK"], ["plant"]),
        w.OTHER: (["WPA3-SAE"], ["plant-safe"]),
        "02:00:00:00:b0:03": (["open"], ["visitors"]),
    }
    refused = facts("radiotap")["operations"].filter(function="Association Request", client=w.OTHER)
    assert refused["refused"].to_list() == [1]


def test_who_passes_by_is_nobody():
    flows = facts("radiotap")["flows"]
    assert w.OTHER not in flows.filter(server="ff:ff:ff:ff:ff:ff")["client"].to_list()
    assert "home" not in facts("radiotap")["operations"].write_json()


def test_the_name_is_what_the_sender_says_and_may_be_hidden():
    assert session(w.beacon(w.AP, b"\0" * 6, w.WPA2)).server_name == ""
    assert session(w.beacon(w.AP, b"a\n\xff", w.WPA2)).server_name.isprintable()


def test_an_access_point_says_what_it_is():
    found = list(PROTOCOL.dissect(sent(w.beacon(w.AP, b"x", w.wps(vendor="Acme", model="AP-7", serial="4711")))))
    assert {(row.field, row.value) for row in found if isinstance(row, Identity)} == {
        ("role", "wireless_ap"),
        ("vendor", "Acme"),
        ("model", "AP-7"),
        ("serial", "4711"),
    }


def test_beacons_of_one_network_are_one_message_and_every_change_is_another():
    first = w.beacon(w.AP, b"plant", w.WPA2, stamp=1)
    assert key("wlan", first) == key("wlan", w.beacon(w.AP, b"plant", w.WPA2, stamp=77))
    for other in (
        w.beacon(w.AP, b"plant", w.WPA3, stamp=1),
        w.beacon(w.AP, b"plant", stamp=1),
        w.beacon(w.AP, b"plant", w.WPA2, w.wps(), stamp=1),
        w.beacon(w.AP, b"other", w.WPA2, stamp=1),
        w.beacon(w.TWIN, b"plant", w.WPA2, stamp=1),
        w.beacon(w.AP, b"plant", w.WPA2, stamp=1, channel=11),
    ):
        assert key("wlan", first) != key("wlan", other)


def test_protected_frames_are_told_by_their_kind_only():
    (row,) = PROTOCOL.dissect(sent(w.deauthentication(w.SAFE, w.OTHER, w.SAFE, protected=True)))
    assert isinstance(row, Operation)
    assert (row.function, row.kind, row.detail) == ("Protected Deauthentication", Kind.NOTICE, "")


def test_a_flood_is_counted():
    ended = facts("flood")["operations"].filter(function="Deauthentication")
    assert ended.select("unit", "count").rows() == [(w.AP, 120)]


@pytest.mark.parametrize("name", ["bare", "prism", "avs", "ppi"])
def test_every_header_in_front_shows_the_same(name):
    def networks(capture: str) -> list[object]:
        table = facts(capture)["sessions"].filter(server="ff:ff:ff:ff:ff:ff")
        return table.select("client", "versions_offered", "ciphers_offered", "server_names").sort("client").rows()

    assert networks(name) == networks("radiotap")[:6]


def test_a_check_sequence_that_nobody_announced_is_no_element():
    frame = w.beacon(w.AP, b"plant", w.WPA2)
    assert session(frame + b"\x01\xff\xff\xff") == session(frame)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        w.beacon(w.AP, b"plant", w.WPA2)[:30],
        w.beacon(w.AP, b"plant", w.WPA2)[:-6],
        b"\x88" + w.beacon(w.AP, b"plant")[1:],
        w.deauthentication(w.AP, w.ALL, w.AP)[:24],
    ],
)
def test_what_is_none(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))
