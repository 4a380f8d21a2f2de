"""VRRP and CARP: virtual routers; of CARP the virtual host."""

from __future__ import annotations

from tests.conformance.spec import by_columns

SPEC = by_columns("vrrp", {"router": ("unit", "vrrp.virt_rtr_id", "carp.vhid")}, layers=("vrrp", "carp"))
