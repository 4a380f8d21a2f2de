"""What a conduit may name besides a protocol: ``any``, or a transport with a port, an EtherType or an IP protocol."""

from __future__ import annotations

import re
from typing import NamedTuple

ANY = "any"
_SERVICE = re.compile(
    r"(?P<kind>tcp|udp|sctp|ip|ethertype|ethernet)/(?P<low>0x[0-9a-f]{1,4}|\d{1,5})(?:-(?P<high>\d{1,5}))?"
)
_LIMIT = {"tcp": 65535, "udp": 65535, "sctp": 65535, "ip": 255, "ethernet": 65535}
_BARE = ("tcp", "udp", "sctp", "icmp")


class Service(NamedTuple):
    """A transport as the facts name it, and the ports (or EtherTypes) from ``low`` to ``high``."""

    transport: str
    low: int
    high: int

    def __str__(self) -> str:
        if self.transport in _BARE and (self.low, self.high) == (0, 65535):
            return self.transport
        if self.transport == "ethernet":
            return f"ethertype/0x{self.low:04x}"
        if self.transport.startswith("ip-"):
            return self.transport.replace("-", "/")
        return f"{self.transport}/{self.low}" + (f"-{self.high}" if self.high != self.low else "")

    def covers(self, transport: str, port: int) -> bool:
        """Traffic of this transport and port is meant."""
        return transport == self.transport and self.low <= port <= self.high


def parse_service(text: str) -> Service | None:
    """The service; None when the text has another form (a protocol name); ValueError when a number is out of range."""
    word = text.strip().lower()
    if word in _BARE:
        return Service(word, 0, 65535)
    if "/" not in word:
        return None
    match = _SERVICE.fullmatch(word)
    if not match:
        raise ValueError("expected tcp/502, udp/2222, tcp/5000-5010, ethertype/0x8892, ip/47 or icmp")
    transport = "ethernet" if match["kind"] == "ethertype" else match["kind"]
    low = int(match["low"], 0) if match["low"].startswith("0x") else int(match["low"])
    high = int(match["high"] or low)
    if not low <= high <= _LIMIT[transport] or (match["high"] and transport in ("ip", "ethernet")):
        raise ValueError(f"{word} is out of range")
    if transport == "ip":
        return Service("icmp" if low == 1 else f"ip-{low}", 0, 65535)
    return Service(transport, low, high)
