"""Advisories in CSAF 2.0 and 2.1, CISA's catalogue of known exploited vulnerabilities (KEV), and life-cycle dates in
OpenEoX, to rows of facts.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from scanner.advisories import csaf, openeox
from scanner.errors import InputError
from scanner.wording import Said, at_line, said

_CSAF = re.compile(rb'"csaf_version"\s*:\s*"2\.')
_KEV = re.compile(rb'"(catalogVersion|dateReleased)"\s*:')
_EOX = re.compile(rb'"\$schema"\s*:\s*"https?://docs\.oasis-open\.org/openeox/')
_DATED = re.compile(rb'"end_of_(?:security_support|life)"\s*:')
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")


class Read(NamedTuple):
    """Rows of the tables ``advisories``, ``known_exploited`` and ``life_cycles``, and what the file calls itself."""

    advisories: list[dict[str, Any]]
    exploited: list[dict[str, Any]]
    title: str
    life_cycles: list[dict[str, Any]]


def recognises(head: bytes) -> bool:
    """JSON with the keys of an advisory, of the catalogue, or of life-cycle dates."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] != b"{":
        return False
    if _EOX.search(head) or (b'"statements"' in head and _DATED.search(head)):
        return True
    return _CSAF.search(head) is not None or (_KEV.search(head) is not None and b'"vulnerabilities"' in head)


def parse_advisories(data: bytes, source: str) -> Read:
    """What the file says; InputError when it is none of them."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(
            source, said("not valid JSON: {error}", error=error.msg), at_line(error.lineno, error.colno)
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(source, said("not readable as JSON: {error}", error=error)) from error
    if not isinstance(document, dict):
        raise InputError(source, _neither())
    if "document" in document:
        rows, title = csaf.rows_of(document, source)
        return Read(rows, [], title, [])
    if "statements" in document or {"end_of_security_support", "end_of_life"} & document.keys():
        return Read([], [], "", openeox.rows_of(document, source))
    if isinstance(document.get("vulnerabilities"), list):
        return Read([], _exploited(document["vulnerabilities"], source), str(document.get("catalogVersion", "")), [])
    raise InputError(source, _neither())


def _neither() -> Said:
    return said("no advisory, no catalogue of exploited vulnerabilities and no life-cycle dates")


def _exploited(entries: list[Any], source: str) -> list[dict[str, Any]]:
    rows = []
    for entry in entries:
        if isinstance(entry, dict) and _CVE.fullmatch(str(entry.get("cveID", ""))):
            keys = {"vendor": "vendorProject", "product": "product", "name": "vulnerabilityName", "added": "dateAdded"}
            row = {name: str(entry.get(key) or "")[:300] for name, key in keys.items()}
            rows.append(
                {"source": source, "vulnerability": entry["cveID"], **row, "due": str(entry.get("dueDate") or "")[:30]}
            )
    if not rows:
        raise InputError(source, said("a catalogue without any vulnerability"))
    return rows
