"""IEEE 802.11 data and management frames, bare or behind a radiotap, Prism, AVS or PPI header."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import (
        A_MSDU,
        DONE,
        LINK,
        LLC,
        OF_REASON,
        WLAN_DAMAGED,
        WLAN_ENCRYPTED,
        WLAN_FRAGMENT,
        WLAN_MANAGEMENT,
        WLAN_UNKNOWN,
        Packet,
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def wlan_layer(packet: Packet, linktype: cython.int) -> cython.int:
    """A frame of link type 105 (802.11), 127 (radiotap), 119 (Prism), 163 (AVS) or 192 (PPI); 0: 802.11 whose first two
    bytes changed places.
    """
    if linktype == 127:
        return radiotap(packet)
    if linktype == 119:
        return prism(packet)
    if linktype == 163:
        return avs(packet)
    if linktype == 192:
        return ppi(packet)
    return wlan(packet, False, linktype == 0)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def radiotap(packet: Packet) -> cython.int:
    """https://www.radiotap.org: of its fields only the flags matter: FCS at the end, padding after the header."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    field: cython.Py_ssize_t = at + 8
    present: cython.longlong
    flags: cython.int = 0
    if packet.lacks(8):
        return DONE
    length = packet.u16le(at + 2)
    present = packet.u32le(at + 4)
    if length < 8:
        return packet.malformed()
    if packet.lacks(length):
        return DONE
    while packet.u32le(field - 4) >> 31:
        field += 4
        if field > at + length:
            return packet.malformed()
    if present & 1:  # TSFT, aligned to 8 bytes
        field = at + ((field - at + 7) & ~7) + 8
    if present & 2 and field < at + length:
        flags = packet.u8(field)
    packet.at = at + length
    if flags & 0x10:
        packet.cut_tail(4)
    if flags & 0x40:
        return packet.unknown(OF_REASON, WLAN_DAMAGED)
    return wlan(packet, flags & 0x20 != 0, False)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def prism(packet: Packet) -> cython.int:
    """The 144-byte Prism header, in the byte order of the capturing machine; AVS headers come under its number too."""
    length: cython.longlong
    if packet.lacks(8):
        return DONE
    if packet.u16(packet.at) == 0x8021 and packet.u8(packet.at + 2) >> 4 == 1:
        return avs(packet)
    length = packet.u32le(packet.at + 4)
    if length > 0xFFFF:
        length = packet.u32(packet.at + 4)
    return _behind(packet, length)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def avs(packet: Packet) -> cython.int:
    """The AVS header: magic and length, big-endian."""
    if packet.lacks(8):
        return DONE
    return _behind(packet, packet.u32(packet.at + 4))


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _behind(packet: Packet, length: cython.longlong) -> cython.int:
    if length < 8:
        return packet.malformed()
    if packet.lacks(length):
        return DONE
    packet.at += length
    return wlan(packet, False, False)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ppi(packet: Packet) -> cython.int:
    """Per-packet information: version, flags, length, link type, then fields; 802.11-Common (2) tells of an FCS."""
    at: cython.Py_ssize_t = packet.at
    field: cython.Py_ssize_t = at + 8
    length: cython.Py_ssize_t
    link: cython.longlong
    if packet.lacks(8):
        return DONE
    length = packet.u16le(at + 2)
    link = packet.u32le(at + 4)
    if length < 8 or link == 192 or link > 0xFFFF:
        return packet.malformed()
    if packet.lacks(length):
        return DONE
    packet.at = at + length
    while field + 4 <= at + length:
        if packet.u16le(field) == 2 and field + 14 <= at + length and packet.u16le(field + 12) & 1:
            packet.cut_tail(4)
            break
        field += 4 + packet.u16le(field + 2)
    return LINK + link


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def wlan(packet: Packet, padded: cython.bint, swapped: cython.bint) -> cython.int:
    """The MAC header (IEEE 802.11-2020, 9.2.4 and 9.3.2). Control frames, and data frames without data, carry nothing.

    padded: the header is filled up to a multiple of 4 bytes. swapped: its first two bytes changed places.
    """
    at: cython.Py_ssize_t = packet.at
    control: cython.int
    flags: cython.int
    length: cython.Py_ssize_t = 24
    aggregate: cython.bint = False
    if packet.lacks(2):
        return DONE
    control = packet.u8(at + swapped)
    flags = packet.u8(at + 1 - swapped)
    if control & 3:
        return packet.malformed()
    if control & 0x0C == 0 and not swapped:
        return management(packet, control, flags)
    if control & 0x0C == 0x04 or control & 0x4C == 0x48:  # control, or data without data
        return DONE
    if control & 0x0C != 0x08:
        return packet.unknown(OF_REASON, WLAN_UNKNOWN)
    if flags & 3 == 3:
        length += 6
    if control & 0x80:  # QoS
        length += 2
    if packet.lacks(length):
        return DONE
    _addresses(packet, at, flags & 3)
    if control & 0x80:
        aggregate = packet.u8(at + length - 2) & 0x80 != 0
        if flags & 0x80:  # HT control
            length += 4
    if flags & 0x40:
        return packet.unknown(OF_REASON, WLAN_ENCRYPTED)
    if flags & 4 or (packet.u8(at + 22) & 15 and not (swapped and packet.u8(at + 23) & 15 == 0)):  # so may be others
        return packet.unknown(OF_REASON, WLAN_FRAGMENT)
    if padded:
        length = (length + 3) & ~3
    if packet.lacks(length):
        return DONE
    packet.at = at + length
    return A_MSDU if aggregate else LLC


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def management(packet: Packet, control: cython.int, flags: cython.int) -> cython.int:
    """A management frame (9.3.3) is for its protocol with its header. Who only looks for networks is passing by: probe
    requests carry nothing, and what answers them is for all, like a beacon.
    """
    at: cython.Py_ssize_t = packet.at
    kind: cython.int = control >> 4
    if packet.lacks(24):
        return DONE
    if kind == 4:
        return DONE
    if flags & 4 or packet.u8(at + 22) & 15:
        return packet.unknown(OF_REASON, WLAN_FRAGMENT)
    packet.has_macs = True
    packet.target_mac = packet.u48(at + 4)
    packet.source_mac = packet.u48(at + 10)
    if kind == 5:
        packet.target_mac = 0xFFFFFFFFFFFF
    packet.ethertype = WLAN_MANAGEMENT
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _addresses(packet: Packet, at: cython.Py_ssize_t, distribution: cython.int) -> cython.int:
    """Source and target among the up to four addresses; bit 0: to, bit 1: from the distribution system."""
    packet.has_macs = True
    packet.target_mac = packet.u48(at + 16 if distribution & 1 else at + 4)
    if distribution == 3:
        packet.source_mac = packet.u48(at + 24)
    elif distribution == 2:
        packet.source_mac = packet.u48(at + 16)
    else:
        packet.source_mac = packet.u48(at + 10)
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def a_msdu(packet: Packet) -> cython.int:
    """One subframe of an aggregate (9.3.2.2): target, source, length, LLC; the next begins at a multiple of 4 bytes."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    following: cython.Py_ssize_t
    if packet.lacks(14):
        return DONE
    packet.has_macs = True
    packet.target_mac = packet.u48(at)
    packet.source_mac = packet.u48(at + 6)
    length = packet.u16(at + 12)
    following = at + ((14 + length + 3) & ~3)
    if following + 14 <= packet.end:
        packet.resume_with(A_MSDU, following)
    packet.at = at + 14
    packet.shorten(length)
    return LLC
