"""What is at a place within a payload: an IP packet or a frame that ends where the payload does."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import DONE, Packet


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def is_sound_ip(packet: Packet, at: cython.Py_ssize_t) -> cython.bint:
    """An IP packet of the right length is at ``at``: IPv4 with the right checksum, or IPv6 with a header behind it that
    there is and has room. A question of DNS may begin as IPv6 with a single octet behind its header.
    """
    version: cython.int = version_at(packet, at)
    total: cython.longlong = 0
    word: cython.Py_ssize_t
    if version == 6:
        if packet.end - at < 40 or packet.u16(at + 4) < 8:
            return False
        if packet.u8(at + 6) == 17 and packet.end - at >= 48:
            return packet.u16(at + 44) == packet.u16(at + 4)
        return packet.u8(at + 6) in (0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60, 132)
    if version != 4 or packet.end - at < (packet.u8(at) & 15) * 4:
        return False
    for word in range(at, at + (packet.u8(at) & 15) * 4, 2):
        total += packet.u16(word)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def version_at(packet: Packet, at: cython.Py_ssize_t) -> cython.int:
    """Of the IP packet at ``at``, 4 or 6; 0 when it does not reach exactly to the end of the payload, or is none."""
    if packet.end - at < 20:
        return 0
    if packet.u8(at) >> 4 == 4 and packet.u8(at) & 15 >= 5 and packet.u16(at + 2) == packet.wire_end - at:
        return 4
    return 6 if packet.u8(at) >> 4 == 6 and packet.u16(at + 4) + 40 == packet.wire_end - at else 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def is_frame(packet: Packet, at: cython.Py_ssize_t) -> cython.bint:
    """An Ethernet frame is at ``at``: with IP that reaches to its end or to where it is padded, tagged, or of ARP or an
    EtherType of industrial networks.
    """
    kind: cython.int
    length: cython.Py_ssize_t
    if packet.end - at < 34:
        return False
    kind = packet.u16(at + 12)
    at += 14
    while kind in (0x8100, 0x88A8) and packet.end - at >= 24:
        kind = packet.u16(at + 2)
        at += 4
    if kind == 0x0806:
        return packet.u16(at) == 1 and packet.u16(at + 2) == 0x0800 and packet.u16(at + 4) == 0x0604
    if kind == 0x0800 and packet.u8(at) >> 4 == 4 and packet.u8(at) & 15 >= 5:
        length = packet.u16(at + 2)
    elif kind == 0x86DD and packet.u8(at) >> 4 == 6:
        length = packet.u16(at + 4) + 40
    else:
        return kind in (0x8892, 0x88A4, 0x88B8, 0x88BA, 0x88CC, 0x88F7, 0x88AB, 0x3E3F, 0x88CD)
    return at + length == packet.wire_end or (length < 46 and 0 < packet.wire_end - at - length < 46)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def bare_ip(packet: Packet, header: cython.Py_ssize_t, tunnel: cython.int) -> cython.int:
    """An IP packet behind a header of so many bytes, as of LISP (RFC 9300 section 5)."""
    version: cython.int = version_at(packet, packet.at + header)
    if version == 0:
        return DONE
    packet.enter_tunnel(tunnel, 0)
    packet.at += header
    packet.ethertype = 0x0800 if version == 4 else 0x86DD
    return packet.ethertype
