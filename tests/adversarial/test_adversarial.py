"""A violation in a form that its author did not choose is seen or doubted, and what is allowed is not objected to.

Every twentieth case; ``make adversarial`` runs them all.
"""

from __future__ import annotations

import pytest

from tests.adversarial.staging import Case
from tests.adversarial.topics import every_case

EVERY = 20
CASES = every_case()


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{topic}: {case.name}") for topic, case in CASES[::EVERY]])
def test_rules_answer_as_expected(case: Case) -> None:
    assert case.wrong() == []


def test_every_name_is_one_case() -> None:
    assert len({(topic, case.name) for topic, case in CASES}) == len(CASES)
