"""Industrial protocols inside TLS or DTLS, by the port that is registered for them: nothing else of them can be seen.

IANA, Service Name and Transport Protocol Port Number Registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Session
from scanner.wording import said

PORTS = {
    802: "Modbus/TCP Security",
    2221: "CIP Security",
    3782: "MMS over TLS",
    4843: "OPC UA over TLS",
    8883: "MQTT over TLS",
    19998: "IEC 60870-5-104 over TLS",
    19999: "DNP3 over TLS",
}


def registered(port: int) -> Iterator[Session]:
    """What the port of the server is registered for: a hint, no proof."""
    if port in PORTS:
        yield Session(detail=said("port {n} is registered for {name}", n=port, name=PORTS[port]))
