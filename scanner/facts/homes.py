"""Where each protocol is at home: the ports that its framings name, and where else it is usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.protocols import PROTOCOLS, protocol_names
from scanner.protocols.base import Protocol

Home = tuple[str, int]  # transport and port as flows have them


class HomePorts(Mapping[str, frozenset[Home]]):
    """Protocol -> where it is at home. Only the protocols that somebody asks about are imported for it."""

    def __init__(self) -> None:
        self._known: dict[str, frozenset[Home]] = {}

    def __getitem__(self, name: str) -> frozenset[Home]:
        if name not in self._known:
            protocol = PROTOCOLS.get(name)
            if protocol is None:
                raise KeyError(name)
            self._known[name] = homes_of(protocol)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(protocol_names())

    def __len__(self) -> int:
        return len(protocol_names())


def homes_of(protocol: Protocol) -> frozenset[Home]:
    """Those of one protocol."""
    return frozenset(
        home(transport, port)
        for ports in (protocol.usual, *(f.ports for f in protocol.framings))
        for transport, listed in ports.items()
        for port in listed
    )


def home(transport: str, port: int) -> Home:
    """Transport and port as flows have them, of a place that a framing names."""
    if transport == "ip":
        return f"ip-{port}", 0
    return "ethernet" if transport == "ethertype" else transport, port
