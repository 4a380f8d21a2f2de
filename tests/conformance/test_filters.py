"""The display filters that rows carry are tshark's own: each is accepted, and finds the frame it was given for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.facts.understand import understand
from scanner.protocols import all_framings, cases, protocols
from scanner.protocols.base import Operation

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
# tshark decodes by port: what runs on another port, or breaks its standard, is not found by its fields.
ELSEWHERE = ("port_", "_on_", "narrow_fields")
FOLDERS = ("modbus", "s7comm", "iec104", "profinet", "tls", "ftp", "telnet", "ssh", "snmp", "smb", "rdp")
FOLDERS += ("dns", "dhcp", "ntp", "tftp", "syslog", "dtls")
FILES = sorted(p for f in FOLDERS for p in (CAPTURES / f).glob("*.pcap") if not any(e in p.name for e in ELSEWHERE))


def filters(capture: Path) -> dict[str, tuple[int, ...]]:
    """Filter -> first frames of a message whose rows carry it."""
    result = read_capture(capture, capture.name, all_framings(), cases())
    rows = understand(result, protocols()).rows
    return {
        row.filter: result.messages[index].frames
        for index, found in rows.items()
        for row in found
        if isinstance(row, Operation) and row.filter
    }


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("capture", FILES, ids=[f"{p.parent.name}/{p.name}" for p in FILES])
def test_filters_find_what_they_are_given_for(capture):
    found = filters(capture)
    assert found
    wanted = {frames[0] for frames in found.values()}
    whole = " || ".join(f"({text})" for text in found)
    command = ["tshark", "-n", "-r", str(capture), "-Y", whole, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert wanted <= {int(line) for line in done.stdout.split()}


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("name", ["browse.pcap", "credentials.pcap", "poll.pcap"])
def test_filters_of_http_find_every_request(name):
    """tshark shows an HTTP message where its body ends, so that its frame is not the one where it begins."""
    capture = CAPTURES / "http" / name
    for text in filters(capture):
        command = ["tshark", "-n", "-r", str(capture), "-Y", text, "-T", "fields", "-e", "frame.number"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split(), text
