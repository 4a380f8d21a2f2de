"""OPNsense 18.1 to 26.1: config.xml, as System > Configuration > Backups gives it.

Sources: OPNsense manual (docs.opnsense.org), its models and its default configuration. Rules of both forms are read:
the old ones below ``filter``, and those of the new editor below ``OPNsense/Firewall/Filter``.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect
from scanner.configs.dialects.opnsense.recognition import resemblance
from scanner.configs.pf_firewalls.document import FirewallKind
from scanner.configs.pf_firewalls.reading import read_firewall
from scanner.configs.pf_firewalls.secrets import secrets_of
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration

_FACTORY = "$2y$10$YRVoF4SgskIsrXOvOQjGieB9XqHPRra9R7d80B3BZdbY/j21TwBfS"  # of its default configuration
_KIND = FirewallKind("opnsense", empty_is_on=False)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a config.xml; InputError when it is none."""
    return read_firewall(data, name, mask, _KIND)


DIALECT = Dialect(
    _KIND.name,
    "OPNsense",
    resemblance,
    read,
    secrets_of(_FACTORY),
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked("scanner.configs.pf_firewalls"),
)
