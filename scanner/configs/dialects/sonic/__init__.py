"""SONiC (switches with the community's NOS or a build of it): config_db.json as settings.

Sources: "SONiC Configuration Database Manual" and YANG models (sonic-buildimage, src/sonic-yang-models); what the host
makes of them: caclmgrd, hostcfgd and common-auth-sonic.j2 (sonic-host-services), rsyslog.conf.j2, chrony.conf.j2 and
snmpd.conf.j2 (sonic-buildimage), IntfsOrch (sonic-swss). Accounts of the switch itself are in no configuration.
"""

from __future__ import annotations

from pathlib import Path

from scanner.configs import entry_lines
from scanner.configs.dialect import Dialect, read_when_asked
from scanner.configs.dialects.sonic.recognition import resemblance
from scanner.configs.dialects.sonic.secrets import SECRETS

DIALECT = Dialect(
    "sonic",
    "SONiC",
    resemblance,
    read_when_asked(__name__),
    SECRETS,
    Path(__file__).with_name("remedies.yaml"),
    entry_lines.when_asked(__name__),
)
