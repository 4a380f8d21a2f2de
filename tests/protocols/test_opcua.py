"""OPC UA: what recorded conversations decode to, refusals, secured channels, and what makes up the key."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.common.default_log_ins import DEFAULT, OTHER
from scanner.protocols.opc.opcua import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES, streams
from tests.protocols.understanding import understand_capture

NULL = b"\xff\xff\xff\xff"
GUID = b"\x04\x01\0" + bytes(16)
TOKENS = [b"\0\0", b"\x01\0\x10\0", b"\x02\0\0" + bytes(4), GUID, b"\x05\0\0\x20\0\0\0" + bytes(32)]


def message(number: int, body: bytes, request: int = 1) -> bytes:
    head = struct.pack("<IIII", 7, 1, request + 50, request) + struct.pack("<BBH", 1, 0, number)
    return b"MSGF" + struct.pack("<I", 8 + len(head) + len(body)) + head + body


def asked(number: int, body: bytes, token: bytes = GUID, request: int = 1) -> bytes:
    header = token + struct.pack("<qII", request, request, 0) + NULL + struct.pack("<I", 5000) + bytes(3)
    return message(number, header + body, request)


def answered(number: int, body: bytes = b"", result: int = 0, request: int = 1) -> bytes:
    return message(number, struct.pack("<qII", request, request, result) + b"\0" + NULL + bytes(3) + body, request)


def text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode()


def node(name: str) -> bytes:
    return b"\x03\x02\0" + text(name)


def write(name: str, value: float, count: int = 1) -> bytes:
    return struct.pack("<I", count) + node(name) + struct.pack("<I", 13) + NULL + b"\x01\x0b" + struct.pack("<d", value)


def rows(raw: bytes, *, side: bool | None = True) -> list:
    found = Message(raw, len(raw), side, "tcp", 4840)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


@pytest.mark.parametrize("token", TOKENS, ids=len)
def test_the_first_node_of_a_write_is_told_behind_every_kind_of_token(token):
    (found,) = rows(asked(673, write("Speed", 1.5, 3), token))
    assert (found.function, found.verb, found.object) == ("Write", Verb.WRITE, "ns=2;s=Speed and 2 more")
    one, same, other = (key("opcua", asked(673, write(n, v), token, r)) for n, v, r in
                        (("Speed", 1.5, 1), ("Speed", 2.5, 9), ("Level", 1.5, 1)))  # fmt: skip
    assert one == same != other


def test_a_token_of_unusual_size_hides_the_node():
    token = b"\x05\0\0\x05\0\0\0" + bytes(5)
    (found,) = rows(asked(673, write("Speed", 1.5), token))
    assert (found.function, found.object) == ("Write", "")


def test_a_call_names_object_and_method():
    (found,) = rows(asked(712, struct.pack("<I", 1) + b"\x01\x02\x05\0" + node("Reset") + NULL))
    assert (found.verb, found.object) == (Verb.OPERATE, "ns=2;i=5 method ns=2;s=Reset")
    (found,) = rows(asked(712, struct.pack("<I", 1) + node("Line") + node("Reset") + NULL))
    assert found.object == "ns=2;s=Line"


def test_results_refuse():
    denied = 0x801F0000
    assert rows(answered(676, result=denied), side=False)[0].refusal == "BadUserAccessDenied"
    assert rows(answered(397, result=denied), side=False)[0].kind is Kind.REFUSAL
    (found,) = rows(answered(676, struct.pack("<III", 2, 0, denied) + NULL), side=False)
    assert found.refusal == "BadUserAccessDenied (1 of 2)"
    assert rows(answered(676, struct.pack("<II", 1, 0) + NULL), side=False)[0].kind is Kind.RESPONSE
    assert rows(answered(676, result=0x80FF1234), side=False)[0].refusal == "status 0x80FF1234"


@pytest.mark.parametrize("token", TOKENS, ids=len)
def test_times_and_handles_tell_no_discovery_apart(token):
    def of(request: int, url: str = "opc.tcp://plc") -> tuple:
        return key("opcua", asked(428, text(url) + NULL * 2, token, request))

    assert of(1) == of(77) != of(1, "opc.tcp://other")
    endpoints = [key("opcua", answered(431, text(name), request=r)) for name, r in (("a", 1), ("a", 9), ("b", 1))]
    assert endpoints[0] == endpoints[1] != endpoints[2]


IN_CLEAR = "user name token, password in clear"


def test_answers_pair_by_request_identifier():
    assert pair("opcua", asked(673, write("A", 1), request=5)) == pair("opcua", answered(676, request=5))
    assert pair("opcua", answered(676, request=5)) != pair("opcua", answered(676, request=6))


@pytest.mark.parametrize(
    ("number", "body", "words", "credentials"),
    [
        (321, text("p"), "anonymous token", "none"),
        (324, text("p") + text("op") + text("never") + NULL, f"{IN_CLEAR}, {OTHER}", "user-password"),
        (324, text("p") + text("Admin") + text("admin") + NULL, f"{IN_CLEAR}, {DEFAULT}", "user-password"),
        (324, text("p") + text("op") + text("never") + text("http://rsa"), "user name token", "user-password"),
        (327, text("p") + text("cert"), "certificate token", "certificate"),
        (940, text("p") + text("t") + NULL, "issued token", "issued-token"),
    ],
)
def test_the_kind_of_user_token_and_nothing_of_it(number, body, words, credentials):
    extension = struct.pack("<BBHBI", 1, 0, number, 1, len(body)) + body
    found = rows(asked(467, NULL * 4 + extension + NULL * 2))
    operation, session = found
    assert (operation.detail, session.credentials) == (words, credentials)
    assert ("password in clear" in session.detail) == (IN_CLEAR in words)
    assert "never" not in str(found)


def offered(policy: str, mode: int, *tokens: int) -> bytes:
    names = text("u") + text("p") + b"\2" + text("plc") + bytes(4) + NULL * 3
    kinds = b"".join(text("t") + struct.pack("<I", kind) + NULL * 3 for kind in tokens)
    about = NULL + struct.pack("<I", mode) + text(f"http://opcfoundation.org/UA/SecurityPolicy#{policy}")
    return text("opc.tcp://plc:4840") + names + about + struct.pack("<I", len(tokens)) + kinds + NULL + b"\1"


def test_of_many_endpoints_those_without_security_are_shown_first():
    many = [offered(f"Policy{n:030}", 3, 1) for n in range(40)]
    last = offered("None", 1), offered("None", 1, 0)
    body = struct.pack("<I", 42) + b"".join((*many, *last))
    (session,) = [row for row in rows(answered(431, body)) if isinstance(row, Session)]
    assert session.detail.startswith("endpoints offered: None/None (anonymous); None/None (no user tokens); Policy")
    assert "more" in session.detail


def test_what_several_messages_offer_is_listed_once():
    result, meaning = understand_capture(CAPTURES / "opcua" / "sign.pcap")
    (words,) = {row["detail"] for _, protocol, row in session_rows(result, meaning) if protocol == "opcua"}
    assert words.count("endpoints offered") == 1
    assert len(set(words.split("; "))) == len(words.split("; ")) > 2


SERVER = b"\x01\0\xcd\x08"
METHODS = [(11492, "GetMonitoredItems", Verb.SUBSCRIBE), (3875, "ConditionRefresh", Verb.SUBSCRIBE)]
METHODS += [(13737, "UpdateCertificate", Verb.CONFIGURE), (12886, "RequestServerStateChange", Verb.MODE_CHANGE)]
METHODS += [(2429, "Halt", Verb.STOP), (60000, "", Verb.OPERATE)]


@pytest.mark.parametrize(("number", "name", "verb"), METHODS, ids=[str(m[0]) for m in METHODS])
def test_a_call_means_what_the_specification_says_of_its_own_methods(number, name, verb):
    def called(method: int, space: int = 0, count: int = 1) -> bytes:
        node_id = struct.pack("<BBH", 1, space, method)
        return asked(712, struct.pack("<I", count) + SERVER + node_id + NULL)

    (found,) = rows(called(number))
    assert (found.verb, found.detail, found.object) == (verb, name, f"i=2253 method i={number}")
    for another, verbs in (
        (called(number, space=2), [Verb.OPERATE]),
        (called(number, count=2), [Verb.OPERATE, Verb.UNKNOWN]),
    ):
        found, *more = rows(another)
        assert ([found.verb, *(row.verb for row in more)], found.detail) == (verbs, "")
        assert key("opcua", another) != key("opcua", called(number))


HALT = b"\x01\0\x7d\x09"


@pytest.mark.parametrize(
    "target",
    [
        SERVER + b"\x02\0\0\x7d\x09\0\0",
        b"\x02\0\0\xcd\x08\0\0" + HALT,
        node("Line") + HALT,
        b"\x04\2\0" + bytes(16) + HALT,
        b"\x05\2\0" + text("ab") + HALT,
    ],
    ids=["method in seven bytes", "object in seven bytes", "string", "GUID", "opaque"],
)
def test_a_stop_is_one_however_object_and_method_are_written(target):
    halt = asked(712, struct.pack("<I", 1) + target + NULL)
    assert [row.verb for row in rows(halt)] == [row.verb for row in rows(in_long_form(halt))] == [Verb.STOP]
    another = asked(712, struct.pack("<I", 1) + target.replace(b"\x7d\x09", b"\xe4\x2c") + NULL)
    assert key("opcua", halt) != key("opcua", another)


def in_long_form(raw: bytes) -> bytes:
    """The message with its type identifier written in seven bytes."""
    raw = raw[:24] + b"\x02\0\0" + raw[26:28] + b"\0\0" + raw[28:]
    return raw[:4] + struct.pack("<I", len(raw)) + raw[8:]


def test_a_type_in_long_form_hides_no_service():
    write_one, read_one = asked(673, write("Speed", 1.5)), asked(631, bytes(30))
    (found,) = rows(in_long_form(write_one))
    assert (found.function, found.verb, found.code) == ("Write", Verb.WRITE, "673")
    assert key("opcua", in_long_form(write_one)) != key("opcua", in_long_form(read_one))
    (found,) = rows(in_long_form(answered(676, result=0x801F0000)), side=False)
    assert (found.function, found.kind, found.refusal) == ("Write", Kind.REFUSAL, "BadUserAccessDenied")
    assert pair("opcua", in_long_form(write_one)) == pair("opcua", in_long_form(answered(676)))


def test_a_service_that_is_in_no_list_is_not_taken_for_encrypted():
    (found,) = rows(asked(15903, bytes(30)))
    assert (found.function, found.verb, found.code) == ("Service 15903", Verb.UNKNOWN, "15903")
    assert key("opcua", asked(15903, b"")) != key("opcua", asked(15904, b""))


def test_what_cannot_be_read_is_encrypted():
    raw = b"MSGF" + struct.pack("<IIIII", 64, 7, 1, 0x9A3B, 0x7711) + b"\x9c" * 40
    operation, session = rows(raw)
    assert (operation.function, session.encrypted) == ("Secured message", True)


@pytest.mark.parametrize("raw", [b"", b"MSGF", b"XYZF\x08\0\0\0", b"HELF\x20\0\0\0" + bytes(4), b"MSGF\x08\0\0\0"])
def test_what_is_cut_short_is_malformed(raw):
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "tcp", 4840)))


# --- recordings -----------------------------------------------------------------------------------------------------


def recorded(name: str) -> list:
    found = []
    for talk in streams(CAPTURES / "opcua" / name).values():
        waiting = {True: b"", False: b""}
        for side, payload in talk:
            raw = waiting[side] + payload
            while len(raw) >= 8 and len(raw) >= (size := int.from_bytes(raw[4:8], "little")):
                found += PROTOCOL.dissect(Message(raw[:size], size, side, "tcp", 4840))
                raw = raw[size:]
            waiting[side] = raw
    return found


def test_a_recorded_conversation_without_security():
    found = recorded("none.pcap")
    asked_for = Counter(r.function for r in found if isinstance(r, Operation) and r.kind is Kind.REQUEST)
    assert asked_for["Write"] == 4
    assert asked_for["Call"] == 2
    assert min(asked_for[s] for s in ("GetEndpoints", "FindServers", "CreateSubscription", "AddNodes")) >= 1
    writes = [r for r in found if isinstance(r, Operation) and r.function == "Write"]
    assert {r.object for r in writes if r.kind is Kind.REQUEST} == {"ns=2;s=Line.Speed", "ns=2;s=Line.Counter"}
    refused = {r.function: r.refusal for r in found if isinstance(r, Operation) and r.kind is Kind.REFUSAL}
    assert refused == {"Call": "BadNodeIdInvalid", "ServiceFault": "BadUserAccessDenied"}
    kinds = {r.credentials for r in found if isinstance(r, Session)}
    assert kinds >= {"none", "user-password"}
    offered = next(r.detail for r in found if isinstance(r, Operation) and r.code == "431")
    assert "None/None" in offered
    assert "Basic256Sha256/SignAndEncrypt" in offered
    assert Identity("name", "Line SCADA") in found
    assert Identity("name", "Packaging line server") in found
    assert "never-shown" not in str(found)


@pytest.mark.parametrize(("name", "signs"), [("none.pcap", False), ("sign.pcap", True)])
def test_the_activation_of_a_session_shows_whether_its_channel_signs(name, signs):
    told = {r.detail for r in recorded(name) if isinstance(r, Session)}
    assert ("session with signed messages" in told, "session without signed messages" in told) == (signs, not signs)


def open_channel(renews: int) -> bytes:
    """A request without protection; 1: it renews one."""
    policy = text("http://opcfoundation.org/UA/SecurityPolicy#None")
    header = b"\0\0" + struct.pack("<qII", 1, 1, 0) + NULL + struct.pack("<I", 5000) + bytes(3)
    body = header + struct.pack("<III", 0, renews, 1) + NULL + struct.pack("<I", 3_600_000)
    whole = struct.pack("<I", 0) + policy + NULL + NULL + struct.pack("<IIBBH", 51, 1, 1, 0, 446) + body
    return b"OPNF" + struct.pack("<I", 8 + len(whole)) + whole


def test_that_a_channel_without_protection_is_renewed_is_told():
    told = [next(r.detail for r in rows(open_channel(n)) if isinstance(r, Session)) for n in (0, 1)]
    assert ["channel without protection renewed" in detail for detail in told] == [False, True]
    assert key("opcua", open_channel(0)) != key("opcua", open_channel(1))


@pytest.mark.parametrize(("name", "encrypted"), [("signandencrypt.pcap", True), ("sign.pcap", False)])
def test_secured_channels_show_policy_and_certificates(name, encrypted):
    found = recorded(name)
    sessions = [r for r in found if isinstance(r, Session)]
    assert any(s.detail == "security policy Basic256Sha256" for s in sessions)
    assert {s.certificate_of for s in sessions if s.certificate_subject} >= {"client", "server"}
    assert any(s.encrypted is True for s in sessions) is encrypted
    assert any(isinstance(r, Operation) and r.function == "Write" for r in found) is not encrypted
