"""Whether chains of certificates lead to an authority, and what only looks as if it did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.trust.chains import Authorities
from tests.trust.made import NOW, Made, made

ROOT = made("root", authority=True)
FOREIGN = made("foreign", authority=True)
SUB = made("sub", ROOT, length=0)
SERVER = made("server", SUB)
PLAIN = made("plain", ROOT)  # no authority
UNDER_PLAIN = made("victim", PLAIN)
DEEP = made("deep", SUB, authority=True)
MUTE = made("mute", ROOT, authority=True, usage=False)
OLD = made("old", ROOT, authority=True, until=-1)
ODD = made("odd", ROOT, authority=True, critical="2.5.29.30")


def judged(*chain: Made, roots: tuple[Made, ...] = (ROOT,), complete: bool = True) -> bool | None:
    return Authorities(one.der for one in roots).judge([one.der for one in chain], NOW, complete=complete).trusted


@pytest.mark.parametrize(
    ("chain", "wanted"),
    [
        ((SERVER, SUB), True),
        ((SERVER, SUB, ROOT), True),
        ((SERVER, ROOT, SUB), True),  # in any order
        ((SERVER, FOREIGN, SUB), True),
        ((PLAIN,), True),
        ((ROOT,), True),
        ((SERVER,), False),  # who issued it was not sent
        ((FOREIGN,), False),
        ((made("self"),), False),
        ((made("server", FOREIGN), FOREIGN), False),
        ((made("server", ROOT, signer="foreign"),), False),  # it only names the root
        ((made("server", SUB, signer="foreign"), SUB), False),
        ((SERVER, made("sub", ROOT, length=0, signer="foreign")), False),
        ((SERVER, made("sub", length=0)), False),  # an issuer of the same name
        ((made("server", made("root", authority=True)), made("root", authority=True)), True),
        ((UNDER_PLAIN, PLAIN), False),  # a server's certificate signs another
        ((made("leaf", MUTE), MUTE), False),
        ((made("leaf", DEEP), DEEP, SUB), False),  # below an authority that may have none below
        ((made("leaf", OLD), OLD), False),
        ((made("late", ROOT, until=-1),), False),
        ((made("leaf", ODD), ODD), None),  # restricted to names, which are not followed
        ((), None),
    ],
)
def test_chains(chain: tuple[Made, ...], wanted: bool | None) -> None:
    assert judged(*chain) is wanted


def test_what_was_not_captured_may_have_led_there() -> None:
    assert judged(SERVER, complete=False) is None
    assert judged(SERVER, SUB, complete=False) is True
    assert judged(made("late", ROOT, until=-1), complete=False) is False


def test_an_authority_that_was_given_must_be_valid() -> None:
    old = made("old", authority=True, until=-1)
    assert judged(made("leaf", old), roots=(old,)) is False
    assert Authorities([ROOT.der]).judge([PLAIN.der], NOW - timedelta(days=500), complete=True).trusted is False
    assert Authorities([ROOT.der]).judge([PLAIN.der], None, complete=True).trusted is None


def test_a_ring_of_authorities_ends() -> None:
    one = made("one", made("two", authority=True), authority=True)
    two = made("two", made("one", authority=True), authority=True)
    assert judged(made("leaf", one), one, two, one, two) is False


@given(st.lists(st.binary(max_size=80), max_size=4), st.booleans())
def test_no_bytes_make_it_fail(chain: list[bytes], complete: bool) -> None:
    assert Authorities([ROOT.der, b"x"]).judge(chain, NOW, complete=complete).trusted is not True
    assert Authorities([ROOT.der]).judge([SERVER.der, *chain], NOW, complete=True).trusted is False
