"""X11: programs let onto a screen with a cookie, a proof or nothing, on any port; no cookie in any row."""

from __future__ import annotations

import pytest

from fixtures.record.wire import Wire
from fixtures.record.x11 import COOKIE, SECRET, accepted, refused, setup
from scanner.protocols.base import Identity, Message, Operation, Session
from scanner.protocols.internet.x11 import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, told, understand_capture


def sent(raw: bytes, *, from_client: bool = True) -> Message:
    return Message(raw, len(raw), from_client, "tcp", 6000)


@pytest.mark.parametrize(
    ("name", "kind", "outcome"),
    [
        ("cookie.pcap", "password", (1, [])),
        ("cookie_port_16000.pcap", "password", (1, [])),
        ("proof.pcap", "challenge", (1, [])),
        ("open_port_16001.pcap", "none", (1, [])),
        ("refused.pcap", "none", (0, ["not authorised"])),
    ],
)
def test_openings(name, kind, outcome):
    result, understood = understand_capture(CAPTURES / "x11" / name)
    assert set(understood.spoken.values()) == {("x11",)}
    (row,) = [c for *_, c in operation_rows(result, understood)]
    assert (row["verb"], row["accepted"], row["refusals"]) == ("authenticate", *outcome)
    rows = [row for _, _, row in told(CAPTURES / "x11" / name)]
    assert {row.credentials for row in rows if isinstance(row, Session) and row.credentials} == {kind}
    assert "secret" not in repr(rows)
    software = {row.value for row in rows if isinstance(row, Identity)}
    assert software == ({"Example X Server 12101"} if outcome[0] else set())


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "x11" / "http_on_6000.pcap")
    assert set(understood.spoken.values()) == {("http",)}


def test_more_may_be_asked():
    rows = list(PROTOCOL.dissect(sent(b"\2" + bytes(5) + b"\1\0" + bytes(4), from_client=False)))
    assert [row.unread for row in rows if isinstance(row, Session)] == [("credentials",)]


def test_what_is_not_of_a_setup_gives_nothing():
    for raw, client in ((b"\x2c\0\1\0", True), (bytes(32), False), (setup(COOKIE, SECRET), False), (accepted(), True)):
        assert not list(PROTOCOL.dissect(sent(raw, from_client=client)))


def test_a_name_that_nobody_knows_is_not_shown():
    (operation,) = [r for r in PROTOCOL.dissect(sent(setup(b"real-secret", b"x" * 8))) if isinstance(r, Operation)]
    assert operation.detail == ""


@pytest.mark.parametrize(
    ("raw", "good"),
    [(setup(), True), (setup(COOKIE, SECRET, ">"), True), (setup(COOKIE, SECRET)[:40], False), (refused(), False)],
)
def test_a_setup_proves_it(raw, good):
    assert PROTOCOL.proof(sent(raw)) is good


def test_what_follows_no_setup_is_nothing(tmp_path):
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.57.10", "10.20.57.20", 16005)
        way.client(b"\x62\0\5\0\x0c\0\0\0BIG-REQUESTS")
        way.server(accepted())
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
