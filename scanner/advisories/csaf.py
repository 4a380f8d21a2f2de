"""One CSAF document to rows: a product and a vulnerability, and what the maker says of the two.

Source: OASIS CSAF 2.0, 3.2.2 (product tree) and 3.2.3 (vulnerabilities); 2.1 has the same where it matters here. A
product of a relationship (a firmware *installed on* a device) is the device, with the version of what is on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.errors import InputError
from scanner.wording import said

MAX_BRANCHES = 40  # within each other
_LONGEST = 500  # characters of a text that is kept
_STATUSES = (
    *("known_affected", "first_affected", "last_affected", "known_not_affected", "fixed", "first_fixed"),
    *("under_investigation", "recommended", "unknown"),
)
_ON = frozenset(("installed_on", "default_component_of", "installed_with"))
_PLAIN = frozenset(("vendor", "product_family", "product_name", "product_version", "product_version_range"))
_ORDER_NUMBER = re.compile(r"\(([^()]*\d[^()]*)\)")  # SIMATIC S7-1500 CPU 1516-3 PN/DP (6ES7516-3AN02-0AB0)
_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9*?./-]{6,}(?: [A-Z0-9*?./-]{4,})*")


@dataclass(frozen=True)
class Leaf:
    """One product of the tree. exact: the version is one, else a range; plain: nothing else narrows it."""

    vendor: str = ""
    family: str = ""
    product: str = ""
    version: str = ""
    exact: bool = False
    plain: bool = True
    order_numbers: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    cpe: str = ""
    purl: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """What the tables ``advisories`` and ``life_cycles`` both say of a product."""
        return {
            "vendor": self.vendor,
            "product": self.product,
            "version": self.version,
            "exact": self.exact,
            "plain": self.plain,
            "order_numbers": list(self.order_numbers),
            "serials": list(self.serials),
            "cpe": self.cpe,
            "purl": self.purl,
        }


def rows_of(document: Mapping[str, Any], source: str) -> tuple[list[dict[str, Any]], str]:
    """Rows of the table ``advisories``, and the title; InputError when it is no advisory about products."""
    about = mapping(document.get("document"))
    tracking = mapping(about.get("tracking"))
    name, title = short_text(tracking.get("id")), short_text(about.get("title"))
    vulnerabilities = [v for v in listed(document.get("vulnerabilities")) if isinstance(v, dict)]
    if not name:
        raise InputError(source, said("an advisory without an id (document/tracking/id)"))
    if not vulnerabilities:
        raise InputError(source, said("an advisory without vulnerabilities"))
    leaves = leaves_of(mapping(document.get("product_tree")))
    rows = []
    for vulnerability in vulnerabilities:
        key = short_text(vulnerability.get("cve")) or _first_id(vulnerability)
        score = _score(vulnerability)
        statuses = mapping(vulnerability.get("product_status"))
        named = [(s, number) for s in _STATUSES for number in dict.fromkeys(map(str, listed(statuses.get(s))))]
        for status, number in named or [("unknown", "")]:  # that names no product may be about any
            leaf = leaves.get(number, Leaf(plain=False))
            rows.append(
                {
                    "source": source,
                    "advisory": name,
                    "title": title,
                    "vulnerability": key,
                    "status": status,
                    "family": leaf.family,
                    **leaf.columns,
                    "score": score,
                    **_remedy(vulnerability, number),
                }
            )
    return rows, title


def leaves_of(tree: Mapping[str, Any]) -> dict[str, Leaf]:
    """Product id -> product, of a product tree."""
    found: dict[str, Leaf] = {}
    for branch in listed(tree.get("branches")):
        _walk(branch, Leaf(), found, 0)
    for product in listed(tree.get("full_product_names")):
        _take(mapping(product), Leaf(product=short_text(mapping(product).get("name"))), found)
    for relation in map(mapping, listed(tree.get("relationships"))):
        inner = found.get(str(relation.get("product_reference")))
        outer = found.get(str(relation.get("relates_to_product_reference")))
        if inner and outer:
            on = short_text(relation.get("category")) in _ON
            both = replace(
                outer,
                version=inner.version,
                exact=inner.exact,
                plain=inner.plain and outer.plain and on and not outer.version,
                order_numbers=outer.order_numbers or inner.order_numbers,
                serials=outer.serials or inner.serials,
            )
            _take(mapping(relation.get("full_product_name")), both, found)
    return found


def _walk(branch: Any, leaf: Leaf, found: dict[str, Leaf], depth: int) -> None:
    if not isinstance(branch, dict) or depth > MAX_BRANCHES:
        return
    category, name = short_text(branch.get("category")), short_text(branch.get("name"))
    if category == "vendor":
        leaf = replace(leaf, vendor=name)
    elif category == "product_family":
        leaf = replace(leaf, family=f"{leaf.family} {name}".strip())
    elif category == "product_name":
        leaf = replace(leaf, product=name)
    elif category in {"product_version", "product_version_range"}:
        leaf = replace(leaf, version=name, exact=category == "product_version")
    if category not in _PLAIN:
        leaf = replace(leaf, plain=False)  # a patch level, an architecture: what it narrows is not compared
    _take(mapping(branch.get("product")), leaf, found)
    for below in listed(branch.get("branches")):
        _walk(below, leaf, found, depth + 1)


def _take(product: Mapping[str, Any], leaf: Leaf, found: dict[str, Leaf]) -> None:
    number = product.get("product_id")
    if not isinstance(number, str):
        return
    named = replace(leaf, product=leaf.product or short_text(product.get("name")))
    found[number] = identified(named, mapping(product.get("product_identification_helper")), leaf.product)


def identified(leaf: Leaf, helper: Mapping[str, Any], name: str | None = None) -> Leaf:
    """With what an identification helper says of it; its order number may stand in brackets in ``name`` instead."""
    codes = [short_text(c) for key in ("model_numbers", "skus") for c in listed(helper.get(key))]
    if not codes:
        given = _ORDER_NUMBER.findall(leaf.product if name is None else name)
        codes = [c.strip() for c in given if _CODE.fullmatch(c.strip())]
    return replace(
        leaf,
        order_numbers=tuple(dict.fromkeys(filter(None, codes))) or leaf.order_numbers,
        serials=tuple(short_text(s) for s in listed(helper.get("serial_numbers"))) or leaf.serials,
        cpe=short_text(helper.get("cpe")) or leaf.cpe,
        purl=short_text(helper.get("purl")) or next(map(short_text, listed(helper.get("purls"))), leaf.purl),
    )


def _first_id(vulnerability: Mapping[str, Any]) -> str:
    texts = (short_text(mapping(i).get("text")) for i in listed(vulnerability.get("ids")))
    return next(filter(None, texts), short_text(vulnerability.get("title")))


def _score(vulnerability: Mapping[str, Any]) -> float | None:
    """The highest base score of CVSS."""
    return max(_scores(vulnerability), default=None)


def _scores(vulnerability: Mapping[str, Any]) -> Iterator[float]:
    for given in map(mapping, [*listed(vulnerability.get("scores")), *listed(vulnerability.get("metrics"))]):
        for part in (given, mapping(given.get("content"))):
            for name in ("cvss_v2", "cvss_v3", "cvss_v4"):
                score = mapping(part.get(name)).get("baseScore")
                if isinstance(score, int | float) and 0 <= score <= 10:
                    yield float(score)


def _remedy(vulnerability: Mapping[str, Any], product: str) -> dict[str, str]:
    """What the maker advises for the product: a fix before a way around it."""
    given = [mapping(r) for r in listed(vulnerability.get("remediations"))]
    meant = [r for r in given if product in listed(r.get("product_ids"))] or [
        r for r in given if not r.get("product_ids")
    ]
    meant.sort(key=lambda r: r.get("category") != "vendor_fix")
    first = meant[0] if meant else {}
    return {"remedy": short_text(first.get("details")), "remedy_kind": short_text(first.get("category"))}


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def short_text(value: Any) -> str:
    """The value if it is a text, in one line and not longer than what is kept; else an empty one."""
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""
