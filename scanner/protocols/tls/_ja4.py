"""JA4 of a client: what its hello offers, as one short text by which the same program is known again.

FoxIO, JA4 technical details, the TLS client part (BSD 3-Clause). Nothing of the other parts of JA4+ is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Literal

from scanner.protocols.tls._cipher_suites import is_grease

Carrier = Literal["t", "d", "q"]  # TLS over TCP, DTLS, QUIC
SNI, SIGNATURE_ALGORITHMS, ALPN = 0, 13, 16
_VERSIONS = {
    0x0002: "s2",
    0x0300: "s3",
    0x0301: "10",
    0x0302: "11",
    0x0303: "12",
    0x0304: "13",
    0xFEFF: "d1",
    0xFEFD: "d2",
    0xFEFC: "d3",
}
_OF_DATAGRAMS = 0xFE  # versions that count down
_TWO_DIGITS, _NOTHING = 99, "0" * 12


def ja4(
    carrier: Carrier,
    versions: Iterable[int],
    suites: Iterable[int],
    extensions: Sequence[tuple[int, bytes]],
) -> str:
    """versions, suites: numbers as they are offered. extensions: type and content of each, in their order."""
    ciphers = [suite for suite in suites if not is_grease(suite)]
    kinds = [kind for kind, _ in extensions if not is_grease(kind)]
    first = dict(reversed(extensions))
    version = max(versions, key=lambda number: -number if number >> 8 == _OF_DATAGRAMS else number, default=0)
    told = [
        f"{carrier}{_VERSIONS.get(version, '00')}{'d' if SNI in kinds else 'i'}",
        f"{min(len(ciphers), _TWO_DIGITS):02}{min(len(kinds), _TWO_DIGITS):02}{_first_protocol(first.get(ALPN, b''))}",
    ]
    compared = sorted(kind for kind in kinds if kind not in (SNI, ALPN))
    algorithms = [number for number in _numbers(first.get(SIGNATURE_ALGORITHMS, b"")[2:]) if not is_grease(number)]
    offered = "_".join(_listed(numbers) for numbers in (compared, algorithms) if numbers)
    return "_".join(("".join(told), _hashed(_listed(sorted(ciphers))), _hashed(offered if compared else "")))


def _first_protocol(alpn: bytes) -> str:
    """First and last character of the first protocol that is offered; of its hexadecimal form where it is no text."""
    name = alpn[3 : 3 + alpn[2]] if len(alpn) > 3 else b""
    if not name:
        return "00"
    ends = bytes((name[0], name[-1]))
    return ends.decode("ascii") if ends.isalnum() else name.hex()[0] + name.hex()[-1]


def _numbers(content: bytes) -> list[int]:
    return [int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content) - 1, 2)]


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(f"{number:04x}" for number in numbers)


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else _NOTHING
