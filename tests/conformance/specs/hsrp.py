"""HSRP: opcodes and groups of both versions; version 2 has fields of its own."""

from __future__ import annotations

from tests.conformance.spec import by_columns

SPEC = by_columns(
    "hsrp",
    {"opcode": ("code", "hsrp.opcode", "hsrp2.opcode"), "group": ("unit", "hsrp.group", "hsrp2.group")},
    layers=("hsrp", "hsrp2"),
)
