from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.messages.recent cimport Recent
from scanner.capture.kernel.decode.packet cimport Packet

cdef int initial(int hops) noexcept

cdef class Rhythms:
    cdef RhythmRow[::1] rows
    cdef RhythmRow[::1] blank
    cdef DelayRow[::1] delays
    cdef unsigned int[:, ::1] groups
    cdef int used
    cdef Recent rounds

    cdef RhythmPointer of(self, int conversation) except NULL
    cdef int answered(self, int conversation, int request, long long took, long long time) except -1
    cdef int widen(self) except -1
    cdef int follow(self, int place, int request) except -1
    cdef int length(self, long long took) except -1
    cdef int close(self, int place) except -1
    cdef int repeated(self, int conversation, long long time) except -1
    cdef int hopped(self, int conversation, Packet packet, bint from_client) except -1
    cdef bint elsewhere(self, int one, int other) except -1
    cdef bint around(self, Packet packet) except -1
    cdef unsigned long long digest(self, Packet packet) except? 0xFFFFFFFFFFFFFFFF
    cdef int forget(self, int conversation) except -1
