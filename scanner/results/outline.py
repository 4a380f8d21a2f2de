"""What can be known of a finding without making it: of a large plant hardly one in a hundred is shown."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.results.model import Severity, Status, Text


@dataclass(frozen=True, slots=True)
class Outline:
    """Each field as the finding has it."""

    status: Status
    severity: Severity
    subject: Text
    devices: tuple[str, ...]
