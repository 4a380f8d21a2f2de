"""Every violation of the proving plant is seen by its rules, and every third in a form; ``make adequacy`` tries all."""

from __future__ import annotations

import pytest

from tests.adequacy.page import LOSSY
from tests.adequacy.proving import SEEN, Violation, verdicts, violations
from tests.twins import ANY_LAYER, IP_ONLY

WHOLE = {name: form for name, form in (ANY_LAYER | IP_ONLY).items() if name not in LOSSY}
EVERYWHERE = sorted(WHOLE.keys() & ANY_LAYER.keys())
IN_FORMS = [(v, form) for v in violations()[::3] if v.over_ip for form in [EVERYWHERE[len(v.name) % len(EVERYWHERE)]]]


def test_the_plant_itself_breaks_no_rule_that_a_violation_is_for():
    seen = {rule for rule, verdict in verdicts().items() if verdict in SEEN}
    tested = {rule for violation in violations() for rule in violation.rules}
    assert seen & tested <= {"certificate-expired", "opcua-endpoint-unprotected"}


@pytest.mark.parametrize("violation", violations(), ids=lambda v: v.name)
def test_a_violation_is_seen(violation: Violation):
    found = verdicts(violation)
    assert {rule: found[rule] for rule in violation.rules if found[rule] not in SEEN} == {}


@pytest.mark.parametrize(("violation", "form"), IN_FORMS, ids=lambda x: x if isinstance(x, str) else x.name)
def test_a_violation_is_seen_in_another_form(violation: Violation, form: str):
    found = verdicts(violation, WHOLE[form])
    assert {rule: found[rule] for rule in violation.rules if found[rule] not in SEEN} == {}
