"""The recorded captures: otaudit and tshark agree, but for the differences listed here with their reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.compare import compare
from tests.conformance.spec import specs

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
FOLDERS = ("modbus", "s7comm", "iec104", "profinet", "tls", "http", "ftp", "telnet")
FILES = sorted(p for folder in FOLDERS for p in (CAPTURES / folder).glob("*.pcap"))

# capture and protocol -> every difference: table, value, otaudit's count, tshark's count. The comment is the reason.
EXPLAINED = {
    # Fields narrower than 5-104 allows: otaudit says so and counts nothing, tshark reads them shifted.
    ("iec104/narrow_fields.pcap", "iec104"): {
        ("cause", "3", 0, 4),
        ("common address", "59648", 0, 4),
        ("conversations", "10.20.0.50 - 10.20.0.51", 0, 1),
        ("format", "I", 0, 4),
        ("messages", "", 0, 4),
        ("originator", "47", 0, 4),
        ("type identification", "1", 0, 4),
    },
    # tshark does not put together an ADU whose header is spread over two segments.
    ("modbus/built.pcap", "modbus"): {("function code", "16", 2, 1), ("messages", "", 101, 100), ("unit", "1", 60, 59)},
    # pymodbus answers a file read with function code 0x80: malformed for otaudit.
    ("modbus/tcp.pcap", "modbus"): {
        ("exception code", "1", 0, 1),
        ("function code", "0", 0, 1),
        ("messages", "", 112, 113),
        ("unit", "1", 110, 111),
    },
    # tshark reads only the first reply of a segment; of a reply of several lines otaudit counts the last. A command
    # that no FTP standard knows is not taken for FTP.
    ("ftp/anonymous_active.pcap", "ftp"): {("reply", "226", 1, 0)},
    ("ftp/engineer.pcap", "ftp"): {("command", "NOSUCH", 0, 1), ("reply", "211", 1, 2), ("reply", "226", 3, 1)},
    ("ftp/port_2100.pcap", "ftp"): {("command", "NOSUCH", 0, 1), ("reply", "226", 3, 1)},
    # Away from port 23 otaudit believes only segments that negotiate.
    ("telnet/login_port_2323.pcap", "telnet"): {("segment", "", 16, 25)},
    # python-snap7 sends a read job without items: malformed for otaudit.
    ("s7comm/snap7.pcap", "s7comm"): {("function", "4", 17, 18), ("messages", "", 71, 72), ("rosctr", "1", 23, 24)},
}


def test_every_comparison_is_found_by_its_folder():
    names = [s.protocol for s in specs()]
    assert len(set(names)) == len(names)
    assert {"modbus", "s7comm", "cotp", "iec104", "profinet-dcp", "profinet-rt"} <= set(names)


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("capture", FILES, ids=[f"{p.parent.name}/{p.name}" for p in FILES])
def test_a_recorded_capture_is_read_as_tshark_reads_it(capture):
    name = f"{capture.parent.name}/{capture.name}"
    for comparison in compare(capture, name):
        assert set(comparison.differences()) == EXPLAINED.get((name, comparison.protocol), set())


@pytest.mark.usefixtures("tshark")
def test_a_difference_is_seen():
    (comparison,) = [c for c in compare(CAPTURES / "modbus" / "built.pcap", "x") if c.protocol == "modbus"]
    assert comparison.agreement("function code") == (100, 101)
    comparison.ours["function code", "16"] += 5
    assert ("function code", "16", 7, 1) in comparison.differences()
    assert comparison.agreement("function code") == (100, 106)
