"""Data connections of FTP: who else may not use what was agreed, and what one direction alone leaves open."""

from __future__ import annotations

from fixtures.record.wire import Tcp, Wire
from tests.adversarial.modbus_forms import SET, adu
from tests.adversarial.staging import Case, Recorded, not_calm, seen, unmoved
from tests.adversarial.talk import CONDUIT, ENGINEER, PLC_1, PLC_2, SAFETY, STRANGER, WRITE, formed, wired
from tests.twins import answers_only, midway, requests_only

PORT = 50_000
FTP = {
    "policy": {
        "roles:\n  scada": "  - {id: files, from: supervision, to: cell, protocols: [ftp], clients: [ENG-1],\n"
        "     owner: A, reason: B}\n\nroles:\n  scada"
    }
}
CONTENT = b"recipe 7\r\n"
UNSURE = {CONDUIT: frozenset({"no-evidence"})}
FILE = b"\x7fELF" + bytes(range(256)) * 4


def _marked(host: str, port: int) -> bytes:
    return f"{host.replace('.', ',')},{port >> 8},{port & 255}".encode()


def _log_in(wire: Wire) -> Tcp:
    control = wire.tcp(ENGINEER, PLC_1, 21)
    control.server(b"220 ready\r\n")
    for asked, answer in ((b"USER a", b"331 password"), (b"PASS b", b"230 in")):
        control.client(asked + b"\r\n")
        control.server(answer + b"\r\n")
    return control


def active(
    *, to: str = ENGINEER, port: int = PORT, said: str = "", opens: str = PLC_1, used: int = PORT, data: bytes = CONTENT
) -> Recorded:
    """The server opens it. said, port: where the client wants it; to, used: where it is opened."""

    def play(wire: Wire) -> None:
        control = _log_in(wire)
        control.client(b"PORT " + _marked(said or to, port) + b"\r\n")
        control.server(b"200 ok\r\n")
        control.client(b"RETR recipe\r\n")
        control.server(b"150 here\r\n")
        connection = Tcp(wire, (opens, 20), (to, used))
        connection.client(data)
        connection.close()
        control.server(b"226 done\r\n")
        control.close()

    return wired(play)


def passive(*, at: str = PLC_1, client: str = ENGINEER, extended: bool = False, data: bytes = CONTENT) -> Recorded:
    """The client opens it."""

    def play(wire: Wire) -> None:
        control = _log_in(wire)
        control.client(b"EPSV\r\n" if extended else b"PASV\r\n")
        there = b"(|||%d|)" % PORT if extended else b"(" + _marked(at, PORT) + b")"
        control.server((b"229 " if extended else b"227 ") + there + b"\r\n")
        control.client(b"RETR recipe\r\n")
        control.server(b"150 here\r\n")
        connection = wire.tcp(client, at, PORT)
        (connection.client if data is not CONTENT else connection.server)(data)
        connection.close()
        control.server(b"226 done\r\n")
        control.close()

    return wired(play)


def cases() -> list[Case]:
    """All."""
    commands = adu(SET) * 4
    uploads = [("passive", passive(data=FILE)), ("extended passive", passive(data=FILE, extended=True))]
    return [
        unmoved("FTP, active", active(), CONDUIT, edits=FTP),
        unmoved("FTP, passive", passive(), CONDUIT, edits=FTP),
        unmoved("FTP, extended passive", passive(extended=True), CONDUIT, edits=FTP),
        unmoved("FTP, recorded midway", formed(midway, passive()), CONDUIT, edits=FTP),
        unmoved("FTP, active, requests only", formed(requests_only, active()), CONDUIT, edits=FTP),
        *(
            Case(f"FTP, an upload, requests only, {name}", UNSURE, formed(requests_only, asked), FTP)
            for name, asked in uploads
        ),
        seen(
            "FTP, an upload from another client, requests only",
            formed(requests_only, passive(client=STRANGER, data=FILE)),
            CONDUIT,
            edits=FTP,
        ),
        seen(
            "FTP, commands instead of an upload, requests only",
            formed(requests_only, passive(data=commands)),
            CONDUIT,
            edits=FTP,
        ),
        unmoved("FTP, passive, answers only", formed(answers_only, passive()), CONDUIT, edits=FTP),
        seen("FTP to a host that the client names", active(to=SAFETY, port=502, used=502), CONDUIT, edits=FTP),
        seen("FTP to a host that the server names", passive(at=SAFETY), CONDUIT, edits=FTP),
        seen("FTP from another client", passive(client=STRANGER), CONDUIT, edits=FTP),
        seen("FTP by another server", active(opens=PLC_2), CONDUIT, edits=FTP),
        seen("FTP to another port", active(used=PORT + 1), CONDUIT, edits=FTP),
        seen("FTP to another port, requests only", formed(requests_only, active(used=PORT + 1)), CONDUIT, edits=FTP),
        seen("FTP that nobody declared", passive(), CONDUIT),
        not_calm("FTP that nobody declared, requests only", formed(requests_only, active()), CONDUIT),
        seen("commands instead of a file", passive(data=commands), CONDUIT, WRITE, edits=FTP),
    ]
