"""What changes a controller is in the results and for somebody to see: every protocol, every verb, without a policy."""

from __future__ import annotations

import csv
from functools import cache
from itertools import groupby

import pytest

from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.inputs import find_inputs
from scanner.protocols import protocols
from scanner.protocols.base import STATE_CHANGING, Verb
from scanner.protocols.s7 import _s7comm_names
from scanner.provenance import Provenance
from scanner.scan import read_inputs
from tests.conformance import oracle
from tests.conformance.changes import CHANGING, HERE, NO_CONTROLLER, check, check_facts, shown, unseen
from tests.conformance.known import CAPTURES, captures

MOST = 120_000  # bytes of a recording: what changes a controller is in small ones
EACH = 2  # recordings of a folder, and these
ALSO = (
    *("profinet/dcp_commissioning.pcap", "telnet/serial_server_port_4001.pcap"),
    *("ipmi/built.pcap", "radius/changes.pcap"),
)
NOT_RECORDED = {"dns", "modbus-ascii", "mqtt-websocket", "pfcp"}  # the second and third have dissectors of others
# ends of which nothing is known; what has only layer 2, or is sent to all, has such addresses
ENDS = [("10.20.10.30", "10.20.1.2", "tcp"), ("00:1b:1b:00:00:01", "01:00:5e:00:00:01", "ethernet")]


def spoken() -> list[tuple[str, str]]:
    return [(p.name, str(verb)) for p in protocols().values() for verb in sorted(p.verbs & STATE_CHANGING)]


@cache
def recordings() -> Facts:
    """The largest of the small recordings of each protocol, as one scan."""
    facts = Facts()
    for _, found in groupby(captures(), lambda path: path.parent):
        small = sorted((p for p in found if p.stat().st_size <= MOST), key=lambda p: p.stat().st_size)
        for path in (p for p in small if p in small[-EACH:] or str(p.relative_to(CAPTURES)) in ALSO):
            facts = facts.merge(read_inputs(list(find_inputs([str(path)], [])), jobs=1).facts)
    return facts


def operation(protocol: str, verb: str, seen_as: str, ends: tuple[str, str, str]) -> dict[str, object]:
    client, server, transport = ends
    said = {"client": client, "server": server, "transport": transport, "protocol": protocol, "seen_as": seen_as}
    said |= {"industrial": protocols()[protocol].industrial}
    return said | {
        "verb": verb,
        "function": "made up",
        "count": 1,
        "accepted": 1,
        "refused": 0,
        "unanswered": 0,
        "unobserved": 0,
    }


def made_up(*rows: dict[str, object]) -> Facts:
    """The operations of a capture without anything else."""
    return Facts({"operations": frame(TABLES["operations"], rows)}, (Provenance("made up", "capture", 0, ""),))


@pytest.mark.parametrize("seen_as", ["request", "response", "notice"])
@pytest.mark.parametrize("ends", ENDS, ids=["ip", "layer 2"])
def test_no_protocol_and_no_verb_escapes(seen_as, ends):
    """Whatever a protocol file says that it can do to a controller leads to a finding, before anybody records it."""
    rows = [operation(protocol, verb, seen_as, ends) for protocol, verb in spoken()]
    checked = check_facts(made_up(*rows), "made up")
    assert checked.verbs.total() == len(spoken())
    assert checked.mistakes == []


def test_what_is_recorded_is_in_the_results_and_judged():
    checked = check_facts(recordings(), "recordings")
    assert set(checked.verbs) == set(CHANGING)
    assert checked.mistakes == []


def test_protocols_that_change_controllers_are_recorded_doing_so():
    found = recordings()["operations"]
    recorded = set(found.filter(found["verb"].is_in(CHANGING))["protocol"])
    assert {p for p, _ in spoken()} - recorded == NOT_RECORDED


def test_exceptions_are_of_protocols_and_verbs():
    assert NO_CONTROLLER.keys() <= set(spoken())


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("name", ["s7comm/snap7", "enip/built", "smb/impacket_smb2", "dnp3/tcp", "modbus/built"])
def test_tshark_sees_nothing_that_otaudit_does_not(name):
    assert unseen(CAPTURES / f"{name}.pcap") == []


@pytest.mark.usefixtures("tshark")
def test_filters_are_tsharks_and_verbs_are_the_protocols():
    """tshark takes every filter, and each finds something in some recording of its protocol, or could."""
    assert list(oracle.frames(CAPTURES / "s7comm" / "snap7.pcap", [s.filter for s in shown()], []))
    assert all(s.verbs <= set(map(str, protocols()[s.protocol].verbs)) for s in shown())


@pytest.mark.usefixtures("tshark")
def test_a_miss_is_seen(monkeypatch):
    """A program that takes a stop for a read."""
    monkeypatch.setitem(_s7comm_names.JOBS, 0x29, ("PLC Stop", Verb.READ))
    assert any("s7comm.param.func == 0x29" in line for line in unseen(CAPTURES / "s7comm" / "snap7.pcap"))


def test_an_operation_without_a_finding_is_seen(monkeypatch):
    monkeypatch.setattr("tests.conformance.changes.NO_CONTROLLER", {})
    row = operation("dns", "configure", "request", ENDS[0])
    (mistake, silent) = check_facts(made_up(row), "made up").mistakes
    assert mistake.startswith("no finding: configure dns")
    assert silent == "exit status 0"


def test_explanations_are_of_protocols_and_have_a_reason():
    with (HERE / "changes_explained.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert rows
    assert all(r["protocol"] in protocols() and r["why"] for r in rows)


def test_one_capture_is_checked():
    checked = check(CAPTURES / "s7comm" / "snap7.pcap")
    assert (checked.status, checked.mistakes) == (1, [])
    assert checked.verbs["stop"] == 1
