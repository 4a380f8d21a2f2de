"""Which assets an advisory is about, and what it says of each: affected, not affected, or that nobody can tell.

The order number decides before names do. A product that is only named like the asset, a version that is not known, a
range that is not understood: then nobody can tell. Not affected is only what the maker says, or what a range that is
understood leaves out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, NamedTuple

from scanner.advisories.versions import serials_within, within
from scanner.three_valued import some
from scanner.wording import NOTHING, Said, said

Row = Mapping[str, Any]
Kin = Callable[[str, str], bool | None]  # whether two names of makers mean one, None where nobody can tell
AFFECTED, NOT_AFFECTED, UNKNOWN = "affected", "not-affected", "unknown"
_AFFECTED = frozenset(("known_affected", "first_affected", "last_affected"))
_SAFE = frozenset(("known_not_affected", "fixed", "first_fixed"))
_NOISE = frozenset(
    (
        *("all", "and", "controller", "controllers", "device", "devices", "family", "firmware", "for", "incl"),
        *("including", "module", "modules", "of", "product", "products", "related", "series", "the"),
        *("variant", "variants", "version", "versions"),
    )
)
_ADDITION = re.compile(r"\((?:incl(?:\.|uding)?\s|all variants|eol\)|end.of.life)[^()]*\)?", re.IGNORECASE)
_SYSTEM = frozenset(("software", "os", "operating", "system"))


@dataclass(frozen=True)
class Asset:
    """What is known of an asset. firmwares: every version that somebody states for it, and who."""

    number: int
    vendors: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    order_numbers: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    firmwares: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()  # of the hardware
    software: tuple[str, ...] = ()  # systems that run on it, as their makers call them


class Exposure(NamedTuple):
    """What an advisory says of an asset about one vulnerability. by: order number or name; leaf: what decided."""

    asset: Asset
    result: str
    reason: Said
    by: str
    leaf: Row


@dataclass
class _Word:
    """What one row says of an asset: holds, does not, or None; certain: it is about this very product."""

    leaf: Row
    holds: bool | None
    why: Said
    certain: bool
    by: str


@dataclass
class _Product:
    """A product by its name, and the many rows about it: one for each vulnerability, version and status."""

    vendor: str
    words: frozenset[str]  # of its name, without its maker and what says nothing
    rows: list[Row] = field(default_factory=list)


@dataclass
class ProductIndex:
    """Leaves by what could make them match. by_word: numbers of ``products``; patterns: by their text; by_name: numbers
    of products by the words of their names.
    """

    products: list[_Product] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    patterns: dict[str, tuple[re.Pattern[str], list[Row]]] = field(default_factory=dict)
    by_code: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[frozenset[str], list[int]] = field(default_factory=lambda: defaultdict(list))


def exposures(assets: Iterable[Asset], advisories: Sequence[Row], kin: Kin) -> Iterable[Exposure]:
    """One for each asset, advisory and vulnerability of which a product may be the asset."""
    index = index_of(advisories)
    for asset in assets:
        said_of: dict[tuple[str, str, str], list[_Word]] = defaultdict(list)
        for leaf, certain, by in matching(asset, index, kin):
            holds, why = _holds(asset, leaf)
            said_of[leaf["source"], leaf["advisory"], leaf["vulnerability"]].append(
                _Word(leaf, holds, why, certain, by)
            )
        for words in said_of.values():
            yield _judged(asset, words)


def index_of(advisories: Sequence[Row]) -> ProductIndex:
    """Rows with vendor, product, order_numbers and serials, so that those of an asset are found."""
    found = ProductIndex()
    numbers: dict[tuple[str, str], int] = {}
    for leaf in advisories:
        for code in leaf["order_numbers"]:
            plain = code_of(code)
            if "*" in code or "?" in code:
                found.patterns.setdefault(plain, (re.compile(translate(plain)), []))[1].append(leaf)
            elif len(plain) >= 4:
                found.by_code[plain].append(leaf)
        name = leaf["vendor"], leaf["product"]
        if name not in numbers:
            numbers[name] = len(found.products)
            words = words_of(_ADDITION.sub(" ", leaf["product"])) - words_of(leaf["vendor"]) - _NOISE
            found.products.append(_Product(leaf["vendor"], frozenset(words)))
            found.by_name[_system(leaf["product"], leaf["vendor"])].append(numbers[name])
            for word in filter(identifying, words):
                found.by_word[word].append(numbers[name])
        found.products[numbers[name]].rows.append(leaf)
    return found


def matching(asset: Asset, index: ProductIndex, kin: Kin) -> Iterable[tuple[Row, bool, str]]:
    """(row, it is certainly about the asset, by what)."""
    taken: set[int] = set()
    codes = {code_of(code) for code in asset.order_numbers}
    for code in codes:
        like = (leaf for pattern, leaves in index.patterns.values() if pattern.fullmatch(code) for leaf in leaves)
        for leaf in (*index.by_code.get(code, ()), *like):
            vendor = _vendor(asset, leaf["vendor"], kin)
            if id(leaf) not in taken and vendor is not False:
                taken.add(id(leaf))
                sure = bool(vendor) or not (asset.vendors and leaf["vendor"])
                yield leaf, sure and _serial(asset, leaf), "order number"
    for model in asset.models:
        mine = words_of(model) - {w for vendor in asset.vendors for w in words_of(vendor)}
        for number in sorted({number for word in mine for number in index.by_word.get(word, ())}):
            product = index.products[number]
            if not (product.words <= mine or mine - _NOISE <= product.words):
                continue
            vendor = _by_name(asset, product, mine, kin)
            for leaf in product.rows if vendor is not False else ():
                if id(leaf) in taken or (codes and leaf["order_numbers"]):  # another order number is another product
                    continue
                taken.add(id(leaf))
                sure = bool(vendor) and product.words <= mine and not leaf["order_numbers"]
                yield leaf, sure and _serial(asset, leaf), "name"
    for name in asset.software:
        for product in (index.products[number] for number in index.by_name.get(_system(name), ())):
            for leaf in product.rows if _vendor(asset, product.vendor, kin) else ():
                if id(leaf) not in taken:
                    taken.add(id(leaf))
                    yield leaf, not leaf["order_numbers"] and _serial(asset, leaf), "name"


def _system(name: str, vendor: str = "") -> frozenset[str]:
    """The words by which a system is called, whole: IOS is no IOS XE."""
    return frozenset(words_of(name) - words_of(vendor) - _NOISE - _SYSTEM)


def _serial(asset: Asset, leaf: Row) -> bool:
    """The advisory is about every serial number, or about the asset's."""
    patterns = [re.compile(translate(code_of(serial))) for serial in leaf["serials"]]
    return not patterns or any(p.fullmatch(code_of(s)) for p in patterns for s in asset.serials)


def _vendor(asset: Asset, theirs: str, kin: Kin) -> bool | None:
    if not asset.vendors or not theirs:
        return None
    return some(kin(vendor, theirs) for vendor in asset.vendors)


def _by_name(asset: Asset, product: _Product, mine: set[str], kin: Kin) -> bool | None:
    """The maker is the product's; where the names of two may mean one, it takes a type designation in common."""
    vendor = _vendor(asset, product.vendor, kin)
    unsure = vendor is None and asset.vendors and product.vendor
    return False if unsure and not any(map(_designates, product.words & mine)) else vendor


def _holds(asset: Asset, leaf: Row) -> tuple[bool | None, Said]:
    """Whether the row holds for the asset's version, and why that cannot be told."""
    stated = leaf["version"]
    if not stated:
        return None, said("the advisory names no version")
    if not leaf["plain"]:
        return None, said("the advisory narrows the product by more than its version")
    by_serial = serials_within(asset.serials, stated)
    tried = asset.firmwares or ("",)
    answers = {within(v, stated, exact=leaf["exact"]) for v in tried} if by_serial is None else {by_serial}
    if len(answers) == 1 and None not in answers:
        return answers.pop(), NOTHING
    if not asset.firmwares:
        return None, said("its firmware version is not known")
    if answers == {True, False}:
        return None, said("its firmware version is stated differently: {versions}", versions=", ".join(asset.firmwares))
    versions = ", ".join(asset.firmwares)
    return None, said("version {version} cannot be compared with '{range}'", version=versions, range=stated[:80])


def _judged(asset: Asset, words: list[_Word]) -> Exposure:
    """Of all that one advisory says of one asset and vulnerability."""
    result, reason, word = _verdict(asset, words)
    return Exposure(asset, result, reason, word.by, word.leaf)


def _verdict(asset: Asset, words: list[_Word]) -> tuple[str, Said, _Word]:
    bad = [w for w in words if w.leaf["status"] in _AFFECTED]
    hit = next((w for w in bad if w.holds and w.certain), None)
    cleared = next((w for w in words if w.leaf["status"] in _SAFE and w.holds and w.certain), None)
    if hit and cleared:
        return UNKNOWN, said("the advisory says that it is affected and that it is not"), hit
    if hit:
        return AFFECTED, _version(hit, asset), hit
    unsure = [w for w in bad if w.holds is None or (w.holds and not w.certain)]
    if unsure:
        first = next((w for w in unsure if w.certain), unsure[0])
        return UNKNOWN, first.why or _similar(first), first
    outside = cleared or next((w for w in bad if w.certain), None)
    if outside:
        left = said("outside of the affected versions ({range})", range=outside.leaf["version"])
        return NOT_AFFECTED, _version(outside, asset) if outside is cleared else left, outside
    if not any(word.certain for word in words):
        return UNKNOWN, _similar(words[0]), words[0]
    return UNKNOWN, said("the advisory does not say whether this version is affected"), words[0]


def _similar(word: _Word) -> Said:
    return said("the product is only similar in name: {product}", product=word.leaf["product"][:120])


def _version(word: _Word, asset: Asset) -> Said:
    version = ", ".join(asset.firmwares)
    stated = word.leaf["version"]
    if not version:
        return said("the advisory names '{range}'", range=stated)
    return said("firmware {version}, the advisory names '{range}'", version=version, range=stated)


def code_of(text: str) -> str:
    """An order or serial number without punctuation."""
    return re.sub(r"[^0-9a-z*?]", "", text.casefold())


def words_of(text: str) -> set[str]:
    """The words of a name; those that a hyphen, a slash or a point joins are one."""
    return set(re.findall(r"\w+(?:[-/.]\w+)*", text.casefold())) if text else set()


def tells_product(model: str) -> bool:
    """Some product could be found by this model: by "PLC" or "controller" none."""
    return any(map(identifying, words_of(model) - _NOISE))


def identifying(word: str) -> bool:
    """A product can be found by such a word of its name: with a digit, or long."""
    return any(c.isdigit() for c in word) or len(word) >= 5


def _designates(word: str) -> bool:
    """A type designation, by which a product is known even where nobody knows its maker's name."""
    return len(word) >= 4 and any(c.isdigit() for c in word)
