"""NGAP and S1AP: procedures, NAS, algorithms, masked subscribers; on any port, in pieces, bundled, IPv6 and tunnels."""

from __future__ import annotations

import ipaddress
import struct
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import UDP
from scapy.utils import PcapReader

from fixtures.record import mobile as made
from fixtures.record.mobile import (
    GUTI,
    GUTI_EPS,
    NGAP,
    S1AP,
    SETUP,
    SETUP_FAILURE,
    SETUP_RESPONSE,
    SUBSCRIBER,
    Association,
    chunk,
    downlink,
    hidden,
    imsi,
    interleaved,
    nas_eps,
    packet,
    protected,
    registration,
    security_mode,
    suci,
    uplink,
)
from fixtures.record.wire import Wire, ipv4, udp_datagram
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Row, Session, Verb
from scanner.protocols.mobile import _nas_5gs, _nas_eps, _subscriber
from scanner.protocols.mobile.gtp_c import PROTOCOL as GTP
from scanner.protocols.mobile.ngap import PROTOCOL as NG
from scanner.protocols.mobile.s1ap import PROTOCOL as S1
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

PORT = 38412


def sent(data: bytes, identifier: int = NGAP, length: int | None = None) -> Message:
    whole = struct.pack(">I", identifier) + data
    return Message(whole, len(whole) if length is None else length, True, "sctp", PORT)


def rows(data: bytes, identifier: int = NGAP) -> list[Row]:
    protocol = NG if identifier == NGAP else S1
    message = sent(data, identifier)
    assert protocol.probe(message)
    return list(protocol.dissect(message))


def nas(data: bytes, identifier: int = NGAP) -> list[Operation]:
    """The operations of the NAS message in a message."""
    return [row for row in rows(data, identifier) if isinstance(row, Operation)][1:]


def ciphers(found: list[Row]) -> list[str]:
    return [row.cipher for row in found if isinstance(row, Session) and row.cipher]


def functions(path) -> Counter:
    result, understood = understand_capture(path)
    return Counter(
        {
            name: sum(
                result.messages[index].count
                for index, found in understood.rows.items()
                for row in found
                if isinstance(row, Operation) and row.function == name
            )
            for name in {r.function for found in understood.rows.values() for r in found if isinstance(r, Operation)}
        }
    )


def unread(path) -> int:
    result, _ = understand_capture(path)
    return int(result.sights["unread"].sum())


def test_setup_says_who_the_ends_are():
    found = rows(SETUP)
    assert found[0] == Operation(Verb.SESSION, "NGSetup", Kind.REQUEST, code="21", filter="ngap.procedureCode == 21")
    assert [(r.field, r.value) for r in found if isinstance(r, Identity)] == [("role", "gnb"), ("name", "gnb-hall-3")]
    assert [(r.value, r.about.value) for r in rows(SETUP_RESPONSE) if isinstance(r, Identity)] == [
        ("amf", "sender"),
        ("gnb", "receiver"),
        ("amf-1", "sender"),
    ]
    refused = rows(SETUP_FAILURE)
    assert refused[0].kind is Kind.REFUSAL
    assert refused[0].refusal == "cause 0x4400"
    assert not [row for row in refused if isinstance(row, Identity)]


@pytest.mark.parametrize(
    ("identity", "shown"),
    [
        (suci(0), "SUCI, null scheme, 001-01 *********"),
        (suci(1), "SUCI, profile A, 001-01"),
        (suci(2), "SUCI, profile B, 001-01"),
        (suci(12), "SUCI, scheme 12, 001-01"),
        (b"\x11type1.rid0.schid0.userid" + SUBSCRIBER.encode() + b"@plant", "SUCI, null scheme"),
        (b"\x11type1.rid0.schid1.hnkey1.ecckey00@plant", "SUCI"),
        (GUTI, "5G-GUTI"),
        (b"\x03" + bytes(7), "IMEI"),
        (b"\x01\0\xf1", ""),
        (b"", ""),
    ],
)
def test_identities_of_5g_are_masked(identity, shown):
    (operation,) = nas(uplink(registration(identity), 15))
    assert (operation.function, operation.object) == ("Registration request", shown)
    assert nas(uplink(b"\x7e\0\x5c" + made.lve(identity)))[0].object == shown
    assert SUBSCRIBER not in repr(rows(uplink(registration(identity), 15)))


@pytest.mark.parametrize(
    ("identity", "shown"),
    [(imsi(), "IMSI 001-01 **********"), (GUTI_EPS, "GUTI"), (b"\x0b" + bytes(7), "IMEI"), (b"", "")],
)
def test_identities_of_lte_are_masked(identity, shown):
    attach, connectivity = nas(nas_eps(made.attach(identity), 12), S1AP)
    assert (attach.function, attach.object) == ("Attach request", shown)
    assert connectivity.function == "PDN connectivity request"
    assert SUBSCRIBER not in repr(rows(nas_eps(made.attach(identity), 12), S1AP))


@pytest.mark.parametrize(
    ("octet", "names", "encrypted"),
    [
        (0x00, ["5G-EA0", "5G-IA0"], False),
        (0x02, ["5G-EA0", "128-5G-IA2"], False),
        (0x13, ["128-5G-EA1", "128-5G-IA3"], None),
        (0x70, ["5G-EA7", "5G-IA0"], None),
    ],
)
def test_chosen_algorithms(octet, names, encrypted):
    found = rows(downlink(security_mode(octet)))
    assert ciphers(found) == names
    assert next(r for r in found if isinstance(r, Session) and r.cipher).encrypted is encrypted
    command = nas(downlink(security_mode(octet)))[0]
    assert (command.verb, command.object) == (Verb.AUTHENTICATE, ", ".join(names))
    assert "128-5G-EA2" in command.detail
    eps = made.protected_eps(3, b"\7\x5d" + bytes((octet, 0)) + made.CAPABILITY)
    chosen = ciphers(rows(nas_eps(eps, 11), S1AP))
    assert [name[-1] for name in chosen] == [name[-1] for name in names]
    assert all("EEA" in chosen[0] and "EIA" in chosen[1] for _ in names)


def test_what_is_ciphered_is_not_read():
    for message, identifier in (
        (uplink(hidden(2)), NGAP),
        (nas_eps(made.protected_eps(2, bytes(range(99, 120)))), S1AP),
    ):
        found = rows(message, identifier)
        assert [r.function for r in found if isinstance(r, Operation)][1:] == ["NAS message marked as ciphered"]
        assert not ciphers(found)


@pytest.mark.parametrize(
    "inner",
    [
        b"\x7e\0\x43",
        made.SESSION,
        made.ACCEPT,
        b"\x7e\0\x5e\x77" + made.lve(b"\x05" + bytes(8)),
    ],
)
def test_null_ciphering_shows_without_the_command(inner):
    found = rows(uplink(protected(2, inner)))
    assert ciphers(found) == ["5G-EA0"]
    assert len([r for r in found if isinstance(r, Operation)]) > 1
    # one that begins alike, and is not what it would have to be
    assert not ciphers(rows(uplink(protected(2, inner[:2] + b"\x99" + inner[3:]))))


def test_slices_and_data_networks():
    assert [o.object for o in nas(uplink(made.SESSION))] == ["", "S-NSSAI 1-00000a, DNN plant1"]
    found = rows(made.resources(hidden(2)))
    assert "S-NSSAI 1-00000a" in [str(r.detail) for r in found if isinstance(r, Session)]
    bearer = nas(made.context_eps(made.protected_eps(2, made.ACCEPT_EPS)), S1AP)
    assert [(o.function, o.object) for o in bearer] == [
        ("Attach accept", ""),
        ("Activate default EPS bearer context request", "APN plant1"),
    ]


def test_refusals_of_the_core():
    (reject,) = nas(downlink(b"\x7e\0\x44\x16"))
    assert (reject.kind, reject.refusal) == (Kind.REFUSAL, "5GMM cause 22")
    (reject,) = nas(nas_eps(b"\7\x44\x08", 11), S1AP)
    assert (reject.kind, reject.refusal) == (Kind.REFUSAL, "EMM cause 8")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        SETUP[:-1],
        SETUP + b"\0",
        b"\x60" + SETUP[1:],
        SETUP[:1] + b"\xfe" + SETUP[2:],
        b"\x20\x0f" + SETUP[2:],  # nothing answers this procedure
        SETUP[:3] + b"\xc1" + SETUP[4:],
        SETUP[:5] + b"\xff\xff" + SETUP[7:],
        bytes(range(64)),
    ],
)
def test_what_is_no_ngap(data):
    assert not NG.probe(sent(data))
    with pytest.raises(Malformed):
        list(NG.dissect(sent(data)))


def test_another_identifier_or_transport_is_none_of_it():
    assert not NG.probe(sent(SETUP, S1AP))
    assert not S1.probe(sent(SETUP, NGAP))
    whole = struct.pack(">I", NGAP) + SETUP
    assert not NG.probe(Message(whole, len(whole), True, "udp", PORT))


def test_a_message_that_was_cut_gives_what_is_there():
    whole = sent(made.context(made.protected(2, made.ACCEPT)))
    for end in range(13, len(whole.data)):
        list(NG.dissect(Message(whole.data[:end], whole.length, True, "sctp", PORT)))


@given(st.binary(max_size=80))
def test_any_bytes_are_read(data):
    for reader in (_nas_5gs.rows, _nas_eps.rows):
        list(reader(data))
    for identity in (_subscriber.of_5gs, _subscriber.of_eps, _subscriber.common):
        identity(data)
    for message, identifier in ((uplink(data), NGAP), (made.resources(data), NGAP), (made.context_eps(data), S1AP)):
        rows(message, identifier)


@given(st.binary(max_size=300))
def test_any_list_of_sessions_and_bearers_is_read(data):
    for number in (64, 71, 74):
        rows(made.pdu(0, 29, made.element(number, data)))
    for number in (16, 24):
        rows(made.pdu(0, 9, made.element(number, data)), S1AP)


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n in ("ngap", "s1ap") for k in ("null", "protected")])
def test_recordings(name, kind):
    port = {"ngap": 48412, "s1ap": 46412}[name]
    known = functions(CAPTURES / name / f"{kind}.pcap")
    assert known == functions(CAPTURES / name / f"{kind}_port_{port}.pcap")
    assert unread(CAPTURES / name / f"{kind}.pcap") == 0
    _, understood = understand_capture(CAPTURES / name / f"{kind}.pcap")
    assert set(understood.spoken.values()) == {(name,)}
    assert SUBSCRIBER not in repr(understood.rows)
    assert known["Security mode command"] == (2 if kind == "null" else 1)


def conversation(path, build, port=PORT) -> Counter:
    with Wire(path) as wire:
        build(Association(wire, port, NGAP, opened=False))
    return functions(path)


def test_messages_in_pieces_and_bundled(tmp_path):
    def build(link: Association) -> None:
        for size in (1, 7, 40):
            link.in_pieces(0, SETUP, size)
        link.core(SETUP_RESPONSE, downlink(security_mode(2)), downlink(security_mode(0x22)))

    found = conversation(tmp_path / "pieces.pcap", build)
    assert (found["NGSetup"], found["Security mode command"]) == (4, 2)
    assert unread(tmp_path / "pieces.pcap") == 0


def test_interleaved_messages(tmp_path):
    def build(link: Association) -> None:
        one, two = downlink(security_mode(2)), downlink(registration(GUTI))
        half = len(one) // 2
        link.send(1, interleaved(1, NGAP, one[:half], flags=2, message=1))
        link.send(1, interleaved(2, NGAP, two[:9], flags=2, message=1, stream=2))
        link.send(1, interleaved(3, 1, one[half:], flags=1, message=1))
        link.send(1, interleaved(4, 1, two[9:20], flags=0, message=1, stream=2))
        link.send(1, interleaved(5, 2, two[20:], flags=1, message=1, stream=2))
        link.send(1, interleaved(6, NGAP, SETUP_RESPONSE, message=2))

    found = conversation(tmp_path / "interleaved.pcap", build)
    assert (found["Security mode command"], found["Registration request"], found["NGSetup"]) == (1, 1, 1)
    assert unread(tmp_path / "interleaved.pcap") == 0


def test_what_lacks_a_fragment_is_unread(tmp_path):
    message = downlink(security_mode(2))

    def build(link: Association, missing: int) -> None:
        link.station(SETUP)
        chunks = [
            link.chunks(1, message[at : at + 10], flags=2 * (at == 0) + (at + 10 >= len(message)))
            for at in range(0, len(message), 10)
        ]
        for number, parts in enumerate(chunks):
            if number != missing:
                link.send(1, *parts)
        link.core(SETUP_RESPONSE)

    for missing in range(-(-len(message) // 10)):
        path = tmp_path / f"{missing}.pcap"
        found = conversation(path, lambda link, m=missing: build(link, m))
        assert found["Security mode command"] == 0
        assert found["NGSetup"] == 2
        assert unread(path) > 3


def test_chunks_again_and_late(tmp_path):
    def build(link: Association) -> None:
        first, second, third = link.chunks(0, SETUP, uplink(registration(suci())), uplink(hidden(2)))
        for each in (first, first, third, second, third):
            link.send(0, each)

    found = conversation(tmp_path / "again.pcap", build)
    assert (found["NGSetup"], found["Registration request"], found["UplinkNASTransport"]) == (1, 1, 2)
    assert unread(tmp_path / "again.pcap") == 0


def test_lost_chunks_are_missing(tmp_path):
    def build(link: Association) -> None:
        link.station(SETUP)
        link.chunks(0, SETUP)
        link.station(SETUP)

    assert conversation(tmp_path / "lost.pcap", build)["NGSetup"] == 2
    assert unread(tmp_path / "lost.pcap") > 3


def test_an_association_that_begins_again_loses_nothing(tmp_path):
    with Wire(tmp_path / "anew.pcap") as wire:
        for _ in range(2):
            link = Association(wire, PORT, NGAP)
            link.station(SETUP)
            link.core(SETUP_RESPONSE)
    assert unread(tmp_path / "anew.pcap") == 0
    assert functions(tmp_path / "anew.pcap")["NGSetup"] == 4


def ipv6(payload: bytes, protocol: int = 132) -> bytes:
    ends = (ipaddress.ip_address(f"fd00:61::{n}").packed for n in (2, 4))
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, 64) + b"".join(ends) + payload


def test_in_ipv6_and_in_the_user_plane(tmp_path):
    carried = packet(36412, PORT, chunk(1, NGAP, SETUP), chunk(2, NGAP, uplink(registration(suci()), 15)))
    inner = ipv4("10.45.0.9", "10.20.60.4", 132, carried)
    gtp = struct.pack(">BBHI", 0x30, 255, len(inner), 7) + inner
    with Wire(tmp_path / "tunnel.pcap") as wire:
        wire.ethernet("02:00:00:00:00:01", "02:00:00:00:00:02", 0x86DD, ipv6(carried))
        wire.ip("10.20.61.2", "10.20.60.1", 17, udp_datagram(("10.20.61.2", 2152), ("10.20.60.1", 2152), gtp))
    result, understood = understand_capture(tmp_path / "tunnel.pcap")
    assert sorted(understood.spoken.values()) == [("ngap",), ("ngap",)]
    assert functions(tmp_path / "tunnel.pcap")["Registration request"] == 2
    assert {c.transport for c in result.conversations} >= {"sctp"}


def test_others_are_not_taken_for_it(tmp_path):
    with Wire(tmp_path / "other.pcap") as wire:
        link = Association(wire, PORT, NGAP)
        link.station(bytes(range(40)), b"\0\x15\0\x20" + bytes(60), b"\0\x0f\x40" + bytes(20))
        link.identifier = 46
        link.station(SETUP)
        link.identifier = 0
        link.core(SETUP_RESPONSE)
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}


@pytest.mark.parametrize("name", ["built", "built_port_12123"])
def test_tunnels_of_both_versions(name):
    path = CAPTURES / "gtp_c" / f"{name}.pcap"
    result, understood = understand_capture(path)
    assert set(understood.spoken.values()) == {("gtp-c",)}
    assert unread(path) == 0
    found = Counter(
        (row.function, row.kind.value, row.object, row.refusal)
        for rows in understood.rows.values()
        for row in rows
        if isinstance(row, Operation) and row.function != "Echo"
    )
    subscriber = "IMSI 001-01 **********, APN plant1"
    assert found == {
        ("Create Session", "request", subscriber, ""): 1,
        ("Create Session", "response", "", ""): 1,
        ("Modify Bearer", "request", "", ""): 1,
        ("Modify Bearer", "refusal", "", "cause 64"): 1,
        ("Create PDP Context", "request", subscriber, ""): 1,
        ("Create PDP Context", "response", "", ""): 1,
        ("Delete PDP Context", "request", "", ""): 1,
        ("Delete PDP Context", "refusal", "", "cause 192"): 1,
    }
    assert SUBSCRIBER not in repr(understood.rows)
    assert all(c.transport == "udp" for c in result.conversations if c.server_port)


@pytest.mark.parametrize("base", [made.gtp2(32, 2, (1, made.DIGITS)), made.gtp1(16, 5, b"\2" + made.DIGITS)])
def test_what_is_no_gtp(base):
    def says(data: bytes) -> bool:
        return GTP.probe(Message(data, len(data), True, "udp", 2123))

    assert says(base)
    wrong = (base[:-1], base + b"\0", b"\x28" + base[1:], base[:1] + b"\xff" + base[2:], base[:12], b"", bytes(40))
    assert not any(map(says, wrong))
    longer = base[:2] + struct.pack(">H", len(base)) + base[4:] + bytes(8)
    assert not says(longer)


def test_a_message_behind_another():
    first = made.gtp2(33, 2, (2, b"\x10\0"))
    whole = b"\x58" + first[1:] + made.gtp2(95, 3, (73, b"\5"))
    found = list(GTP.dissect(Message(whole, len(whole), True, "udp", 2123)))
    assert [r.function for r in found if isinstance(r, Operation)] == ["Create Session", "Create Bearer"]


@given(st.binary(max_size=60))
def test_any_elements_of_gtp_are_read(data):
    for whole in (made.gtp1(16, 1, data), made.gtp2(32, 1) + data):
        message = Message(whole, len(whole), True, "udp", 2123)
        if GTP.probe(message):
            list(GTP.dissect(message))


@pytest.mark.parametrize("port", [8805, 18805])
def test_pfcp_is_told_by_its_content(port: int, tmp_path: Path) -> None:
    with PcapReader(str(CAPTURES / "pfcp" / "built.pcap")) as reader, Wire(tmp_path / "x.pcap") as wire:
        link = wire.udp("10.20.60.4", "10.20.60.1", port)
        for frame in reader:
            (link.client if frame[UDP].dport == 8805 else link.server)(bytes(frame[UDP].payload))
    found = capture_facts(read_capture(tmp_path / "x.pcap", "x", framing_plan()), protocols())
    assert set(found["flows"]["protocol"]) == {"pfcp"}
    assert set(found["flows"]["recognised_by"]) == {"content"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("2101 000c 0000000000000083 00000400", True),  # a node's heartbeat with the identifier of a session
        ("2401 0004 00000100", True),  # another message follows in the same datagram
        ("2032 0004 00000100", False),  # a session is set up without one
        ("2101 000d 0000000000000083 00000400 00", False),
        ("3101 000c 0000000000000083 00000400", False),
    ],
)
def test_flags_of_pfcp(data: str, told: bool) -> None:
    message = Message(bytes.fromhex(data), len(bytes.fromhex(data)), True, "udp", 8805)
    assert protocols()["pfcp"].probe(message) is told


def test_pfcp_messages_bundled_in_one_datagram_are_read_apart(tmp_path: Path) -> None:
    node = "003c0005000a141415"
    both = bytes.fromhex(f"2405 000d 00000100 {node} 2005 000d 00000200 {node}")
    with Wire(tmp_path / "x.pcap") as wire:
        wire.udp("10.20.60.4", "10.20.60.1", 8805).client(both)
    (row,) = capture_facts(read_capture(tmp_path / "x.pcap", "x", framing_plan()), protocols())["operations"].to_dicts()
    assert (row["function"], row["count"]) == ("Association Setup", 2)
