"""EtherCAT frames that come back from the ring: whose they are, by the masters seen before.

Sources: ETG.1000.4 section 5 (frame type, datagrams, working counter); the ET1100 data sheet, section I (the
processing unit sets bit 1 of the first octet of the source address of every frame that passes).
"""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import Packet

    MASTERS = 32  # remembered; the one learnt first makes room
    DATAGRAMS = 1  # frame type; network variables and mailbox gateways have real ends
    LOCAL = 2  # "locally administered", in the first octet of an address


@cython.final
@cython.cclass
class Ring:
    """Tells what a master sends from what comes back to it, and exchanges the ends of the latter.

    A returned frame has the master's source, with the bit set, and the target it was sent to. With its ends exchanged
    it is the answer of that target to the master, and the address that no device has is met nowhere. The frame is
    taken for returned when its source has the bit set and

    - the address without the bit has sent datagrams before in this capture: it is that master's; or
    - some slave has added to a working counter, which masters send as 0: it belongs to the source itself when that
      sent uncounted datagrams before (a master in a virtual machine has the bit set from the start), else to the
      address without the bit.

    Everything else was sent by its source, which is remembered as a master.

    Limits. Of a master with the bit set, what returns and no slave has done looks sent once more. At the very
    beginning of a capture, before the master was seen to send, a returned frame without a counter is taken for one
    that was sent by its source, and one with a counter is turned to the address without the bit. A tap that shows
    only what returns is such a beginning without end. What somebody sends with a known master's address and the bit
    set cannot be told from a returned frame. EtherCAT over UDP is not looked at.
    """

    def __init__(self) -> None:
        self.masters = array("Q", bytes(8 * MASTERS))
        self.learnt = 0
        self.last = 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def frame(self, packet: Packet) -> cython.int:
        """The packet's cursor is at the header of an EtherCAT frame."""
        master: cython.ulonglong
        if not packet.has_macs or packet.end - packet.at < 2 or packet.buffer[packet.at + 1] >> 4 != DATAGRAMS:
            return 0
        if packet.source_mac >> 40 & LOCAL == 0:
            return self.learn(packet.source_mac)
        master = packet.source_mac ^ cython.cast(cython.ulonglong, LOCAL) << 40
        if not self.knows(master):
            if not self.counted(packet):
                return self.learn(packet.source_mac)
            if self.knows(packet.source_mac):
                master = packet.source_mac
        packet.source_mac = packet.target_mac
        packet.target_mac = master
        packet.returned = True
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def counted(self, packet: Packet) -> cython.bint:
        """A datagram of the frame has a working counter above 0."""
        word: cython.int
        after: cython.Py_ssize_t
        at: cython.Py_ssize_t = packet.at + 2
        end: cython.Py_ssize_t = min(packet.end, at + (packet.u16le(packet.at) & 0x07FF))
        while at + 12 <= end:
            word = packet.u16le(at + 6)
            after = at + 10 + (word & 0x07FF)
            if after + 2 > end:
                return False
            if packet.u16le(after):
                return True
            if word & 0x8000 == 0:
                return False
            at = after + 2
        return False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def knows(self, address: cython.ulonglong) -> cython.bint:
        """The address has sent datagrams before."""
        i: cython.Py_ssize_t = 0
        known: cython.Py_ssize_t = min(self.learnt, MASTERS)
        while i < known and self.masters[i] != address:
            i += 1
        return i < known

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def learn(self, address: cython.ulonglong) -> cython.int:
        """The address sends datagrams."""
        if address != self.last and not self.knows(address):
            self.masters[self.learnt % MASTERS] = address
            self.learnt += 1
        self.last = address
        return 0
