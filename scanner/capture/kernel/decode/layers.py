"""From a frame to its innermost packet: the loop over the layers."""

from __future__ import annotations

from typing import Any

import cython

from scanner.capture.ip_fragments import Between, Fragment, Lost, Reassembler
from scanner.capture.kernel.decode.ethercat_ring import Ring
from scanner.capture.link_types import link_type, not_understood, of_network
from scanner.capture.result import CaptureInfo

if not cython.compiled:
    from scanner.capture.kernel.decode.bridges import (
        backbone,
        fabricpath,
        mesh,
        metadata,
        service_chain,
        tag,
        trill,
    )
    from scanner.capture.kernel.decode.ipsec import esp, esp_inside, macsec, macsec_inside
    from scanner.capture.kernel.decode.link import link_layer, llc, ppp
    from scanner.capture.kernel.decode.network import (
        arp,
        authentication_header,
        ethernet,
        extension_headers,
        ipv4,
        ipv6,
        length_field,
        neighbour,
        redundancy_tag,
        redundancy_trailer,
        sctp,
        sctp_chunks,
        tcp,
        udp,
        vlan_tag,
    )
    from scanner.capture.kernel.decode.packet import (
        A_MSDU,
        CUT,
        DATAGRAM,
        DONE,
        ESP_INSIDE,
        FRAGMENT,
        FRAME,
        HEADERS_CUT,
        IP,
        IP_FRAGMENT,
        LINK,
        LLC,
        MACSEC_INSIDE,
        MALFORMED,
        NOTHING,
        OF_REASON,
        PPP,
        SCTP_CHUNKS,
        SOUND,
        UNKNOWN,
        WITHOUT_ETHERTYPES,
        WLAN_SWAPPED,
        Packet,
    )
    from scanner.capture.kernel.decode.rings import fddi, frame_relay, token_ring
    from scanner.capture.kernel.decode.tunnels import (
        gre,
        ip_elsewhere,
        ip_in_ip,
        l2tp_over_ip,
        mpls,
        pim_register,
        pppoe,
    )
    from scanner.capture.kernel.decode.wlan import a_msdu, wlan_layer
    from scanner.capture.kernel.record_index import Index


MOST_NAMES = 100  # kinds of what is not understood, and link types, that are told apart in the end


def most_met(counts: dict[str, int]) -> dict[str, int]:
    """The counts, of more than MOST_NAMES the smallest as one: thousands of kinds are an attack on whoever reads."""
    if len(counts) <= MOST_NAMES:
        return counts
    kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(kept[:MOST_NAMES]) | {"others": sum(count for _, count in kept[MOST_NAMES:])}


@cython.final
@cython.cclass
class Decoder:
    """Decodes the frames of one capture and counts what it did not understand.

    ``attach`` a chunk's buffer, then ``decode`` each of its records into the one ``Packet``; while ``packet.more`` is
    set, ``resume`` brings the next packet of the same frame. ``fill`` hands the counts over at the end.

    ring: of the capture that this one continues, if it does.
    """

    def __init__(self, ring: Ring | None = None) -> None:
        self.chunk = memoryview(b"")
        self.chunks = 0
        self.replaced = True
        self.last_link = -1
        self.last_link_count = 0
        self.link_counts: dict[int, int] = {}
        self.unknown_counts: dict[tuple[int, int], int] = {}
        self.malformed_packets = 0
        self.fragments = 0
        self.reassembler = Reassembler()
        self.ring = ring or Ring()

    def attach(self, buffer: Any) -> None:
        """Records decoded from now on lie in ``buffer``."""
        self.chunk = buffer
        self.chunks += 1
        self.replaced = True

    def fill(self, info: CaptureInfo) -> None:
        """Write the counts into ``info``; no frame may follow."""
        self.count_link(-1)
        for number, count in self.link_counts.items():
            name = link_type(number)
            info.link_types[name] = info.link_types.get(name, 0) + count
        info.link_types = most_met(info.link_types)
        unknown = {not_understood(*key): count for key, count in self.unknown_counts.items()}
        info.not_understood = most_met(unknown)
        info.foreign_links = sorted(not_understood(*key) for key in self.unknown_counts if of_network(*key))
        info.malformed_packets = self.malformed_packets
        info.fragments = self.fragments
        info.fragments_dropped = self.reassembler.finish()

    @property
    def lost(self) -> dict[Between, Lost]:
        """Datagrams whose fragments were not joined; complete once ``fill`` was called."""
        lost: dict[Between, Lost] = self.reassembler.lost
        return lost

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
        """Decode the frame at chunk[start:start+captured]; the caller has set frame and time.

        linktype: LINKTYPE number + bytes of frame check sequence << 16, as the record index has it.
        """
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
        packet.tunnel = packet.nested = packet.family = packet.binding = 0
        packet.trouble = SOUND
        packet.more = packet.returned = False
        if linktype > 0xFFFF:
            packet.cut_tail(linktype >> 16)
        return self.run(packet, LINK + packet.linktype)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def resume(self, packet: Packet) -> cython.int:
        """The next packet of the same frame."""
        if self.replaced and not packet.resume_reassembled:
            self.restore(packet)
        packet.more = packet.returned = False
        packet.binding = 0
        packet.tunnel = packet.resume_tunnel
        packet.nested = packet.resume_nested
        packet.trouble = SOUND
        packet.at = packet.resume_at
        packet.end = packet.resume_end
        packet.wire_end = packet.resume_wire_end
        return self.run(packet, packet.resume_layer)

    def decode_chunk(self, packet: Packet, buffer: Any, index: Index) -> None:
        """Decode every record of a chunk, one over the other: for measurements and tests."""
        self.attach(buffer)
        self._loop(packet, index)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _loop(self, packet: Packet, index: Index) -> cython.int:
        row: cython.Py_ssize_t
        for row in range(index.count):
            packet.frame = index.first_frame + row
            packet.time = index.time[row]
            self.decode(packet, index.offset[row], index.captured[row], index.wire[row], index.link[row])
            while packet.more:
                self.resume(packet)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def run(self, packet: Packet, layer: cython.int) -> cython.int:
        """Peel until nothing is left to peel."""
        depth: cython.int = 0
        if layer == LINK + 1:  # as nearly always: one after the other costs less than a round each
            layer = ethernet(packet)
        if layer == 0x0800:
            layer = ipv4(packet)
        if layer == IP + 6:
            layer = tcp(packet)
        while layer != DONE:
            layer = self.step(packet, layer)
            depth += 1
            if depth > 48:  # an attack on the decoder, not traffic
                packet.malformed()
                break
        if packet.kind == NOTHING and packet.ethertype >= 0 and packet.trouble in (SOUND, UNKNOWN, CUT):
            packet.kind = FRAME
            if packet.ethertype < WITHOUT_ETHERTYPES or packet.ethertype >= 0x0600:
                redundancy_trailer(packet)
        if packet.trouble != SOUND:
            packet.at = min(packet.at, packet.end)
            self.note(packet)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def step(self, packet: Packet, layer: cython.int) -> cython.int:
        """One layer; gives the next."""
        if layer == 0x0800:
            return ipv4(packet)
        if layer == IP + 6:
            return tcp(packet)
        if layer == IP + 17:
            return udp(packet)
        if layer == LINK + 1:
            return ethernet(packet)
        if layer == 0x86DD:
            return ipv6(packet)
        if layer < IP:
            return self.frame_layer(packet, layer)
        if layer < LINK:
            return self.datagram_layer(packet, layer)
        if layer == LLC:
            return llc(packet)
        if layer == PPP:
            return ppp(packet)
        if layer == IP_FRAGMENT:
            return self.reassemble(packet)
        if layer == SCTP_CHUNKS:
            return sctp_chunks(packet)
        if layer == A_MSDU:
            return a_msdu(packet)
        if layer == ESP_INSIDE:
            return esp_inside(packet)
        if layer == MACSEC_INSIDE:
            return macsec_inside(packet)
        if layer == WLAN_SWAPPED:
            return wlan_layer(packet, 0)
        if layer - LINK in (105, 119, 127, 163, 192):
            return wlan_layer(packet, layer - LINK)
        if layer == LINK + 6:
            return token_ring(packet)
        if layer == LINK + 10:
            return fddi(packet)
        if layer == LINK + 107:
            return frame_relay(packet)
        return link_layer(packet, layer - LINK)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def frame_layer(self, packet: Packet, ethertype: cython.int) -> cython.int:
        """A layer named by its EtherType."""
        if ethertype in (0x8100, 0x88A8, 0x9100, 0x9200, 0x9300):
            return vlan_tag(packet)
        if ethertype == 0x0806:
            return arp(packet)
        if ethertype < 0x0600:
            return length_field(packet, ethertype)
        if ethertype in (0x8847, 0x8848):
            return mpls(packet)
        if ethertype == 0x8864:
            return pppoe(packet)
        if ethertype in (0x892F, 0xF1C1):
            return redundancy_tag(packet)
        if ethertype == 0x88E5:
            return macsec(packet)
        if ethertype == 0x88A4:
            self.ring.frame(packet)
            return DONE
        return self.fabric_layer(packet, ethertype)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def fabric_layer(self, packet: Packet, ethertype: cython.int) -> cython.int:
        """A layer that bridges and fabrics add, by its EtherType."""
        if ethertype == 0x8909:
            return metadata(packet)
        if ethertype == 0x8926:
            return tag(packet, 6)
        if ethertype == 0x893F:
            return tag(packet, 8)
        if ethertype == 0x88E7:
            return backbone(packet)
        if ethertype == 0x22F3:
            return trill(packet)
        if ethertype == 0x8903:
            return fabricpath(packet)
        if ethertype == 0x894F:
            return service_chain(packet)
        if ethertype == 0x4305:
            return mesh(packet)
        return DONE

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-2, check=False)
    def datagram_layer(self, packet: Packet, layer: cython.int) -> cython.int:
        """A layer named by its IP protocol."""
        if layer == IP + 58:
            return neighbour(packet)
        if layer == IP + 47:
            return gre(packet)
        if layer in (IP + 4, IP + 41, IP + 97, IP + 137):
            return ip_in_ip(packet, layer - IP)
        if layer == IP + 115:
            return l2tp_over_ip(packet)
        if layer == IP + 132:
            return sctp(packet)
        if layer == IP + 50:
            return esp(packet)
        if layer == IP + 51:
            return authentication_header(packet)
        if layer == IP + 103:
            return pim_register(packet)
        return DONE if layer == IP + 1 else ip_elsewhere(packet)

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-2, check=False)
    def reassemble(self, packet: Packet) -> cython.int:
        """Keep an IP fragment; go on with the whole datagram when it was the last one missing."""
        self.fragments += 1
        packet.kind = FRAGMENT
        key = (
            packet.family,
            packet.source_high,
            packet.source_low,
            packet.target_high,
            packet.target_low,
            packet.fragment_identifier,
            packet.protocol if packet.family == 4 else -1,
            packet.vlan,
            packet.tunnel,
            packet.tunnel_id if packet.tunnel else 0,
        )
        fragment = Fragment(
            packet.fragment_offset,
            packet.wire_end - packet.at,
            bytes(packet.buffer[packet.at : packet.end]),
            packet.fragment_more,
            packet.protocol,
        )
        whole = self.reassembler.add(key, fragment, packet.time, packet.frame)
        if whole is None:
            return DONE
        packet.buffer = memoryview(whole.data)
        packet.reassembled = True
        packet.chunk = 0
        self.replaced = True
        packet.at = 0
        packet.end = len(whole.data)
        packet.wire_end = whole.wire
        packet.protocol = whole.protocol
        packet.kind = DATAGRAM
        # RFC 8200, section 4.5: of the extension headers some stand ahead of the fragment's and others in what it cuts
        return extension_headers(packet) if packet.family == 6 else IP + packet.protocol

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def restore(self, packet: Packet) -> cython.int:
        """Let the packet index the chunk again."""
        packet.buffer = self.chunk
        packet.chunk = self.chunks
        packet.reassembled = False
        self.replaced = False
        return 0

    @cython.cfunc
    @cython.with_gil
    @cython.exceptval(-1, check=False)
    def count_link(self, linktype: cython.int) -> cython.int:
        """Put the running count away and start one for ``linktype``."""
        number = self.last_link & 0xFFFF
        if self.last_link_count:
            self.link_counts[number] = self.link_counts.get(number, 0) + self.last_link_count
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
            return 0
        key = (packet.category, packet.number)
        if packet.trouble == CUT:
            key = (OF_REASON, HEADERS_CUT)
        self.unknown_counts[key] = self.unknown_counts.get(key, 0) + 1
        return 0

    def decode_one(self, packet: Packet, data: bytes, linktype: int, wire: int = -1, time: int = 0) -> None:
        """Decode ``data`` as one frame: for tests."""
        self.attach(data)
        packet.time = time
        packet.frame += 1
        self.decode(packet, 0, len(data), len(data) if wire < 0 else wire, linktype)

    def resume_one(self, packet: Packet) -> None:
        """The next packet of the same frame: for tests."""
        self.resume(packet)
