"""Huawei VRP (S, AR, CE and NE series, USG firewalls): ``display current-configuration`` as settings.

Sources: Huawei S series, CloudEngine and NetEngine Command References (basic configuration, user login, SNMP, AAA, NTP,
information centre, ACL). Access lists: with a traffic filter, packets that no rule matches are forwarded; where a list
guards a login or SNMP, they are refused. Where a default changed between releases the row says ``unknown-default``:
the Telnet and web servers, ``protocol inbound``, the link type of a port.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.huawei_vrp.recognition import TELLTALES
from scanner.configs.dialects.huawei_vrp.secrets import SECRETS
from scanner.configs.entry_lines import when_asked

DIALECT = Dialect(
    "huawei-vrp",
    "Huawei VRP",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    when_asked(__name__),
)
