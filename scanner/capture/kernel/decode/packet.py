"""One packet as the layers leave it for the flows: addresses, ports, tunnel, and where the payload lies.

A single ``Packet`` is reused for every frame of a capture. The layers (modules ``layers``, ``network``,
``link``, ``wlan``, ``bridges``, ``tunnels``) move the cursor ``at``..``end`` inwards and fill the fields, whose C types
are in ``packet.pxd``.

A layer function returns what comes next as one number: an EtherType as it is (below 0x10000), ``IP`` + protocol number,
``LINK`` + LINKTYPE number, or ``DONE``.
"""

from __future__ import annotations

import cython
import numpy as np

if not cython.compiled:
    DONE = -1  # no further layer
    WLAN_MANAGEMENT = 0x0469  # in place of an EtherType: WITHOUT_ETHERTYPES + 105
    WITHOUT_ETHERTYPES = 0x0400  # + LINKTYPE number, in place of an EtherType
    IP = 0x10000  # + IP protocol number
    LINK = 0x20000  # + LINKTYPE number
    NOTHING, FRAME, FRAGMENT, DATAGRAM, TCP, UDP, SCTP = range(7)
    NESTED = 3  # tunnels in the outermost one that are remembered; more in one another are an attack on who reads
    NO_TUNNEL, GTP_U, GRE, ERSPAN, VXLAN, IP_IN_IP, PPPOE, MPLS, GENEVE, ETHERIP, L2TP, CAPWAP = range(12)
    PBB, TRILL, FABRICPATH, NSH, LISP, TZSP, ESP_NULL, BATMAN, GUE, PIM_REGISTER, AH = range(12, 23)
    NO_WAY, UPLINK, DOWNLINK = range(3)
    SESSION_CONTAINER = 0x85  # extension header of GTP-U
    SOUND, MALFORMED, CUT, UNKNOWN = range(4)
    # Categories and reasons of what is not understood; scanner.capture.link_types has their text.
    OF_LINK_TYPE, OF_ETHERTYPE, OF_PPP, OF_GRE, OF_LLC, OF_REASON = range(6)
    HEADERS_CUT, WLAN_ENCRYPTED, WLAN_UNKNOWN, WLAN_FRAGMENT, MACSEC, ISL, MPLS_PAYLOAD = range(7)
    COOKED_PAYLOAD, LOOPBACK_FAMILY, GRE_ROUTING, ERSPAN_PAYLOAD, WLAN_DAMAGED, NETANALYZER_EVENT = range(7, 13)
    # Packet.checksum, and flags of HalfRow
    NOT_SUMMED, RIGHT_SUM, WRONG_SUM, LEFT_SUM = 0, 2048, 4096, 131072
    # Packet.signature
    UNSIGNED, SIGNED_BY_MD5, SIGNED_BY_AO, OPTIONS_UNREAD = 1, 2, 4, 8
    # special layers, above LINK
    LLC, PPP, IP_FRAGMENT, SCTP_CHUNKS, A_MSDU, WLAN_SWAPPED, ESP_INSIDE, MACSEC_INSIDE = range(0x30000, 0x30008)

# Names of Packet.tunnel and Packet.kind, by number; the numbers themselves are above.
TUNNELS = (
    *("", "gtp-u", "gre", "erspan", "vxlan", "ip-in-ip", "pppoe", "mpls", "geneve", "etherip", "l2tp", "capwap"),
    *("pbb", "trill", "fabricpath", "nsh", "lisp", "tzsp", "esp-null", "batman-adv", "gue", "pim-register", "ah"),
)
# What a segment may say by a bit of Packet.signature, beside nothing and what was not read.
SIGNATURES = {2: "TCP MD5", 4: "TCP-AO"}
UNSIGNED_SEGMENT, UNTOLD_SEGMENT = 1, 8
KINDS = ("nothing", "frame", "fragment", "datagram", "tcp", "udp", "sctp")


@cython.final
@cython.cclass
class Packet:
    """One frame, decoded to its innermost packet.

    Record
        buffer: the bytes that ``at``/``end`` index: the chunk, or a reassembled datagram. chunk: the number of the
        chunk, 0 for a reassembled datagram. frame: number in the capture from 1. time: ns since 1970 UTC, 0 unknown.
        captured, wire: frame length stored and on the wire, in bytes. linktype: LINKTYPE number.
    What was found
        kind: 0 nothing usable; 1 layer-2 frame with a payload and no IP; 2 IP fragment that completes nothing yet;
        3 IP datagram without ports (ICMP, IGMP, OSPF…; or its transport header is missing or broken); 4 TCP; 5 UDP;
        6 SCTP (``sequence``: TSN, ``acknowledgement``: payload protocol, ``flags``: chunk type << 8 | chunk flags; of
        control chunks ``sequence``: the first TSN that there will be, ``acknowledgement``: the last that has come).
    Layer 2
        has_macs: source_mac and target_mac (48-bit numbers, 0 unknown) are of this packet's own link; False inside
        tunnels that carry bare IP. vlan: outermost VLAN identifier, -1 none (the null identifier 0 of a priority tag
        is no VLAN). ethertype: the final EtherType, or the LLC DSAP (below 1536), -1 none. returned: an EtherCAT frame
        that came back from the ring, so that its ends are exchanged (see ``ring``).
    Outermost tunnel
        tunnel: index into TUNNELS. tunnel_id: TEID, VNI, GRE key, ERSPAN, PPPoE or L2TP session, MPLS label, I-SID of
        PBB, ingress nickname of TRILL, tree of FabricPath, service path of NSH, SPI of ESP.
        tunnel_way: UPLINK or DOWNLINK, as a packet of a 5G user plane says itself, else 0.
        tunnel_family 0, 4, 6 with the outer addresses as below; tunnel_source_mac: sender of the outer frame, or 0.
    Tunnels in it
        nested: how many there are with addresses around them, of at most NESTED; inner: of each kind, identifier,
        family, source (high, low) and target.
    Network
        family: 0, 4, 6. Addresses as two 64-bit halves; IPv4 is in the low half. protocol: IP protocol number, -1.
        identifier: of an IPv4 packet, 0 of IPv6; hops: how many it may still go.
    Transport
        source_port, target_port, and for TCP sequence, acknowledgement, flags (the low 8 bits as on the wire).
        checksum, of TCP: RIGHT_SUM, WRONG_SUM, LEFT_SUM where it is left to the adapter of the sender, at which the
        packet was captured, or NOT_SUMMED where it cannot be known: cut, a fragment, larger than a frame.
        signature, of TCP: which option proves its sender, SIGNED_BY_MD5 (RFC 2385) or SIGNED_BY_AO (RFC 5925), UNSIGNED
        without one, OPTIONS_UNREAD where the options are cut or contradict their lengths.
    Payload
        buffer[at:end] was captured; wire_end - at is its length on the wire (larger when the capture cut it short).
    Sender binding
        binding: 0 none; 4 ARP sender, 6 neighbour advertisement or solicitation: binding_mac owns the address
        binding_high/low.
    Verdict
        trouble: 0 sound; 1 malformed (headers contradict their lengths); 2 headers cut off by the snapshot length;
        3 not understood: category and number say what (link_types). Fields filled before the trouble stay.
    Further payloads
        more: the frame holds another packet (A-MSDU, ESP or MACsec in clear) or message (SCTP DATA), which
        ``Decoder.resume`` brings.
    """

    def __init__(self) -> None:
        self.buffer = memoryview(b"")
        self.frame = self.time = self.captured = self.wire = self.linktype = 0
        self.kind = 0
        self.has_macs = False
        self.source_mac = self.target_mac = 0
        self.vlan = self.ethertype = -1
        self.returned = False
        self.tunnel = self.tunnel_id = self.tunnel_way = self.tunnel_family = self.tunnel_source_mac = 0
        self.tunnel_source_high = self.tunnel_source_low = self.tunnel_target_high = self.tunnel_target_low = 0
        self.nested = self.resume_nested = 0
        self.inner = np.zeros((NESTED, 7), np.uint64)
        self.family = 0
        self.source_high = self.source_low = self.target_high = self.target_low = 0
        self.protocol = -1
        self.identifier = self.hops = 0
        self.source_port = self.target_port = 0
        self.sequence = self.acknowledgement = self.flags = 0
        self.checksum = self.signature = 0
        self.chunk = 0
        self.at = self.end = self.wire_end = 0
        self.binding = self.binding_mac = self.binding_high = self.binding_low = 0
        self.trouble = self.category = self.number = 0
        self.more = False
        self.resume_layer = DONE
        self.resume_at = self.resume_end = self.resume_wire_end = 0
        self.resume_reassembled = False
        self.resume_tunnel = 0
        self.fragment_offset = self.fragment_identifier = 0
        self.fragment_more = False
        self.reassembled = False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u8(self, at: cython.Py_ssize_t) -> cython.int:
        """The byte at ``at``."""
        return self.buffer[at]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u16(self, at: cython.Py_ssize_t) -> cython.int:
        """Big-endian 16-bit number at ``at``."""
        return self.buffer[at] << 8 | self.buffer[at + 1]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u32(self, at: cython.Py_ssize_t) -> cython.longlong:
        """Big-endian 32-bit number at ``at``."""
        high: cython.longlong = self.u16(at)
        return high << 16 | self.u16(at + 2)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u48(self, at: cython.Py_ssize_t) -> cython.longlong:
        """Big-endian 48-bit number (a MAC address) at ``at``."""
        high: cython.longlong = self.u16(at)
        return high << 32 | self.u32(at + 2)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(0xFFFFFFFFFFFFFFFF, check=True)
    def u64(self, at: cython.Py_ssize_t) -> cython.ulonglong:
        """Big-endian 64-bit number (half an IPv6 address) at ``at``."""
        high: cython.ulonglong = self.u32(at)
        low: cython.ulonglong = self.u32(at + 4)
        return high << 32 | low

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u16le(self, at: cython.Py_ssize_t) -> cython.int:
        """Little-endian 16-bit number at ``at``."""
        return self.buffer[at + 1] << 8 | self.buffer[at]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def u32le(self, at: cython.Py_ssize_t) -> cython.longlong:
        """Little-endian 32-bit number at ``at``."""
        high: cython.longlong = self.u16le(at + 2)
        return high << 16 | self.u16le(at)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def lacks(self, need: cython.Py_ssize_t) -> cython.bint:
        """Fewer than ``need`` bytes are at the cursor; marks why: the packet ended, or only its capture did."""
        if self.end - self.at >= need:
            return False
        self.trouble = MALFORMED if self.wire_end - self.at < need else CUT
        return True

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def outside(self) -> cython.bint:
        """The cursor left the buffer, which is a defect of a layer: IndexError. False when it did not."""
        if self.at < 0 or self.end > len(self.buffer):
            return self.buffer[len(self.buffer)] != 0
        return False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def malformed(self) -> cython.int:
        """Mark the packet as contradicting itself; gives DONE."""
        self.trouble = MALFORMED
        return DONE

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def unknown(self, category: cython.int, number: cython.int) -> cython.int:
        """Mark the packet as not understood; gives DONE."""
        self.trouble = UNKNOWN
        self.category = category
        self.number = number
        return DONE

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def enter_tunnel(self, tunnel: cython.int, identifier: cython.uint) -> cython.int:
        """Remember the tunnel with the addresses around it, the outermost and those in it, and forget the ends of its
        own link.
        """
        if self.tunnel:
            self.nest(tunnel, identifier)
        else:
            self.tunnel = tunnel
            self.tunnel_id = identifier
            self.tunnel_family = self.family
            self.tunnel_source_high = self.source_high
            self.tunnel_source_low = self.source_low
            self.tunnel_target_high = self.target_high
            self.tunnel_target_low = self.target_low
            self.tunnel_source_mac = self.source_mac if self.has_macs else 0
        if self.family:  # the link belongs to the outer packet; PPPoE and MPLS lie directly on theirs
            self.has_macs = False
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def nest(self, tunnel: cython.int, identifier: cython.uint) -> cython.int:
        """Remember a tunnel in another one, if addresses of its own are around it; those of too many are left out."""
        row: cython.Py_ssize_t = self.nested
        if self.family == 0 or row >= NESTED or (row == 0 and tunnel != GTP_U and self.of_the_same_ends()):
            return 0
        self.inner[row, 0] = tunnel
        self.inner[row, 1] = identifier
        self.inner[row, 2] = self.family
        self.inner[row, 3] = self.source_high
        self.inner[row, 4] = self.source_low
        self.inner[row, 5] = self.target_high
        self.inner[row, 6] = self.target_low
        self.nested += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def of_the_same_ends(self) -> cython.bint:
        """The addresses are those of the outermost tunnel: labels and service chains lie in it as they are. GTP-U has
        addresses of its own around it, whatever they are.
        """
        if self.source_high != self.tunnel_source_high or self.source_low != self.tunnel_source_low:
            return False
        if self.target_high != self.tunnel_target_high or self.target_low != self.tunnel_target_low:
            return False
        return self.family == self.tunnel_family

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def shorten(self, length: cython.Py_ssize_t) -> cython.int:
        """A length field says that ``length`` bytes follow the cursor: what comes after is padding or a trailer."""
        if self.at + length > self.wire_end:
            self.trouble = MALFORMED
            return 0
        self.wire_end = self.at + length
        self.end = min(self.end, self.wire_end)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def cut_tail(self, length: cython.Py_ssize_t) -> cython.int:
        """The last ``length`` bytes on the wire are a trailer."""
        self.wire_end = max(self.wire_end - length, self.at)
        self.end = min(self.end, self.wire_end)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def resume_with(self, layer: cython.int, at: cython.Py_ssize_t) -> cython.int:
        """Another payload follows at ``at``, as far as the present one reaches."""
        self.more = True
        self.resume_layer = layer
        self.resume_nested = self.nested
        self.resume_tunnel = self.tunnel
        self.resume_at = at
        self.resume_end = self.end
        self.resume_wire_end = self.wire_end
        self.resume_reassembled = self.reassembled
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def bind(
        self, family: cython.int, mac: cython.longlong, high: cython.ulonglong, low: cython.ulonglong
    ) -> cython.int:
        """The packet itself says that ``mac`` has this address."""
        if mac and (high or low):
            self.binding = family
            self.binding_mac = mac
            self.binding_high = high
            self.binding_low = low
        return 0

    def payload(self) -> bytes:
        """A copy of the captured payload: for tests and inspection."""
        return bytes(self.buffer[self.at : self.end])
