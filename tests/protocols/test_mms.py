"""MMS: services, controls, associations, refusals; what is part of the key; what is not MMS."""

from __future__ import annotations

import struct

import pytest

from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.iec61850.mms import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows

# The encoders are the tests' own: those of the recorder need the recorded stack.


def tlv(tag: int, value: bytes) -> bytes:
    head = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    size = len(value)
    if size < 0x80:
        return head + bytes([size]) + value
    return head + (bytes([0x81, size]) if size < 0x100 else struct.pack(">BH", 0x82, size)) + value


def number(tag: int, value: int) -> bytes:
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def data(pdu: bytes) -> bytes:
    ppdu = tlv(0x61, tlv(0x30, b"\2\1\3" + tlv(0xA0, pdu)))
    return bare(b"\1\0\1\0" + ppdu)


def bare(pdu: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, 7 + len(pdu)) + b"\2\xf0\x80" + pdu


def request(service: bytes, invoke: int = 1) -> bytes:
    return data(tlv(0xA0, number(2, invoke) + service))


def response(service: bytes, invoke: int = 1) -> bytes:
    return data(tlv(0xA1, number(2, invoke) + service))


def item(name: str, domain: str = "IED1LD0") -> bytes:
    return tlv(0xA1, tlv(0x1A, domain.encode()) + tlv(0x1A, name.encode()))


def some(*names: bytes) -> bytes:
    return tlv(0xA0, b"".join(tlv(0x30, tlv(0xA0, n)) for n in names))


def write(*names: str, values: bytes = b"\x83\1\1") -> bytes:
    return tlv(0xA5, some(*map(item, names)) + tlv(0xA0, values))


def rows(raw: bytes, side: bool | None = True) -> list:
    message = Message(raw, len(raw), side, "tcp", 102)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


@pytest.mark.parametrize(
    ("name", "verb", "words"),
    [
        ("CSWI1$CO$Pos$Oper", Verb.OPERATE, "operate"),
        ("CSWI1$CO$Pos$Oper$ctlVal", Verb.OPERATE, "operate"),
        ("CSWI1$CO$Pos$SBOw", Verb.OPERATE, "select with value"),
        ("CSWI1$CO$Pos$Cancel", Verb.OPERATE, "cancel"),
        ("LLN0$BR$rcb01$RptEna", Verb.SUBSCRIBE, "report control"),
        ("LLN0$GO$gcb01$GoEna", Verb.CONFIGURE, ""),
        ("PTOC1$SP$StrVal$setMag$f", Verb.CONFIGURE, ""),
        ("GGIO1$ST$Ind1$stVal", Verb.WRITE, ""),
        ("Oper", Verb.WRITE, ""),
        ("Transfer_Report_ACK", Verb.WRITE, "ICCP/TASE.2"),
    ],
)
def test_writes_mean_what_their_names_say(name, verb, words):
    (row,) = rows(request(write(name)))
    assert (row.verb, row.function, row.code) == (verb, "Write", "5")
    assert (row.object, row.detail, row.kind) == (f"IED1LD0/{name}", words, Kind.REQUEST)
    assert row.filter == "mms.confirmedServiceRequest == 5"


def test_reading_sbo_selects():
    (select,) = rows(request(tlv(0xA4, tlv(0xA1, some(item("CSWI1$CO$Pos$SBO"))))))
    assert (select.verb, select.detail) == (Verb.OPERATE, "select")
    (other,) = rows(request(tlv(0xA4, tlv(0xA1, some(item("CSWI1$CO$Pos$SBOw"))))))
    assert other.verb is Verb.READ


SERVICES = [
    (tlv(0x82, b""), "Identify", Verb.IDENTIFY, ""),
    (tlv(0xA1, b"\xa0\3\x80\1\x09\xa1\2\x80\0"), "GetNameList", Verb.READ, "domains"),
    (tlv(0xA1, b"\xa0\3\x80\1\0\xa1\5\x81\3LD0"), "GetNameList", Verb.READ, "variables of LD0"),
    (tlv(0xA4, tlv(0xA1, tlv(0xA1, item("LLN0$ds")))), "Read", Verb.READ, "list IED1LD0/LLN0$ds"),
    (tlv(0xBF28, b"\x80\2PI"), "Start", Verb.START, "PI"),
    (tlv(0xBF29, b"\x80\2PI"), "Stop", Verb.STOP, "PI"),
    (tlv(0xBF2B, b"\x80\2PI"), "Reset", Verb.STOP, "PI"),
    (tlv(0xBA, b"\x80\3dom\xa1\0\x82\1\xff"), "InitiateDownloadSequence", Verb.PROGRAM_DOWNLOAD, "dom"),
    (tlv(0x9D, b"dom"), "InitiateUploadSequence", Verb.PROGRAM_UPLOAD, "dom"),
    (tlv(0x9F24, b"dom"), "DeleteDomain", Verb.PROGRAM_DOWNLOAD, "dom"),
    (tlv(0xBF48, b"\xa0\7\x19\5a.txt\x81\1\0"), "FileOpen", Verb.FILE_READ, "a.txt"),
    (tlv(0xBF4C, b"\x19\5a.txt"), "FileDelete", Verb.FILE_DELETE, "a.txt"),
    (tlv(0xBF4D, b"\xa0\7\x19\5/COMT"), "FileDirectory", Verb.FILE_READ, "/COMT"),
    (tlv(0xBF2E, b"\xa1\3\x19\1a\xa2\3\x19\1b"), "ObtainFile", Verb.FILE_WRITE, "a to b"),
    (tlv(0xB3, b"\xa0\5\x80\3sem"), "TakeControl", Verb.SESSION, "sem"),
    (tlv(0xAD, b"\xa1" + bytes([len(item("l"))]) + item("l")), "DeleteNamedVariableList", Verb.CONFIGURE, "IED1LD0/l"),
]


@pytest.mark.parametrize(("service", "name", "verb", "what"), SERVICES, ids=[f"{s[1]} {s[3]}" for s in SERVICES])
@pytest.mark.parametrize("wrap", [data, bare], ids=["session", "bare"])
def test_services(service, name, verb, what, wrap):
    (row,) = rows(wrap(tlv(0xA0, number(2, 7) + service)))
    assert (row.function, row.verb, row.object, row.kind) == (name, verb, what, Kind.REQUEST)


def test_segments_are_asked_for_by_the_server_and_are_no_command_of_its():
    raw = request(tlv(0x9B, b"dom"))
    (row,) = rows(raw, side=False)
    assert (row.verb, row.kind) == (Verb.PROGRAM_DOWNLOAD, Kind.NOTICE)
    assert case_of("tpkt", raw).role.name == "NOTICE"


def test_identity():
    found = rows(response(tlv(0xA2, b"\x80\4ACME\x81\5XR-60\x82\0030.1")), side=False)
    assert found[0].kind is Kind.RESPONSE
    assert found[1:] == [Identity("vendor", "ACME"), Identity("model", "XR-60"), Identity("firmware", "0.1")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (response(tlv(0xA4, tlv(0xA1, b"\x80\1\x0a"))), "object-non-existent (10)"),
        (response(tlv(0xA5, b"\x80\1\3")), "object-access-denied (3)"),
        (data(tlv(0xA2, number(0x80, 1) + tlv(0xA2, b"\xa0\3\x87\1\3"))), "access: object-access-denied (7:3)"),
        (data(tlv(0xA2, number(0x80, 1) + tlv(0xA2, b"\xa0\3\x84\1\x63"))), "service (4:99)"),
        (data(tlv(0xA4, b"\x80\1\1\x81\1\1")), "confirmed-requestPDU: unrecognized-service (1:1)"),
        (data(tlv(0xA4, b"\x85\1\1")), "pdu-error: invalid-pdu (5:1)"),
    ],
)
def test_refusals(raw, reason):
    (row,) = rows(raw, side=False)
    assert (row.kind, row.refusal) == (Kind.REFUSAL, reason)


def test_each_result_of_a_write_answers_its_variable():
    assert [r.kind for r in rows(response(tlv(0xA5, b"\x81\0\x80\1\7\x81\0")), side=False)] == [
        Kind.RESPONSE,
        Kind.REFUSAL,
        Kind.RESPONSE,
    ]


def test_reports():
    values = tlv(0xA0, b"\x8a\6events\x84\3\6\x78\0" + number(0x86, 7))
    (row,) = rows(data(tlv(0xA3, tlv(0xA0, b"\xa1\5\x80\3RPT" + values))), side=False)
    assert (row.verb, row.kind, row.object) == (Verb.REPORT, Kind.NOTICE, "report events")
    (row,) = rows(data(tlv(0xA3, tlv(0xA0, some(item("A$CO$B$Oper")) + tlv(0xA0, b"\x83\1\1")))), side=False)
    assert row.detail == "command termination"


@pytest.mark.parametrize("padding", [0, 40, 80, 100, 110, 120, 150, 200, 230, 240, 250, 300, 1000])
@pytest.mark.parametrize("names", [1, 2, 6])
def test_keys_hold_names_and_neither_values_nor_invoke_identifiers(padding, names):
    some_names = [f"GGIO1$SP$Set{i}{'x' * (padding // names % 100)}" for i in range(names)]

    def written(invoke: int, value: int, first: str = some_names[0]) -> bytes:
        text = tlv(0x8A, bytes([65 + value]) * padding)
        return request(write(first, *some_names[1:], values=number(0x85, value) + text), invoke)

    one = written(1, 1)
    for invoke, value in ((2, 1), (1, 9), (255, 3)):
        assert key("tpkt", one)[1] == key("tpkt", written(invoke, value))[1]
        assert key("tpkt", one)[1] != key("tpkt", written(invoke, value, "GGIO1$SP$Other"))[1]
    for invoke in (1, 127, 300, 70000, 20_000_000):
        asked, answered = written(invoke, 1), response(tlv(0xA5, b"\x81\0" * names), invoke)
        assert pair("tpkt", asked) == pair("tpkt", answered) == number(2, invoke)[2:]


@pytest.mark.parametrize("size", [1, 60, 100, 110, 118, 125, 200, 230, 245, 250, 256, 300, 2000])
def test_values_read_or_reported_make_no_other_message(size):
    def read(value: int) -> bytes:
        return response(tlv(0xA4, tlv(0xA1, tlv(0x8A, bytes([65 + value]) * size))), value + 1)

    def report(value: int, name: bytes = b"events") -> bytes:
        values = tlv(0xA0, tlv(0x8A, name) + number(0x86, value) + tlv(0x8A, bytes([65 + value]) * size))
        return data(tlv(0xA3, tlv(0xA0, b"\xa1\5\x80\3RPT" + values)))

    def sent(value: int, name: str = "ds") -> bytes:
        values = tlv(0xA0, tlv(0x8A, bytes([65 + value]) * size))
        return data(tlv(0xA3, tlv(0xA0, tlv(0xA1, item(name)) + values)))

    assert key("tpkt", read(0)) == key("tpkt", read(7))
    assert key("tpkt", read(0))[1] == key("tpkt", response(tlv(0xA4, tlv(0xA1, b"\x83\1\0")), 1))[1]
    assert key("tpkt", response(b"\xbf\x4a\0", 1)) != key("tpkt", response(b"\xbf\x4b\0", 1))
    assert key("tpkt", report(0)) == key("tpkt", report(7)) != key("tpkt", report(0, b"alarms"))
    assert key("tpkt", sent(0)) == key("tpkt", sent(7)) != key("tpkt", sent(0, "dt"))


CONTEXT = tlv(0xA1, b"\6\5\x28\xca\x22\2\3")
INITIATE = tlv(0xA8, number(0x80, 65000) + b"\x81\1\5\x82\1\5\x83\1\x0a" + tlv(0xA4, b"\x80\1\1"))


def association(kind: int, acse: bytes) -> bytes:
    ppdu = tlv(0x31, tlv(0xA0, b"\x80\1\1") + tlv(0xA2, tlv(0x61, tlv(0x30, b"\2\1\1" + tlv(0xA0, acse)))))
    return bare(bytes([kind]) + bytes([len(ppdu) + 2, 0xC1, len(ppdu)]) + ppdu)


def aarq(proof: bytes = b"") -> bytes:
    information = tlv(0xBE, tlv(0x28, b"\2\1\3" + tlv(0xA0, INITIATE)))
    return tlv(0x60, CONTEXT + proof + information)


@pytest.mark.parametrize(
    ("proof", "credentials", "authenticated"),
    [
        (b"", "none", False),
        (tlv(0xAC, tlv(0x80, b"hunter2")), "user-password", True),
        (tlv(0xAC, tlv(0xA2, b"\x28\0")), "", True),
    ],
)
def test_associations_say_how_the_client_proves_itself_and_never_the_password(proof, credentials, authenticated):
    found = rows(association(13, aarq(proof)))
    operation, session = found
    assert isinstance(operation, Operation)
    assert isinstance(session, Session)
    assert (operation.function, operation.detail) == ("Associate", "MMS version 1, PDUs of up to 65000 bytes")
    assert (session.credentials, session.authenticated, session.encrypted) == (credentials, authenticated, False)
    assert "hunter2" not in repr(found)


def test_bits_may_be_a_password_or_not():
    _, session = rows(association(13, aarq(tlv(0xAC, tlv(0x81, b"\0hunter2")))))
    assert isinstance(session, Session)
    assert (session.authenticated, session.unread) == (None, ("credentials", "authenticated"))


def test_an_association_that_is_cut_short_says_nothing_of_authentication():
    raw = association(13, aarq(tlv(0xAC, tlv(0xA2, bytes(20)))))
    where = raw.index(b"\xac\x16")
    (operation,) = PROTOCOL.dissect(Message(raw[:where], len(raw), True, "tcp", 102))
    assert isinstance(operation, Operation)


def test_refused_associations():
    refused = tlv(0x61, CONTEXT + tlv(0xA2, b"\2\1\1") + tlv(0xA3, tlv(0xA1, b"\2\1\x0d")))
    (row,) = rows(association(14, refused), side=False)
    assert (row.kind, row.refusal) == (Kind.REFUSAL, "authentication failure (13)")
    (row,) = rows(bare(b"\x0c\3\x32\1\x81"), side=False)
    assert row.refusal == "session refused, reason 129"


@pytest.mark.parametrize(
    "raw",
    [
        bare(b"\x32\1\0\0\0\1\0\x08\0\0\xf0\0\0\1\0\1\1\xe0"),  # S7comm
        bare(b"\x7f\x65\x82\1\x94\4\1\1"),  # RDP
        bare(b"\1\0\1\0\x61\x0e\x30\x0c\2\1\3\xa0\x07\xb0\5\2\1\1\x82\0"),  # no PDU of MMS
        data(tlv(0xA0, b"\2\1\1"))[:-1],
        bare(b"\x0d\x10\xc1\0"),
    ],
)
def test_what_is_not_mms(raw):
    message = Message(raw, len(raw), True, "tcp", 102)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))


def operations(name: str) -> list[dict]:
    result = read_capture(CAPTURES / "mms" / name, name, framing_plan())
    return [columns for _, _, _, columns in operation_rows(result, understand(result, protocols()))]


@pytest.mark.parametrize(
    ("name", "wanted", "count", "accepted", "refusals"),
    [
        ("libiec61850.pcap", {"object": "PRESS1LD0/GGIO1$CO$SPCSO1$Oper"}, 2, 2, []),
        ("libiec61850.pcap", {"object": "PRESS1LD0/GGIO1$CO$SPCSO2$Oper"}, 2, 1, ["object-access-denied (3)"]),
        ("libiec61850.pcap", {"object": "PRESS1LD0/GGIO1$ST$Ind1$stVal", "verb": "read"}, 5, 5, []),
        ("libiec61850.pcap", {"object": "absent.cfg"}, 1, 0, ["file: file-non-existent (11:7)"]),
        ("port_10102.pcap", {"function": "Identify"}, 1, 1, []),
        ("program.pcap", {"object": "Press_Logic/limit"}, 2, 0, ["object-access-denied (3)"]),
        ("program.pcap", {"object": "Press_Logic/speed"}, 2, 2, []),
        ("program.pcap", {"function": "Stop"}, 1, 1, []),
        ("program.pcap", {"function": "DownloadSegment", "seen_as": "notice"}, 3, 0, []),
        ("iccp.pcap", {"object": "Transfer_Set_Name, P1"}, 20, 0, []),
    ],
)
def test_outcomes(name, wanted, count, accepted, refusals):
    (row,) = [r for r in operations(name) if wanted.items() <= r.items()]
    assert (row["count"], row["accepted"], row["refusals"]) == (count, accepted, refusals)
