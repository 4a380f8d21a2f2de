"""TLVs of PTP messages (IEEE 1588-2019 section 14), and clock identities as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.protocols.base import Malformed
from scanner.protocols.ptp import _names as names
from scanner.wording import said, verbatim


class Tlv(NamedTuple):
    """One TLV."""

    kind: int
    value: bytes

    @property
    def words(self) -> str:
        """What it is, where that is worth reading."""
        if self.kind in names.ORGANIZATIONS:
            profile = names.PROFILES.get(self.value[:6].hex(), "")
            return verbatim(profile) or said("TLV of organisation {name}", name=self.value[:3].hex("-"))
        if self.kind in names.AUTHENTICATION:
            return said("authentication")
        return names.TLVS.get(self.kind, "")


def tlvs(data: bytes, at: int, *, cut: bool) -> Iterator[Tlv]:
    """The TLVs from ``at`` on. ``cut``: the message was captured in part, so that the last may be incomplete."""
    while at + 4 <= len(data):
        kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + size > len(data):
            if cut:
                return
            raise Malformed("TLV 0x{kind:04X} reaches beyond the message", kind=kind)
        yield Tlv(kind, data[at + 4 : at + 4 + size])
        at += 4 + size


def clock(identity: bytes) -> str:
    """A clock identity (EUI-64) in the usual form 001122.fffe.334455."""
    return f"{identity[:3].hex()}.{identity[3:5].hex()}.{identity[5:8].hex()}"
