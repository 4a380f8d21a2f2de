"""What a banner says hides no file, and makes none of another system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.configs.banners import without_banners
from scanner.configs.reader import DIALECTS, known_system, read, resembling
from tests.configs.dialect_cases import FIXTURES

TEXTS = (
    "<<< Authorised only >>>",
    '{ "a": 1 }',
    "feature nxos",
    "!version 15",
    "transceiver qsfp default-mode",
    "enable service web-server",
    "#config-version=FGT",
    "!Software Version V200R011",
)
IOS = (FIXTURES / "ie3300" / "good.cfg").read_text(encoding="utf-8")
PLAIN = "\n".join(line for line in IOS.splitlines() if not line.startswith("!")) + "\n"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("banner", ["banner motd ^C\n{}\n^C\n", "banner login #\n{}\nmore #\n", "banner exec %{}%\n"])
def test_a_banner_hides_no_file(banner: str, text: str) -> None:
    if banner.count("#") > 1 and "#" in text:
        pytest.skip("the mark ends the banner")
    found = read((banner.format(text) + PLAIN).encode(), "x.cfg")
    assert found.dialect == "cisco-ios"


@pytest.mark.parametrize("text", TEXTS)
def test_what_stands_outside_of_a_banner_still_tells(text: str) -> None:
    head = f"banner motd ^C\nhello\n^C\n{text}\n{PLAIN}".encode()
    assert without_banners(head).count(text.encode()) == 1


def test_a_foreign_system_stays_one() -> None:
    xr = (
        "!! IOS XR Configuration 7.3.2\nhostname r\nbanner motd ^C\nhostname x\nline vty 0 4\n^C\nline default\n"
        "interface MgmtEth0/RP0/CPU0/0\n ipv4 address 10.0.0.1 255.255.255.0\nroute-policy PASS\n  pass\n"
        "end-policy\nend\n"
    )
    assert known_system(xr.encode()) == DIALECTS.all()["cisco-ios-xr"].title
    assert not any(dialect.read for dialect, _ in resembling(xr.encode()).tied)


def test_a_banner_without_an_end_covers_nothing() -> None:
    head = b"banner motd ^C\ntransceiver qsfp default-mode\n"
    assert without_banners(head) == head


@given(st.binary(max_size=300))
def test_nothing_is_added_and_what_holds_no_banner_stays(data: bytes) -> None:
    left = without_banners(data)
    assert len(left) <= len(data)
    if b"banner" not in data.lower() and b"header" not in data.lower():
        assert left == data
