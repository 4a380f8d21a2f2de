"""Whether a certificate is for the name that a client asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.certificate_names import fits_name


@pytest.mark.parametrize(
    ("asked", "names", "subject", "unread", "wanted"),
    [
        (["plc.example"], ["plc.example"], "", [], True),
        (["PLC.Example."], ["plc.example"], "", [], True),
        (["plc.example"], ["hmi.example"], "CN=x", [], False),
        (["plc.example"], [], "CN=plc.example,O=Works", [], True),  # as old clients take it
        (["plc.example"], [], "O=Works,CN=plc.example", [], True),
        (["plc.example"], [], "O=CN=plc.example", [], False),
        (["plc.example"], [], "CN=plc.example\\, Ltd", [], False),
        (["a.plant.example"], ["*.plant.example"], "", [], True),
        (["b.a.plant.example"], ["*.plant.example"], "", [], False),
        (["plant.example"], ["*.plant.example"], "", [], False),
        (["plant.example"], ["*.example"], "", [], False),
        (["a.plant.example"], ["a*.plant.example"], "", [], False),
        (["plc.example"], ["10.20.1.5"], "CN=device", [], False),
        (["plc.example"], ["hmi.example"], "CN=x", ["certificate_names"], None),
        (["plc.example"], ["plc.example"], "CN=x", ["certificate_names"], True),
        ([], ["plc.example"], "CN=x", [], None),
        (["plc.example"], [], "", [], None),
        (["one.example", "plc.example"], ["plc.example"], "", [], True),
    ],
)
def test_names(asked: list[str], names: list[str], subject: str, unread: list[str], wanted: bool | None) -> None:
    session = {"server_names": asked, "certificate_names": names, "certificate_subject": subject, "unread": unread}
    assert fits_name(session) is wanted


@given(st.lists(st.text()), st.lists(st.text()), st.text())
def test_any_text_is_compared(asked: list[str], names: list[str], subject: str) -> None:
    session = {"server_names": asked, "certificate_names": names, "certificate_subject": subject, "unread": []}
    assert fits_name(session) in (True, False, None)
