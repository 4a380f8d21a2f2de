"""What is asked of cameras and of InfluxDB over HTTP is told by what is sent, wherever it goes."""

from __future__ import annotations

import pytest

from scanner.protocols.base import Identity, Message, Operation, Verb
from scanner.protocols.http.http import dissect

SOAP = "application/soap+xml; charset=utf-8"
DEVICE = ' xmlns:t="http://www.onvif.org/ver10/device/wsdl"'


def asked(name: str, spaces: str = DEVICE, prefix: str = "t:", head: str = "<s:Header/>") -> str:
    return f'<?xml version="1.0"?><s:Envelope{spaces}>{head}<s:Body>\n <{prefix}{name}/></s:Body></s:Envelope>'


def posted(path: str, body: str, kind: str = SOAP) -> Operation:
    head = f"POST {path} HTTP/1.1\r\nHost: c\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    data = (head + body).encode()
    (row,) = [row for row in dissect(Message(data, len(data))) if isinstance(row, Operation)]
    return row


@pytest.mark.parametrize(
    ("body", "detail", "verb"),
    [
        (asked("SystemReboot"), "ONVIF: SystemReboot", Verb.RESTART),
        (asked("CreateUsers"), "ONVIF: CreateUsers", Verb.CONFIGURE),
        (asked("GetUsers"), "ONVIF: GetUsers", Verb.READ),
        (asked("ContinuousMove", DEVICE.replace("ver10/device", "ver20/ptz")), "ONVIF: ContinuousMove", Verb.OPERATE),
        (asked('SetNTP xmlns="http://www.onvif.org/ver10/device/wsdl"', "", ""), "ONVIF: SetNTP", Verb.CONFIGURE),
        (asked("Subscribe"), "ONVIF: Subscribe", Verb.SUBSCRIBE),
        (asked("UpgradeSystemFirmware"), "ONVIF: UpgradeSystemFirmware", Verb.FIRMWARE_UPDATE),
        (asked("Frobnicate"), "ONVIF: Frobnicate", Verb.WRITE),
        # what is none
        (asked("SystemReboot", ' xmlns:t="urn:other"'), "", Verb.WRITE),
        ('{"Body": "http://www.onvif.org/ver10/device/wsdl SystemReboot"}', "", Verb.WRITE),
    ],
)
@pytest.mark.parametrize("path", ["/onvif/device_service", "/any"])
def test_operations_of_cameras(path: str, body: str, detail: str, verb: Verb) -> None:
    told = posted(path, body)
    assert (told.detail, told.verb) == (detail, verb)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/write?db=plant&u=a&p=real-secret", "InfluxDB: write; password in a form not compared"),
        ("/proxied/api/v2/write?org=o&bucket=b", "InfluxDB: write"),
        ("/query?q=x&db=y", "InfluxDB: query"),
        ("/write?file=x", ""),
        ("/query?q=x", ""),
    ],
)
def test_requests_to_influxdb(path: str, detail: str) -> None:
    assert posted(path, "m v=1", "text/plain").detail == detail


def test_its_version() -> None:
    data = b"HTTP/1.1 204 No Content\r\nX-Influxdb-Version: v2.7.1\r\n\r\n"
    assert Identity("software", "InfluxDB 2.7.1") in [*dissect(Message(data, len(data), from_client=False))]
