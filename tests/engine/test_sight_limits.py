"""Where the limits lie beyond which the silence of conversations is not believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.engine.verdict.sight import counted_bytes
from tests.engine.engine_cases import capture, case, changed, judged, rule

WRITES = rule()  # about write operations of any protocol
ANSWERS = rule(changed(("severity: high", "severity: high\nminimum: {sees: [answers]}")))
OPENINGS = rule(changed(("severity: high", "severity: high\nminimum: {sees: [handshake]}")))
MODBUS_ALONE = rule(changed(("where: {verb: write}", "where: {verb: write, protocol: modbus}")))
ENDS = {"client": "10.0.0.5", "server": "10.0.1.5", "transport": "tcp"}
SEEN = {"client_packets": 9, "server_packets": 9, "client_bytes": 400, "server_bytes": 900}
MODBUS = ENDS | SEEN | {"server_port": 502, "protocol": "modbus", "industrial": True, "opened_by": "syn"}
NAMES = MODBUS | {"server": "10.0.9.9", "server_port": 53, "protocol": "dns", "industrial": False}
BACNET = MODBUS | {"transport": "udp", "protocol": "bacnet", "server_port": 47808}
UNKNOWN = NAMES | {"server_port": 9999, "protocol": ""}
NEAR = UNKNOWN | {"server": "10.0.1.5"}  # which answers in Modbus beside
OFFICE = UNKNOWN | {"client": "10.9.9.8"}


def causes(*flows: dict[str, Any], given: Any = WRITES, **facts: Any) -> list[str]:
    facts.setdefault("operations", [])
    return [d.cause.value for d in judged(given, case(flows=list(flows), **facts)).doubts]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"client_unread": 3}, []),
        ({"client_unread": 4}, ["lost"]),
        ({"client_unread": 72, "copy": True}, []),  # the same packets, captured elsewhere as well
        ({"client_unread": 72, "copy": False}, ["lost"]),
        ({"client_unread": 72, "client_cut": 0}, ["lost"]),
        ({"client_unread": 72, "client_bytes": 0, "server_bytes": 0}, []),  # no payload at all
        ({"client_unread": 72, "client_bytes": 0, "server_bytes": 0, "client_missing": 72}, ["lost"]),
        ({"client_unread": 72, "client_contradictory": 1}, ["lost", "contradictory"]),
        ({"client_unread": None, "client_cut": None, "midway": None, "client_missing": None}, []),
        ({"client_packets": None, "server_packets": None}, []),
        ({"client_packets": 0, "client_bytes": 0, "client_unread": 72}, ["one-sided"]),
        ({"client_packets": 0, "client_bytes": 0, "server_bytes": 0, "server_missing": 9}, []),
    ],
)
def test_holes_in_requests(change: dict[str, Any], wanted: list[str]) -> None:
    assert causes(MODBUS | change) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"server_unread": 3}, []),
        ({"server_unread": 4}, ["lost"]),
        ({"server_unread": 72, "server_cut": 1}, ["truncated"]),
        ({"server_unread": 72, "client_cut": 1}, ["lost"]),
        ({"server_contradictory": 1}, ["contradictory"]),
        ({"client_unread": 72, "client_contradictory": 3}, []),
        ({"client_packets": 0, "client_bytes": 0}, []),
    ],
)
def test_holes_in_answers(change: dict[str, Any], wanted: list[str]) -> None:
    assert causes(MODBUS | change, given=ANSWERS) == wanted


@pytest.mark.parametrize(
    ("flow", "wanted"),
    [(MODBUS, ["handshake"]), (BACNET, []), (MODBUS | {"midway": 0}, []), (NAMES, [])],
)
def test_openings(flow: dict[str, Any], wanted: list[str]) -> None:
    assert causes({"midway": 1} | flow, given=OPENINGS) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"server_missing": 6}, []),  # of 1,300 bytes
        ({"server_missing": 7}, ["lost"]),
        ({"client_missing": 4, "server_missing": 3}, ["lost"]),
        ({"server_missing": 7, "capture": "another"}, []),
        ({"server_missing": 7, "transport": "udp"}, []),
    ],
)
def test_how_much_streams_lack_before_datagrams_are_doubted(change: dict[str, Any], wanted: list[str]) -> None:
    assert causes(BACNET, NAMES | change) == wanted


STRAY = {**ENDS, "transport": "udp", "protocol": "bacnet", "server_port": 47808, "verb": "read", "seen_as": "response"}


@pytest.mark.parametrize(
    ("operations", "wanted"),
    [
        ([STRAY | {"count": 2}], ["lost"]),
        ([STRAY | {"count": 1}, STRAY | {"count": 1, "object": "b"}], ["lost"]),
        ([STRAY | {"count": None}, STRAY | {"count": None}], ["lost"]),
        ([STRAY | {"count": None}], []),
        ([STRAY | {"count": 9, "seen_as": "request"}], []),
        ([STRAY | {"count": 9, "server": "10.0.1.6"}], []),  # of another conversation
        ([STRAY | {"count": 9, "vlan": 7}], []),
    ],
)
def test_answers_that_nobody_asked_for(operations: list[dict[str, Any]], wanted: list[str]) -> None:
    assert causes(BACNET, operations=operations) == wanted


def test_a_server_that_was_heard_elsewhere_did_not_answer() -> None:
    asked = BACNET | {"server_packets": 0, "server_bytes": 0}
    assert causes(asked, given=ANSWERS) == ["one-sided"]
    assert causes(asked, MODBUS, given=ANSWERS) == []
    little = NEAR | {"client_bytes": 20, "server_bytes": 5}
    assert causes(MODBUS | {"server_packets": 0, "server_bytes": 0}, little, given=ANSWERS) == ["one-sided"]


GROUPS = ["224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "01:00:5e:00:00:01", "33:33:00:00:00:01"]
HOSTS = ["223.255.255.1", "10.0.1.9", "fe80::1", "2001:db8::ff", "02:00:5e:00:00:01", "fa:33:00:00:00:01"]


@pytest.mark.parametrize(("server", "group"), [*((g, True) for g in GROUPS), *((h, False) for h in HOSTS)])
def test_who_is_asked_together_answers_for_himself(server: str, group: bool) -> None:
    answer = BACNET | {"client_packets": 0, "client_bytes": 0}
    asked = BACNET | {"server": server, "server_packets": 0, "server_bytes": 0}
    assert causes(answer, asked) == ([] if group else ["one-sided"])


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"client_bytes": 3, "server_bytes": 0}, False),
        ({"client_bytes": 4, "server_bytes": 0}, True),
        ({"client_bytes": 2, "server_bytes": 1, "client_missing": 1}, True),
        ({"client_bytes": 2, "server_bytes": 1, "midway": 1}, True),
        ({"client_bytes": 0, "server_bytes": 0, "client_missing": 90}, True),
        ({"client_bytes": 0, "server_bytes": 0, "client_missing": 3}, False),
        ({"client_bytes": 0, "server_bytes": 0, "client_missing": 1, "midway": 1}, False),
        ({"protocol": "modbus", "industrial": True, "recognised_by": "port"}, True),
        ({"protocol": "dns", "recognised_by": "port"}, True),
        ({"protocol": "dns", "recognised_by": "content"}, False),
        ({"protocol": "macsec", "transport": "ethernet", "server_port": 0x88E5}, True),
        ({"transport": "ip-50", "server_port": 0}, True),
        ({"transport": "ip-50", "server_port": 0, "copy": True}, False),
    ],
)
def test_what_may_be_anything_beside_a_controller(change: dict[str, Any], wanted: bool) -> None:
    assert causes(MODBUS, NEAR | change) == ["unrecognised"] * wanted


@pytest.mark.parametrize("role", ["controller", "safety_controller", "io_device", "drive", "robot", "ied"])
def test_who_is_a_controller_by_its_role(role: str) -> None:
    little = OFFICE | {"client_bytes": 20, "server_bytes": 0}
    assert causes(MODBUS, little | {"server_roles": [role]}) == ["unrecognised"]
    assert causes(MODBUS, little | {"client_roles": [role]}) == []
    assert causes(MODBUS, little | {"client_roles": [role], "opened_by": "first"}) == ["unrecognised"]
    assert causes(MODBUS, little | {"server_roles": ["historian"]}) == []
    assert causes(MODBUS, little | {"server_roles": None}) == []


def test_who_answers_in_an_industrial_protocol_is_a_controller() -> None:
    little = NEAR | {"client_bytes": 20, "server_bytes": 5}
    assert causes(MODBUS, little) == ["unrecognised"]
    assert causes(MODBUS | {"server_packets": 0, "server_bytes": 0}, little) == []
    assert causes(MODBUS | {"industrial": None, "protocol": "dns"}, little) == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),  # its content would have been recognised
        ({"server_missing": 1}, True),
        ({"client_cut": 1}, True),
        ({"midway": 1}, True),
        ({"client_packets": 0, "client_bytes": 0}, True),
        ({"server_packets": 0, "server_bytes": 0}, True),
        ({"transport": "ip-50", "server_port": 0}, True),
        ({"server_port": 502}, True),  # at home
    ],
)
def test_what_was_seen_whole_hides_no_protocol_of_its_own(change: dict[str, Any], wanted: bool) -> None:
    assert (
        causes(MODBUS, NEAR | {"client_bytes": 9, "server_bytes": 9} | change, given=MODBUS_ALONE)
        == ["unrecognised"] * wanted
    )


@pytest.mark.parametrize(
    ("size", "roles", "wanted"),
    [
        (433, [], False),  # of 1,733
        (434, [], True),
        (9000, ["printer"], True),  # it said so itself
        (9000, ["server"], True),  # it answered somebody, as controllers with a page do
        (9000, ["time_server", "server"], True),
        (9000, ["printer", "controller"], True),
        (9000, [], True),
    ],
)
def test_what_part_of_the_payload_may_be_unknown(size: int, roles: list[str], wanted: bool) -> None:
    unknown = OFFICE | {"client_bytes": size, "server_bytes": 0, "server_roles": roles}
    assert causes(MODBUS, unknown) == ["unrecognised"] * wanted


@pytest.mark.parametrize(
    ("seen", "assigned", "wanted"),
    [
        (["server"], ["server"], False),
        (["printer"], ["printer"], False),
        (["printer", "server"], ["printer"], False),  # it answered somebody
        (["printer", "camera"], ["printer"], False),
        (["printer", "controller"], ["printer"], True),
        (["server"], ["hmi"], True),
        (["printer"], None, True),
    ],
)
def test_a_server_that_was_assigned_a_role_takes_no_commands(
    seen: list[str], assigned: list[str] | None, wanted: bool
) -> None:
    unknown = OFFICE | {"client_bytes": 9000, "server_bytes": 0, "server_roles": seen}
    assert causes(MODBUS, unknown | {"server_assigned_roles": assigned}) == ["unrecognised"] * wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),
        ({"client_unread": 20}, True),  # the rest was cut as messages of what it turned out not to be
        ({"client_unread": 20, "client_missing": 20}, False),
        ({"client_unread": 20, "server_unread": 20}, False),  # nothing was cut
        ({"opened_by": "first"}, True),
    ],
)
def test_what_was_taken_for_something_else(change: dict[str, Any], wanted: bool) -> None:
    assert causes(MODBUS, OFFICE | {"client_bytes": 20, "server_bytes": 20} | change) == ["unrecognised"] * wanted


def test_connections_refused_are_no_requests_refused() -> None:
    refused = rule(changed(("fail: {allowed: false}", "fail: {'refused|gt': 0}")))
    assert causes(MODBUS | {"server_packets": 0, "server_bytes": 0, "refused": 0}, given=refused) == ["one-sided"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),  # 16 bytes and more an echo, as anybody sends who looks whether somebody is there
        ({"client_bytes": 9 * 128, "server_bytes": 9 * 128}, False),
        ({"client_bytes": 9 * 128, "server_bytes": 9 * 128 + 1}, True),
        ({"client_bytes": 9000, "icmp": ["echo request"], "icmp_answers": ["echo reply"]}, True),
        ({"client_bytes": 9000, "icmp": ["unreachable"]}, False),  # it quotes what could not be delivered
        ({"client_bytes": 9000, "icmp": ["unreachable"], "icmp_answers": ["echo reply"]}, True),
    ],
)
def test_a_tunnel_in_echoes(change: dict[str, Any], wanted: bool) -> None:
    assert causes(MODBUS, NEAR | {"transport": "icmp", "server_port": 0} | change) == ["unrecognised"] * wanted


FTP = NAMES | {"client": "10.7.0.1", "server": "10.7.0.2", "server_port": 21, "protocol": "ftp", "protocols": ["ftp"]}
FILE = FTP | {"server_port": 40000, "protocol": "", "protocols": [], "client_bytes": 0, "server_bytes": 90_000}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, False),
        ({"client": "10.7.0.2", "server": "10.7.0.1"}, False),  # active: the server calls back
        ({"client_bytes": 90_000, "server_bytes": 0}, False),
        ({"client_bytes": 1}, True),  # both sides speak
        ({"transport": "udp"}, True),
        ({"client": "10.7.0.3"}, True),
        ({"capture": "another"}, True),
    ],
)
def test_the_files_of_a_session(change: dict[str, Any], wanted: bool) -> None:
    assert causes(MODBUS, FTP, FILE | change) == ["unrecognised"] * wanted
    assert causes(MODBUS, FTP | {"protocol": "http", "protocols": ["http"]}, FILE) == ["unrecognised"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (9_999, "9999 B"),
        (10_000, "10.0 kB"),
        (999_940, "999.9 kB"),
        (1_000_000, "1.0 MB"),
        (1_250_000_000, "1.2 GB"),
    ],
)
def test_amounts_of_bytes(number: int, text: str) -> None:
    assert counted_bytes(number) == text


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, "10.0.0.5 → 10.0.1.5 tcp/502 modbus"),
        ({"frames": [7, 8]}, "10.0.0.5 → 10.0.1.5 tcp/502 modbus (frame 7)"),
        ({"frames": [7], "client_doubt_frame": 9}, "10.0.0.5 → 10.0.1.5 tcp/502 modbus (frame 9)"),
        ({"transport": "udp"}, "10.0.0.5 → 10.0.1.5 udp/502 modbus"),
        ({"transport": "sctp"}, "10.0.0.5 → 10.0.1.5 sctp/502 modbus"),
        ({"transport": "ethernet", "server_port": 0x88B8}, "10.0.0.5 → 10.0.1.5 ethernet/0x88b8 modbus"),
        ({"transport": "ip-50", "server_port": 0}, "10.0.0.5 → 10.0.1.5 ip-50 modbus"),
    ],
)
def test_how_a_conversation_is_named(change: dict[str, Any], named: str) -> None:
    (doubt,) = judged(WRITES, case(flows=[MODBUS | {"client_unread": 72} | change])).doubts
    assert doubt.text["en"] == f"72 B of the requests are missing or were not read in {named}"


def test_a_frame_of_a_recording_of_several_files_is_named_by_its_file() -> None:
    files = [
        {"capture": "c0ffee", "source": f"plant_{n}.pcap", "packets": 100, "frames_before": 100 * n} for n in range(2)
    ]
    flow = MODBUS | {"client_unread": 72, "client_doubt_frame": 107, "capture": "c0ffee"}
    whole = capture(first_time=datetime(2026, 1, 1, 8, tzinfo=UTC))
    (doubt,) = judged(WRITES, case(captures=[whole], files=files, flows=[flow])).doubts
    assert doubt.text["en"].endswith("10.0.1.5 tcp/502 modbus (frame 7 of plant_1.pcap)")
