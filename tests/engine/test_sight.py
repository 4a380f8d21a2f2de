"""Silence is believed of conversations that could have carried it, and were seen so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.engine_cases import case, changed, judged, rule
from tests.wording.in_both import both

WRITES = rule()  # about write operations of any protocol
ANSWERS = rule(changed(("severity: high", "severity: high\nminimum: {sees: [answers]}")))
OPENINGS = rule(changed(("severity: high", "severity: high\nminimum: {sees: [handshake]}")))
ENDS = {"client": "10.0.0.5", "server": "10.0.1.5", "transport": "tcp"}
SEEN = {"client_packets": 9, "server_packets": 9, "client_bytes": 400, "server_bytes": 900}
MODBUS = ENDS | SEEN | {"server_port": 502, "protocol": "modbus", "industrial": True, "opened_by": "syn"}
NAMES = MODBUS | {"server": "10.0.9.9", "server_port": 53, "protocol": "dns", "industrial": False}
UNKNOWN = MODBUS | {"server": "10.0.9.9", "server_port": 9999, "protocol": "", "industrial": False}
GOOD = ENDS | {"verb": "write", "protocol": "modbus", "count": 3, "allowed": True}


def causes(*flows: dict[str, Any], given: Any = WRITES, **facts: Any) -> list[str]:
    facts.setdefault("operations", [])
    return [d.cause.value for d in judged(given, case(flows=list(flows), **facts)).doubts]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, []),
        ({"client_unread": 72}, ["lost"]),
        ({"client_unread": 72, "client_cut": 4}, ["truncated"]),
        ({"client_unread": 1}, []),  # a keep-alive probe
        ({"client_missing": 90_000}, []),  # inside messages whose beginning was read
        ({"server_unread": 72}, []),  # answers carry no request
        ({"client_contradictory": 1}, ["contradictory"]),
        ({"client_packets": 0, "client_bytes": 0}, ["one-sided"]),
        ({"server_packets": 0, "server_bytes": 0}, []),
        ({"midway": 3}, []),
    ],
)
def test_a_hole_in_what_clients_sent(change: dict[str, Any], wanted: list[str]) -> None:
    assert causes(MODBUS | change) == wanted
    assert causes(MODBUS | change, operations=[GOOD]) == wanted, "a pass is silence about what fails, too"
    assert causes(MODBUS, NAMES | change) == [], "questions for names carry no writes"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [({"server_unread": 72}, ["lost"]), ({"server_packets": 0, "server_bytes": 0}, ["one-sided"])],
)
def test_a_hole_in_what_servers_sent(change: dict[str, Any], wanted: list[str]) -> None:
    assert causes(MODBUS | change, given=ANSWERS) == wanted


def test_a_conversation_whose_ends_cannot_fail_hides_nothing() -> None:
    given = rule(changed(("fail: {allowed: false}", "fail: {client: 10.0.0.66}")))
    assert causes(MODBUS | {"client_unread": 72}, given=given) == []
    assert causes(MODBUS | {"client": "10.0.0.66", "client_unread": 72}, given=given) == ["lost"]


def test_what_is_taken_for_a_general_protocol_when_what_tells_is_missing() -> None:
    remote = MODBUS | {"protocol": "dcerpc", "industrial": False, "server_port": 49_720}
    assert causes(remote) == []
    assert causes(remote | {"client_packets": 0, "client_bytes": 0}) == ["one-sided"], "it may be OPC Classic"
    assert causes(remote | {"client_unread": 72}) == ["lost"]
    opc = rule(changed(("where: {verb: write}", "where: {protocol: opc-classic, industrial: true}")))
    assert causes(remote, given=opc) == []
    assert causes(remote | {"client_unread": 72}, given=opc) == ["lost"]
    assert causes(MODBUS | {"client_unread": 72}, given=opc) == []


def test_a_tunnel_hides_what_is_carried_by_anything() -> None:
    routed = rule(changed(("where: {verb: write}", "where: {verb: write, transport: tcp}")))
    tunnel = UNKNOWN | {"server": "10.0.1.5", "transport": "ip-50", "server_port": 0}
    assert causes(MODBUS, tunnel, given=routed) == ["unrecognised"]
    assert causes(MODBUS, tunnel | {"transport": "udp"}, given=routed) == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, ["unrecognised"]),
        ({"transport": "udp", "server_port": 51_820, "protocol": "wireguard"}, ["unrecognised"]),
        ({"client_zone": "cell", "server_zone": ""}, ["unrecognised"]),  # it was opened from there
        ({"server_zone": "dmz"}, []),  # no control device speaks there
        ({"client_zone": "", "server_zone": ""}, ["unrecognised"]),  # nobody knows where it ends
        ({"client_zone": "", "server_zone": "", "client_public": True, "server_public": True}, []),
        ({"transport": "udp", "server_port": 9999, "server_assigned_roles": ["server"]}, []),  # no tunnel
        ({"transport": "icmp"}, []),
    ],
)
def test_a_tunnel_that_ends_beside_control_devices_may_bring_commands(
    change: dict[str, Any], wanted: list[str]
) -> None:
    zones = {"client_zone": "office", "server_zone": "cell"}
    tunnel = UNKNOWN | zones | {"transport": "ip-50", "server_port": 0}
    assert causes(MODBUS | zones | {"client_bytes": 90_000}, tunnel | change) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, ["unrecognised"]),
        ({"protocol": "dns", "protocols": ["dns"], "client_unread": 12}, ["unrecognised"]),  # a decoy, perhaps
        ({"protocol": "dns", "protocols": ["dns"], "client_unread": 3}, []),
        ({"server_assigned_roles": ["printer"], "server_roles": ["printer"]}, []),
        ({"server_zone": "dmz"}, []),
        ({"server_zone": ""}, []),
    ],
)
def test_a_host_beside_control_devices_of_which_nobody_says_what_it_is(
    change: dict[str, Any], wanted: list[str]
) -> None:
    zones = {"client_zone": "office", "server_zone": "cell"}
    assert causes(MODBUS | zones | {"client_bytes": 90_000}, UNKNOWN | zones | change) == wanted


def test_a_connection_of_which_only_the_frames_without_payload_were_captured() -> None:
    emptied = UNKNOWN | {"server": "10.0.1.5", "client_bytes": 0, "server_bytes": 0}
    assert causes(MODBUS, emptied) == [], "nothing was sent"
    assert causes(MODBUS, emptied | {"client_missing": 3}) == [], "no message is so short"
    assert causes(MODBUS, emptied | {"client_missing": 72}) == ["unrecognised"], "proven by sequence numbers"


def test_a_connection_that_goes_on_in_another_protocol_hides_it() -> None:
    pages = UNKNOWN | {"server": "10.0.1.5", "server_port": 80, "protocol": "http", "protocols": ["http"]}
    switched = ENDS | {"server_port": 80, "protocol": "http", "unread": ["credentials", "payload"]}
    assert causes(MODBUS, pages) == []
    assert causes(MODBUS, pages, sessions=[switched | {"unread": ["credentials"]}]) == []
    assert causes(MODBUS, pages, sessions=[switched]) == ["unrecognised"]
    assert causes(MODBUS, pages | {"protocols": ["http", "tls"]}, sessions=[switched]) == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"client_unread": 300}, ["unrecognised"]),
        ({"client_unread": 12}, ["unrecognised"]),  # room for a command, though the rest of 400 bytes was read
        ({"client_unread": 12, "server": "10.0.1.9"}, []),  # no control device
        ({"client_unread": 12, "client_missing": 12}, ["unrecognised"]),  # what was lost or cut off may be one, too
        ({"client_unread": 12, "client_missing": 1}, ["unrecognised"]),
        ({"client_unread": 12, "midway": 1}, ["unrecognised"]),
        ({"client_unread": 300, "client_cut": 250}, ["unrecognised"]),
        ({"client_unread": 300, "client_missing": 250, "server": "10.0.1.9"}, []),
        ({"client_unread": 3, "client_bytes": 3}, []),
    ],
)
def test_a_protocol_that_fits_little_of_what_was_said_hides_the_rest(change: dict[str, Any], wanted: list[str]) -> None:
    proxy = UNKNOWN | {
        "server": "10.0.1.5",
        "server_port": 1080,
        "protocol": "socks",
        "protocols": ["socks"],
        "industrial": False,
    }
    assert causes(MODBUS, proxy | change) == wanted


@pytest.mark.parametrize(("opened_by", "wanted"), [("protocol", ["unrecognised"]), ("syn", []), ("port", [])])
def test_who_is_turned_round_by_messages_that_fit_little_hides_what_reaches_him(
    opened_by: str, wanted: list[str]
) -> None:
    """Two answers of CoAP that a stranger sends to a controller first make the controller the client."""
    decoyed = UNKNOWN | {
        "client": "10.0.1.5",
        "server": "10.0.1.9",
        "transport": "udp",
        "protocol": "coap",
        "protocols": ["coap"],
        "industrial": False,
        "opened_by": opened_by,
        "server_unread": 600,
    }
    assert causes(MODBUS, decoyed) == wanted


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"opened_by": "first", "client_unread": 100}, ["unrecognised"]),
        ({"opened_by": "first", "client_unread": 400, "server_unread": 900}, []),  # nothing ever seemed to fit
        ({"opened_by": "port", "client_unread": 100}, []),  # it is known who serves, and on which port
    ],
)
def test_messages_that_turn_out_to_be_of_nobody_hide_whose_port_it_was(
    change: dict[str, Any], wanted: list[str]
) -> None:
    large = NAMES | {"client_bytes": 90_000, "server_bytes": 90_000}
    given = rule(changed(("where: {verb: write}", "where: {verb: write, protocol: modbus}")))
    decoyed = UNKNOWN | {"transport": "udp"} | change
    assert causes(MODBUS, large, decoyed, given=given) == wanted


def test_a_tunnel_hides_from_rules_that_are_about_anything_but_tunnels() -> None:
    tunnel = UNKNOWN | {
        "server": "10.0.1.5",
        "transport": "ip-50",
        "server_port": 0,
        "protocol": "esp",
        "protocols": ["esp"],
    }
    anything = rule(changed(("where: {verb: write}", "where: {verb: [write, unknown]}")))
    assert causes(MODBUS, tunnel, given=anything) == ["unrecognised"]
    tunnels = rule(changed(("where: {verb: write}", "where: {verb: [write, unknown], protocol: [esp, ike]}")))
    assert causes(MODBUS, tunnel, given=tunnels) == []


def test_what_hides_from_rules_about_general_services_near_a_controller() -> None:
    files = rule(changed(("where: {verb: write}", "where: {protocol: ftp}")))
    unknown = UNKNOWN | {"server": "10.0.1.5", "client_bytes": 20, "server_bytes": 0}
    assert causes(MODBUS, unknown, given=files) == [], "FTP would have been recognised"
    assert causes(MODBUS, unknown | {"client_cut": 9}, given=files) == ["unrecognised"]


def test_an_opening_that_was_not_captured() -> None:
    assert causes(MODBUS | {"midway": 1}, given=OPENINGS) == ["handshake"]
    assert causes(MODBUS, given=OPENINGS) == []


def test_a_conversation_that_the_rule_is_not_about() -> None:
    elsewhere = rule(changed(("where: {verb: write}", "where: {verb: write, 'server|cidr': 10.7.0.0/16}")))
    assert causes(MODBUS | {"client_unread": 72}, given=elsewhere) == []


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"server": "10.0.1.5"}, True),  # which answers in Modbus beside
        ({"client_bytes": 20, "server_bytes": 0}, False),  # little, to somebody unknown
        ({"client_bytes": 600, "server_bytes": 0}, True),
        ({"client_bytes": 20, "server_bytes": 0, "server_port": 102}, True),  # where industrial protocols are at home
        ({"client_bytes": 600, "server_roles": ["printer"]}, True),  # as it says itself
        ({"client_bytes": 600, "server_roles": ["printer"], "server_assigned_roles": ["printer"]}, False),
        ({"client_bytes": 600, "transport": "ip-50", "server_port": 0}, True),
        ({"client_bytes": 600, "transport": "ip-89", "server_port": 0, "server": "224.0.0.5"}, False),
        ({"client_bytes": 600, "transport": "icmp", "server_port": 0}, False),
        ({"client_bytes": 600, "transport": "ethernet", "server_port": 0x0806}, False),
        ({"server": "10.0.1.5", "protocol": "tls", "secured": True, "server_port": 5000}, True),
        ({"server": "10.0.1.5", "protocol": "tls", "secured": True, "server_port": 443}, False),
        ({"protocol": "tls", "secured": True, "server_port": 802}, True),  # Modbus/TCP Security
    ],
)
def test_what_nobody_could_look_into(change: dict[str, Any], wanted: bool) -> None:
    assert causes(MODBUS, UNKNOWN | change) == ["unrecognised"] * wanted


TLS = MODBUS | {"protocol": "tls", "protocols": ["tls"], "secured": True, "industrial": False, "server_port": 802}


@pytest.mark.parametrize(("trusted", "wanted"), [(True, []), (False, ["unrecognised"]), (None, ["unrecognised"])])
def test_what_a_client_may_say_encrypted(trusted: bool | None, wanted: list[str]) -> None:
    assert causes(MODBUS, TLS | {"trusted": trusted}) == wanted
    clear = {"protocol": "", "protocols": [], "secured": False}
    assert causes(MODBUS, TLS | clear | {"trusted": True}) == ["unrecognised"], "nobody knows whether it is encrypted"


def test_what_is_encrypted_hides_nothing_that_is_unprotected() -> None:
    flows = ("table: operations", "table: flows"), ("where: {verb: write}", "where: {industrial: true}")
    bare = rule(changed(*flows, ("fail: {allowed: false}", "fail: {secured: false}")))
    assert causes(MODBUS | {"secured": True}, TLS, given=bare) == []
    part = TLS | {"secured": False, "protocols": ["tls", "ftp"]}
    assert causes(MODBUS | {"secured": True}, part, given=bare) == []
    assert causes(MODBUS | {"secured": True}, part | {"client_unread": 9}, given=bare) == ["unrecognised"]
    forbidden = rule(changed(*flows))
    assert causes(MODBUS | {"allowed": True}, TLS, given=forbidden) == ["unrecognised"]


def test_a_tunnel_on_its_own_port_is_no_other_message_of_its_protocol() -> None:
    tunnel = UNKNOWN | {"transport": "udp", "server_port": 4500, "protocol": "ike", "protocols": ["ike"]}
    tunnel |= {"client_bytes": 90, "server_bytes": 90, "client_zone": "office", "server_zone": "dmz"}
    logins = rule(changed(("where: {verb: write}", "where: {verb: session}")))
    assert causes(MODBUS, tunnel, given=logins) == []
    assert causes(MODBUS, tunnel | {"protocol": "", "protocols": []}, given=logins) == ["unrecognised"]


def test_what_was_not_recognised_may_be_told_by_its_content() -> None:
    by_content = rule(changed(("where: {verb: write}", "where: {verb: write, recognised_by: content}")))
    hidden = UNKNOWN | {"server": "10.0.1.5", "recognised_by": ""}
    assert causes(MODBUS, hidden, given=by_content) == ["unrecognised"]
    assert causes(MODBUS, hidden | {"recognised_by": "port", "protocol": "s7comm"}, given=by_content) == [
        "unrecognised"
    ]


ESP = UNKNOWN | {"transport": "ip-50", "protocol": "esp", "client_packets": 10, "server_packets": 0}
INSIDE = MODBUS | {
    "client": "10.1.0.5",
    "server": "10.1.0.9",
    "client_packets": 10,
    "server_packets": 0,
    "tunnel": "esp-null",
    "tunnel_client": ESP["server"],
    "tunnel_server": ESP["client"],  # whichever of the two is the client inside
}
AGAIN = INSIDE | {"client": ESP["client"], "server": ESP["server"], "transport": "ip-50", "protocol": "esp"}


@pytest.mark.parametrize(
    ("flows", "hides"),
    [
        ([ESP], True),
        ([ESP, INSIDE], False),
        ([ESP | {"client_packets": 11}, INSIDE], True),
        ([ESP, INSIDE | {"tunnel_client": "10.7.7.7"}], True),
        ([ESP | {"vlan": 5}, ESP | {"vlan": 6}, INSIDE], True),  # in one VLAN in clear, in the other not
        ([ESP | {"tunnel": "gre"}, ESP, INSIDE], True),
        ([ESP | {"client_packets": 20}, INSIDE, INSIDE | {"copy": True}], True),  # the same packets
        ([ESP | {"client_packets": 20}, INSIDE, AGAIN], True),  # ESP in ESP: each packet has two rows
    ],
)
def test_esp_hides_unless_each_of_its_packets_was_in_clear(flows: list[dict[str, Any]], hides: bool) -> None:
    assert causes(MODBUS, *flows) == ["unrecognised"] * hides


def test_what_was_acknowledged_and_never_captured_may_be_anything() -> None:
    unheard = UNKNOWN | {"server": "10.0.1.5", "client_bytes": 0, "server_bytes": 0, "server_packets": 0}
    assert causes(MODBUS, unheard | {"server_missing": 57}) == ["unrecognised"]
    assert causes(MODBUS, unheard | {"server_missing": 1}) == []
    assert causes(MODBUS, unheard) == []


def test_what_cannot_be_read_may_be_what_is_usual_at_its_port() -> None:
    named = changed(
        ("table: operations", "table: sessions"), ("where: {verb: write}", "where: {'server_names|exists': true}")
    )
    given = rule(named.replace("fail: {allowed: false}", "fail: {server_names: a.example}").replace("{count} ", ""))
    hidden = UNKNOWN | {"transport": "udp", "client_bytes": 20, "server_bytes": 0}
    assert causes(MODBUS, hidden | {"server_port": 443}, given=given, sessions=[]) == ["unrecognised"]
    assert causes(MODBUS, hidden | {"server_port": 444}, given=given, sessions=[]) == []


def test_datagrams_without_sequence_numbers() -> None:
    bacnet = MODBUS | {"transport": "udp", "protocol": "bacnet", "server_port": 47808}
    stray = GOOD | {
        "transport": "udp",
        "protocol": "bacnet",
        "server_port": 47808,
        "seen_as": "response",
        "verb": "read",
    }
    assert causes(bacnet, operations=[stray | {"count": 1}]) == [], "it was asked for before the recording"
    assert causes(bacnet, operations=[stray | {"count": 2}]) == ["lost"]
    lossy = NAMES | {"server_missing": 900}
    assert causes(bacnet, lossy) == ["lost"], "what loses segments loses datagrams"
    assert causes(MODBUS, lossy) == []
    assert causes(bacnet, NAMES) == []


def test_an_answer_to_what_was_asked_of_all() -> None:
    group = {
        **ENDS,
        "transport": "udp",
        "protocol": "bacnet",
        "server_port": 47808,
        "client_bytes": 20,
        "server_bytes": 0,
    }
    asked = group | {"server": "224.0.0.9", "client_packets": 1, "server_packets": 0}
    answer = group | {"client_packets": 0, "server_packets": 1, "client_bytes": 0, "server_bytes": 40}
    assert causes(answer) == ["one-sided"]
    assert causes(asked, answer) == []


def test_conversations_and_frames_are_named_in_both_languages() -> None:
    flows = [MODBUS | {"server": f"10.0.1.{n}", "client_unread": 100 - n, "client_doubt_frame": n} for n in range(5, 9)]
    (doubt,) = judged(WRITES, case(flows=flows)).doubts
    assert both(doubt.text) == {
        "en": "374 B of the requests are missing or were not read in 10.0.0.5 → 10.0.1.5 tcp/502 modbus (frame 5), "
        "10.0.0.5 → 10.0.1.6 tcp/502 modbus (frame 6) and 2 conversations more",
        "zh": "以下数据流的请求有 374 B 缺失或未能读取：10.0.0.5 → 10.0.1.5 tcp/502 modbus（帧 5）、"
        "10.0.0.5 → 10.0.1.6 tcp/502 modbus（帧 6）等（另有 2 条数据流）",
    }
