"""Headers with words that add nothing: "Device vendor", 设备厂商, "Criticality (H/M/L)", "Manufacturer / Model",
"1. Asset ID", 设备名称 Device name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.assets.kinds import asset_type
from scanner.assets.spelling import normalise

# Of the asset itself; a component may be a piece of software, a node's or unit's number one on a bus.
_ASSET = (
    r"(?:assets?|devices?|equipment|hardware|ger(?:ä|ae)te?s?|apparate?s?|[eé]quipements?|mat[eé]riel|equipos?"
    r"|dispositivos?|activos?)"
)
_BEFORE = re.compile(
    rf"(?:{_ASSET}[\s_./-]*|(?:设备|資産|资产|装置|機器|設備|장비|устройств\w?\s)(?:的|の)?)(?P<rest>.+)", re.IGNORECASE
)
_BEHIND = re.compile(
    rf"(?P<rest>.+?)[\s_./-]+(?:of|der|des|du|de|del|della|do|da)[\s_]*(?:the|la|l['’])?\s*{_ASSET}", re.IGNORECASE
)
# What may be entered, or whether anything must be.
_HINT = re.compile(
    r"(?P<rest>.+?)\s*[(（\[](?:\w{1,8}(?:\s*[/|,、]\s*\w{1,8})+|\d\s*(?:-|–|\.\.|to|bis)\s*\d|[dmyhjt.:/ -]+|optional"
    r"|required|mandatory|if (?:any|known|applicable)|(?:e\.? ?g\.?|z\.? ?b\.?|ex\.?|如|例).*|必填|选填|可选|任意|必須)"
    r"[)）\]]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:no\.?|nr\.?)?\s*\(?\d{1,2}[.):、]\s*(?P<rest>.+)", re.IGNORECASE)
_REMARK = re.compile(r"(?P<rest>.+?)\s*[(（](?P<inside>[^()（）;]+)[)）]")
_SCRIPT = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]+(?:[\s/]*[\u3040-\u9fff\uac00-\ud7a3]+)*")  # of East Asia
_TWO = re.compile(r"(?P<one>[^/&+]+?)\s*(?:[/&+]|\b(?:and|und|et|y)\b|和|及|、)\s*(?P<other>[^/&+]+)", re.IGNORECASE)
_EITHER = re.compile(
    r"(?P<one>[^/|]+?)\s*(?:[/|&]|\b(?:and|or|und|oder|et|ou|y|o)\b|和|及|或|、)\s*(?P<other>[^/|]+)", re.IGNORECASE
)
_TOGETHER = {  # what a column of two fields is
    frozenset(("vendor", "model")): "model",
    frozenset(("vendor", "type")): "model",
    frozenset(("model", "order_number")): "model",
    frozenset(("name", "hostname")): "name",
    frozenset(("name", "id")): "name",
    frozenset(("firmware", "os")): "firmware",
    frozenset(("firmware", "hardware_revision")): "firmware",
}
# Of which an asset, or what stands beside it, has several: a remark says which.
_TOLD_APART = frozenset(("ips", "macs", "vlans", "ports", "name", "id", "hostname", "level"))
_ITS = frozenset(("version", "versions", "release", "版本"))
_LONGEST = 80  # characters
KEPT = "kept"  # the remark that otaudit makes itself, of what was not understood


def loosely(header: str, known: Mapping[str, str]) -> str | None:
    """The field of a header without such words. known: normalised header -> field."""
    if len(header) > _LONGEST:
        return None
    header = " ".join(header.split())
    for pattern in (_NUMBER, _HINT, _BEFORE, _BEHIND):
        if (found := pattern.fullmatch(header)) and (name := _known(found["rest"], known)):
            return name
    if name := _in_two_languages(header, known) or _with_remark(header, known):
        return name
    if two := _TWO.fullmatch(header):
        one, other = (_known(two[part], known) for part in ("one", "other"))
        if one and normalise(two["other"]) in _ITS:
            return one
        return one if one == other else _TOGETHER.get(frozenset(filter(None, (one, other))))
    return known.get(normalise(header).removesuffix("s"))  # "Manufacturers"


def one_or_other(header: str, known: Mapping[str, str]) -> frozenset[str]:
    """The two fields of "IP / Hostname", "MAC or IP address"; none of other headers."""
    found = _EITHER.fullmatch(" ".join(header.split())) if len(header) <= _LONGEST else None
    two = (_known(found[part], known) for part in ("one", "other")) if found else ()
    fields = frozenset(filter(None, two))
    return fields if len(fields) == 2 else frozenset()


def _known(words: str, known: Mapping[str, str]) -> str | None:
    name = known.get(normalise(words))
    return name if name or not (found := _BEFORE.fullmatch(words.strip())) else known.get(normalise(found["rest"]))


def _in_two_languages(header: str, known: Mapping[str, str]) -> str | None:
    """What both say; one alone tells nothing of what the other adds."""
    ours = _SCRIPT.search(header)
    theirs = normalise(_SCRIPT.sub(" ", header))
    return _same(_known(ours[0], known), known.get(theirs)) if ours and theirs else None


def _with_remark(header: str, known: Mapping[str, str]) -> str | None:
    """The field of what a remark in brackets is about, unless that is a device, or another field."""
    found = _REMARK.fullmatch(header)
    if not found or found["inside"] == KEPT or asset_type(found["inside"]) != "unknown":
        return None
    name, inside = _known(found["rest"], known), _known(found["inside"], known)
    if inside or any(normalise(word) in known for word in found["inside"].split()):
        return _same(name, inside)
    return name if name not in _TOLD_APART else None


def _same(one: str | None, other: str | None) -> str | None:
    return one if one == other else None
