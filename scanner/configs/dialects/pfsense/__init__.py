"""pfSense 2.3 to 2.8, CE and Plus: config.xml, as Diagnostics > Backup & Restore gives it.

Sources: pfSense documentation (docs.netgate.com), its default configuration and what it makes of a configuration. A
switch is on when its element stands there, with text or without.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect
from scanner.configs.dialects.pfsense.recognition import resemblance
from scanner.configs.pf_firewalls.document import FirewallKind
from scanner.configs.pf_firewalls.reading import read_firewall
from scanner.configs.pf_firewalls.secrets import secrets_of
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration

_FACTORY = (  # of its default configurations
    "$2b$10$13u6qwCOwODv34GyCMgdWub6oQF3RX0rG7c3d3X4JvzuEmAXLYDd2",
    "$1$dSJImFph$GvZ7.1UbuWu.Yb8etC0re.",
)
_KIND = FirewallKind("pfsense", empty_is_on=True)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a config.xml; InputError when it is none."""
    return read_firewall(data, name, mask, _KIND)


DIALECT = Dialect(
    _KIND.name,
    "pfSense",
    resemblance,
    read,
    secrets_of(*_FACTORY),
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked("scanner.configs.pf_firewalls"),
)
