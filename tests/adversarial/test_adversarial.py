"""Every case of this folder: a violation in a form that its author did not choose is seen or doubted, what is allowed
is not objected to.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.adversarial.staging import Case

TOPICS = sorted(path.stem for path in Path(__file__).parent.glob("*_forms.py"))
CASES = [(topic, case) for topic in TOPICS for case in importlib.import_module(f"tests.adversarial.{topic}").cases()]


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{topic}: {case.name}") for topic, case in CASES])
def test_rules_answer_as_expected(case: Case) -> None:
    assert case.wrong() == []


def test_every_name_is_one_case() -> None:
    names = [(topic, case.name) for topic, case in CASES]
    assert len(names) == len(set(names))
