"""OPC Classic: interfaces bound, requests that tell what they are, and what they must not be taken for."""

from __future__ import annotations

import uuid

import pytest

from fixtures.record import opc_classic as built
from fixtures.record.dcerpc import ACTIVATOR, bind, element, request, this
from fixtures.record.opc_classic import CALLBACK, HANDLES, OBJECT, SYNC_IO, da
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Malformed, Message, Session, Verb
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.opc.opc_classic import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import case_of, key
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "opc_classic"
WRITE = "IOPCSyncIO::Write or IOPCAsyncIO2::Write"
BOUND = {"IOPCServer": 2, "IOPCItemMgt": 3, "IOPCSyncIO": 4, "IOPCAsyncIO2": 5}


def understood(name: str) -> tuple:
    return understand_capture(FOLDER / name)


def operations(name: str, protocol: str = "opc-classic") -> list[tuple]:
    result, meaning = understood(name)
    return sorted(
        (
            result.conversations[c].server_port,
            *(row[n] for n in ("verb", "function", "unit", "object", "count", "accepted")),
            *row["refusals"],
        )
        for c, of, _, row in operation_rows(result, meaning)
        if of == protocol
    )


def sessions(name: str) -> dict[tuple[int, str], tuple]:
    result, meaning = understood(name)
    return {
        (result.conversations[c].server_port, protocol): (
            row["credentials"],
            row.get("encrypted"),
            plain(row["detail"]),
        )
        for c, protocol, row in session_rows(result, meaning)
    }


@pytest.mark.parametrize("name", ["signed.pcap", "open.pcap", "open_vlan.pcap"])
def test_data_access(name):
    assert operations(name) == sorted(
        [
            *((49720, "session", "Alter context", f"context {c}", i, 1, 1) for i, c in BOUND.items()),
            *((49720, "session", "IRemUnknown::RemQueryInterface", "context 0", i, 1, 1) for i in BOUND),
            (49720, "subscribe", "IOPCItemMgt::AddItems", "context 3", "3 items", 1, 1),
            (49720, "read", "IOPCSyncIO::Read", "context 4", "3 items", 20, 20),
            (49720, "read", "IOPCAsyncIO2::Read", "context 5", "2 items", 1, 1),
            (49720, "write", WRITE, "context 4", "1 item", 3, 3),
            (49720, "write", WRITE, "context 4", "2 items", 1, 0, "E_ACCESSDENIED (0x80070005)"),
            (49811, "session", "Bind", "context 0", "IOPCDataCallback", 1, 1),
            (49811, "report", "IOPCDataCallback::OnDataChange", "context 0", "", 15, 0),
        ]
    )
    assert operations(name, "dcerpc") == [
        (49720, "session", "Bind", "context 0", "IRemUnknown", 1, 1),
        (49720, "unknown", "Request to an object", "context 2", "", 1, 1),
    ]


def test_how_it_is_authenticated():
    assert sessions("signed.pcap") == {
        (49720, "dcerpc"): ([], False, "SPNEGO, level packet integrity"),
        (49720, "opc-classic"): ([], False, "calls with verifier"),
        (49811, "opc-classic"): ([], False, "SPNEGO, level packet integrity; calls with verifier"),
    }
    assert sessions("open.pcap") == {
        (49720, "dcerpc"): (["none"], False, "authentication level none"),
        (49720, "opc-classic"): ([], False, "calls without verifier"),
        (49811, "opc-classic"): (["none"], False, "authentication level none; calls without verifier"),
    }


def test_other_servers_and_a_secret_one():
    refused = "provider rejection: abstract syntax not supported"
    assert operations("other_servers.pcap") == [
        (49721, "session", "Bind", "context 0", "IOPCServerList", 1, 1),
        (49722, "session", "Bind", "context 0", "IOPCEventServer", 1, 1),
        (49723, "session", "Bind", "context 0", "IOPCHDA_Server", 1, 0, refused),
    ]
    assert sessions("other_servers.pcap")[49722, "opc-classic"] == ([], None, "SPNEGO, level packet privacy")


# --- one message ------------------------------------------------------------------------------------------------------


def message(raw: bytes) -> Message:
    return Message(raw, len(raw), True, "tcp", 49720)


def call(operation: int, stub: bytes, **more) -> bytes:
    return request(4, operation, stub, object_id=OBJECT, **more)


def row(raw: bytes):
    assert case_of("dcerpc", raw).protocol == "opc-classic"
    assert PROTOCOL.probe(message(raw))
    operation, session, *_ = PROTOCOL.dissect(message(raw))
    assert isinstance(session, Session)
    assert session.encrypted is False
    return operation


@pytest.mark.parametrize("interface", OPC)
def test_every_interface_is_bound_by_name(interface):
    raw = bind(element(9, uuid.UUID(interface)), element(10, ACTIVATOR))
    assert case_of("dcerpc", raw).protocol == "opc-classic"
    assert PROTOCOL.probe(message(raw))
    first, second, *_ = PROTOCOL.dissect(message(raw))
    known = OPC[interface]
    assert (first.unit, first.object) == ("context 9", known.name)
    assert first.detail.startswith(known.family)
    assert second.object == "IRemoteSCMActivator"


def test_the_row_of_a_bind_numbers_the_operations():
    operation, *_ = PROTOCOL.dissect(message(bind(element(0, SYNC_IO))))
    assert operation.detail == "OPC DA; operations 3 Read, 4 Write"
    assert operation.filter == f"dcerpc.cn_bind_to_uuid == {SYNC_IO}"


@pytest.mark.parametrize("security", [{}, {"level": 5}, {"level": 5, "value": bytes(37)}])
def test_requests_that_tell_what_they_are(security):
    for operation, stub, verb, function, what in (
        (3, built.sync_read(1, *HANDLES), Verb.READ, "IOPCSyncIO::Read", "3 items"),
        (3, built.sync_read(2, HANDLES[0]), Verb.READ, "IOPCSyncIO::Read", "1 item"),
        (3, built.sync_read(1, *range(300)), Verb.READ, "IOPCSyncIO::Read", "300 items"),
        (3, built.async_read(9, *HANDLES), Verb.READ, "IOPCAsyncIO2::Read", "3 items"),
        (3, built.added("A.B", "A.C"), Verb.SUBSCRIBE, "IOPCItemMgt::AddItems", "2 items"),
        (4, built.written((1.0,), HANDLES[0]), Verb.WRITE, WRITE, "1 item"),
        (4, built.written((1.0, 2.0, 3.0), *HANDLES), Verb.WRITE, WRITE, "3 items"),
        (3, built.changed((1.0, 2.0)), Verb.REPORT, "IOPCDataCallback::OnDataChange", ""),
        (3, built.asked_interfaces(SYNC_IO, CALLBACK), Verb.SESSION, "IRemUnknown::RemQueryInterface", ASKED),
    ):
        found = row(call(operation, stub, **security))
        assert (found.verb, found.function, found.object) == (verb, function, what)


ASKED = "IOPCSyncIO, IOPCDataCallback"


def test_where_a_read_gets_its_values():
    assert row(call(3, built.sync_read(1, *HANDLES), level=5)).detail == "from the cache"
    assert row(call(3, built.sync_read(2, *HANDLES))).detail == "from the device, without verifier"


@pytest.mark.parametrize(
    ("operation", "stub"),
    [
        (3, this()),
        (3, this() + bytes(40)),
        (3, built.sync_read(3, *HANDLES) + bytes(4)),  # a source that there is not, and a length that fits nothing
        (3, built.sync_read(1, *HANDLES) + bytes(400)),
        (3, this() + bytes.fromhex("01000000 03000000 04000000") + bytes(12)),  # two counts that differ
        (4, built.written((1.0, 2.0), *HANDLES[:2]).replace(bytes.fromhex("55736572"), bytes(4))),  # a null pointer
        (4, this() + bytes.fromhex("02000000 02000000") + bytes(60)),
        (5, built.sync_read(1, *HANDLES)),
        (3, built.asked_interfaces(ACTIVATOR)),
        (3, built.changed((1.0,), transaction=0x8001_0203)),
        (3, built.sync_read(1, *HANDLES)[:4] + b"\1" + built.sync_read(1, *HANDLES)[5:28] + b"\1" + bytes(40)),
    ],
)
def test_requests_that_are_something_else(operation, stub):
    raw = call(operation, stub)
    assert not PROTOCOL.probe(message(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


def test_a_request_to_no_object_is_none_of_com():
    raw = request(4, 3, bytes(16) + built.sync_read(1, *HANDLES))
    assert not PROTOCOL.probe(message(raw))
    assert case_of("dcerpc", raw).protocol == "dcerpc"


def test_values_and_transactions_make_no_other_message():
    def same(operation: int, *stubs: bytes) -> bool:
        first, *others = (key("dcerpc", call(operation, s)) for s in stubs)
        return all(o == first for o in others)

    assert same(4, built.written((1.0,), HANDLES[0]), built.written((2.0,), HANDLES[0]))
    assert same(3, built.changed((1.0,)), built.changed((5.0,)), built.changed((1.0, 2.0, 3.0)))
    assert same(3, built.sync_read(1, *HANDLES), this(uuid.UUID(int=5)) + built.sync_read(1, *HANDLES)[32:])
    assert not same(3, built.sync_read(1, *HANDLES), built.sync_read(2, *HANDLES))
    for count in (1, 2, 3):
        handles = HANDLES[:count]
        assert same(3, *(built.async_read(transaction, *handles) for transaction in (7, 800, 1 << 20)))
        assert not same(3, built.async_read(7, *handles), built.added(*"abc"[:count]))
        assert not same(3, built.async_read(7, *handles), built.sync_read(1, *handles))
    assert not same(3, built.async_read(7, *HANDLES[:1]), built.async_read(7, *HANDLES[:2]))
    assert not same(4, built.written((1.0,), HANDLES[0]), built.written((1.0, 2.0), *HANDLES[:2]))


def test_interfaces_of_data_access_have_the_numbers_of_the_specification():
    assert OPC[str(da(0x4D))].operations[3] == "GetStatus"
    assert OPC[str(da(0x54))].text().endswith("9 CreateEnumerator")
    assert len(OPC) == len({i.name for i in OPC.values()})
