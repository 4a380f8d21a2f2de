"""Kinds of ASDUs by their causes of transmission (IEC 60870-5-101:2003 clause 7.2.3)."""

from __future__ import annotations

import pytest

from scanner.protocols.base import Kind
from scanner.protocols.iec60870._cause import outcome
from scanner.protocols.iec60870._iec104_names import TYPES

CASES = [
    (45, 6, False, Kind.REQUEST, ""),  # single command, activation
    (45, 8, False, Kind.REQUEST, ""),
    (45, 7, False, Kind.RESPONSE, ""),
    (45, 7, True, Kind.REFUSAL, "negative confirmation"),
    (45, 10, False, Kind.NOTICE, ""),
    (102, 5, False, Kind.REQUEST, ""),  # read command
    (30, 5, False, Kind.RESPONSE, ""),  # the point that was asked for
    (30, 3, False, Kind.NOTICE, ""),
    (30, 7, True, Kind.NOTICE, ""),  # no cause of a type that reports
]


@pytest.mark.parametrize(("number", "cause", "negative", "kind", "refusal"), CASES)
def test_kinds(number, cause, negative, kind, refusal):
    assert outcome(number, TYPES[number], cause, negative=negative) == (kind, refusal)


@pytest.mark.parametrize("number", [45, 30, 102])
def test_unknown_types_causes_and_addresses_refuse(number):
    found = {outcome(number, TYPES[number], cause, negative=True) for cause in (44, 45, 46, 47)}
    assert {kind for kind, _ in found} == {Kind.REFUSAL}
    assert len({refusal for _, refusal in found}) == 4
