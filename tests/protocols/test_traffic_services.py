"""sFlow, OpenFlow, Dropbox LAN sync, GTP', GTP versions 0 and U: what they say, on any port, and what is none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record import dropbox_lan_sync, gtp_old, gtp_u, openflow, sflow
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Malformed, Message, Operation

SAMPLES = sflow.datagram(1, sflow.flow(1), sflow.counters(2))
SIX = sflow.datagram(1, sflow.expanded(1), agent="2001:db8::1")
HELLO = openflow.hello(4, 1)
NOTICE = dropbox_lan_sync.announced()
RECORDS = gtp_old.prime(240, 1, gtp_old.records(1))
CREATE = gtp_old.old(20, 1)
ANSWER = gtp_u.message(2, gtp_u.RESTARTED, number=1)


def sent(data: bytes, transport: str = "udp", length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, transport, 9999)


def transport_of(name: str) -> str:
    return "tcp" if name == "openflow" else "udp"


@pytest.mark.parametrize(
    ("name", "data", "functions"),
    [
        ("sflow", SAMPLES, ["Flow sample", "Counters sample"]),
        ("sflow", SIX, ["Expanded flow sample"]),
        ("sflow", sflow.datagram(1, sflow.opaque(4413 << 12 | 1, bytes(8))), ["Sample of a manufacturer"]),
        ("openflow", HELLO, ["Hello"]),
        ("openflow", openflow.hello(1, 1), ["Hello"]),
        ("openflow", openflow.flow_mod(1, 1), ["Flow Mod"]),
        ("openflow", openflow.message(1, 16, 1, bytes(4)), ["Stats"]),
        ("openflow", openflow.message(4, 16, 1, bytes(32)), ["Port Mod"]),
        ("openflow", openflow.message(6, 35, 1, bytes(16)), ["Controller Status"]),
        ("dropbox-lan-sync", NOTICE, ["Announcement"]),
        ("dropbox-lan-sync", dropbox_lan_sync.announced(newer=True, folders=0), ["Announcement"]),
        ("gtp-prime", RECORDS, ["Data Record Transfer"]),
        ("gtp-prime", gtp_old.prime(240, 1, gtp_old.records(4), first=0x0E), ["Data Record Transfer"]),
        ("gtp-v0", CREATE, ["Delete PDP Context"]),
        ("gtp-u", ANSWER, ["Echo"]),
        ("gtp-u", gtp_u.message(1, number=1), ["Echo"]),
        ("gtp-u", gtp_u.message(254, tunnel=7), ["End Marker"]),
        ("gtp-u", gtp_u.message(254, tunnel=7, extension=gtp_u.DOWNLINK_ENDS), ["End Marker"]),
        ("gtp-u", gtp_u.message(31, b"\x8d\2\x85\xc0", number=1), ["Supported Extension Headers Notification"]),
    ],
)
def test_what_they_say(name: str, data: bytes, functions: list[str]) -> None:
    protocol = protocols()[name]
    message = sent(data, transport_of(name))
    assert protocol.probe(message)
    assert [row.function for row in protocol.dissect(message) if isinstance(row, Operation)] == functions


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sflow", SAMPLES + b"\0"),
        ("sflow", SAMPLES[:-4]),
        ("sflow", b"\0\0\0\4" + SAMPLES[4:]),
        ("sflow", SAMPLES[:7] + b"\3" + SAMPLES[8:]),
        ("sflow", SAMPLES[:27] + b"\3" + SAMPLES[28:]),
        ("openflow", HELLO + b"\0"),
        ("openflow", b"\7" + HELLO[1:]),
        ("openflow", openflow.message(1, 22, 1)),
        ("openflow", openflow.message(4, 0, 1, b"\0\2\0\1" + bytes(4))),
        ("openflow", openflow.message(4, 1, 1, b"\0")),
        ("dropbox-lan-sync", NOTICE[:-1]),
        ("dropbox-lan-sync", b'{"version": [1], "port": 1}'),
        ("dropbox-lan-sync", b'{"host_int": 1, "version": 1, "port": 2, "namespaces": 3}'),
        ("gtp-prime", RECORDS + b"\0"),
        ("gtp-prime", gtp_old.prime(240, 1, b"\1\x80")),
        ("gtp-prime", b"\x32" + RECORDS[1:]),
        ("gtp-v0", CREATE + b"\0"),
        ("gtp-v0", CREATE[:9] + b"\0" + CREATE[10:]),
        ("gtp-v0", gtp_old.old(17, 1, b"\7")),
        ("gtp-u", ANSWER + b"\0"),
        ("gtp-u", gtp_u.message(255, b"\x45" + bytes(30), tunnel=7)),
        ("gtp-u", gtp_u.message(2, number=1)),
        ("gtp-u", gtp_u.message(2, gtp_u.RESTARTED)),
        ("gtp-u", gtp_u.message(26, b"\x10\0\0\0\1", number=1, tunnel=7)),
        ("gtp-u", gtp_u.message(254, tunnel=7, extension=b"\x85\0\x10\x09\0")),
    ],
)
def test_what_is_none_of_it(name: str, data: bytes) -> None:
    protocol, message = protocols()[name], sent(data, transport_of(name))
    assert not protocol.probe(message)
    with pytest.raises(Malformed):
        list(protocol.dissect(message))


@pytest.mark.parametrize("port", [9999, 161, 502, 3784, 6343])
def test_they_are_told_on_any_port(tmp_path: Path, port: int) -> None:
    talks = {
        "sflow": lambda wire: sflow.talk(wire, port),
        "openflow": lambda wire: openflow.talk(wire, port, 4),
        "dropbox-lan-sync": lambda wire: dropbox_lan_sync.talk(wire, port),
        "gtp-prime": lambda wire: gtp_old.charging(wire, port, 0x4E),
        "gtp-v0": lambda wire: gtp_old.gprs(wire, port, port),
        "gtp-u": lambda wire: gtp_u.path(wire, port),
    }
    for name, talk in talks.items():
        path = tmp_path / f"{name}.pcap"
        with Wire(path) as wire:
            talk(wire)
        flows = capture_facts(read_capture(path, path.name, framing_plan()), protocols())["flows"]
        assert {one for names in flows["protocols"] for one in names} == {name}


def test_what_a_tunnel_of_version_0_carries_is_seen(tmp_path: Path) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        gtp_old.gprs(wire, 3386, 3386)
    flows = capture_facts(read_capture(tmp_path / "x.pcap", "x", framing_plan()), protocols())["flows"]
    inside = flows.filter(tunnel="gtp-u")
    assert {*inside["client"], *inside["server"]} == {gtp_old.DEVICE, gtp_old.SERVER}
    assert set(inside["tunnel_id"]) == {0x102}


@pytest.mark.parametrize("name", ["sflow", "openflow", "dropbox-lan-sync", "gtp-prime", "gtp-v0", "gtp-u"])
@given(st.binary(max_size=200))
def test_anything_is_read(name: str, data: bytes) -> None:
    protocol = protocols()[name]
    begun = {
        "sflow": SAMPLES[:28],
        "openflow": b"\4",
        "gtp-prime": b"\x4e\xf0",
        "gtp-v0": CREATE[:20],
        "gtp-u": b"\x34\xfe",
    }
    for each in (data, begun.get(name, b'{"host_int": ') + data):
        message = sent(each, transport_of(name))
        if protocol.probe(message):
            list(protocol.dissect(message))
