"""NGAP: procedures, NAS messages of both layers and chosen algorithms."""

from __future__ import annotations

from scanner.protocols.mobile.ngap import PROCEDURES
from tests.conformance.nas import spec

SPEC = spec(
    "ngap", {each.name for each in PROCEDURES.values()}, "nas-5gs.mm.nas_sec_algo_enc", "nas-5gs.mm.nas_sec_algo_ip"
)
