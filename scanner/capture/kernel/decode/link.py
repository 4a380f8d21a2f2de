"""Link types other than Ethernet and 802.11 (https://www.tcpdump.org/linktypes.html), LLC/SNAP and PPP."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import (
        COOKED_PAYLOAD,
        DONE,
        LINK,
        LLC,
        LOOPBACK_FAMILY,
        NETANALYZER_EVENT,
        OF_ETHERTYPE,
        OF_LINK_TYPE,
        OF_PPP,
        OF_REASON,
        PPP,
        WITHOUT_ETHERTYPES,
        Packet,
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def link_layer(packet: Packet, linktype: cython.int) -> cython.int:
    """The header of a frame of ``linktype``."""
    if linktype in (101, 12, 14):
        return raw_ip(packet)
    if linktype == 228:
        return 0x0800
    if linktype == 229:
        return 0x86DD
    if linktype == 113:
        return cooked(packet)
    if linktype == 276:
        return cooked_v2(packet)
    if linktype in (0, 108):
        return loopback(packet)
    if linktype in (9, 50, 104):  # what is said to be PPP may be Cisco HDLC
        return hdlc(packet)
    if linktype in (204, 166):  # a byte for the direction, then PPP in HDLC-like framing
        if packet.lacks(1):
            return DONE
        packet.at += 1
        return hdlc(packet)
    if linktype == 51:
        return 0x8864
    if linktype == 100:
        return LLC
    if linktype in (240, 241):
        return netanalyzer(packet, linktype)
    if linktype == 281:
        return broadcom(packet)
    if linktype == 282:
        if packet.lacks(4):
            return DONE
        packet.at += 4
        return LINK + 1
    if linktype in (149, 258):
        return pktap(packet, linktype)
    if linktype == 239:
        return nflog(packet)
    if linktype in (195, 215, 227, 230, 251, 256, 270, 283):  # 802.15.4, SocketCAN, Bluetooth LE, LoRa
        return without_ethertypes(packet, linktype)
    return packet.unknown(OF_LINK_TYPE, linktype)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def without_ethertypes(packet: Packet, linktype: cython.int) -> cython.int:
    """A frame of a link that has no EtherTypes is for a protocol as it is; its own number stands for one. In Ethernet
    numbers below 0x0600 are lengths, so that no EtherType is meant.
    """
    packet.ethertype = WITHOUT_ETHERTYPES + linktype
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def raw_ip(packet: Packet) -> cython.int:
    """IP of the version that its first four bits say."""
    version: cython.int
    if packet.lacks(1):
        return DONE
    version = packet.u8(packet.at) >> 4
    if version == 4:
        return 0x0800
    if version == 6:
        return 0x86DD
    return packet.malformed()


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def cooked(packet: Packet) -> cython.int:
    """LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address (8), protocol."""
    at: cython.Py_ssize_t = packet.at
    hardware: cython.int
    if packet.lacks(16):
        return DONE
    hardware = packet.u16(at + 2)
    _cooked_address(packet, hardware, packet.u16(at + 4), at + 6)
    packet.at = at + 16
    return _cooked_protocol(packet, hardware, packet.u16(at + 14))


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def cooked_v2(packet: Packet) -> cython.int:
    """LINKTYPE_LINUX_SLL2: protocol, reserved, interface index (4), ARPHRD, packet type, address length, address."""
    at: cython.Py_ssize_t = packet.at
    hardware: cython.int
    if packet.lacks(20):
        return DONE
    hardware = packet.u16(at + 8)
    _cooked_address(packet, hardware, packet.u8(at + 11), at + 12)
    packet.at = at + 20
    return _cooked_protocol(packet, hardware, packet.u16(at))


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _cooked_address(packet: Packet, hardware: cython.int, length: cython.int, at: cython.Py_ssize_t) -> cython.int:
    """Only the sender's address is there, and only of Ethernet-like devices (ARPHRD 1, 801 to 803) is it a MAC."""
    if length == 6 and (hardware == 1 or 801 <= hardware <= 803):
        packet.source_mac = packet.u48(at)
        packet.target_mac = 0
        packet.has_macs = packet.source_mac != 0
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _cooked_protocol(packet: Packet, hardware: cython.int, protocol: cython.int) -> cython.int:
    """The protocol field is an EtherType, a Linux ETH_P_ number below 1536, or unused (ARPHRD 803: radiotap)."""
    if hardware == 803:
        return LINK + 127
    if hardware == 280:
        return without_ethertypes(packet, 227)
    if hardware == 824:  # netlink
        return packet.unknown(OF_REASON, COOKED_PAYLOAD)
    if protocol >= 0x0600:
        packet.ethertype = protocol
        return protocol
    if protocol == 4:  # ETH_P_802_2
        return LLC
    return packet.unknown(OF_REASON, COOKED_PAYLOAD)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def loopback(packet: Packet) -> cython.int:
    """LINKTYPE_NULL and LINKTYPE_LOOP: an address family, in either byte order, as different systems number it."""
    family: cython.longlong
    if packet.lacks(4):
        return DONE
    family = packet.u32(packet.at)
    if family > 0xFFFF:
        family = packet.u32le(packet.at)
    packet.at += 4
    if family == 2:
        return 0x0800
    if family in (10, 23, 24, 28, 30):
        return 0x86DD
    return packet.unknown(OF_REASON, LOOPBACK_FAMILY)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def hdlc(packet: Packet) -> cython.int:
    """PPP in HDLC-like framing (RFC 1662), or Cisco HDLC, whose protocol field is an EtherType."""
    address: cython.int
    if packet.lacks(4):
        return DONE
    address = packet.u8(packet.at)
    if address in (0x0F, 0x8F):
        if packet.u16(packet.at + 2) == 0xFEFE:  # OSI: the bytes of the protocol are those of LLC
            packet.at += 2
            return LLC
        packet.ethertype = packet.u16(packet.at + 2)
        packet.at += 4
        return packet.ethertype if packet.ethertype >= 0x0600 else packet.unknown(OF_ETHERTYPE, packet.ethertype)
    return PPP


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ppp(packet: Packet) -> cython.int:
    """RFC 1661 and 1662: optional address and control bytes, a protocol number of one or two bytes."""
    protocol: cython.int
    if packet.lacks(1):
        return DONE
    if packet.end - packet.at >= 2 and packet.u16(packet.at) == 0xFF03:
        packet.at += 2
        if packet.lacks(1):
            return DONE
    protocol = packet.u8(packet.at)
    if protocol & 1:
        packet.at += 1
    else:
        if packet.lacks(2):
            return DONE
        protocol = packet.u16(packet.at)
        packet.at += 2
    if protocol == 0x0021:
        return 0x0800
    if protocol == 0x0057:
        return 0x86DD
    if protocol in (0x0281, 0x0283):
        return 0x8847
    return packet.unknown(OF_PPP, protocol)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def llc(packet: Packet) -> cython.int:
    """IEEE 802.2 LLC and SNAP (RFC 1042). Without an EtherType in it, the DSAP stands for one."""
    at: cython.Py_ssize_t = packet.at
    target: cython.int
    organisation: cython.longlong
    if packet.end - at >= 2 and packet.u16(at) == 0xFFFF:  # Novell's raw 802.3: IPX at once
        packet.ethertype = 0xFF
        return DONE
    if packet.lacks(3):
        return DONE
    target = packet.u8(at)
    packet.ethertype = target
    packet.at = at + 3 if packet.u8(at + 2) & 3 == 3 else min(at + 4, packet.end)
    if target == 0xAA and packet.u8(at + 1) & 0xFE == 0xAA:
        if packet.lacks(5):
            return DONE
        organisation = packet.u32(packet.at) >> 8
        if organisation in (0, 0xF8) and packet.u16(packet.at + 3) >= 0x0600:
            packet.ethertype = packet.u16(packet.at + 3)
            packet.at += 5
            return packet.ethertype
    if target == 0x06 and packet.u8(at + 1) & 0xFE == 0x06:  # IP without SNAP (RFC 1010)
        packet.ethertype = 0x0800
        return 0x0800
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def netanalyzer(packet: Packet, linktype: cython.int) -> cython.int:
    """Hilscher netANALYZER: 4 bytes with flags in the second, then a frame with its FCS, or an event at an input pin.

    In transparent mode (241) preamble and start delimiter stand before the frame.
    """
    at: cython.Py_ssize_t = packet.at + 4
    _step: cython.int
    if packet.lacks(4):
        return DONE
    if packet.u8(at - 3) & 1:
        return packet.unknown(OF_REASON, NETANALYZER_EVENT)
    if linktype == 241:
        for _step in range(16):
            if at >= packet.end or packet.u8(at) == 0xD5:
                break
            at += 1
        at += 1
    packet.at = at
    packet.cut_tail(4)
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def broadcom(packet: Packet) -> cython.int:
    """An Ethernet frame from a switch chip that put 4 bytes of its own before the EtherType (282: before the frame)."""
    at: cython.Py_ssize_t = packet.at
    if packet.lacks(18):
        return DONE
    packet.target_mac = packet.u48(at)
    packet.source_mac = packet.u48(at + 6)
    packet.has_macs = True
    packet.ethertype = packet.u16(at + 16)
    packet.at = at + 18
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def pktap(packet: Packet, linktype: cython.int) -> cython.int:
    """Apple's header (258; 149, a number for private use, in files of older systems): length, kind, link type."""
    at: cython.Py_ssize_t = packet.at
    length: cython.longlong
    inner: cython.longlong
    if packet.lacks(12):
        return DONE
    length = packet.u32le(at)
    inner = packet.u32le(at + 8)
    if not 12 <= length <= 1024 or inner in (149, 258) or inner > 0xFFFF:
        return packet.unknown(OF_LINK_TYPE, linktype)
    if packet.lacks(length):
        return DONE
    packet.at = at + length
    return LINK + cython.cast(cython.int, inner)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def nflog(packet: Packet) -> cython.int:
    """What a rule of Linux' filter logged: family, version 0, group, then fields (length, type, value, padding to 4
    bytes) in the byte order of the host that wrote them: 1 has the EtherType, 8 the sender's address, 9 the packet.
    """
    at: cython.Py_ssize_t = packet.at + 4
    length: cython.Py_ssize_t
    kind: cython.int
    family: cython.int
    protocol: cython.int = 0
    big: cython.bint
    if packet.lacks(8):
        return DONE
    family = packet.u8(packet.at)
    big = packet.u8(at) == 0  # of the first field's length: no field has 256 bytes before the packet's
    while at + 4 <= packet.end:
        length = packet.u16(at) if big else packet.u16le(at)
        kind = (packet.u16(at + 2) if big else packet.u16le(at + 2)) & 0x7FFF
        if length < 4:
            break
        if kind == 9:
            packet.at = at + 4
            packet.shorten(length - 4)
            if protocol < 0x0600:
                protocol = 0x0800 if family == 2 else 0x86DD if family == 10 else 0
            if protocol == 0:
                break
            packet.ethertype = protocol
            return protocol
        if at + length > packet.end:
            break
        if kind == 1 and length >= 6:
            protocol = packet.u16(at + 4)
        elif kind == 8 and length >= 14 and packet.u16(at + 4) == 6:
            packet.source_mac = packet.u48(at + 8)
            packet.target_mac = 0
            packet.has_macs = packet.source_mac != 0
        at += (length + 3) & ~3
    return packet.unknown(OF_LINK_TYPE, 239)
