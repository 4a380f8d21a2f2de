"""VEX of the plant as CSAF 2.0: which vulnerabilities affect its assets, which do not, and which nobody can tell.

OASIS CSAF 2.0, profile 5 (VEX, section 4.5), so that makers' advisories and the plant's answer to them stand side by
side in the same tools. Where advisories disagree about an asset, the worse counts: affected, then under investigation.
Without a vulnerability the profile allows no document, and a plain one (profile 1, section 4.1) says so.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from scanner.report import ReportFormat
from scanner.report._words import one_line, printable, say
from scanner.results.exposures import ExposureRow
from scanner.results.model import Results
from scanner.results.texts import pick

_NAMESPACE = "https://otaudit.invalid/plant"  # of whoever publishes it, to be put in its place
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
_STATUS = {"affected": "known_affected", "unknown": "under_investigation", "not-affected": "known_not_affected"}
_WORST_FIRST = tuple(_STATUS)
_REMEDIATIONS = frozenset(("vendor_fix", "mitigation", "workaround", "no_fix_planned", "none_available"))  # CSAF 2.0
_NAMED_FILES = 10  # that are named
Json = dict[str, Any]
K = TypeVar("K")


def render(results: Results) -> str:
    """The document, with what otaudit says in English."""
    return render_in(results, "en")


def render_in(results: Results, language: str) -> str:
    """The document, with what otaudit says in the language."""
    products = _products(results.exposures)
    found = list(_vulnerabilities(results.exposures, products, language))
    document = _document(results, language, "csaf_vex" if found else "csaf_base")
    whole: Json = {"document": document}
    if found:
        names = [_product(number, row) for number, row in products.values()]
        whole |= {"product_tree": {"full_product_names": names}, "vulnerabilities": found}
    notes = [say(language, "vex-none")] if not found else []
    if not results.complete:
        unread = sorted({_line(problem.source) for problem in results.problems})[:_NAMED_FILES]
        notes.append(say(language, "vex-incomplete", files=", ".join(unread)))
    if notes:
        document["notes"] = [{"category": "summary", "text": text} for text in notes]
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _document(results: Results, language: str, category: str) -> Json:
    started = results.run.started
    site = _line(results.site)
    return {
        "category": category,
        "csaf_version": "2.0",
        "lang": language,
        "publisher": {"category": "user", "name": site or "otaudit", "namespace": _NAMESPACE},
        "title": " · ".join(part for part in ("VEX", site, started[:10]) if part),
        "tracking": {
            "current_release_date": started,
            "generator": {"engine": {"name": "otaudit", "version": results.run.version}, "date": started},
            "id": f"otaudit-vex-{re.sub('[^0-9]', '', started[:19])}",
            "initial_release_date": started,
            "revision_history": [{"date": started, "number": "1", "summary": say(language, "vex-revision")}],
            "status": "final" if results.complete else "interim",
            "version": "1",
        },
    }


def _products(rows: Iterable[ExposureRow]) -> dict[str, tuple[str, ExposureRow]]:
    """Each asset with the id that it has in the document, and a row that describes it."""
    found: dict[str, tuple[str, ExposureRow]] = {}
    for row in rows:
        found.setdefault(row.asset, (f"CSAFPID-{len(found) + 1:04}", row))
    return found


def _product(number: str, row: ExposureRow) -> Json:
    what = " ".join(part for part in (row.vendor, row.model, row.order_number, *row.firmware[:1]) if part)
    called = " · ".join(part for part in (row.name or row.asset, row.zone, what) if part)
    helper = {
        name: [_line(text)] for name, text in (("model_numbers", row.model), ("skus", row.order_number)) if _line(text)
    }
    product: Json = {"product_id": number, "name": _line(called)}
    return product | ({"product_identification_helper": helper} if helper else {})


def _vulnerabilities(
    rows: Iterable[ExposureRow], products: dict[str, tuple[str, ExposureRow]], language: str
) -> Iterator[Json]:
    """One for each CVE, or id that an advisory gives, in order of their names."""
    by_name: defaultdict[str, list[ExposureRow]] = defaultdict(list)
    for row in rows:
        by_name[row.vulnerability or row.advisory].append(row)
    for name in sorted(by_name):
        yield _vulnerability(name, _worst(by_name[name]), products, language)


def _worst(rows: Sequence[ExposureRow]) -> list[ExposureRow]:
    """Of what is said of an asset, the worst."""
    found: dict[str, ExposureRow] = {}
    for row in sorted(rows, key=lambda row: _WORST_FIRST.index(row.result)):
        found.setdefault(row.asset, row)
    return list(found.values())


def _vulnerability(
    name: str, rows: Sequence[ExposureRow], products: dict[str, tuple[str, ExposureRow]], language: str
) -> Json:
    def ids(chosen: Iterable[ExposureRow]) -> list[str]:
        return sorted(products[row.asset][0] for row in chosen)

    advisories = dict.fromkeys(_line(": ".join(filter(None, (row.advisory, row.title)))) for row in rows)
    found: Json = (
        {"cve": name}
        if _CVE.fullmatch(name)
        else {"ids": [{"system_name": _line(rows[0].advisory), "text": _line(name)}]}
    )
    found["notes"] = [{"category": "summary", "text": text} for text in advisories]
    found["product_status"] = {
        status: ids(row for row in rows if row.result == result)
        for result, status in _STATUS.items()
        if any(row.result == result for row in rows)
    }
    advised = _grouped(((_line(row.remedy), row.remedy_kind), row) for row in rows if row.result == "affected")
    if advised:
        found["remediations"] = [
            {
                "category": _remediation(text, kind),
                "details": text or say(language, "vex-no-remedy"),
                "product_ids": ids(chosen),
            }
            for (text, kind), chosen in advised.items()
        ]
    reasons = _grouped((_line(pick(row.reason, language)), row) for row in rows if row.result == "not-affected")
    if reasons:
        found["threats"] = [
            {"category": "impact", "details": say(language, "vex-not-affected", why=text), "product_ids": ids(chosen)}
            for text, chosen in reasons.items()
        ]
    return found


def _remediation(text: str, kind: str) -> str:
    """The category of a remedy as the advisory has it; of one that it does not name, the weakest that a text can be."""
    if not text and kind != "no_fix_planned":
        return "none_available"
    return kind if kind in _REMEDIATIONS else "mitigation"


def _grouped(told: Iterable[tuple[K, ExposureRow]]) -> dict[K, list[ExposureRow]]:
    found: defaultdict[K, list[ExposureRow]] = defaultdict(list)
    for text, row in told:
        found[text].append(row)
    return dict(found)


def _line(text: str) -> str:
    """What others wrote, on one line and without what steers a terminal."""
    return one_line(printable(text)).strip()


REPORT = ReportFormat(
    "vex",
    "VEX of the plant's assets as CSAF 2.0: vulnerabilities that affect them, that do not, or that nobody can tell",
    ".vex.json",
    render,
    render_in,
)
