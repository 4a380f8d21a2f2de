"""Until when systems and devices are supported, beside what inventories and devices say of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from scanner.assets.lifecycle import life_cycle
from scanner.assets.service import service
from scanner.assets.support import Support, support_of

_TIME = pl.Datetime("ns", "UTC")


def support_columns(systems: Iterable[str]) -> dict[str, pl.Series]:
    """``system`` and the two columns ``supported_…_until`` for each text that names an operating system."""
    found = [support_of(text) if text else Support("") for text in systems]
    return {
        "system": pl.Series([f.system for f in found], dtype=pl.String),
        "supported_certainly_until": days(f.certain for f in found),
        "supported_possibly_until": days(f.until for f in found),
    }


def life_cycle_columns(texts: Iterable[str]) -> dict[str, pl.Series]:
    """``life_cycle`` and ``support_ends`` for each life-cycle state as it is given."""
    found = [life_cycle(text) for text in texts]
    return {
        "life_cycle": pl.Series([f.state for f in found], dtype=pl.String),
        "support_ends": days(f.ends for f in found),
    }


def service_column(states: Iterable[str], life_cycles: Iterable[str]) -> dict[str, pl.Series]:
    """``service`` for each operating state and life-cycle state as they are given."""
    pairs = zip(states, life_cycles, strict=True)
    return {"service": pl.Series([service(state) or service(life) for state, life in pairs], dtype=pl.String)}


def days(dates: Iterable[date | None]) -> pl.Series:
    """Dates as times, 00:00 UTC."""
    whole: list[Any] = list(dates)
    return pl.Series(whole, dtype=pl.Date).cast(_TIME)
