"""Words that somebody probably meant."""

from __future__ import annotations

import pytest

from scanner.errors import DefinitionError
from scanner.nearest import closest
from scanner.policy.document import parse_policy

_WORDS = ("modbus", "modbus-rtu", "opcua", "iec104", "s7comm", "ethercat")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("modbus-tcp", "modbus"),
        ("Modbus/TCP", "modbus"),
        ("Modbus RTU", "modbus-rtu"),
        ("modbus-rtuu", "modbus-rtu"),
        ("OPC UA", "opcua"),
        ("IEC-104", "iec104"),
        ("modbuss", "modbus"),
        ("xyz", None),
    ],
)
def test_the_closest_word(word: str, meant: str | None) -> None:
    assert str(closest(word, _WORDS)) == (f"did you mean '{meant}'?" if meant else "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("otaudit_policy: '1'\nzones: []\n", "otaudit_policy: '1' is text in quotes; write the number without quotes"),
        (
            "otaudit_policy: 1\nzones:\n  - {id: a, level: '1', members: {subnets: [10.0.0.0/24]}}\n",
            "level: '1' is text in quotes; write the number without quotes",
        ),
    ],
)
def test_a_number_in_quotes(text: str, line: str) -> None:
    with pytest.raises(DefinitionError) as told:
        parse_policy(text, "p.yaml", ())
    assert line in str(told.value)
