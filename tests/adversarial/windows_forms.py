"""Windows Remote Management from where nobody administers, in ways nobody chose; what only reads, and other SOAP."""

from __future__ import annotations

from tests.adversarial.login_forms import PART, WHOLE, between
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, OFFICE_PC, SCADA, both, formed, stream
from tests.twins import IP_ONLY, Form

RULE, PAST = "windows-remote-execution", "remote-session-past-jump-host"
ENDS = ("10.20.0.10", "10.20.0.60")
SOAP = "application/soap+xml;charset=UTF-8"
ENCRYPTED = 'multipart/encrypted;protocol="application/HTTP-Kerberos-session-encrypted";boundary="Encrypted Boundary"'
ACTIONS = {
    "Command": "schemas.microsoft.com/wbem/wsman/1/windows/shell/Command",
    "Create": "schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Process/Create",
    "Enumerate": "schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate",
}


def asked(port: int, path: str, kind: str, body: bytes, client: str = SCADA) -> Recorded:
    """One request and its answer, a few times."""
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    turn = [(1, head + body), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    return stream(client, ENGINEER, port, turn * 3)


def envelope(action: str, encoding: str = "utf-8") -> bytes:
    """A request of WS-Management."""
    return (
        '<s:Envelope xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header>'
        f"<a:Action>http://{ACTIONS[action]}</a:Action></s:Header><s:Body/></s:Envelope>"
    ).encode(encoding)


def cases() -> list[Case]:
    """All."""
    shell = between("http/ws_management", ENDS)
    found = [seen(f"a shell {form}", formed(change, shell), RULE) for form, change in WHOLE.items()]
    found += [not_calm(f"a shell {form}", formed(change, shell), RULE) for form, change in _parts().items()]
    found += [
        seen("a command on port 80", asked(80, "/wsman", SOAP, envelope("Command")), RULE),
        seen("a command at another path", asked(5985, "/manage?x=1", SOAP, envelope("Command")), RULE),
        seen("a command in UTF-16", asked(5985, "/wsman", SOAP, envelope("Command", "utf-16")), RULE),
        seen("a process by WMI", asked(5985, "/wsman", SOAP, envelope("Create")), RULE),
        seen("messages that are encrypted", asked(47001, "/wsman", ENCRYPTED, bytes(range(256)) * 3), RULE),
        seen(
            "a command beside what reads",
            both(
                asked(5985, "/wsman", SOAP, envelope("Enumerate")),
                asked(5987, "/wsman", SOAP, envelope("Command")),
            ),
            RULE,
        ),
        calm("an engineering station", asked(5985, "/wsman", SOAP, envelope("Command"), ENGINEER), RULE),
        calm("what only reads", asked(5985, "/wsman", SOAP, envelope("Enumerate")), RULE),
        unmoved("a service of devices", asked(80, "/device", SOAP, b"<Action>http://x/transfer/Get</Action>"), RULE),
        unmoved("a page called wsman", asked(5985, "/wsman", "text/html", b"<p>wsman</p>"), RULE),
    ]
    return [*found, *past_the_jump_host()]


def past_the_jump_host() -> list[Case]:
    """From an office, and what has the port alone."""
    found = []
    for port in (5985, 47001, 5987):
        for name, kind, body in (
            ("Command", SOAP, envelope("Command")),
            ("encrypted", ENCRYPTED, bytes(range(256)) * 3),
        ):
            shell = asked(port, "/wsman", kind, body, OFFICE_PC)
            found.append(seen(f"past the jump host on {port}: {name}", shell, PAST))
            for form in ("answers only", "requests only", "in segments of 3 bytes", "in Ethernet over GRE"):
                said = not_calm if "only" in form and port != 5987 else seen
                if form == "requests only" or (form == "answers only" and port == 5987):
                    continue
                found.append(said(f"past the jump host on {port}: {name}, {form}", formed(IP_ONLY[form], shell), PAST))
    page = stream(
        OFFICE_PC,
        ENGINEER,
        5985,
        [(1, b"GET /status HTTP/1.1\r\nHost: h\r\n\r\n"), (0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")] * 3,
    )
    return [
        *found,
        unmoved("a page on the port of WinRM", page, PAST),
        unmoved(
            "SOAP of others on the port of WinRM",
            asked(5985, "/device", SOAP, b"<Action>http://x/Get</Action>", OFFICE_PC),
            PAST,
        ),
        calm("from the jump host's side of the zone", asked(5985, "/wsman", SOAP, envelope("Command"), SCADA), PAST),
    ]


def _parts() -> dict[str, Form]:
    return {form: change for form, change in PART.items() if "answers only" not in form}
