"""How sure a rule is, and whose work what it finds makes."""

from __future__ import annotations

import enum


class Confidence(enum.StrEnum):
    """How sure it is that something is wrong where a rule fails."""

    LOW = "low"  # it shows what is worth looking at
    MEDIUM = "medium"  # innocent causes are known
    HIGH = "high"  # what was seen is the violation itself


class Audience(enum.StrEnum):
    """Whose work it is to put right what a rule finds."""

    CONTROL_ENGINEER = "control-engineer"
    NETWORK_ENGINEER = "network-engineer"
    SECURITY_OFFICER = "security-officer"
    MANAGER = "manager"
    AUDITOR = "auditor"
