"""Cisco ASA 8.3 to 9.22: ``show running-config``, ``more system:running-config`` or a backup as settings.

Sources: Cisco ASA Series Command Reference, CLI configuration guides (General Operations, Firewall, VPN), 8.4 to 9.20.
An ASA leaves out what is at its default; where that changed between releases and the first line does not name one, the
row says ``unknown-default``. What an access list does not permit is denied, without a message. Interfaces without an
access list let through what goes to a lower security level; no row tells of that. Firepower Threat Defense, which
prints nearly the same, is not read: its policies are elsewhere.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.cisco_asa.recognition import TELLTALES
from scanner.configs.dialects.cisco_asa.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "cisco-asa",
    "Cisco ASA",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
