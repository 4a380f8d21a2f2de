"""Palo Alto PAN-OS 7 to 11: ``running-config.xml``, ``show`` in its formats, or commands, as settings.

Sources: PAN-OS Administrator's Guide, Networking Administrator's Guide, CLI Reference, API Guide and Panorama
Administrator's Guide. Every form becomes one tree of words (``paths``). Security rules of a virtual system are one
access list, in which each entry holds between the zones that it names, and what none matches is denied between zones.
A configuration of Panorama is that of Panorama itself; what Panorama adds to a firewall is unknown in the firewall's.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.paloalto_panos.recognition import TELLTALES
from scanner.configs.dialects.paloalto_panos.secrets import SECRETS

DIALECT = Dialect(
    "paloalto-panos",
    "Palo Alto PAN-OS",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
