from scanner.capture.kernel.messages.keys cimport Keys
from scanner.capture.kernel.messages.matcher cimport Matcher
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet
from scanner.capture.kernel.track.sights cimport Sights

cdef class Handles:
    cdef HandleRow[::1] rows
    cdef Keys keys
    cdef Sights sights
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int give(self, unsigned long long digest, ConnectionPointer connection, int request) except -1
    cdef int meaning(self, unsigned long long digest, ConnectionPointer connection, bint brief) except -1
    cdef int drop(self, unsigned long long digest) except -1
    cdef Py_ssize_t find(self, unsigned long long digest) except -2
    cdef unsigned long long digest(
        self,
        ConnectionPointer connection,
        CasePointer known,
        int first,
        int last,
        Packet packet,
        Py_ssize_t start,
        Py_ssize_t visible,
        long long total,
    ) except? 0xFFFFFFFFFFFFFFFF
    cdef unsigned long long lost(self, ConnectionPointer connection) except? 0xFFFFFFFFFFFFFFFF
