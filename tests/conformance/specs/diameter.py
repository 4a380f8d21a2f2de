"""Diameter: commands."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("diameter", "command", "diameter.cmd.code", decode_as={"tcp": "diameter"})
