"""OCPP: kinds of messages, what is touched, versions, secrets, what only resembles it."""

from __future__ import annotations

import json

import pytest

from fixtures.record.ocpp import PASSWORD
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.charging.ocpp import ACTIONS, PROTOCOL
from scanner.protocols.http._ocpp_soap import asked as over_soap
from scanner.wording import plain
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

FOLDER = CAPTURES / "ocpp"


def message(text: str, length: int = 0) -> Message:
    raw = text.encode()
    return Message(raw, length or len(raw), True, "tcp", 9000)


def call(action: str, payload: object, kind: int = 2) -> str:
    return json.dumps([kind, "0a-1", action, payload], separators=(",", ":"))


def rows(text: str) -> list:
    seen = message(text)
    assert PROTOCOL.probe(seen)
    return list(PROTOCOL.dissect(seen))


def only(text: str) -> Operation:
    (row,) = [row for row in rows(text) if isinstance(row, Operation)]
    assert row.verb in PROTOCOL.verbs
    return row


VARIABLE = {"component": {"name": "LocalAuthListCtrlr"}, "variable": {"name": "Enabled"}, "attributeValue": PASSWORD}
CALLS = [
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": PASSWORD}, Verb.CONFIGURE, "HeartbeatInterval", ""),
    ("SetVariables", {"setVariableData": [VARIABLE]}, Verb.CONFIGURE, "LocalAuthListCtrlr.Enabled", ""),
    ("Reset", {"type": "Hard"}, Verb.RESTART, "", "Hard"),
    ("UpdateFirmware", {"location": f"ftp://u:{PASSWORD}@h:21/f?{PASSWORD}"}, Verb.FIRMWARE_UPDATE, "ftp://h:21", ""),
    ("RemoteStartTransaction", {"idTag": PASSWORD, "connectorId": 1}, Verb.OPERATE, "", ""),
    ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, Verb.MODE_CHANGE, "", "Inoperative"),
    ("CustomerInformation", {"report": True, "clear": False, "idToken": PASSWORD}, Verb.READ, "", ""),
    ("CustomerInformation", {"report": True, "clear": True}, Verb.CONFIGURE, "", "deletes what it tells"),
    ("DataTransfer", {"vendorId": "acme", "messageId": "m", "data": PASSWORD}, Verb.UNKNOWN, "acme m", ""),
    ("InstallCertificate", {"certificateType": "CSMSRootCertificate"}, Verb.CONFIGURE, "CSMSRootCertificate", ""),
    ("MakeCoffee", {"strength": PASSWORD}, Verb.UNKNOWN, "", ""),
    ("MeterValues", {"connectorId": 1, "meterValue": [{"sampledValue": [{"value": "5"}]}]}, Verb.REPORT, "", ""),
]


@pytest.mark.parametrize(("action", "payload", "verb", "touched", "detail"), CALLS, ids=[c[0] for c in CALLS])
def test_what_is_asked(action, payload, verb, touched, detail):
    found = only(call(action, payload))
    assert (found.kind, found.function, found.verb) == (Kind.REQUEST, action, verb)
    assert (found.object, plain(found.detail)) == (touched, detail)
    assert PASSWORD not in str(rows(call(action, payload)))
    assert PROTOCOL.proof(message(call(action, payload))) == (action in ACTIONS)


def test_a_payload_that_was_cut_short_says_the_same():
    whole = call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "3" * 900})
    seen = message(whole[:200], len(whole))
    assert PROTOCOL.probe(seen)
    assert next(iter(PROTOCOL.dissect(seen))).object == "HeartbeatInterval"


ANSWERS = [
    ('[3,"1",{"status":"Accepted"}]', Kind.RESPONSE, ""),
    ('[3,"1",{}]', Kind.RESPONSE, ""),
    ('[3,"1",{"status":"Rejected"}]', Kind.REFUSAL, "Rejected"),
    ('[3,"1",{"idTagInfo":{"status":"Blocked"}}]', Kind.REFUSAL, "Blocked"),
    ('[3,"1",{"setVariableResult":[{"attributeStatus":"Rejected"}]}]', Kind.REFUSAL, "Rejected"),
    ('[3,"1",{"r":[{"attributeStatus":"Rejected"},{"attributeStatus":"Accepted"}]}]', Kind.RESPONSE, ""),
    ('[4,"1","NotSupported","why",{}]', Kind.REFUSAL, "NotSupported"),
    ('[4,"1","GenericError",""]', Kind.REFUSAL, "GenericError"),
    ('[5,"1","FormatViolation","",{}]', Kind.REFUSAL, "FormatViolation"),
]


@pytest.mark.parametrize(("text", "kind", "refusal"), ANSWERS)
def test_answers(text, kind, refusal):
    found = only(text)
    assert (found.kind, found.refusal) == (kind, refusal)


VERSIONS = [
    (call("RemoteStopTransaction", {"transactionId": 1}), "OCPP 1.x"),
    (call("BootNotification", {"chargePointVendor": "a", "chargePointModel": "b"}), "OCPP 1.x"),
    (call("BootNotification", {"chargingStation": {"vendorName": "a", "model": "b"}}), "OCPP 2.x"),
    (call("SetVariables", {}), "OCPP 2.x"),
    (call("SetDefaultTariff", {}), "OCPP 2.1"),
    (call("NotifyPeriodicEventStream", {}, 6), "OCPP 2.1"),
    (call("Heartbeat", {}), ""),
]


@pytest.mark.parametrize(("text", "version"), VERSIONS)
def test_versions(text, version):
    (session,) = [row for row in rows(text) if isinstance(row, Session)]
    assert (session.version, session.encrypted) == (version, False)


SECRETS = [
    ("ChangeConfiguration", {"key": "AuthorizationKey", "value": PASSWORD}, "password"),
    ("SetVariables", {"d": [{"component": {"name": "C"}, "variable": {"name": "BasicAuthPassword"}}]}, "password"),
    ("SetNetworkProfile", {"connectionData": {"apn": {"apnPassword": PASSWORD}}}, "password"),
    ("GetDiagnostics", {"location": f"ftp://a:{PASSWORD}@host/x"}, "password"),
    ("GetConfiguration", {"key": ["AuthorizationKey"]}, ""),
    ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "1"}, ""),
]


@pytest.mark.parametrize(("action", "payload", "kind"), SECRETS)
def test_passwords_that_are_set_are_told_and_not_shown(action, payload, kind):
    found = rows(call(action, payload))
    assert [row.credentials for row in found if isinstance(row, Session)] == [kind]
    assert PASSWORD not in str(found)


def test_what_makes_another_message():
    first = key("ocpp", b'[2,"1","ChangeConfiguration",{"key":"A","value":"1"}]')
    assert key("ocpp", b'[2,"2","ChangeConfiguration",{"key":"A","value":"\\"x\\",key"}]') == first
    assert key("ocpp", b'[2,"2","ChangeConfiguration",{"key":"B","value":"1"}]') != first
    assert key("ocpp", b'[2,"2","ChangeAvailability",{"key":"A","value":"1"}]') != first
    assert key("ocpp", b'[4,"2","NotSupported","one",{}]') == key("ocpp", b'[4,"3","NotSupported","other",{"a":1}]')
    meters = [b'[2,"%d","MeterValues",{"connectorId":1,"meterValue":[{"v":"%d"}]}]' % (n, n) for n in range(3)]
    assert len({key("ocpp", each) for each in meters}) == 1
    assert pair("ocpp", b'[2,"a\\"b","Reset",{}]') == pair("ocpp", b'[3,"a\\"b",{"status":"Accepted"}]')


OTHERS = [
    "",
    "[]",
    "[2]",
    '[2,"1"]',
    '[2,1,"Reset",{}]',
    '[2,"1","reset",{}]',
    '[2,"1","Reset",[]]',
    '[2,"1","Reset",{},1]',
    '[2,"1","Reset",{}',
    '[2,"","Reset",{}]',
    '[3,"1","Reset",{}]',
    '[3,"1"]',
    '[4,"1","not a code","",{}]',
    '[7,"1","Reset",{}]',
    '[6,{},"wamp.close.normal"]',
    '[2,"1","Reset",' + '{"a":' * 60 + "1" + "}" * 61 + "]",
]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_ocpp(text):
    assert not PROTOCOL.probe(message(text))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message(text)))


def operations(name: str) -> list[dict]:
    return [c for _, protocol, _, c in operation_rows(*understand_capture(FOLDER / name)) if protocol == "ocpp"]


@pytest.mark.parametrize("name", ["v16.pcap", "v16_deflated.pcap"])
def test_recorded_1_6(name):
    capture, understood = understand_capture(FOLDER / name)
    assert not understood.malformed
    assert not understood.defects
    assert capture.sights["unread"].sum() == 0
    found = {(o["verb"], o["function"]): o for o in operations(name)}
    for verb, function in (("restart", "Reset"), ("firmware-update", "UpdateFirmware"), ("configure", "ClearCache")):
        assert found[verb, function]["accepted"] == 1
    assert found["operate", "UnlockConnector"]["refused"] == 1
    assert found["report", "MeterValues"]["count"] == 8
    assert PASSWORD not in str(operations(name)) + str(understood.rows)
    about = {row.field: row.value for each in understood.rows.values() for row in each if isinstance(row, Identity)}
    assert about["model"] == "Wallbox 22"


def test_who_is_asked_is_the_target():
    """The station, which is the client of the connection."""
    swapped = {
        columns["function"]: turned
        for _, protocol, turned, columns in operation_rows(*understand_capture(FOLDER / "v16.pcap"))
        if protocol == "ocpp"
    }
    assert swapped["Reset"]
    assert not swapped["Heartbeat"]


def test_recorded_2_0_1():
    found = {o["function"]: o for o in operations("v201.pcap")}
    assert found["SetVariables"]["object"] == "SecurityCtrlr.BasicAuthPassword, OCPPCommCtrlr.HeartbeatInterval"
    assert (found["ClearCache"]["refused"], found["Reset"]["accepted"]) == (1, 1)
    sessions = {p: c for _, p, c in session_rows(*understand_capture(FOLDER / "v201.pcap"))}
    assert sessions["ocpp"]["credentials"] == ["password"]


def test_other_writers_and_other_websockets():
    found = {o["function"]: o for o in operations("spaces.pcap")}
    assert {o["verb"] for o in found.values()} == {"session", "configure", "report", "unknown-function"}
    assert (found["Heartbeat"]["accepted"], found["SetDERControl"]["refused"]) == (3, 1)
    assert operations("other_websocket.pcap") == []


def test_over_soap_actions_are_those_of_the_specification():
    result, understood = understand_capture(FOLDER / "soap.pcap")
    assert set(understood.spoken.values()) == {("http",)}
    rows = [(c["verb"], str(plain(c["detail"]))) for *_, c in operation_rows(result, understood)]
    assert rows == [
        ("identify", "OCPP 1.5 BootNotification"),
        ("configure", "OCPP 1.5 ChangeConfiguration"),
        ("restart", "OCPP 1.5 Reset"),
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'<resetRequest xmlns="urn://Ocpp/Cp/2015/10/"><type>Soft</type>', ("OCPP 1.6", "Reset", Verb.RESTART)),
        (b"<a:teaRequest xmlns:a='urn://Ocpp/Cs/2010/08/'/>", ("OCPP 1.2", "Tea", Verb.UNKNOWN)),
        (b'<resetRequest xmlns="urn:else"/>', None),
        (b'<resetResponse xmlns="urn://Ocpp/Cp/2015/10/"/>', None),
    ],
)
def test_elements_of_soap(body, found):
    assert over_soap(body) == found
