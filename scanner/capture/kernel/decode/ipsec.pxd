from scanner.capture.kernel.decode.packet cimport *

cdef int esp(Packet packet) except -2 nogil
cdef int esp_in_udp(Packet packet) except -2 nogil
cdef int esp_inside(Packet packet) except -2 nogil
cdef int macsec(Packet packet) except -2 nogil
cdef int macsec_inside(Packet packet) except -2 nogil
