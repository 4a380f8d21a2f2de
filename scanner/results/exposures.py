"""What advisories say of the plant's assets: a part of the results model."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.results.judged_by import Text


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """Whether an advisory's vulnerability affects an asset."""

    asset: str  # id of the device, else file and row of the inventory that lists it
    device: str  # its id in the devices; empty: it was not seen
    name: str  # empty: it has none
    zone: str
    vendor: str
    model: str
    order_number: str
    firmware: tuple[str, ...]  # every version that is stated for it
    advisory: str
    advisory_file: str
    title: str
    vulnerability: str  # CVE number, else the id that the advisory gives it
    score: float | None  # highest base score of CVSS
    known_exploited: bool | None  # None: no catalogue of exploited vulnerabilities was given
    product: str  # product of the advisory that decided
    versions: str  # as the advisory writes them
    result: str  # affected, not-affected, unknown
    reason: Text
    remedy: str  # what the maker advises
    remedy_kind: str  # vendor_fix, mitigation, workaround, no_fix_planned, none_available; empty: not told
