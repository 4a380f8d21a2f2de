"""What is said on the wire, on the map: it adds, and changes nothing that switches tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from scanner.cli.map import command
from scanner.topology.cables import CableSources, cable_map
from scanner.topology.graphml import graphml
from scanner.topology.model import Announcement, CableEnd, Sureness
from scanner.topology.svg import svg
from scanner.wording import said
from tests.topology.test_cables import A_TO_B, B_TO_A, TWO, hears, is_a, learnt

CAPTURES = Path("fixtures/captures")


def says(device: str, port: str, other: str = "", other_port: str = "") -> Announcement:
    far = CableEnd(other, other_port) if other else None
    return Announcement(CableEnd(device, port), "profinet-io", () if other else (said("root port"),), far, "c #1")


@pytest.mark.parametrize(
    "spoofed",
    [
        says("SW-A", "Gi1/0/3", "SW-B", "Gi1/0/9"),
        says("SW-B", "Gi1/0/2", "SW-C", "x"),
        says("sw-a", "Gi1/0/4", "laptop", "eth0"),
        says("SW-A", "Gi1/0/3"),
    ],
)
def test_nothing_that_is_said_changes_what_switches_tell(spoofed: Announcement) -> None:
    given = CableSources(
        neighbours=(A_TO_B, B_TO_A, hears("SW-A", "Gi1/0/7", "SW-C")),
        stations=learnt("SW-A", "Gi1/0/3", 1, 2, 3) + learnt("SW-B", "Gi1/0/4", 1),
        switch_ports=[*TWO, is_a("SW-B", "Gi1/0/4")],
    )
    plain, found = cable_map(given), cable_map(replace(given, announcements=(spoofed,)))
    assert [k for k in found.links if k.sure is not Sureness.ANNOUNCED] == list(plain.links)
    assert (found.ports, found.notices, found.switches) == (plain.ports, plain.notices, plain.switches)


def test_what_both_ends_say_is_one_cable() -> None:
    ends = (says("io-1", "port-001", "io-2", "port-002"), says("io-2", "port-002", "IO-1", "port-001"))
    (link,) = cable_map(CableSources(announcements=ends)).links
    assert (link.one.device, link.other.device, link.sure) == ("io-1", "io-2", Sureness.ANNOUNCED)


def test_what_a_switch_tells_is_not_said_again() -> None:
    ends = (says("SW-A", "Gi1/0/1", "sw-b", "GigabitEthernet1/0/2"),)
    assert [k.sure for k in cable_map(CableSources(neighbours=(A_TO_B,), announcements=ends)).links] == [
        Sureness.ONE_END
    ]


def test_drawings_show_it() -> None:
    found = cable_map(
        CableSources(announcements=(says("io-1", "p1", "io-2", "p2"), says("02:00:00:00:57:20", "128.7")))
    )
    drawn = svg(found)
    assert "a device says so on the wire" in drawn
    assert "128.7 root port" in drawn
    root = ElementTree.fromstring(graphml(found))  # noqa: S314 - made here
    texts = [data.text for data in root.iter("{http://graphml.graphdrawing.org/xmlns}data")]
    assert {"announcer", "128.7 profinet-io: root port", "announced"} <= set(texts)


@pytest.mark.parametrize(
    ("capture", "words"),
    [
        ("profinet_io/neighbours.pcap", "press-io-1 port-001 - press-io-2 port-002: it is said on the wire"),
        ("stp/built.pcap", "root of the spanning tree"),
        ("mrp/built.pcap", "manager of MRP domain"),
    ],
)
def test_of_a_capture_alone(capture: str, words: str) -> None:
    done = CliRunner().invoke(command, [str(CAPTURES / capture)])
    assert done.exit_code == 0, done.output
    assert words in done.output


def test_of_a_capture_in_which_nobody_says_anything() -> None:
    done = CliRunner().invoke(command, [str(CAPTURES / "modbus" / "built.pcap")])
    assert done.exit_code == 4, done.output
