from scanner.capture.kernel.decode.packet cimport *

cdef int link_layer(Packet packet, int linktype) except -2 nogil
cdef int llc(Packet packet) except -2 nogil
cdef int ppp(Packet packet) except -2 nogil
