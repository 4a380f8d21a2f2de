"""Who decides, why and until when, as the options of ``otaudit policy confirm`` say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scanner.cli._spoken import bad_value
from scanner.wording import said

NEVER = "never"
_DAYS = 365


@dataclass(frozen=True)
class Decider:
    """The options; empty or None: not given. today: by the clock of scans, which is UTC."""

    today: date
    by: str = ""
    reason: str = ""
    until: str | None = None

    def last_day(self, *, allowed: bool) -> date | None:
        """Until when a decision holds: what is allowed a year if nothing is said, what is forbidden without end."""
        if self.until is None:
            return self.today + timedelta(days=_DAYS) if allowed else None
        return last_day(self.until, self.today)


def last_day(text: str, today: date) -> date | None:
    """The day that is written so; None for never. click.BadParameter when it is none, or past."""
    if text.strip().lower() == NEVER:
        return None
    try:
        until = date.fromisoformat(text.strip())
    except ValueError:
        raise bad_value(said("'{text}' is not a date; write it as 2027-03-31", text=text), "--until") from None
    if until < today:
        raise bad_value(said("{day} is in the past", day=until), "--until")
    return until
