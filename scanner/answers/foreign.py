"""Answers that other tools hold: checklists of DISA STIGs (CKL, CKLB) and assessments of CSET, by requirement id.

A check of a STIG is about one asset and names control correlation identifiers (CCI), of which a control of NIST SP
800-53 has several. What is open makes a verdict; that nothing is open does, once every CCI of the control was reviewed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any
from xml.parsers import expat

from scanner.errors import InputError
from scanner.wording import Said, said
from scanner.wording.terms import Plural
from scanner.yaml_positions import load

CONTROLS = "nist-800-53r5"
_NOT_FINDING, _OPEN, _NOT_APPLICABLE = "notafinding", "open", "notapplicable"
_CSET = {"Y": "met", "FI": "met", "A": "partly-met", "LI": "partly-met", "PI": "partly-met", "N": "not-met",
         "NI": "not-met", "NA": "not-applicable"}  # fmt: skip
_DEEPEST = 40  # groupings in groupings, elements in elements
_SHOWN = 300  # characters of a remark of others


@dataclass(frozen=True)
class Brought:
    """One answer as it was brought. verdict: empty where people must still decide."""

    framework: str
    requirement: str
    verdict: str
    remark: str


@dataclass(frozen=True)
class Foreign:
    """What a file holds, by whom and when, and what of it could not be mapped: name -> how often."""

    answers: tuple[Brought, ...]
    unmapped: Mapping[str, int] = field(default_factory=dict)
    answered_by: str = ""
    answered_on: str = ""


def read_foreign(content: bytes, source: str, known: Mapping[str, Collection[str]]) -> Foreign:
    """The answers in the file. known: framework id -> its requirement ids. InputError when it is none of these."""
    if content.startswith(b"PK"):
        what = said("holds ids of CSET's database instead of requirements")
        raise InputError(source, what, remedy=said("export the assessment of CSET as JSON"))
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _checklist(_ckl(content, source), known)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict) and isinstance(document.get("stigs"), list):
        return _checklist(_cklb(document), known)
    if isinstance(document, dict) and isinstance(document.get("assessment"), dict):
        return _cset(document, known)
    what = said("is neither a checklist (CKL, CKLB) nor an assessment of CSET in JSON")
    raise InputError(source, what, remedy=said("export it again in one of these forms"))


# --- checklists of STIGs --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Check:
    host: str
    name: str
    status: str
    ccis: tuple[int, ...]


def _ckl(content: bytes, source: str) -> list[_Check]:
    """The VULNs of a CKL. A document type, with which entities come, is refused."""
    reader = _Ckl(source)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(source, said("is not well-formed XML: {error}", error=str(error))) from None
    if not reader.is_ckl:
        raise InputError(source, said("is XML, but no checklist of a STIG"), remedy=said("export it as CKL or CKLB"))
    return reader.checks


class _Ckl:
    """Hears the elements of a CKL."""

    def __init__(self, source: str) -> None:
        self.checks: list[_Check] = []
        self.is_ckl = False
        self._source, self._depth, self._host = source, 0, ""
        self._said: list[str] = []
        self._vuln: dict[str, list[str]] = {}
        self._attribute = self._status = ""

    def doctype(self, *_: object) -> None:
        raise InputError(self._source, said("has a document type, which no checklist needs"))

    def start(self, name: str, _: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(self._source, said("its elements are nested too deeply"))
        self.is_ckl |= self._depth == 1 and name == "CHECKLIST"
        self._said = []
        if name == "VULN":
            self._vuln, self._status = {}, ""

    def text(self, data: str) -> None:
        self._said.append(data)

    def end(self, name: str) -> None:
        self._depth -= 1
        text = "".join(self._said).strip()
        if name == "HOST_NAME":
            self._host = text
        elif name == "VULN_ATTRIBUTE":
            self._attribute = text
        elif name == "ATTRIBUTE_DATA":
            self._vuln.setdefault(self._attribute, []).append(text)
        elif name == "STATUS":
            self._status = text
        elif name == "VULN":
            number = next(iter(self._vuln.get("Vuln_Num", ())), "")
            self.checks.append(_Check(self._host, number, _plain(self._status), _ccis(self._vuln.get("CCI_REF", ()))))
        self._said = []


def _cklb(document: Mapping[str, Any]) -> list[_Check]:
    target = document.get("target_data")
    host = str(target.get("host_name") or "") if isinstance(target, dict) else ""
    stigs = [stig for stig in document["stigs"] if isinstance(stig, dict) and isinstance(stig.get("rules"), list)]
    return [
        _Check(host, str(rule.get("group_id") or ""), _plain(str(rule.get("status") or "")), _ccis(rule.get("ccis")))
        for stig in stigs
        for rule in stig["rules"]
        if isinstance(rule, dict)
    ]


def _plain(status: str) -> str:
    """``NotAFinding`` and ``not_a_finding`` alike."""
    return status.replace("_", "").lower()


def _ccis(values: Any) -> tuple[int, ...]:
    texts = values if isinstance(values, list | tuple) else ()
    return tuple(int(m[1]) for text in texts if isinstance(text, str) and (m := re.fullmatch(r"CCI-(\d{1,7})", text)))


@cache
def controls() -> dict[str, frozenset[int]]:
    """Control -> its CCIs."""
    data = load(resources.files("scanner.answers").joinpath("cci.yaml").read_bytes(), "cci.yaml").data
    return {control: frozenset(numbers) for control, numbers in data.items()}


def _checklist(checks: list[_Check], known: Mapping[str, Collection[str]]) -> Foreign:
    ours = {control: ccis for control, ccis in controls().items() if control in known.get(CONTROLS, ())}
    mapped = {cci for ccis in ours.values() for cci in ccis}
    unmapped = Counter(check.name or "?" for check in checks if not mapped & set(check.ccis))
    found = (_control(control, ccis, checks) for control, ccis in ours.items())
    return Foreign(tuple(answer for answer in found if answer), unmapped)


def _control(control: str, ccis: frozenset[int], checks: list[_Check]) -> Brought | None:
    own = [check for check in checks if ccis & set(check.ccis)]
    if not own:
        return None
    statuses = Counter(check.status for check in own)
    reviewed = {cci for check in own if check.status in (_NOT_FINDING, _OPEN, _NOT_APPLICABLE) for cci in check.ccis}
    verdict = ""
    if statuses[_OPEN]:
        verdict = "partly-met" if statuses[_NOT_FINDING] else "not-met"
    elif ccis <= reviewed and statuses[_NOT_FINDING] + statuses[_NOT_APPLICABLE] == len(own):
        verdict = "met" if statuses[_NOT_FINDING] else "not-applicable"
    hosts = ", ".join(sorted({check.host for check in own if check.host})) or "?"
    numbers = (
        f"open {statuses[_OPEN]}, not a finding {statuses[_NOT_FINDING]}, not applicable {statuses[_NOT_APPLICABLE]}"
    )
    seen = f"STIG checks on {hosts}: {numbers}, of {len(own)}; CCIs reviewed {len(ccis & reviewed)} of {len(ccis)}"
    return Brought(CONTROLS, control, verdict, seen)


# --- assessments of CSET --------------------------------------------------------------------------------------------


def _cset(document: Mapping[str, Any], known: Mapping[str, Collection[str]]) -> Foreign:
    answers: dict[tuple[str, str], Brought] = {}
    unmapped: Counter[str] = Counter()
    for title, code, comment in _asked(document):
        homes = [framework for framework, ids in known.items() if title in ids]
        if code in ("", "U"):
            continue
        if len(homes) != 1 or code not in _CSET:
            unmapped[title or "?"] += 1
            continue
        answer = Brought(homes[0], title, _CSET[code], comment[:_SHOWN])
        asked = homes[0], title
        answers[asked] = _together(answers[asked], answer) if asked in answers else answer
    about = document["assessment"]
    day = str(about.get("assessmentDate") or "")[:10]
    return Foreign(
        tuple(answers.values()),
        unmapped,
        str(about.get("facilitatorName") or ""),
        day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else "",
    )


def _together(one: Brought, other: Brought) -> Brought:
    """Two answers to a requirement that several standards have; people decide between them where they differ."""
    if one.verdict == other.verdict:
        return replace(one, remark=one.remark or other.remark)
    texts = dict.fromkeys(text for text in (one.remark, other.remark) if text)
    return replace(one, verdict="", remark=" / ".join(texts)[:_SHOWN])


def _asked(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Title, code of the answer and comment of everything that was asked."""
    standards = document.get("standards")
    for standard in _items(standards, "standards"):
        for requirement in _items(standard, "requirements"):
            yield _entry(requirement)
    for model in _items(document, "maturityModels"):
        waiting = [(group, 0) for group in _items(model, "groupings")]
        while waiting:
            group, depth = waiting.pop()
            yield from (_entry(question) for question in _items(group, "questions"))
            if depth < _DEEPEST:
                waiting += [(inner, depth + 1) for inner in _items(group, "groupings")]


def _items(value: Any, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _entry(item: Mapping[str, Any]) -> tuple[str, str, str]:
    texts = (item.get("title"), item.get("answerText"), item.get("comment"))
    title, code, comment = (text.strip() if isinstance(text, str) else "" for text in texts)
    return " ".join(title.split()), code.upper(), comment


def summary(foreign: Foreign) -> Said:
    """How much was brought."""
    decided = sum(bool(answer.verdict) for answer in foreign.answers)
    return said(
        "{decided}, {waiting} to be decided by people, {unmapped} not mapped",
        decided=Plural("{n} answer", "{n} answers").of(decided),
        waiting=f"{len(foreign.answers) - decided:,}",
        unmapped=Plural("{n} check or question", "{n} checks or questions").of(sum(foreign.unmapped.values())),
    )
