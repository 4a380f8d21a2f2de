"""A message that was captured in part is no malformed one: what lacks may be as it should."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from tests.capture.files import pcap
from tests.twins import Record, cut_short, records

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
WELL_FORMED = (
    "bsap/ip",
    "c12_22/clear",
    "dnp3/tcp",
    "goose/routed",
    "mms/associations",
    "mqtt/v5",
    "profinet_io/startup",
    "rtps/discovery",
    "s7comm/built",
    "s7comm_plus/library_v1",
)


def _facts(frames: list[Record], folder: Path) -> Facts:
    path = folder / "made.pcap"
    path.write_bytes(pcap(frames))
    return capture_facts(read_capture(path, "made.pcap", framing_plan()), protocols())


@pytest.mark.parametrize("size", [60, 96, 128])
@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_cut_message_is_not_malformed(name: str, size: int, tmp_path: Path) -> None:
    frames = records(CAPTURES / f"{name}.pcap")
    whole = {*_facts(frames, tmp_path)["malformed"]["protocol"]}
    assert {*_facts(cut_short(size)(frames), tmp_path)["malformed"]["protocol"]} <= whole


@pytest.mark.parametrize("size", [60, 96, 128])
@pytest.mark.parametrize("name", ["ads/tcp", "dnp3/udp", "enip/built", "enip/cpppo", "hart_ip/udp"])
def test_the_function_of_a_cut_message_is_not_unknown(name: str, size: int, tmp_path: Path) -> None:
    def unknown(frames: list[Record]) -> set[str]:
        operations = _facts(frames, tmp_path)["operations"]
        return {*operations.filter(operations["verb"] == "unknown-function")["function"]}

    frames = records(CAPTURES / f"{name}.pcap")
    assert unknown(cut_short(size)(frames)) <= unknown(frames)


def test_what_is_wrong_in_a_whole_message_is_still_told(tmp_path: Path) -> None:
    longer = b"\x32\x19\x00\x11", b"\x32\x19\x0f\x11"  # a topic that does not end within its message
    frames = [(s, f, frame.replace(*longer), w) for s, f, frame, w in records(CAPTURES / "mqtt" / "v5.pcap")]
    assert {*_facts(frames, tmp_path)["malformed"]["protocol"]} == {"mqtt"}


@pytest.mark.parametrize("port", [80, 18123])
@pytest.mark.parametrize("size", [94, 96, 128])
@pytest.mark.parametrize("path", ["/", "/awp/Default/Portal/Start.mwsl?PriNav=Start"])
def test_http_is_told_by_whole_first_lines(tmp_path: Path, port: int, size: int, path: str) -> None:
    """A request that was cut before its version says nothing, but the answers to it do."""
    asked = f"GET {path} HTTP/1.1\r\nHost: plc\r\nUser-Agent: {'x' * 60}\r\nAuthorization: Basic eDp5\r\n\r\n".encode()
    with Wire(tmp_path / "whole.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", port)
        for _ in range(3):
            talk.client(asked)
            talk.server(
                b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nContent-Length: 300\r\n\r\n" + bytes(300)
            )
        talk.close()
    found = _facts(cut_short(size)(records(tmp_path / "whole.pcap")), tmp_path)
    assert found["flows"].select("protocol", "recognised_by").rows() == [("http", "content")]
    assert found["sessions"].select("credentials", "unread").rows() == [([], ["credentials"])]
    line = f"GET {path} HTTP/1.1\r\n"
    asks = found["operations"].filter(pl.col("function") == "GET")["object"].to_list()
    assert asks == ([path.partition("?")[0]] if len(line) <= size - 54 else [])
