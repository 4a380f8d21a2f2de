"""Every violation of the proving plant is seen by its rules in some form, and no innocent change is objected to.

``make adequacy`` tries every violation in every form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.results.model import Verdict
from tests.adequacy.page import LOSSY, NOT_EXPLAINED, explained, reason
from tests.adequacy.proving import AS_IT_IS, FORMS, SEEN, Mutant, Violation, innocents, mutants, told, usual, violations
from tests.conformance.changes import rules
from tests.twins import ANY_LAYER

PAGE = Path(__file__).parents[1] / "docs" / "adequacy.md"
WHOLE = [name for name in FORMS if name not in LOSSY]
EVERYWHERE = [name for name in WHOLE if name in ANY_LAYER or name == AS_IT_IS]
USUAL = {
    "certificate-expired",
    "client-certificate-expired",
    "control-protocol-unprotected-across-zones",
    "national-cryptography-not-used",
    "opcua-endpoint-unprotected",
    "ssh-weak-algorithms",
}  # what old protocols and recordings cannot help


def _some_form(violation: Violation) -> str:
    """Another one for each violation, the same every time; none in which nobody sees it, as ``explained.yaml`` says."""
    if not violation.add:
        return AS_IT_IS
    told = [f for f in EVERYWHERE if not any(reason(_unseen(violation, f, rule)) for rule in violation.rules)]
    return told[len(violation.name) % len(told)]


def _unseen(violation: Violation, form: str, rule: str) -> Mutant:
    return Mutant(violation.name, form, rule, Verdict.PASS, more=False)


def test_the_plant_itself_breaks_no_rule_that_it_could_keep():
    assert {rule for rule, said in usual().items() if said.verdict in SEEN} == USUAL


@pytest.mark.parametrize("violation", violations(), ids=lambda v: v.name)
def test_a_violation_is_seen(violation: Violation):
    found = mutants(violation, [_some_form(violation)])
    assert found
    assert {m.rule: m.verdict for m in found if not m.caught} == {}


@pytest.mark.parametrize("innocent", innocents(), ids=lambda v: v.name)
def test_an_innocent_change_is_not_objected_to(innocent: Violation):
    found = told(innocent, FORMS[AS_IT_IS], innocent.rules or None)
    new = {rule for rule, said in found.items() if said.objections > usual()[rule].objections}
    assert new <= set(innocent.beside)


def test_explanations_are_of_rules_violations_and_forms_that_there_are():
    names = {"rules": {r.id for r in rules()}, "violations": {v.name for v in violations()}, "forms": {*FORMS}}
    for entry in explained():
        assert entry.keys() - {"why"} <= names.keys()
        assert entry["why"]
        for key in entry.keys() & names.keys():
            assert all("*" in pattern or pattern in names[key] for pattern in entry[key])


def test_the_page_has_every_violation_and_a_reason_for_whatever_is_missed():
    page = PAGE.read_text(encoding="utf-8")
    assert f"is violated in {len(violations())} ways" in page
    assert NOT_EXPLAINED not in page
