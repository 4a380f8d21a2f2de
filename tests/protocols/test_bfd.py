"""BFD: states and what proves the sender; what is none of it, on whatever port."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.record import bfd as r
from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Malformed, Message, Operation, Session
from scanner.protocols.routing.bfd import dissect, probe

UP = r.control()


def sent(data: bytes, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, True, "udp", 3784)


@pytest.mark.parametrize(
    ("data", "state", "credentials", "detail"),
    [
        (UP, "Up", "none", ""),
        (r.control(r.DOWN), "Down", "none", ""),
        (r.control(r.INIT), "Init", "none", ""),
        (r.control(0), "AdminDown", "none", ""),
        (r.control(kind=1), "Up", "password", ""),
        (r.control(kind=2), "Up", "", "messages authenticated by keyed MD5"),
        (r.control(kind=3), "Up", "", "messages authenticated by keyed MD5"),
        (r.control(kind=4), "Up", "", "messages authenticated by keyed SHA-1"),
        (r.control(kind=5), "Up", "", "messages authenticated by keyed SHA-1"),
    ],
)
def test_states_and_proofs(data: bytes, state: str, credentials: str, detail: str) -> None:
    rows = list(dissect(sent(data)))
    (operation,) = [row for row in rows if isinstance(row, Operation)]
    (session,) = [row for row in rows if isinstance(row, Session)]
    assert operation.detail == f"state {state}"
    assert (session.credentials, session.detail) == (credentials, detail)
    assert r.SECRET.decode() not in repr(rows)


def test_a_proof_that_was_cut_off_is_not_read() -> None:
    data = r.control(kind=5)
    (session,) = [row for row in dissect(sent(data[:24], len(data))) if isinstance(row, Session)]
    assert session.unread == ("credentials",)


@pytest.mark.parametrize(
    "data",
    [
        b"\x40" + UP[1:],  # version 2
        UP[:1] + bytes((UP[1] | 1,)) + UP[2:],  # multipoint
        UP[:2] + b"\0" + UP[3:],  # detected at once
        UP[:4] + bytes(4) + UP[8:],  # nobody's
        UP[:8] + bytes(4) + UP[12:],  # up without its neighbour
        UP[:3] + b"\x19" + UP[4:],
        UP + b"\0",
        UP[:1] + bytes((UP[1] | 4,)) + UP[2:],  # authenticated by nothing
        r.control(kind=2)[:24] + b"\6" + r.control(kind=2)[25:],
        r.control(kind=2)[:25] + b"\x17" + r.control(kind=2)[26:],
        UP[:20],
    ],
)
def test_what_is_none_of_it(data: bytes) -> None:
    assert not probe(sent(data))
    with pytest.raises(Malformed):
        list(dissect(sent(data)))


@pytest.mark.parametrize("port", [3784, 4784, 6784, 502, 53, 5353, 40000])
def test_it_is_told_on_any_port(tmp_path: Path, port: int) -> None:
    with Wire(tmp_path / "x.pcap") as wire:
        r.talk(wire, port, (0, 5))
    flows = capture_facts(read_capture(tmp_path / "x.pcap", "x", framing_plan()), protocols())["flows"]
    assert {name for names in flows["protocols"] for name in names} == {"bfd"}
