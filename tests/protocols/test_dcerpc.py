"""DCE/RPC over TCP: binds and their authentication, requests, refusals, activations; what is part of the key."""

from __future__ import annotations

import struct
import uuid
from dataclasses import replace

import pytest

from fixtures.record import dcerpc as built
from fixtures.record.dcerpc import acknowledge, bind, element, fault, pdu, request, response
from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Session, Verb
from scanner.protocols.dcerpc._interfaces import INTERFACES
from scanner.protocols.dcerpc._opc_interfaces import OPC
from scanner.protocols.dcerpc.dcerpc import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "dcerpc"


def operations(name: str) -> list[tuple]:
    result, meaning = understand_capture(FOLDER / name)
    return sorted(
        (
            result.conversations[c].server_port,
            *(row[n] for n in ("function", "code", "unit", "object", "count", "accepted")),
            *row["refusals"],
        )
        for c, protocol, _, row in operation_rows(result, meaning)
        if protocol == "dcerpc"
    )


def sessions(name: str) -> dict[int, tuple]:
    result, meaning = understand_capture(FOLDER / name)
    return {
        result.conversations[c].server_port: (row["credentials"], row["encrypted"], plain(row["detail"]))
        for c, _, row in session_rows(result, meaning)
    }


def test_what_a_real_stack_says():
    assert operations("impacket.pcap") == [
        (49702, "Bind", "11", "context 0", "WKSSVC (workstation service)", 1, 1),
        (49702, "Request", "0", "context 0", "", 3, 3),
        (49702, "Request", "2", "context 0", "", 1, 0, "status (0x000006E4)"),
    ]
    assert sessions("impacket.pcap") == {49702: (["none"], False, "authentication level none")}


def test_binds_requests_and_refusals():
    assert operations("built.pcap") == [
        (135, "Authentication, third leg", "16", "", "", 1, 0),
        (135, "Bind", "11", "context 0", "IOXIDResolver", 1, 1),
        (135, "Bind", "11", "context 1", "IRemoteSCMActivator", 1, 1),
        (135, "IRemoteSCMActivator::RemoteCreateInstance", "4", "context 1", "OpcEnum", 1, 1),
        (135, "Request", "5", "context 0", "", 1, 1),
        (
            *(49700, "Alter context", "14", "context 1", "interface deadbeef-0001-0002-0003-000405060708", 1, 0),
            "provider rejection: abstract syntax not supported",
        ),
        (49700, "Bind", "11", "context 0", "SVCCTL (service control)", 1, 1),
        (49700, "Request", "15", "context 0", "", 4, 0, "nca_s_fault_access_denied (0x00000005)"),
        (49700, "Request, further fragment", "0", "", "", 1, 0),
        (
            *(49701, "Bind", "11", "context 0", "SVCCTL (service control)", 1, 0),
            "authentication type not recognised",
        ),
    ]
    assert sessions("built.pcap") == {
        135: (["none"], False, "authentication level none; NTLM, level packet integrity"),
        49700: (["none"], False, "authentication level none"),
        49701: (["none"], False, "authentication level none"),
    }


def test_big_endian_away_from_the_port():
    assert operations("big_endian_port_2103.pcap") == [
        (2103, "Bind", "11", "context 7", "SVCCTL (service control)", 1, 1),
        (2103, "Request", "12", "context 7", "", 1, 0, "nca_op_rng_error (0x1C010002)"),
    ]


# --- one message ------------------------------------------------------------------------------------------------------


def message(raw: bytes, *, from_client: bool = True) -> Message:
    return Message(raw, len(raw), from_client, "tcp", 135)


def rows(raw: bytes) -> list:
    assert PROTOCOL.probe(message(raw))
    return list(PROTOCOL.dissect(message(raw)))


@pytest.mark.parametrize(
    ("level", "provider", "encrypted", "words"),
    [
        (built.CONNECT, built.NTLM, False, "NTLM, level connect"),
        (built.CALL, built.NTLM, False, "NTLM, level call"),
        (built.PACKET, built.KERBEROS, False, "Kerberos, level packet"),
        (built.INTEGRITY, built.SPNEGO, False, "SPNEGO, level packet integrity"),
        (built.PRIVACY, built.SPNEGO, None, "SPNEGO, level packet privacy"),
        (built.PRIVACY, 68, None, "Netlogon secure channel, level packet privacy"),
    ],
)
def test_authentication_of_a_bind(level, provider, encrypted, words):
    raw = bind(element(0, built.SERVICES), level=level, provider=provider)
    (session,) = (r for r in rows(raw) if isinstance(r, Session))
    assert (session.encrypted, session.detail, session.credentials) == (encrypted, words, "")


def test_an_altered_context_without_verifier_says_nothing_of_authentication():
    assert [r.function for r in rows(bind(element(1, built.SERVICES), kind=built.ALTER))] == ["Alter context"]


def test_an_interface_offered_in_several_syntaxes_is_one_row():
    ndr64 = uuid.UUID("71710533-beba-4937-8319-b5dbef9ccc36")
    offered = [
        element(0, built.RESOLVER, built.FEATURES),
        element(1, built.RESOLVER),
        element(2, built.RESOLVER, ndr64, built.NDR),
        element(3, built.SERVICES),
    ]
    found = [r for r in rows(bind(*offered)) if not isinstance(r, Session)]
    assert [(r.unit, r.object) for r in found] == [
        ("context 1", "IOXIDResolver"),
        ("context 3", "SVCCTL (service control)"),
    ]


@pytest.mark.parametrize(
    ("results", "refusal"),
    [
        (((0, 0),), ""),
        (((2, 2), (0, 0), (3, 3)), ""),
        (((2, 2), (3, 3)), "provider rejection: proposed transfer syntaxes not supported"),
        (((1, 3),), "user rejection: local limit exceeded"),
        (((9, 9),), "result 9: reason 9"),
        (((2, 1),) * 5, "provider rejection: abstract syntax not supported"),
        (((2, 1),) * 4 + ((0, 0),), ""),
    ],
)
@pytest.mark.parametrize("address", [b"", b"135\0", b"49720\0", b"\\PIPE\\lsass\0", b"a" * 40])
def test_a_bind_is_refused_when_no_context_is_accepted(results, refusal, address):
    (row,) = rows(acknowledge(*results, address=address))
    assert (row.kind, row.refusal) == (Kind.REFUSAL if refusal else Kind.RESPONSE, refusal)


@pytest.mark.parametrize(
    ("version", "system"),
    [((10, 0, 17763), "Windows 10.0 build 17763"), ((6, 1, 7601), "Windows 6.1 build 7601"), ((6, 1, 0), "")],
)
@pytest.mark.parametrize("address", [b"", b"135\0", b"49720\0", b"a" * 40])
def test_an_ntlm_challenge_names_the_version_of_windows(version, system, address):
    challenge = built.ntlm_challenge(b"SCADA-1", version)
    raw = acknowledge((0, 0), address=address, level=built.INTEGRITY, value=challenge)
    found = [r.value for r in rows(raw) if isinstance(r, Identity)]
    assert found == ([system] if system else [])
    other = challenge.replace(b"\x11" * 8, b"\x22" * 8)
    again = acknowledge((0, 0), address=address, level=built.INTEGRITY, value=other)
    assert (key("dcerpc", again) == key("dcerpc", raw)) is (len(address) < 19)


def test_other_tokens_name_no_version():
    challenge = built.ntlm_challenge(b"SCADA-1", (10, 0, 17763))
    for value, provider in (
        (challenge, built.SPNEGO),
        (b"X" + challenge[1:], built.NTLM),
        (challenge[:40], built.NTLM),
    ):
        (row,) = rows(acknowledge((0, 0), level=built.INTEGRITY, provider=provider, value=value))
        assert row.kind is Kind.RESPONSE


def test_a_request_names_context_and_operation_only():
    (row,) = rows(request(3, 9, bytes(20)))
    assert (row.verb, row.function, row.code, row.unit) == (Verb.UNKNOWN, "Request", "9", "context 3")
    assert row.detail == "without verifier"
    assert row.filter == "dcerpc.pkt_type == 0 && dcerpc.cn_ctx_id == 3 && dcerpc.opnum == 9"
    (row,) = rows(request(3, 9, bytes(20), object_id=built.RESOLVER, level=built.INTEGRITY))
    assert (row.function, row.detail) == ("Request to an object", "")


def test_an_activation_is_named_with_class_and_interfaces():
    klass, unknown = uuid.UUID(int=77), uuid.UUID("00000000-0000-0000-c000-000000000046")
    wanted = uuid.UUID("39c13a4d-011e-11d0-9675-0020afd8adb3")
    stub = built.activation(klass, unknown, wanted)
    (row,) = rows(request(1, 4, stub))
    assert (row.verb, row.function) == (Verb.SESSION, "IRemoteSCMActivator::RemoteCreateInstance")
    assert row.object == f"class {klass}"
    assert row.detail == "interfaces IUnknown, IOPCServer, without verifier"
    (row,) = rows(request(1, 3, stub[:32] + stub[36:]))
    assert row.function == "IRemoteSCMActivator::RemoteGetClassObject"
    (row,) = rows(request(1, 5, stub))
    assert row.function == "Request"


def test_call_identifiers_arguments_and_tokens_make_no_other_message():
    def same(one: bytes, two: bytes) -> bool:
        return key("dcerpc", one) == key("dcerpc", two)

    assert same(request(1, 2, bytes(40)), request(1, 2, bytes(range(40)), call=9))
    assert not same(request(1, 2, b""), request(1, 3, b""))
    assert not same(request(1, 2, b""), request(2, 2, b""))
    assert same(response(0, bytes(40)), response(0, bytes(range(40)), call=9))
    tokens = [bytes([n]) * 40 for n in (1, 2)]
    assert same(*(bind(element(0, built.SERVICES), level=5, value=t) for t in tokens))
    assert not same(*(bind(element(0, built.SERVICES), level=n, value=tokens[0]) for n in (5, 6)))
    assert same(*(acknowledge((0, 0), level=5, value=t) for t in tokens))
    assert not same(fault(0, 5), fault(0, 6))


def test_an_answer_repeats_the_call_identifier():
    assert pair("dcerpc", request(0, 1, b"", call=0x01020304)) == pair("dcerpc", response(0, b"", call=0x01020304))
    assert pair("dcerpc", request(0, 1, b"", call=1)) != pair("dcerpc", fault(0, 5, call=2))


@pytest.mark.parametrize("interface", [*INTERFACES, "deadbeef-cafe-babe-1234-567890abcdef"])
def test_interfaces_that_are_not_of_opc(interface):
    raw = bind(element(0, uuid.UUID(interface)))
    assert case_of("dcerpc", raw).protocol == "dcerpc"
    assert rows(raw)[0].object == INTERFACES.get(interface, f"interface {interface}")


def test_binds_of_opc_are_left_to_opc_classic():
    for interface in OPC:
        raw = bind(element(0, uuid.UUID(interface)))
        assert case_of("dcerpc", raw).protocol == "opc-classic"
        assert not PROTOCOL.probe(message(raw))


def test_another_protocol_on_port_135_is_not_rpc(tmp_path):
    with Wire(tmp_path / "modbus.pcap") as wire:
        talk = wire.tcp("10.20.0.1", "10.20.0.2", 135)
        for number in range(5):
            talk.client(struct.pack(">HHHBBHH", number, 0, 6, 1, 3, 0, 8))
            talk.server(struct.pack(">HHHBBB", number, 0, 19, 1, 3, 16) + bytes(16))
        talk.close()
    _, meaning = understand_capture(tmp_path / "modbus.pcap")
    assert {name for names in meaning.spoken.values() for name in names} == {"modbus"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        request(0, 1, b"")[:15],
        b"\4" + request(0, 1, b"")[1:],
        request(0, 1, b"") + b"\0",
        pdu(6, bytes(8)),
        pdu(built.REQUEST, bytes(6)),
        pdu(built.FAULT, bytes(8)),
        pdu(built.BIND_NAK, b""),
        bind(),
        bind(element(0, built.SERVICES))[:8] + struct.pack("<H", 40) + bind(element(0, built.SERVICES))[10:40],
        pdu(built.BIND_ACK, bytes(10)),
        acknowledge((0, 0))[:8] + struct.pack("<H", 40) + acknowledge((0, 0))[10:40],
    ],
)
def test_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(raw)))


def test_an_activation_cut_by_the_snap_length_is_still_one():
    raw = request(1, 4, built.activation(uuid.UUID(int=77)))
    (row,) = PROTOCOL.dissect(replace(message(raw), data=raw[:150]))
    assert (row.function, row.object) == ("IRemoteSCMActivator::RemoteCreateInstance", "")
