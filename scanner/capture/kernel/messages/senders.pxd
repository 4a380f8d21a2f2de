from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.messages.recent cimport Recent
from scanner.capture.kernel.decode.packet cimport Packet

cdef unsigned int stamp_of(Packet packet) noexcept

cdef class Senders:
    cdef SenderRow[::1] rows
    cdef Recent recent
    cdef readonly int size
    cdef public long long left_out
    cdef long long limit

    cdef int note(self, Packet packet, int first, unsigned long long mac, bint same) except -1
    cdef int of(self, int first, Packet packet) except -1
    cdef int add(self, unsigned long long mac, long long frame) except -1
    cdef bint again(self, Packet packet, int row) except -1
    cdef unsigned long long digest(self, Packet packet) except? 0xFFFFFFFFFFFFFFFF
