# cython: boundscheck=True, wraparound=False, initializedcheck=False, show_performance_hints=False
"""From a frame to its innermost packet: the loop over the layers, and the layers of nearly every packet."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:
    from scanner.capture.kernel.packet import (
        DATAGRAM,
        DONE,
        FRAME,
        IP,
        LINK,
        MALFORMED,
        NOTHING,
        SOUND,
        TCP,
        UDP,
        Packet,
    )


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(-1, check=False)
def _u16(packet: Packet, at: cython.Py_ssize_t) -> cython.int:
    return packet.buffer[at] << 8 | packet.buffer[at + 1]


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(-1, check=False)
def _u32(packet: Packet, at: cython.Py_ssize_t) -> cython.longlong:
    high: cython.longlong = _u16(packet, at)
    return high << 16 | _u16(packet, at + 2)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ethernet(packet: Packet) -> cython.int:
    """Ethernet II or IEEE 802.3 header; gives the EtherType (a length below 1536 means LLC follows)."""
    at: cython.Py_ssize_t = packet.at
    high: cython.ulonglong
    low: cython.ulonglong
    if packet.lacks(14):
        return DONE
    high = _u16(packet, at)
    low = _u32(packet, at + 2)
    packet.target_mac = high << 32 | low
    high = _u16(packet, at + 6)
    low = _u32(packet, at + 8)
    packet.source_mac = high << 32 | low
    packet.has_macs = True
    packet.at = at + 14
    packet.family = 0
    packet.ethertype = _u16(packet, at + 12)
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def vlan_tag(packet: Packet) -> cython.int:
    """IEEE 802.1Q tag (also 802.1ad and the older QinQ EtherTypes)."""
    identifier: cython.int
    if packet.lacks(4):
        return DONE
    identifier = _u16(packet, packet.at) & 0xFFF
    if packet.vlan < 0 and identifier:
        packet.vlan = identifier
    packet.ethertype = _u16(packet, packet.at + 2)
    packet.at += 4
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ipv4(packet: Packet) -> cython.int:
    """RFC 791 header; gives IP + protocol."""
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t
    total: cython.Py_ssize_t
    first: cython.int
    if packet.lacks(20):
        return DONE
    first = packet.buffer[at]
    header = (first & 15) * 4
    if first >> 4 != 4 or header < 20:
        return packet.malformed()
    total = _u16(packet, at + 2)
    if total == 0:  # segmentation offload: the stack left the length to the adapter
        total = packet.wire_end - at
    if total < header:
        return packet.malformed()
    if packet.lacks(header):
        return DONE
    if at + total > packet.wire_end:
        packet.trouble = MALFORMED
    packet.wire_end = at + total
    packet.end = min(packet.end, packet.wire_end)
    packet.family = 4
    packet.source_high = packet.target_high = 0
    packet.source_low = _u32(packet, at + 12)
    packet.target_low = _u32(packet, at + 16)
    packet.protocol = packet.buffer[at + 9]
    packet.kind = DATAGRAM
    packet.source_port = packet.target_port = 0
    packet.at = at + header
    return IP + packet.protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def tcp(packet: Packet) -> cython.int:
    """RFC 9293 header."""
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t
    if packet.lacks(20):
        return DONE
    header = (packet.buffer[at + 12] >> 4) * 4
    if header < 20:
        return packet.malformed()
    packet.source_port = _u16(packet, at)
    packet.target_port = _u16(packet, at + 2)
    packet.sequence = _u32(packet, at + 4)
    packet.acknowledgement = _u32(packet, at + 8)
    packet.flags = packet.buffer[at + 13]
    packet.kind = TCP
    if at + header > packet.wire_end:
        packet.at = packet.end
        packet.wire_end = packet.end
        return packet.malformed()
    packet.at = min(at + header, packet.end)
    if at + header > packet.end:  # options cut off: the length of the payload is still known
        packet.wire_end -= at + header - packet.end
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def udp(packet: Packet) -> cython.int:
    """RFC 768 header."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    if packet.lacks(8):
        return DONE
    packet.source_port = _u16(packet, at)
    packet.target_port = _u16(packet, at + 2)
    packet.kind = UDP
    packet.at = at + 8
    length = _u16(packet, at + 4)
    if length >= 8 and at + length <= packet.wire_end:
        packet.wire_end = at + length
        packet.end = min(packet.end, packet.wire_end)
    elif length:  # 0 stands for a jumbo datagram or segmentation offload
        packet.trouble = MALFORMED
    return DONE


@cython.final
@cython.cclass
class Decoder:
    """Decodes the frames of one capture and counts what it did not understand.

    ``attach`` a chunk's buffer, then ``decode`` each of its records into the one ``Packet``; while ``packet.more`` is
    set, ``resume`` brings the next packet of the same frame.
    """

    def __init__(self) -> None:
        self.chunk = memoryview(b"")
        self.malformed_packets = 0
        self.replaced = True
        self.last_link = -1
        self.last_link_count = 0
        self.link_counts: dict[int, int] = {}
        self.unknown_counts: dict[tuple[int, int], int] = {}

    def attach(self, buffer: Any) -> None:
        """Records decoded from now on lie in ``buffer``."""
        self.chunk = buffer
        self.replaced = True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def decode(
        self,
        packet: Packet,
        start: cython.Py_ssize_t,
        captured: cython.Py_ssize_t,
        wire: cython.Py_ssize_t,
        linktype: cython.int,
    ) -> cython.int:
        """Decode the frame at chunk[start:start+captured]; the caller has set frame and time."""
        if self.replaced:
            self.restore(packet)
        if linktype != self.last_link:
            self.count_link(linktype)
        self.last_link_count += 1
        packet.captured = captured
        packet.wire = wire
        packet.linktype = linktype & 0xFFFF
        packet.at = start
        packet.end = start + captured
        packet.wire_end = start + wire
        packet.kind = NOTHING
        packet.has_macs = False
        packet.vlan = packet.ethertype = packet.protocol = -1
        packet.tunnel = packet.family = packet.binding = 0
        packet.trouble = SOUND
        packet.more = False
        return self.run(packet, LINK + packet.linktype)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def resume(self, packet: Packet) -> cython.int:
        """The next packet of the same frame."""
        packet.more = False
        packet.at = packet.resume_at
        packet.end = packet.resume_end
        packet.wire_end = packet.resume_wire_end
        return self.run(packet, packet.resume_layer)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def run(self, packet: Packet, layer: cython.int) -> cython.int:
        """Peel until nothing is left to peel."""
        depth: cython.int = 0
        while layer != DONE:
            layer = self.step(packet, layer)
            depth += 1
            if depth > 48:  # an attack on the decoder, not traffic
                packet.malformed()
                break
        if packet.kind == NOTHING and packet.ethertype >= 0 and packet.trouble == SOUND:
            packet.kind = FRAME
        if packet.trouble != SOUND:
            self.note(packet)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def step(self, packet: Packet, layer: cython.int) -> cython.int:
        """One layer."""
        if layer == 0x0800:
            return ipv4(packet)
        if layer == IP + 6:
            return tcp(packet)
        if layer == IP + 17:
            return udp(packet)
        if layer == LINK + 1:
            return ethernet(packet)
        if layer in (0x8100, 0x88A8, 0x9100):
            return vlan_tag(packet)
        return DONE

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def restore(self, packet: Packet) -> cython.int:
        """Let the packet index the chunk again."""
        packet.buffer = self.chunk
        self.replaced = False
        return 0

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def count_link(self, linktype: cython.int) -> cython.int:
        """Put the running count away and start one for ``linktype``."""
        if self.last_link_count:
            known = self.link_counts.get(self.last_link & 0xFFFF, 0)
            self.link_counts[self.last_link & 0xFFFF] = known + self.last_link_count
        self.last_link = linktype
        self.last_link_count = 0
        return 0

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def note(self, packet: Packet) -> cython.int:
        """Count the trouble of a packet."""
        if packet.trouble == MALFORMED:
            self.malformed_packets += 1
        else:
            key = (packet.category, packet.number)
            self.unknown_counts[key] = self.unknown_counts.get(key, 0) + 1
        return 0

    def describe(self, packet: Packet) -> dict[str, Any]:
        """The packet's fields, for tests and inspection."""
        names = [n for n in dir(packet) if not n.startswith("_")]
        return {n: getattr(packet, n) for n in names} | {"payload": bytes(packet.buffer[packet.at : packet.end])}

    def decode_one(self, packet: Packet, data: bytes, linktype: int, wire: int = -1) -> None:
        """Decode ``data`` as one frame, from Python."""
        self.attach(data)
        self.decode(packet, 0, len(data), len(data) if wire < 0 else wire, linktype)
