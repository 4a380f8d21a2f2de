"""Links of another time, whose captures still lie about: Token Ring, FDDI, Frame Relay. LLC and SNAP lie in them."""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import DONE, LINK, LLC, OF_LLC, PPP, WITHOUT_ETHERTYPES, Packet

_SOURCE_ROUTED = cython.declare(cython.ulonglong, 1 << 47)  # in a source address: a routing field follows


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def token_ring(packet: Packet) -> cython.int:
    """IEEE 802.5: access and frame control, target, source, a routing field if the source says so, LLC.

    Addresses are as they stand there, the first bit of each octet being the highest, as ARP on this link has them.
    Frames of the ring's own management carry nothing of others.
    """
    at: cython.Py_ssize_t = packet.at
    control: cython.int
    routing: cython.Py_ssize_t = 0
    source: cython.ulonglong
    if packet.lacks(14):
        return DONE
    control = packet.u8(at + 1)
    source = cython.cast(cython.ulonglong, packet.u48(at + 8))
    packet.target_mac = packet.u48(at + 2)
    packet.source_mac = source & ~_SOURCE_ROUTED
    packet.has_macs = True
    packet.at = at + 14
    if source & _SOURCE_ROUTED:
        if packet.lacks(2):
            return DONE
        routing = packet.u8(packet.at) & 0x1F
        if routing < 2 or routing & 1:
            return packet.malformed()
        if packet.lacks(routing):
            return DONE
        packet.at += routing
    if control >> 6 != 1:
        packet.ethertype = WITHOUT_ETHERTYPES + 6
        return DONE
    return LLC


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def fddi(packet: Packet) -> cython.int:
    """ANSI X3.139 (ISO 9314-2): frame control, target, source, and LLC where the frame control says so.

    The first bit of each octet of an address is the highest one; ARP on this link turns them round (RFC 1390).
    """
    at: cython.Py_ssize_t = packet.at
    if packet.lacks(13):
        return DONE
    packet.target_mac = turned_round(packet, at + 1)
    packet.source_mac = turned_round(packet, at + 7)
    packet.has_macs = True
    packet.at = at + 13
    if packet.u8(at) & 0x70 != 0x50:
        packet.ethertype = WITHOUT_ETHERTYPES + 10
        return DONE
    return LLC


@cython.cfunc
@cython.nogil
@cython.exceptval(0xFFFFFFFFFFFFFFFF, check=True)
def turned_round(packet: Packet, at: cython.Py_ssize_t) -> cython.ulonglong:
    """The MAC address at ``at`` with the bits of each octet in the other order."""
    found: cython.ulonglong = 0
    octet: cython.int
    place: cython.int
    for place in range(6):
        octet = packet.u8(at + place)
        octet = (octet & 0x55) << 1 | (octet & 0xAA) >> 1
        octet = (octet & 0x33) << 2 | (octet & 0xCC) >> 2
        octet = (octet & 0x0F) << 4 | (octet & 0xF0) >> 4
        found = found << 8 | cython.cast(cython.ulonglong, octet)
    return found


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def frame_relay(packet: Packet) -> cython.int:
    """ITU-T Q.922 Annex A: an address of 2 to 4 octets, of which the last one ends in 1; then what RFC 2427 says
    (control 3, padding, NLPID), or, as Cisco has it, an EtherType.
    """
    _step: cython.int
    control: cython.int
    kind: cython.int
    for _step in range(4):
        if packet.lacks(1):
            return DONE
        packet.at += 1
        if packet.u8(packet.at - 1) & 1:
            break
    else:
        return packet.malformed()
    if packet.lacks(2):
        return DONE
    control = packet.u8(packet.at)
    if control != 3:
        kind = packet.u16(packet.at)
        if kind < 0x0600:
            return packet.unknown(OF_LLC, control)
        packet.at += 2
        packet.ethertype = kind
        return kind
    packet.at += 1
    if packet.u8(packet.at) == 0:
        packet.at += 1
        if packet.lacks(1):
            return DONE
    kind = packet.u8(packet.at)
    packet.at += 1
    return network_layer(packet, kind)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def network_layer(packet: Packet, kind: cython.int) -> cython.int:
    """What an NLPID stands for (ISO/IEC TR 9577; RFC 2427, section 4)."""
    organisation: cython.longlong
    inside: cython.int
    if kind == 0xCC:
        return 0x0800
    if kind == 0x8E:
        return 0x86DD
    if kind == 0xCF:
        return PPP
    if kind in (0x81, 0x82, 0x83):  # CLNP, ES-IS, IS-IS: the number is part of what they are
        packet.at -= 1
        packet.ethertype = 0xFE
        return DONE
    if kind != 0x80:
        return packet.unknown(OF_LLC, kind)
    if packet.lacks(5):
        return DONE
    organisation = packet.u32(packet.at) >> 8
    inside = packet.u16(packet.at + 3)
    packet.at += 5
    if organisation == 0:
        packet.ethertype = inside
        return inside
    if organisation == 0x0080C2 and inside in (1, 7):  # bridged Ethernet, with its check sequence or without
        if inside == 1:
            packet.cut_tail(4)
        return LINK + 1
    return packet.unknown(OF_LLC, kind)
