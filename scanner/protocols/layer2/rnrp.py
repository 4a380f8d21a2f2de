"""ABB RNRP, the Redundant Network Routing Protocol of System 800xA and AC 800M, over UDP port 2423.

The port is registered for ABB, which publishes no message. Written from the dissector and the listener of T. Jäger
(2017): version, length, node number, network area and path of the sender, and a counter behind 66 bytes of unknown
meaning. It says which nodes there are in which areas and on which of two paths. The messages have no mark of their own,
so that port, multicast group (239.239.239.0/24) and size together tell them, and nothing does on another port.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.wording import said

PORT, GROUPS = 2423, "239.239.239."
SHORTEST, LONGEST = 76, 511  # bytes up to the end of the counter, and what a length below 512 allows
NODE, AREA, PATH = 4, 6, 7  # where they stand; the node number has two bytes

FRAMING = Framing(
    name="rnrp",
    delimiter=Whole(),
    sync=(Byte(0, 0), Byte(2, (0, 1)), Size(SHORTEST, LONGEST)),  # versions and lengths are small numbers
    ports={"udp": (PORT,)},
    anywhere=False,
)
CASES = (Case("rnrp", key=(Range(0, 2), Range(NODE, PATH + 1)), role=Role.NOTICE, keep=SHORTEST),)


def probe(message: Message) -> bool:
    """A datagram to the port and one of the groups, long enough."""
    return message.port == PORT and message.target.startswith(GROUPS) and SHORTEST <= message.length <= LONGEST


def dissect(message: Message) -> Iterator[Operation]:
    """What a node says of itself."""
    data = message.data
    if message.length < SHORTEST or len(data) <= PATH:
        raise Malformed("{length} bytes are too few for a routing message", length=message.length)
    yield Operation(
        Verb.REPORT,
        "Routing message",
        Kind.NOTICE,
        unit=said("node {n}", n=int.from_bytes(data[NODE:AREA], "big")),
        object=f"network area {data[AREA]}, path {data[PATH]}",
        detail=said("version {n}", n=int.from_bytes(data[:2], "big")),
        filter=f"udp.dstport == {PORT} && udp.payload[{NODE}:4] == {data[NODE : PATH + 1].hex(':')}",
    )


PROTOCOL = Protocol(
    name="rnrp",
    title="ABB RNRP",
    short="RNRP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="not published; T. Jäger, dissector and listener of RNRP (2017)",
    display_filter=f"udp.port == {PORT}",
)
