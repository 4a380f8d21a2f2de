"""Rows of address plans that say that nobody has the address: taken for devices they would list whoever uses it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_FREE = re.compile(
    r"[\W_]*(?:currently |still |derzeit |noch )?(?:"
    r"(?:is )?(?:free|available|unused|unassigned|vacant|reserved?|spare|empty|blank|not (?:in )?use[d]?|not assigned)"
    r"|frei(?:e ip(?:-adresse)?)?|verfügbar|unbelegt|nicht (?:belegt|vergeben|verwendet|benutzt)|reserviert"
    r"|reserve|leer"
    r"|libre|disponible|non (?:attribuée?|affectée?|utilisée?)|inutilisée?|réservée?"
    r"|sin (?:asignar|uso)|no (?:asignad|usad)[oa]"
    r"|reservad[oa]|liber[oa]|disponibile|riservat[oa]|non (?:assegnat|usat)[oa]|livre|disponível|vrij|gereserveerd"
    r"|свобод(?:ен|но|ный)|резерв|зарезервирован[оа]?"
    r"|空闲|未使用|未分配|未占用|可用|预留|保留|备用|空き|未割当|予約|予備|비어 ?있음|미사용|미할당|예약|예비"
    r")(?: (?:ip|address|for|für|fuer|pour|para|per|voor)\b.*)?(?:\s*(?:#|nr\.?|no\.?)?\s*\d+)?(?:\s*[(:].*)?[\W_]*"
)
_OF_DEVICES = ("macs", "serial", "vendor", "model", "order_number", "firmware", "id", "profinet_name", "accounts")
_LONGEST = 80


def is_free(row: Mapping[str, Any], kept: Iterable[Any]) -> bool:
    """The row has an address and nothing of a device, and says so of it. kept: its cells that are not understood."""
    if not row.get("ips") or any(row.get(name) for name in _OF_DEVICES):
        return False
    names = [row[name] for name in ("name", "hostname") if row.get(name)]
    if names:
        return all(map(_says_free, names))
    return any(map(_says_free, (row.get("state", ""), *kept)))


def _says_free(text: Any) -> bool:
    if not isinstance(text, str) or len(text) > _LONGEST:
        return False
    return _FREE.fullmatch(" ".join(unicodedata.normalize("NFKC", text).casefold().split())) is not None
