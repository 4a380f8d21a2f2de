"""OPC UA in JSON: types, nodes and outcomes in the forms of both versions, secrets, what only resembles it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.opcua_json import PASSWORD
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.opc._opcua_json_types import TYPES
from scanner.protocols.opc._opcua_names import FAULT, RESPONSES, SERVICES
from scanner.protocols.opc.opcua import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import understand_capture

FOLDER = CAPTURES / "opcua"
FORM = "opcua-json"
HEADER = {"RequestHandle": 7, "Timestamp": "2024-01-01T08:00:00Z"}


def message(text: str, length: int = 0, *, asks: bool = True) -> Message:
    raw = text.encode()
    return Message(raw, length or len(raw), asks, "tcp", 4843)


def of(text: str) -> tuple[int, bytes, int]:
    return key(FORM, text.encode())


def told(number: int, body: dict[str, Any], form: int = 4) -> str:
    if form == 4:
        return json.dumps({"TypeId": {"Id": number}, "Body": body})
    return json.dumps({"UaTypeId": f"i={number}", **body})


def rows(text: str) -> list[Any]:
    seen = message(text)
    assert PROTOCOL.probe(seen)
    return list(PROTOCOL.dissect(seen))


def only(text: str) -> Operation:
    (row,) = [row for row in rows(text) if isinstance(row, Operation)]
    assert row.verb in PROTOCOL.verbs
    return row


NODE, TEXT = {"IdType": 1, "Id": "Line.Speed", "Namespace": 2}, "ns=2;s=Line.Speed"
METHOD = {"Id": 11489}
REQUESTS = [
    (15257, {"NodesToRead": [{"NodeId": NODE, "AttributeId": 13}]}, Verb.READ, TEXT),
    (
        629,
        {"NodesToRead": [{"NodeId": NODE, "AttributeId": 1}, {"NodeId": NODE}]},
        Verb.READ,
        f"{TEXT} NodeId and 1 more",
    ),
    (631, {"NodesToRead": [{"NodeId": {"Id": 2258}}]}, Verb.READ, "i=2258"),
    (15277, {"NodesToWrite": [{"NodeId": NODE, "AttributeId": 13, "Value": {"Body": PASSWORD}}]}, Verb.WRITE, TEXT),
    (15291, {"MethodsToCall": [{"ObjectId": NODE, "MethodId": NODE}]}, Verb.OPERATE, f"{TEXT} method {TEXT}"),
    (15323, {"ItemsToCreate": [{"ItemToMonitor": {"NodeId": NODE, "AttributeId": 13}}]}, Verb.SUBSCRIBE, TEXT),
    (15173, {"NodesToDelete": [{"NodeId": NODE}]}, Verb.CONFIGURE, TEXT),
    (15195, {"NodesToRegister": [NODE]}, Verb.READ, TEXT),
    (15147, {"DeleteSubscriptions": True}, Verb.SESSION, ""),
]


@pytest.mark.parametrize("form", [4, 5])
@pytest.mark.parametrize(("number", "body", "verb", "touched"), REQUESTS)
def test_what_is_asked(number: int, body: dict[str, Any], verb: Verb, touched: str, form: int) -> None:
    text = told(number, {"RequestHeader": HEADER, **body}, form)
    found = only(text)
    assert (found.verb, found.kind, found.object) == (verb, Kind.REQUEST, touched)
    assert PASSWORD not in str(rows(text))


def test_a_node_as_a_text() -> None:
    assert only(told(673, {"RequestHeader": {}, "NodesToWrite": [{"NodeId": "ns=2;s=a"}]}, 5)).object == "ns=2;s=a"


ANSWERS = [
    (15258, {"ResponseHeader": {}, "Results": [{"Value": {"Type": 6, "Body": 5}}]}, ""),
    (15278, {"ResponseHeader": {}, "Results": [0, 0x803B0000]}, "BadNotWritable (1 of 2)"),
    (15278, {"ResponseHeader": {}, "Results": [{"Code": 0x803B0000}]}, "BadNotWritable"),
    (15292, {"ResponseHeader": {}, "Results": [{"StatusCode": {"Code": 0x803B0000}}]}, "BadNotWritable"),
    (15148, {"ResponseHeader": {"ServiceResult": 0x80250000}}, "BadSessionIdInvalid"),
    (15090, {"ResponseHeader": {"ServiceResult": {"Code": 0x80250000}}}, "BadSessionIdInvalid"),
]


@pytest.mark.parametrize(("number", "body", "refusal"), ANSWERS)
def test_what_is_answered(number: int, body: dict[str, Any], refusal: str) -> None:
    found = only(told(number, body))
    assert (found.kind, found.refusal) == (Kind.REFUSAL if refusal else Kind.RESPONSE, refusal)


TOKENS = [
    ({"TypeId": {"Id": 15142}, "Body": {"Password": PASSWORD}}, "user name token, password in clear", "user-password"),
    ({"UaTypeId": "i=322", "Password": PASSWORD, "EncryptionAlgorithm": "rsa"}, "user name token", "user-password"),
    ({"TypeId": {"Id": 325}, "Body": {}}, "certificate token", "certificate"),
    ({"TypeId": {"Id": 319}, "Body": {"PolicyId": "0"}}, "anonymous token", "none"),
    (None, "anonymous token", "none"),
]


@pytest.mark.parametrize(("token", "detail", "credentials"), TOKENS)
def test_who_logs_in(token: Any, detail: str, credentials: str) -> None:
    text = told(15145, {"RequestHeader": HEADER, "UserIdentityToken": token})
    assert plain(only(text).detail) == detail
    assert credentials in [row.credentials for row in rows(text) if isinstance(row, Session)]
    assert PASSWORD not in str(rows(text))


def test_every_service_has_its_types() -> None:
    assert {*TYPES.values()} == {*SERVICES, *RESPONSES, FAULT}
    assert len(TYPES) == len({*TYPES})


@pytest.mark.parametrize("capture", ["json", "json_1_05"])
def test_a_session(capture: str) -> None:
    result, _ = understand_capture(FOLDER / f"{capture}.pcap")
    facts = capture_facts(result, protocols())
    (flow,) = facts["flows"].to_dicts()
    assert flow["protocol"] == "opcua"
    assert flow["recognised_by"] == "content"
    verbs = {(row["verb"], row["accepted"], row["refused"]) for row in facts["operations"].to_dicts()}
    assert {("read", 6, 0), ("write", 3, 0), ("write", 0, 1), ("operate", 1, 0)} <= verbs
    assert PASSWORD not in str([table.to_dicts() for table in facts.tables.values()])


def test_values_times_and_handles_do_not_tell_messages_apart() -> None:
    one = told(15277, {"RequestHeader": HEADER, "NodesToWrite": [{"NodeId": NODE, "Value": {"Body": 1}}]})
    two = one.replace('"RequestHandle": 7', '"RequestHandle": 8').replace('"Body": 1}', '"Body": 23}')
    other = one.replace("Line.Speed", "Line.Stop")
    assert of(one) == of(two) != of(other)
    assert pair(FORM, one.encode()) != pair(FORM, two.encode())
    good, bad = (told(15278, {"ResponseHeader": HEADER, "Results": [n]}) for n in (0, 0x803B0000))
    assert of(good) != of(bad)


def test_a_message_that_was_cut_says_that_it_was_not_read() -> None:
    whole = told(15291, {"RequestHeader": HEADER, "MethodsToCall": [{"ObjectId": NODE, "MethodId": METHOD}]})
    seen = message(whole[:120], len(whole))
    assert PROTOCOL.probe(seen)
    assert Verb.UNKNOWN in [row.verb for row in PROTOCOL.dissect(seen) if isinstance(row, Operation)]


@pytest.mark.parametrize(
    "text",
    [
        '{"Type":"x","Body":{"RequestHeader":{}}}',
        '{"TypeId":{"Id":999999},"Body":{"RequestHeader":{}}}',
        '{"TypeId":{"Id":629,"Namespace":2},"Body":{"RequestHeader":{}}}',
        '{"TypeId":{"Id":629},"Body":[]}',
        '{"TypeId":{"Id":629},"Body":{}}',
        '{"TypeId":{"Id":629},"Body":{"RequestHeader":{}}',
        '{"jsonrpc":"2.0","method":"tools/call","id":1}',
    ],
)
def test_what_only_resembles_it(text: str) -> None:
    assert not PROTOCOL.probe(message(text))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
NAMES = ("NodesToRead", "NodesToWrite", "MethodsToCall", "UserIdentityToken", "Results", "Endpoints", "ResponseHeader")


@given(
    st.sampled_from(sorted(TYPES)), st.dictionaries(st.sampled_from((*NAMES, "RequestHeader")), values), st.booleans()
)
def test_hostile_members_are_malformed_at_worst(number: int, body: dict[str, Any], later: bool) -> None:
    seen = message(told(number, body, 5 if later else 4))
    if PROTOCOL.probe(seen):
        try:
            list(PROTOCOL.dissect(seen))
        except Malformed:
            return
