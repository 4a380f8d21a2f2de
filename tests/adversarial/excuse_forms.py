"""What nobody could look into goes to a host that says of itself that it takes no commands, or that never said so."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from random import Random

from fixtures.record.gvcp import DISCOVER, answer, command, device
from fixtures.record.lldp import begin, management, tlv
from tests.adequacy.scene import mac_of
from tests.adversarial.modbus_forms import adu, reads
from tests.adversarial.staging import Case, calm, not_calm
from tests.adversarial.talk import ASKS, AT, SCADA, STRANGER, WRITE, both, framed, over_tcp, over_udp, wired

FOUND, LISTED = "10.20.1.77", "10.20.1.78"
LABELS = f"PP-91,LABELS-1,{LISTED},02:00:0a:14:01:4e,,,,,,Printer,cell,2,Hall 1,low,Production,,,,,none,active"
PRINTER = {"inventory": {"PP-02,ENG-1": f"{LABELS}\nPP-02,ENG-1"}}


def scrambled() -> Iterator[tuple[int, bytes]]:
    """Payload of no protocol, one way."""
    made = Random(1)  # noqa: S311 - the same every time
    return ((ASKS, made.randbytes(1000)) for _ in range(250))


def cases() -> list[Case]:
    """All of them."""
    unknown = list(scrambled())
    own, address = mac_of(IPv4Address(FOUND)), IPv4Address(FOUND).packed
    said = begin(b"\4" + own, b"\7p1") + tlv(6, b"Managed switch") + tlv(7, bytes((0, 4, 0, 4)))
    bridge = framed((AT, bytes.fromhex("0180c200000e") + own + b"\x88\xcc" + said + management(address) + tlv(0, b"")))
    camera = over_udp(SCADA, FOUND, 3956, [(1, command(DISCOVER, 1)), (0, answer(DISCOVER, 1, device()))])
    hidden = over_tcp(STRANGER, FOUND, 31999, unknown)
    listed = over_tcp(STRANGER, LISTED, 31999, unknown)
    beside = over_tcp(SCADA, FOUND, 502, reads(adu, 3))
    return [
        not_calm("much that is unknown, to a host that never said what it is", wired(hidden), WRITE),
        not_calm("much that is unknown, to what says that it is a camera", wired(camera, hidden), WRITE),
        not_calm("much that is unknown, to what says that it is a switch", both(bridge, wired(hidden)), WRITE),
        not_calm("much that is unknown, to a camera that answers in Modbus", wired(camera, beside, hidden), WRITE),
        calm("much that is unknown, to what the inventory calls a printer", wired(listed), WRITE, edits=PRINTER),
    ]
