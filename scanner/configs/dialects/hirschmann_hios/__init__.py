"""Hirschmann HiOS: a configuration profile in XML as settings.

Sources: HiOS user manuals "Configuration" (BRS, GRS, RSPE; releases 7 to 10), HM2 MIBs of Hirschmann. A profile names
every value. What ports are for, VLANs, authentication servers and NTP are not read, which is what the rows say.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect
from scanner.configs.dialects.hirschmann_hios.accounts import account_settings, password_policy
from scanner.configs.dialects.hirschmann_hios.management import service_settings, snmp_settings
from scanner.configs.dialects.hirschmann_hios.network import (
    log_settings,
    port_settings,
    system_settings,
    time_settings,
)
from scanner.configs.dialects.hirschmann_hios.profile import parse
from scanner.configs.dialects.hirschmann_hios.recognition import TELLTALES
from scanner.configs.dialects.hirschmann_hios.secrets import SECRETS
from scanner.configs.secrets import Mask
from scanner.configs.settings import Configuration, Sheet
from scanner.configs.understood import doubt_the_rest

_NAME = "hirschmann-hios"

_TOPICS = (
    system_settings,
    service_settings,
    snmp_settings,
    account_settings,
    password_policy,
    log_settings,
    time_settings,
    port_settings,
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a configuration profile; InputError when it is no text or empty."""
    profile = parse(data, name, mask)
    sheet = Sheet(profile.tree, _NAME)
    for topic in _TOPICS:
        topic(profile, sheet)
    doubt_the_rest(profile.tree)
    return sheet.configuration()


DIALECT = Dialect(
    _NAME,
    "Hirschmann HiOS",
    TELLTALES.resemblance,
    read,
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
)
