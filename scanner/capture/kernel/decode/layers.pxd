from scanner.capture.kernel.decode.packet cimport *
from scanner.capture.kernel.record_index cimport Index
from scanner.capture.kernel.decode.ethercat_ring cimport Ring
from scanner.capture.kernel.octets cimport big16, big32
from scanner.capture.kernel.decode.checksums cimport words_sum
from scanner.capture.kernel.decode.bridges cimport backbone, fabricpath, mesh, metadata, service_chain, tag, trill
from scanner.capture.kernel.decode.ipsec cimport esp, esp_inside, macsec, macsec_inside
from scanner.capture.kernel.decode.link cimport link_layer, llc, ppp
from scanner.capture.kernel.decode.rings cimport fddi, frame_relay, token_ring
from scanner.capture.kernel.decode.tunnels cimport gre, ip_elsewhere, ip_in_ip, l2tp_over_ip, mpls, pim_register, pppoe, udp_tunnel
from scanner.capture.kernel.decode.wlan cimport a_msdu, wlan_layer

cdef class Decoder:
    cdef const unsigned char[::1] chunk
    cdef readonly unsigned int chunks
    cdef bint replaced
    cdef int last_link
    cdef long long last_link_count
    cdef dict link_counts
    cdef dict unknown_counts
    cdef long long malformed_packets
    cdef long long fragments
    cdef object reassembler
    cdef readonly Ring ring

    cdef int decode(
        self, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire, int linktype
    ) except -1 nogil
    cdef int resume(self, Packet packet) except -1 nogil
    cdef int run(self, Packet packet, int layer) except -1 nogil
    cdef int step(self, Packet packet, int layer) except -2 nogil
    cdef int frame_layer(self, Packet packet, int ethertype) except -2 nogil
    cdef int fabric_layer(self, Packet packet, int ethertype) except -2 nogil
    cdef int datagram_layer(self, Packet packet, int layer) except -2 nogil
    cdef int _loop(self, Packet packet, Index index) except -1 nogil
    cdef int restore(self, Packet packet) except -1 with gil
    cdef int count_link(self, int linktype) except -1 with gil
    cdef int note(self, Packet packet) except -1 with gil
    cdef int reassemble(self, Packet packet) except -2 with gil
