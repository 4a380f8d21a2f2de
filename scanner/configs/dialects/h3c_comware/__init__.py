"""H3C and HPE Comware 5 and 7: ``display current-configuration`` as settings.

Sources: H3C S5130, S5560 and S6520 command references (fundamentals, security, network management, ACL and QoS,
layer 2), HPE 5130 and 5500 command references. Comware comes from the same origin as Huawei VRP and shares
SNMP and routing commands with it; everything else is its own. A packet filter forwards what no rule matches,
unless ``packet-filter default deny`` says otherwise. Where a default changed between releases the row says
``unknown-default``.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.h3c_comware.recognition import TELLTALES
from scanner.configs.dialects.h3c_comware.secrets import SECRETS
from scanner.configs.entry_lines import as_given

DIALECT = Dialect(
    "h3c-comware",
    "H3C Comware",
    TELLTALES.resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    as_given,
)
