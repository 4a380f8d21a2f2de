from scanner.capture.kernel.decode.packet cimport *

cdef int tag(Packet packet, Py_ssize_t length) except -2 nogil
cdef int metadata(Packet packet) except -2 nogil
cdef int backbone(Packet packet) except -2 nogil
cdef int trill(Packet packet) except -2 nogil
cdef int fabricpath(Packet packet) except -2 nogil
cdef int service_chain(Packet packet) except -2 nogil
cdef int mesh(Packet packet) except -2 nogil
