"""Tables of the results: publications with their changes of state; writes as one finding for each pair and protocol."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from scanner.engine.judge import judge
from scanner.inputs import find_inputs
from scanner.results.model import Results, Severity
from scanner.results.publications import PublicationRow
from scanner.results.serialise import from_json, to_json
from scanner.scan import read_inputs
from tests.capture.files import pcap
from tests.capture.traffic import Talk, modbus
from tests.conformance.changes import TODAY, judging
from tests.conformance.known import CAPTURES

PLC = ("10.0.0.2", 502)
REGISTERS = 500


def judged(path: Path) -> Results:
    return judge(read_inputs(list(find_inputs([str(path)], [])), jobs=1).facts, *judging(), today=TODAY)


@pytest.fixture(scope="module")
def published() -> dict[str, tuple[PublicationRow, ...]]:
    """Name of each recording of GOOSE and Sampled Values -> its publications."""
    files = [*(CAPTURES / "goose").glob("*.pcap"), *(CAPTURES / "sv").glob("*.pcap")]
    return {path.name: tuple(judged(path).publications) for path in files}


def test_changes_of_state_belong_to_their_publication(published):
    rows = [row for found in published.values() for row in found]
    assert any(row.changes for row in rows)
    for row in rows:
        times = [(change.time, change.frame) for change in row.states]
        assert times == sorted(times)
        assert len(row.states) == min(row.changes or 0, 1000)
        assert all(row.seen.first_time <= change.time <= row.seen.last_time for change in row.states)
        if row.states:
            assert row.states[-1].state == row.last_state
            assert [c.state for c in row.states[:-1]] == [c.previous for c in row.states[1:]]


def test_two_publishers_of_one_control_block_name_each_other(published):
    trip = [row for row in published["spoofed.pcap"] if row.object.endswith("gcb_trip")]
    assert {row.publisher.address: row.other_publishers for row in trip} == {
        "02:00:00:00:61:01": ("02:00:00:00:61:66",),
        "02:00:00:00:61:66": ("02:00:00:00:61:01",),
    }
    (late,) = [row for row in trip if row.expired]
    assert (late.publisher.address, late.expired_frame, late.longest_lifetime) == ("02:00:00:00:61:01", 69, 4.0)


def test_a_stream_of_samples_has_no_states(published):
    streams = [row for found in published.values() for row in found if row.protocol == "sv"]
    assert streams
    assert all(row.first_state is row.changes is row.expired is None and not row.states for row in streams)


def test_publications_survive_in_the_results():
    results = judged(CAPTURES / "goose" / "spoofed.pcap")
    assert results.publications
    assert from_json(to_json(results), "x").publications == tuple(results.publications)


def writer(client: str) -> list[bytes]:
    """Writes each of 500 holding registers, all accepted."""
    talk = Talk(client=(client, 50_000), server=PLC)
    for number in range(REGISTERS):
        data = struct.pack(">BHH", 6, 100 + number, number)
        talk.send(False, modbus(number, data))
        talk.send(True, modbus(number, data))
    return talk.frames


def test_writes_are_one_finding_for_each_pair(tmp_path):
    frames = [frame for client in ("10.0.0.1", "10.0.0.3") for frame in writer(client)]
    path = tmp_path / "writes.pcap"
    path.write_bytes(pcap([(1000 + i // 100, i % 100 * 10_000, f) for i, f in enumerate(frames)]))
    results = judged(path)
    (rule,) = [r for r in results.rules if r.rule == "write-unauthorised"]
    assert [f.subject["client"] for f in rule.findings] == ["10.0.0.1", "10.0.0.3"]
    assert {(f.subject["server"], f.severity, f.proofs) for f in rule.findings} == {("10.0.0.2", Severity.MEDIUM, 1)}
    assert all(f"{REGISTERS}" in f.message["en"] for f in rule.findings)
    assert [o.object for o in results.operations if o.verb == "write"] == [
        f"holding register 100-{99 + REGISTERS} ({REGISTERS})"
    ] * 2
    assert [(c.client.address, c.count, c.accepted) for c in results.commands] == [
        ("10.0.0.1", REGISTERS, REGISTERS),
        ("10.0.0.3", REGISTERS, REGISTERS),
    ]
