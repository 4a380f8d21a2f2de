from scanner.capture.kernel.decode.packet cimport *

cdef int wlan_layer(Packet packet, int linktype) except -2 nogil
cdef int a_msdu(Packet packet) except -2 nogil
