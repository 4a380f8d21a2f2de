"""RIP and RIPng: commands."""

from __future__ import annotations

from tests.conformance.spec import by_code

SPEC = by_code("rip", "command", "rip.command", "ripng.cmd", layers=("rip", "ripng"))
