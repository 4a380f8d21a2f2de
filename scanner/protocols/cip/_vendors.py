"""Vendors of CIP devices, from the ODVA's vendor list: those met most."""

from __future__ import annotations

from scanner.code_tables import code_table

VENDORS = code_table(__package__, "vendors.tsv")


def vendor_name(number: int) -> str:
    """The vendor of that number, or the number."""
    return VENDORS.get(number, f"vendor {number}")
