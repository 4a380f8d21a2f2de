"""Siemens RUGGEDCOM ROS: known by the tables of its config.csv; not read."""

from __future__ import annotations

from scanner.configs.dialect import Dialect
from scanner.configs.telltales import Telltales
from scanner.wording import said

_TELLTALES = Telltales(
    marks={
        said("its ports"): r"ethPortCfg[ \t\r]*$",
        said("the columns of its ports"): r"Port,Name,Media,State,AutoN,",
    },
    shared={},
)

DIALECT = Dialect("siemens-ros", "Siemens RUGGEDCOM ROS", _TELLTALES.resemblance)
