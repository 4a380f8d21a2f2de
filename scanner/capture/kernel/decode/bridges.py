"""What bridges and fabrics put between a frame's addresses and its EtherType, and frames that they carry in others."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import (
        BATMAN,
        DONE,
        FABRICPATH,
        LINK,
        NSH,
        PBB,
        TRILL,
        Packet,
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def tag(packet: Packet, length: cython.Py_ssize_t) -> cython.int:
    """A tag of ``length`` bytes, of which the EtherType of what follows is the last two: VN-Tag, E-TAG (802.1BR)."""
    if packet.lacks(length):
        return DONE
    packet.at += length
    packet.ethertype = packet.u16(packet.at - 2)
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def metadata(packet: Packet) -> cython.int:
    """Cisco's metadata, which carries the security group of the sender: version 1, a length in 4 bytes, options."""
    if packet.lacks(2):
        return DONE
    if packet.u8(packet.at) != 1:
        return DONE
    return tag(packet, 4 + packet.u8(packet.at + 1) * 4)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def backbone(packet: Packet) -> cython.int:
    """Provider backbone bridges (IEEE 802.1Q, 9.7): the I-TAG with the service, then the customer's whole frame."""
    if packet.lacks(4):
        return DONE
    packet.enter_tunnel(PBB, cython.cast(cython.uint, packet.u32(packet.at) & 0xFFFFFF))
    packet.at += 4
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def trill(packet: Packet) -> cython.int:
    """TRILL (RFC 6325 section 3): version 0, length of the options in 4 bytes, two nicknames, a whole frame."""
    at: cython.Py_ssize_t = packet.at
    options: cython.Py_ssize_t
    if packet.lacks(6):
        return DONE
    if packet.u8(at) >> 6:
        return DONE
    options = (packet.u16(at) >> 6 & 0x1F) * 4
    if packet.lacks(6 + options):
        return DONE
    packet.enter_tunnel(TRILL, packet.u16(at + 4))
    packet.at = at + 6 + options
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def fabricpath(packet: Packet) -> cython.int:
    """Cisco FabricPath: the tree (10 bits) and how far it may still go, then a whole frame."""
    if packet.lacks(2):
        return DONE
    packet.enter_tunnel(FABRICPATH, packet.u16(packet.at) >> 6)
    packet.at += 2
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def service_chain(packet: Packet) -> cython.int:
    """NSH (RFC 8300 section 2): length in 4 bytes, what is in it, and the service path before metadata."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    inside: cython.int
    if packet.lacks(8):
        return DONE
    length = (packet.u16(at) & 0x3F) * 4
    inside = packet.u8(at + 3)
    if packet.u8(at) >> 6 or length < 8 or inside not in (1, 2, 3, 5):
        return DONE
    if packet.lacks(length):
        return DONE
    packet.enter_tunnel(NSH, cython.cast(cython.uint, packet.u32(at + 4) >> 8))
    packet.at = at + length
    if inside == 3:
        return LINK + 1
    packet.ethertype = 0x0800 if inside == 1 else 0x86DD if inside == 2 else 0x8847
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def mesh(packet: Packet) -> cython.int:
    """B.A.T.M.A.N. advanced, compatibility version 15 (batadv_packet.h of Linux): kinds that carry a whole frame, of
    which nothing but the kind tells how long their headers are. In fragments, coded and for itself it stays a frame.
    """
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t = 0
    kind: cython.int
    if packet.lacks(4):
        return DONE
    kind = packet.u8(at)
    if packet.u8(at + 1) != 15:
        return DONE
    if kind == 0x01:  # to all: reserved, sequence number, who sent it first
        header = 14
    elif kind == 0x40:  # to one: hops, its version of the table, who it goes to
        header = 10
    elif kind == 0x42:  # the same with who sent it and why
        header = 18
    elif kind == 0x05 and packet.end - at >= 6:  # to several: what its trackers take up
        header = 6 + packet.u16(at + 4)
    if header == 0 or packet.end - at < header + 14:
        return DONE
    packet.at = at + header
    packet.enter_tunnel(BATMAN, 0)
    return LINK + 1
