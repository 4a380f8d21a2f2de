"""The layers of nearly every packet: Ethernet with its tags, ARP, IP, TCP, UDP and SCTP.

Sources: IEEE 802.3 and 802.1Q; RFC 791 (IPv4), 8200 (IPv6), 9293 (TCP), 768 (UDP), 9260, 8260 and 6951 (SCTP), 826
(ARP), 4861 (neighbour discovery); IEC 62439-3 (HSR tag, PRP trailer); IEEE 802.1CB (redundancy tag).
"""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.checksums import words_sum
    from scanner.capture.kernel.decode.ipsec import esp_in_udp
    from scanner.capture.kernel.decode.packet import (
        AH,
        DATAGRAM,
        DONE,
        GTP_U,
        IP,
        IP_FRAGMENT,
        ISL,
        LEFT_SUM,
        LLC,
        MALFORMED,
        NOT_SUMMED,
        NOTHING,
        OF_ETHERTYPE,
        OF_REASON,
        OPTIONS_UNREAD,
        RIGHT_SUM,
        SCTP,
        SCTP_CHUNKS,
        SIGNED_BY_AO,
        SIGNED_BY_MD5,
        TCP,
        UDP,
        UNSIGNED,
        WRONG_SUM,
        Packet,
    )
    from scanner.capture.kernel.decode.tunnels import session_payload, tunnel_elsewhere, udp_tunnel
    from scanner.capture.kernel.octets import big16, big32

    LARGEST_SEGMENT = 1480  # TCP header and payload of the largest Ethernet frame


# A header's bytes are checked once, by ``_lacks``, not one by one: a third of the time of the whole decoding. Only the
# functions here read unchecked, and only what ``_lacks`` has vouched for; all other modules of the kernel read checked.


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(-1, check=False)
def _lacks(packet: Packet, need: cython.Py_ssize_t) -> cython.bint:
    """``packet.lacks``; when it gives False, buffer[at : at + need] is there to be read."""
    if packet.at >= 0 and packet.end <= len(packet.buffer) and packet.end - packet.at >= need:
        return False
    return packet.lacks(need) or packet.outside()


@cython.cfunc
@cython.nogil
@cython.inline
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _u8(packet: Packet, at: cython.Py_ssize_t) -> cython.int:
    return packet.buffer[at]


@cython.cfunc
@cython.nogil
@cython.inline
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _u16(packet: Packet, at: cython.Py_ssize_t) -> cython.int:
    return big16(packet.buffer, at)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.boundscheck(False)
@cython.exceptval(check=False)
def _u32(packet: Packet, at: cython.Py_ssize_t) -> cython.uint:
    return big32(packet.buffer, at)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _u48(packet: Packet, at: cython.Py_ssize_t) -> cython.ulonglong:
    high: cython.ulonglong = _u16(packet, at)
    return high << 32 | _u32(packet, at + 2)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _u64(packet: Packet, at: cython.Py_ssize_t) -> cython.ulonglong:
    high: cython.ulonglong = _u32(packet, at)
    return high << 32 | _u32(packet, at + 4)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ethernet(packet: Packet) -> cython.int:
    """Ethernet II or IEEE 802.3 header; gives the EtherType (a length below 1536 means LLC follows)."""
    at: cython.Py_ssize_t = packet.at
    if _lacks(packet, 14):
        return DONE
    packet.target_mac = _u48(packet, at)
    packet.source_mac = _u48(packet, at + 6)
    packet.has_macs = True
    packet.at = at + 14
    packet.kind = NOTHING
    packet.family = 0
    packet.protocol = -1
    packet.ethertype = _u16(packet, at + 12)
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def length_field(packet: Packet, length: cython.int) -> cython.int:
    """The type field of an Ethernet frame is a length: LLC follows, then maybe padding."""
    if length > 1500:
        return packet.unknown(OF_ETHERTYPE, length)
    if packet.has_macs and packet.target_mac >> 24 in (0x01000C, 0x03000C) and packet.target_mac & 0xFFFF00 == 0:
        return packet.unknown(OF_REASON, ISL)
    packet.shorten(length)
    return LLC if length else DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def vlan_tag(packet: Packet) -> cython.int:
    """IEEE 802.1Q tag (also 802.1ad and the older QinQ EtherTypes)."""
    identifier: cython.int
    if _lacks(packet, 4):
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
def redundancy_tag(packet: Packet) -> cython.int:
    """HSR tag or IEEE 802.1CB R-TAG: four bytes with a sequence number, then the EtherType."""
    if _lacks(packet, 6):
        return DONE
    packet.ethertype = _u16(packet, packet.at + 4)
    packet.at += 6
    return packet.ethertype


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def redundancy_trailer(packet: Packet) -> cython.int:
    """Take off the PRP trailer: sequence, LAN (A or B) and size of the payload with the trailer, suffix 0x88FB."""
    size: cython.Py_ssize_t = packet.wire_end - packet.at
    end: cython.Py_ssize_t = packet.end
    if size < 6 or end != packet.wire_end or packet.buffer[end - 1] != 0xFB or packet.buffer[end - 2] != 0x88:
        return 0
    if packet.buffer[end - 4] >> 4 in (0xA, 0xB) and packet.u16(end - 4) & 0xFFF == size:
        packet.cut_tail(6)
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def arp(packet: Packet) -> cython.int:
    """The sender's hardware and protocol address, when they are MAC and IPv4."""
    at: cython.Py_ssize_t = packet.at
    if _lacks(packet, 8):
        return DONE
    if _u16(packet, at + 2) != 0x0800 or _u16(packet, at + 4) != 0x0604:
        return DONE
    if not _lacks(packet, 28):
        packet.bind(4, packet.u48(at + 8), 0, packet.u32(at + 14))
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ipv4(packet: Packet) -> cython.int:
    """RFC 791 header; gives IP + protocol."""
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t
    total: cython.Py_ssize_t
    first: cython.int
    if _lacks(packet, 20):
        return DONE
    first = _u8(packet, at)
    header = (first & 15) * 4
    if first >> 4 != 4 or header < 20:
        return packet.malformed()
    total = _u16(packet, at + 2)
    if total == 0:  # segmentation offload: the stack left the length to the adapter
        total = packet.wire_end - at
    if total < header:
        return packet.malformed()
    if _lacks(packet, header):
        return DONE
    if at + total > packet.wire_end:
        packet.trouble = MALFORMED
    packet.wire_end = at + total
    packet.end = min(packet.end, packet.wire_end)
    packet.family = 4
    packet.source_high = packet.target_high = 0
    packet.source_low = _u32(packet, at + 12)
    packet.target_low = _u32(packet, at + 16)
    packet.protocol = _u8(packet, at + 9)
    packet.identifier = _u16(packet, at + 4)
    packet.hops = _u8(packet, at + 8)
    packet.kind = DATAGRAM
    packet.source_port = packet.target_port = 0
    packet.at = at + header
    first = _u16(packet, at + 6)
    if first & 0x3FFF:
        packet.fragment_offset = (first & 0x1FFF) * 8
        packet.fragment_more = first & 0x2000 != 0
        packet.fragment_identifier = _u16(packet, at + 4)
        return IP_FRAGMENT
    return IP + packet.protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def ipv6(packet: Packet) -> cython.int:
    """IPv6 header."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    if _lacks(packet, 40):
        return DONE
    if _u8(packet, at) >> 4 != 6:
        return packet.malformed()
    length = _u16(packet, at + 4)
    if length:  # 0 stands for a jumbo payload or segmentation offload
        if at + 40 + length > packet.wire_end:
            packet.trouble = MALFORMED
        packet.wire_end = at + 40 + length
        packet.end = min(packet.end, packet.wire_end)
    packet.family = 6
    packet.source_high = _u64(packet, at + 8)
    packet.source_low = _u64(packet, at + 16)
    packet.target_high = _u64(packet, at + 24)
    packet.target_low = _u64(packet, at + 32)
    packet.protocol = _u8(packet, at + 6)
    packet.identifier = 0
    packet.hops = _u8(packet, at + 7)
    packet.kind = DATAGRAM
    packet.source_port = packet.target_port = 0
    packet.at = at + 40
    return extension_headers(packet)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def extension_headers(packet: Packet) -> cython.int:
    """IPv6 extension headers up to the transport: at most 16, more is no traffic."""
    length: cython.Py_ssize_t
    place: cython.int
    _step: cython.int
    for _step in range(17):
        if packet.protocol not in (0, 43, 44, 51, 60, 135, 139, 140):
            return IP + packet.protocol
        if _lacks(packet, 8):
            return DONE
        length = 8 + packet.buffer[packet.at + 1] * 8
        if packet.protocol == 51:
            if packet.buffer[packet.at] in (88, 89, 103, 112):
                return DONE
            length = 8 + packet.buffer[packet.at + 1] * 4
        if packet.protocol == 44:
            length = 8
            place = _u16(packet, packet.at + 2)
            packet.fragment_offset = place & 0xFFF8
            packet.fragment_more = place & 1 != 0
            packet.fragment_identifier = packet.u32(packet.at + 4)
            packet.protocol = packet.buffer[packet.at]
            packet.at += 8
            if place & 0xFFF9:
                return IP_FRAGMENT
            continue
        if _lacks(packet, length):
            return DONE
        if packet.protocol == 51:
            _authenticated(packet)
        packet.protocol = packet.buffer[packet.at]
        packet.at += length
    return packet.malformed()


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _authenticated(packet: Packet) -> cython.int:
    """What follows is as in a tunnel that anybody reads, on the same link."""
    own_link: cython.bint = packet.has_macs
    packet.enter_tunnel(AH, packet.u32(packet.at + 4))
    packet.has_macs = own_link
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def authentication_header(packet: Packet) -> cython.int:
    """RFC 4302, behind IPv4."""
    length: cython.Py_ssize_t
    if _lacks(packet, 12):
        return DONE
    length = 8 + packet.buffer[packet.at + 1] * 4
    if _lacks(packet, length):
        return DONE
    if packet.buffer[packet.at] in (88, 89, 103, 112):  # routers prove themselves by it: it stays in front
        return DONE
    _authenticated(packet)
    packet.protocol = packet.buffer[packet.at]
    packet.at += length
    return IP + packet.protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def neighbour(packet: Packet) -> cython.int:
    """ICMPv6 neighbour discovery (types 133 to 136): which MAC has the address, from the link-layer address option."""
    at: cython.Py_ssize_t = packet.at
    kind: cython.int
    option: cython.Py_ssize_t
    wanted: cython.int = 1
    if packet.end - at < 8:
        return DONE
    kind = packet.buffer[at]
    if kind == 133:
        option = at + 8
    elif kind == 134:
        option = at + 16
    elif kind in (135, 136):
        option = at + 24
    else:
        return DONE
    if kind == 136:
        wanted = 2
    while option + 8 <= packet.end and packet.buffer[option + 1]:
        if packet.buffer[option] == wanted:
            if kind == 136:
                packet.bind(6, packet.u48(option + 2), packet.u64(at + 8), packet.u64(at + 16))
            else:
                packet.bind(6, packet.u48(option + 2), packet.source_high, packet.source_low)
            return DONE
        option += packet.buffer[option + 1] * 8
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def tcp_sum(packet: Packet) -> cython.int:
    """Whether the checksum of the segment at the cursor is right (RFC 9293, section 3.1).

    What is larger than a frame was joined or is still to be split by an adapter, and has no checksum of its own; where
    the sum of the pseudo header stands in its place, the sender's adapter was to finish it.
    """
    at: cython.Py_ssize_t = packet.at
    size: cython.Py_ssize_t = packet.wire_end - at
    pseudo: cython.ulonglong
    total: cython.ulonglong
    if packet.end != packet.wire_end or size < 20 or size > LARGEST_SEGMENT or packet.reassembled:
        return NOT_SUMMED
    pseudo = 6 + cython.cast(cython.ulonglong, size)
    pseudo += (packet.source_low >> 32) + cython.cast(cython.uint, packet.source_low)
    pseudo += (packet.target_low >> 32) + cython.cast(cython.uint, packet.target_low)
    pseudo += (packet.source_high >> 32) + cython.cast(cython.uint, packet.source_high)
    pseudo += (packet.target_high >> 32) + cython.cast(cython.uint, packet.target_high)
    total = folded(pseudo + words_sum(packet.buffer, at, size))
    if total == 0xFFFF:
        return RIGHT_SUM
    if cython.cast(cython.ulonglong, _u16(packet, at + 16)) == folded(pseudo):
        return LEFT_SUM
    return WRONG_SUM


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def folded(total: cython.ulonglong) -> cython.ulonglong:
    """A sum of 16-bit words with the carries added to it."""
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _signature(packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
    """Which of the options of TCP from ``at`` to ``end`` prove who sent the segment: kinds 19 (RFC 2385) and 29 (RFC
    5925, whose shortest has no digest).
    """
    found: cython.int = 0
    kind: cython.int
    size: cython.int
    if end > packet.end:
        return OPTIONS_UNREAD
    if end - at == 12 and packet.u32(at) == 0x0101080A:  # two of padding and the timestamps, as in most segments
        return UNSIGNED
    while at < end:
        kind = packet.buffer[at]
        if kind == 0:
            break
        if kind == 1:
            at += 1
            continue
        size = packet.buffer[at + 1] if at + 1 < end else 0
        if size < 2 or at + size > end:
            return OPTIONS_UNREAD
        if kind == 19:
            found |= SIGNED_BY_MD5 if size == 18 else OPTIONS_UNREAD
        elif kind == 29:
            found |= SIGNED_BY_AO if size > 4 else OPTIONS_UNREAD
        at += size
    return found or UNSIGNED


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def tcp(packet: Packet) -> cython.int:
    """RFC 9293 header."""
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t
    if _lacks(packet, 20):
        return DONE
    header = (_u8(packet, at + 12) >> 4) * 4
    if header < 20:
        return packet.malformed()
    packet.source_port = _u16(packet, at)
    packet.target_port = _u16(packet, at + 2)
    packet.sequence = _u32(packet, at + 4)
    packet.acknowledgement = _u32(packet, at + 8)
    packet.flags = _u8(packet, at + 13)
    packet.kind = TCP
    packet.checksum = tcp_sum(packet)
    packet.signature = UNSIGNED if header == 20 else _signature(packet, at + 20, at + header)
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
def _gtp_v0(packet: Packet) -> cython.int:
    """A T-PDU of GTP version 0 (GSM 09.60, section 6), on any port, whose lengths and those of its IP packet agree."""
    at: cython.Py_ssize_t = packet.at
    layer: cython.int
    if packet.end - at < 40 or _u16(packet, at + 2) != packet.wire_end - at - 20:
        return DONE
    if packet.buffer[at + 9] != 255 or _u16(packet, at + 10) != 0xFFFF:
        return DONE
    layer = session_payload(packet, at + 20, packet.wire_end, False)
    if layer != DONE:
        packet.enter_tunnel(GTP_U, _u16(packet, at + 6))  # by the flow label
        packet.at = at + 20
        packet.ethertype = layer
    return layer


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def udp(packet: Packet) -> cython.int:
    """RFC 768 header."""
    at: cython.Py_ssize_t = packet.at
    length: cython.Py_ssize_t
    if _lacks(packet, 8):
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
    at += 8
    if packet.target_port in (4789, 8472, 6081, 6080, 4790, 1701, 5247, 4341, 4754, 6635, 37008, 3544):
        return udp_tunnel(packet)
    if packet.source_port in (1701, 5247, 3544):
        return udp_tunnel(packet)
    if packet.target_port == 4500 or packet.source_port == 4500:
        return esp_in_udp(packet)
    if (packet.target_port == 9899 or packet.source_port == 9899) and _all_chunks(packet, at + 12):
        packet.protocol = 132
        return sctp(packet)
    if packet.end - at < 28:
        return DONE
    if packet.buffer[at + 1] == 255 and packet.buffer[at] >> 4 == 3:
        return udp_tunnel(packet)
    if packet.buffer[at + 1] == 255 and packet.buffer[at] >> 1 == 0x0F:
        return _gtp_v0(packet)
    if packet.buffer[at] == 8 and packet.buffer[at + 7] == 0 and _u16(packet, at + 1) == 0:
        return udp_tunnel(packet)
    if packet.buffer[at] >> 4 in (4, 6) or _u16(packet, at + 2) == 0x6558 or _u32(packet, at) == 0x01000001:
        return tunnel_elsewhere(packet)
    if (packet.buffer[at] < 32 and packet.buffer[at + 1] in (4, 41)) or _u32(packet, at) in (0x0800, 0x86DD):
        return tunnel_elsewhere(packet)
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _all_chunks(packet: Packet, at: cython.Py_ssize_t) -> cython.bint:
    """Chunks of SCTP fill what follows (RFC 6951), as far as it was captured."""
    length: cython.Py_ssize_t
    if at + 4 > packet.end:
        return False
    while at + 4 <= packet.end:
        length = _u16(packet, at + 2)
        if length < 4:
            return False
        at += length if at + length == packet.wire_end else (length + 3) & ~3
    return at == packet.wire_end or (packet.end < packet.wire_end and at <= packet.wire_end)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def sctp(packet: Packet) -> cython.int:
    """SCTP common header."""
    if _lacks(packet, 12):
        return DONE
    packet.source_port = _u16(packet, packet.at)
    packet.target_port = _u16(packet, packet.at + 2)
    packet.kind = SCTP
    packet.sequence = packet.acknowledgement = 0
    packet.flags = 0
    packet.at += 12
    return SCTP_CHUNKS


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def next_data(packet: Packet, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the first DATA or I-DATA chunk at or after ``at`` begins; 0 when there is none."""
    length: cython.Py_ssize_t
    while at + 4 <= packet.end:
        length = packet.u16(at + 2)
        if length < 4:
            packet.trouble = MALFORMED
            return 0
        if packet.buffer[at] in (0, 64):
            return at
        at += (length + 3) & ~3
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def control_numbers(packet: Packet) -> cython.int:
    """What the first chunk of a packet without data says of TSNs."""
    kind: cython.int = packet.flags >> 8
    if kind in (1, 2) and packet.end - packet.at >= 20:  # INIT, INIT ACK
        packet.sequence = packet.u32(packet.at + 16)
    if kind in (3, 7) and packet.end - packet.at >= 8:  # SACK, SHUTDOWN
        packet.acknowledgement = packet.u32(packet.at + 4)
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def sctp_chunks(packet: Packet) -> cython.int:
    """The user data of the next DATA chunk (header 16 bytes) or I-DATA chunk (20 bytes)."""
    at: cython.Py_ssize_t = packet.at
    header: cython.Py_ssize_t
    length: cython.Py_ssize_t
    following: cython.Py_ssize_t
    if packet.end - at >= 4:
        packet.flags = packet.u16(at)
    at = next_data(packet, at)
    if at == 0:
        control_numbers(packet)
        packet.at = packet.end
        packet.wire_end = packet.end
        return DONE
    packet.flags = packet.u16(at)
    header = 16 if packet.buffer[at] == 0 else 20
    length = packet.u16(at + 2)
    packet.at = at
    if _lacks(packet, header):
        return DONE
    if length < header:
        return packet.malformed()
    packet.sequence = packet.u32(at + 4)
    packet.acknowledgement = packet.u32(at + 12)
    following = next_data(packet, at + ((length + 3) & ~3))
    if following and not packet.more:
        packet.resume_with(SCTP_CHUNKS, following)
    packet.shorten(length)
    packet.at = at + header
    return DONE
