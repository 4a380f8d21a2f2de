from scanner.capture.kernel.decode.packet cimport *
from scanner.capture.kernel.decode.inside cimport bare_ip, is_frame, is_sound_ip, version_at

cdef int gre(Packet packet) except -2 nogil
cdef int ip_in_ip(Packet packet, int protocol) except -2 nogil
cdef int l2tp_over_ip(Packet packet) except -2 nogil
cdef int udp_tunnel(Packet packet) except -2 nogil
cdef int tunnel_elsewhere(Packet packet) except -2 nogil
cdef int session_payload(Packet packet, Py_ssize_t at, Py_ssize_t end, bint expected) except -2 nogil
cdef int pppoe(Packet packet) except -2 nogil
cdef int mpls(Packet packet) except -2 nogil
cdef int pim_register(Packet packet) except -2 nogil
cdef int ip_elsewhere(Packet packet) except -2 nogil
