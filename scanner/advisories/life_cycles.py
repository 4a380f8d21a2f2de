"""Until when the makers of assets support them, by what their OpenEoX documents state; in doubt nobody can tell.

The last day of security support counts. Where it is still to be announced (``tba``) or cannot be read, there is none
for certain, but none after the end of life either (OpenEoX Core 1.0, 7.1.1: no other date is later).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from scanner.advisories.matching import Asset, Kin, index_of, matching
from scanner.advisories.versions import within
from scanner.wording import NOTHING, Said, said

Row = Mapping[str, Any]
TO_BE_ANNOUNCED = "tba"
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")
_ANY_REVISION = re.compile(r"|\*|-|n/?a|none|any|all(?: (?:hardware )?(?:versions|revisions))?", re.IGNORECASE)
_ABOUT = ("vendor", "product", "hardware_revision", "version", "exact", "plain", "order_numbers", "serials")
_FIRST_YEAR, _LAST_DAY = (
    1950,
    date(2199, 12, 31),
)  # a product of before is a mistake; later days are as good as this one
_EARLIER = ("general_availability", "end_of_sales", "end_of_security_support")  # than the end of life, or that day


class SupportTerm(NamedTuple):
    """What a statement says of an asset. certain: the last day on which it is certainly supported; possible: the last
    one on which it may be; None when that is not known.
    """

    asset: Asset
    certain: date | None
    possible: date | None
    reason: Said
    by: str
    leaf: Row


def terms(assets: Iterable[Asset], statements: Sequence[Row], kin: Kin) -> Iterable[SupportTerm]:
    """One for each asset and statement that may be about it; of an asset to which none applies, one that says so."""
    index = index_of(_current(statements))
    for asset in assets:
        elsewhere: SupportTerm | None = None
        applies = False
        for leaf, certain, by in matching(asset, index, kin):
            holds, why = _holds(asset, leaf)
            if holds is False:
                why = said("no statement is about this version; one names '{range}'", range=_range(leaf))
                elsewhere = elsewhere or SupportTerm(asset, None, None, why, by, leaf)
                continue
            applies = True
            if not certain:
                why = said("the product is only similar in name: {product}", product=leaf["product"][:120])
                yield SupportTerm(asset, None, None, why, by, leaf)
            elif holds is None:
                yield SupportTerm(asset, None, None, why, by, leaf)
            else:
                yield SupportTerm(asset, *_support(leaf), by, leaf)
        if elsewhere is not None and not applies:
            yield elsewhere


def _current(statements: Sequence[Row]) -> list[Row]:
    """Of statements about one product the one that was updated last; all of them where that cannot be told."""
    same: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in statements:
        same[tuple(str(row[name]) for name in _ABOUT)].append(row)
    found: list[Row] = []
    for given in same.values():
        dated = [(moment, row) for row in given if (moment := _moment(row["last_updated"]))]
        newest = max((moment for moment, _ in dated), default=None)
        rows = [row for moment, row in dated if moment == newest] if len(dated) == len(given) else given
        differ = len({(row["end_of_security_support"], row["end_of_life"]) for row in rows}) > 1
        found += [{**row, "contradicted": differ} for row in (rows if differ else rows[:1])]
    return found


def _holds(asset: Asset, leaf: Row) -> tuple[bool | None, Said]:
    """Whether a statement is about the asset as it is, and why that cannot be told."""
    if not leaf["plain"]:
        return None, said("the statement narrows the product by more than its version")
    answers: list[bool | None] = []
    why = NOTHING
    if not _ANY_REVISION.fullmatch(leaf["hardware_revision"]):
        revision = leaf["hardware_revision"]
        answers.append(_one(asset.revisions, revision))
        if answers[-1] is None:
            why = said("it cannot be told whether its hardware is revision '{revision}'", revision=revision[:80])
    if leaf["version"]:
        answers.append(_one(asset.firmwares, leaf["version"], exact=leaf["exact"]))
        if answers[-1] is None and not asset.firmwares:
            why = said("its firmware version is not known")
        elif answers[-1] is None:
            stated = ", ".join(asset.firmwares)
            why = said(
                "version {version} cannot be compared with '{range}'", version=stated, range=leaf["version"][:80]
            )
    if False in answers:
        return False, NOTHING
    return (None, why) if None in answers else (True, NOTHING)


def _one(versions: Sequence[str], stated: str, *, exact: bool = True) -> bool | None:
    """All of the versions that are said of the asset are what is stated, or none is; else nobody can tell."""
    answers = {within(version, stated, exact=exact) for version in versions or ("",)}
    return answers.pop() if len(answers) == 1 else None


def _range(leaf: Row) -> str:
    return (leaf["version"] or leaf["hardware_revision"])[:80]  # type: ignore[no-any-return]


def _support(leaf: Row) -> tuple[date | None, date | None, Said]:
    """The last day of security support: certain, possible, and why they differ."""
    security, life = (leaf[name] for name in ("end_of_security_support", "end_of_life"))
    ends, over = _day(security), _day(life)
    dated = [day for name in (*_EARLIER, "end_of_life") if (day := _day(leaf[name]))]
    if leaf["contradicted"]:
        return None, None, said("documents state different dates for it")
    if over and any(day > over for day in dated):
        return None, max(dated), said("the dates of the statement contradict each other")
    if ends:
        return ends, ends, NOTHING
    if security == TO_BE_ANNOUNCED:
        return None, over, said("the end of its security support is still to be announced")
    if security:
        return None, over, said("the end of its security support cannot be read: '{date}'", date=security[:40])
    return None, over, said("the statement does not say until when there is security support")


def _day(text: str) -> date | None:
    """The last day that a time can mean, wherever one is."""
    moment = _moment(text)
    if moment is None or moment.year < _FIRST_YEAR:
        return None
    if moment.year >= _LAST_DAY.year:
        return _LAST_DAY
    return max(moment.date(), moment.astimezone(UTC).date())


def _moment(text: str) -> datetime | None:
    """A time as OpenEoX Core 1.0 writes it (4.1.6): RFC 3339 with T, a zone, and no leap second."""
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
