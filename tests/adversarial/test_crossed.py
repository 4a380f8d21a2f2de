"""Cases in other forms: few of them here, any number with ``make crossed SEED= NUMBER=``."""

from __future__ import annotations

import pytest

from tests.adversarial import crossed
from tests.adversarial.crossed import CHANGES, compared, drawn
from tests.adversarial.topics import every_case


@pytest.mark.parametrize("pair", drawn(1, 4))
def test_a_form_does_not_buy_a_pass(pair: tuple[int, int]) -> None:
    assert compared(pair) == []


def test_what_is_bought_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that hides everything, and that nobody takes for one that does."""
    nothing = crossed.Change("with nothing in it", lambda records: records[:1], alone=True)
    monkeypatch.setattr(crossed, "CHANGES", (nothing,))
    case = next(n for n, (_, case) in enumerate(every_case()) if case.name == "tools that write")
    assert any(line.startswith("tool: tools that write, with nothing in it: ") for line in compared((case, 0)))


def test_every_change_has_a_name_of_its_own() -> None:
    assert len({change.name for change in CHANGES}) == len(CHANGES)
