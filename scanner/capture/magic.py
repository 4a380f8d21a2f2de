"""Captures recognised by their first bytes, without the readers behind them."""

from __future__ import annotations

_PCAP = (0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34)  # microseconds, nanoseconds, Kuznetzov's modified format (refused later)
_MAGICS = (
    *(m.to_bytes(4, "little") for m in _PCAP),
    *(m.to_bytes(4, "big") for m in _PCAP),
    b"\x0a\x0d\x0d\x0a",  # pcapng section header
    b"\x1f\x8b",  # gzip
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\xfd7zXZ\x00",  # xz
    b"BZh",  # bzip2
)


def is_capture(head: bytes) -> bool:
    """A capture, or something compressed, which for otaudit can only be a capture."""
    return head.startswith(_MAGICS)
