"""Spanning tree: who claims to be the root, what makes another message, what is no BPDU."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.record.stp import (
    ATTACK,
    CELL,
    CHANGE,
    CORE,
    FORWARDING,
    GROUP,
    MULTIPLE,
    PLAIN,
    RAPID,
    ROGUE,
    identifier,
    per_vlan,
)
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.layer2.stp import PROTOCOL
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "ethernet", 0x42, CELL)


def rows(data: bytes) -> tuple[Operation, list[Identity]]:
    assert PROTOCOL.probe(sent(data))
    operation, *identities = PROTOCOL.dissect(sent(data))
    assert isinstance(operation, Operation)
    assert (operation.verb, operation.kind) == (Verb.REPORT, Kind.NOTICE)
    return operation, identities


@pytest.mark.parametrize(
    ("bpdu", "function", "code", "detail"),
    [
        (RAPID, "RST BPDU", "0x02", f"bridge 32768/{CELL}, port 128.7, cost 20000, designated port, forwarding"),
        (PLAIN, "Configuration BPDU", "0x00", f"bridge 32768/{CELL}, port 128.7, cost 20000"),
        (
            replace(PLAIN, flags=0x81),
            "Configuration BPDU",
            "0x00",
            f"bridge 32768/{CELL}, port 128.7, cost 20000, topology change, topology change acknowledged",
        ),
        (
            replace(RAPID, flags=0x4B, port=0x1234),
            "RST BPDU",
            "0x02",
            (
                f"bridge 32768/{CELL}, port 16.564, cost 20000, root port, discarding, proposal, agreement, "
                "topology change"
            ),
        ),
        (
            MULTIPLE,
            "MST BPDU",
            "0x02",
            (
                f"bridge 32768/{CELL}, port 128.7, cost 20000, designated port, forwarding, "
                f'region "PLANT" revision 7, regional root 32768/{CORE}, instance 1 root 4096/{CORE}, '
                f"instance 2 root 8192/{CELL}"
            ),
        ),
    ],
)
def test_claims(bpdu, function, code, detail):
    operation, identities = rows(bpdu.raw())
    assert (operation.function, operation.code, operation.object) == (function, code, f"root 4096/{CORE}")
    assert operation.detail == detail
    assert operation.filter == f"stp.root.hw == {CORE}"
    assert operation.unit == ""
    assert identities == [Identity("mac", CELL)]


def test_a_bridge_that_is_root_itself():
    operation, identities = rows(ATTACK.raw())
    assert (operation.object, operation.detail) == (
        f"root 0/{ROGUE}",
        "itself, port 128.1, cost 0, designated port, forwarding",
    )
    assert identities == [Identity("mac", ROGUE)]


def test_a_bridge_is_its_address_whatever_priority_it_says():
    operation, _ = rows(replace(ATTACK, bridge=identifier(0x8000, ROGUE)).raw())
    assert operation.detail.startswith("itself, ")


def test_a_system_identifier_extension():
    assert rows(replace(RAPID, root=identifier(0x800A, CORE)).raw())[0].object == f"root 32768+10/{CORE}"


def test_a_topology_change_notification():
    operation, identities = rows(CHANGE.raw())
    assert (operation.function, operation.code, operation.filter) == (
        "Topology Change Notification BPDU",
        "0x80",
        "stp.type == 0x80",
    )
    assert identities == []


@pytest.mark.parametrize("bpdu", [RAPID, PLAIN])
def test_per_vlan(bpdu):
    plain, within = rows(bpdu.raw())[0], rows(per_vlan(bpdu, 30))[0]
    assert within == replace(plain, unit="VLAN 30")


def test_only_ages_make_no_other_message():
    for bpdu in (RAPID, PLAIN, MULTIPLE):
        first = key("stp", bpdu.raw())
        assert key("stp", replace(bpdu, age=7, hops=3).raw()) == first
        for change in (
            {"root": identifier(0x0000, CORE)},
            {"root": identifier(0x1000, ROGUE)},
            {"cost": 4},
            {"port": 0x8008},
            {"flags": bpdu.flags | 1},
            {"bridge": identifier(0x4000, CELL)},
        ):
            assert key("stp", replace(bpdu, **change).raw()) != first
    other = replace(MULTIPLE, instances=(*MULTIPLE.instances[:1], (FORWARDING, identifier(0x2002, ROGUE))))
    assert key("stp", other.raw()) != key("stp", MULTIPLE.raw())
    aged = replace(RAPID, age=9)
    assert key("cisco-snap", per_vlan(RAPID, 20)) == key("cisco-snap", per_vlan(aged, 20))
    assert key("cisco-snap", per_vlan(RAPID, 20)) != key("cisco-snap", per_vlan(RAPID, 30))


@pytest.mark.parametrize(("name", "vlan"), [("built.pcap", -1), ("built_vlan.pcap", 20)])
def test_counts_in_a_capture(name, vlan):
    result = read_capture(CAPTURES / "stp" / name, name, framing_plan())
    assert [m.count for m in result.messages] == [3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert {c.vlan for c in result.conversations} == {vlan}
    assert set(understand(result, protocols()).spoken.values()) == {("stp",)}


def test_open_vswitch():
    result = read_capture(CAPTURES / "stp" / "openvswitch.pcap", "openvswitch.pcap", framing_plan())
    found = [r for rows in understand(result, protocols()).rows.values() for r in rows if isinstance(r, Operation)]
    assert {(r.function, r.object) for r in found} == {
        ("RST BPDU", "root 32768/02:00:00:00:4c:20"),
        ("Configuration BPDU", "root 32768/02:00:00:00:4c:20"),
    }
    assert {r.detail for r in found} == {
        "itself, port 128.1, cost 0",
        "itself, port 128.1, cost 0, designated port, discarding, proposal",
        "itself, port 128.1, cost 0, designated port, forwarding, proposal",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        RAPID.raw()[:35],
        PLAIN.raw()[:34],
        b"\0\1" + RAPID.raw()[2:],  # another protocol identifier
        RAPID.raw()[:2] + b"\7" + RAPID.raw()[3:],  # a version that is not
        replace(PLAIN, version=2).raw(),  # a type that is not of the version
        per_vlan(RAPID, 20)[:40],
    ],
)
def test_what_is_no_bpdu(data):
    assert not PROTOCOL.probe(sent(data))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(data)))


def test_an_mst_bpdu_without_its_last_part_is_read_as_rapid():
    operation, _ = rows(MULTIPLE.raw()[:36])
    assert operation.detail == f"bridge 32768/{CORE}, port 128.7, cost 20000, designated port, forwarding"


def test_others_are_not_taken_for_it(tmp_path):
    from fixtures.record.cdp import switch

    with Wire(tmp_path / "other.pcap") as wire:
        wire.ethernet(CELL, GROUP, 0x9999, RAPID.raw())
        for raw in (b"\x42\x42\3" + switch(), b"\xaa\xaa\3\0\0\x0c\1\x11" + RAPID.raw(), b"\xe0\xe0\3" + RAPID.raw()):
            wire.ethernet(CELL, GROUP, len(raw), raw)
    assert understand_capture(tmp_path / "other.pcap")[1].spoken == {}
