"""Sessions of mobile devices: joined from requests and answers, never guessed, and compared with what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fixtures.record import mobile_sessions as m
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts import subscriptions
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import SUBSCRIPTIONS, ZONES
from scanner.protocols import framing_plan, protocols

FIELDS = ("protocol", "network_slice", "data_network", "address", "teid")
V, C = "1-00000a", "1-00000b"
EVERY = [
    ("gtp-c", "", "video", "10.46.0.21", 0),
    ("gtp-c", "", "video", "10.46.0.22", 0),
    ("ngap", V, "vehicles.plant", "10.45.0.8", 0x101),
    ("ngap", C, "video", "10.46.0.19", 0x201),
    ("pfcp", V, "vehicles.plant", "10.45.0.9", 0x102),
    ("pfcp", C, "video", "10.46.0.20", 0x202),
]


def told(path: Path) -> list[tuple[Any, ...]]:
    found = capture_facts(read_capture(path, "x", framing_plan()), protocols())["subscriptions"]
    return sorted(found.select(FIELDS).rows())


def exchanged(path: Path, *said: tuple[int, bytes], port: int = 2123) -> list[tuple[Any, ...]]:
    """What datagrams of a session management and a gateway tell."""
    with Wire(path / "x.pcap") as wire:
        way = wire.udp(m.SMF, m.UPF, port)
        for asks, data in said:
            (way.client if asks else way.server)(data)
    return told(path / "x.pcap")


@pytest.mark.parametrize("port", [0, 10000])
def test_what_signalling_tells_of_sessions(tmp_path: Path, port: int) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        m.core(wire, foreign=False, port=port)
    assert told(tmp_path / "x.pcap") == EVERY


def test_what_is_ciphered_keeps_slice_and_tunnel_only(tmp_path: Path) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        m.core(wire, foreign=False, ciphered=True)
    assert ("ngap", V, "", "", 0x101) in told(tmp_path / "x.pcap")


def test_a_ciphered_session_is_the_one_of_its_tunnel(tmp_path: Path) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        link = m.Association(wire, 38412, m.NGAP)
        link.core(m.ngap_session("10.45.0.9", m.VEHICLES, "x", 0x102, ciphered=True))
        way = wire.udp(m.SMF, m.UPF, 8805)
        asked, answer = m.pfcp_session(1, "10.45.0.9", b"", "vehicles", 0x102)
        way.client(asked)
        way.server(answer)
    assert told(tmp_path / "x.pcap") == [("pfcp", V, "vehicles", "10.45.0.9", 0x102)]


ASKED, TOLD = m.gtp2_session(5, "10.45.0.9", "plant1")
OTHER, OTHER_TOLD = m.gtp2_session(6, "10.45.0.10", "plant2")
REFUSED = m.gtp2_session(5, "10.45.0.9", "plant1", cause=73)
SIX, SIX_TOLD = m.gtp2_session(7, "fd45::9", "plant1")
AGAIN, AGAIN_TOLD = m.gtp2_session(5, "10.45.0.11", "plant3")


@pytest.mark.parametrize(
    ("said", "sessions"),
    [
        ([(1, ASKED), (0, TOLD)], [("plant1", "10.45.0.9")]),
        ([(1, ASKED), (1, OTHER), (0, OTHER_TOLD), (0, TOLD)], [("plant1", "10.45.0.9"), ("plant2", "10.45.0.10")]),
        ([(1, SIX), (0, SIX_TOLD)], [("plant1", "fd45::")]),
        ([(1, ASKED)], [("plant1", "")]),
        ([(0, TOLD)], [("", "10.45.0.9")]),
        ([(1, REFUSED[0]), (0, REFUSED[1])], []),
        # one number for two: which answer belongs to which nobody knows
        ([(1, ASKED), (0, TOLD), (1, AGAIN), (0, AGAIN_TOLD)],
         [("", "10.45.0.11"), ("", "10.45.0.9"), ("plant1", ""), ("plant3", "")]),
        # from the other side: another exchange
        ([(1, ASKED), (1, TOLD)], [("", "10.45.0.9"), ("plant1", "")]),
    ],
)  # fmt: skip
def test_requests_and_answers_are_joined(
    tmp_path: Path, said: list[tuple[int, bytes]], sessions: list[tuple[str, str]]
) -> None:
    assert sorted(row[2:4] for row in exchanged(tmp_path, *said)) == sessions


def test_pfcp_of_a_session_that_is_refused_is_none(tmp_path: Path) -> None:
    asked, answer = m.pfcp_session(1, "10.45.0.9", m.VEHICLES, "vehicles", 7, cause=64)
    assert exchanged(tmp_path, (1, asked), (0, answer), port=8805) == []


def test_what_is_beyond_the_ceiling_is_not_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST", 1)
    said = exchanged(tmp_path, (1, ASKED), (0, TOLD), (1, OTHER), (0, OTHER_TOLD))
    assert len(said) == 2
    assert ("", "", "", "", None) in said or ("", "", "", "", 0) in said


POLICY = [
    {"zone": "vehicles", "level": 1.0, "subnets": ["10.45.0.0/24", "fd45::/64"], "slices": [V], "dnns": ["v"]},
    {"zone": "cameras", "level": 2.0, "subnets": ["10.46.0.0/24"], "slices": [C], "teids": ["512-767"]},
    {"zone": "bare", "level": 2.0, "devices": ["X"], "slices": ["9"]},
    {"zone": "others", "level": 2.0, "subnets": ["10.47.0.0/24"]},
]


@pytest.mark.parametrize(
    ("session", "outside", "at_home"),
    [
        ({"network_slice": V, "data_network": "v", "address": "10.45.0.9"}, False, True),
        ({"network_slice": V, "data_network": "v", "address": "fd45::"}, False, True),
        ({"network_slice": V, "data_network": "other", "address": "10.45.0.9"}, False, False),
        ({"network_slice": V, "address": "10.45.0.9"}, False, None),
        ({"network_slice": V, "data_network": "v", "address": "10.46.0.9"}, True, False),
        ({"network_slice": V, "data_network": "v", "address": "10.99.0.9"}, True, True),
        ({"network_slice": C, "data_network": "v", "address": "10.45.0.9"}, True, False),
        ({"network_slice": "9", "address": "10.99.0.9"}, None, True),
        ({"network_slice": "9", "address": "10.47.0.9"}, True, False),
        ({"network_slice": "3", "data_network": "x", "address": "10.47.0.9"}, False, True),
        ({"network_slice": "3", "data_network": "x", "address": "10.46.0.9"}, False, False),
        ({"data_network": "x", "address": "10.47.0.9"}, None, True),
        ({"data_network": "v", "address": "10.45.0.9", "protocol": "s1ap"}, False, True),
        ({"data_network": "x", "address": "10.46.0.9", "protocol": "s1ap"}, None, None),
        ({"teid": 600, "address": "10.45.0.9"}, True, None),
        ({"instance": "v", "address": "10.46.0.9", "network_slice": C}, True, False),
        ({"address": "10.45.0.9", "protocol": ""}, None, None),
        ({"address": "10.47.0.9", "protocol": ""}, None, None),
        ({"network_slice": V}, None, None),
    ],
)
def test_where_a_session_is_and_where_it_is_declared(
    session: dict[str, Any], outside: bool | None, at_home: bool | None
) -> None:
    usual = {"capture": "c", "client": "10.60.0.2", "server": "10.60.0.4", "protocol": "ngap", "count": 1}
    facts = Facts({"zones": frame(ZONES, POLICY), "subscriptions": frame(SUBSCRIPTIONS, [usual | session])}, inputs=())
    (row,) = enrich(facts)["subscriptions"].to_dicts()
    assert (row["outside"], row["at_home"]) == (outside, at_home)
