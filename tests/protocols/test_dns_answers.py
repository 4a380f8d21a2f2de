"""Answers of name servers: whose the addresses are, and which answers are the same."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRROPT
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet
from scapy.utils import wrpcap

from scanner.facts.frames import Facts
from scanner.inputs import find_inputs
from scanner.protocols.base import Resolution
from scanner.protocols.internet._dns_answers import MOST_ANSWERS, resolution
from scanner.scan import read_inputs

CLIENT, RESOLVER, STRANGER = "10.20.1.5", "10.20.50.53", "10.20.1.66"
NAME = "a.example"


def record(name: str, kind: str, data: str, ttl: int = 60) -> DNSRR:
    return DNSRR(rrname=name, type=kind, rdata=data, ttl=ttl)


def answer(*records: DNSRR, name: str = NAME, kind: str = "A", number: int = 1, **fields: object) -> DNS:
    return DNS(id=number, qr=1, qd=[DNSQR(qname=name, qtype=kind)], an=list(records), **fields)


def question(name: str = NAME, kind: str = "A", number: int = 1) -> DNS:
    return DNS(id=number, qd=[DNSQR(qname=name, qtype=kind)])


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (answer(record(NAME, "A", "20.1.1.1")), Resolution(NAME, (), ("20.1.1.1",))),
        (answer(record("A.EXAMPLE", "A", "20.1.1.1"), name="a.Example"), Resolution(NAME, (), ("20.1.1.1",))),
        (answer(record(NAME, "AAAA", "2606:2800::9"), kind="AAAA"), Resolution(NAME, (), ("2606:2800::9",))),
        (
            answer(record(NAME, "A", "20.1.1.1"), record(NAME, "A", "20.1.1.2")),
            Resolution(NAME, (), ("20.1.1.1", "20.1.1.2")),
        ),
        (
            answer(
                record(NAME, "CNAME", "b.example"),
                record("b.example", "CNAME", "c.cloud.example"),
                record("c.cloud.example", "A", "20.1.1.1"),
            ),
            Resolution(NAME, ("b.example", "c.cloud.example"), ("20.1.1.1",)),
        ),
        (answer(record("other.example", "A", "20.1.1.1")), None),  # of a name that nobody asked for
        (answer(record(NAME, "CNAME", "b.example")), None),
        (answer(record(NAME, "TXT", "20.1.1.1"), kind="TXT"), None),
    ],
)
def test_whose_addresses_they_are(message: DNS, wanted: Resolution | None) -> None:
    assert resolution(bytes(message)) == wanted


def test_records_beside_the_answer_are_nobodys_addresses() -> None:
    message = answer(record(NAME, "A", "20.1.1.1"), ar=[record(NAME, "A", "20.1.1.2"), DNSRROPT()])
    assert resolution(bytes(message)) == Resolution(NAME, (), ("20.1.1.1",))


@pytest.mark.parametrize("label", [b"x.amazonaws.com", b"x y", b"x\n", b""])
def test_labels_that_make_another_name_are_none(label: bytes) -> None:
    header = bytes.fromhex("0001 8180 0001 0001 0000 0000")
    asked = bytes([len(label)]) + label + b"\x03com\0" + b"\0\1\0\1"
    data = header + asked + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x14\1\1\1"
    assert resolution(data) is None


def test_pointers_that_lead_in_a_ring_end() -> None:
    header = bytes.fromhex("0001 8180 0001 0001 0000 0000")
    assert resolution(header + b"\xc0\x0e\xc0\x0c" + b"\0\1\0\1") is None


@given(st.binary(max_size=300))
def test_anything_is_read_to_an_end(rest: bytes) -> None:
    found = resolution(bytes.fromhex("0001 8180 0001 0003 0000 0000") + rest)
    assert found is None or all(map(ipaddress.ip_address, found.addresses))


# --- through the whole program ----------------------------------------------------------------------------------------


def facts(folder: Path, *packets: Packet) -> Facts:
    for at, packet in enumerate(packets):
        packet.time = 1_767_225_600 + at
    wrpcap(str(folder / "a.pcap"), packets)
    return read_inputs(list(find_inputs([str(folder)], []))).facts


def asks(message: DNS, server: str = RESOLVER, port: int = 40000) -> Packet:
    return Ether() / IP(src=CLIENT, dst=server) / UDP(sport=port, dport=53) / message


def answers(message: DNS, server: str = RESOLVER, port: int = 40000) -> Packet:
    return Ether() / IP(src=server, dst=CLIENT) / UDP(sport=53, dport=port) / message


def test_an_answer_and_the_same_with_less_time_to_live(tmp_path: Path) -> None:
    rows = facts(
        tmp_path,
        *(
            packet
            for number, ttl in enumerate((60, 45, 30), 1)
            for packet in (
                asks(question(number=number)),
                answers(answer(record(NAME, "A", "20.1.1.1", ttl), number=number)),
            )
        ),
    )["resolutions"]
    assert rows.select("client", "server", "name", "address", "count", "first_frame").rows() == [
        (CLIENT, RESOLVER, NAME, "20.1.1.1", 3, 2)
    ]
    assert rows["last_time"][0] > rows["first_time"][0]


def test_answers_that_differ_in_the_name_or_the_address_are_kept_apart(tmp_path: Path) -> None:
    many = [(f"n{i}.example", f"20.1.{i}.1") for i in range(40)] + [(NAME, "20.2.0.1"), (NAME, "20.2.0.2")]
    packets = [
        packet
        for number, (name, address) in enumerate(many)
        for packet in (
            asks(question(name, number=number)),
            answers(answer(record(name, "A", address), name=name, number=number)),
        )
    ]
    assert sorted(facts(tmp_path, *packets)["resolutions"].select("name", "address").rows()) == sorted(many)


def test_a_flood_of_answers_leaves_room_for_everything_else(tmp_path: Path) -> None:
    many = MOST_ANSWERS + 20
    packets = [
        packet
        for number in range(many)
        for packet in (
            asks(question(f"n{number}.example", number=number)),
            answers(answer(record(NAME, "A", "20.1.1.1"), name=f"n{number}.example", number=number)),
        )
    ]
    found = facts(tmp_path, *packets)
    assert found["resolutions"].height <= MOST_ANSWERS
    assert all(provenance.complete for provenance in found.inputs)
    answered = found["operations"].filter(protocol="dns")
    assert answered["accepted"].sum() == many


def test_a_stranger_whom_nobody_asked_names_nothing(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        asks(question()),
        answers(answer(record(NAME, "A", "20.6.6.6")), server=STRANGER),
        answers(answer(record(NAME, "A", "20.1.1.1"))),
    )
    assert found["resolutions"]["address"].to_list() == ["20.1.1.1"]
    assert found["flows"].height == 2


def test_a_resolver_over_ipv6(tmp_path: Path) -> None:
    ask = Ether() / IPv6(src="fd00::5", dst="fd00::53") / UDP(sport=40000, dport=53) / question(kind="AAAA")
    back = (
        Ether()
        / IPv6(src="fd00::53", dst="fd00::5")
        / UDP(sport=53, dport=40000)
        / answer(record(NAME, "AAAA", "2606:2800::9"), kind="AAAA")
    )
    rows = facts(tmp_path, ask, back)["resolutions"]
    assert rows.select("client", "server", "address").rows() == [("fd00::5", "fd00::53", "2606:2800::9")]
