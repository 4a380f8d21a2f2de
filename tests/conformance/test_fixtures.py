"""The recorded captures: otaudit and tshark agree but for the differences of ``tests/conformance/differences``; display
filters find in tshark what they are given for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.protocols import protocols
from tests.conformance.compare import compare
from tests.conformance.filters import Filters
from tests.conformance.known import CAPTURES, FOLDER, Known, captures, known
from tests.conformance.second import descriptions
from tests.conformance.spec import specs

FILES = captures()
SPECS = Path(__file__).parent / "specs"


def test_every_comparison_is_found_by_its_folder():
    names = [s.protocol for s in specs()]
    assert len(set(names)) == len(names) == len([p for p in SPECS.glob("*.py") if p.name != "__init__.py"])
    assert set(names) <= set(protocols())


def test_what_is_known_is_known_of_a_capture_and_a_comparison():
    assert {p.stem for p in FOLDER.iterdir()} <= {p.name for p in CAPTURES.iterdir()}
    assert set(known()) <= {str(p.relative_to(CAPTURES)) for p in FILES}
    compared = {"capture"} | {s.protocol for s in specs()} | set(descriptions())
    assert {protocol for one in known().values() for protocol in one.counts} <= compared


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("capture", FILES, ids=[str(p.relative_to(CAPTURES)) for p in FILES])
def test_a_recorded_capture_is_read_as_tshark_reads_it(capture):
    name = str(capture.relative_to(CAPTURES))
    expected = known().get(name, Known())
    filters = Filters()
    found = {c.protocol: set(c.differences()) for c in compare(capture, name, expected.options, filters)}
    assert {protocol: rows for protocol, rows in found.items() if rows} == expected.counts
    assert filters.missing() == expected.filters
    assert filters.too_wide() == {}


@pytest.mark.usefixtures("tshark")
def test_a_difference_is_seen():
    (comparison,) = [c for c in compare(CAPTURES / "modbus" / "built.pcap", "x") if c.protocol == "modbus"]
    assert comparison.agreement("function code") == (100, 101)
    comparison.ours["function code", "16"] += 5
    assert ("function code", "16", 7, 1) in comparison.differences()
    assert comparison.agreement("function code") == (100, 106)
