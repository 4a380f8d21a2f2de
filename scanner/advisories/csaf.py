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


def rows_of(document: Mapping[str, Any], source: str) -> tuple[list[dict[str, Any]], str]:
    """Rows of the table ``advisories``, and the title; InputError when it is no advisory about products."""
    about = _object(document.get("document"))
    tracking = _object(about.get("tracking"))
    name, title = _text(tracking.get("id")), _text(about.get("title"))
    vulnerabilities = [v for v in _list(document.get("vulnerabilities")) if isinstance(v, dict)]
    if not name:
        raise InputError(source, said("an advisory without an id (document/tracking/id)"))
    if not vulnerabilities:
        raise InputError(source, said("an advisory without vulnerabilities"))
    leaves = _leaves(_object(document.get("product_tree")))
    rows = []
    for vulnerability in vulnerabilities:
        key = _text(vulnerability.get("cve")) or _first_id(vulnerability)
        score = _score(vulnerability)
        statuses = _object(vulnerability.get("product_status"))
        for status in _STATUSES:
            for number in dict.fromkeys(map(str, _list(statuses.get(status)))):
                leaf = leaves.get(number, Leaf(plain=False))
                rows.append(
                    {
                        "source": source,
                        "advisory": name,
                        "title": title,
                        "vulnerability": key,
                        "status": status,
                        "vendor": leaf.vendor,
                        "family": leaf.family,
                        "product": leaf.product,
                        "version": leaf.version,
                        "exact": leaf.exact,
                        "plain": leaf.plain,
                        "order_numbers": list(leaf.order_numbers),
                        "serials": list(leaf.serials),
                        "cpe": leaf.cpe,
                        "purl": leaf.purl,
                        "score": score,
                        **_remedy(vulnerability, number),
                    }
                )
    return rows, title


def _leaves(tree: Mapping[str, Any]) -> dict[str, Leaf]:
    """Product id -> product."""
    found: dict[str, Leaf] = {}
    for branch in _list(tree.get("branches")):
        _walk(branch, Leaf(), found, 0)
    for product in _list(tree.get("full_product_names")):
        _take(_object(product), Leaf(product=_text(_object(product).get("name"))), found)
    for relation in map(_object, _list(tree.get("relationships"))):
        inner = found.get(str(relation.get("product_reference")))
        outer = found.get(str(relation.get("relates_to_product_reference")))
        if inner and outer:
            on = _text(relation.get("category")) in _ON
            both = replace(
                outer,
                version=inner.version,
                exact=inner.exact,
                plain=inner.plain and outer.plain and on and not outer.version,
                order_numbers=outer.order_numbers or inner.order_numbers,
                serials=outer.serials or inner.serials,
            )
            _take(_object(relation.get("full_product_name")), both, found)
    return found


def _walk(branch: Any, leaf: Leaf, found: dict[str, Leaf], depth: int) -> None:
    if not isinstance(branch, dict) or depth > MAX_BRANCHES:
        return
    category, name = _text(branch.get("category")), _text(branch.get("name"))
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
    _take(_object(branch.get("product")), leaf, found)
    for below in _list(branch.get("branches")):
        _walk(below, leaf, found, depth + 1)


def _take(product: Mapping[str, Any], leaf: Leaf, found: dict[str, Leaf]) -> None:
    number = product.get("product_id")
    if not isinstance(number, str):
        return
    helper = _object(product.get("product_identification_helper"))
    codes = [_text(c) for key in ("model_numbers", "skus") for c in _list(helper.get(key))]
    if not codes:
        codes = [
            c.strip() for text in (leaf.product,) for c in _ORDER_NUMBER.findall(text) if _CODE.fullmatch(c.strip())
        ]
    found[number] = replace(
        leaf,
        product=leaf.product or _text(product.get("name")),
        order_numbers=tuple(dict.fromkeys(filter(None, codes))) or leaf.order_numbers,
        serials=tuple(_text(s) for s in _list(helper.get("serial_numbers"))) or leaf.serials,
        cpe=_text(helper.get("cpe")) or leaf.cpe,
        purl=_text(helper.get("purl")) or next(map(_text, _list(helper.get("purls"))), leaf.purl),
    )


def _first_id(vulnerability: Mapping[str, Any]) -> str:
    texts = (_text(_object(i).get("text")) for i in _list(vulnerability.get("ids")))
    return next(filter(None, texts), _text(vulnerability.get("title")))


def _score(vulnerability: Mapping[str, Any]) -> float | None:
    """The highest base score of CVSS."""
    return max(_scores(vulnerability), default=None)


def _scores(vulnerability: Mapping[str, Any]) -> Iterator[float]:
    for given in map(_object, [*_list(vulnerability.get("scores")), *_list(vulnerability.get("metrics"))]):
        for part in (given, _object(given.get("content"))):
            for name in ("cvss_v2", "cvss_v3", "cvss_v4"):
                score = _object(part.get(name)).get("baseScore")
                if isinstance(score, int | float) and 0 <= score <= 10:
                    yield float(score)


def _remedy(vulnerability: Mapping[str, Any], product: str) -> dict[str, str]:
    """What the maker advises for the product: a fix before a way around it."""
    given = [_object(r) for r in _list(vulnerability.get("remediations"))]
    meant = [r for r in given if product in _list(r.get("product_ids"))] or [
        r for r in given if not r.get("product_ids")
    ]
    meant.sort(key=lambda r: r.get("category") != "vendor_fix")
    first = meant[0] if meant else {}
    return {"remedy": _text(first.get("details")), "remedy_kind": _text(first.get("category"))}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""
