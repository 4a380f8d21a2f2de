"""SSDP and the control of UPnP devices: who is looked for and answers, on any port; ports that a gateway opens."""

from __future__ import annotations

import pytest

from fixtures.record.ssdp import CONNECTION, action, found, notify, search, text
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Verb
from scanner.protocols.http._upnp import controlled
from scanner.protocols.internet.ssdp import PROTOCOL
from tests.protocols.recordings import CAPTURES, written
from tests.protocols.understanding import operation_rows, told, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, True, "udp", 1900)


def operation(raw: bytes) -> Operation:
    return next(row for row in PROTOCOL.dissect(sent(raw)) if isinstance(row, Operation))


@pytest.mark.parametrize("name", ["session.pcap", "port_11900.pcap"])
def test_discovery(name):
    result, understood = understand_capture(CAPTURES / "ssdp" / name)
    assert set(understood.spoken.values()) == {("ssdp",)}
    functions = {c["function"]: c["verb"] for *_, c in operation_rows(result, understood)}
    assert functions == {
        "M-SEARCH": "identify",
        "response": "report",
        "NOTIFY alive": "report",
        "NOTIFY byebye": "report",
    }
    about = {(row.field, row.value) for _, _, row in told(CAPTURES / "ssdp" / name) if isinstance(row, Identity)}
    assert about == {("os", "Linux 5.10.0"), ("software", "ExampleGate/2.3")}


def test_a_gateway_is_told_to_map_a_port():
    result, understood = understand_capture(CAPTURES / "ssdp" / "control.pcap")
    verbs = [(c["verb"], c["accepted"]) for *_, c in operation_rows(result, understood)]
    assert verbs == [("read", 1), ("configure", 1), ("configure", 0)]


def test_events_of_services():
    result, understood = understand_capture(CAPTURES / "ssdp" / "events.pcap")
    rows = {c["function"]: (c["verb"], str(c["detail"])) for *_, c in operation_rows(result, understood)}
    assert {name: verb for name, (verb, _) in rows.items()} == {
        "SUBSCRIBE": "subscribe",
        "NOTIFY": "report",
        "UNSUBSCRIBE": "session",
    }
    assert "http://10.20.56.10:8058" in rows["SUBSCRIBE"][1]
    assert "/events" not in rows["SUBSCRIBE"][1]


@pytest.mark.parametrize(
    ("name", "body", "verb"),
    [
        ("GetExternalIPAddress", b"<u:GetExternalIPAddress/>", Verb.READ),
        ("GetExternalIPAddress", b'<m:AddPortMapping xmlns:m="x">', Verb.CONFIGURE),
        ("DeletePortMapping", b"", Verb.CONFIGURE),
        ("SetVolume", b"", None),
    ],
)
def test_actions(name, body, verb):
    assert controlled(f'"{CONNECTION}#{name}"', body) is verb


def test_other_actions_of_soap_are_none():
    assert controlled("http://www.onvif.org/ver10/device/wsdl/GetUsers", b"<AddPortMapping>") is None
    assert controlled("", b"<AddPortMapping>") is None


def test_messages():
    assert operation(search("ssdp:all")).object == "ssdp:all"
    assert operation(found()).kind is Kind.RESPONSE
    assert operation(notify("update")).function == "NOTIFY update"
    told_wrong = "LOCATION: javascript:alert(1)", "SERVER: " + "A" * 400
    hostile = text("NOTIFY * HTTP/1.1", "NT: x", "NTS: ssdp:alive", *told_wrong)
    rows = list(PROTOCOL.dissect(sent(hostile)))
    assert not any(isinstance(row, Identity) for row in rows)
    assert all(getattr(row, "detail", "") == "" for row in rows)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
            text("HTTP/1.1 200 OK", "Content-Length: 0"),
            search().replace(b"MAN", b"MEN"),
        ),
        text("NOTIFY * HTTP/1.1", "NT: x"),
        action("AddPortMapping"),
    ],
)
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


def test_another_answer_by_udp_is_nothing(tmp_path):
    talk = [(False, text("HTTP/1.1 200 OK", "Content-Length: 0"))]
    _, understood = understand_capture(written(tmp_path / "x.pcap", talk, 11901))
    assert not understood.spoken
