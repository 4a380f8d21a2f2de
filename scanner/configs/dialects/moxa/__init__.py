"""Moxa managed switches (EDS, IKS, ICS) and secure routers (EDR, TN): ``show running-config``, an exported file.

Sources: a public study of what an EDR-810 exports (commands, their order, how passwords are stored), a public library
that configures EDR-810, EDR-8010, EDR-G9010, OnCell G4302 and TN-5900 by commands, the manuals of Managed Switch Next
Generation OS and of UI 2.0 (what settings mean, units and ranges).
What these do not say alike is not told: which services listen where no line says so, where trusted access lets all of
the LAN in, how ports are guarded. Packet filters are not read.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.moxa.recognition import TELLTALES
from scanner.configs.dialects.moxa.secrets import SECRETS

DIALECT = Dialect(
    "moxa",
    "Moxa switch or secure router",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
