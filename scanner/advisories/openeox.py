"""One OpenEoX document to rows: a product, and the dates of its life as its maker states them.

Source: OASIS OpenEoX Core 1.0, draft of May 2026 (section 6: dates, ``tba``); OpenEoX Shell, drafts of 2025 and 2026:
``schema/shell.json`` (statements with one product each, in the draft before with productName, productVersion and
vendorName) and ``schema/shell_csaf.json`` (statements about products of a CSAF product tree).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scanner.advisories.csaf import Leaf, identified, leaves_of, listed, mapping, short_text
from scanner.errors import InputError
from scanner.wording import at_entry, said

_DATES = ("general_availability", "end_of_sales", "end_of_security_support", "end_of_life", "last_updated")
_OLDER = {"product_name": "productName", "product_version": "productVersion", "vendor_name": "vendorName"}


def rows_of(document: Mapping[str, Any], source: str) -> list[dict[str, Any]]:
    """Rows of the table ``life_cycles``; InputError when a statement lacks its product or its dates."""
    statements = document.get("statements")
    if not isinstance(statements, list) or not statements:
        what = said("life-cycle dates (OpenEoX) without products: no 'statements'")
        raise InputError(source, what, remedy=said("give the OpenEoX Shell document, which names the products"))
    tree = mapping(document.get("product_tree"))
    leaves, groups = leaves_of(tree), _groups(tree)
    rows = []
    for number, statement in enumerate(map(mapping, statements), 1):
        core = mapping(statement.get("core"))
        if not any(short_text(core.get(name)) for name in ("end_of_security_support", "end_of_life")):
            raise InputError(source, said("a statement without dates (core)"), at_entry(number))
        dates = {name: short_text(core.get(name)) for name in _DATES}
        for leaf, hardware in _products(statement, leaves, groups, source, number):
            rows.append({"source": source, "hardware_revision": hardware} | leaf.columns | dates)
    return rows


def _products(
    statement: Mapping[str, Any],
    leaves: Mapping[str, Leaf],
    groups: Mapping[str, list[str]],
    source: str,
    number: int,
) -> Iterator[tuple[Leaf, str]]:
    """The products that a statement is about, each with the hardware revision that it must have."""
    named = [n for group in listed(statement.get("group_ids")) for n in groups.get(str(group), [f"group {group}"])]
    named += map(str, listed(statement.get("product_ids")))
    for name in dict.fromkeys(named):
        if name not in leaves:
            what = said("a statement about '{product}', which the product tree does not have", product=name[:80])
            raise InputError(source, what, at_entry(number))
        yield leaves[name], ""
    if named:
        return
    leaf, hardware = _own(mapping(statement.get("product")) or statement)
    leaf = identified(leaf, mapping(statement.get("product_identification_helper")))
    if not leaf.product and not leaf.order_numbers:
        raise InputError(source, said("a statement without a product"), at_entry(number))
    yield leaf, hardware


def _own(product: Mapping[str, Any]) -> tuple[Leaf, str]:
    """A product of the schemas product_hardware, product_software and product_hardware_with_software."""
    hardware, software = (mapping(product.get(kind)) for kind in ("hardware", "software"))
    if hardware or software:
        leaf = _leaf(hardware or software)
        runs = _leaf(software)
        known = bool(runs.version) or not software
        return replace(leaf, vendor=leaf.vendor or runs.vendor, version=runs.version, plain=known), leaf.version
    leaf = _leaf(product)
    if "product_hardware" in short_text(product.get("$schema")):
        return replace(leaf, version=""), leaf.version or "*"
    return replace(leaf, plain=bool(leaf.version)), ""  # software of no version may be any


def _leaf(product: Mapping[str, Any]) -> Leaf:
    name, version, vendor = (short_text(product.get(new) or product.get(old)) for new, old in _OLDER.items())
    return Leaf(vendor=vendor, product=name, version=version, exact=True)


def _groups(tree: Mapping[str, Any]) -> dict[str, list[str]]:
    """Group id -> ids of its products."""
    given = map(mapping, listed(tree.get("product_groups")))
    return {str(group.get("group_id")): list(map(str, listed(group.get("product_ids")))) for group in given}
