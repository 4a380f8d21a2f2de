"""rsync: modules for everybody and for users, files fetched and sent, on any port; no user, password or file."""

from __future__ import annotations

import pytest

from fixtures.record.wire import Wire
from scanner.protocols.base import Message, Operation, Session, Verb
from scanner.protocols.internet.rsync import PROTOCOL, reader
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture

GREETING, ASKED, OK = b"@RSYNCD: 31.0 sha512 md5\n", b"@RSYNCD: AUTHREQD c2FsdA\n", b"@RSYNCD: OK\n"


def sent(raw: bytes, *, from_client: bool = True, connection: int = 0, lost: int = 0) -> Message:
    return Message(raw, len(raw), from_client, "tcp", 873, connection=connection, lost=lost)


def operation(raw: bytes) -> Operation | None:
    return next((row for row in PROTOCOL.dissect(sent(raw)) if isinstance(row, Operation)), None)


def credentials(*messages: Message) -> list[str]:
    read = reader()
    rows = [row for message in messages for row in read(message)]
    return [row.credentials for row in rows if isinstance(row, Session) and row.authenticated]


@pytest.mark.parametrize("name", ["session.pcap", "port_10873.pcap"])
def test_recorded(name):
    result, understood = understand_capture(CAPTURES / "rsync" / name)
    assert set(understood.spoken.values()) == {("rsync",)}
    found = {(c["function"], c["object"]): c for *_, c in operation_rows(result, understood)}
    assert found["module", "recipes"]["accepted"] == 2
    assert found["module", "nothing"]["refusals"] == ["unknown module"]
    assert (found["log-in", ""]["accepted"], found["log-in", ""]["refusals"]) == (1, ["auth failed"])
    assert (found["fetch", ""]["verb"], found["send", ""]["verb"]) == ("file-read", "file-write")
    rows = [row for _, _, row in told(CAPTURES / "rsync" / name)]
    assert {"none", "challenge"} <= {row.credentials for row in rows if isinstance(row, Session)}
    assert not any(word in repr(rows) for word in ("plant", "recipe.txt"))


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "rsync" / "http_on_873.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_who_is_let_in_with_and_without_a_challenge():
    asked, accepted = sent(ASKED, from_client=False, connection=1), sent(OK, from_client=False, connection=1)
    assert credentials(asked, accepted) == ["challenge"]
    assert credentials(asked, sent(OK, from_client=False, connection=2)) == ["none"]
    assert credentials(sent(OK, from_client=False, connection=1, lost=1)) == [""]


def test_what_clients_ask_for():
    fetch, send = operation(b"--server\0--sender\0-te.L\0.\0x\0\0"), operation(b"\0-te.L\0.\0x\0\0")
    assert fetch is not None
    assert send is not None
    assert (fetch.verb, send.verb) == (Verb.FILE_READ, Verb.FILE_WRITE)
    log_in, module, listed = operation(b"plant " + b"a" * 43 + b"\n"), operation(b"my module\n"), operation(b"#list\n")
    assert log_in is not None
    assert log_in.verb is Verb.AUTHENTICATE
    assert module is not None
    assert module.object == "my module"
    assert listed is not None
    assert listed.verb is Verb.READ
    assert operation(b"\x1f\0\0\7binary") is operation(b"--server") is None


def test_greetings_prove_it_and_nothing_else():
    assert PROTOCOL.proof(sent(GREETING))
    assert not any(PROTOCOL.proof(sent(raw)) for raw in (ASKED, OK, b"@RSYNCD: x\n", b"recipes\n", b"@ERROR: x\n"))


def test_lines_without_a_greeting_are_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.50.60", "10.20.50.61", 873)
        way.client(b"recipes\n")
        way.server(OK)
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
