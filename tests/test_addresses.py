from __future__ import annotations

import contextlib
from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.addresses import (
    address_of,
    is_group_mac,
    is_ip,
    is_local_mac,
    is_mac,
    is_public,
    looks_like_ip,
    parse_ip,
    parse_mac,
)

UNSPECIFIED = "0.0.0.0"  # noqa: S104 - not bound to


@given(
    st.binary(min_size=6, max_size=6), st.sampled_from(["colon", "dash", "cisco", "huawei", "bare", "upper", "half"])
)
def test_every_form_of_a_mac_is_one_mac(raw: bytes, form: str) -> None:
    digits = raw.hex()
    quads = [digits[i : i + 4] for i in (0, 4, 8)]
    written = {
        "colon": raw.hex(":"),
        "dash": raw.hex("-"),
        "cisco": ".".join(quads),
        "huawei": "-".join(quads),
        "bare": digits,
        "upper": raw.hex("-").upper(),
        "half": f"{digits[:6]}-{digits[6:]}",
    }[form]
    assert parse_mac(f" {written} ") == raw.hex(":")
    assert is_mac(written)


@pytest.mark.parametrize(
    "text", ["", "00:1b", "00:1b:1b:00:00:0g", "00:1b-1b:00:00:01", "10.0.0.1", "00:1b:1b:00:00:01:02"]
)
def test_not_a_mac(text: str) -> None:
    with pytest.raises(ValueError, match="not a MAC address"):
        parse_mac(text)


def test_short_groups() -> None:
    assert parse_mac("0:1b:1b:0:0:1") == "00:1b:1b:00:00:01"


@given(st.text(max_size=30))
def test_any_text_gives_an_address_or_a_value_error(text: str) -> None:
    for parse in (parse_mac, parse_ip):
        with contextlib.suppress(ValueError):
            assert parse(parse(text)) == parse(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.1", "10.0.0.1"),
        (" FE80::1%eth0 ", "fe80::1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_canonical_ip(text: str, address: str) -> None:
    assert parse_ip(text) == address


@pytest.mark.parametrize("text", ["10.0.0.300", "010.0.0.1", "10.0.0", "plc", "10.0.0.0/24"])
def test_not_an_ip(text: str) -> None:
    assert not is_ip(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("10.0.0.300", True), ("10.0.0.0/24", True), ("fe80::1", True), ("plc-1", False), ("V2.9", False), ("1.2", False)],
)
def test_meant_as_ip(text: str, *, meant: bool) -> None:
    assert looks_like_ip(text) is meant


def test_kinds() -> None:
    assert is_group_mac("01:80:c2:00:00:0e")
    assert is_group_mac("ff:ff:ff:ff:ff:ff")
    assert not is_group_mac("00:1b:1b:00:00:01")
    assert is_local_mac("02:00:00:00:00:01")
    kinds = {
        a: (address_of(a).host, address_of(a).public)
        for a in (
            "8.8.8.8",
            "10.0.0.1",
            "224.0.0.1",
            "255.255.255.255",
            UNSPECIFIED,
            "ff02::1",
            "2606:4700::1",
            "100.64.0.1",
        )
    }
    assert kinds == {
        "8.8.8.8": (True, True),
        "10.0.0.1": (True, False),
        "224.0.0.1": (False, False),
        "255.255.255.255": (False, False),
        UNSPECIFIED: (False, False),
        "ff02::1": (False, False),
        "2606:4700::1": (True, True),
        "100.64.0.1": (True, False),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("224.0.0.9", False),
        ("2a03:2880::1", True),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a14:a0a", False),
        ("::ffff:8.8.8.8", True),
        ("::ffff:10.0.0.1", False),
        ("2002:808:808::1", True),
        ("2002:a14:a0a::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", True),  # Teredo
        ("2001:20::1", False),
        ("2001:db8::1", False),
        ("fd00::1", False),
        ("bbbb::3", False),  # given to nobody
        ("ff0e::1", False),
    ],
)
def test_addresses_of_the_internet(text: str, expected: bool) -> None:
    assert address_of(text).public is expected


@given(st.ip_addresses(v=4))
@example(IPv4Address("99.255.255.255"))
@example(IPv4Address("100.64.0.1"))
@example(IPv4Address("198.18.0.1"))
@example(IPv4Address("223.255.255.255"))
@example(IPv4Address("224.0.0.1"))
def test_what_is_told_quickly_is_what_the_registry_says(ip: IPv4Address) -> None:
    address = address_of(str(ip))
    assert (address.version, address.number, address.public) == (4, int(ip), is_public(ip))
    assert (address.link_local, address.unspecified) == (ip.is_link_local, ip.is_unspecified)
    assert address.host == (
        not (ip.is_multicast or ip.is_unspecified or ip.is_loopback or ip == IPv4Address("255.255.255.255"))
    )
