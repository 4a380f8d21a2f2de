"""Violations in other forms: few of them here, any number with ``make violated SEED= NUMBER=``."""

from __future__ import annotations

import pytest

from tests.adequacy.proving import violations
from tests.adversarial import violated
from tests.adversarial.violated import FORMS, compared, drawn


@pytest.mark.parametrize("pair", drawn(3, 3))
def test_a_form_calms_no_rule(pair: tuple[int, str]) -> None:
    assert compared(pair) == []


def test_log_ins_in_http2_are_seen() -> None:
    place = next(n for n, one in enumerate(violations()) if one.name == "a web log-in in clear on an odd port")
    assert compared((place, "in HTTP/2")) == []


def test_what_calms_a_rule_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    place = next(n for n, one in enumerate(violations()) if one.name.startswith("a web log-in in clear on"))
    monkeypatch.setitem(violated.ALONE, "with nothing in it", lambda records: records[:1])  # type: ignore[arg-type]
    assert compared((place, "with nothing in it"))


def test_every_form_has_a_name_of_its_own() -> None:
    assert len(set(FORMS)) == len(FORMS)
