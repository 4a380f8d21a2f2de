"""Names that are asked for are told by their domain: those that may carry data, and names of any kind."""

from __future__ import annotations

import pytest

from scanner.protocols.base import Message, Operation
from scanner.protocols.internet.dns import dissect

DATA, PLAIN = "a" * 60, "names of any kind"
SPELLED, BACKWARDS = "names of several words", "addresses looked up backwards"


def question(name: str, kind: int = 16) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return bytes.fromhex("1234 0100 0001 0000 0000 0000") + labels + b"\0" + kind.to_bytes(2, "big") + b"\0\1"


def told(data: bytes) -> tuple[str, str]:
    (row,) = dissect(Message(data, len(data), from_client=True, transport="udp", port=53))
    assert isinstance(row, Operation)
    return row.object, row.detail


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        (f"{DATA}.t.Example.com", 16, ("example.com", "TXT of names that may carry data")),
        (f"{DATA}.{DATA}.example.co.uk", 10, ("example.co.uk", "NULL of names that may carry data")),
        (f"{DATA}.example.com", 65_000, ("example.com", "type 65000 of names that may carry data")),
        ("www.example.com", 1, ("example.com", PLAIN)),  # which only very many of one domain make worth a word
        ("_http._tcp.local", 12, ("_tcp.local", PLAIN)),
        (".".join("0123456789abcdef" * 2) + ".ip6.arpa", 12, ("fedc:ba98::/32", BACKWARDS)),
        ("4.3.2.1.in-addr.arpa", 12, ("1.2.0.0/16", BACKWARDS)),
        ("3.2.1.in-addr.arpa", 12, ("", "")),
        ("valve.pump.example.com", 1, ("example.com", SPELLED)),
        ("valve-pump-motor.example.com", 1, ("example.com", SPELLED)),
        ("valve-pump.example.com", 1, ("example.com", PLAIN)),
        ("valve1.pump.example.com", 1, ("example.com", PLAIN)),
        ("_ldap._tcp.example.com", 33, ("example.com", PLAIN)),
        ("example.com", 1, ("", "")),
    ],
)
def test_the_domain_of_names_that_may_carry_data(name: str, kind: int, wanted: tuple[str, str]) -> None:
    assert told(question(name, kind)) == wanted


def test_a_name_that_is_cut_is_not_told() -> None:
    whole = question(f"{DATA}.example.com")
    assert told(whole[:-6]) == ("", "")
