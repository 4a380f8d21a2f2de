from scanner.capture.kernel.decode.packet cimport *

cdef int token_ring(Packet packet) except -2 nogil
cdef int fddi(Packet packet) except -2 nogil
cdef int frame_relay(Packet packet) except -2 nogil
