"""What PROFINET devices found out of their ports and rings: alone, in PDRealData, cut short, and what is none of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import profinet_io as built
from scanner.protocols.base import Kind, Operation, Verb
from scanner.protocols.profinet._blocks import Address
from scanner.protocols.profinet._real_data import found_out
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told as understood

PORT = Address(0, 0, 0x8001, 0x802A)
TWO = built.port_data(0x8001, "port-001", ("port-005", "sw-press"), ("port-001", "tap"))


def told(record: bytes) -> list[tuple[str, str, str]]:
    return [(row.function, row.object, str(row.detail)) for row in found_out(record, PORT)]


def test_a_port_with_its_peers() -> None:
    assert told(TWO) == [
        ("PDPortDataReal", "port port-001", "next to port port-005 of sw-press"),
        ("PDPortDataReal", "port port-001", "next to port port-001 of tap"),
    ]
    assert told(built.port_data(0x8001, "port-001")) == [("PDPortDataReal", "port port-001", "next to nobody")]


def test_all_records_of_a_device() -> None:
    ports = [built.multiple_block(0, n, built.port_data(n, f"port-{n & 15:03}", ("p", "s"))) for n in (0x8001, 0x8002)]
    statistic = built.multiple_block(0, 0x8001, built.block(0x0251, bytes(26)))
    rows = list(found_out(ports[0] + statistic + ports[1], PORT))
    assert [row.object for row in rows] == ["port port-001", "port port-002"]
    assert all(row.verb is Verb.IDENTIFY and row.kind is Kind.NOTICE for row in rows)


def test_a_part_in_a_ring() -> None:
    (manager,) = told(built.ring_data(2, closed=True))
    assert manager == (
        "PDInterfaceMrpDataReal",
        f"domain {built.RING}",
        'manager of the ring, ring closed, "press-ring"',
    )
    (client,) = told(built.ring_data(1))
    assert client[2] == 'client of the ring, "press-ring"'
    assert told(built.ring_port()) == [("PDPortMrpDataReal", f"domain {built.RING}", "ring port")]
    several = bytearray(built.ring_data(2))
    several[5] = 2
    assert told(bytes(several)) == [], "of several rings the structure is another"


def test_what_is_cut_says_nothing_that_is_not_there() -> None:
    whole = set(told(TWO))
    for end in range(len(TWO)):
        assert set(told(TWO[:end])) <= whole
    lies = bytearray(TWO)
    lies[6 + 6 + 9] = 200  # peers, of which two are there
    assert set(told(bytes(lies))) <= whole
    none = bytearray(built.port_data(0x8001, "port-001"))
    none[6 + 6 + 9] = 1
    assert ("PDPortDataReal", "port port-001", "next to nobody") not in told(bytes(none))


def test_another_block_under_the_number_of_the_record_says_nothing() -> None:
    assert told(built.im0("x", "y", 1, ("V", 1, 2, 3))) == []
    assert told(built.block(0x020F, b"")) == []


@given(st.binary(max_size=120), st.sampled_from([0x020F, 0x0212, 0x0215, 0x0400]))
def test_no_bytes_stop_it(body: bytes, kind: int) -> None:
    for record in (body, built.block(kind, body), built.multiple_block(0, 1, built.block(kind, body))):
        assert all(isinstance(row, Operation) for row in found_out(record, PORT))


def test_of_a_capture() -> None:
    rows = [row for _, _, row in understood(CAPTURES / "profinet_io" / "neighbours.pcap")]
    words = [str(row.detail) for row in rows if isinstance(row, Operation) and row.kind is Kind.NOTICE]
    assert words == [
        "next to port port-002 of press-io-2",
        "next to nobody",
        "next to port port-001 of press-io-1",
        "next to port port-005 of sw-press",
        "next to port port-001 of tap",
        'client of the ring, "press-ring"',
        "ring port",
        'manager of the ring, ring closed, "press-ring"',
    ]
