from scanner.capture.kernel.packet cimport (
    DONE, IP, LINK, NOTHING, FRAME, FRAGMENT, DATAGRAM, TCP, UDP, SCTP, SOUND, MALFORMED, CUT, UNKNOWN, Packet
)

cdef class Decoder:
    cdef const unsigned char[::1] chunk
    cdef long long malformed_packets
    cdef bint replaced
    cdef int last_link
    cdef long long last_link_count
    cdef object link_counts
    cdef object unknown_counts

    cdef int decode(
        self, Packet packet, Py_ssize_t start, Py_ssize_t captured, Py_ssize_t wire, int linktype
    ) except -1 nogil
    cdef int resume(self, Packet packet) except -1 nogil
    cdef int run(self, Packet packet, int layer) except -1 nogil
    cdef int step(self, Packet packet, int layer) except -2 nogil
    cdef int restore(self, Packet packet) except -1 with gil
    cdef int count_link(self, int linktype) except -1 with gil
    cdef int note(self, Packet packet) except -1 with gil
