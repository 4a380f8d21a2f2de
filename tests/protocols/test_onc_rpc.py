"""ONC RPC: services, procedures and as whom they are called, on any port; never a name of a file or a machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import onc_rpc as made
from fixtures.record.wire import Wire
from scanner.facts.build import capture_facts
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message, Operation, Session
from scanner.protocols.internet.onc_rpc import PROTOCOL as RPC
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import told, understand_capture

CAPTURED = ["claimed", "claimed_port_12049", "kerberos"]
FILES = {
    "NFS NULL": "session",
    "NFS LOOKUP": "read",
    "NFS READ": "file-read",
    "NFS WRITE": "file-write",
    "NFS REMOVE": "file-delete",
}


def message(data: bytes, transport: str = "udp") -> Message:
    data = made.marked(data, transport)
    return Message(data, len(data), True, transport, 111)


@pytest.mark.parametrize("capture", CAPTURED)
def test_it_is_recognised_on_any_port_and_names_nothing(capture):
    result, understood = understand_capture(CAPTURES / "onc_rpc" / f"{capture}.pcap")
    assert set(understood.spoken.values()) == {("onc-rpc",)}
    found = capture_facts(result, protocols())
    assert {(f["recognised_by"], f["skipped_bytes"]) for f in found["flows"].to_dicts()} == {("content", 0)}
    everything = str([table.to_dicts() for table in found.tables.values()])
    assert not any(word in everything for word in ("station7", "recipe7", "export", "context7"))
    verbs = {r["function"]: r["verb"] for r in found["operations"].to_dicts()}
    assert FILES.items() <= verbs.items()


@pytest.mark.parametrize(
    ("capture", "credentials", "encrypted"),
    [
        ("claimed", {"none", "user-id"}, {False}),
        ("claimed_port_12049", {"none", "user-id"}, {False}),
        ("kerberos", {"ticket"}, {True, False}),
    ],
)
def test_as_whom(capture, credentials, encrypted):
    rows = [row for _, _, row in told(CAPTURES / "onc_rpc" / f"{capture}.pcap") if isinstance(row, Session)]
    assert {r.credentials for r in rows if r.credentials} == credentials
    assert {r.encrypted for r in rows if r.encrypted is not None} == encrypted


def test_outcomes():
    rows = []
    for capture in ("claimed", "kerberos"):
        result, _ = understand_capture(CAPTURES / "onc_rpc" / f"{capture}.pcap")
        rows += capture_facts(result, protocols())["operations"].to_dicts()
    found = {r["function"]: (r["count"], r["accepted"], r["refused"]) for r in rows}
    assert found["yppasswdd 1"] == (1, 0, 1)
    assert found["NFS COMPOUND"] == (2, 1, 1)
    assert found["mount MNT"] == (1, 1, 0)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_calls_are_kept_apart_by_what_is_called_and_as_whom(tmp_path, transport):
    path = tmp_path / "many.pcap"
    with Wire(path) as wire:
        link = getattr(wire, transport)("10.20.10.21", "10.20.20.7", 12049)
        for number in range(200):
            flavour = made.SYS if number == 150 else made.GSS
            what = (made.NFS, 3, 7 if number == 150 else 6)
            made.ask(link, transport, what, made.credentials(flavour), arguments=made.opaque(bytes((number,)) * 40))
    result, understood = understand_capture(path)
    assert sorted(m.count for m in result.messages) == [1, 199, 200]
    assert {r.credentials for rows in understood.rows.values() for r in rows if isinstance(r, Session)} == {
        "user-id",
        "ticket",
    }


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_an_unknown_program(transport):
    data = made.call(100099, 3, 12, b"", made.credentials(made.NONE), 7)
    (row,) = [r for r in RPC.dissect(message(data, transport)) if isinstance(r, Operation)]
    assert (row.function, row.code) == ("program 100099 12", "100099:3:12")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_service_of_a_call_cut_short_is_not_known(transport):
    whole = message(made.call(made.NFS, 3, 6, bytes(8), made.credentials(made.GSS), 7), transport)
    expected = {s.encrypted for s in RPC.dissect(whole) if isinstance(s, Session)}
    for end in range(40, len(whole.data)):
        part = {s.encrypted for s in RPC.dissect(replace(whole, data=whole.data[:end])) if isinstance(s, Session)}
        assert part in ({None}, expected)
    assert {s.encrypted for s in RPC.dissect(replace(whole, data=whole.data[:40])) if isinstance(s, Session)} == {None}


GOOD = made.call(made.NFS, 3, 6, bytes(8), made.credentials(made.SYS), 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:20],
        GOOD + b"\0",
        GOOD[:8] + b"\0\0\0\3" + GOOD[12:],
        GOOD[:12] + b"\0\0\0\3" + GOOD[16:],
        GOOD[:24] + b"\0\0\0\x09" + GOOD[28:],
        made.reply(7, b"")[:12] + b"\0\0\0\x09" + bytes(12),
    ],
)
def test_others_are_not_taken_for_it(data):
    assert not RPC.probe(message(data))
    with pytest.raises(Malformed):
        list(RPC.dissect(message(data)))


@given(st.binary(max_size=60))
def test_any_arguments_and_results_are_read(data):
    data += bytes(-len(data) % 4)
    for whole in (GOOD[:24] + data, made.reply(7, b"")[:12] + data):
        if RPC.probe(message(whole)):
            assert list(RPC.dissect(message(whole)))
