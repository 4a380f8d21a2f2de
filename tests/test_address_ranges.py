"""Sets of addresses: what texts mean, and what is known of two of them, checked address by address in a small world."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.address_ranges import RANGE_ORDERS, Ranges, compare, read_ranges, union, without
from scanner.addresses import address_of


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("10.0.0.0/8", "10.0.0.0-10.255.255.255"),
        ("10.0.0.5/24", "10.0.0.0/24"),
        ("10.0.0.0 255.255.255.0", "10.0.0.0/24"),
        ("10.0.0.0 0.0.0.255", "10.0.0.0/24"),
        ("10.0.0.0/255.255.0.0", "10.0.0.0/16"),
        ("10.0.0.0/25, 10.0.0.128/25", "10.0.0.0/24"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("FE80::1%eth0", "fe80::1"),
        (" Private ", "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7"),
        ("any", "0.0.0.0/0, ::/0"),
    ],
)
def test_texts_that_mean_the_same(text: str, same: str) -> None:
    assert read_ranges(text).whole
    assert read_ranges(text) == read_ranges(same)


@pytest.mark.parametrize(
    "text",
    [
        *("PLC-1", "10.0.0.0/33", "10.0.0.256", "010.0.0.1", "10.0.0.9-10.0.0.1", "10.0.0.1-fe80::1", "group SERVERS"),
        *("10.0.0.0 0.255.0.255", "10.0.0.1 0.0.0.0", "10.0.0.1/255.255.255.255", "00:1b:1b:00:00:01", "absent"),
        *("10.0.0.0/", "/8", "-", "10.0.0.1-", "::ffff:10.0.0.0/90", "10.0.0.1/-1", "1.2.3.4.5.6"),
    ],
)
def test_what_is_no_range_may_be_anything(text: str) -> None:
    assert read_ranges(text) == Ranges(whole=False)
    assert compare("overlaps", read_ranges(text), read_ranges("10.0.0.0/8")) is None
    assert compare("overlaps", read_ranges(f"{text}, 10.0.0.1"), read_ranges("10.0.0.0/8")) is True
    assert compare("within", read_ranges(f"{text}, 11.0.0.1"), read_ranges("10.0.0.0/8")) is False


@given(st.text(max_size=30) | st.text(alphabet="0123456789./-:, anyf", max_size=30))
def test_any_text_is_read(text: str) -> None:
    read_ranges(text)


@given(st.ip_addresses())
def test_the_internet_is_what_devices_are_told_by(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if ip.version == 6 and (int(ip) >> 125) != 1:  # nobody has been given any of these
        return
    text = str(ip)
    if address_of(text).public != (compare("within", read_ranges(text), read_ranges("public")) is True):
        assert text.startswith(("192.0.0.", "192.88.99.", "2001:", "2002:"))  # of protocols, or with IPv4 in them


_HOSTS = st.integers(0, 15)
_PIECES = st.one_of(
    _HOSTS.map(lambda n: (f"10.0.0.{n}", {n})),
    st.tuples(_HOSTS, st.integers(28, 32)).map(
        lambda p: (
            f"10.0.0.{p[0]}/{p[1]}",
            {n for n in range(16) if n >> (32 - p[1]) == p[0] >> (32 - p[1])},
        )
    ),
    st.tuples(_HOSTS, _HOSTS).map(lambda p: (f"10.0.0.{min(p)}-10.0.0.{max(p)}", {*range(min(p), max(p) + 1)})),
    st.just(("HMI", None)),
)
_SETS = st.lists(_PIECES, max_size=4)


def _possible(pieces: list[tuple[str, set[int] | None]]) -> list[set[int]]:
    """What the text may mean: what is not understood is nothing, or one address, or two."""
    known = set().union(*(held for _, held in pieces if held))
    if all(held is not None for _, held in pieces):
        return [known]
    return [known, *(known | {n} for n in range(20)), known | {17, 18}]


_QUESTIONS = {
    "overlaps": lambda a, b: bool(a & b),
    "within": lambda a, b: bool(a) and a <= b,
    "covers": lambda a, b: bool(b) and b <= a,
    "outside": lambda a, b: bool(a) and not a & b,
    "beyond": lambda a, b: bool(a) and not a <= b,
}


@given(_SETS, _SETS, st.sampled_from(RANGE_ORDERS))
def test_an_answer_holds_whatever_is_not_understood_means(
    one: list[tuple[str, set[int] | None]], other: list[tuple[str, set[int] | None]], order: str
) -> None:
    texts = [", ".join(text for text, _ in pieces) for pieces in (one, other)]
    answer = compare(order, *map(read_ranges, texts))  # type: ignore[arg-type]
    # what may be anything holds at least one address
    worlds = [
        _QUESTIONS[order](a, b)
        for a in _possible(one)[1 if ("HMI", None) in one else 0 :]
        for b in _possible(other)[1 if ("HMI", None) in other else 0 :]
    ]
    if answer is not None:
        assert set(worlds) == {answer}
    elif ("HMI", None) not in one and ("HMI", None) not in other:
        raise AssertionError("both are understood")


@given(_SETS, _SETS)
def test_what_is_taken_away(one: list[tuple[str, set[int] | None]], other: list[tuple[str, set[int] | None]]) -> None:
    first, second = (union(read_ranges(text) for text, held in pieces if held) for pieces in (one, other))
    left = without(first, second)
    wanted = set().union(*(h for _, h in one if h)) - set().union(*(h for _, h in other if h))
    base = int(ipaddress.ip_address("10.0.0.0"))
    assert {n - base for _, low, high in left.parts for n in range(low, high + 1)} == wanted
