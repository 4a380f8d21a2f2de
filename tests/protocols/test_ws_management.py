"""Windows Remote Management is told by what it sends, wherever it listens, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Operation
from scanner.protocols.http._ws_management import managed

SOAP = "application/soap+xml;charset=UTF-8"
COMMAND = (
    b'<env:Envelope xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><env:Header>'
    b'<a:Action mustUnderstand="true">http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command</a:Action>'
)
CREATE = COMMAND.replace(b"microsoft.com/wbem/wsman/1/windows/shell/Command", b"xmlsoap.org/ws/2004/09/transfer/Create")
IDENTIFY = (
    b'<s:Body><wsmid:Identify xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body>'
)
ENCRYPTED = 'multipart/encrypted;protocol="application/HTTP-{}-session-encrypted";boundary="Encrypted Boundary"'


@pytest.mark.parametrize(
    ("path", "kind", "body", "whole", "expected"),
    [
        ("/wsman", SOAP, COMMAND, True, "WS-Management: Command"),
        ("/elsewhere", SOAP, COMMAND, True, "WS-Management: Command"),
        ("/wsman", SOAP, COMMAND.decode().encode("utf-16"), True, "WS-Management: Command"),
        ("/wsman", SOAP, COMMAND, False, "WS-Management: Command"),
        ("/wsman", SOAP, CREATE, True, "WS-Management: Create"),
        ("/wsman-anon/identify", SOAP, IDENTIFY, True, "WS-Management: Identify"),
        ("/wsman", SOAP, COMMAND[:60], False, "WS-Management, unread"),
        ("/wsman/", SOAP, b"", False, "WS-Management, unread"),
        ("/WSMan", "", b"", False, ""),
        *(
            ("/any", ENCRYPTED.format(how), b"", False, "WS-Management, encrypted")
            for how in ("SPNEGO", "Kerberos", "CredSSP")
        ),
        # what is none
        ("/wsman", SOAP, b"<Envelope><Action>urn:other/Command</Action></Envelope>", True, ""),
        ("/wsman", "application/json", COMMAND, True, ""),
        ("/device_service", SOAP, b"<Action>http://www.onvif.org/ver10/device/wsdl/GetUsers</Action>", True, ""),
        ("/transfer", SOAP, CREATE.replace(b"/wbem/wsman/1", b"/dpws"), True, ""),
        ("/wsmanual", SOAP, b"", False, ""),
    ],
)
def test_requests(path: str, kind: str, body: bytes, whole: bool, expected: str) -> None:
    assert managed(path, kind, body, whole=whole) == expected


@given(st.text(), st.sampled_from([SOAP, ENCRYPTED, ""]), st.binary(), st.booleans())
def test_anything_can_be_posted(path: str, kind: str, body: bytes, whole: bool) -> None:
    assert managed(path, kind, body + COMMAND[: len(body)], whole=whole).isascii()


@pytest.mark.parametrize("name", ["ws_management.pcap", "ws_management_port_8081.pcap"])
def test_a_shell_is_opened_and_a_command_started(name: str) -> None:
    result = read_capture(Path("fixtures/captures/http") / name, name, framing_plan())
    rows = [row for rows in understand(result, protocols()).rows.values() for row in rows]
    told = {row.detail.split("; ")[0] for row in rows if isinstance(row, Operation)}
    assert {f"WS-Management: {one}" for one in ("Create", "Command", "Receive", "Signal", "Delete")} <= told
