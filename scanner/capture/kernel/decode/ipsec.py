"""ESP and MACsec without encryption: what they carry can be read, and is.

RFC 4303 section 2, RFC 2410, RFC 3948, RFC 5879; IEEE 802.1AE-2018 section 9. A MACsec frame says whether it is
encrypted. Of ESP nothing in a header does. Behind what it carries come padding that counts up, its length, the
next header, and a check value of one of a few lengths; before it an IV, where the integrity is GMAC's. Where these
agree with the lengths and checksums of what is inside, chance has it once in ten million packets. The packet itself
stays one of ESP or MACsec; what is in it is the next one of the same frame.
"""

from __future__ import annotations

import cython

if not cython.compiled:
    from scanner.capture.kernel.decode.checksums import words_sum
    from scanner.capture.kernel.decode.packet import (
        AH,
        DATAGRAM,
        DONE,
        ESP_INSIDE,
        ESP_NULL,
        IP,
        MACSEC,
        MACSEC_INSIDE,
        NOTHING,
        OF_REASON,
        Packet,
    )

    SPI = 8  # bytes of header: security parameters index, sequence number
    ICV = 16  # bytes of the check value of MACsec's cipher suites


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def esp(packet: Packet) -> cython.int:
    """A packet directly in IP: it stays one; what is in clear in it comes behind it."""
    if not packet.more and _clear(packet, packet.at) >= 0:
        packet.resume_with(ESP_INSIDE, packet.at)
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def esp_in_udp(packet: Packet) -> cython.int:
    """RFC 3948: on its port, and not of IKE, whose messages begin with four zeros there."""
    if packet.end - packet.at < SPI + 4 or packet.u32(packet.at) < 256:
        return DONE
    return esp(packet)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def esp_inside(packet: Packet) -> cython.int:
    """What the packet at the cursor carries; in transport mode it keeps the addresses, and its link."""
    start: cython.Py_ssize_t = packet.at
    inside: cython.Py_ssize_t = _clear(packet, start)
    last: cython.Py_ssize_t
    own_link: cython.bint = packet.has_macs
    if inside < 0:
        return DONE
    if packet.tunnel == AH and packet.of_the_same_ends():  # which proves the same once more
        packet.tunnel = 0
    packet.enter_tunnel(ESP_NULL, cython.cast(cython.uint, packet.u32(start)))
    packet.at = inside
    if _is_ipv4(packet, inside):
        packet.ethertype = 0x0800
        return 0x0800  # the length of the packet in it takes the trailer off
    last = _trailer(packet, inside)
    packet.wire_end = packet.end = last - packet.u8(last)
    packet.protocol = packet.u8(last + 1)
    if packet.protocol == 41:
        packet.ethertype = 0x86DD
        return 0x86DD
    packet.has_macs = own_link
    packet.kind = DATAGRAM
    packet.source_port = packet.target_port = 0
    return IP + packet.protocol


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _clear(packet: Packet, start: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where what the packet of ESP at ``start`` carries begins; -1 when it is not in clear for certain."""
    at: cython.Py_ssize_t
    if packet.end - start < SPI + 12:
        return -1
    for at in range(start + SPI, start + SPI + 16, 8):
        if _is_ipv4(packet, at) or _trailer(packet, at) >= 0:
            return at
    return -1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _is_ipv4(packet: Packet, at: cython.Py_ssize_t) -> cython.bint:
    """A header whose sum is right is at ``at``, and what it has leaves room for a trailer: told without its end."""
    header: cython.Py_ssize_t
    if packet.end - at < 20 or packet.u8(at) >> 4 != 4:
        return False
    header = (packet.u8(at) & 15) * 4
    if header < 20 or packet.end - at < header or packet.u16(at + 2) < header:
        return False
    if not 2 <= packet.wire_end - at - packet.u16(at + 2) <= 2 + 255 + 32:
        return False
    return words_sum(packet.buffer, at, header) == 0xFFFF


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def _trailer(packet: Packet, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the length of the padding behind what is at ``at`` stands; -1 when that is nothing in clear, or cut off."""
    check: cython.int
    last: cython.Py_ssize_t
    end: cython.Py_ssize_t
    if packet.end != packet.wire_end:
        return -1
    for check in range(0, 36, 4):  # bytes of check values
        last = packet.end - check - 2  # the next header follows it
        if last - at < 8 or check in (4, 28):
            continue
        end = last - packet.u8(last)
        if end - at >= 8 and _padded(packet, end, last) and _fits(packet, packet.u8(last + 1), at, end):
            return last
    return -1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _padded(packet: Packet, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """RFC 4303, section 2.4: 1, 2, 3, ..."""
    step: cython.Py_ssize_t
    for step in range(end - at):  # noqa: SIM110 - a generator needs Python's objects
        if packet.u8(at + step) != step + 1:
            return False
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _fits(packet: Packet, protocol: cython.int, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """What is at at..end begins as the protocol does, and its lengths agree."""
    size: cython.Py_ssize_t = end - at
    header: cython.int
    if protocol == 4:
        return size >= 20 and packet.u8(at) >> 4 == 4 and packet.u16(at + 2) == size
    if protocol == 41:
        return size >= 40 and packet.u8(at) >> 4 == 6 and packet.u16(at + 4) + 40 == size
    if protocol == 17:
        return packet.u16(at + 4) == size
    if protocol == 6:
        if size < 20:
            return False
        header = packet.u8(at + 12) >> 4 << 2
        return 20 <= header <= size and packet.u16(at + 18) == 0
    if protocol == 1:
        return words_sum(packet.buffer, at, size) == 0xFFFF
    return protocol == 47 and packet.u8(at) & 0x4F == 0 and packet.u8(at + 1) < 2


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def macsec(packet: Packet) -> cython.int:
    """A frame whose tag says that it is neither encrypted nor changed (E and C) is followed by what is in it; none is
    number 0.
    """
    if packet.end - packet.at < 6 or packet.u8(packet.at) & 0x8C or packet.u32(packet.at + 2) == 0:
        return packet.unknown(OF_REASON, MACSEC)
    if not packet.more and packet.wire_end - packet.at >= _tag(packet) + 2 + ICV:
        packet.resume_with(MACSEC_INSIDE, packet.at)
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _tag(packet: Packet) -> cython.int:
    """Bytes of the SecTAG, with the channel's identifier where it has one."""
    return 14 if packet.u8(packet.at) & 0x20 else 6


@cython.cfunc
@cython.nogil
@cython.exceptval(-2, check=False)
def macsec_inside(packet: Packet) -> cython.int:
    """What is between tag and check value; short ones say how long they are."""
    short: cython.int = packet.u8(packet.at + 1) & 0x3F
    packet.at += _tag(packet)
    if packet.lacks(2):
        return DONE
    if short > 2:
        packet.shorten(short)
    else:
        packet.cut_tail(ICV)
    packet.kind = NOTHING
    packet.ethertype = packet.u16(packet.at)
    packet.at += 2
    return packet.ethertype
