"""Tunnels: a packet inside a packet. What is inside is decoded; the outermost tunnel is remembered."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.inside import bare_ip, is_frame, is_sound_ip, version_at
    from scanner.capture.kernel.decode.packet import (
        CAPWAP,
        DONE,
        DOWNLINK,
        ERSPAN,
        ERSPAN_PAYLOAD,
        ETHERIP,
        GENEVE,
        GRE,
        GRE_ROUTING,
        GTP_U,
        GUE,
        IP,
        IP_IN_IP,
        L2TP,
        LINK,
        LISP,
        MPLS,
        MPLS_PAYLOAD,
        NOTHING,
        OF_GRE,
        OF_REASON,
        PIM_REGISTER,
        PPP,
        PPPOE,
        SESSION_CONTAINER,
        TZSP,
        UPLINK,
        VXLAN,
        WLAN_SWAPPED,
        Packet,
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def gre(packet: Packet) -> cython.int:
    """GRE (RFC 2784, 2890), the enhanced GRE of PPTP (RFC 2637), ERSPAN in it, and EoIP, which looks like PPTP's."""
    at: cython.Py_ssize_t = packet.at
    flags: cython.int
    protocol: cython.int
    layer: cython.int
    key: cython.longlong = 0
    if packet.lacks(4):
        return DONE
    flags = packet.u16(at)
    protocol = packet.u16(at + 2)
    if flags & 7 == 1:
        return _pptp(packet, flags, protocol)
    if flags & 7:
        return packet.malformed()
    if flags & 0x4000:
        return packet.unknown(OF_REASON, GRE_ROUTING)
    packet.at = at + 8 if flags & 0x8000 else at + 4
    if flags & 0x2000:
        if packet.lacks(4):
            return DONE
        key = packet.u32(packet.at)
        packet.at += 4
    if flags & 0x1000:
        packet.at += 4
    if packet.lacks(0):
        return DONE
    if protocol == 0x88BE:
        return _erspan(packet, flags & 0x1000 != 0)
    if protocol == 0x22EB:
        return _erspan_3(packet)
    layer = _carried(packet, protocol)
    if layer == DONE:
        packet.at = at
        return packet.unknown(OF_GRE, protocol)
    packet.enter_tunnel(GRE, cython.cast(cython.uint, key))
    return layer


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _begins_radio_frame(packet: Packet) -> cython.bint:
    """A header of IEEE 802.11 of version 0 has room."""
    return packet.end - packet.at >= 24 and packet.u8(packet.at) & 3 == 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _carried(packet: Packet, protocol: cython.int) -> cython.int:
    """The layer behind a header that names what it carries by EtherType (GRE, Geneve); whatever it says, an IP packet
    or a frame that ends where the payload does is one. DONE when nothing tells.
    """
    version: cython.int
    if protocol == 0x6558:
        return LINK + 1
    if protocol == 0x880B:
        return PPP
    if (0x8200 <= protocol <= 0x8370 or protocol == 0x9000) and _begins_radio_frame(packet):  # of Aruba's access points
        return LINK + 105
    if protocol == 0x883E:  # WCCP: IP, of some versions behind 4 bytes of its own
        if not version_at(packet, packet.at):
            packet.at += 4
        protocol = 0x0800
    elif protocol not in (0x0800, 0x86DD, 0x8100, 0x8847, 0x8848, 0x8864, 0x88A8, 0x88E7, 0x894F):
        version = version_at(packet, packet.at)
        if version == 0:
            return LINK + 1 if is_frame(packet, packet.at) else DONE
        protocol = 0x0800 if version == 4 else 0x86DD
    packet.ethertype = protocol
    return protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _pptp(packet: Packet, flags: cython.int, protocol: cython.int) -> cython.int:
    """Version 1: the key holds payload length and call; a packet may be an acknowledgement only."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    if packet.lacks(8):
        return DONE
    length = packet.u16(at + 4)
    if protocol == 0x6400 and flags == 0x2001:  # EoIP: a frame; its tunnel has the least significant byte first
        packet.at = at + 8
        packet.shorten(length)
        packet.enter_tunnel(GRE, packet.u16le(at + 6))
        return LINK + 1
    if protocol != 0x880B:
        return packet.unknown(OF_GRE, protocol)
    packet.at = at + 8 + (4 if flags & 0x1000 else 0) + (4 if flags & 0x80 else 0)
    if packet.lacks(0) or length == 0:
        return DONE
    packet.shorten(length)
    packet.enter_tunnel(GRE, packet.u16(at + 6))
    return PPP


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _erspan(packet: Packet, numbered: cython.bint) -> cython.int:
    """ERSPAN type I has no header of its own and no GRE sequence number; type II has 8 bytes (version 1)."""
    at: cython.Py_ssize_t = packet.at
    session: cython.int = 0
    if numbered:
        if packet.lacks(8):
            return DONE
        if packet.u8(at) >> 4 == 2:
            return _erspan_3(packet)
        session = packet.u16(at + 2) & 0x3FF
        _mirrored_vlan(packet, packet.u16(at) & 0xFFF, packet.u16(at + 2) >> 11 & 3)
        packet.at = at + 8
    packet.enter_tunnel(ERSPAN, session)
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _erspan_3(packet: Packet) -> cython.int:
    """ERSPAN type III (draft-foschiano-erspan): 12 bytes, 8 more when the last bit says so."""
    at: cython.Py_ssize_t = packet.at
    last: cython.int
    if packet.lacks(12):
        return DONE
    last = packet.u16(at + 10)
    if last >> 10 & 0x1F:  # frame type: 0 Ethernet
        return packet.unknown(OF_REASON, ERSPAN_PAYLOAD)
    if packet.lacks(20 if last & 1 else 12):
        return DONE
    packet.at = at + (20 if last & 1 else 12)
    packet.enter_tunnel(ERSPAN, packet.u16(at + 2) & 0x3FF)
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _mirrored_vlan(packet: Packet, vlan: cython.int, encapsulation: cython.int) -> cython.int:
    """Encapsulation 2: the mirrored frame had an 802.1Q tag that was taken off."""
    if encapsulation == 2 and packet.vlan < 0 and vlan:
        packet.vlan = vlan
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ip_in_ip(packet: Packet, protocol: cython.int) -> cython.int:
    """IPv4 (4), IPv6 (41), Ethernet (97, RFC 3378) or MPLS (137) directly in IP."""
    if packet.lacks(2):
        return DONE
    if protocol == 97:
        packet.at += 2
        packet.enter_tunnel(ETHERIP, 0)
        return LINK + 1
    packet.enter_tunnel(IP_IN_IP, 0)
    packet.ethertype = 0x0800 if protocol == 4 else 0x86DD if protocol == 41 else 0x8847
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def udp_tunnel(packet: Packet) -> cython.int:
    """A tunnel in datagrams, when their content agrees with the port; VXLAN and GTP-U on any port. DONE otherwise."""
    if packet.target_port in (4789, 8472):
        return _vxlan(packet)
    if packet.target_port == 4790:
        return _vxlan_gpe(packet)
    if packet.target_port == 6081:
        return _geneve(packet)
    if packet.target_port == 1701 or packet.source_port == 1701:
        return _l2tp(packet)
    if packet.target_port == 5247 or packet.source_port == 5247:
        return _capwap(packet)
    if packet.target_port == 6080:
        return _gue(packet)
    if packet.target_port == 4341:
        return bare_ip(packet, 8, LISP)
    if packet.target_port == 3544 or packet.source_port == 3544:
        return _teredo(packet)
    if packet.target_port == 6635:
        return _mpls_in_udp(packet)
    if packet.target_port == 4754:
        return _gre_in_udp(packet)
    if packet.target_port == 37008:
        return _mirrored(packet, exact=False)
    if packet.u8(packet.at) == 8:
        return _vxlan(packet) if is_frame(packet, packet.at + 8) else DONE
    return gtp_u(packet)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def tunnel_elsewhere(packet: Packet) -> cython.int:
    """A tunnel on a port that names none: an IP packet that is all of the datagram, perhaps behind a header of GUE or
    GRE, or Geneve, GRE and TZSP of a frame that ends where it does. DONE for anything else.
    """
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t = 4 + (packet.u8(at) & 0x1F) * 4
    if packet.u8(at) >> 4 in (4, 6):
        return bare_ip(packet, 0, IP_IN_IP) if is_sound_ip(packet, at) else DONE
    if packet.u32(at) == 0x01000001:
        return _mirrored(packet, exact=True)
    if packet.u8(at) >> 6 == 0 and packet.u8(at + 7) == 0 and is_frame(packet, at + 8 + (packet.u8(at) & 0x3F) * 4):
        return _geneve(packet)
    if packet.u8(at) >> 5 == 0 and packet.u8(at + 1) in (4, 41) and is_sound_ip(packet, at + header):
        return _gue(packet)
    if packet.u16(at) == 0 and (is_sound_ip(packet, at + 4) or is_frame(packet, at + 4)):
        return _gre_in_udp(packet)
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _gue(packet: Packet) -> cython.int:
    """Generic UDP encapsulation (draft-ietf-intarea-gue, sections 3 and 4): an IP packet as it is, or behind a header
    that names an IP protocol. Control messages (the C bit) stay datagrams.
    """
    at: cython.Py_ssize_t = packet.at
    protocol: cython.int
    if packet.end - at < 8:
        return DONE
    if packet.u8(at) >> 6 == 1:
        return bare_ip(packet, 0, GUE)
    at += 4 + (packet.u8(at) & 0x1F) * 4
    protocol = packet.u8(packet.at + 1)
    if packet.u8(packet.at) & 0xE0 or packet.end - at < 8:
        return DONE
    if protocol in (4, 41):
        return bare_ip(packet, at - packet.at, GUE)
    if protocol not in (6, 17, 47, 97, 137) or (
        protocol == 6 and (packet.end - at < 20 or packet.u8(at + 12) >> 4 < 5)
    ):
        return DONE
    if protocol == 17 and packet.u16(at + 4) != packet.wire_end - at:
        return DONE
    packet.at = at
    packet.protocol = protocol
    if protocol not in (6, 17):  # those lie between the same addresses
        packet.enter_tunnel(GUE, 0)
    return IP + protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def pim_register(packet: Packet) -> cython.int:
    """RFC 7761 section 4.9.3: a router hands the first packets of a group to the one where they meet. One that is
    empty (the N bit), and all other messages, stay what they are.
    """
    if packet.end - packet.at < 28 or packet.u8(packet.at) != 0x21 or packet.u8(packet.at + 4) & 0x40:
        return DONE
    return bare_ip(packet, 8, PIM_REGISTER)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ip_elsewhere(packet: Packet) -> cython.int:
    """An IP packet that is all of a datagram, whatever the number of its protocol says."""
    return bare_ip(packet, 0, IP_IN_IP)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _teredo(packet: Packet) -> cython.int:
    """Teredo (RFC 4380 section 5.1.1): an IPv6 packet, perhaps behind a proof of its sender, and where it is from."""
    at: cython.Py_ssize_t = packet.at
    if packet.end - at >= 13 and packet.u16(at) == 1:
        at += 13 + packet.u8(at + 2) + packet.u8(at + 3)
    if packet.end - at >= 8 and packet.u16(at) == 0:
        at += 8
    return bare_ip(packet, at - packet.at, IP_IN_IP)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _mpls_in_udp(packet: Packet) -> cython.int:
    """RFC 7510: labels, and below them an IP packet that ends where the datagram does."""
    at: cython.Py_ssize_t = packet.at
    _step: cython.int
    for _step in range(16):
        if packet.end - at < 24:
            return DONE
        at += 4
        if packet.u8(at - 2) & 1:
            break
    return mpls(packet) if version_at(packet, at) else DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _gre_in_udp(packet: Packet) -> cython.int:
    """RFC 8086: a header of GRE without what is reserved, of version 0, and something that GRE carries."""
    if packet.end - packet.at < 24 or packet.u16(packet.at) & 0x4FFF:
        return DONE
    if packet.u16(packet.at + 2) not in (0x0800, 0x86DD, 0x6558, 0x8847):
        return DONE
    return gre(packet)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _mirrored(packet: Packet, exact: cython.bint) -> cython.int:
    """TZSP, by which routers and access points send what they see: version 1, of Ethernet (1) or 802.11 (18), tagged
    fields up to one of type 1, a frame. exact: of Ethernet, it ends where the datagram does.
    """
    at: cython.Py_ssize_t = packet.at + 4
    link: cython.int
    if packet.end - packet.at < 5 or packet.u16(packet.at) not in (0x0100, 0x0101):
        return DONE
    link = packet.u16(packet.at + 2)
    if link not in (1, 18):
        return DONE
    while at < packet.end and packet.u8(at) != 1:
        if packet.u8(at):
            if at + 1 >= packet.end:
                return DONE
            at += packet.u8(at + 1) + 1
        at += 1
    if at + 15 > packet.end or (exact and not is_frame(packet, at + 1)):
        return DONE
    packet.enter_tunnel(TZSP, 0)
    packet.at = at + 1
    return LINK + 1 if link == 1 else _radio_frame(packet)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def l2tp_over_ip(packet: Packet) -> cython.int:
    """L2TP version 3 directly in IP (RFC 3931 section 4.1.1): the session, and not 0, which is a control message."""
    if packet.end - packet.at < 4 or packet.u32(packet.at) == 0:
        return DONE
    return _l2tp_session(packet, packet.at)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _l2tp_session(packet: Packet, at: cython.Py_ssize_t) -> cython.int:
    """A data message of L2TP version 3 whose session is at ``at``. How long its cookie (none, 4 or 8 bytes) and what
    comes behind it (nothing or 4) are was agreed on before: where a frame, PPP or IP begins is where they end.
    """
    inside: cython.Py_ssize_t
    layer: cython.int = DONE
    version: cython.int
    _step: cython.int
    for _step in range(4):
        inside = at + 4 + 4 * _step
        version = version_at(packet, inside)
        if version:
            layer = 0x0800 if version == 4 else 0x86DD
        elif is_frame(packet, inside):
            layer = LINK + 1
        elif packet.end - inside >= 24 and packet.u16(inside) == 0xFF03 and version_at(packet, inside + 4):
            layer = PPP
        if layer != DONE:
            break
    if layer == DONE:
        return DONE
    packet.enter_tunnel(L2TP, cython.cast(cython.uint, packet.u32(at)))
    packet.at = inside
    if version:
        packet.ethertype = layer
    return layer


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _capwap(packet: Packet) -> cython.int:
    """RFC 5415, section 4: data of an access point in clear, as 802.11 (the T bit) or Ethernet frames. In DTLS, in
    fragments and as keep-alives they stay datagrams. Some access points exchange the first two bytes of a frame.
    """
    at: cython.Py_ssize_t = packet.at
    words: cython.longlong
    header: cython.Py_ssize_t
    if packet.end - at < 8 or packet.u8(at):
        return DONE
    words = packet.u32(at)
    header = (words >> 19 & 31) * 4
    if words >> 9 & 31 != 1 or words & 0x88 or header < 8 or packet.end - at < header + 16:
        return DONE
    if words & 0x100 and packet.u8(at + header) == 0 and packet.u8(at + header + 1):  # which of both comes first?
        return DONE
    packet.enter_tunnel(CAPWAP, 0)
    packet.at = at + header
    if words & 0x100 == 0:
        return LINK + 1
    _radio_frame(packet)
    return WLAN_SWAPPED if packet.u8(packet.at) & 3 else LINK + 105


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _radio_frame(packet: Packet) -> cython.int:
    """An 802.11 frame is at the cursor: forget what is around it."""
    packet.kind = NOTHING
    packet.family = 0
    packet.protocol = packet.ethertype = -1
    return LINK + 105


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _vxlan(packet: Packet) -> cython.int:
    """RFC 7348: flags with the I bit, VNI, an Ethernet frame. What is reserved is nothing to who receives it."""
    at: cython.Py_ssize_t = packet.at
    if packet.end - at < 22 or packet.u8(at) & 0x08 == 0 or (packet.u8(at + 7) and not is_frame(packet, at + 8)):
        return DONE
    packet.enter_tunnel(VXLAN, cython.cast(cython.uint, packet.u32(at + 4) >> 8))
    packet.at = at + 8
    return LINK + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _vxlan_gpe(packet: Packet) -> cython.int:
    """draft-ietf-nvo3-vxlan-gpe: the P bit, and the next protocol in the header's fourth byte."""
    at: cython.Py_ssize_t = packet.at
    protocol: cython.int
    if packet.end - at < 22 or packet.u8(at) & 0x3C != 0x0C or packet.u8(at + 7):
        return DONE
    protocol = packet.u8(at + 3)
    if not 1 <= protocol <= 5:
        return DONE
    packet.enter_tunnel(VXLAN, cython.cast(cython.uint, packet.u32(at + 4) >> 8))
    packet.at = at + 8
    if protocol == 3:
        return LINK + 1
    if protocol == 1:
        packet.ethertype = 0x0800
    elif protocol == 2:
        packet.ethertype = 0x86DD
    else:
        packet.ethertype = 0x894F if protocol == 4 else 0x8847
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _geneve(packet: Packet) -> cython.int:
    """RFC 8926: version 0, options, protocol, VNI."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    layer: cython.int
    if packet.end - at < 8 or packet.u8(at) >> 6:
        return DONE
    length = 8 + (packet.u8(at) & 0x3F) * 4
    if packet.end - at < length:
        return DONE
    packet.at = at + length
    layer = _carried(packet, packet.u16(at + 2))
    if layer == DONE:
        packet.at = at
        return DONE
    packet.enter_tunnel(GENEVE, cython.cast(cython.uint, packet.u32(at + 4) >> 8))
    return layer


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _l2tp(packet: Packet) -> cython.int:
    """A data message of L2TP version 2 (RFC 2661 section 3.1): optional length, tunnel and session, optional counters
    and offset, then PPP; or of version 3 (RFC 3931 section 4.1.2.1). Control messages (T bit) are nothing to peel, nor
    is how the ends of a link agree on it and log in (RFC 1661: protocols from 0x8000 on).
    """
    start: cython.Py_ssize_t = packet.at
    at: cython.Py_ssize_t = start + 2
    flags: cython.int
    length: cython.Py_ssize_t = packet.wire_end - start
    if packet.end - start < 8:
        return DONE
    flags = packet.u16(start)
    if flags == 0x0003 and packet.u16(start + 2) == 0:
        return _l2tp_session(packet, start + 4)
    if flags & 0xB4FF != 0x0002:
        return DONE
    if flags & 0x4000:
        length = packet.u16(at)
        at += 2
        if length > packet.wire_end - start:
            return DONE
    at += 4
    if flags & 0x0800:
        at += 4
    if flags & 0x0200:
        if at + 2 > packet.end:
            return DONE
        at += 2 + packet.u16(at)
    if at >= packet.end or at - start >= length:
        return DONE
    if packet.u8(at + 2 if at + 2 < packet.end and packet.u16(at) == 0xFF03 else at) & 0x80:
        return DONE
    packet.shorten(length)
    packet.enter_tunnel(L2TP, packet.u16(start + (6 if flags & 0x4000 else 4)))
    packet.at = at
    return PPP


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def gtp_u(packet: Packet) -> cython.int:
    """GTP-U version 1 (3GPP TS 29.281): a T-PDU (255) with IP or, in an Ethernet session of 5G, a frame. In 5G a PDU
    session container among the extension headers says which way it goes (TS 38.415, section 5.5.2).

    On other ports than 2152 only when the header and the IP lengths in it agree exactly with the datagram.
    """
    at: cython.Py_ssize_t = packet.at
    inner: cython.Py_ssize_t = at + 8
    end: cython.Py_ssize_t
    flags: cython.int
    extension: cython.int = 0
    way: cython.int = 0
    layer: cython.int
    expected: cython.bint = packet.target_port == 2152 or packet.source_port == 2152
    if packet.end - at < 8:
        return DONE
    flags = packet.u8(at)
    if flags & 0xF0 != 0x30 or packet.u8(at + 1) != 255:
        return DONE
    end = inner + packet.u16(at + 2)
    if end > packet.wire_end or (end != packet.wire_end and not expected):
        return DONE
    if flags & 7:
        inner += 4
        if inner > packet.end:
            return DONE
        if flags & 4:
            extension = packet.u8(inner - 1)
    while extension:
        if inner >= packet.end or packet.u8(inner) == 0 or inner + packet.u8(inner) * 4 > packet.end:
            return DONE
        if extension == SESSION_CONTAINER:
            way = UPLINK if packet.u8(inner + 1) >> 4 == 1 else DOWNLINK if packet.u8(inner + 1) >> 4 == 0 else 0
        inner += packet.u8(inner) * 4
        extension = packet.u8(inner - 1)
    layer = session_payload(packet, inner, end, expected)
    if layer != DONE:
        if packet.tunnel == 0:
            packet.tunnel_way = way
        packet.enter_tunnel(GTP_U, cython.cast(cython.uint, packet.u32(at + 4)))
        packet.at = inner
        packet.wire_end = end
        packet.end = min(packet.end, end)
        if layer < LINK:
            packet.ethertype = layer
    return layer


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def session_payload(packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t, expected: cython.bint) -> cython.int:
    """What a GTP-U payload at at..end is: IP whose length agrees, else a frame of a known EtherType, else IP."""
    version: cython.int
    kind: cython.int
    if packet.end - at < 20 or end - at < 20:
        return DONE
    version = packet.u8(at) >> 4
    if version == 4 and packet.u8(at) & 15 >= 5 and packet.u16(at + 2) == end - at:
        return 0x0800
    if version == 6 and packet.u16(at + 4) + 40 == end - at:
        return 0x86DD
    if not expected:
        return DONE
    kind = packet.u16(at + 12)
    if kind in (0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8, 0x8892, 0x88B8, 0x88BA, 0x88A4, 0x88CC, 0x88F7, 0x8863, 0x8864):
        return LINK + 1
    if version == 4 and packet.u8(at) & 15 >= 5:
        return 0x0800
    return 0x86DD if version == 6 else DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def pppoe(packet: Packet) -> cython.int:
    """PPPoE session (RFC 2516): version and type 1, code 0, session, length of the PPP packet."""
    at: cython.Py_ssize_t = packet.at
    if packet.lacks(6):
        return DONE
    if packet.u16(at) != 0x1100:
        return packet.malformed()
    packet.at = at + 6
    packet.shorten(packet.u16(at + 4))
    packet.enter_tunnel(PPPOE, packet.u16(at + 2))
    return PPP


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def mpls(packet: Packet) -> cython.int:
    """MPLS label stack (RFC 3032); below it IP by its version, or the frame of a pseudowire (RFC 4448), often behind a
    control word, which begins with 16 bits of zeros. No label says which: of what begins alike the lengths decide.
    """
    first: cython.Py_ssize_t = packet.at
    kind: cython.int
    while True:
        if packet.lacks(4):
            return DONE
        packet.at += 4
        if packet.u8(packet.at - 2) & 1:
            break
    if packet.lacks(1):
        return DONE
    kind = _below_labels(packet)
    if kind == DONE:
        return packet.unknown(OF_REASON, MPLS_PAYLOAD)
    packet.enter_tunnel(MPLS, cython.cast(cython.uint, packet.u32(first) >> 12))
    if kind < LINK:
        packet.ethertype = kind
    return kind


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _below_labels(packet: Packet) -> cython.int:
    """What an MPLS label stack carries; the cursor is behind a control word. DONE when nothing tells."""
    at: cython.Py_ssize_t = packet.at
    kind: cython.int = packet.u8(at) >> 4
    version: cython.int = version_at(packet, at)
    if version == 0 and not (kind == 0 and is_frame(packet, at + 4)) and is_frame(packet, at):
        return LINK + 1
    if kind in (4, 6):
        return 0x0800 if kind == 4 else 0x86DD
    if kind:
        return DONE
    if packet.lacks(4):
        return LINK + 1
    if packet.u16(at) == 0:
        packet.at += 4
    return LINK + 1
