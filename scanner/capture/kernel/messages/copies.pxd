from scanner.capture.kernel.track.connections cimport Connections
from scanner.capture.kernel.track.conversations cimport Conversations
from scanner.capture.kernel.messages.recent cimport Recent
from scanner.capture.kernel.hashing cimport mix
from scanner.capture.kernel.decode.packet cimport Packet

cdef class Copies:
    cdef Connections connections
    cdef Conversations conversations
    cdef dict newest  # both ends -> the connection between them that was opened last
    cdef Recent recent
    cdef unsigned long long secret
    cdef unsigned long long seed

    cdef int original(self, int c) except -2
    cdef int join(self, int c, int side, Packet packet) except -1
    cdef unsigned long long ends(self, int c) except? 0xFFFFFFFFFFFFFFFF
    cdef bint same_ends(self, int c, int other) except -1
    cdef bint same_stream(self, int c, int side, Packet packet) except -1
    cdef int tie(self, int c, int original) except -1
    cdef bint again(self, int c, int side, Packet packet) except -1
    cdef int tie_datagrams(self, int c, int other) except -1
    cdef unsigned long long digest(self, Packet packet) except? 0xFFFFFFFFFFFFFFFF
    cdef int counting(self, int half, unsigned long long digest, Packet packet) except -1
