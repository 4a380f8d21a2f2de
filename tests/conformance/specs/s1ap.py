"""S1AP: procedures, NAS messages of both layers and chosen algorithms."""

from __future__ import annotations

from scanner.protocols.mobile.s1ap import PROCEDURES
from tests.conformance.nas import spec

SPEC = spec("s1ap", {each.name for each in PROCEDURES.values()}, "nas-eps.emm.toc", "nas-eps.emm.toi")
