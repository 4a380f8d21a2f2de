"""Framings that several protocols share."""

from __future__ import annotations

from scanner.framing.language import Byte, Framing, Ft12, Length, Size, Whole, bits

# RFC 1006 TPKT (version 3, reserved 0, length of the whole packet), carrying ISO 8073 COTP. A DT TPDU (code 0xF0)
# without the EOT bit continues in the next one; parts are joined without their 7 header bytes. Byte 5 is the TPDU
# code; byte 6 of a DT is EOT and number.
TPKT = Framing(
    name="tpkt",
    delimiter=Length(
        at=2, width=2, minimum=7, maximum=65535, more=Byte(6, bits(0x80, 0x00)), more_if=Byte(5, 0xF0), header=7
    ),
    sync=(Byte(0, 3), Byte(1, 0), Size(7)),
    ports={"tcp": (102,)},
    confirmations=1,
)

# Everything of EtherType 0x8892: DCP, cyclic I/O, alarms and PTCP, told apart by their FrameID. Identify requests go
# to a multicast address and are answered by each device from its own.
PROFINET = Framing(
    name="profinet",
    delimiter=Whole(),
    ports={"ethertype": (0x8892,)},
    confirmations=1,
    anywhere=False,
    pair_by_requester=True,
)

# Segments of a text connection: Telnet on its port, and what goes on as such after an opening told by its content.
# Binary messages of protection relays travel in these sessions too; their text begins with STX.
TELNET_TEXT = Byte(0, {2, 8, 9, 10, 12, 13, 27, 127, *range(0x20, 0x7F), *range(0x80, 0x100)})
TELNET = Framing(
    name="telnet", delimiter=Whole(joins=2), sync=(TELNET_TEXT,), ports={"tcp": (23,)}, confirmations=1, anywhere=False
)
TELNET_SESSION = Framing(
    name="telnet-session",
    delimiter=Whole(joins=2),
    sync=(TELNET_TEXT,),
    ports={"tcp": ()},
    confirmations=1,
    anywhere=False,
)

# Frames of format class FT 1.2 (IEC 60870-5-1): IEC 60870-5-101, and M-Bus behind a frame that is nothing else.
FT12 = Framing(
    name="iec101",
    delimiter=Ft12(),
    sync=(Byte(0, (0x10, 0x68, 0xE5)), Size(1, 261)),
    confirmations=4,
)
