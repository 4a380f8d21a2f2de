from scanner.capture.kernel.decode.packet cimport *

cdef bint is_sound_ip(Packet packet, Py_ssize_t at) except -1 nogil
cdef int version_at(Packet packet, Py_ssize_t at) except -1 nogil
cdef bint is_frame(Packet packet, Py_ssize_t at) except -1 nogil
cdef int bare_ip(Packet packet, Py_ssize_t header, int tunnel) except -2 nogil
