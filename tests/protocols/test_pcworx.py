"""PC WORX: sessions without a log-in, who the controller is, functions that nobody knows; any port, by its opening."""

from __future__ import annotations

import pytest

from fixtures.record.pcworx import OPEN, READ, UNKNOWN, information
from fixtures.record.wire import Wire
from scanner.protocols.base import Identity, Malformed, Message
from scanner.protocols.vendors.pcworx import PROTOCOL
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def sent(raw: bytes, length: int | None = None) -> Message:
    return Message(raw, len(raw) if length is None else length, raw[:1] == b"\1", "tcp", 1962)


@pytest.mark.parametrize("name", ["session.pcap", "port_11962.pcap"])
def test_a_session(name):
    result, understood = understand_capture(CAPTURES / "pcworx" / name)
    assert set(understood.spoken.values()) == {("pcworx",)}
    assert not understood.malformed
    assert [(c["verb"], c["code"], c["accepted"]) for *_, c in operation_rows(result, understood)] == [
        *(("session", "1", 1), ("session", "5", 1), ("identify", "6", 1), ("unknown-function", "48", 1))
    ]


def test_who_the_controller_is():
    rows = [(r.field, r.value) for r in PROTOCOL.dissect(sent(information())) if isinstance(r, Identity)]
    assert rows == [("model", "ILC 151 ETH"), ("firmware", "4.60"), ("order_number", "2700974")]
    cut = [r.field for r in PROTOCOL.dissect(sent(information()[:80], 180)) if isinstance(r, Identity)]
    assert cut == ["model", "firmware"]


def test_http_on_its_port_is_http():
    _, understood = understand_capture(CAPTURES / "pcworx" / "http_on_1962.pcap")
    assert set(understood.spoken.values()) == {("http",)}


@pytest.mark.parametrize("raw", [b"", b"\1\1\0", READ + b"x", b"\2" + READ[1:], b"\1\0\0\4"])
def test_what_is_none_is_malformed(raw):
    assert not PROTOCOL.probe(sent(raw))
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(sent(raw)))


def test_only_the_opening_proves_it(tmp_path):
    assert PROTOCOL.proof(sent(OPEN))
    assert not PROTOCOL.proof(sent(READ))
    with Wire(tmp_path / "x.pcap") as wire:
        way = wire.tcp("10.20.10.70", "10.20.1.70", 1962)
        way.client(READ)
        way.server(information())
        way.client(UNKNOWN)
        way.close()
    _, understood = understand_capture(tmp_path / "x.pcap")
    assert not understood.spoken
